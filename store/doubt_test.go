package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

// doorman is a clerk who says what is in doubt, and to "anew" gives the number to somebody new.
type doorman struct{ clerk }

func (d *doorman) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	if in.Kind == dialog.Message && in.Text == "anew" {
		return say(dialog.Turn{Effects: []dialog.Effect{dialog.StartAnew{}}}, dialog.Keep, "welcome"), nil
	}
	t, err := d.clerk.Step(s, in)
	for i, e := range t.Effects {
		if r, ok := e.(dialog.Reply); ok && in.Doubt != "" {
			r.Text += " (" + in.Doubt + ")"
			t.Effects[i] = r
		}
	}
	if in.Kind == dialog.Message && strings.HasPrefix(in.Text, "draft") {
		t.Session.Drafts = append(t.Session.Drafts, dialog.Draft{
			Flow: "reaktivasi", At: in.At, Answers: map[string]dialog.Answer{"nama": {Value: "Siti Aminah", At: in.At}},
		})
	}
	return t, err
}

// watched opens a store that asks after 90 days who it is.
func watched(t *testing.T, dir ...string) *store.DB {
	t.Helper()
	o := options(t)
	o.Engine, o.Unseen, o.NewID = &doorman{}, 90*day, nil
	return open(t, o, dir...)
}

// after is a message so long after noon; each has an ID of its own.
func after(d time.Duration, phone, text string) dialog.Input {
	in := from(phone, fmt.Sprintf("%s after %s", text, d), text)
	in.At = noon.Add(d)
	return in
}

const settled = "ask who.prove birth_date=1990-08-17"

func TestANumberUnseenForLongIsAskedWhoWritesFromIt(t *testing.T) {
	db := watched(t)
	openTicket(t, db, siti)
	says := func(d time.Duration, text string) string {
		t.Helper()
		return texts(submit(t, db, after(d, siti, text)))
	}
	doubted := func(d time.Duration) bool { t.Helper(); return strings.HasSuffix(says(d, "halo"), "(unseen)") }
	equal(t, "after 90 days", doubted(90*day), false)
	equal(t, "90 days after that", doubted(180*day), false)
	equal(t, "91 days after that", doubted(271*day), true)
	equal(t, "and still", doubted(271*day+time.Minute), true)

	known := submit(t, db, after(271*day+2*time.Minute, siti, "ask who.known"))
	equal(t, "there is a birth date to ask for", fact(t, known, "has"), "true")
	for i := range 5 {
		wrong := submit(t, db, after(271*day+time.Hour+time.Duration(i), siti, "ask who.prove birth_date=1990-08-18"))
		equal(t, "a wrong one", fact(t, wrong, "ok")+fact(t, wrong, "blocked"), "false"+fmt.Sprint(i == 4))
	}
	late := submit(t, db, after(271*day+2*time.Hour, siti, settled))
	equal(t, "blocked for the day", fact(t, late, "ok")+fact(t, late, "blocked"), "falsetrue")
	equal(t, "in doubt for the day", doubted(271*day+3*time.Hour), true)
	right := submit(t, db, after(272*day, siti, settled))
	equal(t, "the right one, a day later", fact(t, right, "ok")+fact(t, right, "blocked"), "truefalse")
	equal(t, "settled", doubted(272*day+time.Minute), false)
	equal(t, "the tickets are theirs", fact(t, submit(t, db, after(272*day+time.Hour, siti, "ask ticket.list")), "count"), "1")
	healthy(t, db)
}

// undated opens a ticket that asks for no birth date.
const undated = "ask ticket.open service=reaktivasi kabupaten=31.74 nama=Siti"

