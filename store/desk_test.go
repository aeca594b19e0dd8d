package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

// The desk's tests work tickets of this service: two roles, a second person, a payment, a follow-up.
var service = func() *desk.Pipeline {
	said := map[string]string{"id": "Baik."}
	p := &desk.Pipeline{
		Service: "layanan", Title: map[string]string{"id": "Layanan"},
		Subject: desk.Subject{Name: "nama", Number: "nomor", BirthDate: "tanggal_lahir", Regency: "kabupaten", Company: "perusahaan"},
		Stages: []desk.Stage{
			{Name: "periksa", Status: desk.Open, Role: desk.RoleBranch, Promise: 7 * time.Hour, Decisions: []desk.Decision{
				{Name: "approve", To: "tinjau", Say: said},
				{Name: "reject", To: "ditolak", Reason: true, Say: said},
			}},
			{Name: "tinjau", Status: desk.Open, Role: desk.RoleBranch, Second: true, Promise: 3 * time.Hour, Decisions: []desk.Decision{
				{Name: "confirm", To: "kelas", Say: said},
				{Name: "return", To: "periksa", Reason: true, Say: said},
			}},
			{Name: "kelas", Status: desk.WaitingMember, Role: desk.RoleBranch, Decisions: []desk.Decision{
				{Name: "choose", Member: true, To: "bayar"},
			}},
			{
				Name: "bayar", Status: desk.WaitingPayment, Role: desk.RoleBPJS, Promise: 14 * time.Hour,
				Remind: 3 * 24 * time.Hour, Expire: 30 * 24 * time.Hour,
				Decisions: []desk.Decision{{Name: "paid", To: "aktif", Say: said, Sets: []desk.Set{
					{Name: "amount", Type: "number", Optional: true}, {Name: "reference", Type: "text", Optional: true},
				}}},
			},
			{Name: "aktif", Status: desk.Approved, Follow: []desk.Follow{{After: 150 * 24 * time.Hour, Say: said}}},
			{Name: "ditolak", Status: desk.Rejected},
		},
	}
	if errs := p.Check([]string{"id"}); len(errs) > 0 {
		panic(errors.Join(errs...))
	}
	return p
}()

// inDesk are options that know this service.
func inDesk(t testing.TB) store.Options {
	o := options(t)
	o.Pipeline = func(name string) (*desk.Pipeline, bool) { return service, name == service.Service }
	return o
}

// hire registers officers, each as "name role scope…"; "-" before the name: disabled.
func hire(t testing.TB, db *store.DB, officers ...string) {
	t.Helper()
	for _, text := range officers {
		words := strings.Fields(text)
		o := desk.Officer{Name: strings.TrimPrefix(words[0], "-"), Role: desk.Role(words[1]), Scope: words[2:], Enabled: words[0][0] != '-'}
		must(t, db.AddOfficer(t.Context(), o))
	}
}

// apply opens a ticket for somebody in a regency and gives its reference.
func apply(t testing.TB, db *store.DB, phone, regency string) string {
	t.Helper()
	applied++
	in := from(phone, fmt.Sprint("apply", applied), "ask ticket.open service=layanan nama=Siti tanggal_lahir=1990-08-17 kabupaten="+regency)
	return fact(t, submit(t, db, in), "ref")
}

var applied int

// does lets an officer act; they act with the role they have.
func does(t testing.TB, db *store.DB, who, action, ref string, at time.Time) error {
	t.Helper()
	name, to, _ := strings.Cut(action, " ")
	a := desk.Action{Name: name, To: to}
	switch name {
	case "reject", "return", "say", "note", "close":
		a.Text, a.To = to, ""
	case "ask":
		a.Field, a.To, a.Text = to, "", "Mohon kirim lagi."
	}
	actor := desk.Actor{Name: who, Role: desk.RoleAdmin}
	if o, err := db.Officer(t.Context(), who); err == nil {
		actor = o.Actor()
	}
	_, err := db.Act(t.Context(), ref, a, actor, at)
	return err
}

