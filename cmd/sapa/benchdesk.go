package main

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

// A desk as it is after years: of ten tickets three are open, spread over the regencies of Java, each an officer's.
const (
	benchService  = "reaktivasi"
	ticketsEach   = 4 // of one contact
	benchOfficers = 200
	benchTries    = 20 // of what is measured by its middle one
	benchRepeats  = 3  // of turns, of which the fastest counts
)

// benchRegencies are where the tickets and the officers are.
func benchRegencies() (codes []string) {
	for _, province := range []string{"31", "32", "33", "34", "35", "36"} {
		for n := 1; n < 80; n++ {
			if r, ok := jkn.RegionOf(fmt.Sprintf("%s.%02d", province, n)); ok {
				codes = append(codes, r.Code)
			}
		}
	}
	return codes
}

func benchOfficer(i int) string { return fmt.Sprintf("petugas%d", i) }

// desk measures a full desk against an empty one.
func (b *bench) desk(ctx context.Context) error {
	empty, full := filepath.Join(b.dir, "empty"), filepath.Join(b.dir, "full")
	if err := b.withDB(ctx, full, func(o *office) error { return b.fillDesk(ctx, o) }); err != nil {
		return err
	}
	err := b.withDB(ctx, full, func(o *office) error {
		if err := b.lookAtDesk(ctx, o); err != nil {
			return err
		}
		return b.workAtDesk(ctx, o)
	})
	if err != nil {
		return err
	}
	return b.turnsBeside(ctx, empty, full)
}

// fillDesk builds the desk: contacts, officers, tickets, register.
func (b *bench) fillDesk(ctx context.Context, o *office) error {
	begin := time.Now()
	greet := func(i int) dialog.Input {
		in := benchInput(benchContacts+i, 0) // the first ones are left to the turns
		in.Line = "pandawa"
		return in
	}
	if err := o.db.Populate(ctx, (b.tickets+ticketsEach-1)/ticketsEach, greet, dialog.Session{Lang: "id"}); err != nil {
		return err
	}
	regencies := benchRegencies()
	for i := range benchOfficers {
		scope := []string{regencies[i%len(regencies)]}
		if err := o.db.AddOfficer(ctx, desk.Officer{Name: benchOfficer(i), Role: desk.RoleBranch, Scope: scope, Enabled: true}); err != nil {
			return err
		}
	}
	pipeline, _ := o.catalog.Pipeline(benchService)
	ticket := func(i int) store.WorkedTicket { return worked(i, pipeline, regencies) }
	if err := o.db.PopulateTickets(ctx, b.tickets, ticket); err != nil {
		return err
	}
	b.note(fmt.Sprintf("%d tickets written", b.tickets), "", "%.1f s", time.Since(begin).Seconds())
	begin = time.Now()
	if _, err := o.db.ImportMembers(ctx, benchMembers(b.members), false, nil); err != nil {
		return err
	}
	b.note(fmt.Sprintf("%d members imported", b.members), "", "%.1f s", time.Since(begin).Seconds())
	_, err := o.db.Checkpoint(ctx)
	return err
}

// worked is the i-th ticket, one a minute, the last ones now.
func worked(i int, p *desk.Pipeline, regencies []string) store.WorkedTicket {
	place := i % len(regencies)
	opened := benchTime.Add(time.Duration(i-1_000_000) * time.Minute)
	t := desk.Ticket{
		Rev: 2, Service: p.Service, Stage: p.Stages[0].Name, Status: p.Stages[0].Status, Line: "pandawa",
		Contact: int64(i/ticketsEach + 1), Branch: "B" + regencies[place], Regency: regencies[place],
		Officer: benchOfficer(place), OpenedAt: opened,
		Values: map[string]string{"nama": "Siti Aminah", "tanggal_lahir": "1990-08-17", "kabupaten": regencies[place]},
	}
	w := store.WorkedTicket{Ticket: t}
	do := func(what string, after time.Duration) {
		w.Done = append(w.Done, desk.Activity{At: opened.Add(after), Who: t.Officer, What: what, Rev: 2, Stage: t.Stage, Officer: t.Officer})
	}
	do(desk.EventOpened, 0)
	if i%10 < 7 {
		stage := p.Stages[len(p.Stages)-1-i%2]
		w.Stage, w.Status, w.EndedAt, w.Rating = stage.Name, stage.Status, opened.Add(48*time.Hour), i%6
		do(desk.EventDecided, 5*time.Hour)
		do(desk.EventPromiseKept, 5*time.Hour)
		return w
	}
	w.PromisedAt = benchTime.AddDate(1, 0, 0) // nothing falls due while it is measured
	w.Timers = []desk.Timer{{Name: desk.TimerPromise, At: w.PromisedAt}}
	return w
}

