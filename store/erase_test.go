package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

// named is a pipeline whose form says by number whom it is about, and with a decision that erases its contact.
var named = desk.Pipeline{
	Service: "reaktivasi",
	Subject: desk.Subject{Name: "nama", Number: "nomor", BirthDate: "tanggal_lahir", Regency: "kabupaten"},
	Stages: []desk.Stage{
		{Name: "periksa", Status: desk.Open, Promise: 7 * time.Hour, Decisions: []desk.Decision{
			{Name: "approve", To: "selesai", Say: map[string]string{"id": "Selesai"}},
			{Name: "erase", To: "dihapus", Say: map[string]string{"id": "Data Anda dihapus"}, Erases: true},
		}},
		{Name: "selesai", Status: desk.Approved},
		{Name: "dihapus", Status: desk.Closed},
	},
}

func inNamed(t testing.TB) store.Options {
	t.Helper()
	o := options(t)
	o.Pipeline = func(service string) (*desk.Pipeline, bool) { return &named, service == "reaktivasi" }
	return o
}

const (
	herCard = "0001234567890" // the cards of Siti and Budi
	hisCard = "0009876543210"
)

// tellAll has a contact leave something of every kind: messages, a document, a ticket about a number with an officer's
// words, a consent, a timer, a form set aside and a visit's wrong date. It gives the ticket.
func tellAll(t *testing.T, db *store.DB, phone, number string) string {
	t.Helper()
	p := photo(phone, "p-"+number)
	submit(t, db, p)
	submit(t, db, fetched(p, dialog.DocumentReady, strings.Repeat("JPEG of "+phone, 700)))
	ref := fact(t, submit(t, db, from(phone, "t-"+number, "ask ticket.open service=reaktivasi kabupaten=31.74 nama=Siti "+
		"tanggal_lahir=1990-08-17 ktp=p-"+number+" nomor="+number)), "ref")
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "ask", Field: "nama", Text: "Nama siapa? " + phone}, officer, noon)
	must(t, err)
	submit(t, db, from(phone, "n-"+number, "ask ticket.answer field=nama value=Siti_Aminah ref="+ref))
	submit(t, db, from(phone, "s-"+number, "ask ticket.show birth_date=1991-01-01 ref="+ref))
	submit(t, db, from(phone, "a-"+number, "agree"))
	submit(t, db, from(phone, "r-"+number, "remind"))
	loose := photo(phone, "loose-"+number) // no ticket takes it
	submit(t, db, loose)
	submit(t, db, fetched(loose, dialog.DocumentReady, "loose JPEG of "+phone))
	return ref
}

// sealedOf are the sealed values and wrapped keys of one contact, as they lie in the file.
func sealedOf(t *testing.T, dir string, contact int64) (all [][]byte) {
	t.Helper()
	raw, err := sql.Open("sqlite3", filepath.Join(dir, "sapa.db"))
	must(t, err)
	defer func() { must(t, raw.Close()) }()
	rows, err := raw.QueryContext(t.Context(), `SELECT wrapped FROM keys WHERE contact = ?1
		UNION ALL SELECT wrapped FROM tickets WHERE contact = ?1
		UNION ALL SELECT wrapped FROM documents WHERE contact = ?1 AND wrapped IS NOT NULL
		UNION ALL SELECT sealed_value FROM answers WHERE ticket IN (SELECT ref FROM tickets WHERE contact = ?1)
		UNION ALL SELECT b.sealed_body FROM document_bodies b JOIN documents d ON d.id = b.document WHERE d.contact = ?1
		UNION ALL SELECT sealed_media FROM documents WHERE contact = ?1
		UNION ALL SELECT sealed_text FROM activity WHERE contact = ?1 AND sealed_text IS NOT NULL
		UNION ALL SELECT sealed_input FROM inbox WHERE contact = ?1 UNION ALL SELECT sealed_body FROM outbox WHERE contact = ?1
		UNION ALL SELECT sealed_session FROM sessions WHERE contact = ?1
		UNION ALL SELECT sealed_address FROM addresses WHERE contact = ?1
		UNION ALL SELECT hash FROM addresses WHERE contact = ?1`, contact)
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	for rows.Next() {
		var sealed []byte
		must(t, rows.Scan(&sealed))
		all = append(all, sealed)
	}
	must(t, rows.Err())
	return all
}