func ticketOf(t testing.TB, db *store.DB, ref string) desk.Ticket {
	t.Helper()
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	return ticket
}

// happened is a ticket's history from its n-th line on: "ticket.assigned rina".
func happened(t testing.TB, db *store.DB, ref string, n int) string {
	t.Helper()
	history, err := db.History(t.Context(), ref)
	must(t, err)
	var lines []string
	for _, a := range history[min(n, len(history)):] {
		lines = append(lines, strings.Join(strings.Fields(a.Who+" "+strings.TrimPrefix(a.What, "ticket.")+" "+a.Decision+a.Field+" "+a.Officer), " "))
	}
	return strings.Join(lines, "; ")
}

// pass lets time pass to a moment: what is due is handed in, at its own time.
func pass(t testing.TB, db *store.DB, to time.Time) (said []string) {
	t.Helper()
	for {
		due, err := db.DueTimers(t.Context(), to, 3)
		must(t, err)
		if len(due) == 0 {
			return said
		}
		if rec := submit(t, db, due[0]); rec.Fresh && len(rec.Outbound) > 0 {
			said = append(said, due[0].At.In(to.Location()).Format("Mon 15:04")+" "+texts(rec))
		}
	}
}

func TestATicketIsAssignedToWhoIsNearestAndHasLeastToDo(t *testing.T) {
	db := open(t, inDesk(t))
	before := apply(t, db, siti, "31.74")
	equal(t, "nobody is registered", ticketOf(t, db, before).Officer+happened(t, db, before, 2), "")
	hire(t, db, "rina branch 31.74", "budi branch 31.74", "agus branch 31", "dewi branch 32", "-edi branch 31.74", "hana admin")
	for i, want := range []string{"budi", "rina", "budi"} {
		equal(t, fmt.Sprint("ticket ", i), ticketOf(t, db, apply(t, db, siti, "31.74")).Officer, want)
	}
	equal(t, "the province's", ticketOf(t, db, apply(t, db, siti, "31.71")).Officer, "agus")
	elsewhere := apply(t, db, siti, "73.71")
	equal(t, "nobody's", ticketOf(t, db, elsewhere).Officer, "")
	ref := apply(t, db, siti, "31.74")
	equal(t, "history", happened(t, db, ref, 0), "member opened; member promise.made; system assigned rina")
	must(t, does(t, db, "rina", "close", ref, noon))
	equal(t, "what has ended is no load", ticketOf(t, db, apply(t, db, siti, "31.74")).Officer, "rina")
	healthy(t, db)
}

func TestAStageOfAnotherRoleHasAnotherOfficer(t *testing.T) {
	db := open(t, inDesk(t))
	hire(t, db, "rina branch 31.74", "budi branch 31.74", "yusuf bpjs")
	ref := apply(t, db, siti, "31.74")
	must(t, does(t, db, "budi", "take", ref, noon))
	must(t, does(t, db, "budi", "approve", ref, noon))
	equal(t, "a second person", ticketOf(t, db, ref).Officer, "rina")
	must(t, does(t, db, "rina", "confirm", ref, noon))
	equal(t, "the same role goes on", ticketOf(t, db, ref).Officer, "rina")
	chosen := query(t, db, siti, "c1", "ticket.decide decision=choose ref="+ref)
	equal(t, "the member's choice", fact(t, chosen, "ok"), "true")
	equal(t, "the next role's", ticketOf(t, db, ref).Officer, "yusuf")
	must(t, does(t, db, "yusuf", "release", ref, noon))
	equal(t, "given back", ticketOf(t, db, ref).Officer, "")
	must(t, does(t, db, "yusuf", "paid", ref, noon))
	must(t, does(t, db, "hana", "note nothing", ref, noon))
	equal(t, "at the end nobody is sought", ticketOf(t, db, ref).Officer, "")
	healthy(t, db)
}

