package desk_test

import (
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sapa/dialog/desk"
)

// TestMain fixes the seed of the properties, so that a run repeats; -rapid.seed=N explores others.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// model is a ticket reduced to what decides the transitions.
type model struct {
	stage   string
	final   desk.Status // "": not final
	asked   bool        // for "ktp"
	officer string
}

// ways are the decisions of the reactivation: who makes them where, and where they lead.
var ways = map[string]struct {
	from, to string
	member   bool
}{
	"approve": {"verifikasi", "kelas", false},
	"reject":  {"verifikasi", "ditolak", false},
	"choose":  {"kelas", "bayar", true},
	"reopen":  {"kelas", "verifikasi", false},
	"paid":    {"bayar", "aktif", false},
}

// own is the status of a stage while the member is asked for nothing else.
var own = map[string]desk.Status{
	"verifikasi": desk.Open, "kelas": desk.WaitingMember, "bayar": desk.WaitingPayment,
	"aktif": desk.Approved, "ditolak": desk.Rejected,
}

func (m model) status() desk.Status {
	switch {
	case m.final != "":
		return m.final
	case m.asked:
		return desk.WaitingMember
	}
	return own[m.stage]
}

// may reports whether the model allows the action, given with everything it needs.
func (m model) may(name string, who desk.Actor) bool {
	if name == "note" {
		return !who.Member
	}
	if m.final != "" {
		return false
	}
	free := m.officer == "" || m.officer == who.Name
	if w, ok := ways[name]; ok {
		return w.from == m.stage && w.member == who.Member && (who.Member || free)
	}
	switch name {
	case "take":
		return !who.Member && m.officer == ""
	case "release":
		return !who.Member && m.officer == who.Name
	case "say", "ask", "close":
		return !who.Member && free
	case "answer":
		return who.Member && m.asked
	case "cancel":
		return who.Member
	}
	return false
}

// after gives the model after a permitted action.
func (m model) after(name string, who desk.Actor) model {
	if w, ok := ways[name]; ok {
		m.stage = w.to
		m.asked = m.asked && who.Member
		if own[w.to].Final() {
			m.final = own[w.to]
		}
	}
	switch name {
	case "take":
		m.officer = who.Name
	case "release":
		m.officer = ""
	case "ask":
		m.asked = true
	case "answer":
		m.asked = false
	case "close":
		m.final = desk.Closed
	case "cancel":
		m.final = desk.Cancelled
	}
	m.asked = m.asked && m.final == ""
	return m
}

func anyAction(t *rapid.T) (a desk.Action, whole bool) {
	names := append(slices.Sorted(maps.Keys(good)), "dance", "")
	name := rapid.SampledFrom(names).Draw(t, "action")
	a = good[name]
	a.Name = name
	switch rapid.IntRange(0, 9).Draw(t, "flaw") {
	case 0:
		a.Sets = map[string]string{"zebra": "1"} // no action takes it
		return a, false
	case 1:
		needs := a.Text != "" || len(a.Sets) > 0
		a.Text, a.Sets = "", nil
		return a, !needs
	}
	return a, true
}

func TestOnlyLegalTransitions(t *testing.T) {
	p, cal := reactivation(), wib(t)
	rapid.Check(t, func(t *rapid.T) {
		now := monday
		change := desk.OpenTicket(p, ref, "pandawa", 41, "", map[string]string{"ktp": "document:1"}, now, cal)
		log, m := change.Activities, model{stage: "verifikasi"}
		t.Repeat(map[string]func(*rapid.T){
			"act": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(t, "minutes")) * time.Minute)
				who := rapid.SampledFrom([]desk.Actor{siti, budi, member}).Draw(t, "who")
				a, whole := anyAction(t)
				seen := rapid.Int64Range(-1, 1).Draw(t, "revision seen")
				if seen != 0 {
					a.Rev = change.Ticket.Rev + min(seen, 0)
				}
				stale := a.Rev != 0 && seen < 0
				before := change.Ticket
				before.Values = maps.Clone(before.Values)

				got, err := desk.Decide(p, change.Ticket, a, who, now, cal)
				if !reflect.DeepEqual(change.Ticket, before) {
					t.Fatalf("the given ticket was changed")
				}
				if legal := m.may(a.Name, who) && whole && !stale; legal != (err == nil) {
					t.Fatalf("%s by %s at %+v: legal is %t, but %v", a.Name, who.Name, m, legal, err)
				}
				if err != nil {
					return
				}
				m = m.after(a.Name, who)
				if got.Ticket.Rev != before.Rev+1 {
					t.Fatalf("revision %d after %d", got.Ticket.Rev, before.Rev)
				}
				if before.Status.Final() && (got.Ticket.Status != before.Status || got.Ticket.Stage != before.Stage) {
					t.Fatalf("a final ticket went from %s to %s", before.Status, got.Ticket.Status)
				}
				if a := got.Activities; len(a) != 1 || !a[0].At.Equal(now) || a[0].Who != who.Name {
					t.Fatalf("recorded %+v", a)
				}
				change, log = got, append(log, got.Activities...)
			},
			"": func(t *rapid.T) { // what holds after every step
				ticket := change.Ticket
				if ticket.Stage != m.stage || ticket.Status != m.status() || ticket.Officer != m.officer || (ticket.Asked != "") != m.asked {
					t.Fatalf("the ticket is %+v, the model %+v", ticket, m)
				}
				if int64(len(log)) != ticket.Rev {
					t.Fatalf("%d activities for %d changes", len(log), ticket.Rev)
				}
				last := log[len(log)-1]
				if last.Stage != ticket.Stage || last.Who == "" || last.What == "" {
					t.Fatalf("recorded %+v of %+v", last, ticket)
				}
				stage, _ := p.Stage(ticket.Stage)
				promised := stage.Promise > 0 && (ticket.Status == desk.Open || ticket.Status == desk.WaitingPayment)
				if promised == ticket.PromisedAt.IsZero() {
					t.Fatalf("%s at %s is promised for %s", ticket.Status, ticket.Stage, ticket.PromisedAt)
				}
				if ticket.Ref != ref || ticket.Contact != 41 || !ticket.OpenedAt.Equal(monday) {
					t.Fatalf("it is another ticket: %+v", ticket)
				}
			},
		})
	})
}
