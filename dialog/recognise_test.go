package dialog_test

import (
	"testing"

	"sapa/dialog"
)

const proofFlow = `flow: bukti
title: {id: Kata bukti, en: Proof}
recognises: {kata: code}
nodes:
  - say: terima
    text: {id: "Anda mengirim {kata}.", en: "You sent {kata}."}
  - query: klaim
    name: claim
    args: {word: kata}
    as: hasil
    go:
      - {if: hasil.ok, to: baik}
      - {to: buruk}
  - end: baik
    text: {id: Diterima., en: Accepted.}
  - end: buruk
    text: {id: Ditolak., en: Refused.}
`

// A message that the catalogue recognises is dealt with wherever the conversation stands; then what was being asked is
// asked again, and nothing given is lost.
func TestARecognisedMessage(t *testing.T) {
	for _, c := range []struct {
		name  string
		says  []string
		event *dialog.Event
		again string // what is asked once more
	}{
		{"out of the blue", nil, nil, ""},
		{"at the menu", []string{"halo"}, nil, "Pilih\n"},
		{"at a question that would take it", []string{"halo", "1", "setuju"}, nil, "Nama?"},
		{"while batal is asked back", []string{"halo", "1", "setuju", "Siti", "batal"}, nil, "Batalkan formulir *Formulir*?"},
		{"at what a ticket asks for", []string{"jawab"}, &dialog.Event{Decision: "ask", Field: "nama"}, "Nama?"},
		{"in a talk", nil, &dialog.Event{Decision: "say", Text: "Halo."}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalkWith(t, map[string]string{"form.yaml": formFlow, "bukti.yaml": proofFlow})
			if c.event != nil {
				k.hears(*c.event)
			}
			k.says(c.says...)
			before := k.session
			wants(t, k.says("K4P7RM"), "Anda mengirim K4P7RM.")
			args, reply := k.answers("claim", dialog.Record{"ok": "true"})
			if args["word"] != "K4P7RM" {
				t.Errorf("claimed %v", args)
			}
			wants(t, reply, "Diterima.", c.again)
			before.Last, before.Lang = k.session.Last, k.session.Lang
			same(t, k.session, before)
		})
	}
}

// A timer that the store set is recognised by its name, like a message: in the middle of a form nothing given is lost.
func TestARecognisedTimer(t *testing.T) {
	k := newTalkWith(t, map[string]string{"form.yaml": formFlow, "bukti.yaml": proofFlow})
	k.says("halo", "1", "setuju")
	before := k.session
	wants(t, k.step(dialog.Input{Kind: dialog.TimerDue, Timer: "K4P7RM"}), "Anda mengirim K4P7RM.")
	_, reply := k.answers("claim", dialog.Record{"ok": "true"})
	wants(t, reply, "Diterima.", "Nama?")
	before.Last = k.session.Last
	same(t, k.session, before)
	if reply := k.step(dialog.Input{Kind: dialog.TimerDue, Timer: "nobody knows it"}); reply != "" {
		t.Errorf("an unknown timer was answered with %q", reply)
	}
}

// What is no such word is an answer like any other.
func TestAMessageThatIsNotRecognised(t *testing.T) {
	k := newTalkWith(t, map[string]string{"form.yaml": formFlow, "bukti.yaml": proofFlow})
	k.says("halo", "1", "setuju")
	wants(t, k.says("Siti Aminah"), "Berapa anak?")
}
