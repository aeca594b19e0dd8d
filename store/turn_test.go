package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/store"
)

func TestAMessageIsAnsweredOnceHoweverOftenItComes(t *testing.T) {
	db := open(t, options(t))
	first := submit(t, db, from("6281200000001", "m1", "halo"))
	equal(t, "reply", texts(first), "m1> 1: halo")
	equal(t, "fresh", first.Fresh, true)
	equal(t, "settled", fmt.Sprint(first.Settled), "[m1]")

	again := submit(t, db, from("6281200000001", "m1", "halo"))
	equal(t, "fresh again", again.Fresh, false)
	equal(t, "replies again", len(again.Outbound), 0)
	equal(t, "contact", again.Contact, first.Contact)

	// The same ID from somebody else, or on another line, is another message.
	equal(t, "somebody else", texts(submit(t, db, from("6281200000002", "m1", "halo"))), "m1> 1: halo")
	other := from("6281200000001", "m1", "halo")
	other.Line = "chika"
	equal(t, "another line", texts(submit(t, db, other)), "m1> 1: halo")
	healthy(t, db)
}

func TestTheSessionAndTheInboxSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	submit(t, db, from("6281200000001", "m1", "satu"))
	must(t, db.Close())

	o := options(t)
	o.NewID = nil
	db = open(t, o, dir)
	equal(t, "repeated", submit(t, db, from("6281200000001", "m1", "satu")).Fresh, false)
	equal(t, "next", texts(submit(t, db, from("6281200000001", "m2", "dua"))), "m2> 2: dua")
}

func TestPhoneAndLidAreOneContact(t *testing.T) {
	db := open(t, options(t))
	byPhone := submit(t, db, from("6281200000001", "m1", "a"))
	lid := from("99887766@lid", "m2", "b")
	lid.Phone = "6281200000001"
	equal(t, "lid with its phone", submit(t, db, lid).Contact, byPhone.Contact)
	lid.ID, lid.Phone = "m3", ""
	rec := submit(t, db, lid)
	equal(t, "lid alone", rec.Contact, byPhone.Contact)
	equal(t, "the session goes on", texts(rec), "m3> 3: b")
	equal(t, "answered where they wrote", rec.Outbound[0].To, "99887766@lid")

	hidden := from("11223344@lid", "m1", "c")
	hidden.Phone = "6281200000009"
	seen := submit(t, db, hidden)
	equal(t, "phone after lid", submit(t, db, from("6281200000009", "m2", "d")).Contact, seen.Contact)
}

func TestBurstsOfManyContactsKeepTheirOrder(t *testing.T) {
	const contacts, each = 64, 20
	db := open(t, options(t))
	type waiter struct {
		want    string
		receipt <-chan dialog.Receipt
	}
	var waiters []waiter
	for i := range each {
		for c := range contacts {
			in := from(fmt.Sprintf("62812%08d", c), fmt.Sprintf("m%d", i), fmt.Sprintf("text %d", i))
			waiters = append(waiters, waiter{fmt.Sprintf("m%d> %d: text %d", i, i+1, i), db.Submit(in)})
		}
	}
	for _, w := range waiters {
		rec := <-w.receipt
		must(t, rec.Err)
		if texts(rec) != w.want {
			t.Fatalf("got %q, want %q", texts(rec), w.want)
		}
	}
	unsent, err := db.Unsent(t.Context(), "terminal", noon, contacts*each+1)
	must(t, err)
	equal(t, "replies", len(unsent), contacts*each)
	last := map[int64]int{}
	for _, o := range unsent {
		var n int
		_, err := fmt.Sscanf(o.Text, "%d:", &n)
		must(t, err)
		equal(t, "order per contact", n, last[o.Contact]+1)
		last[o.Contact] = n
	}
	healthy(t, db)
}

