package bot

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"sapa/dialog"
)

// ErrStopped is the receipt's error of an input that came when the bot was stopping: it is not on disk.
var ErrStopped = errors.New("the bot is stopping")

// backlog is how many inputs may be on their way to disk before Submit makes its caller wait.
const backlog = 1024

// Options are the settings of a Bot. Zero values stand for the defaults named here.
type Options struct {
	// Transports by name. Rows of the outbox of other transports are left alone.
	Transports map[string]Transport
	Clock      *Clock         // the wall clock, in UTC
	Log        zerolog.Logger // logs nothing
	// Seed makes the seed of an input that has none (default: from the system's random source).
	Seed func() uint64

	// Parallel is how many replies of one line may be on their way at once (16); those to one contact go one
	// after another.
	Parallel int
	// Tries is after how many failed tries a reply becomes a dead letter (12: about four hours).
	Tries int
	// FetchTimeout is how long a document is tried before it is given up as lost (2 minutes).
	FetchTimeout time.Duration
	// Poll is how often the store is asked for what other processes wrote (200 ms).
	Poll time.Duration
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = NewClock(time.UTC)
	}
	if o.Seed == nil {
		o.Seed = randomSeed
	}
	if o.Parallel == 0 {
		o.Parallel = 16
	}
	if o.Tries == 0 {
		o.Tries = 12
	}
	if o.FetchTimeout == 0 {
		o.FetchTimeout = 2 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = 200 * time.Millisecond
	}
	return o
}

func randomSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return binary.LittleEndian.Uint64(b[:])
}

// Bot takes inputs to the store and what comes of them to where it belongs. Make one with New; it works while Run
// runs.
type Bot struct {
	store Store
	Options

	mu      sync.Mutex // held while an input is queued, so that the relay sees the store's order
	stopped bool
	pending chan queued
	// How many inputs were queued, and how many receipts the relay has handed out.
	submitted, relayed atomic.Int64

	inHand    tally
	ready     chan struct{}
	noticing  sync.Mutex
	outboxes  map[string]*outbox
	documents *documents
	timers    *timers
	ticketLog *ticketLog
}

// queued is an input on its way to disk.
type queued struct {
	in      dialog.Input
	receipt <-chan dialog.Receipt // from the store
	waiter  chan dialog.Receipt
}

// New makes a bot on a store.
func New(store Store, options Options) *Bot {
	b := &Bot{
		store:   store,
		Options: options.withDefaults(),
		pending: make(chan queued, backlog),
		ready:   make(chan struct{}),
	}
	b.outboxes = make(map[string]*outbox, len(b.Transports))
	for name, t := range b.Transports {
		b.outboxes[name] = newOutbox(b, name, t)
	}
	b.documents = newDocuments(b)
	b.timers = newTimers(b)
	b.ticketLog = newTicketLog(b)
	return b
}

// Submit queues an input and keeps call order. The receipt comes once the input is on disk with everything its turn
// asked for, or cannot be brought there (Receipt.Err). Submit waits while very many inputs are queued.
func (b *Bot) Submit(in dialog.Input) <-chan dialog.Receipt {
	waiter := make(chan dialog.Receipt, 1)
	if in.Seed == 0 {
		in.Seed = b.Seed()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		waiter <- dialog.Receipt{Err: ErrStopped}
		return waiter
	}
	b.inHand.add(1)
	b.submitted.Add(1)
	b.pending <- queued{in, b.store.Submit(in), waiter}
	return waiter
}

