package store_test

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/worktime"
	"sapa/store"
)

// The property: members, officers, payments and time work a desk in the store, which is closed and opened now and then,
// and a mirror of it in memory that has only the desk's own rules. What is stored is what the mirror holds: no ticket is
// lost or doubled, none moves but as its pipeline allows, nobody does more than their role and scope allow, and every
// promise has its timer.

// mirrored is a ticket as it should be stored.
type mirrored struct {
	desk.Ticket
	emptied bool               // somebody was erased,
	orphan  bool               // its contact
	cal     *worktime.Calendar // of the ticket's zone
	timers  map[string]time.Time
	history []string
}

// world is a desk and its mirror.
type world struct {
	choose   func(what string, n int) int // from 0 to n-1
	dir      string
	options  store.Options
	db       *store.DB
	cal      *worktime.Calendar
	now      time.Time
	messages int

	tickets  map[string]*mirrored
	refs     []string         // in the order of opening
	contacts map[string]int64 // of phones that have opened a ticket
	officers []desk.Officer
	notices  int // what members were told by themselves
	seen     map[string]int
}

var (
	places = []string{"31.74", "31.71", "32.73", "73.71"}
	zones  = map[string]string{"31.74": "WIB", "31.71": "WIB", "32.73": "WIB", "73.71": "WITA"}
)

// staff are the officers at the beginning.
var staff = []desk.Officer{
	{Name: "agus", Role: desk.RoleBranch, Scope: []string{"31"}, Enabled: true},
	{Name: "budi", Role: desk.RoleBranch, Scope: []string{"31.74"}, Enabled: true},
	{Name: "dewi", Role: desk.RoleBranch, Scope: []string{"32.73", "31.71"}, Enabled: true},
	{Name: "hana", Role: desk.RoleAdmin, Enabled: true},
	{Name: "joko", Role: desk.RoleAdmin, Scope: []string{"73"}, Enabled: true},
	{Name: "sari", Role: desk.RoleDinsos, Scope: []string{"31.74"}, Enabled: true},
	{Name: "yusuf", Role: desk.RoleBPJS, Enabled: true},
}

func newWorld(dir string, o store.Options, choose func(string, int) int) (*world, error) {
	w := &world{
		choose: choose, dir: dir, options: o, cal: o.Calendar, now: noon, tickets: map[string]*mirrored{},
		contacts: map[string]int64{}, officers: slices.Clone(staff), seen: map[string]int{},
	}
	if err := w.open(); err != nil {
		return nil, err
	}
	for _, officer := range w.officers {
		if err := w.db.AddOfficer(context.Background(), officer); err != nil {
			return nil, errors.Join(err, w.db.Close())
		}
	}
	return w, nil
}

func (w *world) open() (err error) {
	w.db, err = store.Open(context.Background(), w.dir, w.options)
	return err
}

// step does something at random.
func (w *world) step() error {
	w.now = w.now.Add(time.Duration(w.choose("minutes", 20)) * time.Minute)
	switch w.choose("step", 24) {
	case 0:
		if err := w.db.Close(); err != nil {
			return err
		}
		return w.open()
	case 1, 2:
		if len(w.refs) < 6 {
			return w.opens()
		}
	case 3:
		return w.changesOfficer()
	case 4, 5, 6, 7:
		return w.waits()
	case 8:
		if w.choose("erase", 4) == 0 {
			return w.erases()
		}
	}
	if len(w.refs) == 0 {
		return w.opens()
	}
	ref := w.refs[max(0, len(w.refs)-1-w.choose("ticket", 4))]
	if w.choose("who", 3) == 0 {
		return w.memberActs(ref)
	}
	return w.officerActs(ref)
}