// foundIn counts which of the values are in some file below a directory.
func foundIn(t *testing.T, dir string, values [][]byte) (n int) {
	t.Helper()
	var files [][]byte
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		if !d.IsDir() {
			data, err := os.ReadFile(path)
			must(t, err)
			files = append(files, data)
		}
		return nil
	}))
	for _, value := range values {
		for _, data := range files {
			// A megabyte's body lies on many pages: its beginning is enough.
			if bytes.Contains(data, value[:min(len(value), 400)]) {
				n++
				break
			}
		}
	}
	return n
}

func erasing(reason string) store.Erasing {
	return store.Erasing{Who: "ani", Reason: reason, At: noon.Add(time.Hour)}
}

func contactOf(t *testing.T, db *store.DB, ref string) int64 {
	t.Helper()
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	return ticket.Contact
}

func TestAnErasedContactIsInNoFileAndTheNeighboursAreWhole(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	phone := func(i int) string { return fmt.Sprintf("62812%08d", 31740000+i) }
	refs := make([]string, 12)
	for i := range refs { // enough to share pages
		refs[i] = tellAll(t, db, phone(i), fmt.Sprintf("000%010d", i))
	}
	const victim = 5
	gone, left := sealedOf(t, dir, contactOf(t, db, refs[victim])), sealedOf(t, dir, contactOf(t, db, refs[victim+1]))
	if n := foundIn(t, dir, gone); n != len(gone) || n < 25 {
		t.Fatalf("%d of %d values were found before: nothing is proved", n, len(gone))
	}
	by := erasing("permintaan tertulis")
	by.DryRun = true
	would, err := db.EraseContact(t.Context(), phone(victim), by)
	must(t, err)
	equal(t, "a dry run changes nothing", foundIn(t, dir, gone), len(gone))
	by.DryRun = false
	did, err := db.EraseContact(t.Context(), phone(victim), by)
	must(t, err)
	equal(t, "counted as announced", did, would)
	equal(t, "counted", fmt.Sprintf("%+v", did),
		"{Contact:true Register:0 Tickets:1 Open:1 Documents:2 Messages:15 Drafts:0}")
	equal(t, "values left of the erased", foundIn(t, dir, gone), 0)
	equal(t, "values left of a neighbour", foundIn(t, dir, left), len(left))

	for i, ref := range refs {
		ticket, err := db.Ticket(t.Context(), ref)
		must(t, err)
		if i != victim {
			equal(t, "a neighbour's name", ticket.Values["nama"], "Siti Aminah")
			_, err = db.DocumentBody(t.Context(), ref, fmt.Sprintf("p-000%010d", i))
			must(t, err)
			continue
		}
		equal(t, "what stays of the ticket", fmt.Sprint(ticket.Ref == ref, ticket.Service, ticket.Stage, ticket.Status, len(ticket.Values),
			ticket.OpenedAt.Equal(noon), ticket.EndedAt.Equal(by.At)), "truereaktivasiperiksacancelled0 true true")
		equal(t, "its history", happened(t, db, ref, 6), "ani cancelled; ani erased")
		history, err := db.History(t.Context(), ref)
		must(t, err)
		for _, a := range history {
			equal(t, "words of "+a.What, a.Text, "")
		}
		documents, err := db.Documents(t.Context(), ref)
		must(t, err)
		equal(t, "documents", len(documents), 0)
		if err := db.RecordSeen(t.Context(), ref, "ani", "ticket.seen", "tanya", noon); !errors.Is(err, store.ErrErased) {
			t.Errorf("words of an emptied ticket: %v", err)
		}
	}
	healthy(t, db)
	if _, err := db.EraseContact(t.Context(), phone(victim), by); !errors.Is(err, store.ErrNoContact) {
		t.Errorf("erased twice: %v", err)
	}
	equal(t, "they come again as somebody new", texts(submit(t, db, from(phone(victim), "m1", "halo"))), "m1> 1: halo")
}

