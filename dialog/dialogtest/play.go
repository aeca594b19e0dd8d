// Package dialogtest plays conversations written as text files against an engine and compares what the bot says.
//
//	@ 2026-11-23T09:00:00+07:00     the clock; "@ +45m" moves it on, and timers due by then fire
//	line pandawa                    which line the member writes to
//	> Hi Chika                      the member writes
//	> [ktp.jpg] ini KTP saya        the member sends a file, with a caption
//	> [ktp.jpg album=a1/3]          ... as one of an album of three
//	! approve months_owed=7         an officer decides on the ticket opened last
//	! ask foto_ktp Fotonya buram    ... or asks for a field again, in these words; ! say and ! close likewise
//	< the first line of a reply
//	  and its further lines
//
// The session is stored as JSON between any two inputs, as in real life. Queries are answered by a small [Desk]: the
// engine's own contract needs no database. With -update the replies in the file are written anew.
package dialogtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

var update = flag.Bool("update", false, "write the replies of transcripts anew")

// Play plays the transcript in a file and fails the test where the replies differ. It plays twice: equal inputs give
// equal replies, byte for byte.
func Play(t *testing.T, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk, file string) {
	t.Helper()
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := play(t, catalog, settings, desk, string(want))
	if again := play(t, catalog, settings, desk, string(want)); again != got {
		t.Errorf("%s: played twice, the replies differ", file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update to write it anew):\n%s", file, diff(string(want), got))
	}
}

// Step is one call of the engine, as a transcript made it.
type Step struct {
	Session dialog.Session
	Input   dialog.Input
}

// Record plays a transcript and gives every step the engine was asked for, to measure them alone.
func Record(t testing.TB, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk, file string) []Step {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t, catalog, settings, desk)
	p.transcript(string(text))
	return p.steps
}

// player is a transcript being played.
type player struct {
	t       testing.TB
	steps   []Step
	engine  *dialog.Engine
	catalog *dialog.Catalog
	desk    Desk
	stored  map[string][]byte // the sessions, as they lie on disk, by line
	now     time.Time
	line    string
	count   int
	timers  map[string]time.Time
	out     bytes.Buffer
}

func play(t *testing.T, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk, transcript string) string {
	t.Helper()
	p := newPlayer(t, catalog, settings, desk)
	p.transcript(transcript)
	return p.out.String()
}

func newPlayer(t testing.TB, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk) *player {
	t.Helper()
	e, err := dialog.NewEngine(catalog, settings)
	if err != nil {
		t.Fatal(err)
	}
	return &player{
		t: t, engine: e, catalog: catalog, desk: desk.fresh(catalog), stored: map[string][]byte{}, line: "chika",
		now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("WIB", 7*60*60)), timers: map[string]time.Time{},
	}
}

func (p *player) transcript(text string) {
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.play(l)
	}
}

// play plays one line; replies in the file are passed over, they are what is compared.
func (p *player) play(l string) {
	verb, rest, _ := strings.Cut(l, " ")
	if strings.HasPrefix(l, "<") || strings.HasPrefix(l, "  ") {
		return
	}
	p.out.WriteString(l + "\n")
	switch verb {
	case ">":
		p.message(rest)
	case "@":
		p.clock(rest)
	case "!":
		p.officer(rest)
	case "line":
		p.line = rest
	case "", "#":
	default:
		p.t.Fatalf("a transcript has no line %q", l)
	}
}

func (p *player) message(text string) {
	in := p.input(dialog.Message)
	if file, caption, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		name, album, _ := strings.Cut(file, " album=")
		in.Media = &dialog.Media{Ref: name, Name: name}
		if id, of, ok := strings.Cut(album, "/"); ok {
			in.Media.Album = id
			if _, err := fmt.Sscan(of, &in.Media.Of); err != nil {
				p.t.Fatalf("album %q: %v", album, err)
			}
		}
		text = strings.TrimSpace(caption)
	}
	in.Text = strings.ReplaceAll(text, `\n`, "\n")
	p.step(in)
}

func (p *player) clock(to string) {
	if d, ok := strings.CutPrefix(to, "+"); ok {
		by, err := time.ParseDuration(d)
		if err != nil {
			p.t.Fatal(err)
		}
		p.advance(p.now.Add(by))
		return
	}
	at, err := time.Parse(time.RFC3339, to)
	if err != nil {
		p.t.Fatal(err)
	}
	p.advance(at)
}

// advance moves the clock and fires the timers on the way, earliest first.
func (p *player) advance(to time.Time) {
	for {
		next := ""
		for name, at := range p.timers {
			if !at.After(to) && (next == "" || at.Before(p.timers[next])) {
				next = name
			}
		}
		if next == "" {
			p.now = to
			return
		}
		p.now = p.timers[next]
		delete(p.timers, next)
		in := p.input(dialog.TimerDue)
		in.Timer = next
		p.step(in)
	}
}

func (p *player) officer(what string) {
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
	event, err := p.desk.act(a, desk.Actor{Name: "rina"}, p.now)
	if err != nil {
		p.t.Fatalf("! %s: %v", what, err)
	}
	if event != nil {
		in := p.input(dialog.TicketEvent)
		in.Event = event
		p.step(in)
	}
}

func (p *player) input(kind dialog.InputKind) dialog.Input {
	p.count++
	return dialog.Input{
		ID: fmt.Sprintf("m%d", p.count), Kind: kind, Line: p.line, Transport: "test", From: "6281200000001",
		Phone: "+6281200000001", At: p.now,
	}
}

// step steps to the end of the turn: queries answered, documents fetched.
func (p *player) step(in dialog.Input) {
	p.t.Helper()
	var s dialog.Session
	if stored, ok := p.stored[in.Line]; ok {
		if err := json.Unmarshal(stored, &s); err != nil {
			p.t.Fatal(err)
		}
	}
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
			p.out.WriteString("< " + strings.ReplaceAll(e.Text, "\n", "\n  ") + "\n")
		case dialog.FetchDocument:
			fetch = &e
		case dialog.SetTimer:
			p.timers[e.Name] = e.At
		case dialog.ClearTimer:
			delete(p.timers, e.Name)
		case dialog.RecordConsent:
		}
	}
	return fetch
}

// fetched hands in a document's result. A file whose name begins with "rusak" is broken, with "hilang" lost.
func (p *player) fetched(f dialog.FetchDocument) {
	in := p.input(dialog.DocumentReady)
	in.Cause, in.Document = f.ID, &dialog.Document{ID: f.ID, Field: f.Field, Name: f.Media.Name}
	switch {
	case strings.HasPrefix(f.Media.Name, "rusak"):
		in.Kind = dialog.DocumentBad
		in.Document.Problem = &dialog.Reason{Code: "document.broken"}
	case strings.HasPrefix(f.Media.Name, "hilang"):
		in.Kind = dialog.DocumentLost
	}
	p.step(in)
}

// diff shows the first lines that differ, with a few before them.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i < len(w) && i < len(g) && w[i] == g[i] {
			continue
		}
		from := max(0, i-3)
		return fmt.Sprintf("line %d\n--- want\n%s\n--- got\n%s", i+1,
			strings.Join(w[from:min(len(w), i+6)], "\n"), strings.Join(g[from:min(len(g), i+6)], "\n"))
	}
	return ""
}

// Transcripts lists the transcript files of a folder.
func Transcripts(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".txt") {
			files = append(files, dir+"/"+e.Name())
		}
	}
	slices.Sort(files)
	return files
}