// says is a message of a member's, and whether the answer is ok.
func (w *world) says(phone, text string) (ok bool, err error) {
	w.messages++
	in := from(phone, fmt.Sprint("m", w.messages), "ask "+text)
	in.At = w.now
	rec := <-w.db.Submit(in)
	if rec.Err != nil || rec.Failed || len(rec.Outbound) != 1 {
		return false, fmt.Errorf("the member's %q: %+v", text, rec)
	}
	return strings.Contains(rec.Outbound[0].Text, "ok:true"), nil
}

var (
	phones  = []string{siti, budi}
	numbers = []string{herCard, hisCard, "3174015708900002"}
)

func (w *world) opens() error {
	place := places[w.choose("place", len(places))]
	who := w.choose("contact", len(phones))
	number := numbers[w.choose("number", len(numbers))]
	if _, err := w.says(phones[who], "ticket.open service=layanan nama=Siti nomor="+number+" kabupaten="+place); err != nil {
		return err
	}
	ref := desk.NewRef(int64(len(w.refs) + 1))
	stored, err := w.db.Ticket(context.Background(), ref)
	if err != nil {
		return err
	}
	zone, err := worktime.Zone(zones[place])
	if err != nil {
		return err
	}
	m := &mirrored{cal: w.cal.In(zone), timers: map[string]time.Time{}}
	w.tickets[ref], w.refs, w.contacts[phones[who]] = m, append(w.refs, ref), stored.Contact
	m.keep(w, desk.OpenTicket(service, desk.Ticket{
		Ref: ref, Line: "pandawa", Contact: stored.Contact, Values: map[string]string{"nama": "Siti", "nomor": number, "kabupaten": place},
	}, w.now, m.cal))
	if err := m.assign(w); err != nil {
		return err
	}
	return w.check(ref)
}

// keep takes a change over.
func (m *mirrored) keep(w *world, c desk.Change) {
	m.Ticket = c.Ticket
	for _, a := range c.Activities {
		m.history = append(m.history, a.Who+" "+a.What+" "+a.Officer)
		w.seen[a.What]++
	}
	for _, timer := range c.Timers {
		m.timers[timer.Name] = timer.At
		if timer.At.IsZero() {
			delete(m.timers, timer.Name)
		}
	}
}

// pick chooses whose a ticket becomes, counting what everybody has.
func (w *world) pick(t desk.Ticket, not string) (string, bool) {
	load := map[string]int{}
	for _, other := range w.tickets {
		if !other.Status.Final() {
			load[other.Officer]++
		}
	}
	return desk.Pick(w.officers, load, t, service, not)
}

var nobodyInPerson = desk.Actor{Name: desk.NameSystem, System: true}

func (m *mirrored) assign(w *world) error {
	if m.Officer != "" || m.Status.Final() {
		return nil
	}
	to, ok := w.pick(m.Ticket, "")
	if !ok {
		return nil
	}
	c, err := desk.Decide(service, m.Ticket, desk.Action{Name: desk.ActionAssign, To: to}, nobodyInPerson, w.now, m.cal)
	if err != nil {
		return err
	}
	m.keep(w, c)
	return nil
}

// decide does to the mirror what an action does, or says why not.
func (m *mirrored) decide(w *world, a desk.Action, who desk.Actor) (desk.Change, error) {
	before := m.Ticket
	if (a.Name == desk.ActionPass || a.Name == desk.ActionAssign) && !who.System && desk.May(service, before, a.Name, who) == nil {
		i := slices.IndexFunc(w.officers, func(o desk.Officer) bool { return o.Name == a.To })
		switch {
		case a.To == "" && a.Name == desk.ActionPass:
			to, ok := w.pick(before, before.Officer)
			if a.To = to; !ok || to == who.Name {
				return desk.Change{}, store.ErrNobodySuits
			}
		case i < 0:
			return desk.Change{}, store.ErrNoOfficer
		case !w.officers[i].Suits(service, before):
			return desk.Change{}, store.ErrUnsuited
		}
	}
	c, err := desk.Decide(service, before, a, who, w.now, m.cal)
	if err == nil && m.orphan && a.Text != "" {
		err = store.ErrErased // there is nobody whose words they could be
	}
	if err == nil && m.emptied && a.Name == desk.ActionReopen {
		err = &desk.NotAllowedError{}
	}
	if err != nil {
		return c, err
	}
	m.keep(w, c)
	if m.Stage != before.Stage || before.Status.Final() {
		err = m.assign(w)
	}
	return c, err
}

