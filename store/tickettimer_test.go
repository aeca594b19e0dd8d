package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/store"
)

func TestTimersOfTicketsComeInOrderWithThoseOfConversations(t *testing.T) {
	db := open(t, inDesk(t))
	ref := apply(t, db, siti, "31.74") // promised for Tuesday noon
	idle := from(budi, "m1", "remind")
	idle.At = noon.Add(23*time.Hour + 30*time.Minute) // an hour later it is idle: Tuesday half past twelve
	submit(t, db, idle)
	at, ok, err := db.NextTimer(t.Context())
	must(t, err)
	equal(t, "the promise is next", fmt.Sprint(ok, at.Equal(noon.Add(24*time.Hour))), "true true")
	due, err := db.DueTimers(t.Context(), noon.Add(48*time.Hour), 10)
	must(t, err)
	var order []string
	for _, in := range due {
		order = append(order, in.Timer+" "+in.At.In(noon.Location()).Format("Mon 15:04"))
	}
	equal(t, "order", strings.Join(order, ", "), "promise Tue 12:00, idle Tue 12:30")
	due, err = db.DueTimers(t.Context(), noon.Add(48*time.Hour), 1)
	must(t, err)
	equal(t, "as many as wanted", len(due), 1)
	first := submit(t, db, due[0])
	equal(t, "it did something", fmt.Sprint(first.Fresh, len(first.Outbound)), "true 0")
	equal(t, "once", submit(t, db, due[0]).Fresh, false)
	equal(t, "history", happened(t, db, ref, 2), "system overdue; system promise.broken")
	late, err := db.Tickets(t.Context(), store.Filter{Late: noon, OrBroken: true})
	must(t, err)
	equal(t, "overdue by a clock that is behind, too", len(late), 1)
	healthy(t, db)
}

func TestAnOverdueTicketIsEscalatedToTheAdminsOfItsPlace(t *testing.T) {
	db := open(t, inDesk(t))
	hire(t, db, "rina branch 31.74", "hana admin", "joko admin 31", "sri admin 32", "-adi admin")
	ref := apply(t, db, siti, "31.74")
	pass(t, db, noon.Add(48*time.Hour))
	history, err := db.History(t.Context(), ref)
	must(t, err)
	last := history[len(history)-1]
	// Four working hours after Tuesday noon: three that day, one on Wednesday.
	equal(t, "escalated", last.What+" "+last.Field+" "+last.At.In(noon.Location()).Format("Mon 15:04"), "ticket.escalated hana joko Wed 09:00")
	equal(t, "whose it is", last.Officer, "rina")
	must(t, does(t, db, "rina", "approve", ref, noon.Add(49*time.Hour)))
	at, ok, err := db.NextTimer(t.Context())
	must(t, err)
	equal(t, "the new stage's promise", fmt.Sprint(ok, at.In(noon.Location()).Format("Mon 15:04")), "trueThu 09:00")
	healthy(t, db)
}

func TestTheMemberIsRemindedAndThenTheTicketIsClosed(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inDesk(t), dir)
	ref := apply(t, db, siti, "31.74")
	night := noon.Add(10*time.Hour + 30*time.Minute)
	must(t, does(t, db, "ani", "ask nama", ref, night)) // from here on a day, but not at half past ten at night
	must(t, db.Close())

	db = open(t, inDesk(t), dir) // as if the service had been stopped meanwhile
	said := pass(t, db, noon.Add(20*24*time.Hour))
	equal(t, "the member hears", strings.Join(said, "\n"),
		"Wed 07:00 > notice remind \nTue 07:00 > notice expire ")
	ticket := ticketOf(t, db, ref)
	equal(t, "status", ticket.Status, desk.Closed)
	equal(t, "history", happened(t, db, ref, 4), "system reminded remindnama; system expired")
	if _, ok, err := db.NextTimer(t.Context()); ok || err != nil {
		t.Errorf("a timer outlives its ticket (%v)", err)
	}
	late := from(siti, "r", "ask ticket.reopen text=Ini ref="+ref)
	late.At = noon.Add(40 * 24 * time.Hour)
	equal(t, "reopened after a week", fact(t, submit(t, db, late), "ok"), "false")
	healthy(t, db)
}

func TestATimerThatCannotBeCarriedOutDoesNotStopTheOthers(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inDesk(t), dir)
	apply(t, db, siti, "31.74")
	must(t, db.Close())
	o := inDesk(t)
	o.Pipeline = pipeline // the service has gone from the catalogue
	db = open(t, o, dir)
	due, err := db.DueTimers(t.Context(), noon.Add(48*time.Hour), 10)
	must(t, err)
	rec := submit(t, db, due[0])
	equal(t, "failed, and nobody is written to", fmt.Sprint(rec.Failed, len(rec.Outbound)), "true 0")
	due, err = db.DueTimers(t.Context(), noon.Add(48*time.Hour), 10)
	must(t, err)
	equal(t, "it does not come again", len(due), 0)
	events, _, err := db.Events(t.Context(), -1, 1)
	must(t, err)
	equal(t, "an alert", events[0].What, "input.failed")
}
