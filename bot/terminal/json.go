package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"sapa/bot"
	"sapa/dialog"
)

// window is how many lines are read ahead of the one being answered. Inputs that are on their way together are
// committed together.
const window = 256

// Options are what both chats need to know.
type Options struct {
	In  io.Reader
	Out io.Writer
	// Line and From are whom one talks to and as, where a message does not say. Empty: the defaults.
	Line, From string
	// Lines are the lines there are.
	Lines []string
	// Soonest is the shortest time ahead at which a turn sets a timer (the session's idle time). Moving the clock by
	// less than this since all was quiet needs no waiting for what is in hand. 0: unknown, each move waits.
	Soonest time.Duration
	// Fixed gives why the clock may not be moved here, nil where it may be (nil: it always may). It is asked before
	// the clock is moved.
	Fixed func() error
	// Random is where the IDs of messages typed by people come from; [JSON] needs none.
	Random io.Reader
}

func (o Options) withDefaults() (Options, error) {
	if o.Fixed == nil {
		o.Fixed = func() error { return nil }
	}
	if o.Line == "" {
		o.Line = DefaultLine
	}
	if o.From == "" {
		o.From = DefaultFrom
	}
	if !slices.Contains(o.Lines, o.Line) {
		return o, fmt.Errorf("no line %q", o.Line)
	}
	from, err := Phone(o.From)
	if err != nil {
		return o, err
	}
	o.From = from
	return o, nil
}

// JSON is `sapa chat --json`: it reads messages, one JSON object a line, and writes replies and "done" lines in the
// order of the messages. It is a bot.Printer; register it as the transport Name.
//
// Each line read takes a slot. Receipts fill slots as inputs are committed, in any mixture of contacts and documents;
// the printer empties them from the first on.
type JSON struct {
	files
	Options

	mu    sync.Mutex
	slots []*slot           // oldest first
	byKey map[slotKey]*slot // the slot a reply to this message goes to
	loose []bot.Outbound    // replies that belong before every slot
	empty chan struct{}     // closed when the last slot is printed; nil while nobody waits
	ended bool              // no more lines come

	space chan struct{} // a place for each slot
	poke  chan struct{} // something to print may be there

	horizon time.Time // before this no timer can be due: see move
}

// slot is a line that was read, and what is to be printed for it.
type slot struct {
	in      dialog.Input
	lineNo  int
	receipt <-chan bot.Receipt // nil for a line that is no input, and once received
	taken   bool               // the store has it: its place among its contact's replies is fixed
	replies []bot.Outbound     // not printed yet

	answered bool // the receipt was received
	fresh    bool
	settled  bool
	err      error
}

type slotKey struct{ line, from, id string }

func (s *slot) key() slotKey { return slotKey{s.in.Line, s.in.From, s.in.ID} }

// NewJSON makes the chat. It refuses a line that is not there and a sender that is no phone number.
func NewJSON(options Options) (*JSON, error) {
	o, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	return &JSON{
		Options: o,
		byKey:   make(map[slotKey]*slot),
		space:   make(chan struct{}, window),
		poke:    make(chan struct{}, 1),
	}, nil
}

// Send is not called: a Printer writes replies itself.
func (j *JSON) Send(context.Context, bot.Outbound) error {
	return errors.New("the JSON chat prints its replies in the order of the messages")
}

// Run reads until the input ends or ctx does, and returns when all that was read is answered. The bot must be running.
func (j *JSON) Run(ctx context.Context, b *bot.Bot) error {
	printed := make(chan error, 1)
	printing, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() { printed <- j.print(printing, b) }()

	reading, hangUp := context.WithCancel(ctx)
	defer hangUp()
	answered := make(chan error, 1)
	go func() { answered <- j.read(reading, b) }()

	select {
	case err := <-printed: // the output is broken
		return err
	case err := <-answered:
		j.mu.Lock()
		j.ended = true
		j.mu.Unlock()
		j.look()
		return errors.Join(err, <-printed)
	}
}

