package dialog_test

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

// officerSays puts an officer into the chat.
func (k *talk) officerSays(words string) string {
	k.t.Helper()
	return k.hears(dialog.Event{Decision: "say", Who: "budi.santoso", Text: words})
}

// tells writes words that are to reach the officer, and gives what the member reads of it.
func (k *talk) tells(words string) string {
	k.t.Helper()
	if got := k.says(words); got != "" {
		k.t.Errorf("%q was answered with %q before it reached the officer", words, got)
	}
	args, reply := k.answers(dialog.QueryHear, dialog.Record{"ok": "true"})
	if args["ref"] != "5H8-PWW3" || args["text"] != words {
		k.t.Errorf("the officer of %s was told %q, want %q", args["ref"], args["text"], words)
	}
	return reply
}

// An officer's words begin a talk: the member hears who is there and how to get the assistant back, then only that the
// first answer arrived.
func TestATalkWithAnOfficer(t *testing.T) {
	k := newTalk(t, formFlow)
	wants(t, k.officerSays("Fotonya kurang jelas."),
		"*Tiket 5H8-PWW3*, pesan dari Petugas Budi Santoso:\nFotonya kurang jelas.", "Ketik *menu*")
	wants(t, k.tells("Oh begitu, yang mana ya bu?"), "Pesan Anda sudah sampai ke Petugas Budi Santoso.")
	for _, words := range []string{"KTP atau KK?", "isi formulir", "3", "makasih", "👍", "halo"} {
		if reply := k.tells(words); reply != "" {
			t.Errorf("%q was answered with %q", words, reply)
		}
	}
	if again := k.officerSays("KTP-nya."); strings.Contains(again, "*menu*") {
		t.Errorf("told again how to leave: %q", again)
	}
	wants(t, k.hears(dialog.Event{Decision: "say", Text: "Saya gantikan."}), "pesan dari petugas:", "Ketik *menu*")
	wants(t, k.tells("baik"), "sudah sampai ke petugas.")
}

// What fits what is being asked is taken as ever; all else goes to the officer, and no answer is lost.
func TestATalkDisturbsNoForm(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju", "Siti Aminah")
	k.officerSays("Halo.")
	wants(t, k.tells("sebentar ya bu"), "sudah sampai")
	if k.session.Misses != 0 || k.session.Node != "anak" {
		t.Fatalf("the form stands at %s after %d misses", k.session.Node, k.session.Misses)
	}
	wants(t, k.says("bantuan"), "Jawab satu per satu", "Berapa anak?")
	wants(t, k.says("2"), "Fotonya?")
	k.tells("sudah saya isi dua")
	k.says("batal")
	k.officerSays("Masih di sana?")
	k.tells("eh maaf, salah ketik")
	wants(t, k.says("tidak"), "Fotonya?")
	if a := k.session.Answers["anak"].Value; a != "2" {
		t.Errorf("the children are %q", a)
	}
}

// Bare figures at a question were meant for it.
func TestFiguresAreNotForTheOfficer(t *testing.T) {
	k := newTalk(t, strings.Replace(formFlow, "type: number\n", "type: number\n    min: 0\n    max: 20\n", 1))
	k.says("halo", "1", "setuju", "Siti Aminah")
	k.officerSays("Halo.")
	wants(t, k.says("99"), "antara 0 dan 20")
}