// memberActs lets a member do something to a ticket of theirs, or try it with another's.
func (w *world) memberActs(ref string) error {
	m := w.tickets[ref]
	texts := []struct {
		text   string
		action desk.Action
	}{
		{"hear text=Halo", desk.Action{Name: desk.ActionHear, Text: "Halo"}},
		{"add value=p1 text=", desk.Action{Name: desk.ActionAdd, Field: m.free(), Sets: map[string]string{m.free(): "p1"}}},
		{"answer field=nama value=Sita", desk.Action{Name: desk.ActionAnswer, Field: "nama", Sets: map[string]string{"nama": "Sita"}}},
		{"decide decision=choose", desk.Action{Name: "choose"}},
		{"decide decision=choose", desk.Action{Name: "choose"}},
		{"decide decision=approve", desk.Action{Name: "approve"}},
		{"rate rating=4 text=", desk.Action{Name: desk.ActionRate, Sets: map[string]string{desk.SetRating: "4"}}},
		{"reopen text=Belum", desk.Action{Name: desk.ActionReopen, Text: "Belum"}},
		{"cancel", desk.Action{Name: desk.ActionCancel}},
	}
	said := texts[w.choose("say", len(texts))]
	phone := phones[w.choose("contact", len(phones))]
	own := m.Contact == w.contacts[phone]
	ok, err := w.says(phone, "ticket."+said.text+" ref="+ref)
	if err != nil {
		return err
	}
	allowed := false
	if own {
		_, err = m.decide(w, said.action, desk.Actor{Name: desk.NameMember, Member: true})
		allowed = err == nil
	}
	if ok != allowed {
		return fmt.Errorf("the member's %q of %s (own: %t): ok is %t, should be %t (%w)", said.text, ref, own, ok, allowed, cmp.Or(err, errNone))
	}
	return w.check(ref)
}

var errNone = errors.New("no reason")

// free is the name the next paper gets that nobody asked for.
func (m *mirrored) free() string {
	for n := 1; ; n++ {
		name := "tambahan"
		if n > 1 {
			name += "_" + strconv.Itoa(n)
		}
		if m.Values[name] == "" {
			return name
		}
	}
}

var officersDo = []desk.Action{
	{Name: "approve"},
	{Name: "approve"},
	{Name: "confirm"},
	{Name: "confirm"},
	{Name: "return", Text: "Kurang jelas."},
	{Name: "reject", Text: "Bukan miliknya."},
	{Name: "reject"},
	{Name: "paid"},
	{Name: "paid"},
	{Name: "take"},
	{Name: "take"},
	{Name: "release"},
	{Name: "pass"},
	{Name: "pass", To: "agus"},
	{Name: "pass", To: "joko"},
	{Name: "assign", To: "budi"},
	{Name: "assign", To: "siapa"},
	{Name: "note", Text: "Sudah."},
	{Name: "say", Text: "Sebentar."},
	{Name: "close"},
	{Name: "ask", Field: "nama", Text: "Siapa?"},
	{Name: "dance"},
}

