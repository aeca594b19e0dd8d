package dialog_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sapa/dialog"
)

const (
	doubtCatalog = "catalog: test\nlanguages: [id, en]\nwords: {doubt: siapa, tickets: daftar}\n"
	doubtFlow    = `flow: siapa
title: {id: Siapa ini, en: Who is this}
nodes:
  - menu: kenal
    text: {id: Nomor ini milik Anda?, en: Is this number yours?}
    options:
      - {label: {id: "Ya, masih saya", en: "Yes, still me"}, go: lahir}
      - {label: {id: "Bukan, saya baru", en: "No, I am new"}, go: baru}
  - ask: lahir
    type: birth_date
    label: {id: Tanggal lahir, en: Birth date}
    text: {id: Tanggal lahirnya?, en: The birth date?}
  - query: bukti
    name: who.prove
    args: {birth_date: lahir, ref: '""'}
    as: bukti
    go:
      - {if: bukti.ok, to: benar}
      - {if: bukti.blocked, to: besok}
      - {to: salah}
  - say: salah
    text: {id: Bukan itu tanggalnya., en: That is not the date.}
    go: lahir
  - end: besok
    text: {id: Coba lagi besok., en: Try again tomorrow.}
  - say: benar
    text: {id: Terima kasih., en: Thank you.}
  - query: lagi
    name: who.known
    as: kenalan
  - end: selesai
  - end: baru
    text: {id: Selamat datang., en: Welcome.}
    anew: true
`
	listFlow = `flow: daftar
title: {id: Tiket saya, en: My tickets}
intents: [tiket]
nodes:
  - query: cari
    name: ticket.list
    as: semua
  - end: akhir
    text: {id: "Ada {semua.count}.", en: "There are {semua.count}."}
`
)

// newDoubtTalk is a talk with whom the engine knows well: a form set aside, a ticket that asks, an officer in the chat.
func newDoubtTalk(t *testing.T) *talk {
	t.Helper()
	k := newTalkWith(t, map[string]string{
		"form.yaml": formFlow, "siapa.yaml": doubtFlow, "daftar.yaml": listFlow, "catalog.yaml": doubtCatalog,
	})
	k.says("halo", "1", "setuju", "Siti Rahasia")
	k.hears(dialog.Event{Decision: "ask", Field: "foto", Text: "Foto rahasia buram."})
	k.officerSays("Pesan rahasia.")
	return k
}

// doubted steps with an input from a number in doubt.
func (k *talk) doubted(in dialog.Input) string {
	k.t.Helper()
	in.Doubt = dialog.DoubtUnseen
	return k.step(in)
}

func (k *talk) writesInDoubt(texts ...string) (last string) {
	k.t.Helper()
	for _, text := range texts {
		last = k.doubted(dialog.Input{Kind: dialog.Message, Text: text})
	}
	return last
}

// proves answers the query of the flow that asks who writes.
func (k *talk) proves(facts dialog.Record) string {
	k.t.Helper()
	if k.turn.Query == nil || k.turn.Query.Name != dialog.QueryProve || k.turn.Query.Args["birth_date"] != "1990-08-17" {
		k.t.Fatalf("the turn asks %+v", k.turn.Query)
	}
	in := dialog.Input{Kind: dialog.Message, Text: "17-8-1990", Result: &dialog.Result{Facts: facts}}
	if facts["ok"] == "true" { // it is settled
		return k.step(in)
	}
	return k.doubted(in)
}

// settles answers as whom we know, to the end of the turn.
func (k *talk) settles() string {
	k.t.Helper()
	k.writesInDoubt("1", "17-8-1990")
	k.proves(dialog.Record{"ok": "true", "blocked": "false"})
	return k.step(dialog.Input{Kind: dialog.Message, Text: "17-8-1990", Result: &dialog.Result{Facts: dialog.Record{"has": "true"}}})
}

