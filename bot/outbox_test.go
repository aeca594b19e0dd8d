package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sapa/bot"
	"sapa/bot/bottest"
	"sapa/store"
)

func TestRepliesKeepTheirOrderPerContactSideBySide(t *testing.T) {
	t.Parallel()
	const contacts, messages = 8, 25
	var now, most atomic.Int64
	p := &bottest.Phone{Sending: func(bot.Outbound) error {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(time.Second)
		now.Add(-1)
		return nil
	}}
	inBubble(t, p, func(t *testing.T, h *house) {
		for m := range messages {
			for c := range contacts {
				h.Submit(h.message(fmt.Sprintf("62812000000%d", c), fmt.Sprint("m", m), fmt.Sprint("keep ", m)))
			}
		}
		h.quiet()
		var want []string
		for m := range messages {
			want = append(want, fmt.Sprint(m))
		}
		for c := range contacts {
			h.shows(fmt.Sprintf("62812000000%d", c), want...)
		}
		if most.Load() != contacts {
			t.Errorf("at most %d replies were on their way at once, want one for each of %d contacts", most.Load(), contacts)
		}
	})
}

func TestNoMoreRepliesAreOnTheirWayThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int64
	p := &bottest.Phone{Sending: func(bot.Outbound) error {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(time.Second)
		now.Add(-1)
		return nil
	}}
	inBubble(t, p, func(t *testing.T, h *house) {
		for c := range 40 {
			h.Submit(h.message(fmt.Sprintf("6281200000%02d", c), "m1", "halo"))
		}
		h.quiet()
		if most.Load() != 16 {
			t.Errorf("%d replies were on their way at once, want 16", most.Load())
		}
	})
}

func TestAFailedReplyIsTriedAgainLaterAndLaterAndHoldsBackOnlyItsContact(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var tries []time.Time
	p := &bottest.Phone{Sending: func(out bot.Outbound) error {
		if out.Text != "first" {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if tries = append(tries, time.Now()); len(tries) <= 5 {
			return errors.New("no network")
		}
		return nil
	}}
	inBubble(t, p, func(t *testing.T, h *house) {
		h.handle(h.message(siti, "m1", "keep first"))
		h.handle(h.message(siti, "m2", "keep second"))
		h.handle(h.message(budi, "m1", "keep other"))
		synctest.Wait()
		h.shows(budi, "other")
		h.shows(siti)
		h.quiet()
		h.shows(siti, "first", "second")
		for i := 2; i < len(tries); i++ {
			before, after := tries[i-1].Sub(tries[i-2]), tries[i].Sub(tries[i-1])
			if after < before*5/4 {
				t.Errorf("wait %d is %v after one of %v", i, after, before)
			}
		}
		if left := waiting(t, h); len(left) > 0 {
			t.Errorf("still unsent: %v", left)
		}
	})
}

// waiting gives what the store still holds as unsent once the bot has marked what it sent.
func waiting(t *testing.T, h *house) (texts []string) {
	t.Helper()
	time.Sleep(time.Second)
	rows, err := h.db.Unsent(t.Context(), phone, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		texts = append(texts, row.Text)
	}
	return texts
}

func TestWhatCannotBeDeliveredIsKeptAndReportedAndLetsTheNextPass(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		tries int64
	}{
		"permanent":    {&bot.PermanentError{Err: errors.New("not on WhatsApp")}, 1},
		"never works":  {errors.New("no network"), 12},
		"always broke": {nil, 12}, // panics
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tries atomic.Int64
			p := &bottest.Phone{Sending: func(out bot.Outbound) error {
				if out.Text != "first" {
					return nil
				}
				tries.Add(1)
				if test.err == nil {
					panic("a transport's mistake")
				}
				return test.err
			}}
			inBubble(t, p, func(t *testing.T, h *house) {
				h.handle(h.message(siti, "m1", "keep first"))
				h.handle(h.message(siti, "m2", "keep second"))
				h.quiet()
				h.shows(siti, "second")
				if tries.Load() != test.tries {
					t.Errorf("%d tries, want %d", tries.Load(), test.tries)
				}
				queues, err := h.db.Queues(t.Context())
				if err != nil || len(queues) != 1 || queues[0].Dead != 1 {
					t.Errorf("queues: %+v, %v; want one dead letter", queues, err)
				}
				if log := h.log.String(); strings.Count(log, "outbound.dead") != 1 || strings.Contains(log, siti) {
					t.Errorf("the log should report the dead letter once, without the address:\n%s", log)
				}
			})
		})
	}
}

func TestAPromptThatWaitsIsSupersededAKeepIsNot(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	p := &bottest.Phone{Sending: func(out bot.Outbound) error {
		if out.Text == "first" {
			<-gate
		}
		return nil
	}}
	h := open(t, t.TempDir(), p)
	defer h.leave()
	for i, text := range []string{"first", "second", "keep third", "fourth"} {
		h.handle(h.message(siti, fmt.Sprint("m", i), text))
	}
	close(gate)
	h.quiet()
	h.shows(siti, "first", "third", "fourth")
}

func TestAStartSendsFirstWhatTheRunBeforeCouldNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := open(t, dir, &bottest.Phone{Sending: func(bot.Outbound) error { return errors.New("no network") }})
		for m := range 5 {
			h.handle(h.message(siti, fmt.Sprint("m", m), fmt.Sprint("keep ", m)))
		}
		time.Sleep(time.Minute)
		h.leave()

		h = open(t, dir, &bottest.Phone{})
		h.handle(h.message(siti, "m5", "keep 5"))
		h.quiet()
		h.shows(siti, "0", "1", "2", "3", "4", "5")
		h.leave()
	})
}