func TestErasingLeavesTheAddressesToTheTransports(t *testing.T) {
	db := open(t, inNamed(t))
	submit(t, db, from(siti, "m1", "halo"))
	lid := from(hidden, "m2", "halo")
	lid.Phone = siti
	submit(t, db, lid)
	submit(t, db, from(budi, "m1", "halo"))
	_, err := db.EraseContact(t.Context(), siti, erasing(""))
	must(t, err)
	all, err := db.Forgets(t.Context())
	must(t, err)
	got := map[string]bool{}
	for _, f := range all {
		got[f.Address] = true
		must(t, db.Forgotten(t.Context(), f.ID))
	}
	equal(t, "to forget", fmt.Sprint(got), fmt.Sprint(map[string]bool{siti: true, hidden: true}))
	all, err = db.Forgets(t.Context())
	must(t, err)
	equal(t, "left", len(all), 0)
}

func TestAnErasedMemberIsGoneFromRegisterAndTicketsOfAllContacts(t *testing.T) {
	db := open(t, inNamed(t))
	family := aminah()
	imports(t, db, family)
	card, nik := string(family[0].Card), string(family[0].NIK)
	byCard := tellAll(t, db, siti, card)
	byNIK := tellAll(t, db, budi, nik)
	other := tellAll(t, db, budi, hisCard)
	_, err := db.Act(t.Context(), byNIK, desk.Action{Name: "approve"}, officer, noon)
	must(t, err)

	by := erasing("permintaan")
	n, err := db.EraseMember(t.Context(), nik, by)
	must(t, err)
	equal(t, "counted", fmt.Sprintf("%+v", n), "{Contact:false Register:1 Tickets:2 Open:1 Documents:2 Messages:0 Drafts:0}")
	unsent, err := db.Unsent(t.Context(), "terminal", by.At, 100)
	must(t, err)
	last := unsent[len(unsent)-1]
	equal(t, "who opened the open one is told", last.To+": "+last.Text, siti+": notice erased ")
	for _, ref := range []string{byCard, byNIK} {
		ticket := ticketOf(t, db, ref)
		equal(t, "values of "+ref, len(ticket.Values), 0)
		equal(t, "ended", ticket.Status.Final(), true)
		_, err := db.DocumentBody(t.Context(), ref, "p-"+card)
		if !errors.Is(err, store.ErrNoTicket) {
			t.Errorf("a document: %v", err)
		}
	}
	equal(t, "the same contact's other ticket", ticketOf(t, db, other).Values["nomor"], hisCard)
	if _, _, err := db.Member(t.Context(), card); !errors.Is(err, store.ErrNoMember) {
		t.Errorf("in the register: %v", err)
	}
	_, _, err = db.Member(t.Context(), string(family[1].NIK))
	must(t, err)
	if _, err := db.EraseMember(t.Context(), nik, by); !errors.Is(err, store.ErrNoMember) {
		t.Errorf("erased twice: %v", err)
	}
	reopen := from(siti, "reopen", "ask ticket.reopen text=Ini ref="+byCard)
	reopen.At = by.At.Add(time.Hour)
	equal(t, "what is empty is not opened again", fact(t, submit(t, db, reopen), "ok"), "false")
	must(t, db.RecordSeen(t.Context(), byCard, "ani", "ticket.seen", "mengapa kosong", noon)) // its contact is there
	healthy(t, db)

	again := query(t, db, siti, "again", "ticket.open service=reaktivasi nomor="+card)
	equal(t, "they may come again", ticketOf(t, db, fact(t, again, "ref")).Values["nomor"], card)
	healthy(t, db)
}

