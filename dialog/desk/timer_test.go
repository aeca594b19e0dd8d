package desk_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

// until lets time pass: each timer goes off when it is due.
func (d *desktop) until(to time.Time) *desktop {
	d.t.Helper()
	for {
		next := ""
		for name, at := range d.timers {
			if !at.After(to) && (next == "" || at.Before(d.timers[next]) || at.Equal(d.timers[next]) && name < next) {
				next = name
			}
		}
		if next == "" {
			d.now = to
			return d
		}
		d.now = d.timers[next]
		change, err := desk.Elapse(d.p, d.change.Ticket, next, d.now, d.cal)
		if err != nil {
			d.t.Fatal(err)
		}
		if d.keep(change); d.timers[next].Equal(d.now) {
			d.t.Fatalf("timer %s goes off for ever", next)
		}
	}
}

// history writes what happened and when, in the ticket's zone.
func (d *desktop) history() string {
	var b strings.Builder
	for _, a := range d.log {
		line := []string{a.At.In(d.cal.Zone()).Format("Mon 2 Jan 15.04"), a.What, a.Decision, a.Field}
		b.WriteString(strings.Join(strings.Fields(strings.Join(line, " ")), " ") + "\n")
	}
	return b.String()
}

// openedAt opens a ticket at a local time.
func openedAt(t *testing.T, zone, at string) *desktop {
	t.Helper()
	loc, err := worktime.Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	now, err := time.ParseInLocation("2006-01-02 15.04", at, loc)
	if err != nil {
		t.Fatal(err)
	}
	d := &desktop{t: t, p: reactivation(), cal: wib(t).In(loc), now: now}
	d.p.Stages[3].Follow = []desk.Follow{{After: 150 * 24 * time.Hour, Say: said("Waktunya memperbarui data."), Flow: "data"}}
	d.p.Stages[2].Remind, d.p.Stages[2].Expire = 72*time.Hour, 30*24*time.Hour
	d.keep(desk.OpenTicket(d.p, desk.Ticket{Ref: ref, Regency: "31.74", Values: map[string]string{"ktp": "document:1"}}, now, d.cal))
	return d
}

