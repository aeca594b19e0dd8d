// Package dialogtest lets an engine be talked to without a database: by a walker that tries everything, and by a
// transcript whose steps are to be measured. Queries are answered by a small [Desk] in memory. Whole conversations, with
// the texts that members read, are played where the store is.
package dialogtest

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// Step is one call of the engine, as a transcript made it.
type Step struct {
	Session dialog.Session
	Input   dialog.Input
}

// Record plays the lines of a transcript that begin with > (the member writes), ! (an officer acts on the ticket
// opened last), @ (the clock) and line, and gives every step the engine was asked for, to measure them alone.
func Record(t testing.TB, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk, file string) []Step {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t, catalog, settings, desk)
	for l := range strings.Lines(string(text)) {
		switch verb, rest, _ := strings.Cut(strings.TrimRight(l, "\n"), " "); verb {
		case ">":
			p.message(rest)
		case "!":
			p.decide(rest)
		case "@":
			p.clock(rest)
		case "line":
			p.line = rest
		}
	}
	return p.steps
}

// player is a conversation under way.
type player struct {
	t       testing.TB
	steps   []Step
	engine  *dialog.Engine
	desk    Desk
	stored  map[string][]byte // the sessions, as they lie on disk, by line
	now     time.Time
	line    string
	count   int
	written []string // the IDs of what the member wrote, edits aside
	timers  map[string]time.Time
	replies []string // since they were last looked at
}

func newPlayer(t testing.TB, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk) *player {
	t.Helper()
	e, err := dialog.NewEngine(catalog, settings)
	if err != nil {
		t.Fatal(err)
	}
	return &player{
		t: t, engine: e, desk: desk.fresh(catalog), stored: map[string][]byte{}, line: "chika",
		now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("WIB", 7*60*60)), timers: map[string]time.Time{},
	}
}

// message writes a text, or sends a file: "[ktp.jpg] its caption".
func (p *player) message(text string) {
	in := p.input(dialog.Message)
	p.written = append(p.written, in.ID)
	if file, caption, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		in.Media = &dialog.Media{Ref: file, Name: file}
		text = strings.TrimSpace(caption)
	}
	in.Text = text
	p.step(in)
}

// edit changes the text of the nth last message.
func (p *player) edit(n int, text string) {
	in := p.input(dialog.Message)
	in.Edits, in.Text = p.written[len(p.written)-n], text
	p.step(in)
}

// clock moves on by a duration ("+45m") or to a time, and fires the timers on the way, earliest first.
func (p *player) clock(to string) {
	at, err := time.Parse(time.RFC3339, to)
	if by, ok := strings.CutPrefix(to, "+"); ok {
		var d time.Duration
		d, err = time.ParseDuration(by)
		at = p.now.Add(d)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	for {
		next := ""
		for name, due := range p.timers {
			if !due.After(at) && (next == "" || due.Before(p.timers[next]) || due.Equal(p.timers[next]) && name < next) {
				next = name
			}
		}
		if next == "" {
			p.now = at
			return
		}
		p.now = p.timers[next]
		delete(p.timers, next)
		in := p.input(dialog.TimerDue)
		in.Timer = next
		p.step(in)
	}
}

// decide is an officer's action in its short form: "approve months_owed=7", "ask foto_ktp Fotonya buram".
func (p *player) decide(what string) {
	name, rest, _ := strings.Cut(what, " ")
	a := desk.Action{Name: name}
	switch name {
	case desk.ActionAsk:
		a.Field, a.Text, _ = strings.Cut(rest, " ")
	case desk.ActionSay, desk.ActionClose, "reject":
		a.Text = rest
	default:
		a.Sets = map[string]string{}
		for set := range strings.FieldsSeq(rest) {
			k, v, _ := strings.Cut(set, "=")
			a.Sets[k] = v
		}
	}
	if err := p.act(a); err != nil {
		p.t.Fatalf("! %s: %v", what, err)
	}
}

// act is an officer's action on the ticket opened last; the member hears of it.
func (p *player) act(a desk.Action) error {
	event, err := p.desk.act(a, desk.Actor{Name: "rina", Role: desk.RoleAdmin}, p.now)
	if err != nil || event == nil {
		return err
	}
	in := p.input(dialog.TicketEvent)
	in.Event = event
	p.step(in)
	return nil
}

func (p *player) input(kind dialog.InputKind) dialog.Input {
	p.count++
	return dialog.Input{
		ID: fmt.Sprintf("m%d", p.count), Kind: kind, Line: p.line, Transport: "test", From: "6281200000001",
		Phone: "+6281200000001", At: p.now,
	}
}

// session is where the member stands.
func (p *player) session() (s dialog.Session) {
	if stored, ok := p.stored[p.line]; ok {
		if err := json.Unmarshal(stored, &s); err != nil {
			p.t.Fatal(err)
		}
	}
	return s
}

// step steps to the end of the turn: queries answered, documents fetched.
func (p *player) step(in dialog.Input) {
	p.t.Helper()
	s := p.session()
	var fetch *dialog.FetchDocument
	for query := 0; ; query++ {
		p.steps = append(p.steps, Step{Session: s, Input: in})
		turn, err := p.engine.Step(s, in)
		if err != nil {
			p.t.Fatalf("step %s: %v", in.ID, err)
		}
		if f := p.effects(turn.Effects); f != nil {
			fetch = f
		}
		s = turn.Session
		if turn.Query == nil {
			break
		}
		if query == 8 {
			p.t.Fatal("a turn asks at most 8 queries")
		}
		in.Result = p.desk.answer(*turn.Query, p.now)
	}
	stored, err := json.Marshal(s)
	if err != nil {
		p.t.Fatal(err)
	}
	p.stored[in.Line] = stored
	if fetch != nil {
		p.fetched(*fetch)
	}
}

func (p *player) effects(effects []dialog.Effect) (fetch *dialog.FetchDocument) {
	for _, e := range effects {
		switch e := e.(type) {
		case dialog.Reply:
			p.replies = append(p.replies, e.Text)
		case dialog.FetchDocument:
			fetch = &e
		case dialog.SetTimer:
			p.timers[e.Name] = e.At
		case dialog.ClearTimer:
			delete(p.timers, e.Name)
		case dialog.StartAnew:
			clear(p.timers)
		case dialog.RecordConsent, dialog.Asked:
		}
	}
	return fetch
}

// fetched hands in a document's result. A file whose name begins with "rusak" is broken.
func (p *player) fetched(f dialog.FetchDocument) {
	in := p.input(dialog.DocumentReady)
	in.Cause, in.Document = f.ID, &dialog.Document{ID: f.ID, Field: f.Field, Name: f.Media.Name}
	if strings.HasPrefix(f.Media.Name, "rusak") {
		in.Kind = dialog.DocumentBad
		in.Document.Problem = &dialog.Reason{Code: "document.broken"}
	}
	p.step(in)
}
