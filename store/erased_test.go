package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// peopled is a database in which two people wrote.
func peopled(t *testing.T, dir string) *DB {
	t.Helper()
	db := inside(t, dir)
	for contact := range 2 {
		if rec := <-db.Submit(benchInput(contact, contact)); rec.Err != nil {
			t.Fatal(rec.Err)
		}
	}
	return db
}

func rows(t *testing.T, db *DB, table string) (n int) {
	t.Helper()
	check(t, db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

var errCut = errors.New("cut off")

// An erasure that is in the list and was never committed, as a kill between the two leaves it, is finished at the next
// start, or by the next erasure.
func TestAnErasureThatWasCutOffIsFinished(t *testing.T) {
	cut := func(t *testing.T, db *DB) {
		t.Helper()
		err := db.do(t.Context(), func(t *tx) error {
			all, err := t.condemnContact(1)
			if err != nil {
				return err
			}
			if _, err := t.erase(all, Erasing{Who: "ani", At: benchTime}); err != nil {
				return err
			}
			return errCut
		})
		if !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		if n := rows(t, db, "keys"); n != 2 {
			t.Fatalf("%d keys: nothing was cut off", n)
		}
		lines, _, err := db.ring.erasedLines()
		check(t, err)
		if len(lines) != 1 { // though it was tried twice
			t.Errorf("%d lines in the list", len(lines))
		}
	}
	t.Run("at the next start", func(t *testing.T) {
		dir := t.TempDir()
		db := peopled(t, dir)
		cut(t, db)
		check(t, db.Close())
		db = inside(t, dir)
		if n := rows(t, db, "keys"); n != 1 {
			t.Errorf("%d keys are left", n)
		}
	})
	t.Run("by the next erasure", func(t *testing.T) {
		db := peopled(t, t.TempDir())
		cut(t, db)
		_, err := db.EraseContact(t.Context(), benchInput(1, 0).From, Erasing{Who: "ani", At: benchTime})
		check(t, err)
		if n := rows(t, db, "keys"); n != 0 {
			t.Errorf("%d keys are left", n)
		}
	})
	t.Run("where it was the last wish", func(t *testing.T) {
		db := peopled(t, t.TempDir())
		cut(t, db)
		n, err := db.EraseContact(t.Context(), benchInput(0, 0).From, Erasing{Who: "ani", At: benchTime})
		check(t, err)
		if lines, _, _ := db.ring.erasedLines(); len(lines) != 1 || !n.Contact || rows(t, db, "keys") != 1 {
			t.Errorf("%d lines, %+v", len(lines), n)
		}
	})
}

func TestNothingIsErasedThatCannotBeListed(t *testing.T) {
	dir := t.TempDir()
	db := peopled(t, dir)
	check(t, os.Mkdir(filepath.Join(dir, keysDir, erasedFile), 0o700)) // in the way, as a medium that is not writable
	_, err := db.EraseContact(t.Context(), benchInput(0, 0).From, Erasing{Who: "ani", At: benchTime})
	if err == nil || rows(t, db, "keys") != 2 {
		t.Errorf("%v, and %d keys are left", err, rows(t, db, "keys"))
	}
	check(t, os.Remove(filepath.Join(dir, keysDir, erasedFile)))
}

// What a kill between commit and checkpoint leaves in the write-ahead log goes at the next start, though the service
// beside keeps it open.
func TestALogThatWasNotCutOffIsAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	db := peopled(t, dir)
	check(t, db.do(t.Context(), func(t *tx) error {
		all, err := t.condemnContact(1)
		if err != nil {
			return err
		}
		_, err = t.erase(all, Erasing{Who: "ani", At: benchTime})
		return err
	}))
	size := func() int64 {
		info, err := os.Stat(filepath.Join(dir, databaseFile+"-wal"))
		check(t, err)
		return info.Size()
	}
	if size() < 100_000 {
		t.Fatalf("the log has only %d bytes: nothing is proved", size())
	}
	next := inside(t, dir)
	if after, err := next.uncleanAfter(t.Context()); err != nil || after != 0 || size() > 50_000 {
		t.Errorf("%d bytes are left, after erasure %d (%v)", size(), after, err)
	}
	check(t, next.Close())
}

// third makes a data directory as schema 3 left it, sealed as it was then: a contact with a ticket whose number is a
// card, its document and an officer's words.
func third(t *testing.T) (dir string) {
	t.Helper()
	dir = old(t, "testdata/schema-3.sql", "3")
	keys, err := loadKeys(filepath.Join(dir, keysDir), false)
	check(t, err)
	pool := open(filepath.Join(dir, databaseFile), writing)
	conn, err := pool.Conn(t.Context())
	check(t, err)
	w := newTx(&DB{ring: keys}, conn)
	run := func(query string, args ...any) { check(t, w.run(query, args...)) }
	key, err := keys.make(2)
	check(t, err)
	seal := func(p place, plain string) []byte {
		sealed, err := key.seal(p, []byte(plain))
		check(t, err)
		return sealed
	}
	hash, err := keys.hash("address", oldPhone)
	check(t, err)
	session, err := encodeSession(dialog.Session{Lang: "id"})
	check(t, err)
	run("INSERT INTO contacts VALUES (2, 1)")
	run("INSERT INTO keys VALUES (2, ?)", key.wrapped)
	run("INSERT INTO addresses VALUES (?, 2, ?)", hash, seal(addressPlace(hash), oldPhone))
	run("INSERT INTO sessions VALUES (1, 2, 'pandawa', 1, 'terminal', ?, 0, ?)", hash, seal(sessionPlace(2, "pandawa"), string(session)))
	run(`INSERT INTO tickets (ref, rev, service, stage, status, line, contact, branch, zone, officer, asked, sample, opened_ms)
		VALUES (?, 1, 'reaktivasi', 'periksa', 'open', 'pandawa', 2, '', 'WIB', '', '', 0, ?)`, oldRef, benchTime.UnixMilli())
	for field, value := range map[string]string{"nomor": oldCard, "nama": "Siti", "ktp": "p1"} {
		run("INSERT INTO answers VALUES (?, ?, 'given', ?)", oldRef, field, seal(answerPlace(oldRef, field), value))
	}
	run(`INSERT INTO activity VALUES (1, ?, 2, 1, 'ani', 'ticket.opened', 'periksa', 'open', 1, '', '', ?, '')`,
		oldRef, seal(activityPlace(1), "kata petugas"))
	run(`INSERT INTO documents (id, contact, line, message_id, transport, address, field, state, ticket, mime, bytes, sha256, problem, at_ms, sealed_media)
		VALUES (1, 2, 'pandawa', 'p1', 'terminal', ?, 'ktp', 'ready', ?, 'image/jpeg', 4, '', '', 1, ?)`,
		hash, oldRef, seal(mediaPlace(2, "pandawa", "p1"), `{"name":"ktp.jpg"}`))
	run("INSERT INTO document_bodies VALUES (1, ?)", seal(bodyPlace(2, "pandawa", "p1"), "JPEG"))
	run("DELETE FROM keys WHERE contact = 1") // what old made is none of ours
	check(t, errors.Join(w.close(), pool.Close()))
	return dir
}

const (
	oldRef   = "5H8-PWW3"
	oldCard  = "0001234567890"
	oldPhone = "6281200000001"
)

// words is an engine that says that it was told.
type told struct{}

func (told) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	return dialog.Turn{Session: s, Effects: []dialog.Effect{dialog.Reply{Text: string(in.Kind), Weight: dialog.Keep}}}, nil
}

