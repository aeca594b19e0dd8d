package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBackwards refuses to move a clock back.
var ErrBackwards = errors.New("earlier than the clock")

// nap is how long a wait on the wall clock lasts at most before it looks again: the wall clock may be set while a
// timer, which counts elapsed time, is running.
const nap = time.Minute

// Clock is the one source of time of a process: the wall clock, until Set moves it by hand. A clock that was moved
// stands still until it is moved again, so that what is said at a given time is answered at that time.
type Clock struct {
	zone *time.Location

	mu    sync.Mutex
	moved time.Time // zero: the wall clock
	turn  chan struct{}
}

// NewClock gives the wall clock, telling its time in the given zone.
func NewClock(zone *time.Location) *Clock {
	return &Clock{zone: zone, turn: make(chan struct{})}
}

// ClockAt gives a clock that stands at t, also a time that has passed: what was recorded then can be played again.
func ClockAt(t time.Time) *Clock {
	return &Clock{zone: t.Location(), moved: t, turn: make(chan struct{})}
}

// Now is the time, in the zone of the clock or of the last Set.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.moved.IsZero() {
		return time.Now().In(c.zone)
	}
	return c.moved
}

// Set moves the clock to t, where it then stands. It gives ErrBackwards if t is before Now.
func (c *Clock) Set(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Before(c.now()) {
		return ErrBackwards
	}
	c.moved = t
	close(c.turn)
	c.turn = make(chan struct{})
	return nil
}

// Wait blocks until the clock shows t, and then gives true; it gives false if wake or ctx came first. A nil wake
// never comes.
func (c *Clock) Wait(ctx context.Context, t time.Time, wake <-chan struct{}) bool {
	for {
		c.mu.Lock()
		left, standing, turn := t.Sub(c.now()), !c.moved.IsZero(), c.turn
		c.mu.Unlock()
		if left <= 0 {
			return true
		}
		var timer *time.Timer
		var tick <-chan time.Time
		if !standing {
			timer = time.NewTimer(min(left, nap))
			tick = timer.C
		}
		woken := false
		select {
		case <-tick:
		case <-turn:
		case <-wake:
			woken = true
		case <-ctx.Done():
			woken = true
		}
		if timer != nil {
			timer.Stop()
		}
		if woken {
			return false
		}
	}
}
