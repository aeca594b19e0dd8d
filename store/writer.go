package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sapa/dialog"
)

const (
	queued   = 1024 // jobs that may wait before Submit blocks
	maxBatch = 64   // jobs of one transaction: more gained nothing and made each wait longer
)

// job is something for the writer: an input or another write. Its answer is given after the commit.
type job struct {
	in      *dialog.Input
	receipt chan dialog.Receipt // for in

	do   func(*tx) error // may be run again after a rollback
	bare bool            // do writes nothing: alone it needs no transaction
	err  chan error      // for do

	rec    dialog.Receipt // the outcome, until the commit
	failed error
}

func (j *job) answer() {
	if j.in == nil {
		j.err <- explain(j.failed)
		return
	}
	if j.failed != nil {
		j.rec = dialog.Receipt{Err: explain(j.failed)}
	}
	j.receipt <- j.rec
}

// Submit queues an input for the writer and keeps call order; it blocks while too many wait. The channel gives one
// receipt, after the commit. After Close the receipt's error is ErrClosed.
func (d *DB) Submit(in dialog.Input) <-chan dialog.Receipt {
	j := job{in: &in, receipt: make(chan dialog.Receipt, 1)}
	d.enqueue(j)
	return j.receipt
}

// do runs a write on the writer goroutine, grouped with what else waits, and gives its error after the commit. A job
// that was queued is waited for though ctx ends: the writer always answers.
func (d *DB) do(ctx context.Context, f func(*tx) error) error {
	return d.await(ctx, job{do: f, err: make(chan error, 1)})
}

// peek runs f, which writes nothing, on the writer's connection.
func (d *DB) peek(ctx context.Context, f func(*tx) error) error {
	return d.await(ctx, job{do: f, bare: true, err: make(chan error, 1)})
}

func (d *DB) await(ctx context.Context, j job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.enqueue(j)
	return <-j.err // not to be left early: what the job found is written where the caller reads it
}

func (d *DB) enqueue(j job) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		j.failed = ErrClosed
		j.answer()
		return
	}
	d.queue <- j
}

// write is the writer goroutine: the only one that touches the writer's connection.
func (d *DB) write() {
	defer close(d.done)
	batch := make([]job, 0, maxBatch)
	for first := range d.queue {
		batch = append(batch[:0], first)
		batch = d.waiting(batch)
		d.tx.commit(batch)
		for i := range batch {
			batch[i].answer()
		}
		if d.tx.erased {
			d.tx.erased = false
			d.cleaning.Go(func() { _ = d.clean(context.Background()) }) // Retain does what is left
		}
	}
}

// waiting adds what is in the queue already: a lone message never waits for company.
func (d *DB) waiting(batch []job) []job {
	for len(batch) < maxBatch {
		select {
		case j, open := <-d.queue:
			if !open {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// tx is the writer's connection and, between begin and commit, its transaction. Statements are prepared once.
type tx struct {
	db    *DB
	conn  *sql.Conn
	ctx   context.Context //nolint:containedctx // a cancellable one costs a goroutine for each statement
	stmts map[string]*sql.Stmt
	// careful has each job run under a savepoint. Hardly ever does one fail: a batch is tried without first.
	careful bool
	erased  bool // somebody was erased: the write-ahead log is to be cut off
	spoilt  bool // a job failed without one: nothing of this transaction may be committed
}

func newTx(d *DB, conn *sql.Conn) *tx {
	return &tx{db: d, conn: conn, ctx: context.WithoutCancel(context.Background()), stmts: map[string]*sql.Stmt{}}
}

func (t *tx) close() error {
	var errs []error
	for _, s := range t.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, t.conn.Close())...)
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = s
	return s, nil
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(query) //nolint:sqlclosecheck // kept until the connection closes
	if err != nil {
		return nil, err
	}
	return s.ExecContext(t.ctx, args...)
}

func (t *tx) run(query string, args ...any) error {
	_, err := t.exec(query, args...)
	return err
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(query) //nolint:sqlclosecheck // kept until the connection closes
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

// get reads one row; sql.ErrNoRows where there is none.
func (t *tx) get(query string, args []any, into ...any) error {
	s, err := t.stmt(query) //nolint:sqlclosecheck // kept until the connection closes
	if err != nil {
		return err
	}
	return s.QueryRowContext(t.ctx, args...).Scan(into...)
}

// commit carries out a batch in one transaction. Where a job fails the batch begins again, and that job's own work is
// undone; where the transaction fails each job is tried alone, so that one cannot take the others with it.
func (t *tx) commit(batch []job) {
	t.careful = false
	err := t.together(batch)
	t.careful = true
	if errors.Is(err, errCareless) {
		err = t.together(batch)
	}
	if err == nil || len(batch) == 1 {
		return
	}
	for i := range batch {
		_ = t.together(batch[i : i+1]) // the job keeps its error
	}
}

// together runs jobs in one transaction and leaves each its outcome. On an error nothing was written and every job
// holds the error.
func (t *tx) together(jobs []job) (err error) {
	defer func() {
		if err != nil {
			for i := range jobs {
				jobs[i].failed = err
			}
		}
	}()
	if jobs[0].bare && len(jobs) == 1 {
		return jobs[0].do(t)
	}
	if err := t.run("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t.spoilt = false
	for i := range jobs {
		if err := t.one(&jobs[i]); err != nil {
			_ = t.run("ROLLBACK") // SQLite may have rolled back already
			return err
		}
	}
	if t.spoilt {
		_ = t.run("ROLLBACK")
		return errCareless
	}
	if err := t.run("COMMIT"); err != nil {
		_ = t.run("ROLLBACK")
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// one runs a job. It returns only errors that put the whole transaction in doubt; any other undoes
// this job alone.
func (t *tx) one(j *job) error {
	j.failed = nil
	var err error
	if j.in != nil {
		j.rec, err = t.input(*j.in)
	} else {
		err = t.saved(func() error { return j.do(t) })
	}
	if err != nil && storage(err) {
		return err
	}
	j.failed = err
	return nil
}

// saved runs f so that on an error or a panic everything f wrote is undone: by a savepoint (they nest), or, where the
// batch is tried without, by an error that begins it again.
func (t *tx) saved(f func() error) error {
	if !t.careful {
		if err := recovered(f); err != nil {
			if storage(err) {
				return err
			}
			t.spoilt = true
			return errCareless // not the cause: nobody is to go on from it
		}
		return nil
	}
	if err := t.run("SAVEPOINT job"); err != nil {
		return err
	}
	if err := recovered(f); err != nil {
		if storage(err) {
			return err // the caller rolls back everything
		}
		if uerr := t.run("ROLLBACK TO job"); uerr != nil {
			return uerr
		}
		if uerr := t.run("RELEASE job"); uerr != nil {
			return uerr
		}
		return err
	}
	return t.run("RELEASE job")
}

// recovered turns a panic into an error. What was panicked with may hold personal data: only its type is kept.
func recovered(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w (%T)", errPanic, p)
		}
	}()
	return f()
}

var errCareless = errors.New("a job failed in a transaction without savepoints")

var errPanic = errors.New("panic while handling an input")
