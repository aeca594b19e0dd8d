package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sapa/dialog/desk"
	"sapa/store"
)

// TestTheMasterKeyChangesWhileOthersWrite: a service and a command go on with the keyset they have read, and with the new
// one as soon as they meet it.
func TestTheMasterKeyChangesWhileOthersWrite(t *testing.T) {
	dir := t.TempDir()
	o := inNamed(t)
	o.Exclusive = true
	service := open(t, o, dir)
	imports(t, service, aminah())
	must(t, service.AddOfficer(t.Context(), officerOf("rina", "+6281900000000")))
	refs := []string{tellAll(t, service, siti, herCard), tellAll(t, service, budi, hisCard)}
	before := filepath.Join(t.TempDir(), "backup")
	must(t, service.Backup(t.Context(), before, nil))
	o = inNamed(t)
	o.NewID = nil
	command, rekeying := open(t, o, dir), open(t, o, dir)

	// Each has the keyset of before in memory when the others wrap with a newer one, and somebody new needs a key.
	n := 0
	meanwhile := func(int, int) {
		n++
		for who, db := range []*store.DB{service, command} {
			phone := fmt.Sprintf("62813%d%07d", who, n)
			equal(t, "somebody new", texts(submit(t, db, from(phone, "m1", "halo"))), "m1> 1: halo")
			other := []*store.DB{command, service}[who]
			equal(t, "known to the other", texts(submit(t, other, from(phone, "m2", "halo"))), "m2> 2: halo")
			equal(t, "shown", ticketOf(t, other, refs[who]).Values["tanggal_lahir"], "1990-08-17")
		}
	}
	for range 3 {
		_, err := rekeying.Rekey(t.Context(), meanwhile)
		must(t, err)
	}
	forgotten, err := rekeying.ForgetOldKeys(t.Context())
	must(t, err)
	equal(t, "keys forgotten", forgotten, 3)
	meanwhile(0, 0)
	equal(t, "often enough to prove something", n, 3*4+1) // contacts, subjects, members, officers

	for name, db := range map[string]*store.DB{"service": service, "command": command, "rekeying": rekeying} {
		for _, ref := range refs {
			equal(t, name, ticketOf(t, db, ref).Values["tanggal_lahir"], "1990-08-17")
		}
		_, _, err := db.Member(t.Context(), herCard)
		must(t, err)
		healthy(t, db)
	}
	must(t, errors.Join(service.Close(), command.Close(), rekeying.Close()))
	last := open(t, o, dir)
	for who := range 2 {
		phone := fmt.Sprintf("62813%d%07d", who, n)
		equal(t, "known still", texts(submit(t, last, from(phone, "m3", "lagi"))), "m3> 3: lagi")
	}
	healthy(t, last)
	must(t, last.Close())
	_, err = store.Restore(t.Context(), dir, before, store.Options{})
	if !errors.Is(err, store.ErrKeys) || !errors.Is(err, store.ErrForgotten) {
		t.Errorf("a backup under a forgotten key: %v", err)
	}
}

func TestABackupFromBeforeARekeyRestores(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	ref := tellAll(t, db, siti, herCard)
	gone := tellAll(t, db, budi, hisCard)
	backup := filepath.Join(t.TempDir(), "backup")
	must(t, db.Backup(t.Context(), backup, nil))
	_, err := db.Rekey(t.Context(), nil)
	must(t, err)
	_, err = db.EraseContact(t.Context(), budi, erasing(""))
	must(t, err)
	must(t, db.Close())
	_, err = store.Restore(t.Context(), dir, backup, store.Options{})
	must(t, err)
	db = open(t, inNamed(t), dir)
	equal(t, "readable", ticketOf(t, db, ref).Values["nomor"], herCard)
	equal(t, "the erased, known by a key that was wrapped otherwise", len(ticketOf(t, db, gone).Values), 0)
	if _, err := db.ForgetOldKeys(t.Context()); !errors.Is(err, store.ErrOldKeys) {
		t.Errorf("old keys that are needed: %v", err)
	}
	_, err = db.Rekey(t.Context(), nil)
	must(t, err)
	_, err = db.ForgetOldKeys(t.Context())
	must(t, err)
	healthy(t, db)
}

