package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

const (
	databaseFile = "sapa.db"
	lockFile     = "lock"
	keysDir      = "keys"
	readers      = 4 // connections of the read-only pool
)

// Stepper is the engine the writer steps; *dialog.Engine is one. It is called from one goroutine only.
type Stepper interface {
	Step(dialog.Session, dialog.Input) (dialog.Turn, error)
}

// Interrupter is a Stepper that knows which messages need not wait for a document (global words).
type Interrupter interface {
	Interrupts(dialog.Session, dialog.Input) bool
}

// Options say how a data directory is opened. Whoever only reads needs none of them.
type Options struct {
	// Keys is the keys' directory; default DIR/keys.
	Keys string
	// Exclusive holds the data directory's lock until Close: for serve, chat and restore.
	Exclusive bool
	// Existing refuses to make a new database (ErrNone).
	Existing bool

	// Engine steps sessions. Without one, inputs and actions with a notice fail.
	Engine Stepper
	// NewID makes the ID that a reply on this line has on the wire for ever. Default: random.
	NewID func(line string) string
	// Fallback is the reply to an input that could not be handled, in the session's language ("" before a choice).
	Fallback func(lang string) string
	// Pipeline gives a service's stages. Without it no ticket can be opened or changed.
	Pipeline func(service string) (*desk.Pipeline, bool)
	// Calendar is the office hours promises are made in; each ticket's is moved to the zone of its regency.
	Calendar *worktime.Calendar
	// Hours are the same office hours as members read them where a branch has none of its own.
	Hours worktime.Hours
	// Unseen is after what time without a message from it a number may be somebody else's; 0: never.
	Unseen time.Duration
	// Show words a value of a service's ticket, Fields gives its form's fields in their order, and Span words how long
	// something is kept, as [dialog.Catalog] does. Without them exports give values as they are kept, and no times.
	Show   func(service, field, value, lang string) dialog.Shown
	Fields func(service string) []string
	Span   func(d time.Duration, lang string) string
	// Organisation is whose desk this is, and Keep how long what was received is kept: exports say so.
	Organisation string
	Keep         Retention
}

// DB is an open data directory. Its methods are safe for concurrent use.
type DB struct {
	dir  string
	opts Options
	lock *flock.Flock // nil: not held
	ring *ring

	writer *sql.DB // one connection, the writer goroutine's
	reader *sql.DB

	mu     sync.RWMutex // guards closed and the closing of queue
	closed bool
	queue  chan job
	done   chan struct{} // closed when the writer goroutine has ended
	tx     *tx

	cleaning sync.WaitGroup // the write-ahead log, after an erasure

	version int64 // PRAGMA data_version at the last Changed
}

// Open opens the database in dir, made or upgraded as needed, and starts its writer. Errors: ErrLocked, ErrKeys,
// ErrNewer, ErrOlder, ErrNone, ErrReadOnly, ErrCorrupt, ErrFull. A failed Open of an existing database changes
// nothing. ctx bounds the opening only.
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	d := &DB{dir: dir, opts: o, queue: make(chan job, queued), done: make(chan struct{})}
	if d.opts.Keys == "" {
		d.opts.Keys = filepath.Join(dir, keysDir)
	}
	if d.opts.NewID == nil {
		d.opts.NewID = randomID
	}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(err, d.release())
	}
	go d.write()
	return d, nil
}

func (d *DB) open(ctx context.Context) error {
	fresh, err := d.isNew()
	if err != nil {
		return err
	}
	if fresh && d.opts.Existing {
		return ErrNone
	}
	if fresh {
		if err := os.MkdirAll(d.dir, 0o700); err != nil {
			return unwritable(err)
		}
	}
	if d.opts.Exclusive {
		if err := d.takeLock(); err != nil {
			return err
		}
	}
	if d.ring, err = loadKeys(d.opts.Keys, fresh); err != nil {
		return err
	}
	if err := d.createFile(); err != nil {
		return err
	}
	return d.connect(ctx)
}

