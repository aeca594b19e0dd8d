package desk_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

// The property: one ticket, everybody who may have to do with it, and time, against a model that knows the rules as
// tables. After every step the ticket, its timers and its history are those of the model.

// crew are the officers, and whether the ticket is in their scope.
var crew = []struct {
	desk.Officer
	sees bool
}{
	{officer("siti", desk.RoleBranch, "31.74"), true},
	{officer("budi", desk.RoleBranch, "31"), true},
	{officer("rina", desk.RoleBranch, "32"), false},
	{officer("dewi", desk.RoleBPJS), true},
	{officer("hana", desk.RoleAdmin), true},
	{officer("agus", desk.RoleAdmin, "32.73"), false},
	{officer("doni", desk.RoleDinsos, "31.74"), true},
	{officer("yuni", desk.RoleCompanyMaker, "PT01"), false},
}

// spec is a stage as the model knows it.
type spec struct {
	status         desk.Status
	role           desk.Role
	second         bool
	promise        time.Duration
	within         time.Duration // the same by the calendar alone
	papers         []string
	remind, expire time.Duration // 0: a day and two weeks while the member is waited for
	auto           desk.Auto
}

const day = 24 * time.Hour

var specs = map[string]spec{
	"periksa": {status: desk.Open, role: desk.RoleBranch, promise: 7 * time.Hour, papers: []string{"ktp"}},
	"tinjau":  {status: desk.Open, role: desk.RoleBranch, second: true, within: 30 * time.Hour, auto: desk.Auto{After: 2 * day, Decision: "confirm"}},
	"kelas":   {status: desk.WaitingMember, role: desk.RoleBranch, auto: desk.Auto{After: 5 * day, Decision: "recheck"}},
	"bayar":   {status: desk.WaitingPayment, role: desk.RoleBPJS, promise: 14 * time.Hour, remind: 3 * day, expire: 30 * day},
	"aktif":   {status: desk.Approved},
	"ditolak": {status: desk.Rejected},
}

// ways are the decisions: where they are made, where they lead, who makes them.
var ways = map[string]struct {
	from, to       string
	member, refuse bool
}{
	"approve": {from: "periksa", to: "tinjau"},
	"reject":  {from: "periksa", to: "ditolak", refuse: true},
	"confirm": {from: "tinjau", to: "kelas"},
	"return":  {from: "tinjau", to: "periksa", refuse: true},
	"choose":  {from: "kelas", to: "bayar", member: true},
	"recheck": {from: "kelas", to: "periksa"},
	"paid":    {from: "bayar", to: "aktif"},
}

// follows is when the follow-up of "aktif" comes.
const follows = 150 * day

// built is the pipeline of those tables.
func built() *desk.Pipeline {
	p := fee()
	for i := range p.Stages {
		s, spec := &p.Stages[i], specs[p.Stages[i].Name]
		s.Promise, s.Within, s.Documents, s.Auto = spec.promise, spec.within, spec.papers, spec.auto
		if s.Name == "bayar" {
			s.Remind, s.Expire = spec.remind, spec.expire
		}
	}
	p.Stages[4].Follow = []desk.Follow{{After: follows, Say: said("Waktunya memperbarui data.")}}
	if errs := p.Check([]string{"id", "en"}); len(errs) > 0 {
		panic(errors.Join(errs...))
	}
	return p
}

// rules are what is tested: the desk's own, or those with a fault in them.
type rules struct {
	decide func(*desk.Pipeline, desk.Ticket, desk.Action, desk.Actor, time.Time, *worktime.Calendar) (desk.Change, error)
	elapse func(*desk.Pipeline, desk.Ticket, string, time.Time, *worktime.Calendar) (desk.Change, error)
}

// world is a ticket and its model.
type world struct {
	rules
	choose  func(what string, n int) int // from 0 to n-1
	p       *desk.Pipeline
	cal     *worktime.Calendar
	now     time.Time
	ticket  desk.Ticket
	timers  map[string]time.Time
	counts  map[string]int // of events
	enabled []bool
	model   model
}

