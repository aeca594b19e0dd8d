package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image/jpeg"
	"io"
	"mime"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/terminal"
	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

var update = flag.Bool("update", false, "write the replies of transcripts anew")

// transcripts is where the conversations lie that members and officers have.
const transcripts = "../../dialog/jkn/testdata/transcripts"

// The conversations are what members read: each is played by the whole house, bot and store and commands, on a clock
// moved by hand. Run with -update after changing a text on purpose, and read what changed. A line is one of
//
//	# words                          for the reader
//	config hours: {…}                at the top: a line of sapa.yaml, in place of what it says of that
//	begins 2026-03-17T14:00:00+07:00 at the top: when it begins, where not on a Monday morning in November
//	@ 2026-11-23T09:00:00+07:00      the clock; "@ +45m" moves it on, and timers due by then fire
//	as ibu 0812-0000-0002            who writes from now on; the phone is given the first time
//	line pandawa                     which line they write to
//	> Hi Chika                       they write
//	> [ktp.jpg] ini KTP saya         they send a file: "rusak…" is broken, "hilang…" cannot be fetched
//	> [ktp.jpg album=a1/3]           ... as one of an album of three
//	~ 17-8-1990                      they change the text of their last message; "~2 …" of the one before it
//	$ ticket take REF --as rina      a command; REF is the ticket opened last, REF2 the one before it
//	| its output
//	! approve months_owed=7          short for an officer's command on the ticket opened last
//	restart                          the service stops and starts again
//	restart retention: {…}           ... with that line in its sapa.yaml
//	< the first line of a reply
//	  and its further lines; a file is [its name], then its caption, then what it says
//	<ibu the first line of a reply to somebody who is not writing
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(transcripts, "*.txt"))
	must(t, err)
	if len(files) == 0 {
		t.Fatal("there are no transcripts")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel() // each has a house of its own, and waits for the disk most of the time
			want, err := os.ReadFile(file)
			must(t, err)
			got := playTranscript(t, string(want))
			if *update {
				must(t, os.WriteFile(file, []byte(got), 0o600))
			} else if got != string(want) {
				t.Errorf("it differs (run with -update to write it anew):\n%s", difference(string(want), got))
			}
		})
	}
}

// Each procedure that the README tells how to do here is shown by a transcript.
func TestTheReadmeNamesTranscriptsThatExist(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	_, table, _ := strings.Cut(string(readme), "| procedure |")
	table, _, found := strings.Cut(table, "\n\n")
	if !found {
		t.Fatal("the README has no table of procedures")
	}
	for _, row := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(row, " | ")
		names := strings.Split(cells[len(cells)-1], "`")
		service, shown := "", 0
		for i := 1; i < len(names); i += 2 {
			name := names[i]
			if strings.HasPrefix(name, ".") { // another of the same service
				name = service + name
			}
			var one bool
			if service, _, one = strings.Cut(name, "."); !one {
				name += ".*" // all of several services: "daftar_*"
			}
			files, err := filepath.Glob(filepath.Join(transcripts, name+".txt"))
			must(t, err)
			if len(files) == 0 {
				t.Errorf("there is no transcript %s", name)
			}
			shown++
		}
		if shown == 0 {
			t.Errorf("nothing shows %s", row)
		}
	}
}

// playTranscript plays the lines of a transcript and gives them with the replies they have now.
func playTranscript(t *testing.T, text string) string {
	t.Helper()
	p := &play{
		t: t, data: t.TempDir(), line: terminal.DefaultLine, clock: bot.ClockAt(playBegins), writer: "peserta",
		phones: map[string]string{"peserta": "6281200000001"}, written: map[string][]string{},
	}
	p.configure(text)
	if _, after, ok := strings.Cut("\n"+text, "\nbegins "); ok {
		began, _, _ := strings.Cut(after, "\n")
		at, err := time.Parse(time.RFC3339, began)
		must(t, err)
		p.clock = bot.ClockAt(at)
	}
	p.open()
	defer p.close()
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.play(l)
	}
	return p.out.String()
}

// playBegins is when a transcript begins: a Monday, an hour after the desk opened.
var playBegins = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("WIB", 7*60*60))

// play is a transcript being played.
type play struct {
	t      *testing.T
	data   string
	yaml   []string // sapa.yaml, a line for a key
	clock  *bot.Clock
	office *office
	bot    *bot.Bot
	stop   func()
	shown  shown

	writer, line string
	phones       map[string]string   // by name
	count        int                 // of messages
	written      map[string][]string // the IDs of what each wrote, edits aside
	out          bytes.Buffer
}

func (p *play) configure(text string) {
	p.t.Helper()
	p.yaml = []string{
		"organisation: {name: Klinik Contoh, trial: true}",
		"lines: [{id: chika, flow: chika}, {id: pandawa, flow: pandawa}]",
	}
	for l := range strings.SplitSeq(text, "\n") {
		if setting, ok := strings.CutPrefix(l, "config "); ok {
			p.sets(setting)
		}
	}
}

