package dialog_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

// A form of three questions with a home menu: what the tests below talk to.
const formFlow = `flow: form
title: {id: Formulir, en: Form}
service:
  stages:
    - stage: buka
      title: {id: Dibuka, en: Open}
      status: open
      role: branch
      decisions:
        - approve: selesai
          say: {id: Beres, en: Done}
    - stage: selesai
      title: {id: Selesai, en: Done}
      status: approved
nodes:
  - ask: izin
    type: consent
    version: v1
    label: {id: Izin, en: Consent}
    text: {id: Boleh?, en: May we?}
  - ask: nama
    type: name
    label: {id: Nama, en: Name}
    text: {id: Nama?, en: Name?}
  - ask: anak
    type: number
    label: {id: Anak, en: Children}
    text: {id: Berapa anak?, en: How many children?}
  - ask: foto
    type: document
    label: {id: Foto, en: Photo}
    text: {id: Fotonya?, en: The photo?}
  - review: periksa
  - ticket: kirim
    as: tiket
  - end: akhir
    text: {id: "Nomor tiket: {tiket.ref}", en: "Nomor tiket: {tiket.ref}"}
`

const homeFlow = `flow: home
title: {id: Beranda, en: Home}
nodes:
  - menu: utama
    text: {id: Pilih, en: Choose}
    options:
      - {label: {id: Isi formulir, en: Fill in}, go: /form}
      - {label: {id: Warna, en: Colour}, go: warna}
  - ask: warna
    type: choice
    list: colours
    label: {id: Warna, en: Colour}
    text: {id: Warna apa?, en: Which colour?}
    go: /
`

// talk is a conversation with an engine: it keeps the session from turn to turn.
type talk struct {
	t       *testing.T
	engine  *dialog.Engine
	session dialog.Session
	turn    dialog.Turn
	now     time.Time
	count   int
}

func newTalk(t *testing.T, form string) *talk {
	t.Helper()
	return newTalkWith(t, map[string]string{"form.yaml": form})
}

// newTalkWith talks to a catalogue of the home menu and further documents.
func newTalkWith(t *testing.T, files map[string]string) *talk {
	t.Helper()
	all := map[string]string{"home.yaml": homeFlow}
	maps.Copy(all, files)
	c, err := loadWith(t, all)
	if err != nil {
		t.Fatal(err)
	}
	return &talk{t: t, engine: settled(t, c, dialog.Settings{}), now: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
}

// settled is an engine with one line.
func settled(t *testing.T, c *dialog.Catalog, s dialog.Settings) *dialog.Engine {
	t.Helper()
	s.Lines = map[string]string{"a": "home"}
	e, err := dialog.NewEngine(c, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (k *talk) step(in dialog.Input) string {
	k.t.Helper()
	k.count++
	if in.ID == "" {
		in.ID = "m" + string(rune('a'+k.count))
	}
	in.Line, in.At = "a", k.now
	before, err := json.Marshal(k.session)
	if err != nil {
		k.t.Fatal(err)
	}
	turn, err := k.engine.Step(k.session, in)
	if err != nil {
		k.t.Fatal(err)
	}
	if again, err := k.engine.Step(k.session, in); err != nil || !reflect.DeepEqual(turn, again) {
		k.t.Errorf("the same input gave another turn (%v)", err)
	}
	if after, _ := json.Marshal(k.session); string(after) != string(before) {
		k.t.Error("the step changed the session it was given")
	}
	var stored dialog.Session // as it lies on disk until the next input
	if after, err := json.Marshal(turn.Session); err != nil || json.Unmarshal(after, &stored) != nil {
		k.t.Fatal(err)
	}
	k.session, k.turn = stored, turn
	return replies(turn)
}

// hears tells the session what happened to ticket X of the form.
func (k *talk) hears(ev dialog.Event) string {
	k.t.Helper()
	ev.Ref, ev.Service = cmp.Or(ev.Ref, "5H8-PWW3"), "form"
	return k.step(dialog.Input{Kind: dialog.TicketEvent, Event: &ev})
}

// answers answers the query the turn asks, which has to be this one, and gives what it was asked with.
func (k *talk) answers(query string, facts dialog.Record) (args dialog.Record, reply string) {
	k.t.Helper()
	if k.turn.Query == nil || k.turn.Query.Name != query {
		k.t.Fatalf("the turn asks %+v, want the query %s", k.turn.Query, query)
	}
	args = k.turn.Query.Args
	return args, k.step(dialog.Input{Kind: dialog.Message, Result: &dialog.Result{Facts: facts}})
}

// says writes a message and gives all replies.
func (k *talk) says(texts ...string) (last string) {
	k.t.Helper()
	for _, text := range texts {
		last = k.step(dialog.Input{Kind: dialog.Message, Text: text})
	}
	return last
}

func replies(t dialog.Turn) string {
	var texts []string
	for _, e := range t.Effects {
		if r, ok := e.(dialog.Reply); ok {
			texts = append(texts, r.Text)
		}
	}
	return strings.Join(texts, "\n---\n")
}

func wants(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("got %q, want it to have %q", got, p)
		}
	}
}

// A session whose question is gone from the catalogue goes to its form's first unanswered question, with a sentence.
func TestVanishedNode(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju", "Siti Aminah")
	later := newTalk(t, strings.NewReplacer("ask: anak", "ask: jumlah_anak", "anak\n    type: number", "jumlah_anak\n    type: number").Replace(formFlow))
	later.session = k.session
	wants(t, later.says("3"), "Formulir ini baru diperbarui", "Berapa anak?")
	if a := later.session.Answers["nama"].Value; a != "Siti Aminah" {
		t.Errorf("the name is %q after the catalogue changed", a)
	}
}

// In a number's question 0 is a number, and "kembali" goes back to the earlier answer.
func TestZeroIsANumber(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju", "Siti Aminah")
	wants(t, k.says("0"), "Fotonya?")
	wants(t, k.says("0"), "Berapa anak?", "Jawaban tadi: 0")
	wants(t, k.says("kembali"), "Nama?", "Jawaban tadi: Siti Aminah")
	wants(t, k.says("lanjut"), "Fotonya?")
}

// An album whose last file never comes is not waited for for ever.
func TestAlbumThatStaysIncomplete(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju", "Siti Aminah", "2")
	k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Media: &dialog.Media{Ref: "x", Album: "a", Of: 3}})
	got := k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: "f1", Document: &dialog.Document{ID: "f1", Field: "foto"}})
	if strings.Contains(got, "Periksa") {
		t.Fatalf("asked on before the album was complete: %q", got)
	}
	wants(t, k.step(dialog.Input{Kind: dialog.TimerDue, Timer: "album"}), "*Periksa dulu, ya*")
}

