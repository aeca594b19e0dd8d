package bot_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sapa/bot"
	"sapa/bot/bottest"
)

// barrier is a gate that a test opens and shuts.
type barrier struct {
	up      bool
	changed chan struct{}
}

func (b *barrier) phone(sending func(bot.Outbound) error) *bottest.Phone {
	return &bottest.Phone{
		Sending: sending,
		Opening: func(bot.Outbound) (bool, time.Duration, <-chan struct{}) { return b.up, 0, b.changed },
	}
}

// lift is called while all else stands still.
func (b *barrier) lift() {
	b.up = true
	close(b.changed)
}

func TestAtAShutGateRepliesWaitAndOnlyTheLastQuestionIsAsked(t *testing.T) {
	t.Parallel()
	gate := &barrier{}
	inBubble(t, gate.phone(nil), func(t *testing.T, h *house) {
		gate.changed = make(chan struct{})
		h.handle(h.message(siti, "m1", "first question"))
		h.handle(h.message(siti, "m2", "keep a number"))
		h.handle(h.message(siti, "m3", "last question"))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		h.shows(siti)
		gate.lift()
		h.quiet()
		h.shows(siti, "a number", "last question")
	})
}

func TestALineThatIsDownCostsNoTries(t *testing.T) {
	t.Parallel()
	down := 100
	p := &bottest.Phone{
		Sending: func(bot.Outbound) error {
			if down--; down >= 0 {
				return bot.ErrDown
			}
			return nil
		},
		Opening: func(out bot.Outbound) (bool, time.Duration, <-chan struct{}) {
			if out.Tries != 0 {
				t.Errorf("%d tries are counted", out.Tries)
			}
			return true, 0, nil
		},
	}
	inBubble(t, p, func(t *testing.T, h *house) {
		h.handle(h.message(siti, "m1", "halo"))
		h.quiet()
		h.shows(siti, "halo")
	})
}

func TestAGateSetsThePace(t *testing.T) {
	t.Parallel()
	var last time.Time
	p := &bottest.Phone{Opening: func(bot.Outbound) (bool, time.Duration, <-chan struct{}) {
		if wait := time.Minute - time.Since(last); wait > 0 {
			return false, wait, nil
		}
		last = time.Now()
		return true, 0, nil
	}}
	inBubble(t, p, func(t *testing.T, h *house) {
		start := time.Now()
		for _, id := range []string{"m1", "m2", "m3"} {
			h.handle(h.message(siti, id, "keep "+id))
		}
		h.quiet()
		h.shows(siti, "m1", "m2", "m3")
		if took := time.Since(start); took < 2*time.Minute || took > 3*time.Minute {
			t.Errorf("three replies took %s, one a minute", took)
		}
	})
}
