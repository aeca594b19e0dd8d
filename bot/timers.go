package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sapa/dialog"
)

const (
	// together is how many due timers are handed in at once.
	together = 64
	// settle is how long the timers wait after being woken before they read when the next is due: under load each
	// turn moves one, and none comes due that soon.
	settle = 50 * time.Millisecond
	// stumble is the wait after the store could not be read.
	stumble = 5 * time.Second
)

// timers hand in the inputs of timers that came due, those of conversations and those of tickets. The timers themselves
// are rows of the store, set and cleared by turns and by what happens to tickets.
type timers struct {
	bot    *Bot
	poke   chan struct{}
	firing sync.Mutex
}

func newTimers(b *Bot) *timers {
	return &timers{bot: b, poke: make(chan struct{}, 1)}
}

// wake says that the next timer may be another than before.
func (t *timers) wake() { wake(t.poke) }

func wake(poke chan struct{}) {
	select {
	case poke <- struct{}{}:
	default:
	}
}

func (t *timers) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := t.fire(ctx); err != nil {
			if ctx.Err() == nil {
				t.bot.Log.Error().Err(err).Msg("timers.failed")
			}
			sleep(ctx, stumble)
			continue
		}
		t.await(ctx)
	}
}

// await returns when a timer is due, or may be.
func (t *timers) await(ctx context.Context) {
	at, ok, err := t.bot.store.NextTimer(ctx)
	switch {
	case err != nil:
		return // fire meets the same error and reports it
	case !ok:
		select {
		case <-t.poke:
			sleep(ctx, settle)
		case <-ctx.Done():
		}
	case !t.bot.Clock.Wait(ctx, at, t.poke):
		sleep(ctx, settle)
	}
}

// fire hands in every timer that is due, those included that the first ones set, and returns when they are on disk.
func (t *timers) fire(ctx context.Context) error {
	t.firing.Lock()
	defer t.firing.Unlock()
	return t.fireFrom(ctx, t.bot.Clock.Now())
}

// move brings the clock to a time and fires what is due by then, each at its own time.
func (t *timers) move(ctx context.Context, to time.Time) error {
	t.firing.Lock()
	defer t.firing.Unlock()
	since := t.bot.Clock.Now()
	if err := t.bot.Clock.Set(to); err != nil {
		return err
	}
	return t.fireFrom(ctx, since)
}

// fireFrom fires what is due. What should have gone off before since, while nobody was there to see to it, goes off at
// since: a reminder for the afternoon is not to be sent at night as if it were still afternoon.
func (t *timers) fireFrom(ctx context.Context, since time.Time) error {
	var before string // the first timer of a round in which nothing was new
	for {
		due, err := t.bot.store.DueTimers(ctx, t.bot.Clock.Now(), together)
		if err != nil {
			return fmt.Errorf("reading due timers: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		fresh, err := t.handIn(due, since)
		if err != nil {
			return err
		}
		// A timer that was cleared or set anew while it was on its way is not new either, but is then gone.
		if !fresh && due[0].ID == before {
			return errors.New("timers stay due after they were handed in")
		}
		if before = ""; !fresh {
			before = due[0].ID
		}
	}
}

// handIn submits timers in their order and waits until they are on disk. Fresh tells whether any of them did something.
func (t *timers) handIn(due []dialog.Input, since time.Time) (fresh bool, err error) {
	receipts := make([]<-chan Receipt, 0, len(due))
	for _, in := range due {
		if in.At.Before(since) {
			in.At = since
		}
		receipts = append(receipts, t.bot.Submit(in))
	}
	for _, receipt := range receipts {
		r := <-receipt
		if r.Err != nil {
			return fresh, fmt.Errorf("handing in a timer: %w", r.Err)
		}
		fresh = fresh || r.Fresh
	}
	return fresh, nil
}

// sleep waits on the wall clock.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
