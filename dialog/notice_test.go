package dialog_test

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

// The form with a stage that waits, a follow-up months later, and a flow that rates.
var (
	followedForm = strings.Replace(formFlow, "      status: approved\n", `      status: approved
      follow:
        - after: 90d
          say: {id: Masih tinggal di sana?, en: Do you still live there?}
          flow: pindah
`, 1)
	movedFlow = `flow: pindah
title: {id: Lapor pindah, en: Report a move}
intents: [pindah, pindah rumah]
given: {nama: name}
nodes:
  - end: akhir
    text: {id: "Tiket {tiket.ref}, {nama}", en: "Ticket {tiket.ref}, {nama}"}
`
	ratingFlow = `flow: nilai
title: {id: Beri nilai, en: Rate us}
intents: [nilai, rate]
given: {}
nodes:
  - ask: bintang
    type: number
    min: 1
    max: 5
    label: {id: Bintang, en: Stars}
    text: {id: "Berapa untuk {tiket.ref}?", en: "How many for {tiket.ref}?"}
  - query: simpan
    name: ticket.rate
    args: {ref: tiket.ref, rating: bintang, text: '""'}
    as: hasil
  - end: akhir
    text: {id: Tercatat., en: Noted.}
`
	ratedCatalog = "catalog: test\nlanguages: [id, en]\nwords: {rating: nilai}\n"
)

func newRatedTalk(t *testing.T) *talk {
	t.Helper()
	return newTalkWith(t, map[string]string{
		"form.yaml": followedForm, "pindah.yaml": movedFlow, "nilai.yaml": ratingFlow, "catalog.yaml": ratedCatalog,
	})
}

func TestNotices(t *testing.T) {
	const how = "Ketik *jawab* atau nomor tiketnya"
	for _, c := range []struct {
		name string
		ev   dialog.Event
		want []string
	}{
		{"a reminder of what was asked for", dialog.Event{Decision: "remind", Field: "anak"}, []string{"*Tiket 5H8-PWW3* (Formulir)", "kirim lagi Anak", how}},
		{"a reminder of a stage that waits", dialog.Event{Stage: "buka", Decision: "remind"}, []string{"tahap tiket ini masih: Dibuka"}},
		{"an end for want of an answer", dialog.Event{Decision: "expire"}, []string{"kami tutup", "7 hari"}},
		{"a ticket brought back", dialog.Event{Decision: "reopen"}, []string{"(Formulir) kami buka lagi."}},
		{"an end because somebody was erased", dialog.Event{Decision: dialog.DecisionErased, Final: true}, []string{"batal", "dihapus atas permintaan"}},
		{"an end in the officer's words", dialog.Event{Decision: "close", Text: "Sudah lewat chat."}, []string{"sudah ditutup. Sudah lewat chat."}},
		{"a follow-up with a flow", dialog.Event{Stage: "selesai", Decision: "follow:0", Values: map[string]string{"nama": "Siti"}}, []string{"Masih tinggal di sana?", how}},
		{"a decision", dialog.Event{Stage: "buka", Decision: "approve"}, []string{"*Tiket 5H8-PWW3* (Formulir)\nBeres"}},
		{"the end of it", dialog.Event{Stage: "buka", Decision: "approve", Final: true}, []string{"Beres\n\nBagaimana layanan kami? Ketik *nilai*"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newRatedTalk(t)
			k.says("halo", "1", "setuju")
			before := k.session
			wants(t, k.hears(c.ev), c.want...)
			if k.session.Flow != before.Flow || k.session.Node != before.Node || len(k.session.Way) != len(before.Way) {
				t.Errorf("the notice moved the session to %s/%s", k.session.Flow, k.session.Node)
			}
		})
	}
}

func TestAFollowUpIsOfferedBesideWhatWaits(t *testing.T) {
	k := newRatedTalk(t)
	k.hears(dialog.Event{Stage: "selesai", Decision: "follow:0", Values: map[string]string{"nama": "Siti"}})
	k.hears(dialog.Event{Stage: "selesai", Decision: "follow:0", Values: map[string]string{"nama": "Siti Aminah"}})
	if n := len(k.session.Pending); n != 1 {
		t.Errorf("the same follow-up waits %d times", n)
	}
	wants(t, k.says("pindah rumah"), "Tiket 5H8-PWW3, Siti Aminah")
}

// Two fields are asked for: the member answers one, then the other, each alone. Words of an officer and a reminder in
// between change nothing of that, a decision does.
func TestSeveralFieldsAreAskedOneAfterTheOther(t *testing.T) {
	k := newTalk(t, formFlow)
	k.hears(dialog.Event{Decision: "ask", Field: "nama", Text: "Nama lengkap."})
	wants(t, k.hears(dialog.Event{Decision: "ask", Field: "anak", Text: "Termasuk bayi."}), "Petugas meminta Anak lagi. Termasuk bayi.")
	k.hears(dialog.Event{Decision: "say", Text: "Saya tunggu."})
	wants(t, k.hears(dialog.Event{Decision: "remind", Field: "nama"}), "kirim lagi Nama")
	wants(t, k.says("menu"), "3. Tiket 5H8-PWW3: kirim lagi Nama", "4. Tiket 5H8-PWW3: kirim lagi Anak")

	wants(t, k.says("tiket 5H8-PWW3"), "Nama lengkap.\n\nNama?")
	k.says("Siti Aminah")
	args, reply := k.answers(dialog.QueryAnswer, dialog.Record{"ok": "true"})
	if args["field"] != "nama" || args["value"] != "Siti Aminah" {
		t.Errorf("answered %v", args)
	}
	wants(t, reply, "Nama untuk tiket *5H8-PWW3* sudah saya teruskan", "Termasuk bayi.\n\nBerapa anak?")
	k.says("2")
	if args, _ := k.answers(dialog.QueryAnswer, dialog.Record{"ok": "true"}); args["field"] != "anak" {
		t.Errorf("answered %v", args)
	}
	wants(t, k.says("jawab"), "tidak ada yang perlu dijawab")

	k.hears(dialog.Event{Decision: "ask", Field: "nama"})
	k.hears(dialog.Event{Stage: "buka", Decision: "approve"})
	wants(t, k.says("jawab"), "tidak ada yang perlu dijawab")
}

