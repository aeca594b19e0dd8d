package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

const day = 24 * time.Hour

// kept is what the consent texts promise.
var kept = store.Retention{Documents: 90 * day, Tickets: 730 * day, Messages: 30 * day, Drafts: 7 * day}

// retain deletes what is past its time so long after noon.
func retain(t *testing.T, db *store.DB, after time.Duration) string {
	t.Helper()
	n, err := db.Retain(t.Context(), noon.Add(after), kept)
	must(t, err)
	return fmt.Sprintf("documents %d, tickets %d, messages %d, drafts %d", n.Documents, n.Tickets, n.Messages, n.Drafts)
}

const nothing = "documents 0, tickets 0, messages 0, drafts 0"

// endedTicket opens a ticket at noon and rejects it; its replies are sent.
func endedTicket(t *testing.T, db *store.DB, phone string) string {
	t.Helper()
	ref := openTicket(t, db, phone)
	reject := desk.Action{Name: "reject", Text: "Foto KTP buram"}
	_, err := db.Act(t.Context(), ref, reject, officer, noon.Add(time.Hour))
	must(t, err)
	sendAll(t, db)
	return ref
}

func sendAll(t *testing.T, db *store.DB) {
	t.Helper()
	unsent, err := db.Unsent(t.Context(), "terminal", noon.Add(2*time.Hour), 1000)
	must(t, err)
	for _, o := range unsent {
		must(t, db.MarkSent(t.Context(), noon.Add(2*time.Hour), o.Seq))
	}
}

func TestEachKindIsKeptAsLongAsPromisedAndNoLonger(t *testing.T) {
	db := open(t, options(t))
	ref := endedTicket(t, db, siti)
	shown := func() string {
		t.Helper()
		answers, err := db.Answers(t.Context(), ref)
		must(t, err)
		docs, err := db.Documents(t.Context(), ref)
		must(t, err)
		_, gone := db.DocumentBody(t.Context(), ref, "p1")
		history, err := db.History(t.Context(), ref)
		must(t, err)
		words := ""
		for _, a := range history {
			words += a.Text
		}
		return fmt.Sprintf("%d answers, document %s %q, body %t, words %q", len(answers), docs[0].Status, docs[0].Name, gone == nil, words)
	}
	whole := `4 answers, document ready "ktp.jpg", body true, words "Foto KTP buram"`
	equal(t, "after a day", retain(t, db, day)+"; "+shown(), nothing+"; "+whole)
	equal(t, "before 30 days", retain(t, db, 30*day-time.Second), nothing)
	// The photo, its result, the form and the officer's decision, and the three replies to them.
	equal(t, "after 30 days", retain(t, db, 30*day+2*time.Hour)+"; "+shown(), "documents 0, tickets 0, messages 7, drafts 0; "+whole)
	equal(t, "before 90 days", retain(t, db, 90*day+time.Hour)+"; "+shown(), nothing+"; "+whole)
	equal(t, "after 90 days", retain(t, db, 90*day+time.Hour+1e6)+"; "+shown(),
		`documents 1, tickets 0, messages 0, drafts 0; 4 answers, document deleted "", body false, words "Foto KTP buram"`)
	equal(t, "before two years", retain(t, db, 730*day+time.Hour), nothing)
	equal(t, "after two years", retain(t, db, 730*day+time.Hour+1e6)+"; "+shown(),
		`documents 0, tickets 1, messages 0, drafts 0; 0 answers, document deleted "", body false, words ""`)
	equal(t, "nothing twice", retain(t, db, 800*day), nothing)

	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "what statistics need stays", fmt.Sprint(ticket.Ref, ticket.Service, ticket.Stage, ticket.Status, ticket.OpenedAt.Equal(noon)),
		ref+"reaktivasiditolakrejectedtrue")
	healthy(t, db)
}

