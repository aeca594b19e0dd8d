package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstRetry = time.Second
	lastRetry  = time.Hour
	// grace is how long a reply that is with the transport may take to finish when the bot stops.
	grace = 10 * time.Second
)

// lanes deliver a transport's replies: one after another to a contact, side by side to different contacts.
type lanes struct {
	outbox    *outbox
	transport Transport
	gate      Gate // nil: always open

	running context.Context // ends when no further reply is to be begun
	halt    context.CancelFunc
	sending context.Context // ends when a reply being sent has had its grace
	cut     context.CancelFunc
	busy    sync.WaitGroup

	mu    sync.Mutex
	queue map[int64][]Outbound     // by contact; an entry has a goroutine that serves it
	rooms map[string]chan struct{} // by line: a place for each reply that may be on its way there
}

func newLanes(o *outbox, t Transport) *lanes {
	l := &lanes{
		outbox:    o,
		transport: t,
		queue:     make(map[int64][]Outbound),
		rooms:     make(map[string]chan struct{}),
	}
	l.gate, _ = t.(Gate)
	l.running, l.halt = context.WithCancel(context.Background())
	l.sending, l.cut = context.WithCancel(context.Background())
	return l
}

func (l *lanes) stop() {
	l.halt()
	late := time.AfterFunc(grace, l.cut)
	l.busy.Wait()
	late.Stop()
	l.cut()
}

// add queues rows, in order, each behind its contact's others.
func (l *lanes) add(rows []Outbound) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range rows {
		waiting, served := l.queue[row.Contact]
		l.queue[row.Contact] = append(waiting, row)
		if !served {
			l.busy.Go(func() { l.serve(row.Contact) })
		}
	}
}

// serve delivers a contact's replies until none is left or the bot stops.
func (l *lanes) serve(contact int64) {
	for l.running.Err() == nil {
		row, ok := l.next(contact)
		if !ok {
			return
		}
		l.deliver(row)
	}
}

func (l *lanes) next(contact int64) (Outbound, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := l.queue[contact]
	if len(waiting) == 0 {
		delete(l.queue, contact)
		return Outbound{}, false
	}
	l.queue[contact] = waiting[1:]
	return waiting[0], true
}

// deliver tries a reply until it is sent, superseded, dead, or the bot stops.
func (l *lanes) deliver(row Outbound) {
	room := l.room(row.Line)
	for l.admitted(row) {
		select {
		case room <- struct{}{}:
		case <-l.running.Done():
			return
		}
		if !l.outbox.begin(row.Seq) {
			<-room
			return
		}
		err := l.send(row)
		<-room
		switch {
		case err == nil:
			l.outbox.finish(row.Seq)
			return
		case errors.Is(err, ErrDown) && l.gate != nil:
			l.outbox.putOff(row.Seq)
			continue
		}
		row.Tries++
		if !l.failed(row, err) {
			return
		}
	}
}

// room is where a line's replies pass: one line that is slow does not hold up the others.
func (l *lanes) room(line string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rooms[line] == nil {
		l.rooms[line] = make(chan struct{}, l.outbox.bot.Parallel)
	}
	return l.rooms[line]
}

// admitted waits at the gate. It gives false when there is nothing to send any more: the reply was superseded while it
// waited, or the bot stops.
func (l *lanes) admitted(row Outbound) bool {
	for l.running.Err() == nil && l.outbox.wanted(row.Seq) {
		if l.gate == nil {
			return true
		}
		open, wait, changed := l.gate.Open(row)
		if open {
			return true
		}
		var timer *time.Timer
		var over <-chan time.Time
		if wait > 0 {
			timer = time.NewTimer(wait)
			over = timer.C
		}
		select {
		case <-over:
		case <-changed:
		case <-l.running.Done():
		}
		if timer != nil {
			timer.Stop()
		}
	}
	return false
}

// send calls the transport, whose panic costs one try and not the service.
func (l *lanes) send(row Outbound) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s panicked while sending: %T", l.outbox.transport, p)
		}
	}()
	return l.transport.Send(l.sending, row)
}

// failed records a failed try and waits for the next; false: there is none, now or ever.
func (l *lanes) failed(row Outbound, cause error) (again bool) {
	bot := l.outbox.bot
	log := bot.Log.With().Str("transport", row.Transport).Str("line", row.Line).Int64("seq", row.Seq).
		Int("tries", row.Tries).AnErr("reason", cause).Logger()
	var permanent *PermanentError
	if errors.As(cause, &permanent) || row.Tries >= bot.Tries {
		if err := bot.store.MarkFailed(context.Background(), row.Seq, cause.Error(), time.Time{}); err != nil {
			log.Error().Err(err).Msg("outbound.unmarked")
		}
		log.Error().Msg("outbound.dead")
		l.outbox.bury(row.Seq)
		return false
	}
	if l.running.Err() != nil {
		return false // cut off by the stop: no fault of the row's
	}
	retry := bot.Clock.Now().Add(backoff(row.Tries))
	if err := bot.store.MarkFailed(context.Background(), row.Seq, cause.Error(), retry); err != nil {
		log.Error().Err(err).Msg("outbound.unmarked")
	}
	log.Warn().Time("retry", retry).Msg("outbound.failed")
	l.outbox.putOff(row.Seq)
	return bot.Clock.Wait(l.running, retry, nil)
}

// backoff is how long to wait after so many failed tries: doubling from firstRetry to lastRetry, a quarter of it at
// random, so that what failed together does not come back together.
func backoff(tries int) time.Duration {
	wait := lastRetry
	if n := tries - 1; n < 20 {
		wait = min(firstRetry<<n, lastRetry)
	}
	return wait - time.Duration(rand.Int64N(int64(wait/4)+1)) //nolint:gosec // nobody gains by guessing it
}