// With the master key at hand and every row in its place, what lay under a destroyed key does not open.
func TestADestroyedKeyIsEnough(t *testing.T) {
	for name, c := range map[string]struct {
		destroy string
		gone    string
		left    []string
	}{
		"the contact's": {"DELETE FROM keys WHERE contact = (SELECT contact FROM tickets WHERE ref = ?)", "", []string{"his own"}},
		"the subject's": {"DELETE FROM subjects WHERE id = (SELECT subject FROM tickets WHERE ref = ?)", "", []string{"hers about him", "his own"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, inNamed(t), dir)
			refs := map[string]string{
				"her own": tellAll(t, db, siti, herCard), "hers about him": tellAll(t, db, siti, hisCard), "his own": tellAll(t, db, budi, hisCard),
			}
			raw, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "sapa.db")+"?_foreign_keys=on")
			must(t, err)
			_, err = raw.ExecContext(t.Context(), c.destroy, refs["her own"])
			must(t, errors.Join(err, raw.Close()))
			for _, ref := range c.left {
				equal(t, ref, ticketOf(t, db, refs[ref]).Values["tanggal_lahir"], "1990-08-17")
				_, err := db.DocumentBody(t.Context(), refs[ref], "p-"+hisCard)
				must(t, err)
			}
			ref := refs["her own"]
			for what, read := range map[string]func() error{
				"values":   func() error { _, err := db.Ticket(t.Context(), ref); return err },
				"document": func() error { _, err := db.DocumentBody(t.Context(), ref, "p-"+herCard); return err },
				"words":    func() error { _, err := db.History(t.Context(), ref); return err },
			} {
				if err := read(); !errors.Is(err, store.ErrSealed) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func TestADecisionThatErasesTellsTheMemberFirst(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	ref := tellAll(t, db, siti, herCard)
	other := tellAll(t, db, budi, hisCard)
	sealed := sealedOf(t, dir, contactOf(t, db, ref))
	sendAll(t, db)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "erase"}, officer, noon)
	must(t, err)
	due := func(at time.Duration) (fired int) {
		t.Helper()
		inputs, err := db.DueTimers(t.Context(), noon.Add(at), 10)
		must(t, err)
		for _, in := range inputs {
			if in.Timer == "erase" {
				fired++
				in.At = noon.Add(at)
				rec := submit(t, db, in)
				equal(t, "handled", fmt.Sprint(rec.Fresh, rec.Failed, len(rec.Outbound)), "true false 0")
			}
		}
		return fired
	}
	equal(t, "not at once", due(59*time.Second), 0)
	equal(t, "a minute later", due(time.Minute), 1)
	equal(t, "the notice is not sent yet", len(ticketOf(t, db, ref).Values) > 0, true)
	equal(t, "not before ten minutes", due(10*time.Minute), 0)
	sendAll(t, db)
	equal(t, "then again", due(11*time.Minute), 1)
	equal(t, "erased", len(ticketOf(t, db, ref).Values), 0)
	equal(t, "by whom", happened(t, db, ref, 8), "ani erased")
	equal(t, "a neighbour", ticketOf(t, db, other).Values["nomor"], hisCard)
	healthy(t, db)
	must(t, db.Close())
	equal(t, "values left in the files", foundIn(t, dir, sealed), 0)
}

func TestADecisionThatErasesWaitsADayForTheNotice(t *testing.T) {
	db := open(t, inNamed(t))
	ref := tellAll(t, db, siti, herCard)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "erase"}, officer, noon)
	must(t, err)
	tries := 0
	for at := noon; len(ticketOf(t, db, ref).Values) > 0; at = at.Add(time.Minute) {
		inputs, err := db.DueTimers(t.Context(), at, 10)
		must(t, err)
		for _, in := range inputs {
			if in.Timer == "erase" {
				tries++
				submit(t, db, in)
			}
		}
		if at.After(noon.Add(25 * time.Hour)) {
			t.Fatal("a reply that nobody takes keeps a person for ever")
		}
	}
	equal(t, "tries", tries, 145) // each ten minutes for a day
	healthy(t, db)
}

func TestWhatComesForAnErasedContactMakesNobodyNew(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	p := photo(siti, "p1")
	submit(t, db, p)
	submit(t, db, from(budi, "r", "remind"))
	timers, err := db.DueTimers(t.Context(), noon.Add(2*time.Hour), 1)
	must(t, err)
	for _, phone := range []string{siti, budi} {
		_, err := db.EraseContact(t.Context(), phone, erasing(""))
		must(t, err)
	}
	for _, in := range []dialog.Input{fetched(p, dialog.DocumentReady, "JPEG"), timers[0]} {
		rec := submit(t, db, in)
		equal(t, "nothing happens", fmt.Sprint(rec.Fresh, rec.Failed, len(rec.Outbound)), "false false 0")
	}
	raw, err := sql.Open("sqlite3", filepath.Join(dir, "sapa.db"))
	must(t, err)
	var addresses int
	must(t, raw.QueryRowContext(t.Context(), "SELECT count(*) FROM addresses").Scan(&addresses))
	must(t, raw.Close())
	equal(t, "addresses", addresses, 0)
	healthy(t, db)
}

