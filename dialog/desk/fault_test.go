package desk_test

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

// faults are rules with one thing wrong in each.
var faults = map[string]rules{
	"scope is not looked at": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, who *desk.Actor) { who.Scope = nil }),
	"the stage's role is not looked at": acting(func(p *desk.Pipeline, t *desk.Ticket, _ *desk.Action, who *desk.Actor) {
		if s, ok := p.Stage(t.Stage); ok && who.Role != desk.RoleAdmin && who.Role != "" && s.Role != "" {
			who.Role = s.Role
		}
	}),
	"a branch may assign": acting(func(_ *desk.Pipeline, _ *desk.Ticket, a *desk.Action, who *desk.Actor) {
		if a.Name == "assign" && who.Role == desk.RoleBranch {
			who.Role = desk.RoleAdmin
		}
	}),
	"the disabled still act": acting(func(_ *desk.Pipeline, _ *desk.Ticket, _ *desk.Action, who *desk.Actor) {
		for _, c := range crew {
			if c.Name == who.Name {
				who.Role, who.Scope = c.Role, c.Scope
			}
		}
	}),
	"one person is enough": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, _ *desk.Actor) {
		if a.Name == "confirm" {
			t.DecidedBy = ""
		}
	}),
	"what a colleague took is free": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, who *desk.Actor) {
		t.Taken = t.Taken && t.Officer == who.Name
	}),
	"an assigned ticket is reserved": acting(func(_ *desk.Pipeline, t *desk.Ticket, _ *desk.Action, _ *desk.Actor) { t.Taken = t.Officer != "" }),
	"a stale revision is accepted":   acting(func(_ *desk.Pipeline, _ *desk.Ticket, a *desk.Action, _ *desk.Actor) { a.Rev = 0 }),
	"papers may be missing": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, _ *desk.Actor) {
		if a.Name == "approve" && t.Stage == "periksa" {
			t.Asked, t.Values = nil, maps.Clone(t.Values)
			t.Values["ktp"] = cmp.Or(t.Values["ktp"], "document:0")
		}
	}),
	"the member replaces a paper": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, _ *desk.Actor) {
		if a.Name == "add" {
			t.Values = maps.Clone(t.Values)
			delete(t.Values, a.Field)
		}
	}),
	"payments decide everywhere": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, who *desk.Actor) {
		if _, decision := ways[a.Name]; decision && who.System {
			*who = desk.Actor{Name: who.Name, Role: desk.RoleAdmin}
		}
	}),
	"a ticket is rated twice": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, _ *desk.Actor) {
		if a.Name == "rate" {
			t.Rating = 0
		}
	}),
	"reopened whenever": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, _ *desk.Actor) {
		if a.Name == "reopen" {
			t.EndedAt = t.EndedAt.AddDate(1, 0, 0)
		}
	}),
	"what was approved is reopened": acting(func(_ *desk.Pipeline, t *desk.Ticket, a *desk.Action, _ *desk.Actor) {
		if a.Name == "reopen" && t.Status == desk.Approved {
			t.Status = desk.Closed
		}
	}),
	"the second stage is passed over": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "approve" {
			c.Ticket.Stage = "kelas"
		}
	}),
	"a promise without a timer": leaving(func(_ desk.Ticket, _ desk.Action, c *desk.Change) {
		c.Timers = slices.DeleteFunc(c.Timers, func(t desk.Timer) bool { return t.Name == "promise" && !t.At.IsZero() })
	}),
	"timers outlive the ticket": leaving(func(_ desk.Ticket, _ desk.Action, c *desk.Change) {
		if c.Ticket.Status.Final() {
			c.Timers = nil
		}
	}),
	"reminders at night": leaving(func(_ desk.Ticket, _ desk.Action, c *desk.Change) {
		for i, timer := range c.Timers {
			if timer.Name == "remind" && !timer.At.IsZero() {
				c.Timers[i].At = timer.At.Add(14 * time.Hour)
			}
		}
	}),
	"one question drives out the other": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "ask" {
			c.Ticket.Asked = []string{a.Field}
		}
	}),
	"an answer is forgotten": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "answer" {
			delete(c.Ticket.Values, a.Field)
		}
	}),
	"a change without a revision": leaving(func(before desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "say" {
			c.Ticket.Rev = before.Rev
		}
	}),
	"a change without a history": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "take" {
			c.Activities = nil
		}
	}),
	"kept promises are not recorded": leaving(func(_ desk.Ticket, _ desk.Action, c *desk.Change) {
		c.Activities = slices.DeleteFunc(c.Activities, func(a desk.Activity) bool { return a.What == desk.EventPromiseKept })
	}),
	"the ticket goes along to the next role": leaving(func(before desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "choose" {
			c.Ticket.Officer, c.Ticket.Taken = before.Officer, before.Taken
		}
	}),
	"a refusal changes something": {elapse: desk.Elapse, decide: func(p *desk.Pipeline, t desk.Ticket, a desk.Action, who desk.Actor, now time.Time, cal *worktime.Calendar) (desk.Change, error) {
		c, err := desk.Decide(p, t, a, who, now, cal)
		if err != nil {
			c.Ticket = t
		}
		return c, err
	}},
	"overdue again and again": {decide: desk.Decide, elapse: func(p *desk.Pipeline, t desk.Ticket, timer string, now time.Time, cal *worktime.Calendar) (desk.Change, error) {
		t.Overdue = t.Overdue && timer != "promise"
		return desk.Elapse(p, t, timer, now, cal)
	}},
	"a stage decides while the member is asked": {decide: desk.Decide, elapse: func(p *desk.Pipeline, t desk.Ticket, timer string, now time.Time, cal *worktime.Calendar) (desk.Change, error) {
		if timer == "auto" {
			t.Asked = nil
		}
		return desk.Elapse(p, t, timer, now, cal)
	}},
	"a stage decides for ever": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "choose" || a.Name == "confirm" || a.Name == "ask" {
			c.Timers = slices.DeleteFunc(c.Timers, func(t desk.Timer) bool { return t.Name == "auto" && t.At.IsZero() })
		}
	}),
	"a stage waits for somebody for ever": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "answer" {
			c.Timers = slices.DeleteFunc(c.Timers, func(t desk.Timer) bool { return t.Name == "auto" })
		}
	}),
	"the law's time rests at night": leaving(func(_ desk.Ticket, a desk.Action, c *desk.Change) {
		if a.Name == "approve" {
			c.Ticket.PromisedAt = c.Ticket.PromisedAt.Add(14 * time.Hour)
		}
	}),
	"nothing is ever closed": {decide: desk.Decide, elapse: func(p *desk.Pipeline, t desk.Ticket, timer string, now time.Time, cal *worktime.Calendar) (desk.Change, error) {
		if timer == "expire" {
			return desk.Change{Ticket: t, Timers: []desk.Timer{{Name: timer}}}, nil
		}
		return desk.Elapse(p, t, timer, now, cal)
	}},
}