var oldPipeline = desk.Pipeline{
	Service: "reaktivasi", Subject: desk.Subject{Name: "nama", Number: "nomor"},
	Stages: []desk.Stage{
		{Name: "periksa", Status: desk.Open, Decisions: []desk.Decision{{Name: "approve", To: "selesai", Say: map[string]string{"id": "Selesai"}}}},
		{Name: "selesai", Status: desk.Approved},
	},
}

func openThird(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{Engine: told{}, Pipeline: func(string) (*desk.Pipeline, bool) { return &oldPipeline, true }})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	return db
}

// holds is what can be read of the old ticket.
func holds(t *testing.T, db *DB) string {
	t.Helper()
	ticket, err := db.Ticket(t.Context(), oldRef)
	check(t, err)
	history, err := db.History(t.Context(), oldRef)
	check(t, err)
	body, err := db.DocumentBody(t.Context(), oldRef, "p1")
	if err != nil && !errors.Is(err, ErrNoTicket) {
		t.Fatal(err)
	}
	return ticket.Values["nama"] + ", " + history[0].Text + ", " + string(body) + ", " + string(ticket.Status)
}

func TestATicketFromBeforeTicketsHadKeysWorksOn(t *testing.T) {
	const whole, empty = "Siti, kata petugas, JPEG, open", ", , , cancelled"
	by := Erasing{Who: "ani", At: benchTime.Add(time.Hour)}
	for name, c := range map[string]struct {
		act  func(db *DB) error
		want string
	}{
		"decided": {func(db *DB) error {
			_, err := db.Act(t.Context(), oldRef, desk.Action{Name: "approve"}, desk.Actor{Name: "ani", Role: desk.RoleAdmin}, benchTime)
			return err
		}, "Siti, kata petugas, JPEG, approved"},
		"erased with its contact": {func(db *DB) error {
			_, err := db.EraseContact(t.Context(), oldPhone, by)
			return err
		}, empty},
		"erased with its subject": {func(db *DB) error {
			_, err := db.EraseMember(t.Context(), oldCard, by)
			return err
		}, empty},
		"left by another's erasure": {func(db *DB) error {
			_, err := db.EraseMember(t.Context(), "0009999999999", by)
			if !errors.Is(err, ErrNoMember) {
				return err
			}
			return nil
		}, whole},
		"merged": {func(db *DB) error {
			for _, in := range []dialog.Input{
				{ID: "m1", From: "99@lid"},
				{ID: "m2", From: "99@lid", Phone: oldPhone},
			} {
				in.Kind, in.Line, in.Transport, in.At = dialog.Message, "pandawa", terminal, benchTime
				if rec := <-db.Submit(in); rec.Err != nil || rec.Failed {
					return errors.Join(rec.Err, errCut)
				}
			}
			return nil
		}, whole},
	} {
		t.Run(name, func(t *testing.T) {
			db := openThird(t, third(t))
			if got := holds(t, db); got != whole {
				t.Fatalf("before: %s", got)
			}
			check(t, c.act(db))
			if got := holds(t, db); got != c.want {
				t.Errorf("after: %s, want %s", got, c.want)
			}
		})
	}
}

func TestABackupFromBeforeTicketsHadKeysIsErasedAgain(t *testing.T) {
	by := Erasing{Who: "ani", At: benchTime.Add(time.Hour)}
	for name, erase := range map[string]func(db *DB) error{
		"contact": func(db *DB) error { _, err := db.EraseContact(t.Context(), oldPhone, by); return err },
		"member":  func(db *DB) error { _, err := db.EraseMember(t.Context(), oldCard, by); return err },
	} {
		t.Run(name, func(t *testing.T) {
			dir := third(t)
			backup := filepath.Join(t.TempDir(), "backup")
			check(t, copyFile(filepath.Join(dir, databaseFile), backup))
			db := openThird(t, dir)
			check(t, erase(db))
			check(t, db.Close())
			_, err := Restore(t.Context(), dir, backup, Options{Pipeline: db.opts.Pipeline})
			check(t, err)
			if got := holds(t, openThird(t, dir)); got != ", , , cancelled" {
				t.Errorf("after: %s", got)
			}
		})
	}
}
