package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/store"
)

const hidden = "99887766@lid"

// TestTwoAddressesTurnOutToBeOnePerson: somebody writes from a telephone number, then from an address that hides it,
// and only later does WhatsApp tell that the two are one.
func TestTwoAddressesTurnOutToBeOnePerson(t *testing.T) {
	for _, c := range []struct {
		name        string
		first, then string // who writes first, and who is known to be the same later
	}{
		{"phone first", siti, hidden},
		{"lid first", hidden, siti},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, options(t), dir)
			ref := openTicket(t, db, c.first)
			older := submit(t, db, from(c.first, "a1", "satu"))
			other := openTicketAt(t, db, c.then)
			newer := submit(t, db, from(c.then, "b1", "dua"))
			if older.Contact == newer.Contact {
				t.Fatal("one contact before anything says so")
			}

			known := from(hidden, "m1", "tiga")
			known.Phone, known.At = siti, noon.Add(time.Hour)
			rec := submit(t, db, known)
			equal(t, "the older contact stays", rec.Contact, older.Contact)
			for who, id := range map[string]string{c.first: "a1", c.then: "b1"} {
				equal(t, id+" comes again", submit(t, db, from(who, id, "x")).Fresh, false)
			}
			equal(t, "both write as one", submit(t, db, from(siti, "m2", "empat")).Contact, older.Contact)
			got, want := refs(t, db), []string{ref, other}
			slices.Sort(got)
			slices.Sort(want)
			equal(t, "tickets", fmt.Sprint(got), fmt.Sprint(want))
			for _, ref := range []string{ref, other} {
				ticket, err := db.Ticket(t.Context(), ref)
				must(t, err)
				equal(t, "name of "+ref, ticket.Values["nama"], "Siti Aminah")
				documents, err := db.Documents(t.Context(), ref)
				must(t, err)
				equal(t, "documents of "+ref, len(documents), 1)
				_, err = db.DocumentBody(t.Context(), ref, documents[0].ID)
				must(t, err)
				history, err := db.History(t.Context(), ref)
				must(t, err)
				equal(t, "history of "+ref, len(history), 2) // opened, and promised
			}
			healthy(t, db)
		})
	}
}

// openTicketAt opens a second ticket with a document and messages of its own.
func openTicketAt(t *testing.T, db *store.DB, who string) string {
	t.Helper()
	p2 := photo(who, "p2")
	submit(t, db, p2)
	submit(t, db, fetched(p2, dialog.DocumentReady, "another"))
	rec := submit(t, db, from(who, "t2", "ask ticket.open service=reaktivasi kabupaten=31.74 "+
		"nama=Siti_Aminah tanggal_lahir=1990-08-17 ktp=p2"))
	return fact(t, rec, "ref")
}

func refs(t *testing.T, db *store.DB) (refs []string) {
	t.Helper()
	tickets, err := db.Tickets(t.Context(), store.Filter{})
	must(t, err)
	for _, ticket := range tickets {
		refs = append(refs, ticket.Ref)
	}
	return refs
}

func TestTheSessionWithTheLaterInputStays(t *testing.T) {
	for _, later := range []string{siti, hidden} {
		db := open(t, options(t))
		for i, who := range []string{siti, siti, hidden, siti, hidden} {
			if i < 4 || who == later {
				submit(t, db, from(who, fmt.Sprint("m", i), "x"))
			}
		}
		joined := from(hidden, "j", "y")
		joined.Phone, joined.At = siti, noon.Add(2*time.Minute)
		want := map[string]string{siti: "j> 4: y", hidden: "j> 3: y"}[later]
		equal(t, "session of "+later, texts(submit(t, db, joined)), want)
		healthy(t, db)
	}
}

func TestAMergeKeepsUnsentRepliesTimersAndFetches(t *testing.T) {
	db := open(t, options(t))
	submit(t, db, overWhatsApp(from(siti, "a1", "keep simpan")))
	submit(t, db, overWhatsApp(from(hidden, "b1", "remind")))
	submit(t, db, overWhatsApp(photo(hidden, "b2")))
	known := overWhatsApp(from(hidden, "m1", "tiga"))
	known.Phone = siti
	rec := submit(t, db, known)
	equal(t, "waits for the document", len(rec.Outbound), 0)

	rows, err := db.Unsent(t.Context(), "whatsapp", noon, 10)
	must(t, err)
	var got []string
	for _, row := range rows {
		equal(t, "contact of "+row.Text, row.Contact, rec.Contact)
		got = append(got, row.Text)
	}
	equal(t, "unsent", fmt.Sprint(got), "[simpan]")
	due, err := db.DueTimers(t.Context(), noon.Add(2*time.Hour), 10)
	must(t, err)
	equal(t, "timers", len(due), 1)
	fetches, err := db.Fetches(t.Context(), "whatsapp")
	must(t, err)
	equal(t, "fetches", len(fetches), 1)

	result := submit(t, db, fetched(overWhatsApp(photo(hidden, "b2")), dialog.DocumentReady, "JPEG"))
	equal(t, "what waited for the document", texts(result), "m1> 2: tiga")
	healthy(t, db)
}