func TestWhoMayNotWorkATicketAnyMoreHandsItOver(t *testing.T) {
	db := open(t, inDesk(t))
	hire(t, db, "rina branch 31.74", "hana admin")
	far, near := apply(t, db, siti, "31.74"), apply(t, db, budi, "31.74")
	done := apply(t, db, budi, "31.74")
	must(t, does(t, db, "rina", "take", near, noon))
	must(t, does(t, db, "rina", "close", done, noon))
	hire(t, db, "agus branch 31")
	moved, err := db.SetOfficer(t.Context(), desk.Officer{Name: "rina", Role: desk.RoleBranch, Scope: []string{"31"}, Enabled: true}, noon)
	must(t, err)
	equal(t, "a wider scope moves nothing", moved, 0)
	moved, err = db.SetOfficer(t.Context(), desk.Officer{Name: "rina", Role: desk.RoleBranch, Scope: []string{"31"}}, noon)
	must(t, err)
	equal(t, "both go on, the one that ended stays", moved, 2)
	equal(t, "now", ticketOf(t, db, far).Officer+ticketOf(t, db, near).Officer+ticketOf(t, db, done).Officer, "agusagusrina")
	moved, err = db.SetOfficer(t.Context(), desk.Officer{Name: "agus", Role: desk.RoleDinsos, Scope: []string{"31"}, Enabled: true}, noon)
	must(t, err)
	equal(t, "another role", moved, 2)
	equal(t, "nobody suits", ticketOf(t, db, far).Officer+ticketOf(t, db, near).Officer, "")
	var foreign *desk.ForeignError
	if err := does(t, db, "rina", "take", near, noon); !errors.As(err, &foreign) {
		t.Errorf("the disabled took a ticket: %v", err)
	}
	healthy(t, db)
}

func TestPassingGoesToAColleague(t *testing.T) {
	db := open(t, inDesk(t))
	hire(t, db, "rina branch 31.74")
	ref := apply(t, db, siti, "31.74")
	for action, want := range map[string]error{
		"pass": store.ErrNobodySuits, "pass rina": errors.New("another officer"), "pass joko": store.ErrNoOfficer,
	} {
		if err := does(t, db, "rina", action, ref, noon); err == nil || !errors.Is(err, want) && !strings.Contains(err.Error(), want.Error()) {
			t.Errorf("%s: got %v, want %v", action, err, want)
		}
	}
	hire(t, db, "agus branch 31", "dewi branch 32", "hana admin")
	must(t, does(t, db, "rina", "pass", ref, noon))
	equal(t, "the next who suits", ticketOf(t, db, ref).Officer, "agus")
	must(t, does(t, db, "hana", "pass", ref, noon))
	equal(t, "not to whom it is passed from", ticketOf(t, db, ref).Officer, "rina")
	if err := does(t, db, "rina", "pass dewi", ref, noon); !errors.Is(err, store.ErrUnsuited) {
		t.Errorf("passed out of scope: %v", err)
	}
	must(t, does(t, db, "hana", "assign agus", ref, noon))
	equal(t, "assigned", happened(t, db, ref, 4), "hana passed rina; hana assigned agus")
	unsent, err := db.Unsent(t.Context(), "terminal", noon, 100)
	must(t, err)
	equal(t, "the member hears that an officer left", unsent[len(unsent)-1].Text, "notice "+dialog.DecisionBack+" ")
	healthy(t, db)
}