func TestARestoredBackupIsErasedAgain(t *testing.T) {
	for name, put := range map[string]func(t *testing.T, dir, backup string){
		"restored": func(t *testing.T, dir, backup string) {
			_, err := store.Restore(t.Context(), dir, backup, store.Options{})
			must(t, err)
			data, err := os.ReadFile(filepath.Join(dir, "sapa.db"))
			must(t, err)
			raw, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "sapa.db")+"?mode=ro&immutable=1")
			must(t, err)
			var left int
			must(t, raw.QueryRowContext(t.Context(), "SELECT count(*) FROM answers WHERE field = 'nomor'").Scan(&left))
			must(t, raw.Close())
			equal(t, fmt.Sprint("answers left before anybody opens its ", len(data), " bytes"), left, 1)
		},
		"copied by hand": func(t *testing.T, dir, backup string) {
			data, err := os.ReadFile(backup)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "sapa.db"), data, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, inNamed(t), dir)
			imports(t, db, aminah())
			contact := tellAll(t, db, siti, hisCard)
			about := tellAll(t, db, budi, herCard)
			left := tellAll(t, db, budi, "0005555555555")
			backup := filepath.Join(t.TempDir(), "backup")
			must(t, db.Backup(t.Context(), backup, nil))
			sealed := sealedOf(t, dir, contactOf(t, db, contact))
			_, err := db.EraseContact(t.Context(), siti, erasing("satu"))
			must(t, err)
			_, err = db.EraseMember(t.Context(), herCard, erasing("dua"))
			must(t, err)
			must(t, db.Close())
			put(t, dir, backup)

			db = open(t, inNamed(t), dir)
			for _, ref := range []string{contact, about} {
				equal(t, "values of "+ref, len(ticketOf(t, db, ref).Values), 0)
				equal(t, "history of "+ref, happened(t, db, ref, 6), "ani cancelled; ani erased")
			}
			if _, _, err := db.Member(t.Context(), herCard); !errors.Is(err, store.ErrNoMember) {
				t.Errorf("in the register: %v", err)
			}
			equal(t, "the neighbour", ticketOf(t, db, left).Values["nomor"], "0005555555555")
			_, err = db.DocumentBody(t.Context(), left, "p-0005555555555")
			must(t, err)
			equal(t, "values left in the database", foundIn(t, filepath.Join(dir, "sapa.db"), sealed), 0)
			healthy(t, db)
			must(t, db.Close())
			db = open(t, inNamed(t), dir) // not a second time
			equal(t, "history once more", happened(t, db, contact, 6), "ani cancelled; ani erased")
		})
	}
}

// A number that a contact had in one database may be somebody else's in another that goes by the same keys.
func TestWhoeverHasTheNumberOfAnErasedContactIsNotErased(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	db := open(t, inNamed(t), first)
	must(t, db.Backup(t.Context(), filepath.Join(second, "sapa.db"), nil))
	must(t, os.CopyFS(filepath.Join(second, "keys"), os.DirFS(filepath.Join(first, "keys"))))
	ref := tellAll(t, db, siti, herCard)
	other := open(t, inNamed(t), second)
	theirs := tellAll(t, other, budi, hisCard)
	equal(t, "the same number", contactOf(t, db, ref), contactOf(t, other, theirs))
	must(t, other.Close())
	_, err := db.EraseContact(t.Context(), siti, erasing(""))
	must(t, err)

	list, err := os.ReadFile(filepath.Join(first, "keys", "erased"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(second, "keys", "erased"), list, 0o600))
	other = open(t, inNamed(t), second)
	equal(t, "theirs", ticketOf(t, other, theirs).Values["nomor"], hisCard)
	healthy(t, other)
}