// Whatever a stranger writes or sends leads into one question; nothing of whom the number was is shown, asked for,
// handed to an officer, or lost.
func TestInDoubtNothingIsShown(t *testing.T) {
	for name, in := range map[string]dialog.Input{
		"a word":                {Text: "halo"},
		"an answer":             {Text: "3"},
		"the menu":              {Text: "menu"},
		"going on":              {Text: "lanjut"},
		"leaving":               {Text: "batal"},
		"an officer":            {Text: "petugas"},
		"what a ticket asks":    {Text: "jawab"},
		"the ticket's number":   {Text: "5H8-PWW3"},
		"tickets":               {Text: "tiket"},
		"a service":             {Text: "formulir"},
		"help":                  {Text: "bantuan"},
		"back":                  {Text: "0"},
		"a photo":               {Media: &dialog.Media{Ref: "x"}},
		"a photo with words":    {Media: &dialog.Media{Ref: "x"}, Text: "ini"},
		"an edit":               {Edits: "me", Text: "Siti"},
		"what nobody can read":  {Unread: "voice"},
		"an edit nobody reads":  {Edits: "me"},
		"a date too early":      {Text: "17-8-1990"},
		"something as if empty": {Text: " "},
	} {
		t.Run(name, func(t *testing.T) {
			k := newDoubtTalk(t)
			in.Kind = dialog.Message
			for range 5 { // and however often
				got := k.doubted(in)
				if strings.Contains(got, "*petugas*") { // it does not work here
					t.Errorf("promised: %q", got)
				}
				if strings.Contains(got, "ahasia") || strings.Contains(got, "Formulir") || strings.Contains(got, "5H8") {
					t.Errorf("shown: %q", got)
				}
				asked := strings.Contains(got, "Nomor ini milik Anda?") || strings.Contains(got, "Balas dengan angkanya.")
				if in.Unread == "" && !asked {
					t.Errorf("answered with %q", got)
				}
				if k.turn.Query != nil {
					t.Errorf("asked the store %s", k.turn.Query.Name)
				}
				for _, e := range k.turn.Effects {
					if f, ok := e.(dialog.FetchDocument); ok {
						t.Errorf("fetched %+v", f)
					}
				}
			}
			if len(k.session.Pending) != 1 || k.session.Talk == nil || len(k.session.Consents) != 1 {
				t.Errorf("lost: %+v", k.session)
			}
			if in.Unread == "" && (len(k.session.Drafts) != 1 || k.session.Drafts[0].Answers["nama"].Value != "Siti Rahasia") {
				t.Errorf("the form is lost: %+v", k.session.Drafts)
			}
		})
	}
}

// Whatever comes, in whatever order, tells a stranger nothing, and asks the store for nothing but who it is.
func TestAStrangerWanders(t *testing.T) {
	said := []string{
		"1", "2", "3", "0", "halo", "menu", "batal", "ya", "lanjut", "jawab", "tiket", "petugas", "formulir", "isi formulir", "english",
		"bahasa", "darurat", "17-8-1990", "1-1-1980", "5H8-PWW3", "kirim", "pakai", "lagi", "K4P7RM", "apa saja", "nama saya siapa",
	}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 6)) //nolint:gosec // to be repeated, not secret
		k := newDoubtTalk(t)
		k.says("3")
		k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Media: &dialog.Media{Ref: "x", Album: "a", Of: 2}})
		for range 40 {
			in := dialog.Input{Kind: dialog.Message, Text: said[r.IntN(len(said))]}
			switch r.IntN(12) {
			case 0:
				in = dialog.Input{Kind: dialog.TimerDue, Timer: []string{"idle", "draft", "album", "alert"}[r.IntN(4)]}
			case 1:
				in = dialog.Input{Kind: dialog.DocumentReady, Document: &dialog.Document{ID: "f1", Field: "foto"}}
			case 2:
				in = dialog.Input{Kind: dialog.TicketEvent, Event: &dialog.Event{
					Ref: "6J2-XYZ7", Service: "form", Stage: "buka", Decision: "ask", Field: "nama", Text: "Nama rahasia?",
				}}
			case 3:
				in.Media = &dialog.Media{Ref: "y"}
			case 4:
				in.Edits = "mc"
			}
			got := k.doubted(in)
			if q := k.turn.Query; q != nil {
				if q.Name != dialog.QueryProve {
					t.Fatalf("seed %d: %q asks the store %s", seed, in.Text, q.Name)
				}
				got = k.doubted(dialog.Input{Kind: dialog.Message, Text: in.Text, Result: &dialog.Result{Facts: dialog.Record{"ok": "false"}}})
			}
			if strings.Contains(got, "ahasia") || strings.Contains(got, "Foto") || strings.Contains(got, "Siti") {
				t.Fatalf("seed %d: %q is answered with %q", seed, in.Text, got)
			}
			if slices.ContainsFunc(k.turn.Effects, func(e dialog.Effect) bool { _, is := e.(dialog.StartAnew); return is }) {
				break // and the rest is theirs
			}
		}
	}
}