func TestATicketsNumberProvesItWhereThereIsNoBirthDate(t *testing.T) {
	db := watched(t)
	first := submit(t, db, from(siti, "t", undated))
	ref := fact(t, first, "ref")
	budis := fact(t, submit(t, db, from(budi, "t", undated)), "ref")
	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	at := time.Hour
	says := func(text string) dialog.Receipt {
		t.Helper()
		at += time.Minute
		return submit(t, db, after(at, siti, text))
	}
	proves := func(text string) string { t.Helper(); return facts(t, says("ask who.prove "+text), "ok", "blocked") }

	asked := says("halo")
	equal(t, "asked", fmt.Sprint(asked.Contact == first.Contact, strings.HasSuffix(texts(asked), "(identity)")), "true true")
	equal(t, "by what", facts(t, says("ask who.known"), "has", "ticket"), "has=false ticket=true")
	for range 6 {
		equal(t, "no number at all is no try", proves("ref=tidak_tahu"), "ok=false blocked=false")
	}
	for i, wrong := range []string{"ref=" + budis, "ref=" + desk.NewRef(7), "ref=" + desk.NewRef(8), "birth_date=1990-08-17", "ref=" + desk.NewRef(9)} {
		equal(t, "a wrong one: "+wrong, proves(wrong), fmt.Sprintf("ok=false blocked=%t", i == 4))
	}
	equal(t, "blocked for the day", proves("ref="+ref), "ok=false blocked=true")
	at += day
	equal(t, "a day later", proves("ref=tiket_"+strings.ToLower(strings.ReplaceAll(ref, "-", ""))), "ok=true blocked=false")
	equal(t, "settled", facts(t, says("ask ticket.list"), "count"), "count=1")
	healthy(t, db)
}

// TestANumberProvesNothingWhereThereIsABirthDate: others could be worked out.
func TestANumberProvesNothingWhereThereIsABirthDate(t *testing.T) {
	db := watched(t)
	openTicket(t, db, siti)
	ref := fact(t, submit(t, db, from(siti, "t", undated)), "ref")
	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	equal(t, "asked for", facts(t, submit(t, db, after(time.Hour, siti, "ask who.known")), "has", "ticket"), "has=true ticket=false")
	for i := range 5 {
		rec := submit(t, db, after(2*time.Hour+time.Duration(i), siti, "ask who.prove ref="+ref))
		equal(t, "the number", facts(t, rec, "ok", "blocked"), fmt.Sprintf("ok=false blocked=%t", i == 4))
	}
	healthy(t, db)
}

// TestWhatWasDecidedMeanwhileIsHeard: a ticket that ended in doubt is one they still wait for.
func TestWhatWasDecidedMeanwhileIsHeard(t *testing.T) {
	db := watched(t)
	ref := fact(t, submit(t, db, from(siti, "t", undated)), "ref")
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "reject", Text: "Mohon ditunggu"}, officer, noon.Add(95*day))
	must(t, err)
	asked := submit(t, db, after(100*day, siti, "ask who.known"))
	equal(t, "asked for", facts(t, asked, "has", "ticket"), "has=false ticket=true")
	proved := submit(t, db, after(101*day, siti, "ask who.prove ref="+ref))
	equal(t, "proved", fact(t, proved, "ok"), "true")
	equal(t, "settled", texts(submit(t, db, after(102*day, siti, "keep on"))), "keep on after 2448h0m0s> on")

	later := submit(t, db, after(200*day, siti, "halo"))
	equal(t, "once they could have heard it nothing is left to ask for", later.Contact != proved.Contact, true)
	healthy(t, db)
}

