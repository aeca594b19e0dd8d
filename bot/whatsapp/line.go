package whatsapp

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"

	"sapa/bot"
)

// State says how a line does. The values are stored and shown by `sapa lines`.
type State string

// The states.
const (
	Unlinked   State = "unlinked"   // no number was ever linked
	Connecting State = "connecting" // on the way for the first time in this run
	Online     State = "online"     // receives and sends
	Offline    State = "offline"    // the connection broke; it comes back by itself
	Held       State = "held"       // receives; WhatsApp lets it send nothing for a while
	Banned     State = "banned"     // WhatsApp refuses the number for a while
	Replaced   State = "replaced"   // another program uses the same keys: we keep out of its way
	Outdated   State = "outdated"   // WhatsApp refuses our version
	LoggedOut  State = "logged_out" // the phone unlinked us: link again
	Failed     State = "failed"     // WhatsApp refuses us and does not say more; tried again now and then
)

const (
	// drainAtMost is how long replies wait for the end of what came while we were away, if WhatsApp never says it.
	drainAtMost = time.Minute
	// knock is how long a line may be down before we knock ourselves, beside whatsmeow's own tries.
	knock = time.Minute
	// retryRefused is how soon a line that was refused without a term tries again.
	retryRefused = 5 * time.Minute
	// unknownBan is how long a ban without a term is taken to last.
	unknownBan = time.Hour
	// firstAgain and lastAgain bound how soon messages that could not be stored are asked for again.
	firstAgain = time.Second
	lastAgain  = 5 * time.Minute
	// remembered is how many people a line remembers small things about.
	remembered = 4096
	// fatalPanics is how often one message may break the handler before it is let go.
	fatalPanics = 3
)

// line is one number of ours.
type line struct {
	id    string
	lines *Lines
	log   zerolog.Logger
	ctx   context.Context
	end   context.CancelFunc
	busy  sync.WaitGroup // what runs beside handlers

	saving sync.Mutex // states are recorded in their order
	// turn is the right to send: whatsmeow sends one message at a time, and waiting for it must not use up the time
	// that a message may take.
	turn chan struct{}

	mu       sync.Mutex
	stopped  bool
	client   *whatsmeow.Client // nil: not linked
	lids     wastore.LIDStore  // the client's; its device's fields change under us when it is logged out
	named    chan struct{}     // closed once the phone has told the number's name, or is not waited for any more
	state    State
	reason   string
	since    time.Time
	changed  chan struct{} // closed when the state or what hangs on it changes
	draining bool          // what came while we were away is still coming
	held     time.Time     // nothing may be sent until then
	heldWhy  string
	resume   *time.Timer   // at the end of a hold or a ban
	retry    time.Duration // how soon to ask again for what could not be stored; 0: not asked
	knocked  time.Time     // when it was last tried, or gave us something old

	order  *order
	pace   pace
	flood  floods
	asides map[asideKey]time.Time
	// albums says how many files an album has. A restart forgets it: then its files are taken one by one, each with the
	// next question behind it, of which an unsent one gives way to the next; none is lost and none counted twice.
	albums map[string]int
	chats  map[string]chat // by address, as stored
	late   map[string]bool // addresses whose messages waited long
	// uploads are files of replies that were uploaded and not sent yet, by the reply's ID.
	uploads map[string]*waE2E.DocumentMessage
	panics  map[string]int // by message
	lost    map[string]chan *events.MediaRetry
}

func newLine(l *Lines, id string) *line {
	ln := &line{
		id: id, turn: make(chan struct{}, 1), lines: l, log: l.Log.With().Str("line", id).Logger(), changed: make(chan struct{}),
		pace: newPace(l.Sending), flood: newFloods(l.Sending.Flood),
		asides: make(map[asideKey]time.Time), albums: make(map[string]int), chats: make(map[string]chat),
		late: make(map[string]bool), uploads: make(map[string]*waE2E.DocumentMessage), panics: make(map[string]int),
		lost: make(map[string]chan *events.MediaRetry), order: &order{astray: make(map[string]bool)},
	}
	ln.ctx, ln.end = context.WithCancel(context.Background())
	return ln
}

