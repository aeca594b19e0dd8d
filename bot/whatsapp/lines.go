package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow"

	"sapa/bot"
	"sapa/dialog"
)

// Name is the transport's name in inputs and in the outbox.
const Name = "whatsapp"

// ErrOutdated ends Run: WhatsApp takes no program as old as this one any more, and no line works.
var ErrOutdated = errors.New("WhatsApp refuses this version: update whatsmeow (install a newer sapa)")

// Store is what the lines keep in our database. Package store is one.
type Store interface {
	// LineJID gives the device a line is linked to; "" none. LinkLine records it.
	LineJID(ctx context.Context, line string) (string, error)
	LinkLine(ctx context.Context, line, jid, phone string) error
	// SetLineState records how a line does, for `sapa lines`.
	SetLineState(ctx context.Context, line, state, reason string, since time.Time) error

	// Chat gives how long a chat's messages stay (0: for ever) and until when a person answers there.
	Chat(ctx context.Context, line, address string) (expires time.Duration, paused time.Time, err error)
	SetChatExpiry(ctx context.Context, line, address string, expires time.Duration) error
	PauseChat(ctx context.Context, line, address string, until time.Time) error

	// Doubt notes that somebody else may have an address now; nothing where nobody has it.
	Doubt(ctx context.Context, address, why string) error

	// Forgets gives addresses of people who were erased, Forgotten takes one off that list.
	Forgets(ctx context.Context) ([]dialog.Forget, error)
	Forgotten(ctx context.Context, id int64) error

	// Reply gives a reply of the outbox by its ID, sent or not.
	Reply(ctx context.Context, id string) (out dialog.Outbound, ok bool, err error)

	// NextLink gives a wish to link a line that a command left; 0: none. ShowLink passes on what the command is to
	// show, LinkAnswer what it got in return and whether it still waits.
	NextLink(ctx context.Context, now time.Time) (id int64, line, phone string, err error)
	ShowLink(ctx context.Context, id int64, step, detail string, until time.Time) error
	LinkAnswer(ctx context.Context, id int64, now time.Time) (answer string, waited bool, err error)

	// SealAside and OpenAside seal what stands in whatsmeow's database.
	SealAside(name string, plain []byte) ([]byte, error)
	OpenAside(name string, sealed []byte) ([]byte, error)
	// VeilAside and UnveilAside do so where it is looked up by: the same word gives the same, in lower-case
	// hexadecimal.
	VeilAside(name, word string) (string, error)
	UnveilAside(name, veiled string) (string, error)
}

// Handler takes inputs to disk; *bot.Bot is one.
type Handler interface {
	Handle(ctx context.Context, in dialog.Input) error
}

// Options are the settings of the lines. Zero values stand for the defaults named here; Dir and Store must be given.
type Options struct {
	Dir   string   // the data directory, where whatsmeow's keys are
	Lines []string // their IDs
	Store Store
	Log   zerolog.Logger
	Clock *bot.Clock // the time of inputs; the wall clock
	// Organisation is the name that members see where the number's phone has told none.
	Organisation string

	Sending Sending // to begin with; SetSending changes it
	// Late is how old a message must be when it comes for its sender to be told that we were away (15 minutes).
	Late time.Duration
	// Words gives the text of a short answer, "" for silence (Indonesian and English).
	Words func(Aside) string

	// Unlinkable is why no line may be linked, a trial say (nil: lines may be).
	Unlinkable error

	// Poll is how often wishes to link are looked for, which other processes leave, and answers to their steps (300
	// milliseconds).
	Poll time.Duration

	// Configure is shown each new client before it connects. Tests point it at their server; a release has none.
	Configure func(*whatsmeow.Client)
	// HTTP fetches media (a client of its own).
	HTTP *http.Client
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = bot.NewClock(time.UTC)
	}
	if o.Late == 0 {
		o.Late = 15 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = 300 * time.Millisecond
	}
	if o.Words == nil {
		o.Words = words
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()} //nolint:forcetypeassert // it is one
	}
	o.Sending = o.Sending.withDefaults()
	return o
}

// Lines are our numbers on WhatsApp. They are a bot.Transport and a bot.Gate.
type Lines struct {
	Options
	keys *keys

	mu       sync.Mutex
	lines    map[string]*line
	handler  Handler       // nil: messages are left to WhatsApp
	changed  chan struct{} // closed when lines come or go
	stopping bool
	halted   chan struct{}  // closed when stopping
	busy     sync.WaitGroup // handlers and what they began
	linking  map[string]bool
}