// isNew reports whether there is nothing here yet: no file, or one that a kill left empty.
func (d *DB) isNew() (bool, error) {
	info, err := os.Stat(filepath.Join(d.dir, databaseFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, unwritable(err)
	}
	if info.Size() > 0 {
		return false, nil
	}
	// With everything still in the WAL the file itself may be empty.
	wal, err := os.Stat(filepath.Join(d.dir, databaseFile+"-wal"))
	return err != nil || wal.Size() == 0, nil
}

func (d *DB) takeLock() error {
	lock := flock.New(filepath.Join(d.dir, lockFile), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return unwritable(err)
	}
	if !ok {
		return ErrLocked
	}
	d.lock = lock
	return nil
}

// createFile makes the empty file with its mode first: SQLite gives -wal and -shm the same.
func (d *DB) createFile() error {
	f, err := os.OpenFile(filepath.Join(d.dir, databaseFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return unwritable(err)
	}
	return unwritable(f.Close())
}

func (d *DB) connect(ctx context.Context) error {
	file := filepath.Join(d.dir, databaseFile)
	d.writer = open(file, writing)
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return explain(fmt.Errorf("open database: %w", err))
	}
	d.tx = newTx(d, conn) // from here on release closes it
	if err := d.migrate(ctx, conn); err != nil {
		return explain(err)
	}
	if err := checkKeys(ctx, conn, d.ring); err != nil {
		return explain(err)
	}
	d.ring.recognise = d.recognises
	d.reader = open(file, reading)
	d.reader.SetMaxOpenConns(readers)
	d.reader.SetMaxIdleConns(readers)
	if err := d.reapply(ctx); err != nil {
		return explain(err)
	}
	d.version, err = d.tx.dataVersion()
	return explain(err)
}

// Reconfigure puts another catalogue and another configuration in the place of those the database was opened with: all
// of o but Keys, Exclusive, Existing and NewID. Turns that are being handled finish with the old ones.
func (d *DB) Reconfigure(ctx context.Context, o Options) error {
	return d.peek(ctx, func(t *tx) error { // the writer goroutine alone reads them
		opts := &t.db.opts
		opts.Engine, opts.Fallback, opts.Pipeline, opts.Calendar, opts.Hours = o.Engine, o.Fallback, o.Pipeline, o.Calendar, o.Hours
		opts.Show, opts.Fields, opts.Span = o.Show, o.Fields, o.Span
		opts.Unseen, opts.Organisation, opts.Keep = o.Unseen, o.Organisation, o.Keep
		return nil
	})
}

// Dir is the data directory.
func (d *DB) Dir() string { return d.dir }

// Close finishes the jobs that were submitted, then closes the database and gives up the lock.
func (d *DB) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	close(d.queue)
	d.mu.Unlock()
	<-d.done
	d.cleaning.Wait()
	return d.release()
}

func (d *DB) release() error {
	var errs []error
	if d.tx != nil {
		errs = append(errs, d.tx.close())
	}
	// The writer is closed last: the last connection folds the WAL into the database.
	for _, db := range []*sql.DB{d.reader, d.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close())
	}
	return explain(errors.Join(errs...))
}

// access is what a pool of connections may do.
type access url.Values

var (
	common = url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"on"}, "_busy_timeout": {"10000"},
		"_secure_delete": {"on"},
	}
	writing = access{"_txlock": {"immediate"}, "_cache_size": {"-24000"}}
	reading = access{"_txlock": {"deferred"}, "_query_only": {"on"}}
)

// dataSource names the file with its pragmas: a pragma run on a pool reaches one connection only.
func dataSource(file string, a access) string {
	q := url.Values{}
	for _, from := range []url.Values{common, url.Values(a)} {
		for k, v := range from {
			q[k] = v
		}
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// unwritable explains an error of the file system. It names no path: a data directory's may be personal.
func unwritable(err error) error {
	if err == nil {
		return nil
	}
	if isFull(err) {
		return fmt.Errorf("%w (%w)", ErrFull, pathless(err))
	}
	return fmt.Errorf("%w (%w)", ErrReadOnly, pathless(err))
}

// pathless is the error of a file operation without the file's path.
func pathless(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", pe.Op, pe.Err)
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return fmt.Errorf("%s: %w", le.Op, le.Err)
	}
	return err
}