// device is the linked device of the line; nil where there is none.
func (l *line) device(ctx context.Context) (*wastore.Device, error) {
	jid, err := l.lines.Store.LineJID(ctx, l.id)
	if err != nil {
		return nil, err
	}
	return l.lines.keys.device(ctx, l.id, jid)
}

// start connects the line if it is linked.
func (l *line) start(ctx context.Context) error {
	jid, err := l.lines.Store.LineJID(ctx, l.id)
	if err != nil {
		return err
	}
	device, err := l.lines.keys.device(ctx, l.id, jid)
	switch {
	case err != nil:
		return err
	case device == nil && jid == "":
		l.set(Unlinked, "no WhatsApp number is linked; sapa link "+l.id)
		return nil
	case device == nil:
		l.set(LoggedOut, l.linkAgain())
		return nil
	}
	named := make(chan struct{})
	if device.PushName != "" {
		close(named)
	} else {
		device.PushName = l.lines.Organisation // until the phone tells its own
	}
	client := l.lines.client(device, eavesdropper{waLogger(l.log), l.order})
	client.AddEventHandlerWithSuccessStatus(func(e any) bool { return l.event(client, e) })
	l.mu.Lock()
	if l.client != nil || l.stopped {
		l.mu.Unlock()
		return nil
	}
	l.client, l.lids, l.named, l.draining, l.knocked = client, device.LIDs, named, true, time.Now()
	l.mu.Unlock()
	l.set(Connecting, "")
	l.background(func(context.Context) { l.connect(client) })
	return nil
}

func (l *line) linkAgain() string { return "the phone logged this line out; sapa link " + l.id }

// client makes a client for a device, pointed and wired as all of ours are.
func (l *Lines) client(device *wastore.Device, log waLog.Logger) *whatsmeow.Client {
	client := whatsmeow.NewClient(device, log)
	client.EnableDecryptedEventBuffer = true // else what our handler refuses is lost
	client.UseRetryMessageStore = true       // served from our outbox: sealedBuffer
	client.InitialAutoReconnect = true
	client.ManualHistorySyncDownload = true // history is not for us, and never answered
	client.PreRetryCallback = l.mayReadAgain
	client.SetMediaHTTPClient(capped(l.HTTP))
	if l.Configure != nil {
		l.Configure(client)
	}
	return client
}

// connect brings the client up, and leaves it to whatsmeow from then on.
func (l *line) connect(client *whatsmeow.Client) {
	if err := client.Connect(); err != nil && l.current(client) {
		l.log.Warn().Str("reason", kind(err)).Msg("line.unreached") // look knocks again
		l.set(Offline, "WhatsApp is not reached: "+kind(err))
	}
}

// stop disconnects the line for good; it stays linked.
func (l *line) stop() {
	l.mu.Lock()
	client := l.client
	l.client, l.stopped = nil, true
	if l.resume != nil {
		l.resume.Stop()
	}
	l.mu.Unlock()
	l.end()
	l.busy.Wait()
	if client != nil {
		client.Disconnect()
	}
}

// background runs do beside the handlers, until the line stops.
func (l *line) background(do func(context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.busy.Go(func() { do(l.ctx) })
	}
}

// now is how the line does.
func (l *line) now() (State, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.reason
}

func (l *line) current(client *whatsmeow.Client) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.client == client
}

// set changes the state, says so, and records it.
func (l *line) set(state State, reason string) {
	l.saving.Lock()
	defer l.saving.Unlock()
	l.mu.Lock()
	if state == Online && time.Now().Before(l.held) {
		state, reason = Held, l.heldWhy
	}
	if l.state == state && l.reason == reason {
		l.mu.Unlock()
		return
	}
	l.state, l.reason, l.since = state, reason, l.lines.Clock.Now()
	since := l.since
	l.announce()
	l.mu.Unlock()
	l.tell(state, reason)
	if err := l.lines.Store.SetLineState(context.Background(), l.id, string(state), reason, since); err != nil {
		l.log.Error().Err(err).Msg("line.unrecorded")
	}
}

// tell logs a state: what needs somebody is an error.
func (l *line) tell(state State, reason string) {
	event := l.log.Info()
	switch state {
	case Held, Banned, Replaced, Outdated, LoggedOut, Failed:
		event = l.log.Error()
	case Offline, Unlinked:
		event = l.log.Warn()
	case Online, Connecting:
	}
	if reason != "" {
		event = event.Str("reason", reason)
	}
	event.Msg("line." + string(state))
}

