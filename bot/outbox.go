package bot

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"sapa/dialog"
)

// gather is how long the marking of sent rows waits for more of them: many marks are one write. A crash in between
// sends those rows again under the same IDs, which shows once.
const gather = 30 * time.Millisecond

// doomsday is a time by which every row is due. Reading with it takes up rows that an earlier run had put off; those
// this run has put off are in hand already. So a contact's rows are always in hand in order, none missing between.
var doomsday = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// rowState says where a row of the outbox stands in this process.
type rowState int

const (
	rowTaken   rowState = iota + 1 // in hand, may still be superseded
	rowSending                     // with the transport
	rowSent                        // sent, and not yet marked
	rowOver                        // over in the store too, but may still come up: see spent
)

// outbox is what one transport has to deliver. Rows come from receipts as they are committed, and from the store
// where a former run or another process committed them; each is delivered once in this process.
type outbox struct {
	bot       *Bot
	transport string
	printer   Printer // nil: lanes deliver
	lanes     *lanes

	readings sync.Mutex // one reading at a time

	mu   sync.Mutex
	rows map[int64]rowState
	// While the store is being read, receipts are held back: what was read comes before them.
	reading bool
	held    []committed
	sent    []int64 // not marked yet
	spent   []spent // oldest first

	marking chan struct{}
	stopped chan struct{}
	marked  chan struct{}
}

// spent are rows that are over in the store. A reading that began before may still bring them, and so may the receipt
// of their input, where a reading was faster than the relay: they are recognised until both are past.
type spent struct {
	seqs []int64
	upTo int64 // their inputs are among the first so many that were submitted
}

// committed is an input that is on disk, and what came of it.
type committed struct {
	in      dialog.Input
	receipt dialog.Receipt
}

func newOutbox(b *Bot, name string, t Transport) *outbox {
	o := &outbox{
		bot:       b,
		transport: name,
		rows:      make(map[int64]rowState),
		marking:   make(chan struct{}, 1),
		stopped:   make(chan struct{}),
		marked:    make(chan struct{}),
	}
	if p, ok := t.(Printer); ok {
		o.printer = p
	} else {
		o.lanes = newLanes(o, t)
	}
	return o
}

func (o *outbox) start() { go o.mark() }

// stop lets the replies with the transport finish, and marks them.
func (o *outbox) stop() {
	if o.lanes != nil {
		o.lanes.stop()
	}
	close(o.stopped)
	<-o.marked
}

// committed takes up the rows of a receipt.
func (o *outbox) committed(in dialog.Input, r dialog.Receipt) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reading {
		o.bot.inHand.add(1)
		o.held = append(o.held, committed{in, r})
		return
	}
	o.forget()
	o.take(committed{in, r})
}

func (o *outbox) take(c committed) {
	for _, seq := range c.receipt.Superseded {
		if o.rows[seq] == rowTaken {
			delete(o.rows, seq)
			o.bot.inHand.add(-1)
		}
	}
	var rows []Outbound
	for _, row := range c.receipt.Outbound {
		if row.Transport == o.transport && !slices.Contains(c.receipt.Superseded, row.Seq) && o.claim(row.Seq) {
			rows = append(rows, row)
		}
	}
	switch {
	case o.printer == nil:
		o.lanes.add(rows)
	case c.in.Transport == o.transport || len(rows) > 0:
		c.receipt.Outbound = rows
		o.printer.Committed(c.in, c.receipt)
	}
}

// claim takes a row in hand, unless it is or was.
func (o *outbox) claim(seq int64) bool {
	if o.rows[seq] != 0 {
		return false
	}
	o.rows[seq] = rowTaken
	o.bot.inHand.add(1)
	return true
}

