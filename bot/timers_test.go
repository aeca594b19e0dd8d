package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sapa/bot/bottest"
	"sapa/dialog/desk"
)

// asked opens a ticket for Siti and asks her for something: the ticket waits for her from now on.
func (h *house) asked() {
	h.t.Helper()
	h.handle(h.message(siti, "m1", "ticket"))
	h.quiet()
	ref := strings.TrimPrefix(h.phone.Shown(siti)[0], "ticket ")
	ani := desk.Actor{Name: "ani", Role: desk.RoleAdmin}
	if _, err := h.db.Act(h.t.Context(), ref, desk.Action{Name: desk.ActionAsk, Field: "ring", Text: "?"}, ani, h.clock.Now()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) last(n int) string {
	shown := h.phone.Shown(siti)
	return strings.Join(shown[max(0, len(shown)-n):], ", ")
}

// The clock is moved over weeks: what was due on the way goes off in its order and at its own time.
func TestAMovedClockFiresEachTimerAtItsOwnTime(t *testing.T) {
	t.Parallel()
	inBubble(t, &bottest.Phone{}, func(t *testing.T, h *house) { // it begins at seven in the morning, in WIB
		h.asked()
		h.handle(h.message(siti, "m2", "timer 30h"))
		if err := h.MoveClock(t.Context(), h.clock.Now().Add(20*24*time.Hour+16*time.Hour)); err != nil {
			t.Fatal(err)
		}
		// The clock now stands at night; the reminder was for the second morning.
		if got, want := h.last(3), "ticket remind: , time is up, ticket expire: "; got != want {
			t.Errorf("she sees %q at last, want %q", got, want)
		}
		h.leave()
		for _, want := range []string{`"at":"2000-01-02T00:00:00Z","message":"ticket.reminded"`, `"at":"2000-01-15T00:00:00Z","message":"ticket.expired"`} {
			if !strings.Contains(h.log.String(), want) {
				t.Errorf("the log lacks %s:\n%s", want, h.log)
			}
		}
	})
}

// What fell due while the service was down is looked at when it is up again: not in the middle of the night.
func TestWhatWasMissedGoesOffNow(t *testing.T) {
	t.Parallel()
	inBubble(t, &bottest.Phone{}, func(t *testing.T, h *house) {
		h.asked()
		h.quiet()
		h.leave()
		time.Sleep(38 * time.Hour) // the bubble's: it is nine in the evening, the reminder was for seven in the morning
		*h = *open(t, h.dir, h.phone)
		synctest.Wait()
		if got := h.last(1); strings.Contains(got, "remind") {
			t.Errorf("at night she was sent %q", got)
		}
		time.Sleep(10*time.Hour + time.Second)
		h.quiet()
		if got := h.last(1); !strings.Contains(got, "remind") {
			t.Errorf("in the morning she sees %q at last", got)
		}
	})
}