// While a document is fetched, only words that work everywhere interrupt.
func TestInterrupts(t *testing.T) {
	k := newTalk(t, formFlow)
	for text, want := range map[string]bool{"menu": true, "batal ya": true, "Siti": false, "0": false, "": false} {
		in := dialog.Input{Kind: dialog.Message, Text: text}
		if got := k.engine.Interrupts(k.session, in); got != want {
			t.Errorf("%q interrupts: %v, want %v", text, got, want)
		}
	}
}

// What nobody can read is answered in the conversation's language, moves nothing, and waits for no document.
func TestWhatCannotBeRead(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju")
	before := k.session
	for unread, want := range map[string]string{"voice": "pesan suara", "poll": "polling", "hologram": "pesan jenis ini"} {
		in := dialog.Input{Kind: dialog.Message, Unread: unread}
		wants(t, k.step(in), want)
		if !k.engine.Interrupts(k.session, in) {
			t.Errorf("%s waits for a document", unread)
		}
	}
	before.Last = k.session.Last
	if !reflect.DeepEqual(k.session, before) {
		t.Errorf("the session was %+v, is %+v", before, k.session)
	}
	k.says("english")
	wants(t, k.step(dialog.Input{Kind: dialog.Message, Unread: "voice"}), "cannot listen")
	wants(t, k.says("Siti Aminah"), "How many children?")
}

// A photo that arrives after its form was set aside still goes into it.
func TestDocumentAfterItsFormWasSetAside(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju", "Siti Aminah", "2")
	k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	k.says("menu")
	k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: "f1", Document: &dialog.Document{ID: "f1", Field: "foto"}})
	wants(t, k.says("1", "1"), "Foto: sudah dikirim")
}

// Lines and inputs nobody knows are errors, not silence.
func TestUnknownLineAndKind(t *testing.T) {
	k := newTalk(t, formFlow)
	if _, err := k.engine.Step(dialog.Session{}, dialog.Input{Line: "z", Kind: dialog.Message}); !errors.Is(err, dialog.ErrUnknownLine) {
		t.Errorf("got %v", err)
	}
	if _, err := k.engine.Step(dialog.Session{}, dialog.Input{Line: "a", Kind: "odd"}); err == nil {
		t.Error("an odd kind was taken")
	}
	if _, err := k.engine.Step(dialog.Session{}, dialog.Input{Line: "a", Result: &dialog.Result{}}); !errors.Is(err, dialog.ErrResult) {
		t.Errorf("got %v", err)
	}
}
