package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sapa/dialog"
)

// inside opens a database for tests that look behind the methods.
func inside(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{Engine: form{}})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	return db
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryConnectionIsDurable: an acknowledged message survives a power cut only with synchronous=FULL, which is a
// setting of each connection and not the driver's default.
func TestEveryConnectionIsDurable(t *testing.T) {
	db := inside(t, t.TempDir())
	want := "wal 2 1 10000 8000 1" // journal, synchronous FULL, foreign keys, busy, checkpoint, secure delete
	for i := range readers {
		conn, err := db.reader.Conn(t.Context()) // held, so that the next is another
		check(t, err)
		defer func() { _ = conn.Close() }()
		if got := pragmas(t, conn); got != want {
			t.Errorf("reader %d: %s, want %s", i, got, want)
		}
		if _, err := conn.ExecContext(t.Context(), "DELETE FROM inbox"); err == nil {
			t.Errorf("reader %d writes", i)
		}
	}
	check(t, db.peek(t.Context(), func(tx *tx) error {
		if got := pragmas(t, tx.conn); got != want {
			t.Errorf("writer: %s, want %s", got, want)
		}
		return nil
	}))
	if n := db.writer.Stats().OpenConnections; n != 1 {
		t.Errorf("the writer has %d connections", n)
	}
}

func pragmas(t *testing.T, conn *sql.Conn) string {
	t.Helper()
	var out []string
	for _, name := range []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout", "wal_autocheckpoint", "secure_delete"} {
		var value string
		check(t, conn.QueryRowContext(context.WithoutCancel(t.Context()), "PRAGMA "+name).Scan(&value))
		out = append(out, value)
	}
	return strings.Join(out, " ")
}

// TestAFullDiskLosesAndHalvesNothing limits the database's pages, which SQLite reports as it reports a full disk.
func TestAFullDiskLosesAndHalvesNothing(t *testing.T) {
	db := inside(t, t.TempDir())
	limit := func(pages string) {
		check(t, db.peek(t.Context(), func(tx *tx) error {
			_, err := tx.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages)
			return err
		}))
	}
	send := func(n int) dialog.Receipt {
		in := benchInput(n%3, n)
		in.Text = strings.Repeat("panjang ", 1000)
		return <-db.Submit(in)
	}
	check(t, send(0).Err)
	limit("1") // not below what there is: no page can be added
	full, acknowledged := 0, 1
	var refused int
	for n := 1; n < 40; n++ {
		rec := send(n)
		switch {
		case rec.Err == nil:
			acknowledged++
		case errors.Is(rec.Err, ErrFull):
			full++
			refused = n
		default:
			t.Fatalf("message %d: %v", n, rec.Err)
		}
	}
	if full == 0 {
		t.Fatal("the disk never filled")
	}
	limit("1000000")
	if rec := send(refused); rec.Err != nil || !rec.Fresh {
		t.Errorf("a refused message comes again: %+v", rec)
	}
	var inbox, outbox int
	check(t, db.reader.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM outbox)").Scan(&inbox, &outbox))
	if inbox != acknowledged+1 || outbox != inbox {
		t.Errorf("%d acknowledged, %d in the inbox, %d replies", acknowledged+1, inbox, outbox)
	}
}