// officerActs lets an officer, or a payment, try something.
func (w *world) officerActs(ref string) error {
	m := w.tickets[ref]
	who, a := w.something(m.Ticket)
	if w.choose("stale", 10) == 0 {
		a.Rev = m.Rev - 1
	}
	before, length := m.Ticket, len(m.history)
	_, err := w.db.Act(context.Background(), ref, a, who, w.now)
	change, refused := m.decide(w, a, who)
	switch {
	case (err == nil) != (refused == nil):
		return fmt.Errorf("%s by %s on %s: %w, should be %w", a.Name, who.Name, ref, cmp.Or(err, errNone), cmp.Or(refused, errNone))
	case refused != nil && forbidden(refused):
		m.history = append(m.history, who.Name+" "+desk.EventRefused+" "+m.Officer)
		w.seen[desk.EventRefused]++
	case refused == nil && (change.Notice != nil || before.Officer != "" && m.Officer != before.Officer):
		w.notices++
	case refused != nil && len(m.history) != length:
		return errors.New("the mirror changed by what was refused")
	}
	return errors.Join(w.check(ref), legal(before, m.Ticket, who, a))
}

// something chooses who tries what: anybody anything, or, so that tickets come to their ends too, what is allowed.
func (w *world) something(t desk.Ticket) (desk.Actor, desk.Action) {
	anybody := []desk.Actor{{Name: desk.NamePayment, System: true}}
	for _, o := range w.officers {
		anybody = append(anybody, o.Actor())
	}
	anything := officersDo
	if w.choose("sensible", 3) > 0 {
		able := slices.DeleteFunc(slices.Clone(anybody), func(who desk.Actor) bool {
			return len(desk.Possible(service, t, who)) <= 1 // a note
		})
		if len(able) > 0 {
			anybody = able
		}
	}
	who := anybody[w.choose("officer", len(anybody))]
	if w.choose("sensible", 3) > 0 {
		possible := desk.Possible(service, t, who)
		able := slices.DeleteFunc(slices.Clone(officersDo), func(a desk.Action) bool {
			return !slices.Contains(possible, a.Name) || a.Name == "close"
		})
		if len(able) > 0 {
			anything = able
		}
	}
	return who, anything[w.choose("action", len(anything))]
}

func forbidden(err error) bool {
	var foreign *desk.ForeignError
	var taken *desk.TakenError
	var second *desk.SecondError
	return errors.As(err, &foreign) || errors.As(err, &second) || errors.As(err, &taken) && !taken.Yours
}

// legal checks what was done by tables of its own, small enough to be read.
func legal(before, after desk.Ticket, who desk.Actor, a desk.Action) error {
	ways := map[string][]string{
		"periksa": {"tinjau", "ditolak"}, "tinjau": {"kelas", "periksa"}, "kelas": {"bayar"}, "bayar": {"aktif"},
	}
	if before.Stage != after.Stage && !slices.Contains(ways[before.Stage], after.Stage) {
		return fmt.Errorf("%s moved it from %s to %s", a.Name, before.Stage, after.Stage)
	}
	if before.Rev == after.Rev || who.System || a.Name == desk.ActionNote {
		return nil
	}
	roles := map[string]desk.Role{"periksa": desk.RoleBranch, "tinjau": desk.RoleBranch, "kelas": desk.RoleBranch, "bayar": desk.RoleBPJS}
	in := len(who.Scope) == 0 || slices.ContainsFunc(who.Scope, func(s string) bool {
		return s == before.Regency || strings.HasPrefix(before.Regency, s+".")
	})
	if !in || who.Role != desk.RoleAdmin && who.Role != roles[before.Stage] {
		return fmt.Errorf("%s, a %s of %v, did %s at %s in %s", who.Name, who.Role, who.Scope, a.Name, before.Stage, before.Regency)
	}
	if a.Name == "confirm" && who.Name == before.DecidedBy {
		return fmt.Errorf("%s decided twice", who.Name)
	}
	return nil
}

