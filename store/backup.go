package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// backupPages is how much is copied between two reports of progress: 4 MiB.
const backupPages = 1024

// Backup copies the database to a new file (mode 0600) while it is in use, as it stood when the copy began, and checks
// the copy. The keys are not in it. progress, where not nil, is told how many of how many pages are done. Errors:
// ErrExists, ErrFull, ErrReadOnly, ErrCorrupt.
func (d *DB) Backup(ctx context.Context, file string, progress func(done, total int)) error {
	if !missing(file) {
		return ErrExists
	}
	part := file + ".part"
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator chose it
	if err != nil {
		return unwritable(err)
	}
	if err := f.Close(); err != nil {
		return unwritable(err)
	}
	if err := d.backup(ctx, part, file, progress); err != nil {
		return errors.Join(explain(err), removeDatabase(part))
	}
	return syncDir(filepath.Dir(file))
}

func (d *DB) backup(ctx context.Context, part, file string, progress func(done, total int)) error {
	if err := d.copyTo(ctx, part, progress); err != nil {
		return err
	}
	if err := verify(ctx, part, d.ring); err != nil {
		return err
	}
	// Link, not rename: it never replaces a file somebody made meanwhile.
	if err := os.Link(part, file); err != nil {
		return unwritable(err)
	}
	return unwritable(os.Remove(part))
}

// copyTo copies inside one read transaction: the snapshot holds still, so writes meanwhile do not restart the copy.
func (d *DB) copyTo(ctx context.Context, file string, progress func(done, total int)) (err error) {
	src, err := d.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if _, err := src.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	defer func() { _, _ = src.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }() // nothing was written
	var n int
	if err := src.QueryRowContext(ctx, "SELECT count(*) FROM meta").Scan(&n); err != nil { // takes the snapshot
		return err
	}
	db := sql.OpenDB(connector{dataSource(file, access{"_journal_mode": {"DELETE"}}), &sqlite3.SQLiteDriver{}})
	defer func() { err = errors.Join(err, db.Close()) }()
	dst, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	err = dst.Raw(func(to any) error {
		return src.Raw(func(from any) error { return copyPages(ctx, to, from, progress) })
	})
	if err != nil {
		return err
	}
	// The copy's header says WAL: a single file is easier to keep.
	_, err = dst.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	return err
}

func copyPages(ctx context.Context, to, from any, progress func(done, total int)) (err error) {
	dst, ok1 := to.(*sqlite3.SQLiteConn)
	src, ok2 := from.(*sqlite3.SQLiteConn)
	if !ok1 || !ok2 {
		return fmt.Errorf("backup between %T and %T", from, to)
	}
	b, err := dst.Backup("main", src, "main")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Finish()) }()
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if done, err = b.Step(backupPages); err != nil {
			return err
		}
		if progress != nil {
			progress(b.PageCount()-b.Remaining(), b.PageCount())
		}
	}
	return nil
}

// verify makes sure that a file is a sound database of ours, of a version we know, made with these keys.
func verify(ctx context.Context, file string, keys *ring) (err error) {
	db := sql.OpenDB(connector{dataSource(file, access{"_journal_mode": {"DELETE"}, "_query_only": {"on"}}), &sqlite3.SQLiteDriver{}})
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	s, err := loadSchema()
	if err != nil {
		return err
	}
	version, err := userVersion(ctx, conn)
	switch {
	case err != nil:
		return err
	case version == 0:
		return fmt.Errorf("%w (the file is not a database of sapa's)", ErrCorrupt)
	case version > s.version():
		return fmt.Errorf("%w (schema %d, this sapa knows %d)", ErrNewer, version, s.version())
	}
	var verdict string
	if err := conn.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w (%s)", ErrCorrupt, verdict)
	}
	return checkKeys(ctx, conn, keys)
}

// Restore puts a backup in the place of the database in dir, under the directory's lock. The backup is copied and
// checked first, brought to the newest schema, and whoever was erased since it was made is erased again; then the
// database there is set aside as sapa.db.before-restore (an older one set aside is replaced) and aside names it, "" where
// there was none. The keys must be those of the backup. Errors: ErrLocked, ErrKeys, ErrForgotten, ErrNewer, ErrCorrupt,
// ErrFull, ErrReadOnly; then nothing was changed.
func Restore(ctx context.Context, dir, file string, o Options) (aside string, err error) {
	d := &DB{dir: dir, opts: o}
	if d.opts.Keys == "" {
		d.opts.Keys = filepath.Join(dir, keysDir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unwritable(err)
	}
	if err := d.takeLock(); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, d.lock.Close()) }()
	if d.ring, err = loadKeys(d.opts.Keys, false); err != nil {
		return "", err
	}
	part := filepath.Join(dir, restoreDir)
	if err := os.RemoveAll(part); err != nil { // a kill left it
		return "", unwritable(err)
	}
	defer func() { err = errors.Join(err, unwritable(os.RemoveAll(part))) }()
	if err := d.prepare(ctx, part, file); err != nil {
		return "", explain(err)
	}
	return swap(filepath.Join(dir, databaseFile), filepath.Join(part, databaseFile))
}

// restoreDir is where a backup is made ready, within the data directory.
const restoreDir = "restoring"

// prepare makes a backup ready as the database of a directory of its own: opened once, it is what it is to be.
func (d *DB) prepare(ctx context.Context, dir, backup string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return unwritable(err)
	}
	file := filepath.Join(dir, databaseFile)
	if err := copyFile(backup, file); err != nil {
		return err
	}
	if err := verify(ctx, file, d.ring); err != nil {
		return err
	}
	o := d.opts
	o.Exclusive, o.Existing = true, true
	restored, err := Open(ctx, dir, o)
	if err != nil {
		return err
	}
	return restored.Close()
}

// swap puts part in the place of the database and keeps what was there.
func swap(database, part string) (aside string, err error) {
	if !missing(database) {
		aside = database + ".before-restore"
		if err := removeDatabase(aside); err != nil {
			return "", err
		}
		// The log first: with it in the wrong place the database would lose its last commits, or gain another's.
		for _, suffix := range []string{"-wal", ""} {
			if err := os.Rename(database+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", unwritable(err)
			}
		}
	}
	if err := removeDatabase(database); err != nil { // its -shm
		return "", err
	}
	if err := os.Rename(part, database); err != nil {
		return "", unwritable(err)
	}
	return aside, syncDir(filepath.Dir(database))
}

func copyFile(from, to string) error {
	data, err := os.Open(from) //nolint:gosec // the operator chose it
	if err != nil {
		return fmt.Errorf("read backup: %w", pathless(err))
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator chose it
	if err != nil {
		return errors.Join(unwritable(err), data.Close())
	}
	_, err = f.ReadFrom(data)
	if err == nil {
		err = f.Sync()
	}
	return unwritable(errors.Join(err, f.Close(), data.Close()))
}

// removeDatabase removes a database file with what SQLite keeps beside it.
func removeDatabase(file string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return unwritable(err)
		}
	}
	return nil
}