func TestADoubtHoldsUntilItIsSettledForAllThatComes(t *testing.T) {
	dir := t.TempDir()
	db := watched(t, dir)
	ref := openTicket(t, db, siti)
	submit(t, db, from(siti, "r", "remind"))
	must(t, db.Doubt(t.Context(), "6281200000099", dialog.DoubtIdentity)) // nobody
	equal(t, "somebody else's doubt", texts(submit(t, db, after(time.Minute, siti, "halo"))), "halo after 1m0s> 2: halo")

	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	must(t, db.Close())
	db = watched(t, dir)
	equal(t, "a message", texts(submit(t, db, after(3*time.Minute, siti, "halo"))), "halo after 3m0s> 3: halo (identity)")
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "say", Text: "Mohon ditunggu"}, officer, noon.Add(4*time.Minute))
	must(t, err)
	due, err := db.DueTimers(t.Context(), noon.Add(time.Hour), 10)
	must(t, err)
	equal(t, "a timer", texts(submit(t, db, due[0])), "> timer idle (identity)")
	unsent, err := db.Unsent(t.Context(), "terminal", noon, 100)
	must(t, err)
	last := unsent[len(unsent)-2]
	equal(t, "a ticket's notice", last.Text, "notice say Mohon ditunggu (identity)")
	equal(t, "proved", fact(t, submit(t, db, after(2*time.Hour, siti, settled)), "ok"), "true")
	equal(t, "settled", texts(submit(t, db, after(3*time.Hour, siti, "halo"))), "halo after 3h0m0s> 4: halo")
	healthy(t, db)
}

// TestWhatWaitedForAPhotoIsInDoubtToo, though nothing was in doubt when it came.
func TestWhatWaitedForAPhotoIsInDoubtToo(t *testing.T) {
	db := watched(t)
	openTicket(t, db, siti)
	in := photo(siti, "p2")
	submit(t, db, in)
	submit(t, db, from(siti, "w", "halo"))
	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	rec := submit(t, db, fetched(in, dialog.DocumentReady, "JPEG"))
	equal(t, "the photo, and what waited", texts(rec), "p2> document.ready p2 (identity) | w> 1: halo (identity)")
	healthy(t, db)
}