func newWorld(r rules, choose func(string, int) int, p *desk.Pipeline, cal *worktime.Calendar) *world {
	w := &world{
		rules: r, choose: choose, p: p, cal: cal, now: monday,
		timers: map[string]time.Time{}, counts: map[string]int{}, enabled: slices.Repeat([]bool{true}, len(crew)),
		model: model{stage: "periksa", given: map[string]bool{"ktp": choose("ktp", 4) > 0, "kabupaten": true}, rev: 1},
	}
	values := map[string]string{"kabupaten": "31.74"}
	if w.model.given["ktp"] {
		values["ktp"] = "document:1"
	}
	w.model.rest(w, member)
	w.keep(desk.OpenTicket(p, desk.Ticket{Ref: ref, Contact: 41, Values: values}, w.now, cal))
	return w
}

func (w *world) sees(name string) bool {
	return slices.ContainsFunc(crew, func(c struct {
		desk.Officer
		sees bool
	},
	) bool {
		return c.Name == name && c.sees
	})
}

// keep stores a change.
func (w *world) keep(c desk.Change) {
	w.ticket = c.Ticket
	for _, a := range c.Activities {
		w.counts[a.What]++
	}
	for _, timer := range c.Timers {
		w.timers[timer.Name] = timer.At
		if timer.At.IsZero() {
			delete(w.timers, timer.Name)
		}
	}
}

// step does something at random and says what is wrong then.
func (w *world) step() error {
	switch w.choose("step", 20) {
	case 0:
		return w.restart()
	case 1:
		i := w.choose("officer", len(crew))
		w.enabled[i] = !w.enabled[i]
		return nil
	case 2: // the service was down: what was due goes off later
		w.now = w.now.Add(time.Duration(w.choose("minutes", 4*24*60)) * time.Minute)
		return nil
	case 3:
		return w.fire([]string{"promise", "escalate", "remind", "expire", "follow:0", "nudge", "auto"}[w.choose("timer", 7)])
	case 4, 5, 6, 7:
		return w.wait()
	}
	return w.act()
}

// wait lets time pass to the next timer, or hours.
func (w *world) wait() error {
	next := ""
	for name, at := range w.timers {
		if next == "" || at.Before(w.timers[next]) || at.Equal(w.timers[next]) && name < next {
			next = name
		}
	}
	to := w.now.Add(time.Duration(w.choose("minutes", 12*60)) * time.Minute)
	if next == "" || w.timers[next].After(to) && w.choose("patient", 3) > 0 {
		w.now = to
		return nil
	}
	if w.timers[next].After(w.now) {
		w.now = w.timers[next]
	}
	return w.fire(next)
}

func (w *world) fire(timer string) error {
	c, err := w.elapse(w.p, w.ticket, timer, w.now, w.cal)
	if err != nil {
		return err
	}
	told := w.model.fire(w, timer)
	if told != (c.Notice != nil) {
		return fmt.Errorf("timer %s tells the member %+v, should be %t", timer, c.Notice, told)
	}
	w.keep(c)
	return w.check()
}

// restart stores the ticket and reads it again, with the pipeline of a fresh start.
func (w *world) restart() error {
	stored, err := json.Marshal(w.ticket)
	if err != nil {
		return err
	}
	w.ticket = desk.Ticket{}
	return json.Unmarshal(stored, &w.ticket)
}

