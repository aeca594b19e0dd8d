package dialog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/expr-lang/expr/vm"

	"sapa/dialog/field"
)

// Settings are what an engine is told beside its catalogue.
type Settings struct {
	Lines             map[string]string // entry flow by line
	Organisation      string            // whose desk this is, as members read it
	OrganisationPhone string            // where people reach it by voice, as they read it; "" nowhere
	Kept              Kept
	Idle              time.Duration  // after which an unanswered session is set aside; 0: 30 minutes
	Draft             time.Duration  // how long a form set aside is kept; 0: 7 days
	Zone              *time.Location // where "today" is decided; nil: WIB
}

// Engine steps sessions through a catalogue. It is pure: what it does depends on nothing but the session and the
// input. It is not safe for concurrent use: the one writer owns it.
type Engine struct {
	catalog  *Catalog
	set      Settings
	machines map[string]*machine
	vm       vm.VM
	env      map[string]any               // what the condition being evaluated reads
	lists    map[listKey]*list            // of the scheme, made ready once each
	own      map[string]map[string]string // the placeholders that are the same for everybody, by language
	consents map[*Node]string             // the version of each
}

// albumWait is how long the rest of an album is waited for.
const albumWait = 30 * time.Second

// maxPlays bounds the nodes one turn plays; a checked catalogue comes to rest long before.
const maxPlays = 200

// NewEngine compiles the catalogue's flows. It fails when a line's entry flow does not exist.
func NewEngine(c *Catalog, s Settings) (*Engine, error) {
	s = s.completed()
	e := &Engine{
		catalog: c, set: s, machines: map[string]*machine{}, env: map[string]any{}, lists: map[listKey]*list{},
		own: map[string]map[string]string{},
	}
	for line, flow := range s.Lines {
		if c.Flows[flow] == nil {
			return nil, fmt.Errorf("dialog: line %q begins with flow %q, which the catalogue does not have", line, flow)
		}
	}
	for name, f := range c.Flows {
		e.machines[name] = newMachine(f)
	}
	for _, lang := range c.Languages {
		e.own[lang] = e.ownWords(lang)
	}
	e.consents = e.consentVersions()
	return e, nil
}

// completed gives the settings with what was left open.
func (s Settings) completed() Settings {
	const day = 24 * time.Hour
	s.Idle, s.Draft = cmp.Or(s.Idle, 30*time.Minute), cmp.Or(s.Draft, 7*day)
	s.Kept.Documents, s.Kept.Tickets = cmp.Or(s.Kept.Documents, 90*day), cmp.Or(s.Kept.Tickets, 2*365*day)
	s.Kept.Messages = cmp.Or(s.Kept.Messages, 30*day)
	if s.Zone == nil {
		s.Zone = time.FixedZone("WIB", 7*60*60)
	}
	return s
}

// Step handles one input. While the turn asks a query, the caller answers it and steps again with the turn's session
// and the same input carrying Result; the effects of all these steps belong to one turn.
func (e *Engine) Step(s Session, in Input) (Turn, error) {
	entry, ok := e.set.Lines[in.Line]
	if !ok {
		return Turn{}, fmt.Errorf("%w: %q", ErrUnknownLine, in.Line)
	}
	t := &turn{Engine: e, in: in, s: s.clone(), entry: e.catalog.Flows[entry]}
	t.fresh = t.s.Lang == ""
	if t.s.Lang == "" || !slices.Contains(e.catalog.Languages, t.s.Lang) {
		t.s.Lang = e.catalog.Languages[0]
	}
	if err := t.handle(); err != nil {
		return Turn{}, err
	}
	t.rest()
	return Turn{Session: t.s, Effects: t.effects, Query: t.query}, nil
}

// Interrupts reports whether a message is handled although a document is being fetched: a global word is, and what
// moves nothing; whatever else is typed waits its turn.
func (e *Engine) Interrupts(s Session, in Input) bool {
	if in.Kind != Message || in.Unread != "" {
		return true
	}
	if in.Media != nil {
		return false
	}
	w, ok := e.catalog.word(in.Text)
	return ok && slices.Contains(everywhere, w) && w != wordRepeat && w != wordBack
}

// turn is one step in the making.
type turn struct {
	*Engine
	in      Input
	s       Session
	entry   *Flow // of the line
	effects []Effect
	query   *Query
	plays   int
	fresh   bool    // nothing was heard of them before
	choose  string  // what a first message says, until the home menu is come to
	sample  bool    // the text being written shows made-up data
	silent  bool    // nothing is said
	hidden  *hidden // of whom we know, while it is in doubt who writes; nil: nothing is
	named   string  // the list's field that was just answered by name: the name may say more
}

func (t *turn) handle() error {
	if t.in.Doubt != "" {
		return t.doubtful()
	}
	return t.known()
}

// known handles an input of whom we know.
func (t *turn) known() error {
	if t.in.Result != nil {
		return t.result()
	}
	if len(t.s.Held) > 0 && !t.silent && (t.in.Kind == Message || t.in.Kind == TicketEvent) {
		t.deliver() // the doubt was settled on another line
	}
	switch t.in.Kind {
	case Message:
		return t.message()
	case TimerDue:
		return t.timer()
	case DocumentReady, DocumentBad, DocumentLost:
		return t.document()
	case TicketEvent:
		return t.event()
	}
	return fmt.Errorf("dialog: unknown kind of input %q", t.in.Kind)
}

// now is the input's time where the desk is.
func (t *turn) now() time.Time { return t.in.At.In(t.set.Zone) }

