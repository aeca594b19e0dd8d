package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

// load lets many contacts write what is personal, each with a canary in every place a member can put one.
func load(t *testing.T, db *store.DB, contacts int) (canaries []string) {
	t.Helper()
	for c := range contacts {
		phone, canary := fmt.Sprintf("62812%08d", 31740000+c), fmt.Sprintf("CANARY%06d", c)
		canaries = append(canaries, phone, canary)
		p := photo(phone, "p1")
		p.Media.Name, p.Media.Ref, p.Text = canary+".jpg", "/tmp/"+canary, canary
		submit(t, db, p)
		submit(t, db, from(phone, "w1", "waiting "+canary))
		submit(t, db, fetched(p, dialog.DocumentReady, strings.Repeat(canary, 200)))
		rec := submit(t, db, from(phone, "t1", "ask ticket.open service=reaktivasi ktp=p1 nama="+canary))
		ref := fact(t, rec, "ref")
		_, err := db.Act(t.Context(), ref, desk.Action{Name: "ask", Field: "nama", Text: "apakah " + canary + "?"}, officer, noon)
		must(t, err)
		submit(t, db, from(phone, "t2", "ask ticket.answer ref="+ref+" field=nama value="+canary+"2"))
		must(t, db.RecordSeen(t.Context(), ref, "ani", "ticket.seen", "tentang "+canary, noon))
		submit(t, db, overWhatsApp(from(phone, "m1", "keep "+canary)))
		submit(t, db, from(phone, "m2", "fail "+canary))
		submit(t, db, photo(phone, "p2")) // left fetching
	}
	return canaries
}

// grep fails the test where a file of the directory holds a canary.
func grep(t *testing.T, dir string, canaries []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	read := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // the keys directory
		}
		read += len(data)
		for _, c := range canaries {
			if bytes.Contains(data, []byte(c)) {
				t.Errorf("%s holds %s in clear", filepath.Base(file), c)
				break
			}
		}
	}
	if read < 100_000 {
		t.Fatalf("only %d bytes were looked at: nothing is proved", read)
	}
}

func TestStolenFilesAreUnreadable(t *testing.T) {
	dir, stolen := t.TempDir(), t.TempDir()
	db := open(t, options(t), dir)
	canaries := load(t, db, 20)
	grep(t, dir, canaries) // open, everything still in the WAL

	// As a kill leaves them: copied while open, then opened elsewhere with the keys.
	for _, name := range []string{"sapa.db", "sapa.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(stolen, name), data, 0o600))
	}
	grep(t, stolen, canaries)
	o := options(t)
	o.Keys = filepath.Join(dir, "keys")
	after := open(t, o, stolen)
	equal(t, "nothing acknowledged was lost", submit(t, after, from(canaries[0], "m2", "fail")).Fresh, false)
	healthy(t, after)

	must(t, db.Backup(t.Context(), filepath.Join(stolen, "backup"), nil))
	must(t, db.Close())
	grep(t, dir, canaries) // folded into the database
	grep(t, stolen, canaries)
}

func TestTheCanarySearchCanFail(t *testing.T) {
	dir := t.TempDir()
	data := append(bytes.Repeat([]byte{0}, 200_000), "CANARY000001"...)
	must(t, os.WriteFile(filepath.Join(dir, "sapa.db"), data, 0o600))
	sub := &testing.T{}
	grep(sub, dir, []string{"CANARY000001"})
	equal(t, "found", sub.Failed(), true)
}

func TestBackupUnderLoadIsWholeAndRestores(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	db := open(t, options(t), dir)
	ref := openTicket(t, db, siti)

	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			<-db.Submit(from(budi, fmt.Sprint("m", i), strings.Repeat("text ", 500)))
		}
	})
	file := filepath.Join(other, "backup")
	reports, last := 0, ""
	must(t, db.Backup(t.Context(), file, func(done, total int) { reports++; last = fmt.Sprint(done == total) }))
	stop()
	writing.Wait()
	equal(t, "progress ends at the end", last, "true")
	info, err := os.Stat(file)
	must(t, err)
	equal(t, "mode", info.Mode().Perm(), 0o600)
	if err := db.Backup(t.Context(), file, nil); !errors.Is(err, store.ErrExists) {
		t.Errorf("overwriting: got %v", err)
	}
	left, err := filepath.Glob(filepath.Join(other, "*"))
	must(t, err)
	equal(t, "nothing else is left", len(left), 1)

	// What came after the backup is gone after a restore, what was before is there.
	late := fact(t, query(t, db, siti, "late", "ticket.open service=reaktivasi nama=Siti"), "ref")
	must(t, db.Close())
	aside, err := store.Restore(t.Context(), dir, file, store.Options{})
	must(t, err)
	if _, err := os.Stat(aside); err != nil {
		t.Errorf("the old database was not kept: %v", err)
	}
	db = open(t, options(t), dir)
	_, err = db.Ticket(t.Context(), ref)
	must(t, err)
	if _, err := db.Ticket(t.Context(), late); !errors.Is(err, store.ErrNoTicket) {
		t.Errorf("a ticket from after the backup: %v", err)
	}
	healthy(t, db)
}

func TestARestoreThatCannotBeRightChangesNothing(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	ref := openTicket(t, db, siti)
	backup := filepath.Join(t.TempDir(), "backup")
	must(t, db.Backup(t.Context(), backup, nil))
	must(t, db.Close())

	torn, err := os.ReadFile(backup)
	must(t, err)
	for i := 4096; i < len(torn); i += 97 {
		torn[i] ^= 0x55
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	must(t, os.WriteFile(damaged, torn, 0o600))
	foreign := t.TempDir()
	must(t, open(t, options(t), foreign).Close())

	for what, c := range map[string]struct {
		file string
		want error
	}{
		"damaged":                  {damaged, store.ErrCorrupt},
		"another database's":       {filepath.Join(foreign, "sapa.db"), store.ErrKeys},
		"no database":              {filepath.Join(foreign, "keys", "master.json"), store.ErrCorrupt},
		"a file that is not there": {filepath.Join(dir, "nothing"), os.ErrNotExist},
	} {
		if _, err := store.Restore(t.Context(), dir, c.file, store.Options{}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", what, err, c.want)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "sapa.db*"))
	must(t, err)
	equal(t, "files", len(left), 1)
	db = open(t, options(t), dir)
	_, err = db.Ticket(t.Context(), ref)
	must(t, err)
}
