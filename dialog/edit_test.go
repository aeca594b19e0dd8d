package dialog_test

import (
	"strings"
	"testing"

	"sapa/dialog"
)

// edits changes the text of a message.
func (k *talk) edits(id, text string) string {
	k.t.Helper()
	return k.step(dialog.Input{ID: "edit", Kind: dialog.Message, Edits: id, Text: text})
}

// write writes a message under an ID.
func (k *talk) write(id, text string) string {
	k.t.Helper()
	return k.step(dialog.Input{ID: id, Kind: dialog.Message, Text: text})
}

// Which edits correct an answer, which are another try, and which come too late. Each begins at the second question of
// a form, the first having been answered with the message "nama".
func TestEdits(t *testing.T) {
	const (
		late   = "sudah lebih dulu diproses"
		asked  = "ketik *kembali* lalu"
		review = "ketik *ubah*"
		over   = "ketik *menu* dan ajukan lagi"
	)
	for _, c := range []struct {
		name  string
		then  []string // written after it, under the IDs "1", "2", …
		edits string
		text  string
		want  []string
		field string // whose answer is looked at (nama)
		value string
	}{
		{"the last answer", nil, "nama", "Siti Amina", []string{"Baik, saya ganti. Nama: Siti Amina\n---\n", "Berapa anak?"}, "nama", "Siti Amina"},
		{"to the same", nil, "nama", "Siti   Aminah", []string{"Jawaban Anda tetap. Nama: Siti Aminah", "Berapa anak?"}, "nama", "Siti Aminah"},
		{"to what is none", nil, "nama", "Siti 2", []string{"Nama tidak memakai angka.\n\nJawaban Anda tetap. Nama: Siti Aminah\n---\n", "Berapa anak?"}, "nama", "Siti Aminah"},
		{"to keep it", nil, "nama", "lanjut", []string{"Jawaban Anda tetap. Nama: Siti Aminah"}, "nama", "Siti Aminah"},
		{"after an unclear reply", []string{"banyak"}, "nama", "Siti Amina", []string{"Baik, saya ganti"}, "nama", "Siti Amina"},
		{"after asking for help", []string{"bantuan"}, "nama", "Siti Amina", []string{"Baik, saya ganti"}, "nama", "Siti Amina"},
		{"while batal is asked back", []string{"batal"}, "nama", "Siti Amina", []string{"Baik, saya ganti", "Berapa anak?"}, "nama", "Siti Amina"},
		{"an unclear reply", []string{"banyak"}, "1", "dua", []string{"Fotonya?"}, "anak", "2"},
		{"an unclear reply, unclear again", []string{"banyak"}, "1", "entah", []string{"Berapa anak?"}, "anak", ""},
		{"to 0, which is a number there", []string{"10"}, "1", "0", []string{"Baik, saya ganti. Anak: 0", "Fotonya?"}, "anak", "0"},
		{"to 0, which is none in a name", nil, "nama", "0", []string{"Nama?"}, "nama", "Siti Aminah"},
		{"to a word that works everywhere", nil, "nama", "bantuan", []string{"Jawab satu per satu"}, "nama", "Siti Aminah"},
		{"an answer gone back to", []string{"2", "kembali"}, "1", "3", []string{"Fotonya?"}, "anak", "3"},
		{"the answer before the last", []string{"2"}, "nama", "Siti Amina", []string{late, asked}, "nama", "Siti Aminah"},
		{"consent", nil, "izin", "tidak", []string{late, asked}, "izin", "true"},
		{"to what cannot be read", nil, "nama", "", []string{late, asked}, "nama", "Siti Aminah"},
		{"a message nobody remembers", nil, "antah", "Siti Amina", []string{late, asked}, "nama", "Siti Aminah"},
		{"after the form was left", []string{"menu"}, "nama", "Siti Amina", []string{late, over}, "nama", ""},
		{"after a file at the review", []string{"2", "[foto]"}, "1", "3", []string{late, review}, "anak", "2"},
		{"what was changed at the review", []string{"2", "[foto]", "ubah anak", "3"}, "4", "4", []string{"Baik, saya ganti. Anak: 4", "2. Anak: 4"}, "anak", "4"},
		{"the word for changing", []string{"2", "[foto]", "ubah anak"}, "3", "kirim", []string{late, asked}, "anak", "2"},
		{"an unclear word to kirim", []string{"2", "[foto]", "entahlah"}, "3", "kirim", []string{"Nomor tiket: X"}, "anak", ""},
		{"after it was sent", []string{"2", "[foto]", "kirim"}, "3", "batal", []string{late, over}, "anak", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, formFlow)
			k.says("halo", "1")
			k.write("izin", "setuju")
			k.write("nama", "Siti Aminah")
			for i, text := range c.then {
				k.writes(string(rune('1'+i)), text)
			}
			wants(t, k.edits(c.edits, c.text)+k.opened(), c.want...)
			if got := k.session.Answers[c.field].Value; got != c.value {
				t.Errorf("%s is %q, want %q", c.field, got, c.value)
			}
		})
	}
}

// writes is write, with "[foto]" for a file that is fetched and found good.
func (k *talk) writes(id, text string) {
	k.t.Helper()
	if text != "[foto]" {
		k.write(id, text)
		k.opened()
		return
	}
	k.step(dialog.Input{ID: id, Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: id, Document: &dialog.Document{ID: id, Field: "foto"}})
}

// opened answers the query that opens a ticket, if the turn asks it.
func (k *talk) opened() string {
	k.t.Helper()
	if k.turn.Query == nil {
		return ""
	}
	return k.step(dialog.Input{Kind: dialog.Message, Result: &dialog.Result{Facts: dialog.Record{"ref": "X"}}})
}

// Every further edit of a message names the first text's ID: it goes on correcting the same answer.
func TestAMessageIsEditedTwice(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju")
	k.write("nama", "Siti 1")
	k.edits("nama", "Siti Amina")
	wants(t, k.edits("nama", "Siti Aminah"), "Baik, saya ganti. Nama: Siti Aminah")
	wants(t, k.edits("nama", "Siti Aminah Putri"), "Baik, saya ganti. Nama: Siti Aminah Putri")
}

// The same words are never sent twice running, however often somebody edits.
func TestEditsTooLateAreNotAnsweredAlike(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju")
	first := k.edits("antah", "Siti")
	if second := k.edits("antah", "Siti"); second == first || !strings.HasSuffix(second, first) {
		t.Errorf("twice: %q, then %q", first, second)
	}
}

// A ticket's field asked for again went to the ticket: an edit does not reach it.
func TestAnEditDoesNotReachATicket(t *testing.T) {
	k := newTalk(t, formFlow)
	k.step(dialog.Input{ID: "ticket:1", Kind: dialog.TicketEvent, Event: &dialog.Event{Ref: "X", Service: "form", Decision: "ask", Field: "anak"}})
	k.says("jawab")
	k.write("lagi", "4")
	wants(t, k.edits("lagi", "5"), "ketik *menu* dan ajukan lagi")
}