func TestPoisonIsAnsweredAndReportedAndStopsNobody(t *testing.T) {
	for _, word := range []string{"panic", "fail", "ask nothing.known"} {
		t.Run(word, func(t *testing.T) {
			o := options(t)
			engine := &clerk{}
			o.Engine = engine
			db := open(t, o)
			submit(t, db, from("6281200000001", "m1", "a"))
			before := engine.steps
			rec := submit(t, db, from("6281200000001", "m2", word))
			equal(t, "tries", engine.steps-before, 3) // once with its batch, twice by itself
			equal(t, "failed", rec.Failed, true)
			equal(t, "fresh", rec.Fresh, true)
			equal(t, "reply", texts(rec), "m2> sorry")
			equal(t, "weight", rec.Outbound[0].Weight, dialog.Keep)
			equal(t, "settled", fmt.Sprint(rec.Settled), "[m2]")
			equal(t, "not again", submit(t, db, from("6281200000001", "m2", word)).Fresh, false)
			equal(t, "the session stands", texts(submit(t, db, from("6281200000001", "m3", "b"))), "m3> 2: b")

			events, _, err := db.Activity(t.Context(), 10)
			must(t, err)
			equal(t, "alerts", len(events), 1)
			equal(t, "alert", events[0].What, "input.failed")
			equal(t, "no words in it", events[0].Text, "")
			healthy(t, db)
		})
	}
}

func TestPoisonTakesNothingOfItsTurnAlong(t *testing.T) {
	o := options(t)
	o.Engine = stepper(func(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
		t := say(dialog.Turn{Session: s}, dialog.Keep, "half")
		t.Session.Page = 99
		t.Effects = append(t.Effects, dialog.SetTimer{Name: "idle", At: in.At}, nil) // a nil effect cannot be carried out
		return t, nil
	})
	db := open(t, o)
	rec := submit(t, db, from("6281200000001", "m1", "a"))
	equal(t, "replies", texts(rec), "m1> sorry")
	_, ok, err := db.NextTimer(t.Context())
	must(t, err)
	equal(t, "a timer", ok, false)
	healthy(t, db)
}

type stepper func(dialog.Session, dialog.Input) (dialog.Turn, error)

func (f stepper) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) { return f(s, in) }

func TestAQueryLoopIsPoison(t *testing.T) {
	o := options(t)
	o.Engine = stepper(func(s dialog.Session, _ dialog.Input) (dialog.Turn, error) {
		return dialog.Turn{Session: s, Query: &dialog.Query{Name: "ticket.list"}}, nil
	})
	rec := submit(t, open(t, o), from("6281200000001", "m1", "a"))
	equal(t, "failed", rec.Failed, true)
}

func TestMessagesWaitForADocumentAndAreAnsweredInOrder(t *testing.T) {
	db := open(t, options(t))
	p1, p2 := photo("6281200000001", "p1"), photo("6281200000001", "p2")
	rec := submit(t, db, p1)
	equal(t, "fetch", rec.Fetch.ID+" "+rec.Fetch.Field+" "+rec.Fetch.Media.Ref, "p1 ktp /tmp/ktp-of-6281200000001")
	equal(t, "not settled", len(rec.Settled), 0)

	for _, in := range []dialog.Input{from("6281200000001", "m1", "sudah ya?"), p2, from("6281200000001", "m2", "halo?")} {
		rec := submit(t, db, in)
		equal(t, "waits", len(rec.Outbound)+len(rec.Settled), 0)
		equal(t, "durable", rec.Fresh, true)
		equal(t, "repeated while it waits", submit(t, db, in).Fresh, false)
	}
	healthy(t, db)

	// Somebody else does not wait.
	equal(t, "others", texts(submit(t, db, from("6281200000002", "m1", "hai"))), "m1> 1: hai")

	rec = submit(t, db, fetched(p1, dialog.DocumentReady, "JPEG"))
	equal(t, "first document", texts(rec), "p1> document.ready p1 | m1> 1: sudah ya?")
	equal(t, "settled", fmt.Sprint(rec.Settled), "[p1 m1]")
	equal(t, "the next fetch", rec.Fetch.ID, "p2")
	healthy(t, db)

	rec = submit(t, db, fetched(p2, dialog.DocumentLost, ""))
	equal(t, "second document", texts(rec), "p2> document.lost p2 | m2> 2: halo?")
	equal(t, "settled", fmt.Sprint(rec.Settled), "[p2 m2]")
	if rec.Fetch != nil {
		t.Errorf("a third fetch: %+v", rec.Fetch)
	}
	equal(t, "a late result", submit(t, db, func() dialog.Input {
		in := fetched(p2, dialog.DocumentReady, "JPEG")
		in.ID += ":late"
		return in
	}()).Fresh, false)
	healthy(t, db)
}