// An emergency is answered before all else, and the language can be chosen.
func TestInDoubtWhatStillWorks(t *testing.T) {
	k := newDoubtTalk(t)
	wants(t, k.writesInDoubt("darurat"), "*119*", "Nomor ini milik Anda?")
	wants(t, k.writesInDoubt("english"), "in English", "Is this number yours?")
	wants(t, k.writesInDoubt("bahasa"), "bahasa Indonesia", "Nomor ini milik Anda?")
	wants(t, k.writesInDoubt("1"), "Tanggal lahirnya?")
	wants(t, k.writesInDoubt("0"), "Nomor ini milik Anda?")
}

// Each piece of news is told of, and none names its ticket: the number may be what proves who writes.
func TestInDoubtNewsIsCounted(t *testing.T) {
	k := newDoubtTalk(t)
	for _, want := range []string{"Ada 1 kabar tentang permintaan", "Ada 2 kabar tentang permintaan", "Ada 3 kabar tentang permintaan"} {
		got := k.doubted(dialog.Input{Kind: dialog.TicketEvent, Event: &dialog.Event{
			Ref: "6J2-XYZ7", Service: "form", Stage: "buka", Decision: "approve", Values: map[string]string{"nama": "Siti Rahasia"},
		}})
		if !strings.HasPrefix(got, want) || strings.Contains(got, "6J2") {
			t.Errorf("told %q, want %q", got, want)
		}
	}
}

// Whoever proves to be whom we know finds everything as it was, and hears what happened meanwhile.
func TestADoubtIsSettled(t *testing.T) {
	k := newDoubtTalk(t)
	k.hears(dialog.Event{Decision: dialog.DecisionBack})
	before := k.session
	got := k.doubted(dialog.Input{Kind: dialog.TicketEvent, Event: &dialog.Event{
		Ref: "6J2-XYZ7", Service: "form", Stage: "buka", Decision: "approve", Values: map[string]string{"nama": "Siti Rahasia"},
	}})
	if want := "Ada 1 kabar tentang permintaan dari nomor ini. Balas pesan ini untuk membacanya."; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	k.writesInDoubt("halo", "1", "17-8-1990")
	wants(t, k.proves(dialog.Record{"ok": "false", "blocked": "false"}), "Bukan itu tanggalnya.", "Tanggal lahirnya?")
	if len(k.session.Drafts) != 1 || len(k.session.Held) != 1 {
		t.Errorf("lost: %+v", k.session)
	}
	wants(t, k.writesInDoubt("0"), "Nomor ini milik Anda?")
	got = k.settles()
	wants(t, got, "*Tiket 6J2-XYZ7* (Formulir)\nBeres", "Formulir *Formulir* Anda belum selesai")
	wants(t, k.says("1"), "Berapa anak?")
	if a := k.session.Answers["nama"].Value; a != "Siti Rahasia" || len(k.session.Held) > 0 || len(k.session.Drafts) > 0 {
		t.Errorf("not as it was: %+v", k.session)
	}
	if !reflect.DeepEqual(k.session.Pending, before.Pending) || !reflect.DeepEqual(k.session.Consents, before.Consents) {
		t.Errorf("not as it was: %+v", k.session)
	}
}