func TestWhatIsOpenWaitsOrCouldNotBeDeliveredIsKept(t *testing.T) {
	db := open(t, options(t))
	ref := openTicket(t, db, siti)
	sendAll(t, db)
	submit(t, db, from(budi, "m1", "keep belum terkirim"))
	submit(t, db, from(budi, "m2", "keep tidak terkirim"))
	unsent, err := db.Unsent(t.Context(), "terminal", noon, 10)
	must(t, err)
	must(t, db.MarkFailed(t.Context(), unsent[1].Seq, "no such number", time.Time{}))
	loose := photo(budi, "p1") // no ticket takes it
	submit(t, db, loose)
	submit(t, db, fetched(loose, dialog.DocumentReady, "JPEG"))
	waits := photo(budi, "p2")
	submit(t, db, waits)
	submit(t, db, from(budi, "m3", "keep menunggu foto"))

	n, err := db.Retain(t.Context(), noon.Add(3000*day), kept)
	must(t, err)
	equal(t, "only the photo that no ticket took", fmt.Sprint(n.Documents, n.Tickets), "1 0")
	_, err = db.DocumentBody(t.Context(), ref, "p1")
	must(t, err)
	answers, err := db.Answers(t.Context(), ref)
	must(t, err)
	equal(t, "the open ticket's answers", len(answers), 4)
	after, err := db.Unsent(t.Context(), "terminal", noon, 10)
	must(t, err)
	equal(t, "the reply that was not sent yet", after[0].Text, "belum terkirim")
	dead, err := db.Resend(t.Context(), "")
	must(t, err)
	equal(t, "the reply that could not be delivered", dead, 1)
	after, err = db.Unsent(t.Context(), "terminal", noon, 10)
	must(t, err)
	equal(t, "readable", after[1].Text, "tidak terkirim")
	rec := submit(t, db, fetched(waits, dialog.DocumentReady, "JPEG"))
	if !strings.Contains(texts(rec), "m3> menunggu foto") {
		t.Errorf("the message that waited for a photo is answered with %q", texts(rec))
	}
	healthy(t, db)
}

func TestADeletedMessageIsStillRecognised(t *testing.T) {
	db := open(t, options(t))
	lid := from("99887766@lid", "m1", "halo")
	lid.Phone = ""
	sent := submit(t, db, lid).Outbound[0]
	submit(t, db, from(siti, "m2", "halo"))
	sendAll(t, db)
	equal(t, "deleted", retain(t, db, 31*day), "documents 0, tickets 0, messages 4, drafts 0")
	equal(t, "repeated", submit(t, db, lid).Fresh, false)
	_, ok, err := db.Reply(t.Context(), sent.ID)
	must(t, err)
	equal(t, "a phone that asks for the reply again gets none", ok, false)

	// Two addresses turn out to be one person: what was deleted moves as it is.
	both := from("99887766@lid", "m3", "ini saya")
	both.Phone = siti
	submit(t, db, both)
	for _, id := range []string{"m1", "m2", "m3"} {
		equal(t, "repeated by the other address", submit(t, db, from(siti, id, "halo")).Fresh, false)
	}
	healthy(t, db)
}

func TestAFormSetAsideGoesThoughItsMemberNeverComesBack(t *testing.T) {
	o := options(t)
	o.Engine = stepper(func(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
		if in.Text == "pergi" {
			s.Drafts = append(s.Drafts, dialog.Draft{Flow: "reaktivasi", At: in.At, Answers: map[string]dialog.Answer{"nik": {Value: "CANARY"}}})
			s.Page = 3
		}
		return say(dialog.Turn{Session: s}, dialog.Keep, fmt.Sprint(s.Page, len(s.Drafts))), nil
	})
	db := open(t, o)
	submit(t, db, from(siti, "m1", "pergi"))
	later := from(siti, "m2", "pergi")
	later.At = noon.Add(day)
	submit(t, db, later)
	equal(t, "in time", retain(t, db, 7*day), nothing)
	equal(t, "the older one", retain(t, db, 7*day+time.Second), "documents 0, tickets 0, messages 0, drafts 1")
	equal(t, "the rest of the session stands", texts(submit(t, db, from(siti, "m3", "apa"))), "m3> 3 1")
	equal(t, "the younger one", retain(t, db, 8*day+time.Second), "documents 0, tickets 0, messages 0, drafts 1")
	equal(t, "none is left", texts(submit(t, db, from(siti, "m4", "apa"))), "m4> 3 0")
	healthy(t, db)
}

func TestWordsSaidAfterTheEndAreKeptAsLongFromThenOn(t *testing.T) {
	db := open(t, options(t))
	ref := endedTicket(t, db, siti)
	must(t, db.RecordSeen(t.Context(), ref, "ani", "subject.seen", "audit tahunan", noon.Add(700*day)))
	words := func() (all string) {
		t.Helper()
		history, err := db.History(t.Context(), ref)
		must(t, err)
		for _, a := range history {
			all += a.Text
		}
		return all
	}
	retain(t, db, 731*day)
	equal(t, "why it was looked at", words(), "audit tahunan")
	retain(t, db, 1431*day)
	equal(t, "two years later", words(), "")
	healthy(t, db)
}

