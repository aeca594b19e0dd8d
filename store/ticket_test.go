package store_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

const (
	siti   = "6281200000001"
	budi   = "6281200000002"
	answer = "nama=Siti_Aminah tanggal_lahir=1990-08-17 ktp=p1"
)

var officer = desk.Actor{Name: "ani", Role: desk.RoleAdmin}

// openTicket sends a photo and a form, and gives the ticket's reference.
func openTicket(t *testing.T, db *store.DB, phone string) string {
	t.Helper()
	p1 := photo(phone, "p1")
	submit(t, db, p1)
	submit(t, db, fetched(p1, dialog.DocumentReady, "JPEG of "+phone))
	rec := submit(t, db, from(phone, "t1", "ask ticket.open service=reaktivasi kabupaten=31.74 "+answer))
	return fact(t, rec, "ref")
}

// fact reads a fact out of the clerk's reply.
func fact(t testing.TB, rec dialog.Receipt, name string) string {
	t.Helper()
	found := regexp.MustCompile(`\b` + name + `:([^ \]]*)`).FindStringSubmatch(texts(rec))
	if found == nil {
		t.Fatalf("no fact %s in %q", name, texts(rec))
	}
	return found[1]
}

func query(t testing.TB, db *store.DB, phone, id, text string) dialog.Receipt {
	t.Helper()
	return submit(t, db, from(phone, id, "ask "+text))
}

func TestAFormBecomesATicketWithItsAnswersAndDocuments(t *testing.T) {
	db := open(t, options(t))
	ref := openTicket(t, db, siti)
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "stage", ticket.Stage, "verifikasi")
	equal(t, "status", ticket.Status, desk.Open)
	equal(t, "name", ticket.Values["nama"], "Siti Aminah")
	equal(t, "no arguments among the answers", ticket.Values["service"], "")
	equal(t, "promised: 3 hours today, 4 tomorrow", ticket.PromisedAt.Format(time.RFC3339), "2026-11-24T12:00:00+07:00")

	answers, err := db.Answers(t.Context(), ref)
	must(t, err)
	equal(t, "answers", fmt.Sprint(answers), "[{kabupaten 31.74 given} {ktp p1 given} {nama Siti Aminah given} {tanggal_lahir 1990-08-17 given}]")
	docs, err := db.Documents(t.Context(), ref)
	must(t, err)
	equal(t, "documents", len(docs), 1)
	equal(t, "document", fmt.Sprint(docs[0].ID, docs[0].Name, docs[0].MIME, docs[0].Status), "p1ktp.jpgimage/jpegready")
	body, err := db.DocumentBody(t.Context(), ref, "p1")
	must(t, err)
	equal(t, "body", string(body), "JPEG of "+siti)
	history, err := db.History(t.Context(), ref)
	must(t, err)
	equal(t, "history", history[0].What, desk.EventOpened)
	healthy(t, db)
}

func TestTicketFactsSpeakTheOfficesTime(t *testing.T) {
	db := open(t, options(t))
	must(t, db.ImportBranches(t.Context(), []jkn.Branch{
		{Code: "MKS", Name: "Makassar", Kind: jkn.BranchOffice, Regencies: []string{"73.71"}},
	}, true))
	rec := query(t, db, siti, "m1", "ticket.open service=reaktivasi kabupaten=73.71 nama=Siti")
	equal(t, "promised in WITA", fact(t, rec, "promised"), "2026-11-24T13:00:00+08:00")
	equal(t, "branch", fact(t, rec, "branch"), "Makassar")
	equal(t, "stage", fact(t, rec, "stage"), "reaktivasi/verifikasi")
	if !strings.HasSuffix(texts(rec), "true") {
		t.Errorf("a sample branch is not marked: %s", texts(rec))
	}
}

func TestATicketsDetailsAreItsContactsAndItsSubjectsOnly(t *testing.T) {
	db := open(t, options(t))
	ref := openTicket(t, db, siti)
	equal(t, "listed", fact(t, query(t, db, siti, "l1", "ticket.list"), "count"), "1")
	equal(t, "not to others", fact(t, query(t, db, budi, "l1", "ticket.list"), "count"), "0")
	for i, q := range []string{"show", "cancel", "decide", "answer"} {
		rec := query(t, db, budi, fmt.Sprint("s", i), "ticket."+q+" ref="+ref+" birth_date=1990-08-17 decision=choose field=ktp")
		if strings.Contains(texts(rec), "true") || strings.Contains(texts(rec), "verifikasi") {
			t.Errorf("ticket.%s tells another contact: %s", q, texts(rec))
		}
	}
	right := query(t, db, siti, "s1", "ticket.show ref="+strings.ToLower(ref)+" birth_date=1990-08-17")
	equal(t, "match", fact(t, right, "match"), "true")
	equal(t, "stage", fact(t, right, "stage"), "reaktivasi/verifikasi")
	first := query(t, db, siti, "s2", "ticket.show ref="+ref)
	equal(t, "found without a date", fact(t, first, "found")+fact(t, first, "match")+fact(t, first, "blocked"), "truefalsefalse")
	equal(t, "but not where it stands", fact(t, first, "stage"), "")

	for i := range 5 {
		wrong := query(t, db, siti, fmt.Sprint("w", i), "ticket.show ref="+ref+" birth_date=1990-08-18")
		equal(t, "wrong date", fact(t, wrong, "match"), "false")
		equal(t, "blocked", fact(t, wrong, "blocked"), fmt.Sprint(i == 4))
	}
	late := query(t, db, siti, "s3", "ticket.show ref="+ref+" birth_date=1990-08-17")
	equal(t, "blocked for the day", fact(t, late, "match")+fact(t, late, "blocked"), "falsetrue")
	tomorrow := from(siti, "s4", "ask ticket.show ref="+ref+" birth_date=1990-08-17")
	tomorrow.At = noon.Add(12 * time.Hour)
	equal(t, "tomorrow", fact(t, submit(t, db, tomorrow), "match"), "true")
	healthy(t, db)
}