func TestGlobalWordsDoNotWaitForADocument(t *testing.T) {
	db := open(t, options(t))
	p1 := photo("6281200000001", "p1")
	submit(t, db, p1)
	submit(t, db, from("6281200000001", "m1", "sudah?"))
	rec := submit(t, db, from("6281200000001", "m2", "batal"))
	equal(t, "at once, and what waited after it", texts(rec), "m2> cancelled | m1> 1: sudah?")
	equal(t, "settled", fmt.Sprint(rec.Settled), "[m2 m1]")
	rec = submit(t, db, fetched(p1, dialog.DocumentReady, "JPEG"))
	equal(t, "the document still settles", fmt.Sprint(rec.Settled), "[p1]")
	healthy(t, db)
}

func TestFetchesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	p1 := photo("6281200000001", "p1")
	submit(t, db, p1)
	submit(t, db, from("6281200000001", "m1", "sudah?"))
	must(t, db.Close())

	db = open(t, options(t), dir)
	fetches, err := db.Fetches(t.Context(), "terminal")
	must(t, err)
	equal(t, "fetches", len(fetches), 1)
	f := fetches[0]
	equal(t, "fetch", fmt.Sprint(f.ID, f.Field, f.Line, f.From, f.Media.Ref, f.Media.Name),
		"p1ktppandawa6281200000001/tmp/ktp-of-6281200000001ktp.jpg")
	rec := submit(t, db, fetched(p1, dialog.DocumentBad, ""))
	equal(t, "goes on", texts(rec), "p1> document.bad p1 | m1> 1: sudah?")
}

func TestAPoisonousDocumentOrWaitingMessageLeavesNoSessionStuck(t *testing.T) {
	db := open(t, options(t))
	p1 := photo("6281200000001", "p1")
	submit(t, db, p1)
	submit(t, db, from("6281200000001", "m1", "panic"))
	submit(t, db, from("6281200000001", "m2", "halo"))
	result := fetched(p1, dialog.DocumentReady, "JPEG")
	result.Document.Name = "poison"
	rec := submit(t, db, result)
	equal(t, "failed", rec.Failed, true)
	equal(t, "replies", texts(rec), "p1> sorry | m1> sorry | m2> 1: halo")
	equal(t, "settled", fmt.Sprint(rec.Settled), "[p1 m1 m2]")
	equal(t, "goes on", texts(submit(t, db, from("6281200000001", "m3", "ya"))), "m3> 2: ya")
	healthy(t, db)
}

func TestAnUnsentPromptIsSupersededAKeepNever(t *testing.T) {
	db := open(t, options(t))
	const who = "6281200000001"
	first := submit(t, db, overWhatsApp(from(who, "m1", "a")))
	keep := submit(t, db, overWhatsApp(from(who, "m2", "keep nomor tiket")))
	equal(t, "a keep supersedes nothing", len(keep.Superseded), 0)
	second := submit(t, db, overWhatsApp(from(who, "m3", "b")))
	equal(t, "superseded", fmt.Sprint(second.Superseded), fmt.Sprint([]int64{first.Outbound[0].Seq}))
	equal(t, "unsent", unsent(t, db, "whatsapp"), "nomor tiket | 2: b")

	must(t, db.MarkSent(t.Context(), noon, second.Outbound[0].Seq))
	third := submit(t, db, overWhatsApp(from(who, "m4", "c")))
	equal(t, "what was sent stands", len(third.Superseded), 0)
	fetch := submit(t, db, overWhatsApp(photo(who, "p1")))
	equal(t, "a fetch supersedes", fmt.Sprint(fetch.Superseded), fmt.Sprint([]int64{third.Outbound[0].Seq}))
	healthy(t, db)
}

func TestADrainedBacklogAsksOneQuestion(t *testing.T) {
	db := open(t, options(t))
	const who = "6281200000001"
	p1 := overWhatsApp(photo(who, "p1"))
	submit(t, db, p1)
	submit(t, db, overWhatsApp(from(who, "m1", "sudah?")))
	submit(t, db, overWhatsApp(from(who, "m2", "halo?")))
	rec := submit(t, db, fetched(p1, dialog.DocumentReady, "JPEG"))
	equal(t, "receipt", texts(rec), "m2> 2: halo?")
	equal(t, "settled", fmt.Sprint(rec.Settled), "[p1 m1 m2]")
	equal(t, "unsent", unsent(t, db, "whatsapp"), "2: halo?")
}

