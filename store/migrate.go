package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed schema.sql
var newestSchema string

//go:embed migrations
var migrationFiles embed.FS

// schema is what a database is brought to: the newest for a new one, and the steps from each version to the next.
type schema struct {
	newest string
	steps  []string // steps[0] leads from version 1 to version 2
}

func (s schema) version() int { return len(s.steps) + 1 }

func loadSchema() (schema, error) {
	s := schema{newest: newestSchema}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return s, err
	}
	slices.Sort(names)
	for i, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+2 {
			return s, fmt.Errorf("migration %s: want number %d", name, i+2)
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return s, err
		}
		s.steps = append(s.steps, string(text))
	}
	return s, nil
}

// migrate makes a new database or brings an old one to the newest schema. An upgrade needs the lock: a running
// service must not find the tables changed under it.
func (d *DB) migrate(ctx context.Context, conn *sql.Conn) error {
	s, err := loadSchema()
	if err != nil {
		return err
	}
	version, err := userVersion(ctx, conn)
	if err != nil {
		return err
	}
	if version > 0 && version < s.version() && d.lock == nil {
		if err := d.takeLock(); err != nil {
			return errors.Join(ErrOlder, err)
		}
		defer func() { _ = d.lock.Close(); d.lock = nil }()
	}
	return s.apply(ctx, conn, d.ring)
}

// apply brings the database to the newest version, each step in a transaction of its own with its user_version.
func (s schema) apply(ctx context.Context, conn *sql.Conn, keys *ring) error {
	for {
		done, err := s.step(ctx, conn, keys)
		if err != nil || done {
			return err
		}
	}
}

func (s schema) step(ctx context.Context, conn *sql.Conn, keys *ring) (done bool, err error) {
	if version, err := userVersion(ctx, conn); err != nil || version == s.version() {
		return err == nil, err // the usual case takes no write lock
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	version, err := userVersion(ctx, tx) // again: another process may have been faster
	if err != nil {
		return false, err
	}
	switch {
	case version == s.version():
		return true, nil
	case version > s.version():
		return false, fmt.Errorf("%w (schema %d, this sapa knows %d)", ErrNewer, version, s.version())
	case version == 0:
		err = s.create(ctx, tx, keys)
		version = s.version()
	default:
		_, err = tx.ExecContext(ctx, s.steps[version-1])
		version++
	}
	if err != nil {
		return false, fmt.Errorf("schema %d: %w", version, err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return false, err
	}
	return version == s.version(), tx.Commit()
}

func (s schema) create(ctx context.Context, tx *sql.Tx, keys *ring) error {
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("%w (the file is a database, but not sapa's)", ErrCorrupt)
	}
	if _, err := tx.ExecContext(ctx, s.newest); err != nil {
		return err
	}
	return keys.sign(ctx, tx)
}

var keyCheckRow = []byte("meta.key_check")

// sign leaves in the database what recognises its keys.
func (r *ring) sign(ctx context.Context, tx *sql.Tx) error {
	check, err := r.wrap([]byte(databaseFile), keyCheckRow)
	if err != nil {
		return err
	}
	index, err := r.hash("meta", "index_check")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ('key_check', ?), ('index_check', ?), ('tickets', 0)",
		check, index)
	return err
}

// checkKeys makes sure that the keys are the ones the database was made with.
func checkKeys(ctx context.Context, conn *sql.Conn, keys *ring) error {
	var check, index []byte
	err := conn.QueryRowContext(ctx, `SELECT (SELECT value FROM meta WHERE name = 'key_check'),
		(SELECT value FROM meta WHERE name = 'index_check')`).Scan(&check, &index)
	if err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	own, err := keys.hash("meta", "index_check")
	if err != nil {
		return err
	}
	_, unread := keys.decrypt(check, keyCheckRow)
	switch ours := slices.Equal(own, index); {
	case !ours && unread == nil:
		return fmt.Errorf("%w (%s)", ErrKeys, indexFile)
	case !ours:
		return fmt.Errorf("%w (%s)", ErrKeys, masterFile)
	case unread != nil:
		return fmt.Errorf("%w (%w)", ErrKeys, ErrForgotten)
	}
	return nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func userVersion(ctx context.Context, q querier) (version int, err error) {
	err = q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}