// What happens by itself when nobody does anything, across nights, weekends, Lebaran and the three zones.
func TestTimePasses(t *testing.T) {
	after := func(days int) func(*desktop) { return func(d *desktop) { d.until(d.now.AddDate(0, 0, days)) } }
	for _, c := range []struct {
		name, zone, at string
		play           func(*desktop)
		want           string
	}{
		{"the desk does nothing", "WIB", "2026-11-23 09.00", after(30), `
			Mon 23 Nov 09.00 ticket.opened
			Mon 23 Nov 09.00 promise.made
			Tue 24 Nov 09.00 ticket.overdue
			Tue 24 Nov 09.00 promise.broken
			Tue 24 Nov 13.00 ticket.escalated`},
		{"over a weekend, in the middle of the country", "WITA", "2026-11-27 14.30", after(30), `
			Fri 27 Nov 14.30 ticket.opened
			Fri 27 Nov 14.30 promise.made
			Mon 30 Nov 14.30 ticket.overdue
			Mon 30 Nov 14.30 promise.broken
			Tue 1 Dec 11.30 ticket.escalated`},
		{"over Lebaran, in the east, sent at night", "WIT", "2026-03-17 22.10", after(30), `
			Tue 17 Mar 22.10 ticket.opened
			Tue 17 Mar 22.10 promise.made
			Wed 25 Mar 15.00 ticket.overdue
			Wed 25 Mar 15.00 promise.broken
			Thu 26 Mar 12.00 ticket.escalated`},
		{"the member does not answer", "WIB", "2026-11-27 14.30", func(d *desktop) {
			d.until(d.now.Add(6*time.Hour)).does(siti, ask("ktp")).until(d.now.AddDate(0, 0, 40))
		}, `
			Fri 27 Nov 14.30 ticket.opened
			Fri 27 Nov 14.30 promise.made
			Fri 27 Nov 20.30 ticket.asked ktp
			Fri 27 Nov 20.30 promise.kept
			Sun 29 Nov 07.00 ticket.reminded remind ktp
			Sat 12 Dec 07.00 ticket.expired`},
		{"a payment is waited for as the stage says", "WIB", "2026-11-23 09.00", func(d *desktop) {
			d.does(siti, good["approve"]).until(d.now.Add(30*time.Hour)).does(member, good["choose"]).until(d.now.AddDate(0, 0, 40))
		}, `
			Mon 23 Nov 09.00 ticket.opened
			Mon 23 Nov 09.00 promise.made
			Mon 23 Nov 09.00 ticket.decided approve
			Mon 23 Nov 09.00 promise.kept
			Tue 24 Nov 09.00 ticket.reminded remind
			Tue 24 Nov 15.00 ticket.decided choose
			Tue 24 Nov 15.00 promise.made
			Thu 26 Nov 15.00 ticket.overdue
			Thu 26 Nov 15.00 promise.broken
			Fri 27 Nov 12.00 ticket.escalated
			Fri 27 Nov 15.00 ticket.reminded remind
			Thu 24 Dec 15.00 ticket.expired`},
		{"months later, in office hours", "WIT", "2026-10-19 12.00", func(d *desktop) {
			d.does(siti, good["approve"]).does(member, good["choose"]).does(payment, good["paid"]).until(d.now.AddDate(1, 0, 0))
		}, `
			Mon 19 Oct 12.00 ticket.opened
			Mon 19 Oct 12.00 promise.made
			Mon 19 Oct 12.00 ticket.decided approve
			Mon 19 Oct 12.00 promise.kept
			Mon 19 Oct 12.00 ticket.decided choose
			Mon 19 Oct 12.00 promise.made
			Mon 19 Oct 12.00 ticket.decided paid
			Mon 19 Oct 12.00 promise.kept
			Thu 18 Mar 12.00 ticket.reminded follow:0`},
		{"months later, on a day of Lebaran", "WIB", "2025-10-23 12.00", func(d *desktop) {
			d.does(siti, good["approve"]).does(member, good["choose"]).does(payment, good["paid"]).until(d.now.AddDate(1, 0, 0))
			d.log = d.log[len(d.log)-1:]
		}, `
			Wed 25 Mar 08.00 ticket.reminded follow:0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openedAt(t, c.zone, c.at)
			c.play(d)
			want := strings.ReplaceAll(strings.TrimSpace(c.want), "\t", "") + "\n"
			if got := d.history(); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if len(d.timers) > 0 {
				t.Errorf("timers are left: %v", d.timers)
			}
		})
	}
}

func whats(activities []desk.Activity) string {
	var names []string
	for _, a := range activities {
		names = append(names, a.What)
	}
	return strings.Join(names, " ")
}

// A promise is kept by what the desk does in time, broken by what it does too late, and void when the member goes.
func TestPromisesKeptAndBroken(t *testing.T) {
	due := opened(t).change.Ticket.PromisedAt
	for _, c := range []struct {
		name string
		at   time.Time
		who  desk.Actor
		a    desk.Action
		want string
	}{
		{"in time", due, siti, good["approve"], "ticket.decided promise.kept"},
		{"asking is acting", due, siti, good["ask"], "ticket.asked promise.kept"},
		{"closing is acting", due, siti, good["close"], "ticket.closed promise.kept"},
		{"too late, before the timer went off", due.Add(time.Second), siti, good["approve"], "ticket.decided promise.broken"},
		{"the member withdrew in time", due, member, good["cancel"], "ticket.cancelled"},
		{"the member withdrew too late", due.Add(time.Second), member, good["cancel"], "ticket.cancelled promise.broken"},
		{"words keep nothing", due, siti, good["say"], "ticket.said"},
		{"taking keeps nothing", due, siti, good["take"], "ticket.taken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := opened(t)
			d.now = c.at
			if got := whats(d.does(c.who, c.a).change.Activities); got != c.want {
				t.Errorf("recorded %s, want %s", got, c.want)
			}
		})
	}
	d := opened(t).until(due)
	if got := d.change.Ticket; !got.Overdue || !got.PromisedAt.Equal(due) {
		t.Errorf("overdue: %+v", got)
	}
	if got := whats(d.does(siti, good["approve"]).change.Activities); got != "ticket.decided" {
		t.Errorf("a promise was broken twice: %s", got)
	}
	if d.change.Ticket.Overdue {
		t.Error("still overdue")
	}
	if got := whats(d.does(siti, good["recheck"]).change.Activities); got != "ticket.decided promise.made" {
		t.Errorf("a new stage, a new promise: %s", got)
	}
}

// A timer that comes too late, early or of another service changes nothing but timers.
func TestTimersThatCameToNothing(t *testing.T) {
	at := func(state string) *desktop { return in(t, state) }
	for _, c := range []struct {
		name   string
		d      *desktop
		timer  string
		timers []desk.Timer
	}{
		{"a promise kept before", at("class"), desk.TimerPromise, []desk.Timer{{Name: "promise"}}},
		{"a promise that was made anew", at("open"), desk.TimerPromise, []desk.Timer{{Name: "promise", At: at("open").change.Ticket.PromisedAt}}},
		{"nothing to escalate", at("open"), desk.TimerEscalate, []desk.Timer{{Name: "escalate"}}},
		{"nobody is waited for", at("open"), desk.TimerRemind, []desk.Timer{{Name: "remind"}}},
		{"a payment is waited for without end", at("payment"), desk.TimerExpire, []desk.Timer{{Name: "expire"}}},
		{"ended", at("closed"), desk.TimerExpire, []desk.Timer{{Name: "expire"}}},
		{"nothing follows", at("approved"), "follow:0", []desk.Timer{{Name: "follow:0"}}},
		{"nothing is decided by itself", at("open"), desk.TimerAuto, []desk.Timer{{Name: "auto"}}},
		{"a timer of long ago", at("open"), "nudge", []desk.Timer{{Name: "nudge"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := c.d.change.Ticket
			change, err := desk.Elapse(c.d.p, before, c.timer, c.d.now, c.d.cal)
			if err != nil || !reflect.DeepEqual(change.Ticket, before) || change.Activities != nil || change.Notice != nil {
				t.Errorf("it changed %+v: %v", change, err)
			}
			if !reflect.DeepEqual(change.Timers, c.timers) {
				t.Errorf("timers %v, want %v", change.Timers, c.timers)
			}
		})
	}
	d := at("open")
	d.p.Service = "lain"
	if _, err := desk.Elapse(d.p, d.change.Ticket, desk.TimerPromise, d.now, d.cal); err == nil {
		t.Error("another service's pipeline took it")
	}
}

// forgetting is a pipeline of a request to be forgotten: the law gives three days, and after one the system does it.
func forgetting() *desk.Pipeline {
	return &desk.Pipeline{
		Service: "hapus",
		Stages: []desk.Stage{
			{
				Name: "menunggu", Status: desk.Open, Role: desk.RoleBranch, Within: 72 * time.Hour,
				Auto: desk.Auto{After: 24 * time.Hour, Decision: "erase"},
				Decisions: []desk.Decision{
					{Name: "erase", To: "terhapus", Say: said("Data Anda kami hapus."), Erases: true},
					{Name: "keep", To: "tetap", Reason: true, Say: said("Belum bisa: {reason}")},
				},
			},
			{Name: "terhapus", Status: desk.Approved},
			{Name: "tetap", Status: desk.Rejected},
		},
	}
}

// A request on Saturday night: nobody is there, and nobody needs to be.
func TestAStageThatDecidesByItself(t *testing.T) {
	saturday := time.Date(2026, 11, 28, 23, 30, 0, 0, monday.Location())
	request := func(t *testing.T) *desktop {
		d := &desktop{t: t, p: forgetting(), cal: wib(t), now: saturday}
		if errs := d.p.Check([]string{"id", "en"}); len(errs) > 0 {
			t.Fatal(errs)
		}
		d.keep(desk.OpenTicket(d.p, desk.Ticket{Ref: ref, Contact: 41}, d.now, d.cal))
		return d
	}
	for _, c := range []struct {
		name string
		play func(*desktop)
		want string
	}{
		{"nobody says anything", func(*desktop) {}, `
			Sat 28 Nov 23.30 ticket.opened
			Sat 28 Nov 23.30 promise.made
			Sun 29 Nov 23.30 ticket.decided erase
			Sun 29 Nov 23.30 promise.kept`},
		{"an officer took it", func(d *desktop) { d.does(siti, good["take"]) }, `
			Sat 28 Nov 23.30 ticket.opened
			Sat 28 Nov 23.30 promise.made
			Sat 28 Nov 23.30 ticket.taken
			Sun 29 Nov 23.30 ticket.decided erase
			Sun 29 Nov 23.30 promise.kept`},
		{"the member thinks better of it", func(d *desktop) { d.does(member, good["cancel"]) }, `
			Sat 28 Nov 23.30 ticket.opened
			Sat 28 Nov 23.30 promise.made
			Sat 28 Nov 23.30 ticket.cancelled`},
		{"an officer has a question", func(d *desktop) {
			d.until(d.now.Add(12*time.Hour)).does(siti, good["ask"]).until(d.now.Add(50*time.Hour)).does(member, good["answer"])
		}, `
			Sat 28 Nov 23.30 ticket.opened
			Sat 28 Nov 23.30 promise.made
			Sun 29 Nov 11.30 ticket.asked ktp
			Sun 29 Nov 11.30 promise.kept
			Mon 30 Nov 11.30 ticket.reminded remind ktp
			Tue 1 Dec 13.30 ticket.answered ktp
			Tue 1 Dec 13.30 promise.made
			Wed 2 Dec 13.30 ticket.decided erase
			Wed 2 Dec 13.30 promise.kept`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := request(t)
			c.play(d)
			d.until(d.now.AddDate(0, 0, 40))
			want := strings.ReplaceAll(strings.TrimSpace(c.want), "\t", "") + "\n"
			if got := d.history(); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if len(d.timers) > 0 {
				t.Errorf("timers are left: %v", d.timers)
			}
		})
	}
	d := request(t)
	if due := d.change.Ticket.PromisedAt; !due.Equal(saturday.Add(72 * time.Hour)) {
		t.Errorf("promised for %s", due)
	}
	d.until(saturday.Add(24 * time.Hour))
	if n, a := d.change.Notice, d.change.Activities[0]; n == nil || *n != (desk.Notice{Stage: "menunggu", Decision: "erase"}) || a.Who != desk.NameSystem {
		t.Errorf("the member hears %+v of what %s did", n, a.Who)
	}
}

// The service was down, and comes back at night: the member sleeps on.
func TestNobodyIsWrittenToAtNight(t *testing.T) {
	for _, timer := range []string{desk.TimerRemind, desk.TimerExpire} {
		d := in(t, "asked")
		night := time.Date(2026, 12, 9, 23, 30, 0, 0, d.cal.Zone())
		change, err := desk.Elapse(d.p, d.change.Ticket, timer, night, d.cal)
		if err != nil || change.Activities != nil || change.Notice != nil {
			t.Errorf("%s: %+v, %v", timer, change, err)
		}
		if want := []desk.Timer{{Name: timer, At: time.Date(2026, 12, 10, 7, 0, 0, 0, d.cal.Zone())}}; !reflect.DeepEqual(change.Timers, want) {
			t.Errorf("%s: timers %v, want %v", timer, change.Timers, want)
		}
	}
}

func TestWhatTheMemberHearsOfTime(t *testing.T) {
	d := in(t, "asked")
	d.until(d.now.Add(24 * time.Hour))
	if n := d.change.Notice; n == nil || *n != (desk.Notice{Stage: "verifikasi", Decision: "remind", Field: "ktp"}) {
		t.Errorf("reminded: %+v", n)
	}
	d.until(d.now.AddDate(0, 0, 14))
	if n := d.change.Notice; n == nil || *n != (desk.Notice{Stage: "verifikasi", Decision: "expire"}) {
		t.Errorf("expired: %+v", n)
	}
	if got := d.change.Ticket; got.Status != desk.Closed || len(got.Asked) > 0 || !got.EndedAt.Equal(d.log[len(d.log)-1].At) {
		t.Errorf("expired: %+v", got)
	}
	d.does(member, good["reopen"])
	if d.change.Ticket.Status != desk.Open {
		t.Errorf("what time closed can be reopened: %+v", d.change.Ticket)
	}
}

// A desk that opens before people are awake follows nothing up before they are.
func TestFollowUpsWaitForTheMorning(t *testing.T) {
	d := openedAt(t, "WIB", "2026-10-21 05.30")
	hours := worktime.DefaultHours()
	hours.Open = "05:00"
	cal, err := worktime.New(hours, worktime.DefaultHolidays(), d.cal.Zone())
	if err != nil {
		t.Fatal(err)
	}
	d.cal = cal
	d.p.Stages[4].Follow = []desk.Follow{{After: 24 * time.Hour, Say: said("Sudah diurus?")}}
	d.does(siti, good["reject"])
	if got, want := d.timers[desk.FollowName(0)], time.Date(2026, 10, 22, 7, 0, 0, 0, d.cal.Zone()); !got.Equal(want) {
		t.Errorf("followed up at %s, want %s", got, want)
	}
}