// New opens the lines' keys. The lines connect when Run runs.
func New(ctx context.Context, o Options) (*Lines, error) {
	o = o.withDefaults()
	l := &Lines{
		Options: o,
		lines:   make(map[string]*line),
		changed: make(chan struct{}),
		halted:  make(chan struct{}),
		linking: make(map[string]bool),
	}
	hearSignal(o.Log)
	var err error
	if l.keys, err = openKeys(ctx, l); err != nil {
		return nil, err
	}
	for _, id := range o.Lines {
		l.lines[id] = newLine(l, id)
	}
	return l, nil
}

// Linked gives the lines that a number is linked to.
func (l *Lines) Linked(ctx context.Context) ([]string, error) {
	var linked []string
	for _, ln := range l.all() {
		device, err := ln.device(ctx)
		if err != nil {
			return nil, err
		}
		if device != nil {
			linked = append(linked, ln.id)
		}
	}
	slices.Sort(linked)
	return linked, nil
}

// Run connects the linked lines, hands what people send to h, and fulfils wishes to link, until ctx ends. Then no
// further message is taken, those in hand come to disk, and Run returns with the lines still connected, so that
// replies in hand can go out: Close disconnects. It gives ErrOutdated when no line works for that reason.
func (l *Lines) Run(ctx context.Context, h Handler) error {
	l.mu.Lock()
	l.handler = h
	l.mu.Unlock()
	defer l.refuse()
	for _, ln := range l.all() {
		if err := ln.start(ctx); err != nil {
			if ctx.Err() != nil {
				return nil // it is over before it began
			}
			return err
		}
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts.Go(func() { l.fulfil(ctx) })
	parts.Go(func() { l.forgetting(ctx) })
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if l.outdated() {
			return ErrOutdated
		}
		for _, ln := range l.all() {
			ln.look()
		}
	}
}

// watchEvery is how often lines are looked at: whether they are as they say.
const watchEvery = 2 * time.Second

// outdated reports that WhatsApp refuses our version and no line works any more.
func (l *Lines) outdated() bool {
	any := false
	for _, ln := range l.all() {
		switch state, _ := ln.now(); state {
		case Outdated:
			any = true
		case Unlinked, LoggedOut:
		default:
			return false
		}
	}
	return any
}

// refuse lets the inputs in hand come to disk and takes no more.
func (l *Lines) refuse() {
	l.mu.Lock()
	if !l.stopping {
		l.stopping = true
		close(l.halted)
	}
	l.mu.Unlock()
	l.busy.Wait()
}

func (l *Lines) isStopping() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopping
}

// enter counts a piece of work that a stop waits for; false: we are stopping, or nobody is there to take inputs yet.
func (l *Lines) enter() (Handler, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping || l.handler == nil {
		return nil, false
	}
	l.busy.Add(1)
	return l.handler, true
}

// Close disconnects all lines and closes the keys.
func (l *Lines) Close() error {
	l.refuse()
	var all sync.WaitGroup
	for _, ln := range l.all() {
		all.Go(ln.stop)
	}
	all.Wait()
	return l.keys.close()
}

// SetLines makes these the lines: new ones connect if they are linked, others disconnect and stay linked.
func (l *Lines) SetLines(ctx context.Context, ids []string) error {
	l.mu.Lock()
	var gone, come []*line
	for id, ln := range l.lines {
		if !slices.Contains(ids, id) {
			gone = append(gone, ln)
			delete(l.lines, id)
		}
	}
	for _, id := range ids {
		if l.lines[id] == nil {
			l.lines[id] = newLine(l, id)
			come = append(come, l.lines[id])
		}
	}
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	for _, ln := range gone {
		ln.stop()
	}
	var errs []error
	for _, ln := range come {
		errs = append(errs, ln.start(ctx))
	}
	return errors.Join(errs...)
}

// Open is the gate: a line that is down, held back, or has said enough for the moment lets nothing through.
func (l *Lines) Open(out bot.Outbound) (open bool, wait time.Duration, changed <-chan struct{}) {
	l.mu.Lock()
	ln, changed := l.lines[out.Line], l.changed
	l.mu.Unlock()
	if ln == nil {
		return false, 0, changed
	}
	return ln.open(out)
}

// Send sends a reply under its ID.
func (l *Lines) Send(ctx context.Context, out bot.Outbound) error {
	ln, err := l.line(out.Line)
	if err != nil {
		return bot.ErrDown
	}
	return ln.send(ctx, out)
}

func (l *Lines) line(id string) (*line, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ln := l.lines[id]; ln != nil {
		return ln, nil
	}
	return nil, fmt.Errorf("there is no line %q", id)
}

func (l *Lines) all() []*line {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*line, 0, len(l.lines))
	for _, ln := range l.lines {
		all = append(all, ln)
	}
	slices.SortFunc(all, func(a, b *line) int { return strings.Compare(a.id, b.id) })
	return all
}