// announce wakes whoever waits for the line. The line must be locked.
func (l *line) announce() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// event takes what whatsmeow reports. Only for a message does the answer matter: false leaves it to WhatsApp, which
// sends it again at the next login. A panic would count as true.
func (l *line) event(client *whatsmeow.Client, e any) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			l.log.Error().Str("event", fmt.Sprintf("%T", e)).Str("panic", fmt.Sprintf("%T", p)).Msg("line.panicked")
			ok = l.hopeless(e)
		}
	}()
	m, isMessage := e.(*events.Message)
	if !l.current(client) {
		return !isMessage
	}
	if isMessage && l.order.overtook(m.Info.ID) {
		l.again()
		return false
	}
	if isMessage {
		l.mu.Lock()
		if m.Info.Timestamp.Before(l.since) { // what came while we were away is still coming
			l.knocked = time.Now()
		}
		l.mu.Unlock()
		return l.message(m)
	}
	switch e := e.(type) {
	case *events.UndecryptableMessage:
		l.undecryptable(e)
	case *events.CallOffer:
		l.call(e.BasicCallMeta)
	case *events.IdentityChange:
		l.changedHands(client, e.JID)
	case *events.MediaRetry:
		l.uploaded(e)
	default:
		l.connection(client, e)
	}
	return true
}

// hopeless reports that a message has broken the handler so often that it is let go, for the sake of nothing better:
// it would only come again.
func (l *line) hopeless(e any) bool {
	m, ok := e.(*events.Message)
	if !ok {
		return true
	}
	l.mu.Lock()
	l.panics[m.Info.ID]++
	n := l.panics[m.Info.ID]
	if n >= fatalPanics {
		delete(l.panics, m.Info.ID)
	}
	l.mu.Unlock()
	if n < fatalPanics {
		l.again()
		return false
	}
	l.log.Error().Str("message", m.Info.ID).Msg("line.unreadable")
	return true
}

// again has WhatsApp send what could not be stored once more, by a new login, ever later.
func (l *line) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.retry != 0 || l.stopped {
		return
	}
	l.retry = firstAgain
	client := l.client
	l.busy.Go(func() {
		for wait := firstAgain; ; wait = min(2*wait, lastAgain) {
			select {
			case <-time.After(wait):
			case <-l.ctx.Done():
				return
			}
			if l.current(client) && client.IsConnected() {
				l.mu.Lock()
				l.retry = 0
				l.mu.Unlock()
				client.ResetConnection()
				return
			}
		}
	})
}

// await gives the client once the line may send; nil if ctx ends first.
func (l *line) await(ctx context.Context) *whatsmeow.Client {
	for {
		l.mu.Lock()
		client, ready, changed := l.client, l.state == Online && !l.draining, l.changed
		l.mu.Unlock()
		if ready {
			return client
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// open is the line's part of the gate.
func (l *line) open(out bot.Outbound) (open bool, wait time.Duration, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != Online || l.draining || l.stopped {
		return false, 0, l.changed
	}
	wait = l.pace.take(out.Contact, time.Now())
	return wait == 0, wait, l.changed
}

// call answers a call with a line of text.
func (l *line) call(c types.BasicCallMeta) {
	if c.From.Server == types.GroupServer || !c.GroupJID.IsEmpty() {
		return
	}
	l.whisper(c.From.ToNonAD(), AsideCall, c.CallID)
}

// undecryptable follows a message that did not reach us readably. whatsmeow asks for it again, where that helps.
func (l *line) undecryptable(e *events.UndecryptableMessage) {
	if skipped(e.Info.MessageSource) || e.Info.IsFromMe {
		return
	}
	if e.UnavailableType == events.UnavailableTypeViewOnce || strings.Contains(e.Info.Type, "view_once") {
		l.whisper(e.Info.Chat.ToNonAD(), AsideOnce, e.Info.ID)
		return
	}
	l.log.Info().Str("message", e.Info.ID).Bool("unavailable", e.IsUnavailable).Msg("message.undecryptable")
}