func TestWhoTriesWhatTheyMayNotIsRemembered(t *testing.T) {
	db := open(t, inDesk(t))
	hire(t, db, "rina branch 31.74", "budi branch 31.74", "dewi branch 32")
	ref := apply(t, db, siti, "31.74") // Budi's
	must(t, does(t, db, "budi", "take", ref, noon))
	from := len(strings.Split(happened(t, db, ref, 0), ";"))
	for _, try := range [][2]string{
		{"dewi", "approve"}, {"rina", "reject no"}, {"rina", "assign rina"}, {"budi", "take"}, {"budi", "paid"}, {"budi", "reject"},
	} {
		if err := does(t, db, try[0], try[1], ref, noon); err == nil {
			t.Errorf("%v was allowed", try)
		}
	}
	dewi, err := db.Officer(t.Context(), "dewi")
	must(t, err)
	var foreign *desk.ForeignError
	if err := db.Permit(t.Context(), ref, desk.ActionShow, dewi.Actor(), noon); !errors.As(err, &foreign) {
		t.Errorf("shown out of scope: %v", err)
	}
	must(t, db.Permit(t.Context(), ref, desk.ActionShow, desk.Actor{Name: "rina", Role: desk.RoleBranch, Scope: []string{"31.74"}}, noon))
	equal(t, "what was not theirs to do, not what was only wrong", happened(t, db, ref, from),
		"dewi refused approve budi; rina refused reject budi; dewi refused show budi")
	equal(t, "revision", ticketOf(t, db, ref).Rev, 3)
	healthy(t, db)
}

func TestAListShowsWhatItsReaderMaySee(t *testing.T) {
	db := open(t, inDesk(t))
	refs := []string{apply(t, db, siti, "31.74"), apply(t, db, siti, "31.71"), apply(t, db, siti, "32.73"), apply(t, db, siti, "")}
	for _, c := range []struct {
		who  desk.Actor
		want []int
	}{
		{desk.Actor{Name: "operator", Role: desk.RoleAdmin}, []int{0, 1, 2, 3}},
		{desk.Actor{Name: "rina", Role: desk.RoleBranch, Scope: []string{"31.74", "32.73"}}, []int{0, 2, 3}},
		{desk.Actor{Name: "agus", Role: desk.RoleBranch, Scope: []string{"31"}}, []int{0, 1, 3}},
		{desk.Actor{Name: "yusuf", Role: desk.RoleBPJS}, []int{0, 1, 2, 3}},
		{desk.Actor{Name: "sari", Role: desk.RoleDinsos}, nil},
		{desk.Actor{Name: "maya", Role: desk.RoleCompanyMaker, Scope: []string{"PT01"}}, nil},
		{desk.Actor{Name: "edi"}, nil},
	} {
		tickets, err := db.Tickets(t.Context(), store.Filter{For: &c.who})
		must(t, err)
		var want []string
		for _, i := range c.want {
			want = append(want, refs[i])
		}
		var got []string
		for _, ticket := range tickets {
			got = append(got, ticket.Ref)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", c.who.Name, got, want)
		}
	}
	late, err := db.Tickets(t.Context(), store.Filter{Late: noon.Add(48 * time.Hour), Regency: "32.73", Stage: "periksa"})
	must(t, err)
	equal(t, "promised for an earlier time", len(late), 1)
	late, err = db.Tickets(t.Context(), store.Filter{Late: noon.Add(time.Hour)})
	must(t, err)
	equal(t, "not late yet", len(late), 0)
}

func TestTheMemberHasAWordInTheirTicket(t *testing.T) {
	db := open(t, inDesk(t))
	first := apply(t, db, budi, "31.74")
	ref := apply(t, db, siti, "31.74")
	say := func(id, text string) dialog.Receipt {
		t.Helper()
		in := from(siti, id, "ask ticket."+strings.ReplaceAll(text, "REF", "ref="+ref))
		in.At = noon.Add(time.Minute)
		return submit(t, db, in)
	}
	shown := say("s1", "show REF birth_date=1990-08-17")
	equal(t, "place", fact(t, shown, "place")+fact(t, shown, "reopens")+fact(t, shown, "rates"), "0falsefalse")
	late := from(siti, "s2", "ask ticket.open service=layanan kabupaten=31.74 nama=Siti")
	late.At = noon.Add(time.Hour)
	third := fact(t, submit(t, db, late), "ref")
	place, err := db.PlaceOf(t.Context(), ticketOf(t, db, third))
	must(t, err)
	equal(t, "behind two", place, 2)
	must(t, does(t, db, "ani", "ask nama", first, noon))
	place, err = db.PlaceOf(t.Context(), ticketOf(t, db, third))
	must(t, err)
	equal(t, "who waits for the member is not before one", place, 1)

	for i, step := range [][2]string{
		{"hear REF text=Sudah_saya_kirim", "true"},
		{"hear REF text=", "false"},
		{"add REF value=p1 text=", "true"},
		{"add REF value=p2 text=KK_baru", "true"},
		{"rate REF rating=5 text=", "false"},
		{"cancel REF", "true"},
		{"rate REF rating=9 text=", "false"},
		{"rate REF rating=4 text=Cepat", "true"},
		{"rate REF rating=5 text=", "false"},
		{"reopen REF text=Belum_selesai", "true"},
		{"reopen REF text=", "false"},
	} {
		equal(t, step[0], fact(t, say(fmt.Sprint("m", i), step[0]), "ok"), step[1])
	}
	equal(t, "history", happened(t, db, ref, 2),
		"member heard; member added tambahan; member added tambahan_2; member cancelled; member rated; member reopened; member promise.made")
	equal(t, "documents by number", ticketOf(t, db, ref).Values["tambahan_2"], "p2")
	equal(t, "others get nothing of it", fact(t, query(t, db, budi, "x1", "ticket.hear text=Halo ref="+ref), "ok"), "false")
	healthy(t, db)
}