func TestARekeyThatWasBrokenOffIsTakenUpAgain(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	for i := range 450 {
		submit(t, db, from(fmt.Sprintf("62812%08d", i), "m1", "halo"))
	}
	ref := tellAll(t, db, siti, herCard)
	must(t, db.AddOfficer(t.Context(), officerOf("rina", "+6281900000000")))
	ctx, stop := context.WithCancel(t.Context())
	done, err := db.Rekey(ctx, func(int, int) { stop() })
	equal(t, "broken off after the first batch", fmt.Sprint(done, errors.Is(err, context.Canceled)), "200 true")
	if _, err := db.ForgetOldKeys(t.Context()); !errors.Is(err, store.ErrOldKeys) {
		t.Errorf("in the middle: %v", err)
	}
	must(t, db.Close())
	db = open(t, inNamed(t), dir)
	healthy(t, db)
	var progress []int
	done, err = db.Rekey(t.Context(), func(done, total int) { progress = append(progress, total-done) })
	must(t, err)
	equal(t, "the rest", done, 252) // contacts, a subject, an officer
	equal(t, "told to the end", slices.Min(progress), 0)
	n, err := db.ForgetOldKeys(t.Context())
	must(t, err)
	equal(t, "one new key was made, not two", n, 1)
	equal(t, "readable", ticketOf(t, db, ref).Values["nomor"], herCard)
	healthy(t, db)
}

func TestAKeysDirectoryThatCannotBeWrittenKeepsItsKey(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	ref := tellAll(t, db, siti, herCard)
	must(t, os.MkdirAll(filepath.Join(dir, "keys", "master.json.new", "in the way"), 0o700))
	if _, err := db.Rekey(t.Context(), nil); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("got %v", err)
	}
	equal(t, "readable", ticketOf(t, db, ref).Values["nomor"], herCard)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "note", Text: "masih bisa"}, officer, noon)
	must(t, err)
	healthy(t, db)
}

func TestWhatStandsAsideOpensAfterARekey(t *testing.T) {
	db := open(t, inNamed(t))
	sealed, err := db.SealAside("buffer", []byte("pesan"))
	must(t, err)
	_, err = db.Rekey(t.Context(), nil)
	must(t, err)
	_, err = db.ForgetOldKeys(t.Context())
	must(t, err)
	plain, err := db.OpenAside("buffer", sealed)
	must(t, err)
	equal(t, "opened", string(plain), "pesan")
}

// Another database's keys, put in the place of this one's while it is in use, wrap nothing.
func TestForeignKeysAreNotTakenUp(t *testing.T) {
	dir, foreign := t.TempDir(), t.TempDir()
	db := open(t, inNamed(t), dir)
	ref := tellAll(t, db, siti, herCard)
	must(t, open(t, inNamed(t), foreign).Close())
	file := filepath.Join(dir, "keys", "master.json")
	own, err := os.ReadFile(file)
	must(t, err)
	theirs, err := os.ReadFile(filepath.Join(foreign, "keys", "master.json"))
	must(t, err)
	must(t, os.WriteFile(file, theirs, 0o600))
	if rec := <-db.Submit(from(budi, "m1", "halo")); !errors.Is(rec.Err, store.ErrKeys) {
		t.Errorf("somebody new: %+v", rec)
	}
	equal(t, "whoever is known", texts(submit(t, db, from(siti, "m1", "halo"))), "m1> 3: halo")
	equal(t, "readable", ticketOf(t, db, ref).Values["nomor"], herCard)
	must(t, os.WriteFile(file, own, 0o600))
	equal(t, "with the keys back", texts(submit(t, db, from(budi, "m1", "halo"))), "m1> 1: halo")
	healthy(t, db)
}