// message handles what a person wrote or sent.
func (t *turn) message() error {
	if t.in.Unread != "" {
		t.unread()
		return nil
	}
	t.listen()
	t.forget()
	if moved, err := t.repair(); moved || err != nil {
		return err
	}
	if t.in.Edits != "" {
		if done, err := t.edit(); done || err != nil {
			return err
		}
	}
	t.s.Unclear = ""
	if t.in.Media != nil {
		return t.media()
	}
	if done, err := t.recognise(t.in.Text); done || err != nil {
		return err
	}
	said := field.Normal(t.in.Text)
	if i, ok := t.pendingSaid(said); ok {
		return t.openPending(i)
	}
	n, _ := t.flow().Node(t.s.Node)
	if w, ok := t.global(n, said); ok {
		return t.globalWord(w)
	}
	if f, ok := t.deskSaid(n, said); ok {
		t.setAside()
		return t.play(f, f.Nodes[0])
	}
	if f, ok := t.anywhereSaid(n, said); ok {
		return t.enter(f)
	}
	if t.s.Asking != AskingNothing {
		if done, err := t.ownReply(said); done || err != nil {
			return err
		}
	}
	if t.s.Node == "" {
		return t.unasked(said)
	}
	return t.reply(said)
}

// unasked handles what is written while nothing is being asked.
func (t *turn) unasked(said string) error {
	if t.tellOfficer() {
		return nil
	}
	if d := t.draft(""); d != nil && t.catalog.words[field.Bare(said)] == wordKeep {
		return t.resume(*d)
	}
	if tickets, ok := t.ticketsSaid(said); ok {
		return t.enter(tickets)
	}
	if i, ok := t.pendingMeant(said); ok {
		return t.openPending(i)
	}
	return t.greet(said)
}

// unread says that what came cannot be read, and what can.
func (t *turn) unread() {
	key := "unread." + t.in.Unread
	if _, ok := t.catalog.texts[key]; !ok {
		key = "unread.unknown"
	}
	t.say(t.text(key), Keep)
}

// greet begins the conversation. What a message says may choose from the home menu, or mean a service; of an emergency
// the first word is where to go.
func (t *turn) greet(said string) error {
	if t.catalog.urgent(said) {
		t.say(t.text("emergency.text"), Keep)
	}
	if len(t.s.Drafts) > 0 {
		t.askResume("")
		return nil
	}
	if t.s.Greeted && t.catalog.words[said] == wordThanks {
		t.say(t.text("welcome"), Keep)
		return nil
	}
	t.s.Greeted, t.choose = true, said
	return t.play(t.entry, t.entry.Nodes[0])
}

// rest sets the timer that puts a forgotten session aside.
func (t *turn) rest() {
	switch {
	case t.query != nil:
	case t.s.Node != "" || t.s.Asking != AskingNothing:
		t.s.Timed = true
		t.effects = append(t.effects, SetTimer{Name: timerIdle, At: t.in.At.Add(t.set.Idle)})
	case t.s.Timed:
		t.s.Timed = false
		t.effects = append(t.effects, ClearTimer{Name: timerIdle})
	}
}

// The engine's timers.
const (
	timerIdle  = "idle"
	timerAlbum = "album"
	timerDraft = "draft"
	// TimerAlert is set by the store, for an officer: something came for them.
	TimerAlert = "alert"
)

func (t *turn) timer() error {
	switch t.in.Timer {
	case timerAlbum:
		if t.s.Album != nil && t.s.Fetching == nil {
			t.s.Album = nil
			t.prompt("")
		}
	case timerIdle:
		if t.s.Fetching != nil {
			return nil // the document's result comes first; rest sets the timer anew
		}
		home := t.entry.home()
		t.s.Home = t.s.Flow == t.entry.Name && t.s.Node == home.Name && t.s.Asking == AskingNothing
		t.setAside()
		t.s.Timed = false
	case timerDraft:
		t.remindOfDraft()
	case TimerAlert:
		t.tell(QueryNews, Record{})
	default: // the store's, for a flow that knows it
		_, err := t.recognise(t.in.Timer)
		return err
	}
	return nil
}

// say replies in words.
func (t *turn) say(text string, w Weight) { t.send(text, w, nil) }

// send replies, with a file or none. The same text is never sent twice running.
func (t *turn) send(text string, w Weight, file *File) {
	if text == "" || t.silent {
		return
	}
	if t.sample {
		t.sample = false
		text = t.text("sample") + "\n" + text
	}
	for _, again := range []string{"again.one", "again.two"} {
		if hash(text) != t.s.Last {
			break
		}
		text = t.text(again) + "\n\n" + text
	}
	t.s.Last = hash(text)
	t.effects = append(t.effects, Reply{Text: text, Weight: w, File: file})
}

// hash is FNV-1a: stable for ever, because it is stored.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// clone copies what a step may change, so that the caller's session stays as it was.
func (s Session) clone() Session {
	s.Way = slices.Clone(s.Way)
	s.Answers = maps.Clone(s.Answers)
	s.Facts = maps.Clone(s.Facts)
	s.Consents = maps.Clone(s.Consents)
	s.Drafts = slices.Clone(s.Drafts)
	s.Pending = slices.Clone(s.Pending)
	s.Held = slices.Clone(s.Held)
	if s.Album != nil {
		a := *s.Album
		s.Album = &a
	}
	if s.Talk != nil {
		k := *s.Talk
		s.Talk = &k
	}
	return s
}