// What they wrote first is answered once we know them, in whatever words.
func TestWhatWasWrittenFirstIsAnswered(t *testing.T) {
	const menu = "1. Isi formulir\n2. Warna"
	for first, want := range map[string]string{
		"halo": menu, "menu": menu, "english": "1. Fill in\n2. Colour", "darurat": menu, "0": menu, "??": menu,
		"warna": "Warna apa?", "formulir": "1. Formulir\n2. Bukan itu semua", "jawab": "Fotonya?", "5h8 pww3": "Fotonya?",
	} {
		k := newDoubtTalk(t)
		k.session.Drafts, k.session.Flow, k.session.Node, k.session.Answers, k.session.Talk = nil, "", "", nil, nil
		k.writesInDoubt(first)
		wants(t, k.settles(), want)
		if k.session.First != "" {
			t.Errorf("%q is kept", first)
		}
	}
	k := newDoubtTalk(t)
	k.session.Drafts, k.session.Flow, k.session.Node, k.session.Answers, k.session.Talk = nil, "", "", nil, nil
	k.writesInDoubt("tiket")
	k.settles()
	if _, got := k.answers("ticket.list", dialog.Record{"count": "3"}); !strings.Contains(got, "Ada 3.") {
		t.Errorf("answered %q", got)
	}
	k = newDoubtTalk(t)
	k.writesInDoubt("Fotonya menyusul.")
	k.settles()
	if args, _ := k.answers(dialog.QueryHear, dialog.Record{"ok": "true"}); args["text"] != "Fotonya menyusul." {
		t.Errorf("the officer was told %q", args["text"])
	}
	k = newDoubtTalk(t)
	k.doubted(dialog.Input{Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	wants(t, k.settles(), "Formulir *Formulir* Anda belum selesai")
}

// Whoever may not try again today is told so, and nothing else; a later doubt asks from the beginning.
func TestADoubtThatStays(t *testing.T) {
	k := newDoubtTalk(t)
	k.writesInDoubt("halo", "1", "17-8-1990")
	if got := k.proves(dialog.Record{"ok": "false", "blocked": "true"}); got != "Coba lagi besok." {
		t.Errorf("answered %q", got)
	}
	wants(t, k.writesInDoubt("halo"), "Nomor ini milik Anda?")
	if len(k.session.Drafts) != 1 || len(k.session.Pending) != 1 {
		t.Errorf("lost: %+v", k.session)
	}
}

// A proof that was given once does not count for the next doubt.
func TestAnotherDoubtIsAskedAnew(t *testing.T) {
	k := newDoubtTalk(t)
	k.writesInDoubt("halo")
	k.settles()
	wants(t, k.writesInDoubt("1"), "Nomor ini milik Anda?")
}

// Somebody new is greeted as such, and finds nothing of whom the number was.
func TestSomebodyNewBeginsAnew(t *testing.T) {
	k := newDoubtTalk(t)
	k.hears(dialog.Event{Decision: "approve", Stage: "buka"})
	k.writesInDoubt("english")
	wants(t, k.writesInDoubt("2"), "Welcome.", "Choose\n\n1. Fill in\n2. Colour")
	anew := false
	for _, e := range k.turn.Effects {
		_, is := e.(dialog.StartAnew)
		anew = anew || is
	}
	stored, err := json.Marshal(k.session)
	if err != nil || !anew || strings.Contains(string(stored), "ahasia") || strings.Contains(string(stored), "5H8") {
		t.Errorf("begun anew %v: %s", anew, stored)
	}
	wants(t, k.says("1"), "May we?") // their own consent
}

// Without a flow that asks, whoever writes is somebody new.
func TestADoubtNobodyAsksAbout(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju", "Siti Rahasia")
	wants(t, k.writesInDoubt("lanjut"), "1. Isi formulir")
	if len(k.session.Drafts) > 0 || len(k.session.Consents) > 0 {
		t.Errorf("kept %+v", k.session)
	}
}

// Files of an album that never come do not keep the question back.
func TestInDoubtNoAlbumIsWaitedFor(t *testing.T) {
	k := newTalkWith(t, map[string]string{"form.yaml": formFlow, "siapa.yaml": doubtFlow, "daftar.yaml": listFlow, "catalog.yaml": doubtCatalog})
	k.says("halo", "1", "setuju", "Siti Rahasia", "2")
	k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Media: &dialog.Media{Ref: "x", Album: "a", Of: 3}})
	k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: "f1", Document: &dialog.Document{ID: "f1", Field: "foto"}})
	wants(t, k.writesInDoubt("halo"), "Nomor ini milik Anda?")
}

// A welcome that asks the store something welcomes somebody new too.
func TestAWelcomeWithAQueryAfterADoubt(t *testing.T) {
	home := strings.Replace(homeFlow, "nodes:\n", "nodes:\n  - query: cuaca\n    name: weather\n    args: {place: '\"sini\"'}\n    as: cuaca\n", 1)
	for name, catalog := range map[string]string{"asked": doubtCatalog, "not asked": "catalog: test\nlanguages: [id, en]\n"} {
		files := map[string]string{"home.yaml": home, "form.yaml": formFlow, "daftar.yaml": listFlow, "catalog.yaml": catalog}
		if name == "asked" {
			files["siapa.yaml"] = doubtFlow
		} else {
			files["home.yaml"] = strings.Replace(home, "    options:\n", "    options:\n      - {label: {id: Tiket, en: Tickets}, go: /daftar}\n", 1)
		}
		k := newTalkWith(t, files)
		if k.writesInDoubt("halo"); name == "asked" {
			k.writesInDoubt("2")
		}
		got := k.doubted(dialog.Input{Kind: dialog.Message, Text: "2", Result: &dialog.Result{Facts: dialog.Record{"sky": "biru"}}})
		wants(t, got, "Isi formulir")
	}
}