// changesOfficer disables an officer, takes one back, or sends one elsewhere.
func (w *world) changesOfficer() error {
	o := &w.officers[w.choose("officer", len(w.officers))]
	if w.choose("move", 3) == 0 && o.Role == desk.RoleBranch {
		o.Scope = []string{places[w.choose("place", len(places))]}
	} else {
		o.Enabled = !o.Enabled
	}
	if _, err := w.db.SetOfficer(context.Background(), *o, w.now); err != nil {
		return err
	}
	for _, ref := range w.refs {
		m := w.tickets[ref]
		if m.Officer != o.Name || m.Status.Final() || desk.May(service, m.Ticket, desk.ActionRelease, o.Actor()) == nil {
			continue
		}
		a := desk.Action{Name: desk.ActionRelease}
		if to, ok := w.pick(m.Ticket, o.Name); ok {
			a = desk.Action{Name: desk.ActionAssign, To: to}
		}
		if _, err := m.decide(w, a, nobodyInPerson); err != nil {
			return err
		}
		w.notices++
	}
	return w.checkAll()
}

// erases takes everything of a contact, who may come again as somebody new, or of somebody whom tickets are about.
func (w *world) erases() error {
	by := store.Erasing{Who: "hana", Reason: "permintaan", At: w.now}
	var doomed func(*mirrored) bool
	var err error
	var contact int64
	if w.choose("whose", 2) == 0 {
		phone := phones[w.choose("contact", len(phones))]
		contact = w.contacts[phone]
		doomed = func(m *mirrored) bool { return m.Contact == contact }
		delete(w.contacts, phone)
		_, err = w.db.EraseContact(context.Background(), phone, by)
	} else {
		number := numbers[w.choose("number", len(numbers))]
		doomed = func(m *mirrored) bool { return m.Values["nomor"] == number }
		_, err = w.db.EraseMember(context.Background(), number, by)
	}
	if err != nil && !errors.Is(err, store.ErrNoContact) && !errors.Is(err, store.ErrNoMember) {
		return err
	}
	for _, ref := range w.refs {
		if m := w.tickets[ref]; doomed(m) {
			m.orphan = m.orphan || contact != 0
			m.empty(w, by)
		}
	}
	// What was to be said to the contact is gone with them.
	if w.notices, err = w.told(); err != nil {
		return err
	}
	return w.checkAll()
}

// empty leaves of a ticket what an office has to account for.
func (m *mirrored) empty(w *world, by store.Erasing) {
	if !m.Status.Final() {
		m.Rev++
		m.Status, m.EndedAt, m.PromisedAt = desk.Cancelled, by.At, time.Time{}
		m.history = append(m.history, by.Who+" "+desk.EventCancelled+" "+m.Officer)
	}
	m.emptied, m.Asked, m.Values = true, nil, map[string]string{}
	m.history = append(m.history, by.Who+" "+store.EventErased+" "+m.Officer)
	clear(m.timers)
	w.seen[store.EventErased]++
}

// waits lets time pass, to the next timer or some hours; what is due goes off in its order.
func (w *world) waits() error {
	ref, name, at := w.next()
	to := w.now.Add(time.Duration(w.choose("hours", 30)) * time.Hour)
	if ref != "" && w.choose("patient", 3) > 0 && at.After(to) {
		to = at
	}
	for ; ref != "" && !at.After(to); ref, name, at = w.next() {
		if at.After(w.now) {
			w.now = at
		}
		if err := w.fires(ref, name, to); err != nil {
			return err
		}
	}
	w.now = to
	due, err := w.db.DueTimers(context.Background(), w.now, 1)
	if err == nil && len(due) > 0 {
		err = fmt.Errorf("%s of %s is due at %s, and should not be", due[0].Timer, due[0].Event.Ref, due[0].At)
	}
	return err
}

// next is the mirror's next timer.
func (w *world) next() (ref, name string, at time.Time) {
	for _, r := range w.refs {
		for n, t := range w.tickets[r].timers {
			if ref == "" || cmp.Or(t.Compare(at), strings.Compare(r, ref), strings.Compare(n, name)) < 0 {
				ref, name, at = r, n, t
			}
		}
	}
	return ref, name, at
}