func TestADecisionChangesTheTicketAndTellsTheMemberInOneTransaction(t *testing.T) {
	db := open(t, options(t))
	ref := openTicket(t, db, siti)
	change, err := db.Act(t.Context(), ref, desk.Action{Name: "approve", Rev: 1, Sets: map[string]string{"months_owed": "7"}}, officer, noon)
	must(t, err)
	equal(t, "stage", change.Ticket.Stage, "kelas")
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "stored", fmt.Sprint(ticket.Stage, ticket.Rev, ticket.Values["months_owed"]), "kelas27")
	unsent, err := db.Unsent(t.Context(), "terminal", noon, 100)
	must(t, err)
	notice := unsent[len(unsent)-1]
	equal(t, "notice", notice.Text, "notice approve ")
	equal(t, "to whom", notice.To, siti)
	equal(t, "no cause", notice.Cause, "")

	rec := query(t, db, siti, "d1", "ticket.decide ref="+ref+" decision=choose class=2")
	equal(t, "chosen", fact(t, rec, "ok")+fact(t, rec, "status"), "trueapproved")
	rec = query(t, db, siti, "d2", "ticket.decide ref="+ref+" decision=choose class=3")
	equal(t, "once only", fact(t, rec, "ok")+fact(t, rec, "status"), "falseapproved")
	healthy(t, db)
}

func TestARefusedActionChangesNothing(t *testing.T) {
	o := options(t)
	o.Engine = stepper(func(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
		if in.Kind == dialog.TicketEvent {
			return dialog.Turn{}, errors.New("no words for this")
		}
		return (&clerk{}).Step(s, in)
	})
	db := open(t, o)
	ref := fact(t, query(t, db, siti, "m1", "ticket.open service=reaktivasi nama=Siti"), "ref")
	approve := desk.Action{Name: "approve", Sets: map[string]string{"months_owed": "7"}}
	stale := approve
	stale.Rev = 99
	var staleError *desk.StaleError
	for what, refused := range map[string]struct {
		ref    string
		action desk.Action
		want   func(error) bool
	}{
		"stale":         {ref, stale, func(err error) bool { return errors.As(err, &staleError) }},
		"no notice":     {ref, approve, func(err error) bool { return strings.Contains(err.Error(), "no words") }},
		"unknown":       {"222-2222", approve, func(err error) bool { return errors.Is(err, store.ErrNoTicket) }},
		"without words": {ref, desk.Action{Name: "reject"}, func(err error) bool { return err != nil }},
	} {
		if _, err := db.Act(t.Context(), refused.ref, refused.action, officer, noon); err == nil || !refused.want(err) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "revision", ticket.Rev, 1)
	equal(t, "values", len(ticket.Values), 1)
	history, err := db.History(t.Context(), ref)
	must(t, err)
	equal(t, "history", len(history), 2) // opened, and promised
	healthy(t, db)
}

func TestADocumentAskedForAgainBecomesTheTickets(t *testing.T) {
	db := open(t, options(t))
	ref := openTicket(t, db, siti)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "ask", Field: "ktp", Text: "Fotonya buram"}, officer, noon)
	must(t, err)
	answers, err := db.Answers(t.Context(), ref)
	must(t, err)
	equal(t, "asked", answers[1].Status, "asked")

	p2 := photo(siti, "p2")
	submit(t, db, p2)
	submit(t, db, fetched(p2, dialog.DocumentReady, "sharper"))
	rec := query(t, db, siti, "a1", "ticket.answer ref="+ref+" field=ktp value=p2")
	equal(t, "ok", fact(t, rec, "ok"), "true")
	answers, err = db.Answers(t.Context(), ref)
	must(t, err)
	equal(t, "renewed", answers[1].Value+answers[1].Status, "p2renewed")
	body, err := db.DocumentBody(t.Context(), ref, "p2")
	must(t, err)
	equal(t, "body", string(body), "sharper")
	docs, err := db.Documents(t.Context(), ref)
	must(t, err)
	equal(t, "both are kept", len(docs), 2)
	healthy(t, db)
}