func TestTheListOfErasuresTellsNothing(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	tellAll(t, db, siti, herCard)
	_, err := db.EraseContact(t.Context(), siti, erasing("CANARY"))
	must(t, err)
	file := filepath.Join(dir, "keys", "erased")
	data, err := os.ReadFile(file)
	must(t, err)
	for _, canary := range []string{"CANARY", siti, herCard, "ani", "contact"} {
		if bytes.Contains(data, []byte(canary)) {
			t.Errorf("it holds %s", canary)
		}
	}
	info, err := os.Stat(file)
	must(t, err)
	equal(t, "mode", info.Mode().Perm(), 0o600)

	all, err := db.Erasures()
	must(t, err)
	equal(t, "to whoever has the keys", fmt.Sprint(len(all), all[0].Kind, all[0].Who, all[0].Reason, all[0].At.Equal(noon.Add(time.Hour))),
		"1contactaniCANARYtrue")

	// A list that was lost is noticed.
	must(t, os.Remove(file))
	findings, err := db.Check(t.Context())
	must(t, err)
	equal(t, "found", fmt.Sprint(findings), "[{the list of erasures beside the keys is whole 1 0 lines of 1}]")

	// A line that a kill cut off is not there; one that was changed is.
	must(t, db.Close())
	must(t, os.WriteFile(file, append(data, data[:20]...), 0o600))
	db = open(t, inNamed(t), dir)
	tellAll(t, db, siti, herCard)
	_, err = db.EraseContact(t.Context(), siti, erasing("lagi"))
	must(t, err)
	must(t, db.Close())
	after, err := os.ReadFile(file)
	must(t, err)
	equal(t, "lines", bytes.Count(after, []byte{'\n'}), 2)
	must(t, os.WriteFile(file, append(after, data...), 0o600)) // a line in another's place
	if _, err := store.Open(t.Context(), dir, inNamed(t)); !errors.Is(err, store.ErrKeys) {
		t.Errorf("a line that does not open: %v", err)
	}
}

func TestAMergedContactIsErasedWhole(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	ref := tellAll(t, db, hidden, herCard)
	other := tellAll(t, db, siti, hisCard)
	apart := filepath.Join(t.TempDir(), "backup")
	must(t, db.Backup(t.Context(), apart, nil))
	known := from(hidden, "m1", "ini saya")
	known.Phone = siti
	submit(t, db, known)
	for _, ref := range []string{ref, other} {
		equal(t, "values of "+ref, ticketOf(t, db, ref).Values["tanggal_lahir"], "1990-08-17")
		documents, err := db.Documents(t.Context(), ref)
		must(t, err)
		_, err = db.DocumentBody(t.Context(), ref, documents[0].ID)
		must(t, err)
		history, err := db.History(t.Context(), ref)
		must(t, err)
		equal(t, "words of "+ref, strings.HasPrefix(history[2].Text, "Nama siapa? "), true)
	}
	healthy(t, db)
	n, err := db.EraseContact(t.Context(), siti, erasing(""))
	must(t, err)
	equal(t, "tickets", n.Tickets, 2)
	must(t, db.Close())

	// Before the merge they were two: each is erased.
	_, err = store.Restore(t.Context(), dir, apart, store.Options{})
	must(t, err)
	db = open(t, inNamed(t), dir)
	for _, ref := range []string{ref, other} {
		equal(t, "values of "+ref, len(ticketOf(t, db, ref).Values), 0)
	}
	healthy(t, db)
}

// A ticket whose number was asked for again is about somebody else.
func TestATicketGoesWithWhomItNamesLast(t *testing.T) {
	db := open(t, inNamed(t))
	ref := tellAll(t, db, siti, herCard)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "ask", Field: "nomor", Text: "Nomor siapa?"}, officer, noon)
	must(t, err)
	query(t, db, siti, "x", "ticket.answer field=nomor value="+hisCard+" ref="+ref)
	equal(t, "readable", ticketOf(t, db, ref).Values["nomor"], hisCard)
	if _, err := db.EraseMember(t.Context(), herCard, erasing("")); !errors.Is(err, store.ErrNoMember) {
		t.Errorf("whom it named first: %v", err)
	}
	n, err := db.EraseMember(t.Context(), hisCard, erasing(""))
	must(t, err)
	equal(t, "tickets", n.Tickets, 1)
	healthy(t, db)
}