func (w *world) fires(ref, name string, to time.Time) error {
	due, err := w.db.DueTimers(context.Background(), to, 1)
	if err != nil {
		return err
	}
	if len(due) == 0 || due[0].Event.Ref != ref || due[0].Timer != name {
		return fmt.Errorf("due is %+v, should be %s of %s", due, name, ref)
	}
	due[0].At = w.now
	rec := <-w.db.Submit(due[0])
	if rec.Err != nil || !rec.Fresh || rec.Failed {
		return fmt.Errorf("%s of %s: %+v", name, ref, rec)
	}
	m := w.tickets[ref]
	c, err := desk.Elapse(service, m.Ticket, name, w.now, m.cal)
	if err != nil {
		return err
	}
	m.keep(w, c)
	if c.Notice != nil {
		w.notices++
	}
	return w.check(ref)
}

// check compares a ticket with its mirror.
func (w *world) check(ref string) error {
	stored, err := w.db.Ticket(context.Background(), ref)
	if err != nil {
		return err
	}
	m := w.tickets[ref]
	if got, want := view(stored), view(m.Ticket); got != want {
		return fmt.Errorf("%s is stored as\n%s\nshould be\n%s", ref, got, want)
	}
	history, err := w.db.History(context.Background(), ref)
	if err != nil {
		return err
	}
	var lines []string
	for _, a := range history {
		lines = append(lines, a.Who+" "+a.What+" "+a.Officer)
	}
	if !slices.Equal(lines, m.history) {
		return fmt.Errorf("the history of %s is\n%v\nshould be\n%v", ref, lines, m.history)
	}
	return nil
}

func view(t desk.Ticket) string {
	values := make([]string, 0, len(t.Values))
	for _, k := range slices.Sorted(maps.Keys(t.Values)) {
		values = append(values, k+"="+t.Values[k])
	}
	return fmt.Sprintln(t.Rev, t.Stage, t.Status, t.Line, t.Contact, t.Regency, "officer "+t.Officer, t.Taken, "by "+t.DecidedBy,
		t.Asked, t.OpenedAt.Unix(), t.PromisedAt.Unix(), t.Overdue, t.EndedAt.Unix(), t.Rating, values)
}

// checkAll compares the whole desk.
func (w *world) checkAll() error {
	all, err := w.db.Tickets(context.Background(), store.Filter{})
	if err != nil {
		return err
	}
	if len(all) != len(w.refs) {
		return fmt.Errorf("%d tickets are stored, %d were opened", len(all), len(w.refs))
	}
	for _, ref := range w.refs {
		if err := w.check(ref); err != nil {
			return err
		}
	}
	if err := w.checkTimers(); err != nil {
		return err
	}
	told, err := w.told()
	if err != nil {
		return err
	}
	if told != w.notices {
		return fmt.Errorf("members were told %d things, should be %d", told, w.notices)
	}
	findings, err := w.db.Check(context.Background())
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("db check: %+v", findings)
	}
	return err
}

// told is how many things members are told by themselves.
func (w *world) told() (int, error) {
	unsent, err := w.db.Unsent(context.Background(), "terminal", w.now, 1<<20)
	return len(slices.DeleteFunc(unsent, func(o dialog.Outbound) bool { return o.Cause != "" })), err
}

// checkTimers compares all timers, and sees that none is missing.
func (w *world) checkTimers() error {
	due, err := w.db.DueTimers(context.Background(), w.now.AddDate(5, 0, 0), 1<<20)
	if err != nil {
		return err
	}
	stored, want := map[string]int64{}, map[string]int64{}
	for _, in := range due {
		stored[in.Event.Ref+" "+in.Timer] = in.At.Unix()
	}
	for ref, m := range w.tickets {
		for name, at := range m.timers {
			want[ref+" "+name] = at.Unix()
		}
		if at, ok := stored[ref+" promise"]; !m.PromisedAt.IsZero() && !m.Overdue && (!ok || at != m.PromisedAt.Unix()) {
			return fmt.Errorf("the promise of %s has no timer", ref)
		}
	}
	if !maps.Equal(stored, want) {
		return fmt.Errorf("timers are stored as\n%v\nshould be\n%v", stored, want)
	}
	return nil
}