func TestAnotherContactsDocumentNeverBecomesTheTickets(t *testing.T) {
	db := open(t, options(t))
	p1 := photo(budi, "p9")
	submit(t, db, p1)
	submit(t, db, fetched(p1, dialog.DocumentReady, "of Budi"))
	ref := fact(t, query(t, db, siti, "m1", "ticket.open service=reaktivasi ktp=p9"), "ref")
	docs, err := db.Documents(t.Context(), ref)
	must(t, err)
	equal(t, "documents", len(docs), 0)
	if _, err := db.DocumentBody(t.Context(), ref, "p9"); !errors.Is(err, store.ErrNoTicket) {
		t.Errorf("got %v", err)
	}
}

func TestTheLogIsReadByACursorThatSurvives(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	ref := openTicket(t, db, siti)
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "note", Text: "Siti menelepon"}, officer, noon.Add(time.Hour))
	must(t, err)
	must(t, db.RecordSeen(t.Context(), ref, "ani", "documents.saved", "cek foto", noon.Add(2*time.Hour)))
	events, cursor, err := db.Activity(t.Context(), 3)
	must(t, err)
	equal(t, "first page", len(events), 3)
	equal(t, "age", events[2].Age, time.Hour)
	equal(t, "ticket", events[2].Ticket+events[2].Service+string(events[2].Status)+events[2].Who, ref+"reaktivasiopenani")
	equal(t, "no words", events[2].Text, "")
	must(t, db.MarkLogged(t.Context(), cursor))
	must(t, db.MarkLogged(t.Context(), 1)) // it never goes back
	must(t, db.Close())

	db = open(t, options(t), dir)
	events, last, err := db.Activity(t.Context(), 10)
	must(t, err)
	equal(t, "the rest", len(events), 1)
	equal(t, "what", events[0].What, "documents.saved")
	must(t, db.MarkLogged(t.Context(), last))
	events, cursor, err = db.Activity(t.Context(), 10)
	must(t, err)
	equal(t, "nothing left", len(events), 0)
	equal(t, "cursor stays", cursor, last)
	history, err := db.History(t.Context(), ref)
	must(t, err)
	equal(t, "words stay in the history", history[2].Text+history[3].Text, "Siti meneleponcek foto")
}

func TestTicketsAreListedByWhatIsAskedFor(t *testing.T) {
	db := open(t, options(t))
	a, b := openTicket(t, db, siti), openTicket(t, db, budi)
	_, err := db.Act(t.Context(), a, desk.Action{Name: "take"}, officer, noon)
	must(t, err)
	_, err = db.Act(t.Context(), b, desk.Action{Name: "reject", Text: "ganda"}, officer, noon)
	must(t, err)
	for what, c := range map[string]struct {
		filter store.Filter
		want   int
	}{
		"all":      {store.Filter{}, 2},
		"open":     {store.Filter{Statuses: []desk.Status{desk.Open, desk.WaitingMember}}, 1},
		"officer":  {store.Filter{Officer: "ani", Service: "reaktivasi", Line: "pandawa"}, 1},
		"nobody's": {store.Filter{Officer: "budi"}, 0},
		"limit":    {store.Filter{Limit: 1}, 1},
	} {
		tickets, err := db.Tickets(t.Context(), c.filter)
		must(t, err)
		equal(t, what, len(tickets), c.want)
	}
	stages, err := db.OpenStages(t.Context())
	must(t, err)
	equal(t, "open stages", fmt.Sprint(stages), "map[[reaktivasi verifikasi]:1]")
}

func TestBranchOf(t *testing.T) {
	db := open(t, options(t))
	must(t, db.ImportBranches(t.Context(), jkn.SampleBranches(), true))
	must(t, db.ImportBranches(t.Context(), []jkn.Branch{
		{Code: "JKS", Name: "JakartaSelatan", Kind: jkn.BranchOffice, Regencies: []string{"31.74"}, Phone: "0811-1000-3174"},
		{Code: "SOS", Name: "Dinsos", Kind: jkn.SocialService, Regencies: []string{"31.74", "31.75"}},
	}, false))
	rec := query(t, db, siti, "m1", "branch_of regency=31.74")
	equal(t, "known", fact(t, rec, "known")+fact(t, rec, "name")+fact(t, rec, "own"), "trueJakartaSelatantrue")
	equal(t, "the desk's hours", fact(t, rec, "open"), "08.00")
	if !strings.HasSuffix(texts(rec), "false") {
		t.Errorf("a real branch is marked as a sample: %s", texts(rec))
	}
	equal(t, "no office of that kind", fact(t, query(t, db, siti, "m2", "branch_of regency=31.75"), "known"), "false")
	branches, err := db.Branches(t.Context())
	must(t, err)
	equal(t, "replaced", len(branches), 2)
}