// read takes up rows that receipts did not bring: of a former run, or another process's.
func (o *outbox) read(ctx context.Context) error {
	o.readings.Lock()
	defer o.readings.Unlock()
	o.mu.Lock()
	o.reading = true
	o.mu.Unlock()

	found, err := o.bot.store.Unsent(ctx, o.transport, doomsday, math.MaxInt32)

	o.mu.Lock()
	defer o.mu.Unlock()
	o.reading = false
	if err == nil && o.printer == nil {
		o.withdraw(found)
	}
	rows := slices.DeleteFunc(found, func(row Outbound) bool { return !o.claim(row.Seq) })
	switch {
	case len(rows) == 0:
	case o.printer == nil:
		o.lanes.add(rows)
	default:
		o.printer.Waiting(rows)
	}
	for _, c := range o.held {
		o.take(c)
		o.bot.inHand.add(-1)
	}
	o.held = nil
	o.forget()
	return err
}

// withdraw drops rows in hand that the store has no more: another process erased whom they are for. What a printer has is
// as good as printed.
func (o *outbox) withdraw(found []Outbound) {
	there := make(map[int64]bool, len(found))
	for _, row := range found {
		there[row.Seq] = true
	}
	for seq, state := range o.rows {
		if state == rowTaken && !there[seq] {
			delete(o.rows, seq)
			o.bot.inHand.add(-1)
		}
	}
}

// over notes rows that are over in the store.
func (o *outbox) over(seqs ...int64) {
	for _, seq := range seqs {
		o.rows[seq] = rowOver
	}
	o.spent = append(o.spent, spent{seqs, o.bot.submitted.Load()})
	o.forget()
}

// forget drops the rows that cannot come up any more.
func (o *outbox) forget() {
	for !o.reading && len(o.spent) > 0 && o.spent[0].upTo <= o.bot.relayed.Load() {
		for _, seq := range o.spent[0].seqs {
			delete(o.rows, seq)
		}
		o.spent = o.spent[1:]
	}
}

// begin hands a row to the transport; false: it was superseded meanwhile.
func (o *outbox) begin(seq int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.rows[seq] != rowTaken {
		return false
	}
	o.rows[seq] = rowSending
	return true
}

// wanted reports whether a row in hand is still to be sent.
func (o *outbox) wanted(seq int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.rows[seq] == rowTaken
}

// putOff takes a row back after a failed try.
func (o *outbox) putOff(seq int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows[seq] = rowTaken
}

// finish notes that rows reached the transport; they are marked soon.
func (o *outbox) finish(seqs ...int64) {
	o.mu.Lock()
	for _, seq := range seqs {
		o.rows[seq] = rowSent
	}
	o.sent = append(o.sent, seqs...)
	o.mu.Unlock()
	o.bot.inHand.add(-len(seqs))
	wake(o.marking)
}

// bury ends a row that will not be tried again.
func (o *outbox) bury(seq int64) {
	o.mu.Lock()
	o.over(seq)
	o.mu.Unlock()
	o.bot.inHand.add(-1)
}

// mark records sent rows in the store, many in one write, until the outbox stops.
func (o *outbox) mark() {
	defer close(o.marked)
	pause := gather
	for {
		select {
		case <-o.marking:
			if !o.pause(pause) {
				o.markAll()
				return
			}
		case <-o.stopped:
			o.markAll()
			return
		}
		pause = gather
		if !o.markAll() {
			pause = time.Second
			wake(o.marking)
		}
	}
}

// pause waits on the wall clock: how writes are gathered has nothing to do with a clock moved by hand.
func (o *outbox) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-o.stopped:
		return false
	}
}

func (o *outbox) markAll() bool {
	o.mu.Lock()
	seqs := slices.Clone(o.sent)
	o.mu.Unlock()
	if len(seqs) == 0 {
		return true
	}
	err := o.bot.store.MarkSent(context.Background(), o.bot.Clock.Now(), seqs...)
	if err != nil {
		o.bot.Log.Error().Err(err).Str("transport", o.transport).Int("rows", len(seqs)).Msg("outbound.unmarked")
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over(seqs...)
	o.sent = o.sent[len(seqs):]
	return true
}