// TestARecycledNumber: the number of somebody with a ticket is somebody else's now.
func TestARecycledNumber(t *testing.T) {
	dir := t.TempDir()
	db := watched(t, dir)
	ref := openTicket(t, db, siti)
	submit(t, db, from(siti, "r", "remind"))
	read := submit(t, db, from(siti, "e", "keep DULU")).Outbound[0]
	must(t, db.MarkSent(t.Context(), noon, read.Seq))
	told := submit(t, db, from(siti, "k", "keep RAHASIA")).Outbound[0]
	waits := photo(siti, "p2")
	submit(t, db, overWhatsApp(waits))
	submit(t, db, overWhatsApp(from(siti, "w", "keep waits for the photo")))
	old, err := db.Ticket(t.Context(), ref)
	must(t, err)

	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	in := after(2*time.Hour, siti, "batal")
	submit(t, db, overWhatsApp(in)) // lets go of the photo
	asked := submit(t, db, after(3*time.Hour, siti, "halo")).Outbound[0]
	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity)) // the same change, noticed again
	for id, want := range map[string]bool{read.ID: false, asked.ID: true} {
		_, again, err := db.Reply(t.Context(), id)
		must(t, err)
		equal(t, "in doubt a phone is sent again only what was written since", again, want)
	}
	in = after(3*time.Hour, siti, "anew")
	rec := submit(t, db, in)
	equal(t, "the reply", texts(rec), "anew after 3h0m0s> welcome")
	if !slices.Contains(rec.Superseded, told.Seq) {
		t.Errorf("what is queued for the old contact may still be sent: %v", rec.Superseded)
	}
	if rec.Contact == old.Contact {
		t.Error("it is the old contact still")
	}
	equal(t, "it comes again", submit(t, db, in).Fresh, false)
	equal(t, "an earlier one comes again", submit(t, db, from(siti, "r", "remind")).Fresh, false)
	equal(t, "the session is fresh, the doubt gone", texts(submit(t, db, after(4*time.Hour, siti, "halo"))), "halo after 4h0m0s> 1: halo")
	equal(t, "no tickets", fact(t, submit(t, db, after(4*time.Hour, siti, "ask ticket.list")), "count"), "0")
	mine := submit(t, db, after(4*time.Hour, siti, "ask data.mine"))
	equal(t, "nothing else", fact(t, mine, "tickets")+fact(t, mine, "documents")+fact(t, mine, "consents")+fact(t, mine, "since"), "0002026-11-23")
	late := fetched(waits, dialog.DocumentReady, "JPEG")
	equal(t, "the old photo comes to nothing", submit(t, db, late).Fresh, false)

	unsent, err := db.Unsent(t.Context(), "terminal", noon, 100)
	must(t, err)
	for _, o := range unsent {
		equal(t, "queued: "+o.Text, o.Contact, rec.Contact)
	}
	for _, id := range []string{told.ID, read.ID} {
		_, again, err := db.Reply(t.Context(), id)
		must(t, err)
		equal(t, "what was told the old contact is sent again", again, false)
	}
	due, err := db.DueTimers(t.Context(), noon.Add(4*time.Hour), 10)
	must(t, err)
	equal(t, "timers of the conversation", len(due), 0)
	fetches, err := db.Fetches(t.Context(), "whatsapp")
	must(t, err)
	equal(t, "nor are photos fetched for them", len(fetches), 0)
	equal(t, "none is left", count(t, dir, "SELECT count(*) FROM timers"), 0)

	t.Run("the desk goes on", func(t *testing.T) {
		_, err := db.Act(t.Context(), ref, desk.Action{Name: "reject", Text: "Foto RAHASIA buram"}, officer, noon.Add(5*time.Hour))
		must(t, err)
		now, err := db.Unsent(t.Context(), "terminal", noon, 100)
		must(t, err)
		equal(t, "nobody is told", len(now), len(unsent))
		for _, o := range now {
			if strings.Contains(o.Text, "RAHASIA") {
				t.Errorf("the new owner reads %q", o.Text)
			}
		}
		history, err := db.History(t.Context(), ref)
		must(t, err)
		var what []string
		for _, a := range history {
			what = append(what, a.What)
		}
		if !strings.Contains(fmt.Sprint(what), "contact.gone") {
			t.Errorf("the history does not say that the contact is gone: %v", what)
		}
		ticket, err := db.Ticket(t.Context(), ref)
		must(t, err)
		equal(t, "the ticket is kept", ticket.Values["nama"]+fmt.Sprint(ticket.Contact), "Siti Aminah"+fmt.Sprint(old.Contact))
	})
	gone, err := db.EraseContact(t.Context(), siti, store.Erasing{Who: "ani", Reason: "asked", At: noon.Add(6 * time.Hour)})
	must(t, err)
	equal(t, "erasing the new owner leaves the old one's", fmt.Sprint(gone.Tickets, gone.Documents), "0 0")
	_, err = db.DocumentBody(t.Context(), ref, "p1")
	must(t, err)
	healthy(t, db)
}

func TestATicketsTimersGoOnWithoutItsContact(t *testing.T) {
	db := watched(t)
	ref := openTicket(t, db, siti)
	submit(t, db, after(time.Hour, siti, "anew"))
	next, ok, err := db.NextTimer(t.Context())
	must(t, err)
	equal(t, "the promise", ok, true)
	due, err := db.DueTimers(t.Context(), next, 10)
	must(t, err)
	equal(t, "due", len(due), 1)
	rec := submit(t, db, due[0])
	equal(t, "carried out", fmt.Sprint(rec.Fresh, len(rec.Outbound)), "true 0")
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "overdue", ticket.Overdue, true)
	healthy(t, db)
}