func TestStatisticsAreCountedAsThingsHappen(t *testing.T) {
	db := open(t, inDesk(t))
	a, b := apply(t, db, siti, "31.74"), apply(t, db, siti, "31.74")
	apply(t, db, siti, "31.74")
	must(t, does(t, db, "ani", "note hm", a, noon.Add(time.Minute))) // no answer
	must(t, does(t, db, "ani", "say Sebentar", a, noon.Add(time.Hour)))
	must(t, does(t, db, "ani", "approve", a, noon.Add(2*time.Hour))) // kept
	pass(t, db, noon.Add(72*time.Hour))                              // all are late: tinjau, and two times periksa
	must(t, does(t, db, "ani", "reject Tidak", b, noon.Add(3*time.Hour)))
	equal(t, "rated", fact(t, query(t, db, siti, "r", "ticket.rate rating=4 text= ref="+b), "ok"), "true")
	stats, err := db.Stats(t.Context(), store.StatsFilter{}, noon.Add(96*time.Hour))
	must(t, err)
	var got []string
	for _, s := range stats {
		got = append(got, fmt.Sprintf("%s: %d+%d %s %d:%d %s %.1f", s.Stage, s.Open, s.Ended, s.MedianAge, s.Kept, s.Broken, s.FirstAnswer, s.Rating))
	}
	equal(t, "stats", strings.Join(got, "\n"), "ditolak: 0+1 0s 0:1 3h0m0s 4.0\nperiksa: 1+0 96h0m0s 0:1 0s 0.0\ntinjau: 1+0 96h0m0s 1:1 1h0m0s 0.0")
	none, err := db.Stats(t.Context(), store.StatsFilter{Service: "layanan", From: noon.Add(time.Hour)}, noon)
	must(t, err)
	equal(t, "opened later", len(none), 0)
}

func TestQuestionsAreCounted(t *testing.T) {
	o := inDesk(t)
	o.Engine = stepper(func(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
		return dialog.Turn{Session: s, Effects: []dialog.Effect{dialog.Asked{Flow: "form", Field: in.Text}}}, nil
	})
	db := open(t, o)
	for i, field := range []string{"nama", "nik", "nama", "", "nama"} {
		in := from(siti, fmt.Sprint("m", i), field)
		in.At = noon.Add(time.Duration(i) * 24 * time.Hour)
		submit(t, db, in)
	}
	all, err := db.Questions(t.Context(), time.Time{}, time.Time{})
	must(t, err)
	equal(t, "all", fmt.Sprint(all), "[{form  1} {form nama 3} {form nik 1}]")
	some, err := db.Questions(t.Context(), noon.Add(12*time.Hour), noon.Add(60*time.Hour))
	must(t, err)
	equal(t, "two days", fmt.Sprint(some), "[{form nama 1} {form nik 1}]")
}