// benchMembers are made up, like all that is measured.
func benchMembers(n int) iter.Seq[jkn.Member] {
	born := time.Date(1990, 8, 17, 0, 0, 0, 0, time.UTC)
	return func(yield func(jkn.Member) bool) {
		for i := range n {
			m := jkn.Member{
				Card: jkn.Card(fmt.Sprintf("%013d", i+1)), NIK: jkn.NIK(fmt.Sprintf("317401%06d9%03d", i/1000, i%1000)),
				KK: jkn.FamilyCard(fmt.Sprintf("317402%06d9%03d", i/1000, i%1000)), Name: "Siti Aminah", BirthDate: born,
				Segment: "PBPU", Class: 3, Status: "aktif", Regency: "31.74",
			}
			if !yield(m) {
				return
			}
		}
	}
}

// lookAtDesk measures what is read.
func (b *bench) lookAtDesk(ctx context.Context, o *office) error {
	rina := desk.Actor{Name: benchOfficer(7), Role: desk.RoleBranch, Scope: []string{benchRegencies()[7]}}
	doni := desk.Actor{Name: "doni", Role: desk.RoleDinsos} // who has no work in this service
	open := []desk.Status{desk.Open, desk.WaitingMember, desk.WaitingPayment}
	for _, l := range []struct {
		what   string
		filter store.Filter
	}{
		{"list, the first 100", store.Filter{}},
		{"list, 100 open ones", store.Filter{Statuses: open}},
		{"list, 100 overdue ones", store.Filter{Late: benchTime}}, // there is none: the longest way
		{"list, 100 of a regency's waiting for payment", store.Filter{Statuses: open[2:], Regency: rina.Scope[0]}},
		{"list, 100 of an officer's", store.Filter{Officer: rina.Name, Statuses: open}},
		{"list, 100 that an officer may see", store.Filter{For: &rina, Statuses: open}},
		{"list, of which an officer may see none", store.Filter{For: &doni}},
	} {
		l.filter.Limit = shownTickets
		took, err := middle(benchTries/4, func(int) error {
			_, err := o.db.Tickets(ctx, l.filter)
			return err
		})
		if err != nil {
			return err
		}
		b.note(l.what, "≤ 200 ms", "%.1f ms", took.Seconds()*1e3)
	}
	took, err := middle(3, func(int) error {
		_, err := o.db.Stats(ctx, store.StatsFilter{}, benchTime)
		return err
	})
	b.note("statistics", "≤ 2 s", "%.2f s", took.Seconds())
	return err
}

// workAtDesk measures what officers do.
func (b *bench) workAtDesk(ctx context.Context, o *office) error {
	open, err := o.db.Tickets(ctx, store.Filter{Statuses: []desk.Status{desk.Open}, Limit: 2 * benchTries})
	if err != nil || len(open) == 0 {
		return err
	}
	rina := desk.Actor{Name: "rina", Role: desk.RoleAdmin}
	for _, action := range []desk.Action{{Name: desk.ActionTake}, {Name: desk.ActionSay, Text: "Sebentar."}} {
		took, err := middle(min(benchTries, len(open)), func(i int) error {
			_, err := o.db.Act(ctx, open[i].Ref, action, rina, benchTime)
			return err
		})
		if err != nil {
			return err
		}
		b.note(action.Name+", on disk", "≤ 200 ms", "%.1f ms", took.Seconds()*1e3)
	}
	took, err := middle(min(benchTries, len(open)), func(i int) error {
		_, err := o.db.PlaceOf(ctx, open[len(open)-1-i])
		return err
	})
	b.note("place in the queue", "", "%.2f ms", took.Seconds()*1e3)
	return err
}

// middle does something several times and gives how long the middle one took.
func middle(times int, do func(i int) error) (time.Duration, error) {
	all := make([]time.Duration, max(1, times))
	for i := range all {
		begin := time.Now()
		if err := do(i); err != nil {
			return 0, err
		}
		all[i] = time.Since(begin)
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// turnsBeside measures turns of chats on the full desk and on an empty one, by turns, so that the machine's moods meet
// both.
func (b *bench) turnsBeside(ctx context.Context, empty, full string) error {
	dirs := map[string]string{"an empty desk": empty, "the full desk": full}
	best := map[string]time.Duration{}
	per := max(len(referenceConversation), b.turns/benchContacts/benchRepeats)
	for round := range benchRepeats {
		for name, dir := range dirs {
			err := b.withDB(ctx, dir, func(o *office) error {
				if err := submit(o.db, benchContacts, round*2*per, per); err != nil { // caches
					return err
				}
				begin := time.Now()
				if err := submit(o.db, benchContacts, (round*2+1)*per, per); err != nil {
					return err
				}
				took := time.Since(begin) / time.Duration(per*benchContacts)
				if best[name] == 0 || took < best[name] {
					best[name] = took
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"an empty desk", "the full desk"} {
		b.note("a turn beside "+name, "", "%.0f µs", best[name].Seconds()*1e6)
	}
	b.note("full : empty", "≤ 1.3", "%.2f", best["the full desk"].Seconds()/best["an empty desk"].Seconds())
	return nil
}