func TestATalkEnds(t *testing.T) {
	const back = "Percakapan dengan petugas selesai"
	for _, c := range []struct {
		name string
		how  func(k *talk) string
		want []string
		next []string // what a message for the officer is answered with then
	}{
		{"with menu", func(k *talk) string { return k.says("menu") }, []string{back, "Pilih\n"}, []string{"belum mengerti"}},
		{"with batal", func(k *talk) string { return k.says("batal") }, []string{back, "Pilih\n"}, []string{"belum mengerti"}},
		{
			"by the officer", func(k *talk) string { return k.hears(dialog.Event{Decision: dialog.DecisionBack}) },
			[]string{back},
			[]string{"Pilih\n"},
		},
		{
			"with a decision", func(k *talk) string { return k.hears(dialog.Event{Stage: "buka", Decision: "approve"}) },
			[]string{"Beres"},
			[]string{"Pilih\n"},
		},
		{
			"with the ticket", func(k *talk) string { return k.hears(dialog.Event{Decision: "close", Text: "Sudah."}) },
			[]string{"sudah ditutup. Sudah."},
			[]string{"Pilih\n"},
		},
		{"silently", func(k *talk) string { k.now = k.now.Add(12 * time.Hour); return "" }, nil, []string{"Pilih\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, formFlow)
			k.officerSays("Halo.")
			k.now = k.now.Add(11 * time.Hour)
			k.tells("ya bu") // keeps it going
			wants(t, c.how(k), c.want...)
			wants(t, k.says("terus bagaimana"), c.next...)
		})
	}
}

// What happens to another ticket ends no talk; a hand-back asks again what was being asked, and says nothing where
// nobody was there.
func TestATalkGoesOn(t *testing.T) {
	k := newTalk(t, formFlow)
	if got := k.hears(dialog.Event{Decision: dialog.DecisionBack}); got != "" {
		t.Errorf("nobody was there, and it says %q", got)
	}
	k.says("halo", "1", "setuju")
	k.officerSays("Halo.")
	k.hears(dialog.Event{Ref: "X", Stage: "buka", Decision: "approve"})
	k.hears(dialog.Event{Decision: "ask", Field: "anak", Text: "Berapa?"})
	k.hears(dialog.Event{Decision: "remind", Field: "anak"})
	k.tells("itu 2 orang, bu")
	wants(t, k.hears(dialog.Event{Decision: dialog.DecisionBack}), "saya bantu lagi", "Nama?")
}

// A file that no question waits for goes to the ticket with the words that came with it.
func TestAFileInATalk(t *testing.T) {
	k := newTalk(t, formFlow)
	k.officerSays("Ada fotonya?")
	k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Text: "ini bu", Media: &dialog.Media{Ref: "x"}})
	k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: "f1", Document: &dialog.Document{ID: "f1"}})
	args, reply := k.answers(dialog.QueryAdd, dialog.Record{"ok": "true"})
	if args["ref"] != "5H8-PWW3" || args["value"] != "f1" || args["text"] != "ini bu" {
		t.Errorf("the ticket was given %v", args)
	}
	wants(t, reply, "File Anda sudah sampai ke Petugas Budi Santoso.")

	k.step(dialog.Input{ID: "f2", Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	problem := &dialog.Reason{Code: "document.broken"}
	wants(t, k.step(dialog.Input{Kind: dialog.DocumentBad, Cause: "f2", Document: &dialog.Document{ID: "f2", Problem: problem}}), "rusak")

	k.hears(dialog.Event{Decision: "ask", Field: "foto", Text: "Yang jelas."}) // now a document is asked for
	k.step(dialog.Input{ID: "f3", Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: "f3", Document: &dialog.Document{ID: "f3", Field: "foto"}})
	k.answers(dialog.QueryAnswer, dialog.Record{"ok": "true"})
}

// Words that come after the ticket's end reach nobody, and that is said.
func TestWordsThatCameTooLate(t *testing.T) {
	k := newTalk(t, formFlow)
	k.officerSays("Halo.")
	k.says("masih di sana?")
	_, reply := k.answers(dialog.QueryHear, dialog.Record{"ok": "false"})
	wants(t, reply, "tidak sampai ke petugas", "*petugas*")
	if k.session.Talk != nil {
		t.Error("the talk goes on")
	}
}

// The officer hears the words as they were corrected, too.
func TestAnEditInATalk(t *testing.T) {
	k := newTalk(t, formFlow)
	k.officerSays("Berapa orang?")
	k.write("m1", "tiga orang")
	k.answers(dialog.QueryHear, dialog.Record{"ok": "true"})
	k.edits("m1", "dua orang")
	if args, _ := k.answers(dialog.QueryHear, dialog.Record{"ok": "true"}); args["text"] != "dua orang" {
		t.Errorf("the officer was told %q", args["text"])
	}
}