// Handle submits an input and waits for it: nil means that it is on disk, now or since an earlier time. If ctx ends
// first the input may or may not be on disk; it can be handed in again.
func (b *Bot) Handle(ctx context.Context, in dialog.Input) error {
	select {
	case r := <-b.Submit(in):
		return r.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ready is closed once Run has read what a former run left behind.
func (b *Bot) Ready() <-chan struct{} { return b.ready }

// Sent tells the bot which rows of a transport's outbox a Printer has written.
func (b *Bot) Sent(transport string, seqs ...int64) { b.outboxes[transport].finish(seqs...) }

// Quiet waits until nothing is in hand: every submitted input is on disk, its documents too, and every reply has been
// delivered or given up.
func (b *Bot) Quiet(ctx context.Context) error { return b.inHand.wait(ctx) }

// Notice looks at once for what other processes wrote, and reports whether there was anything. What they want said is
// with its transport when Notice returns.
func (b *Bot) Notice(ctx context.Context) (bool, error) {
	b.noticing.Lock()
	defer b.noticing.Unlock()
	// Not to be cut short: an answer nobody takes is a change nobody notices.
	changed, err := b.store.Changed(context.WithoutCancel(ctx))
	if err != nil || !changed {
		return false, err
	}
	b.timers.wake()
	b.ticketLog.wake()
	return true, b.readOutboxes(ctx)
}

func (b *Bot) readOutboxes(ctx context.Context) error {
	for name, o := range b.outboxes {
		if err := o.read(ctx); err != nil {
			return fmt.Errorf("reading the outbox of %s: %w", name, err)
		}
	}
	return nil
}

// MoveClock brings the clock to t by hand: first everything in hand is finished, then the timers due by then fire and
// what they cause is finished too. It gives ErrBackwards if t has passed.
func (b *Bot) MoveClock(ctx context.Context, t time.Time) error {
	if t.Before(b.Clock.Now()) {
		return ErrBackwards
	}
	if err := b.Quiet(ctx); err != nil {
		return err
	}
	if err := b.timers.move(ctx, t); err != nil {
		return err
	}
	return b.Quiet(ctx)
}

// NextTimer is when the next timer falls due; ok is false when there is none.
func (b *Bot) NextTimer(ctx context.Context) (at time.Time, ok bool, err error) {
	return b.store.NextTimer(ctx)
}

// Run works until ctx ends, and then finishes what is in hand: inputs come to disk, replies being sent are sent and
// marked. What was not begun stays on disk for the next run. An error means that the bot could not start.
func (b *Bot) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	relayed := make(chan struct{})
	go func() {
		defer close(relayed)
		for q := range b.pending {
			b.relay(q)
		}
	}()
	err := b.begin(ctx)
	if err == nil {
		close(b.ready)
		parts.Go(func() { b.timers.run(ctx) })
		parts.Go(func() { b.ticketLog.run(ctx) })
		parts.Go(func() { b.watch(ctx) })
		<-ctx.Done()
	}
	parts.Wait()
	b.documents.stop()
	b.refuse()
	<-relayed
	for _, o := range b.outboxes {
		o.stop()
	}
	b.ticketLog.last()
	return err
}

// begin takes up what a former run left behind.
func (b *Bot) begin(ctx context.Context) error {
	for _, o := range b.outboxes {
		o.start()
	}
	if err := b.readOutboxes(ctx); err != nil {
		return err
	}
	for name := range b.Transports {
		left, err := b.store.Fetches(ctx, name)
		if err != nil {
			return fmt.Errorf("reading the documents to fetch: %w", err)
		}
		for _, f := range left {
			b.documents.fetch(f)
		}
	}
	return nil
}

// refuse makes Submit give ErrStopped, and ends the relay after what was queued before.
func (b *Bot) refuse() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	close(b.pending)
}

// watch notices what other processes write.
func (b *Bot) watch(ctx context.Context) {
	tick := time.NewTicker(b.Poll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if _, err := b.Notice(ctx); err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("store.unreadable")
		}
	}
}

// relay hands out what a receipt carries. It alone does so, hence in commit order.
func (b *Bot) relay(q queued) {
	r := <-q.receipt
	if r.Err == nil {
		for _, o := range b.outboxes {
			o.committed(q.in, r)
		}
		if r.Fetch != nil {
			b.documents.fetch(*r.Fetch)
		}
		if r.Fresh {
			b.timers.wake()
			b.ticketLog.wake()
		}
	}
	b.relayed.Add(1)
	q.waiter <- r
	b.inHand.add(-1)
}

// While runs the bot around do: it is stopped, in order, when do returns. Do is called once the bot is ready.
func (b *Bot) While(ctx context.Context, do func(context.Context) error) error {
	// The bot outlives the end of ctx until do has finished, which may still wait for it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- b.Run(running) }()
	select {
	case err := <-ended:
		return err
	case <-b.Ready():
	}
	err := do(ctx)
	stop()
	return errors.Join(err, <-ended)
}