func TestTheTerminalSupersedesNothing(t *testing.T) {
	db := open(t, options(t))
	submit(t, db, from("6281200000001", "m1", "a"))
	equal(t, "superseded", len(submit(t, db, from("6281200000001", "m2", "b")).Superseded), 0)
	equal(t, "unsent", unsent(t, db, "terminal"), "1: a | 2: b")
}

func unsent(t *testing.T, db *store.DB, transport string) string {
	t.Helper()
	out, err := db.Unsent(t.Context(), transport, noon, 100)
	must(t, err)
	var all []string
	for _, o := range out {
		all = append(all, o.Text)
	}
	return strings.Join(all, " | ")
}

func TestAReplyThatBacksOffHoldsItsContactBack(t *testing.T) {
	db := open(t, options(t))
	a := submit(t, db, from("6281200000001", "m1", "a")).Outbound[0]
	b := submit(t, db, from("6281200000001", "m2", "b")).Outbound[0]
	submit(t, db, from("6281200000002", "m1", "c"))
	must(t, db.MarkFailed(t.Context(), a.Seq, "no route", noon.Add(time.Minute)))
	equal(t, "now", unsent(t, db, "terminal"), "1: c")
	later, err := db.Unsent(t.Context(), "terminal", noon.Add(time.Minute), 10)
	must(t, err)
	equal(t, "later", len(later), 3)
	equal(t, "tries", later[0].Tries, 1)
	equal(t, "same ID", later[0].ID, a.ID)
	equal(t, "address", later[0].To, "6281200000001")

	must(t, db.MarkFailed(t.Context(), a.Seq, "unknown number", time.Time{}))
	equal(t, "a dead letter holds nobody back", unsent(t, db, "terminal"), "2: b | 1: c")
	queues, err := db.Queues(t.Context())
	must(t, err)
	equal(t, "queues", fmt.Sprintf("%d %d %s", queues[0].Queued, queues[0].Dead, queues[0].LastError), "2 1 unknown number")
	n, err := db.Resend(t.Context(), "pandawa")
	must(t, err)
	equal(t, "resent", n, 1)
	must(t, db.MarkSent(t.Context(), noon, a.Seq, b.Seq))
	equal(t, "the rest", unsent(t, db, "terminal"), "1: c")
}

func TestTimersComeDueOnceAndOnlyAsLastSet(t *testing.T) {
	db := open(t, options(t))
	submit(t, db, from("6281200000001", "m1", "remind"))
	at, ok, err := db.NextTimer(t.Context())
	must(t, err)
	equal(t, "next", fmt.Sprint(at.Equal(noon.Add(time.Hour)), ok), "true true")
	early, err := db.DueTimers(t.Context(), noon, 10)
	must(t, err)
	equal(t, "too early", len(early), 0)
	due, err := db.DueTimers(t.Context(), noon.Add(time.Hour), 10)
	must(t, err)
	equal(t, "due", len(due), 1)

	// Set anew before the first came due: the old input is overtaken.
	moved := from("6281200000001", "m2", "remind")
	moved.At = noon.Add(30 * time.Minute)
	submit(t, db, moved)
	equal(t, "overtaken", submit(t, db, due[0]).Fresh, false)

	due, err = db.DueTimers(t.Context(), noon.Add(2*time.Hour), 10)
	must(t, err)
	rec := submit(t, db, due[0])
	equal(t, "fires", texts(rec), "> timer idle")
	equal(t, "settles no message", len(rec.Settled), 0)
	equal(t, "fires once", submit(t, db, due[0]).Fresh, false)
	_, ok, err = db.NextTimer(t.Context())
	must(t, err)
	equal(t, "none left", ok, false)

	submit(t, db, from("6281200000001", "m3", "remind"))
	submit(t, db, from("6281200000001", "m4", "forget"))
	_, ok, err = db.NextTimer(t.Context())
	must(t, err)
	equal(t, "cleared", ok, false)
}

func TestAfterCloseNothingIsTaken(t *testing.T) {
	db := open(t, options(t))
	pending := db.Submit(from("6281200000001", "m1", "a"))
	must(t, db.Close())
	must(t, (<-pending).Err) // what was submitted before is finished
	rec := <-db.Submit(from("6281200000001", "m2", "b"))
	if !errors.Is(rec.Err, store.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", rec.Err)
	}
	if err := db.MarkSent(t.Context(), noon, 1); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