// What is sealed is looked for in the files by its own bytes: only so can their going be seen.
func TestNothingDeletedIsLeftInTheFiles(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	for i := range 30 { // enough to share pages with what stays
		endedTicket(t, db, fmt.Sprintf("62812%08d", 31740000+i))
	}
	open := openTicket(t, db, budi)
	sealed := sealedBytes(t, dir, open)
	count := func() (n int) {
		t.Helper()
		for _, name := range []string{"sapa.db", "sapa.db-wal"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			must(t, err)
			for _, s := range sealed {
				if bytes.Contains(data, s) {
					n++
				}
			}
		}
		return n
	}
	if n := count(); n < len(sealed) || len(sealed) < 30*10 {
		t.Fatalf("%d of %d sealed values were found before: nothing is proved", n, len(sealed))
	}
	equal(t, "deleted", retain(t, db, 731*day), "documents 30, tickets 30, messages 213, drafts 0")
	equal(t, "sealed values left in the files", count(), 0)
	_, err := db.DocumentBody(t.Context(), open, "p1")
	must(t, err)
	healthy(t, db)
}

// sealedBytes are the sealed values of all but one ticket's, of messages and of replies, as they lie in the file.
func sealedBytes(t *testing.T, dir, but string) (all [][]byte) {
	t.Helper()
	raw, err := sql.Open("sqlite3", filepath.Join(dir, "sapa.db"))
	must(t, err)
	defer func() { must(t, raw.Close()) }()
	rows, err := raw.QueryContext(t.Context(), `SELECT sealed_value FROM answers WHERE ticket <> ?1
		UNION ALL SELECT b.sealed_body FROM document_bodies b JOIN documents d ON d.id = b.document WHERE d.ticket <> ?1
		UNION ALL SELECT sealed_media FROM documents WHERE ticket <> ?1
		UNION ALL SELECT sealed_text FROM activity WHERE ticket <> ?1 AND sealed_text IS NOT NULL
		UNION ALL SELECT sealed_input FROM inbox UNION ALL SELECT sealed_body FROM outbox WHERE state = 'sent'`, but)
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

func TestHistoryLosesItsWordsAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	endedTicket(t, db, siti)
	raw, err := sql.Open("sqlite3", filepath.Join(dir, "sapa.db"))
	must(t, err)
	defer func() { must(t, raw.Close()) }()
	for statement, allowed := range map[string]bool{
		"UPDATE activity SET sealed_text = NULL":              true,
		"UPDATE activity SET sealed_text = x'00'":             false,
		"UPDATE activity SET sealed_text = NULL, who = 'x'":   false,
		"UPDATE activity SET at_ms = at_ms + 1":               false,
		"UPDATE activity SET ticket = NULL":                   false,
		"UPDATE activity SET sealed_text = NULL, id = id + 9": false,
		"DELETE FROM activity":                                false,
	} {
		tx, err := raw.BeginTx(t.Context(), nil)
		must(t, err)
		_, err = tx.ExecContext(t.Context(), statement)
		equal(t, statement, err == nil, allowed)
		must(t, tx.Rollback())
	}
}

func TestRetainStopsWhenItIsToldTo(t *testing.T) {
	db := open(t, options(t))
	endedTicket(t, db, siti)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	n, err := db.Retain(ctx, noon.Add(731*day), kept)
	equal(t, "nothing was deleted", fmt.Sprint(n, err != nil), "{0 0 0 0} true")
	equal(t, "the next one does it", retain(t, db, 731*day), "documents 1, tickets 1, messages 7, drafts 0")
}

// A ticket whose time is over keeps neither a key nor whom it was about; what is said of it later comes under its
// contact's key.
func TestATicketThatWasEmptiedKeepsNoKey(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	ref, other := tellAll(t, db, siti, herCard), tellAll(t, db, budi, hisCard)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "approve"}, officer, noon.Add(time.Hour))
	must(t, err)
	must(t, db.RecordSeen(t.Context(), ref, "ani", "ticket.seen", "audit", noon.Add(700*day)))
	keys := func() (n, subjects int) {
		t.Helper()
		raw, err := sql.Open("sqlite3", filepath.Join(dir, "sapa.db"))
		must(t, err)
		must(t, raw.QueryRowContext(t.Context(), "SELECT count(wrapped), count(subject) FROM tickets").Scan(&n, &subjects))
		must(t, raw.Close())
		return n, subjects
	}
	state := func() string {
		n, subjects := keys()
		history, err := db.History(t.Context(), ref)
		must(t, err)
		return fmt.Sprintf("%d keys, %d subjects, %q", n, subjects, history[len(history)-1].Text)
	}
	retain(t, db, 731*day)
	equal(t, "while words are kept", state(), `2 keys, 2 subjects, "audit"`)
	retain(t, db, 1431*day)
	equal(t, "when they are not", state(), `1 keys, 1 subjects, ""`)
	must(t, db.RecordSeen(t.Context(), ref, "ani", "ticket.seen", "masih", noon.Add(1431*day)))
	equal(t, "and later", state(), `1 keys, 1 subjects, "masih"`)
	equal(t, "the open one", ticketOf(t, db, other).Values["nomor"], hisCard)
	healthy(t, db)
}