func TestASendUnderWayAtTheStopIsFinishedAndMarked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		p := &bottest.Phone{Sending: func(out bot.Outbound) error {
			time.Sleep(2 * time.Second)
			sent = append(sent, out.Text)
			return nil
		}}
		h := open(t, dir, p)
		h.handle(h.message(siti, "m1", "keep first"))
		h.handle(h.message(siti, "m2", "keep second"))
		synctest.Wait()
		h.leave()
		h.shows(siti, "first")

		h = open(t, dir, p)
		h.quiet()
		h.leave()
		if want := []string{"first", "second"}; !slices.Equal(sent, want) {
			t.Errorf("sent %q, want %q", sent, want)
		}
	})
}

func TestWhoIsErasedMeanwhileIsSentNothing(t *testing.T) {
	t.Parallel()
	var offline atomic.Bool
	offline.Store(true)
	p := &bottest.Phone{Sending: func(bot.Outbound) error {
		if offline.Load() {
			return errors.New("no network")
		}
		return nil
	}}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := open(t, dir, p)
		defer h.leave()
		h.handle(h.message(siti, "m1", "keep rahasia"))
		h.handle(h.message(siti, "m2", "keep rahasia lagi"))
		h.handle(h.message(budi, "m1", "keep halo"))
		synctest.Wait()
		other, err := store.Open(t.Context(), dir, store.Options{Engine: bottest.Parrot{}})
		if err != nil {
			t.Fatal(err)
		}
		by := store.Erasing{Who: "operator", Reason: "asked", At: time.Now()}
		if _, err := other.EraseContact(t.Context(), siti, by); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond) // it is noticed
		offline.Store(false)
		h.quiet()
		h.shows(siti)
		h.shows(budi, "halo")
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// slowReading is a store whose reading of the outbox takes until the test lets it go on.
type slowReading struct {
	*store.DB
	slow    bool
	begun   chan struct{} // what was read is as of now
	release chan struct{}
}

func (s *slowReading) Unsent(ctx context.Context, transport string, now time.Time, limit int) ([]bot.Outbound, error) {
	rows, err := s.DB.Unsent(ctx, transport, now, limit)
	if s.slow {
		close(s.begun)
		<-s.release
	}
	return rows, err
}

func slowly(t *testing.T, p *bottest.Phone, test func(*testing.T, *house, *slowReading)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &slowReading{begun: make(chan struct{}), release: make(chan struct{})}
		h := openOn(t, dir, p, func(db *store.DB) bot.Store {
			s.DB = db
			return s
		})
		defer func() { h.leave() }()
		s.slow = true
		test(t, h, s)
	})
}

func TestWhatIsCommittedDuringAReadingComesAfterWhatWasRead(t *testing.T) {
	t.Parallel()
	slowly(t, &bottest.Phone{}, func(t *testing.T, h *house, s *slowReading) {
		other, err := store.Open(t.Context(), h.dir, store.Options{Engine: bottest.Parrot{}})
		if err != nil {
			t.Fatal(err)
		}
		if r := <-other.Submit(h.message(siti, "m1", "keep first")); r.Err != nil {
			t.Fatal(r.Err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		<-s.begun // noticed
		h.handle(h.message(siti, "m2", "keep second"))
		synctest.Wait()
		h.shows(siti)
		s.slow = false
		close(s.release)
		h.quiet()
		h.shows(siti, "first", "second")
	})
}

func TestWhatIsSentDuringAReadingIsNotSentAgain(t *testing.T) {
	t.Parallel()
	sent := 0
	p := &bottest.Phone{Sending: func(bot.Outbound) error {
		time.Sleep(time.Minute)
		sent++
		return nil
	}}
	slowly(t, p, func(t *testing.T, h *house, s *slowReading) {
		h.handle(h.message(siti, "m1", "halo"))
		read := make(chan error, 1)
		go func() { read <- h.ReadOutboxes(t.Context()) }()
		<-s.begun
		time.Sleep(2 * time.Minute) // sent and marked
		s.slow = false
		close(s.release)
		if err := <-read; err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Minute)
		if sent != 1 {
			t.Errorf("sent %d times", sent)
		}
	})
}

// A transport that sees one ID twice shows it once; the bot should not rely on that while it runs.
func TestNoReplyIsSentTwiceWhileOtherProcessesWrite(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	sent := map[string]int{}
	p := &bottest.Phone{Sending: func(out bot.Outbound) error {
		mu.Lock()
		defer mu.Unlock()
		sent[out.ID]++
		return nil
	}}
	h := open(t, t.TempDir(), p)
	defer h.leave()
	var reading sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	reading.Go(func() {
		for ctx.Err() == nil {
			_ = h.ReadOutboxes(context.Background())
		}
	})
	for m := range 300 {
		h.Submit(h.message(fmt.Sprintf("62812000000%d", m%7), fmt.Sprint("m", m), fmt.Sprint("keep ", m)))
	}
	h.quiet()
	stop()
	reading.Wait()
	if len(sent) != 300 {
		t.Errorf("%d replies were sent, want 300", len(sent))
	}
	for id, n := range sent {
		if n != 1 {
			t.Errorf("%s was sent %d times", id, n)
		}
	}
}