// whole are actions that nothing is wrong with, by name; some have several.
var whole = []desk.Action{
	{Name: "approve"},
	{Name: "approve"},
	{Name: "reject", Text: "Bukan miliknya."},
	{Name: "confirm"},
	{Name: "confirm"},
	{Name: "return", Text: "Kurang jelas."},
	{Name: "choose"},
	{Name: "choose"},
	{Name: "recheck"},
	{Name: "paid"},
	{Name: "paid"},
	{Name: "take"},
	{Name: "release"},
	{Name: "pass", To: "siti"},
	{Name: "pass", To: "budi"},
	{Name: "assign", To: "siti"},
	{Name: "assign", To: "dewi"},
	{Name: "note", Text: "Sudah ditelepon."},
	{Name: "say", Text: "Sebentar ya."},
	{Name: "ask", Field: "ktp", Text: "Buram."},
	{Name: "ask", Field: "kk", Text: "Buram."},
	{Name: "answer", Field: "ktp", Sets: map[string]string{"ktp": "document:2"}},
	{Name: "answer", Field: "kk", Sets: map[string]string{"kk": "document:3"}},
	{Name: "add", Field: "ktp", Sets: map[string]string{"ktp": "document:4"}},
	{Name: "add", Field: "surat", Sets: map[string]string{"surat": "document:5"}},
	{Name: "hear", Text: "Sudah."},
	{Name: "cancel"},
	{Name: "close"},
	{Name: "reopen"},
	{Name: "rate", Sets: map[string]string{"rating": "5"}},
	{Name: "show"},
	{Name: "dance"},
}

// act has somebody try something.
func (w *world) act() error {
	who := w.somebody()
	a := w.something(who)
	legal := a.Name != "show" && w.model.may(w, a, who)
	switch w.choose("flaw", 12) {
	case 0:
		a.Sets, legal = map[string]string{"zebra": "1"}, false // no action takes it
	case 1:
		a.Rev, legal = w.ticket.Rev-1, legal && w.ticket.Rev == 1
	case 2:
		a.Rev = w.ticket.Rev
	}
	before := w.ticket
	before.Asked, before.Values = slices.Clone(before.Asked), maps.Clone(before.Values)
	c, err := w.decide(w.p, w.ticket, a, who, w.now, w.cal)
	if !reflect.DeepEqual(w.ticket, before) {
		return fmt.Errorf("%s changed the ticket it was given", a.Name)
	}
	if legal != (err == nil) {
		return fmt.Errorf("%s by %s (%s): legal is %t, but %w", a.Name, who.Name, who.Role, legal, cmpErr(err))
	}
	if err != nil {
		if !reflect.DeepEqual(c, desk.Change{}) {
			return fmt.Errorf("%s was refused, and yet changed something", a.Name)
		}
		return nil
	}
	w.model.act(w, a, who)
	w.keep(c)
	return errors.Join(w.history(c, who), w.check())
}

// something chooses what to try: anything, or, so that tickets come to their ends too, what is allowed.
func (w *world) something(who desk.Actor) desk.Action {
	all := whole
	if w.choose("sensible", 3) > 0 {
		ends := w.choose("end", 6) == 0
		all = slices.DeleteFunc(slices.Clone(whole), func(a desk.Action) bool {
			return !w.model.may(w, a, who) || !ends && (a.Name == "cancel" || a.Name == "close" || a.Name == "reject")
		})
	}
	if len(all) == 0 {
		all = whole
	}
	return all[w.choose("action", len(all))]
}

var errNothing = errors.New("it was done")

func cmpErr(err error) error {
	if err == nil {
		return errNothing
	}
	return err
}

func (w *world) somebody() desk.Actor {
	switch i := w.choose("who", len(crew)+5); {
	case i < len(crew):
		o := crew[i].Officer
		o.Enabled = w.enabled[i]
		return o.Actor()
	case i < len(crew)+3:
		return member
	case i < len(crew)+4:
		return system
	}
	return payment
}

// history checks what an action left in the history.
func (w *world) history(c desk.Change, who desk.Actor) error {
	for i, a := range c.Activities {
		if a.Who != who.Name || !a.At.Equal(w.now) || a.Rev != c.Ticket.Rev || a.Stage != c.Ticket.Stage || a.Officer != c.Ticket.Officer {
			return fmt.Errorf("recorded %+v", a)
		}
		if strings.HasPrefix(a.What, "ticket.") != (i == 0) {
			return fmt.Errorf("activity %d of a change is %s", i, a.What)
		}
	}
	if len(c.Activities) == 0 {
		return errors.New("nothing was recorded")
	}
	return nil
}

// view is what ticket and model have in common.
type view struct {
	stage          string
	status         desk.Status
	asked          string
	officer        string
	taken          bool
	first          string
	overdue, rated bool
	rev, promised  int64
	open           bool
}

