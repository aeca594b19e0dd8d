package bot_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sapa/bot"
)

func TestClock(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*3600)

	t.Run("runs with the wall", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c := bot.NewClock(wib)
			start := time.Now()
			due := c.Wait(t.Context(), start.Add(3*time.Hour), nil)
			if passed := time.Since(start); !due || passed != 3*time.Hour {
				t.Errorf("due %v after %v, want true after 3h", due, passed)
			}
			if c.Now().Location() != wib {
				t.Errorf("the time is told in %v", c.Now().Location())
			}
		})
	})

	t.Run("stands once moved", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c := bot.NewClock(wib)
			at := time.Now().Add(time.Hour)
			if err := c.Set(at); err != nil {
				t.Fatal(err)
			}
			time.Sleep(24 * time.Hour)
			if !c.Now().Equal(at) {
				t.Errorf("it is %v, want %v", c.Now(), at)
			}
			if err := c.Set(at); err != nil {
				t.Errorf("setting the same time: %v", err)
			}
			if err := c.Set(at.Add(-time.Second)); !errors.Is(err, bot.ErrBackwards) {
				t.Errorf("setting it back: %v", err)
			}
		})
	})

	t.Run("ends a wait when it is moved far enough", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c := bot.NewClock(wib)
			start := time.Now()
			due := make(chan bool, 1)
			go func() { due <- c.Wait(t.Context(), start.Add(time.Hour), nil) }()
			_ = c.Set(start.Add(59 * time.Minute))
			synctest.Wait()
			select {
			case <-due:
				t.Fatal("the wait ended early")
			default:
			}
			_ = c.Set(start.Add(time.Hour))
			if !<-due {
				t.Error("the wait was cut short")
			}
		})
	})

	t.Run("can be woken", func(t *testing.T) {
		t.Parallel()
		c := bot.NewClock(wib)
		wake := make(chan struct{}, 1)
		wake <- struct{}{}
		if c.Wait(t.Context(), c.Now().Add(time.Hour), wake) {
			t.Error("woken, and told it was due")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if c.Wait(ctx, c.Now().Add(time.Hour), nil) {
			t.Error("cancelled, and told it was due")
		}
	})
}