// How it was is asked once, in one menu, and found by its word for a week.
func TestRatingIsOfferedOnce(t *testing.T) {
	k := newRatedTalk(t)
	k.hears(dialog.Event{Decision: "close", Final: true})
	wants(t, k.says("menu"), "3. Tiket 5H8-PWW3: Beri nilai")
	wants(t, k.says("ulang"), "3. Tiket 5H8-PWW3: Beri nilai")
	if again := k.says("menu"); strings.Contains(again, "Beri nilai") {
		t.Errorf("offered again: %q", again)
	}
	wants(t, k.says("jawab"), "tidak ada yang perlu dijawab")
	k.now = k.now.Add(6 * 24 * time.Hour)
	wants(t, k.says("nilai"), "Berapa untuk 5H8-PWW3?")
	k.says("5")
	args, reply := k.answers(dialog.QueryRate, dialog.Record{"ok": "true"})
	if args["ref"] != "5H8-PWW3" || args["rating"] != "5" || args["text"] != "" {
		t.Errorf("rated with %v", args)
	}
	wants(t, reply, "Tercatat.")
	if len(k.session.Pending) != 0 {
		t.Errorf("what is rated is still pending: %+v", k.session.Pending)
	}
}

func TestRatingIsForgottenAfterAWeek(t *testing.T) {
	k := newRatedTalk(t)
	k.hears(dialog.Event{Decision: "close", Final: true})
	k.now = k.now.Add(7 * 24 * time.Hour)
	if got := k.says("nilai"); strings.Contains(got, "Berapa untuk") {
		t.Errorf("a week later it still asks: %q", got)
	}
}

// After a death nobody asks how it was.
func TestNobodyIsAskedToRateEverything(t *testing.T) {
	form := strings.Replace(followedForm, "- approve: selesai\n", "- approve: selesai\n          rating: false\n", 1)
	k := newTalkWith(t, map[string]string{
		"form.yaml": form, "pindah.yaml": movedFlow, "nilai.yaml": ratingFlow, "catalog.yaml": ratedCatalog,
	})
	if got := k.hears(dialog.Event{Stage: "buka", Decision: "approve", Final: true}); strings.Contains(got, "nilai") {
		t.Errorf("asked: %q", got)
	}
	if len(k.session.Pending) != 0 {
		t.Error("offered")
	}
}

// Notices send people to their tickets: the words, and a ticket's number, lead there from nothing and from a menu.
func TestTicketsAreFoundByTheirWords(t *testing.T) {
	k := newTalkWith(t, map[string]string{
		"form.yaml": formFlow, "catalog.yaml": "catalog: test\nlanguages: [id, en]\nwords: {tickets: tiket}\n",
		"tiket.yaml": "flow: tiket\ntitle: {id: Tiket saya, en: My tickets}\nintents: [cek tiket]\nnodes:\n" +
			"  - end: akhir\n    text: {id: Ini tiketnya., en: Your tickets.}\n",
	})
	wants(t, k.says("cek tiket"), "Ini tiketnya.")
	wants(t, k.says("menu", "5H8-PWW3"), "Ini tiketnya.")
	wants(t, k.says("menu", "Tiket saya dong"), "Ini tiketnya.")
	wants(t, k.says("menu", "1", "setuju", "Tiket saya"), "Berapa anak?") // where a name is asked, it is one
}

// Offers never push out what a ticket waits for.
func TestRatingGivesWay(t *testing.T) {
	k := newRatedTalk(t)
	k.hears(dialog.Event{Decision: "ask", Field: "nama"})
	for i := range 30 {
		k.hears(dialog.Event{Ref: "T" + string(rune('a'+i)), Decision: "close", Final: true})
	}
	wants(t, k.says("jawab"), "Nama?")
	if n := len(k.session.Pending); n != 20 {
		t.Errorf("%d matters are pending", n)
	}
}

// Nobody is asked how it was once everything of theirs is about to go.
func TestWhatErasesIsNotRated(t *testing.T) {
	for erases, want := range map[string]bool{"": true, "          erases: true\n": false} {
		form := strings.Replace(formFlow, "        - approve: selesai\n", "        - approve: selesai\n"+erases, 1)
		k := newTalkWith(t, map[string]string{"form.yaml": form, "nilai.yaml": ratingFlow, "catalog.yaml": ratedCatalog})
		if got := k.hears(dialog.Event{Stage: "buka", Decision: "approve", Final: true}); strings.Contains(got, "*nilai*") != want {
			t.Errorf("%q: told %q", erases, got)
		}
	}
}