// read takes a slot for each line and submits what the line says.
func (j *JSON) read(ctx context.Context, b *bot.Bot) error {
	select {
	case <-b.Ready():
	case <-ctx.Done():
		return nil
	}
	if err := b.Quiet(ctx); err != nil { // what a former run left is printed first
		return nil
	}
	lines := readLines(ctx, j.In)
	for {
		select {
		case l, more := <-lines:
			if !more {
				return nil
			}
			if l.err != nil {
				return fmt.Errorf("reading: %w", l.err)
			}
			if err := j.take(ctx, b, l); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// take handles one line. An error ends the chat; what is wrong with the line is printed in its place.
func (j *JSON) take(ctx context.Context, b *bot.Bot, l line) error {
	if l.waited { // another process may have acted since the line before
		changed, err := b.Notice(ctx)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("looking for what others wrote: %w", err)
		}
		if changed {
			j.horizon = time.Time{} // timers may have been set
		}
	}
	in, at, err := j.parse(l)
	if err == nil && !at.IsZero() {
		err = j.move(ctx, b, at)
	}
	if ctx.Err() != nil {
		return nil
	}
	s := &slot{in: in, lineNo: l.no, err: err}
	select {
	case j.space <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	if err == nil {
		s.in.At = b.Clock.Now()
	}
	j.add(s, b)
	return nil
}

// add appends the slot and submits its input: in this order, so that its replies find it.
func (j *JSON) add(s *slot, b *bot.Bot) {
	j.mu.Lock()
	j.slots = append(j.slots, s)
	if s.err == nil && j.byKey[s.key()] == nil {
		j.byKey[s.key()] = s
	}
	j.mu.Unlock()
	if s.err == nil {
		receipt := b.Submit(s.in)
		j.mu.Lock()
		s.receipt = receipt
		j.mu.Unlock()
	}
	j.look()
}

// move brings the clock to the time a line says. Timers due by then fire before the line, so everything read before
// must be finished, for it may set timers; but not if no timer can be due that soon.
func (j *JSON) move(ctx context.Context, b *bot.Bot, at time.Time) error {
	if at.Before(j.horizon) {
		return unmoved(b.Clock.Set(at))
	}
	if at.Before(b.Clock.Now()) {
		return unmoved(bot.ErrBackwards)
	}
	if err := j.allPrinted(ctx); err != nil {
		return err
	}
	if err := b.MoveClock(ctx, at); err != nil {
		return unmoved(err)
	}
	next, ok, err := b.NextTimer(ctx)
	if err != nil {
		return err
	}
	j.horizon = at.Add(j.Soonest)
	if ok && next.Before(j.horizon) {
		j.horizon = next
	}
	return nil
}

func unmoved(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(`"at": %w`, err)
}

// allPrinted waits until every slot is printed.
func (j *JSON) allPrinted(ctx context.Context) error {
	j.mu.Lock()
	if len(j.slots) == 0 {
		j.mu.Unlock()
		return nil
	}
	if j.empty == nil {
		j.empty = make(chan struct{})
	}
	empty := j.empty
	j.mu.Unlock()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Committed puts the replies of a receipt into the slots they belong to.
func (j *JSON) Committed(in dialog.Input, r bot.Receipt) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if s := j.byKey[slotKey{in.Line, in.From, in.ID}]; s != nil {
		s.taken = true
	}
	for _, row := range r.Outbound {
		j.place(row)
	}
	for _, id := range r.Settled {
		if s := j.byKey[slotKey{in.Line, in.From, id}]; s != nil {
			s.settled = true
		}
	}
	j.look()
}

// Waiting takes replies of a former run or another process.
func (j *JSON) Waiting(rows []bot.Outbound) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, row := range rows {
		j.place(row)
	}
	j.look()
}

// place puts a reply into the slot of the message it answers. One that answers none in hand is printed at the first
// chance that keeps its contact's replies in order: behind those of the last message that was taken before it.
func (j *JSON) place(row bot.Outbound) {
	if row.Cause != "" {
		if s := j.byKey[slotKey{row.Line, row.To, row.Cause}]; s != nil {
			s.replies = append(s.replies, row)
			return
		}
	}
	for _, s := range slices.Backward(j.slots) {
		if s.taken && s.in.From == row.To {
			s.replies = append(s.replies, row)
			return
		}
	}
	j.loose = append(j.loose, row)
}

// look tells the printer that there may be something to print.
func (j *JSON) look() {
	select {
	case j.poke <- struct{}{}:
	default:
	}
}