// TestOneBadJobDoesNotTakeItsBatchAlong: a job that breaks the transaction fails alone.
func TestOneBadJobDoesNotTakeItsBatchAlong(t *testing.T) {
	db := inside(t, t.TempDir())
	check(t, db.do(t.Context(), func(*tx) error { return nil }))
	var batch []job
	for n := range 8 {
		in := benchInput(n, n)
		batch = append(batch, job{in: &in, receipt: make(chan dialog.Receipt, 1)})
	}
	broken := job{err: make(chan error, 1), do: func(tx *tx) error { return tx.run("UPDATE nowhere SET x = 1") }}
	aborts := job{err: make(chan error, 1), do: func(tx *tx) error { return tx.run("ROLLBACK") }}
	batch = append(batch[:4], append([]job{broken, aborts}, batch[4:]...)...)
	check(t, db.peek(t.Context(), func(tx *tx) error { // on the writer's goroutine
		tx.commit(batch)
		return nil
	}))
	for i, j := range batch {
		if failed := j.failed != nil; failed != (i == 4 || i == 5) {
			t.Errorf("job %d: %v", i, j.failed)
		}
	}
	var inbox int
	check(t, db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM inbox").Scan(&inbox))
	if inbox != 8 {
		t.Errorf("%d of 8 messages are stored", inbox)
	}
}

type sealedRow struct {
	key   int64
	value []byte
}

// TestSealedValuesOpenOnlyInTheirPlace swaps rows as somebody would who can write the file but has no keys.
func TestSealedValuesOpenOnlyInTheirPlace(t *testing.T) {
	db := inside(t, t.TempDir())
	for n := range 2 {
		check(t, (<-db.Submit(benchInput(n, n))).Err)
	}
	swap := func(table, column, key string) {
		check(t, db.do(t.Context(), func(tx *tx) error {
			both, err := collect(tx.query, fmt.Sprintf("SELECT %s, %s FROM %s ORDER BY 1", key, column, table), nil,
				func(rows *sql.Rows) (r sealedRow, err error) { return r, rows.Scan(&r.key, &r.value) })
			if err != nil {
				return err
			}
			for i, r := range both {
				if err := tx.run(fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s = ?", table, column, key), both[1-i].value, r.key); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	readable := func(what string, want, dead int) {
		t.Helper()
		unsent, err := db.Unsent(t.Context(), terminal, benchTime.AddDate(1, 0, 0), 10)
		check(t, err)
		queues, err := db.Queues(t.Context())
		check(t, err)
		if len(unsent) != want || queues[0].Dead != dead {
			t.Errorf("%s: %d replies to send, %d dead letters", what, len(unsent), queues[0].Dead)
		}
	}
	readable("untouched", 2, 0)
	swap("outbox", "sealed_body", "seq")
	readable("swapped replies", 0, 2)
	swap("outbox", "sealed_body", "seq")
	_, err := db.Resend(t.Context(), "")
	check(t, err)
	readable("swapped back", 2, 0)
	swap("sessions", "sealed_session", "id")
	findings, err := db.Check(t.Context())
	check(t, err)
	if len(findings) != 1 || findings[0].Count != 2 {
		t.Errorf("swapped sessions: %+v", findings)
	}
	if rec := <-db.Submit(benchInput(0, 10)); rec.Err != nil || !rec.Failed {
		t.Errorf("a swapped session was stepped: %+v", rec)
	}
	swap("keys", "wrapped", "contact")
	if rec := <-db.Submit(benchInput(0, 11)); !errors.Is(rec.Err, ErrSealed) {
		t.Errorf("a swapped key was used: %+v", rec)
	}
}

// TestADestroyedKeyErasesThePerson also from the memory of a process that has used it.
func TestADestroyedKeyErasesThePerson(t *testing.T) {
	db := inside(t, t.TempDir())
	check(t, (<-db.Submit(benchInput(0, 0))).Err)
	check(t, db.do(t.Context(), func(tx *tx) error { return tx.run("DELETE FROM keys") }))
	if rec := <-db.Submit(benchInput(0, 1)); !errors.Is(rec.Err, ErrSealed) {
		t.Errorf("the writer: %+v", rec)
	}
	unsent, err := db.Unsent(t.Context(), terminal, benchTime.AddDate(1, 0, 0), 10)
	check(t, err)
	if len(unsent) != 0 {
		t.Errorf("the readers: %d replies", len(unsent))
	}
}

func TestActivityIsOnlyEverAddedTo(t *testing.T) {
	db := inside(t, t.TempDir())
	check(t, db.do(t.Context(), func(tx *tx) error {
		v, err := tx.visit(benchInput(0, 0))
		if err != nil {
			return err
		}
		return v.alert(benchInput(0, 0), errPanic)
	}))
	for _, change := range []string{"UPDATE activity SET who = 'x'", "DELETE FROM activity"} {
		if err := db.do(t.Context(), func(tx *tx) error { return tx.run(change) }); err == nil {
			t.Errorf("%s went through", change)
		}
	}
}

// TestCheckFindsWhatIsBroken: a check that cannot fail proves nothing.
func TestCheckFindsWhatIsBroken(t *testing.T) {
	for want, damage := range map[string]string{
		"every waiting input has a session that is fetching":          "UPDATE inbox SET state = 'waiting'",
		"every session that is fetching has a document being fetched": "UPDATE sessions SET fetching = 1",
		"every message was answered, waits, or brings a document":     "DELETE FROM outbox",
		"every ticket has its beginning in the activity log": `INSERT INTO tickets
			(ref, rev, service, stage, status, line, contact, branch, zone, officer, asked, sample, opened_ms, promised_ms)
			VALUES ('X', 1, 's', 's', 'open', 'l', 1, '', '', '', '', 0, 0, NULL)`,
		"every contact has a key, or no address": "DELETE FROM keys",
		"every member can be found":              "INSERT INTO members VALUES (1, 0, x'01', x'01')",
	} {
		db := inside(t, t.TempDir())
		check(t, (<-db.Submit(benchInput(0, 0))).Err)
		check(t, db.do(t.Context(), func(tx *tx) error { return tx.run(damage) }))
		findings, err := db.Check(t.Context())
		check(t, err)
		if len(findings) != 1 || findings[0].Check != want {
			t.Errorf("%s: found %+v, want %q", damage, findings, want)
		}
	}
}