// acting spoils what Decide is given.
func acting(spoil func(*desk.Pipeline, *desk.Ticket, *desk.Action, *desk.Actor)) rules {
	return rules{elapse: desk.Elapse, decide: func(p *desk.Pipeline, t desk.Ticket, a desk.Action, who desk.Actor, now time.Time, cal *worktime.Calendar) (desk.Change, error) {
		spoil(p, &t, &a, &who)
		return desk.Decide(p, t, a, who, now, cal)
	}}
}

// leaving spoils what Decide gives.
func leaving(spoil func(before desk.Ticket, a desk.Action, c *desk.Change)) rules {
	return rules{elapse: desk.Elapse, decide: func(p *desk.Pipeline, t desk.Ticket, a desk.Action, who desk.Actor, now time.Time, cal *worktime.Calendar) (desk.Change, error) {
		c, err := desk.Decide(p, t, a, who, now, cal)
		if err == nil {
			spoil(t, a, &c)
		}
		return c, err
	}}
}

// played plays stories by a fixed seed until something is wrong.
func played(r rules, p *desk.Pipeline, cal *worktime.Calendar, most int) (steps int, err error) {
	random := rand.New(rand.NewPCG(4, 2)) //nolint:gosec // a fixed seed: what it finds, it finds again
	for {
		w := newWorld(r, func(_ string, n int) int { return random.IntN(n) }, p, cal)
		for range stepsPerTicket {
			if steps >= most {
				return steps, nil
			}
			steps++
			if err := w.step(); err != nil {
				return steps, err
			}
		}
	}
}

// The property can fail: it notices each of the faults.
func TestEveryFaultIsNoticed(t *testing.T) {
	const most = 200_000
	p, cal := built(), wib(t)
	for name, r := range faults {
		t.Run(name, func(t *testing.T) {
			steps, err := played(r, p, cal, most)
			if err == nil {
				t.Fatalf("nothing was noticed in %d steps", steps)
			}
			t.Logf("noticed after %d steps: %v", steps, err)
		})
	}
	if _, err := played(rules{desk.Decide, desk.Elapse}, p, cal, 10_000); err != nil {
		t.Errorf("without a fault: %v", err)
	}
}