// TestWhoCannotBeAskedIsTakenForSomebodyNew, where there is anything they must not see.
func TestWhoCannotBeAskedIsTakenForSomebodyNew(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		anew  bool
	}{
		{"a form set aside", []string{"draft"}, true},
		{"a consent", []string{"agree"}, true},
		{"a ticket without a birth date that they saw end", []string{undated, "ask ticket.cancel ref=" + desk.NewRef(1), "halo"}, true},
		{"nothing but old messages", []string{"halo"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := watched(t)
			var first dialog.Receipt
			for i, text := range c.texts {
				first = submit(t, db, after(time.Duration(i)*day, siti, text))
			}
			sendAll(t, db)
			_, err := db.Retain(t.Context(), noon.Add(60*day), store.Retention{Documents: 90 * day, Tickets: 730 * day, Messages: 30 * day, Drafts: 365 * day})
			must(t, err)
			in := after(100*day, siti, "halo")
			rec := submit(t, db, in)
			equal(t, "no doubt is spoken of", strings.Contains(texts(rec), "("), false)
			equal(t, "somebody new", rec.Contact != first.Contact, c.anew)
			equal(t, "it comes again", submit(t, db, in).Fresh, false)
			again := submit(t, db, after(101*day, siti, "halo"))
			equal(t, "and stays", again.Contact, rec.Contact)
			mine := submit(t, db, after(101*day, siti, "ask data.mine"))
			equal(t, "nothing of before", fact(t, mine, "drafts")+fact(t, mine, "consents")+fact(t, mine, "tickets"), "000")
			healthy(t, db)
		})
	}
}

func TestNumberAndHiddenAddressGoTogether(t *testing.T) {
	db := watched(t)
	openTicket(t, db, siti)
	lid := func(d time.Duration, address, phone, text string) dialog.Input {
		in := after(d, address, text)
		in.Phone = phone
		return in
	}
	old := submit(t, db, lid(time.Hour, hidden, siti, "halo")).Contact
	must(t, db.Doubt(t.Context(), hidden, dialog.DoubtIdentity))
	equal(t, "the number is in doubt, too", strings.Contains(texts(submit(t, db, after(2*time.Hour, siti, "halo"))), "identity"), true)

	anew := submit(t, db, lid(3*time.Hour, hidden, siti, "anew"))
	equal(t, "by the number", submit(t, db, after(4*time.Hour, siti, "halo")).Contact, anew.Contact)
	equal(t, "by the hidden address", submit(t, db, lid(5*time.Hour, hidden, "", "halo")).Contact, anew.Contact)
	if anew.Contact == old {
		t.Error("it is the old contact still")
	}
	healthy(t, db)
}

// TestAnAddressThatStaysBehindIsInDoubt: whoever begins anew from the number alone may not be whose account it was.
func TestAnAddressThatStaysBehindIsInDoubt(t *testing.T) {
	db := watched(t)
	openTicket(t, db, siti)
	both := after(time.Hour, hidden, "halo")
	both.Phone = siti
	old := submit(t, db, both).Contact
	submit(t, db, after(2*time.Hour, siti, "anew"))
	alone := after(3*time.Hour, hidden, "halo")
	alone.Phone = ""
	rec := submit(t, db, alone)
	equal(t, "asked", fmt.Sprint(rec.Contact == old, " ", texts(rec)), "true halo after 3h0m0s> 1: halo (identity)")
	healthy(t, db)
}

// TestAnotherAccountOnAKnownNumber: the number was given to somebody else, and the first owner writes on from the
// account they took along.
func TestAnotherAccountOnAKnownNumber(t *testing.T) {
	const other = "55443322@lid"
	db := watched(t)
	openTicket(t, db, siti)
	write := func(d time.Duration, address, phone, text string) dialog.Receipt {
		t.Helper()
		in := after(d, address, text)
		in.Phone = phone
		return submit(t, db, in)
	}
	old := write(time.Hour, hidden, siti, "halo")
	first := write(2*time.Hour, other, siti, "halo")
	equal(t, "another account is asked", texts(first), "halo after 2h0m0s> 2: halo (identity)")
	anew := write(3*time.Hour, other, siti, "anew")
	equal(t, "the number goes with them", write(4*time.Hour, siti, siti, "halo").Contact, anew.Contact)

	back := write(5*time.Hour, hidden, budi, "halo")
	equal(t, "the first owner is asked", fmt.Sprint(back.Contact == old.Contact, strings.Contains(texts(back), "identity")), "true true")
	equal(t, "proves it", fact(t, write(6*time.Hour, hidden, budi, settled), "ok"), "true")
	list := write(7*time.Hour, hidden, budi, "ask ticket.list")
	equal(t, "and has their ticket", fact(t, list, "count"), "1")
	list = write(8*time.Hour, other, siti, "ask ticket.list")
	equal(t, "which the other has not", fact(t, list, "count"), "0")
	healthy(t, db)
}