// Timers and files that were on their way say nothing; a file is not lost.
func TestInDoubtNothingIsSaidUnasked(t *testing.T) {
	k := newDoubtTalk(t)
	k.says("3")
	k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	for _, in := range []dialog.Input{
		{Kind: dialog.DocumentReady, Cause: "f1", Document: &dialog.Document{ID: "f1", Field: "foto"}},
		{Kind: dialog.TimerDue, Timer: "album"},
		{Kind: dialog.TimerDue, Timer: "draft"},
		{Kind: dialog.TimerDue, Timer: "idle"},
		{Kind: dialog.TimerDue, Timer: "draft"},
		{Kind: dialog.TimerDue, Timer: "alert"},
		{Kind: dialog.TimerDue, Timer: "K4P7RM"},
	} {
		if got := k.doubted(in); got != "" || k.turn.Query != nil {
			t.Errorf("%s %s is answered with %q and asks %+v", in.Kind, in.Timer, got, k.turn.Query)
		}
	}
	if d := k.session.Drafts; len(d) != 1 || d[0].Answers["foto"].Value != "f1" || d[0].Reminded {
		t.Errorf("the form is %+v", d)
	}
}

// A doubt that was settled on another line is over here too: what was held is told with the next message.
func TestADoubtSettledElsewhere(t *testing.T) {
	k := newDoubtTalk(t)
	for range 25 { // the last are kept
		k.doubted(dialog.Input{Kind: dialog.TicketEvent, Event: &dialog.Event{Ref: "6J2-XYZ7", Service: "form", Decision: "remind", Stage: "buka"}})
	}
	k.doubted(dialog.Input{Kind: dialog.TicketEvent, Event: &dialog.Event{Ref: "7K3-ABC8", Service: "gone", Decision: "remind"}})
	if n := len(k.session.Held); n != 20 {
		t.Errorf("%d events are held", n)
	}
	got := k.says("menu")
	wants(t, got, "*Tiket 6J2-XYZ7* (Formulir)", "1. Isi formulir")
	if len(k.session.Held) > 0 || strings.Contains(got, "7K3") {
		t.Errorf("held %+v after %q", k.session.Held, got)
	}
}

// The flow that asks who writes is played to anybody, so it is checked more closely than others.
func TestTheDoubtFlowIsChecked(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"leads home": {"    anew: true\n", "    anew: true\n  - say: c\n    text: {id: C, en: C}\n    go: /\n", `siapa.yaml:37:9: flow "siapa" asks who writes, so it goes on`},
		"leads away": {"go: baru}", "go: /form}", `siapa.yaml:8:67: flow "siapa" asks who writes, so it goes on`},
		"asks for tickets": {
			"name: who.known", "name: ticket.list",
			`siapa.yaml:28:5: flow "siapa" asks who writes, so it asks nothing like "ticket.list" before it knows`,
		},
		"never begins anew": {"    anew: true\n", "", `siapa.yaml:1:1: flow "siapa" asks who writes, but has no end for somebody new`},
		"is not there":      {"flow: siapa", "flow: siapakah", `catalog.yaml:1:1: words: doubt opens the unknown flow "siapa"`},
		"is used by others": {"flow: siapa", "flow: siapa", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(doubtFlow, c.from) {
				t.Fatalf("the flow has no %q", c.from)
			}
			files := map[string]string{
				"home.yaml": homeFlow, "form.yaml": formFlow, "catalog.yaml": doubtCatalog, "daftar.yaml": listFlow,
				"siapa.yaml": strings.Replace(doubtFlow, c.from, c.to, 1),
			}
			if c.want == "" {
				files["luar.yaml"] = "flow: luar\ntitle: {id: Luar, en: Out}\nnodes:\n  - menu: a\n    text: {id: A, en: A}\n" +
					"    options: [{label: {id: B, en: B}, go: b}]\n  - use: siapa\n    as: b\n  - end: akhir\n"
				c.want = `siapa.yaml:32:5: flow "luar" plays this end inside itself`
			}
			_, err := loadWith(t, files)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	form := strings.Replace(formFlow, "flow: form", "flow: siapa", 1)
	_, err := loadWith(t, map[string]string{"home.yaml": strings.Replace(homeFlow, "/form", "/siapa", 1), "siapa.yaml": form, "daftar.yaml": listFlow, "catalog.yaml": doubtCatalog})
	for _, want := range []string{"so it is no form", "never asks the query who.prove"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