// stepsPerDesk is how long a desk's story is.
const stepsPerDesk = 100

// tell plays a desk's story in a directory of its own.
func tell(o store.Options, steps int, choose func(string, int) int, spoil func(dir string) error) (seen map[string]int, err error) {
	dir, err := os.MkdirTemp("", "sapa-desk-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := newWorld(dir, o, choose)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.db.Close()) }()
	if spoil != nil {
		if err := spoil(dir); err != nil {
			return nil, err
		}
	}
	for range steps {
		if err := w.step(); err != nil {
			return w.seen, err
		}
	}
	return w.seen, w.checkAll()
}

// TestTheDeskInTheStore plays stories of desks. SAPA_DESK_STEPS gives how many steps in all; where they are many,
// TMPDIR on a disk that need not be waited for makes them fast.
func TestTheDeskInTheStore(t *testing.T) {
	steps := 800
	if long, err := strconv.Atoi(os.Getenv("SAPA_DESK_STEPS")); err == nil {
		steps = long
	}
	o := inDesk(t)
	before := flag.Lookup("rapid.checks").Value.String()
	set := func(checks string) { must(t, flag.Set("rapid.checks", checks)) }
	set(strconv.Itoa(max(1, steps/stepsPerDesk)))
	defer set(before)
	began, seen := time.Now(), map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		choose := func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }
		happened, err := tell(o, stepsPerDesk, choose, nil)
		if err != nil {
			t.Fatal(err)
		}
		for what, n := range happened {
			seen[what] += n
		}
	})
	t.Logf("%d steps in %s: %v", steps, time.Since(began).Round(time.Millisecond), seen)
	for _, what := range []string{
		desk.EventOpened, desk.EventAssigned, desk.EventTaken, desk.EventDecided, desk.EventRefused, desk.EventReleased,
		desk.EventOverdue, desk.EventReminded, desk.EventPromiseMade, desk.EventPromiseKept, desk.EventPromiseBroken,
		store.EventErased,
	} {
		if seen[what] == 0 {
			t.Errorf("no story came to %s", what)
		}
	}
}