// sets puts a line into sapa.yaml, in the place of one for the same key.
func (p *play) sets(setting string) {
	key, _, _ := strings.Cut(setting, ":")
	p.yaml = append(slices.DeleteFunc(p.yaml, func(l string) bool { return strings.HasPrefix(l, key+":") }), setting)
}

// open starts the service on the transcript's data directory.
func (p *play) open() {
	p.t.Helper()
	must(p.t, os.WriteFile(filepath.Join(p.data, configName), []byte(strings.Join(p.yaml, "\n")+"\n"), 0o600))
	o, err := (&sapa{dataDir: p.data}).office()
	must(p.t, err)
	p.office = o
	options := o.options(running)
	options.Engine = &pureEngine{o.engine, p.t}
	o.db, err = store.Open(p.t.Context(), p.data, options)
	must(p.t, err)
	must(p.t, o.settle(p.t.Context()))
	p.bot = bot.New(o.db, bot.Options{
		Transports: map[string]bot.Transport{terminal.Name: &p.shown}, Clock: p.clock, Log: zerolog.Nop(),
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- p.bot.Run(ctx) }()
	<-p.bot.Ready()
	p.stop = func() {
		cancel()
		must(p.t, errors.Join(<-ended, o.close()))
	}
}

func (p *play) close() { p.stop() }

// play plays one line; replies and outputs in the file are passed over, they are what is compared.
func (p *play) play(l string) {
	p.t.Helper()
	if strings.HasPrefix(l, "<") || strings.HasPrefix(l, "  ") || strings.HasPrefix(l, "|") {
		return
	}
	p.out.WriteString(l + "\n")
	verb, rest, _ := strings.Cut(l, " ")
	switch verb {
	case ">":
		p.says(rest)
	case "~", "~2":
		p.edits(len(verb), rest)
	case "@":
		p.moves(rest)
	case "!":
		p.decides(rest)
	case "$":
		p.runs(rest)
	case "as":
		p.becomes(rest)
	case "line":
		p.line = rest
	case "restart":
		p.stop()
		if rest != "" {
			p.sets(rest)
		}
		p.open()
	case "", "#", "config", "begins":
	default:
		p.t.Fatalf("a transcript has no line %q", l)
	}
	p.replies()
}

// becomes lets somebody else write.
func (p *play) becomes(rest string) {
	name, phone, known := strings.Cut(rest, " ")
	if known {
		number, err := terminal.Phone(phone)
		must(p.t, err)
		p.phones[name] = number
	}
	if p.phones[name] == "" {
		p.t.Fatalf("nobody said which phone %q has", name)
	}
	p.writer = name
}

func (p *play) says(text string) {
	p.t.Helper()
	in := p.message()
	p.written[p.writer] = append(p.written[p.writer], in.ID)
	if file, caption, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		in.Media, text = sentFile(p.t, file), strings.TrimSpace(caption)
	}
	in.Text = strings.ReplaceAll(text, `\n`, "\n")
	must(p.t, p.bot.Handle(p.t.Context(), in))
}

// edits changes the text of the nth last message.
func (p *play) edits(n int, text string) {
	p.t.Helper()
	in := p.message()
	before := p.written[p.writer]
	in.Edits, in.Text = before[len(before)-n], text
	must(p.t, p.bot.Handle(p.t.Context(), in))
}

func (p *play) message() dialog.Input {
	p.count++
	from := p.phones[p.writer]
	return dialog.Input{
		ID: fmt.Sprintf("m%d", p.count), Kind: dialog.Message, Line: p.line, Transport: terminal.Name, From: from,
		Phone: "+" + from, At: p.clock.Now(), Seed: uint64(p.count),
	}
}

// sentFile reads "ktp.jpg album=a1/3".
func sentFile(t *testing.T, text string) *dialog.Media {
	name, album, _ := strings.Cut(text, " album=")
	m := &dialog.Media{Ref: name, Name: name, MIME: mime.TypeByExtension(path.Ext(name))}
	if id, of, ok := strings.Cut(album, "/"); ok {
		m.Album = id
		if _, err := fmt.Sscan(of, &m.Of); err != nil {
			t.Fatalf("album %q: %v", album, err)
		}
	}
	return m
}

func (p *play) moves(to string) {
	p.t.Helper()
	if by, ok := strings.CutPrefix(to, "+"); ok {
		d, err := time.ParseDuration(by)
		must(p.t, err)
		must(p.t, p.bot.MoveClock(p.t.Context(), p.clock.Now().Add(d)))
		return
	}
	at, err := time.Parse(time.RFC3339, to)
	must(p.t, err)
	must(p.t, p.bot.MoveClock(p.t.Context(), at))
}