// check compares the ticket with the model.
func (w *world) check() error {
	t, m := w.ticket, &w.model
	got := view{
		t.Stage, t.Status, strings.Join(t.Asked, " "), t.Officer, t.Taken, t.DecidedBy, t.Overdue, t.Rating != 0, t.Rev,
		t.PromisedAt.Unix(), t.EndedAt.IsZero(),
	}
	want := view{
		m.stage, m.status(), strings.Join(m.asked, " "), m.officer, m.taken, m.first, m.broken, m.rated, m.rev,
		m.due.Unix(), m.ended == "",
	}
	if got != want {
		return fmt.Errorf("the ticket is\n%+v, the model\n%+v", got, want)
	}
	for f := range maps.Keys(m.given) {
		if m.given[f] && t.Values[f] == "" {
			return fmt.Errorf("the value of %s is lost", f)
		}
	}
	if t.Ref != ref || t.Contact != 41 || !t.OpenedAt.Equal(monday) || t.Regency != "31.74" {
		return fmt.Errorf("it is another ticket: %+v", t)
	}
	if !maps.EqualFunc(w.timers, m.timers, time.Time.Equal) {
		return fmt.Errorf("timers are %v, the model's %v", w.timers, m.timers)
	}
	return w.promises()
}

// promises checks that every promise has a timer until it was kept, broken or void.
func (w *world) promises() error {
	m, pending := &w.model, 0
	if at, set := w.timers["promise"]; !w.ticket.PromisedAt.IsZero() && !w.ticket.Overdue {
		if pending = 1; !set || !at.Equal(w.ticket.PromisedAt) {
			return fmt.Errorf("promised for %s, but the timer is at %s", w.ticket.PromisedAt, at)
		}
	}
	made, kept, broken := w.counts[desk.EventPromiseMade], w.counts[desk.EventPromiseKept], w.counts[desk.EventPromiseBroken]
	if made != m.made || kept != m.kept || broken != m.failed || made != kept+broken+m.void+pending {
		return fmt.Errorf("of %d promises %d were kept, %d broken, %d void, %d pending; the model's %d, %d, %d",
			made, kept, broken, m.void, pending, m.made, m.kept, m.failed)
	}
	return nil
}

// stepsPerTicket is how long a ticket's story is.
const stepsPerTicket = 100

// TestOnlyWhatTheRulesAllow plays tickets' stories. SAPA_DESK_STEPS gives how many steps in all.
func TestOnlyWhatTheRulesAllow(t *testing.T) {
	steps := 20_000
	if long, err := strconv.Atoi(os.Getenv("SAPA_DESK_STEPS")); err == nil {
		steps = long
	}
	p, cal := built(), wib(t)
	before := flag.Lookup("rapid.checks").Value.String()
	set := func(checks string) {
		if err := flag.Set("rapid.checks", checks); err != nil {
			t.Fatal(err)
		}
	}
	set(strconv.Itoa(max(1, steps/stepsPerTicket)))
	defer set(before)
	done, began, seen := 0, time.Now(), map[string]int{}
	byItself := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rules{desk.Decide, desk.Elapse}, func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }, p, cal)
		for range stepsPerTicket {
			done++
			if err := w.step(); err != nil {
				t.Fatal(err)
			}
			seen[string(w.ticket.Status)]++
		}
		for what, n := range w.counts {
			seen[what] += n
		}
		byItself += w.model.byItself
	})
	t.Logf("%d steps in %s: %v", done, time.Since(began).Round(time.Millisecond), seen)
	for _, what := range []string{
		"open", "waiting_member", "waiting_payment", "approved", "rejected", "cancelled", "closed",
		desk.EventAssigned, desk.EventPassed, desk.EventReopened, desk.EventRated, desk.EventAdded, desk.EventAnswered,
		desk.EventReminded, desk.EventExpired, desk.EventEscalated, desk.EventPromiseKept, desk.EventPromiseBroken,
	} {
		if seen[what] == 0 {
			t.Errorf("no story came to %s", what)
		}
	}
	if byItself == 0 {
		t.Error("no stage decided by itself")
	}
}
