package desk_test

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
)

// A stage that goes on is followed up while the ticket stands there, and no longer.
func TestFollowUpsOfAStageThatGoesOn(t *testing.T) {
	const followed = "ticket.reminded follow:0"
	waiting := func() *desktop {
		d := opened(t)
		d.p.Stages[2].Follow = []desk.Follow{{After: 48 * time.Hour, Say: said("Sudah dibayar?")}}
		return d.does(siti, good["approve"]).does(member, good["choose"])
	}
	d := waiting()
	if d.until(d.now.AddDate(0, 0, 9)); strings.Count(d.history(), followed) != 1 {
		t.Errorf("nobody paid: %s", d.history())
	}
	d = waiting().does(siti, good["paid"])
	if d.until(d.now.AddDate(0, 0, 9)); strings.Contains(d.history(), followed) {
		t.Errorf("it was paid, and followed up all the same: %s", d.history())
	}
}