func TestTwoAreNotJoinedWhileOneIsInDoubt(t *testing.T) {
	db := watched(t)
	openTicket(t, db, siti)
	stranger := submit(t, db, after(time.Hour, hidden, "halo")).Contact
	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	in := after(2*time.Hour, hidden, "ask ticket.list")
	in.Phone = siti
	rec := submit(t, db, in)
	equal(t, "the stranger sees no ticket", fact(t, rec, "count"), "0")
	equal(t, "and stays who they were", rec.Contact, stranger)

	equal(t, "the number's own proves it", fact(t, submit(t, db, after(3*time.Hour, siti, settled)), "ok"), "true")
	in.ID = "later"
	equal(t, "then they are one", fact(t, submit(t, db, in), "count"), "1")
	healthy(t, db)
}

// TestASharedPhone: whoever of the family it is that answers, a birth date of one of their tickets does.
func TestASharedPhone(t *testing.T) {
	for _, date := range []string{"1990-08-17", "2001-02-03"} {
		db := watched(t)
		openTicket(t, db, siti)
		submit(t, db, from(siti, "t2", "ask ticket.open service=reaktivasi nama=Adik tanggal_lahir=2001-02-03"))
		must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
		equal(t, date, fact(t, submit(t, db, after(time.Hour, siti, "ask who.prove birth_date="+date)), "ok"), "true")
		healthy(t, db)
	}
}

// TestADayIsWrittenOnce: the day of the last message costs one write for an address and day.
func TestADayIsWrittenOnce(t *testing.T) {
	dir := t.TempDir()
	db := watched(t, dir)
	must(t, behindItsBack(dir, `CREATE TABLE writes (n INTEGER) STRICT;
		CREATE TRIGGER spy AFTER UPDATE ON addresses BEGIN INSERT INTO writes VALUES (NEW.seen_day); END`))
	for _, d := range []time.Duration{0, time.Hour, 2 * time.Hour, day, day + time.Hour, 5 * day, 5 * day, 3 * day} {
		submit(t, db, after(d, siti, fmt.Sprint("halo ", d, len(t.Name()))))
	}
	equal(t, "writes", count(t, dir, "SELECT count(*) FROM writes"), 2)
}

// count asks a database that is open for a number, as another process could.
func count(t *testing.T, dir, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "sapa.db"))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	must(t, db.QueryRow(query).Scan(&n))
	return n
}

func TestAnOfficersNumberInDoubtIsLockedOut(t *testing.T) {
	db := watched(t)
	must(t, db.AddOfficer(t.Context(), officerOf("rina", "+"+siti)))
	knows := func(d time.Duration) bool {
		t.Helper()
		in := after(d, siti, "ask officer.me")
		in.Phone = "+" + siti
		return strings.Contains(texts(submit(t, db, in)), "known:true")
	}
	equal(t, "at first", knows(time.Hour), true)
	openTicket(t, db, siti)
	must(t, db.Doubt(t.Context(), siti, dialog.DoubtIdentity))
	submit(t, db, after(2*time.Hour, siti, settled))
	equal(t, "a birth date does not open the desk", knows(3*time.Hour), false)
	events, _, err := db.Activity(t.Context(), 100)
	must(t, err)
	last := events[len(events)-1]
	equal(t, "the log says so", last.What+" "+last.Officer, "officer.locked rina")
	_, err = db.SetOfficer(t.Context(), officerOf("rina", "+"+siti), noon)
	must(t, err)
	equal(t, "somebody has asked them", knows(4*time.Hour), true)
	healthy(t, db)
}
