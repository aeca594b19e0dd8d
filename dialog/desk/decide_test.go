package desk_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

var (
	siti    = desk.Actor{Name: "siti", Role: desk.RoleBranch, Scope: []string{"31.74"}}
	budi    = desk.Actor{Name: "budi", Role: desk.RoleBranch, Scope: []string{"31.74"}}
	head    = desk.Actor{Name: "hana", Role: desk.RoleAdmin}
	member  = desk.Actor{Name: "member", Member: true}
	system  = desk.Actor{Name: desk.NameSystem, System: true}
	payment = desk.Actor{Name: desk.NamePayment, System: true}
)

func wib(t testing.TB) *worktime.Calendar {
	t.Helper()
	zone, err := worktime.Zone("WIB")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := worktime.New(worktime.DefaultHours(), worktime.DefaultHolidays(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// monday is a Monday at 09:00 WIB, an hour after the desk opened.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("WIB", 7*60*60))

const ref = "5H8-PWW3"

// good holds an action of each name that nothing is wrong with.
var good = map[string]desk.Action{
	"approve": {Name: "approve", Sets: map[string]string{"months_owed": "7", "heads": "3"}},
	"reject":  {Name: "reject", Text: "Foto KTP tidak terbaca"},
	"choose":  {Name: "choose", Sets: map[string]string{"class": "2"}},
	"recheck": {Name: "recheck"},
	"paid":    {Name: "paid", Sets: map[string]string{"amount": "735000", "reference": "TRX-1"}},
	"take":    {Name: "take"},
	"release": {Name: "release"},
	"note":    {Name: "note", Text: "telepon lagi besok"},
	"say":     {Name: "say", Text: "Sedang kami periksa."},
	"ask":     {Name: "ask", Field: "ktp", Text: "Fotonya buram."},
	"answer":  {Name: "answer", Field: "ktp", Sets: map[string]string{"ktp": "document:2"}},
	"close":   {Name: "close"},
	"cancel":  {Name: "cancel"},
	"pass":    {Name: "pass", To: "dewi"},
	"assign":  {Name: "assign", To: "dewi"},
	"add":     {Name: "add", Field: "surat", Sets: map[string]string{"surat": "document:3"}},
	"hear":    {Name: "hear", Text: "Sudah saya kirim, Bu."},
	"reopen":  {Name: "reopen", Text: "Kartunya masih mati."},
	"rate":    {Name: "rate", Sets: map[string]string{"rating": "4"}},
}

// desktop plays actions on one ticket.
type desktop struct {
	t      testing.TB
	p      *desk.Pipeline
	cal    *worktime.Calendar
	now    time.Time
	change desk.Change
	log    []desk.Activity
	timers map[string]time.Time
}

// keep does what whoever stores tickets does with a change.
func (d *desktop) keep(change desk.Change) {
	d.change = change
	d.log = append(d.log, change.Activities...)
	if d.timers == nil {
		d.timers = map[string]time.Time{}
	}
	for _, timer := range change.Timers {
		d.timers[timer.Name] = timer.At
		if timer.At.IsZero() {
			delete(d.timers, timer.Name)
		}
	}
}

func opened(t testing.TB) *desktop {
	t.Helper()
	d := &desktop{t: t, p: reactivation(), cal: wib(t), now: monday}
	values := map[string]string{"nama": "Siti Contoh", "ktp": "document:1", "kabupaten": "31.74"}
	d.keep(desk.OpenTicket(d.p, desk.Ticket{Ref: ref, Line: "pandawa", Contact: 41, Branch: "3174", Values: values}, d.now, d.cal))
	return d
}

func (d *desktop) try(who desk.Actor, a desk.Action) (desk.Change, error) {
	return desk.Decide(d.p, d.change.Ticket, a, who, d.now, d.cal)
}

// does plays an action that must succeed.
func (d *desktop) does(who desk.Actor, a desk.Action) *desktop {
	d.t.Helper()
	change, err := d.try(who, a)
	if err != nil {
		d.t.Fatal(err)
	}
	d.keep(change)
	return d
}

// in plays the shortest way to a state of the table below.
func in(t testing.TB, state string) *desktop {
	t.Helper()
	d := opened(t)
	switch state {
	case "open":
		return d
	case "asked":
		return d.does(siti, good["ask"])
	case "class":
		return d.does(siti, good["approve"])
	case "payment":
		return d.does(siti, good["approve"]).does(member, good["choose"])
	case "approved":
		return in(t, "payment").does(siti, good["paid"])
	case "rejected":
		return d.does(siti, good["reject"])
	case "cancelled":
		return d.does(member, good["cancel"])
	case "closed":
		return d.does(siti, good["close"])
	}
	t.Fatalf("no state %q", state)
	return nil
}

func TestFromTheFormToTheActiveCard(t *testing.T) {
	d := opened(t)
	ticket := d.change.Ticket
	want := desk.Ticket{
		Ref: ref, Rev: 1, Service: "reaktivasi", Stage: "verifikasi", Status: desk.Open,
		Line: "pandawa", Contact: 41, Branch: "3174", Regency: "31.74",
		OpenedAt: monday, PromisedAt: d.cal.Add(monday, 7*time.Hour),
		Values: map[string]string{"nama": "Siti Contoh", "ktp": "document:1", "kabupaten": "31.74"},
	}
	if !reflect.DeepEqual(ticket, want) {
		t.Fatalf("opened as\n%+v, want\n%+v", ticket, want)
	}

	d.does(siti, good["take"]).does(siti, good["approve"])
	ticket = d.change.Ticket
	if ticket.Stage != "kelas" || ticket.Status != desk.WaitingMember || !ticket.PromisedAt.IsZero() || ticket.Officer != "siti" {
		t.Errorf("after approval: %+v", ticket)
	}
	if ticket.Values["months_owed"] != "7" || ticket.Values["heads"] != "3" || ticket.Values["nama"] != "Siti Contoh" {
		t.Errorf("values after approval: %v", ticket.Values)
	}
	if n := d.change.Notice; n == nil || *n != (desk.Notice{Stage: "verifikasi", Decision: "approve"}) {
		t.Errorf("the member hears %+v", n)
	}

	d.now = d.now.Add(30 * time.Hour) // Tuesday, 15:00: the desk has just closed
	d.does(member, good["choose"])
	ticket = d.change.Ticket
	if ticket.Stage != "bayar" || ticket.Status != desk.WaitingPayment || ticket.Values["class"] != "2" {
		t.Errorf("after the choice: %+v", ticket)
	}
	if want := monday.AddDate(0, 0, 3).Add(6 * time.Hour); !ticket.PromisedAt.Equal(want) { // Thursday, 15:00
		t.Errorf("promised for %s, want %s", ticket.PromisedAt, want)
	}
	if d.change.Notice != nil {
		t.Errorf("the member is told what they did: %+v", d.change.Notice)
	}

	d.does(siti, good["paid"])
	ticket = d.change.Ticket
	if ticket.Stage != "aktif" || ticket.Status != desk.Approved || !ticket.PromisedAt.IsZero() || ticket.Rev != 5 {
		t.Errorf("after payment: %+v", ticket)
	}
	history := ""
	for _, a := range d.log {
		history += strings.TrimSpace(fmt.Sprint(a.Rev, " ", strings.Join([]string{a.What, a.Who, a.Stage, a.Decision}, " "))) + "\n"
	}
	if want := "1 ticket.opened member verifikasi\n" +
		"1 promise.made member verifikasi\n" +
		"2 ticket.taken siti verifikasi\n" +
		"3 ticket.decided siti kelas approve\n" +
		"3 promise.kept siti kelas\n" +
		"4 ticket.decided member bayar choose\n" +
		"4 promise.made member bayar\n" +
		"5 ticket.decided siti aktif paid\n" +
		"5 promise.kept siti aktif\n"; history != want {
		t.Errorf("history:\n%swant:\n%s", history, want)
	}
}

func TestWhatTheMemberHears(t *testing.T) {
	d := opened(t)
	if d.does(siti, good["note"]).change.Notice != nil || d.does(siti, good["take"]).change.Notice != nil {
		t.Error("a note or a take is told to the member")
	}
	if n := d.does(siti, good["say"]).change.Notice; n == nil || n.Decision != "say" || n.Text != "Sedang kami periksa." {
		t.Errorf("said: %+v", n)
	}
	a := good["approve"]
	a.Text = "cocok dengan data kami"
	if n := d.does(siti, a).change.Notice; n == nil || n.Text != "" || d.change.Activities[0].Text != a.Text {
		t.Errorf("words the decision does not ask for are for the desk: %+v", n)
	}
	if n := opened(t).does(siti, good["reject"]).change.Notice; n == nil || n.Text != "Foto KTP tidak terbaca" {
		t.Errorf("rejected: %+v", n)
	}
}

func TestRefusalsAreSentences(t *testing.T) {
	withSets := func(name string, sets map[string]string) desk.Action { return desk.Action{Name: name, Sets: sets} }
	for _, c := range []struct {
		name  string
		state string
		who   desk.Actor
		a     desk.Action
		want  string
	}{
		{"not here", "open", siti, good["paid"], `Ticket 5H8-PWW3 is at stage verifikasi (open): "paid" is not possible there. ` +
			`Possible now: approve, reject, take, note, say, ask, close.`},
		{"not for the member", "open", member, good["approve"], `Ticket 5H8-PWW3 is at stage verifikasi (open): "approve" is not possible there. ` +
			`Possible now: add, hear, cancel.`},
		{"after the end", "closed", member, good["note"], `Ticket 5H8-PWW3 is at stage verifikasi (closed): "note" is not possible there. ` +
			`Possible now: reopen, rate.`},
		{"nothing", "rejected", system, good["rate"], `Ticket 5H8-PWW3 is at stage ditolak (rejected): "rate" is not possible there. ` +
			`Possible now: note.`},
		{"final", "rejected", siti, good["say"], "Ticket 5H8-PWW3 is rejected: all that is possible now is a note."},
		{"values missing", "open", siti, withSets("approve", nil), `Ticket 5H8-PWW3: "approve" needs months_owed, heads.`},
		{
			"everything wrong with values", "open", siti,
			withSets("approve", map[string]string{"heads": "21", "months_owed": "", "zebra": "1", "ape": "2"}),
			`Ticket 5H8-PWW3: "approve" needs months_owed; takes as heads a whole number from 1 to 20; does not take ape, zebra.`,
		},
		{
			"a number that is none", "open", siti, withSets("approve", map[string]string{"heads": "tiga", "months_owed": "7"}),
			`Ticket 5H8-PWW3: "approve" takes as heads a whole number from 1 to 20.`,
		},
		{"values where none are taken", "open", siti, withSets("take", map[string]string{"x": "1"}), `Ticket 5H8-PWW3: "take" does not take x.`},
		{"a reason", "open", siti, desk.Action{Name: "reject", Text: "  "}, `Ticket 5H8-PWW3: "reject" needs a reason.`},
		{"words of a note", "open", siti, desk.Action{Name: "note"}, `Ticket 5H8-PWW3: "note" needs a text.`},
		{"words to say", "open", siti, desk.Action{Name: "say"}, `Ticket 5H8-PWW3: "say" needs a text.`},
		{"words to ask with", "open", siti, desk.Action{Name: "ask", Field: "ktp"}, `Ticket 5H8-PWW3: "ask" needs a text.`},
		{"what to ask for", "open", siti, desk.Action{Name: "ask", Text: "tolong"}, `Ticket 5H8-PWW3: "ask" needs a field.`},
		{"a stale revision", "payment", siti, desk.Action{Name: "paid", Rev: 1}, "Ticket 5H8-PWW3 has changed since you looked: " +
			"you saw revision 1, it is at 3. Look at it again."},
		{"a stale revision of a final ticket", "rejected", siti, desk.Action{Name: "approve", Rev: 1}, "Ticket 5H8-PWW3 has changed since you looked: " +
			"you saw revision 1, it is at 2. Look at it again."},
		{"nobody acts", "open", desk.Actor{}, good["take"], "an action needs the name of whoever acts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := in(t, c.state).try(c.who, c.a)
			sentence(t, err, c.want)
		})
	}

	d := opened(t).does(budi, good["take"])
	_, err := d.try(siti, good["take"])
	sentence(t, err, "Ticket 5H8-PWW3 was taken by budi: only they can do this, until they release it.")
	_, err = d.try(budi, good["take"])
	sentence(t, err, "Ticket 5H8-PWW3 is already yours.")
	d.does(budi, good["release"]).does(siti, good["take"])
	if d.change.Ticket.Officer != "siti" {
		t.Errorf("taken by %q", d.change.Ticket.Officer)
	}
}

func sentence(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("got:  %v\nwant: %s", err, want)
	}
}

func TestACurrentRevisionIsAccepted(t *testing.T) {
	a := good["approve"]
	a.Rev = 1
	if got := opened(t).does(siti, a).change.Ticket.Rev; got != 2 {
		t.Errorf("revision %d", got)
	}
}

func TestSetsErrorNamesAll(t *testing.T) {
	_, err := opened(t).try(siti, desk.Action{Name: "approve", Sets: map[string]string{"heads": "0", "ape": "1"}})
	e, ok := errors.AsType[*desk.SetsError](err)
	if !ok || !slices.Equal(e.Names(), []string{"ape", "heads", "months_owed"}) {
		t.Errorf("%v", err)
	}
}

func TestACatalogueThatLacksTheStage(t *testing.T) {
	d := opened(t)
	d.p.Stages[0].Name = "periksa"
	_, err := d.try(siti, good["take"])
	sentence(t, err, `Ticket 5H8-PWW3 stands at stage "verifikasi" of service "reaktivasi", which the catalogue does not have.`)
	if got := desk.Possible(d.p, d.change.Ticket, siti); got != nil {
		t.Errorf("possible are %v", got)
	}

	d = in(t, "closed")
	d.p.Stages[0].Name = "periksa"
	d.does(siti, good["note"]) // a finished ticket outlives its stage

	d = opened(t)
	d.p.Service = "pendaftaran"
	if _, err := d.try(siti, good["take"]); err == nil {
		t.Error("another service's pipeline decided")
	}
}

func TestTheGivenTicketIsLeftAsItIs(t *testing.T) {
	values := map[string]string{"nama": "Siti Contoh"}
	p, cal := reactivation(), wib(t)
	change := desk.OpenTicket(p, desk.Ticket{Ref: ref, Regency: "31.74", Values: values}, monday, cal)
	values["nama"] = "lain"
	if change.Ticket.Values["nama"] != "Siti Contoh" {
		t.Error("the ticket shares the form's values")
	}
	before := maps.Clone(change.Ticket.Values)
	for _, a := range []desk.Action{good["approve"], good["take"], good["note"]} {
		after, err := desk.Decide(p, change.Ticket, a, siti, monday, cal)
		if err != nil {
			t.Fatal(err)
		}
		after.Ticket.Values["nama"] = "lain"
		if !maps.Equal(change.Ticket.Values, before) || change.Ticket.Rev != 1 {
			t.Errorf("%s changed the ticket it was given: %+v", a.Name, change.Ticket)
		}
	}
	bare := change.Ticket
	bare.Values = nil
	if _, err := desk.Decide(p, bare, good["approve"], siti, monday, cal); err != nil {
		t.Errorf("a ticket without values: %v", err)
	}
}

func BenchmarkDecide(b *testing.B) {
	d := opened(b)
	if errs := d.p.Check([]string{"id", "en"}); len(errs) > 0 {
		b.Fatal(errors.Join(errs...))
	}
	for _, name := range []string{"take", "approve", "ask"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := d.try(siti, good[name]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