// decides runs an officer's command in its short form: values without --set.
func (p *play) decides(what string) {
	p.t.Helper()
	verb, rest, _ := strings.Cut(what, " ")
	args := []string{"ticket", verb, "REF", "--as", "operator"}
	switch verb {
	case desk.ActionAsk:
		field, words, _ := strings.Cut(rest, " ")
		args = append(args, field, words)
	case desk.ActionSay, desk.ActionClose, desk.ActionNote, "reject", "keep":
		args = append(args, rest)
	default:
		for value := range strings.FieldsSeq(rest) {
			args = append(args, "--set", strings.ReplaceAll(value, "_", " "))
		}
		for i, a := range args {
			if name, value, ok := strings.Cut(a, "="); ok { // a name keeps its underscores
				args[i] = strings.ReplaceAll(name, " ", "_") + "=" + value
			}
		}
	}
	if r := p.command(args); r.code != exitDone {
		p.t.Fatalf("! %s: %s", what, r.errors)
	}
}

// runs runs a command as an operator types it, and shows what it prints.
func (p *play) runs(line string) {
	p.t.Helper()
	r := p.command(shellWords(line))
	for l := range strings.Lines(r.out + r.errors) {
		p.out.WriteString("| " + strings.TrimRight(l, "\n") + "\n")
	}
}

// command runs sapa at the transcript's time.
func (p *play) command(args []string) result {
	p.t.Helper()
	tickets, err := p.office.db.Tickets(p.t.Context(), store.Filter{})
	must(p.t, err)
	for i, a := range args {
		if back, ok := strings.CutPrefix(a, "REF"); ok && len(tickets) > 0 {
			n, _ := strconv.Atoi(back) // none: the last
			args[i] = desk.NewRef(int64(len(tickets) + 1 - max(n, 1)))
		}
	}
	if args[0] == "ticket" && !slices.Contains(args, "--at") {
		args = append(args, "--at", p.clock.Now().Format(time.RFC3339))
	}
	return command(p.t, p.data, "", args...)
}

// shellWords splits a command line as a shell does, quotes included.
func shellWords(line string) (words []string) {
	var word strings.Builder
	quoted, any := false, false
	for _, r := range line + " " {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case r == ' ' && !quoted:
			if any || word.Len() > 0 {
				words = append(words, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteRune(r)
		}
	}
	return words
}

// replies writes what people were sent since the line before.
func (p *play) replies() {
	p.t.Helper()
	_, err := p.bot.Notice(p.t.Context())
	must(p.t, err)
	must(p.t, p.bot.Quiet(p.t.Context()))
	for _, o := range p.shown.take() {
		to := ""
		if o.To != p.phones[p.writer] {
			to = o.To
			for name, phone := range p.phones {
				if phone == o.To {
					to = name
				}
			}
		}
		text := o.Text
		if o.File != nil {
			text = "[" + o.File.Name + "] " + text + "\n" + strings.TrimRight(string(o.File.Body), "\n")
		}
		p.out.WriteString("<" + to + " " + strings.ReplaceAll(text, "\n", "\n  ") + "\n")
	}
}

// shown is the phones' screens.
type shown struct {
	mu   sync.Mutex
	rows []bot.Outbound
}

func (s *shown) Send(_ context.Context, o bot.Outbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, o)
	return nil
}

// take gives the replies since the last take, in the order of the outbox.
func (s *shown) take() []bot.Outbound {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.rows
	s.rows = nil
	slices.SortFunc(rows, func(a, b bot.Outbound) int { return int(a.Seq - b.Seq) })
	return rows
}

func (s *shown) Fetch(_ context.Context, m dialog.Media, to io.Writer) error {
	switch {
	case strings.HasPrefix(m.Name, "rusak"):
		_, err := to.Write([]byte("\xff\xd8\xff\xe0 a photo that broke off"))
		return err
	case strings.HasPrefix(m.Name, "hilang"):
		return bot.ErrGone
	case path.Ext(m.Name) == ".pdf":
		_, err := io.WriteString(to, "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
		return err
	case path.Ext(m.Name) == ".csv":
		body, err := os.ReadFile(filepath.Join("testdata", m.Name))
		if err != nil {
			return err
		}
		_, err = to.Write(body)
		return err
	}
	return jpeg.Encode(to, picture(), nil)
}

// pureEngine is the engine, taken at its word: a step changes nothing of the session it is given, and the same step
// gives the same turn.
type pureEngine struct {
	*dialog.Engine
	t *testing.T
}

// Step steps twice.
func (e *pureEngine) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	before, err := json.Marshal(s)
	if err != nil {
		return dialog.Turn{}, err
	}
	turn, err := e.Engine.Step(s, in)
	again, errAgain := e.Engine.Step(s, in)
	if !reflect.DeepEqual(turn, again) || (err == nil) != (errAgain == nil) {
		e.t.Errorf("input %s: the same step gave another turn", in.ID)
	}
	if after, err := json.Marshal(s); err != nil || !bytes.Equal(before, after) {
		e.t.Errorf("input %s: the step changed the session it was given", in.ID)
	}
	return turn, err
}

// difference shows the first lines that differ, with a few before them.
func difference(want, got string) string {
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