// faults are stores that forget something, spoiled behind their backs.
var faults = map[string]string{
	"an erasure leaves answers": `CREATE TRIGGER fault BEFORE DELETE ON answers BEGIN SELECT RAISE(IGNORE); END`,
	"an erasure leaves tickets open": `CREATE TRIGGER fault BEFORE UPDATE ON tickets WHEN NEW.status = 'cancelled'
		BEGIN SELECT RAISE(IGNORE); END`,
	"subjects are not told apart": `CREATE TRIGGER fault AFTER INSERT ON subject_numbers
		BEGIN UPDATE subject_numbers SET subject = (SELECT min(subject) FROM subject_numbers); END`,
	"promises have no timer": `CREATE TRIGGER fault AFTER INSERT ON ticket_timers WHEN NEW.name = 'promise'
		BEGIN DELETE FROM ticket_timers WHERE ticket = NEW.ticket AND name = NEW.name; END`,
	"timers are not cleared": `CREATE TRIGGER fault BEFORE DELETE ON ticket_timers WHEN OLD.name = 'remind'
		BEGIN SELECT RAISE(IGNORE); END`,
	"timers are not moved": `CREATE TRIGGER fault BEFORE UPDATE OF at_ms ON ticket_timers BEGIN SELECT RAISE(IGNORE); END`,
	"changes of tickets are lost": `CREATE TRIGGER fault BEFORE UPDATE ON tickets WHEN NEW.stage = 'tinjau'
		BEGIN SELECT RAISE(IGNORE); END`,
	"tickets are doubled": `CREATE TRIGGER fault AFTER INSERT ON tickets WHEN NEW.ref NOT LIKE 'X%' BEGIN
		INSERT INTO tickets (ref, rev, service, stage, status, line, contact, branch, zone, officer, asked, sample, opened_ms)
		VALUES ('X' || NEW.ref, 1, NEW.service, NEW.stage, NEW.status, NEW.line, NEW.contact, '', '', '', '', 0, NEW.opened_ms); END`,
	"nobody takes a ticket": `CREATE TRIGGER fault AFTER UPDATE OF taken ON tickets WHEN NEW.taken = 1
		BEGIN UPDATE tickets SET taken = 0 WHERE ref = NEW.ref; END`,
	"who decided is forgotten": `CREATE TRIGGER fault AFTER UPDATE OF decided_by ON tickets WHEN NEW.decided_by <> ''
		BEGIN UPDATE tickets SET decided_by = '' WHERE ref = NEW.ref; END`,
	"the end is forgotten": `CREATE TRIGGER fault AFTER UPDATE OF ended_ms ON tickets WHEN NEW.ended_ms IS NOT NULL
		BEGIN UPDATE tickets SET ended_ms = NULL WHERE ref = NEW.ref; END`,
	"whoever had most gets more": `CREATE TRIGGER fault AFTER INSERT ON loads WHEN NEW.open = 1
		BEGIN UPDATE loads SET open = -9 WHERE officer = NEW.officer; END`,
	"loads are not counted":      `DROP TRIGGER loads_update`,
	"the disabled stay at work":  `CREATE TRIGGER fault AFTER UPDATE ON officers WHEN NEW.enabled = 0 BEGIN UPDATE officers SET enabled = 1 WHERE name = NEW.name; END`,
	"scopes are not kept":        `UPDATE officers SET scope = ''`,
	"refusals are not kept":      `CREATE TRIGGER fault BEFORE INSERT ON activity WHEN NEW.what = 'ticket.refused' BEGIN SELECT RAISE(IGNORE); END`,
	"answers are lost":           `CREATE TRIGGER fault BEFORE INSERT ON answers WHEN NEW.field = 'tambahan' BEGIN SELECT RAISE(IGNORE); END`,
	"members are not told":       `CREATE TRIGGER fault BEFORE INSERT ON outbox WHEN NEW.cause = '' BEGIN SELECT RAISE(IGNORE); END`,
	"ratings are not kept":       `CREATE TRIGGER fault AFTER UPDATE OF rating ON tickets WHEN NEW.rating > 0 BEGIN UPDATE tickets SET rating = 0 WHERE ref = NEW.ref; END`,
	"overdue is not remembered":  `CREATE TRIGGER fault AFTER UPDATE OF overdue ON tickets WHEN NEW.overdue = 1 BEGIN UPDATE tickets SET overdue = 0 WHERE ref = NEW.ref; END`,
	"what was asked is dropped":  `CREATE TRIGGER fault AFTER UPDATE OF asked ON tickets WHEN NEW.asked <> '' BEGIN UPDATE tickets SET asked = '' WHERE ref = NEW.ref; END`,
	"histories lose their owner": `CREATE TRIGGER fault BEFORE INSERT ON activity WHEN NEW.what = 'ticket.assigned' BEGIN SELECT RAISE(IGNORE); END`,
}

// The property can fail: it notices what each of these stores forgets.
func TestAStoreThatForgetsIsNoticed(t *testing.T) {
	const stories = 6
	o := inDesk(t)
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(4, 2)) //nolint:gosec // the same story every time
			for range stories {
				_, err := tell(o, 2*stepsPerDesk, func(_ string, n int) int { return random.IntN(n) }, func(dir string) error {
					return behindItsBack(dir, faults[name])
				})
				if err != nil {
					t.Logf("noticed: %.200s", err)
					return
				}
			}
			t.Errorf("nothing was noticed in %d steps", stories*2*stepsPerDesk)
		})
	}
}

// behindItsBack changes a database that is open, as another process could.
func behindItsBack(dir, change string) error {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "sapa.db"))
	if err != nil {
		return err
	}
	_, err = db.Exec(change)
	return errors.Join(err, db.Close())
}
