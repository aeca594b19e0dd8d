package dialog_test

import (
	"strings"
	"testing"

	"sapa/dialog"
)

// rowsFlow is the form with rows asked for in place of the children.
var rowsFlow = strings.Replace(formFlow, "type: number\n", "type: rows\n", 1)

// sends sends a file to where the conversation stands and hands in what it was found to be.
func (k *talk) sends(id, mime, body string) string {
	k.t.Helper()
	if asked := k.step(dialog.Input{ID: id, Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}}); k.session.Fetching == nil {
		return asked
	}
	doc := &dialog.Document{ID: id, Field: k.session.Fetching.Field, MIME: mime, Body: []byte(body)}
	return k.step(dialog.Input{Kind: dialog.DocumentReady, Cause: id, Document: doc})
}

func TestATableIsReadAsIfItHadBeenTyped(t *testing.T) {
	for name, give := range map[string]func(k *talk) string{
		"typed": func(k *talk) string { return k.says("a;b") },
		"sent":  func(k *talk) string { return k.sends("f1", "text/csv", "a;b") },
	} {
		k := newTalk(t, rowsFlow)
		k.says("halo", "1", "setuju", "Siti Aminah")
		wants(t, give(k), "Fotonya?")
		if got := k.session.Answers["anak"].Value; got != "A;B" {
			t.Errorf("%s: the answer is %q", name, got)
		}
	}
}

func TestATableThatWillNotDoIsAskedForAgain(t *testing.T) {
	k := newTalk(t, rowsFlow)
	k.says("halo", "1", "setuju", "Siti Aminah")
	wants(t, k.sends("f1", "text/csv", "isi formulir"), "Berapa anak?") // its words mean no service
	wants(t, k.sends("f2", "image/jpeg", "\xff\xd8"), "file CSV", "Berapa anak?")
	if k.session.Node != "anak" || k.session.Answers["anak"].Value != "" || len(k.session.Offered) > 0 {
		t.Errorf("it stands at %s with %+v", k.session.Node, k.session.Answers)
	}
	wants(t, k.sends("f3", "text/csv", "a;b"), "Fotonya?")
}

// A table is no document: no officer opens one that a member sent in place of a photo.
func TestATableIsNoDocument(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju")
	wants(t, k.sends("f1", "text/csv", "a;b"), "jenis itu tidak bisa")
	if len(k.session.Early) > 0 {
		t.Error("it is kept for later")
	}
	k.says("Siti Aminah", "2")
	wants(t, k.sends("f2", "text/csv", "a;b"), "jenis itu tidak bisa", "Fotonya?")
	if _, answered := k.session.Answers["foto"]; answered {
		t.Error("it became the photo")
	}
	k.officerSays("Halo.")
	wants(t, k.sends("f3", "text/csv", "a;b"), "jenis itu tidak bisa")
}

// Who goes on before the table was fetched is asked for it again.
func TestATableThatComesTooLateIsNotTaken(t *testing.T) {
	k := newTalk(t, rowsFlow)
	k.says("halo", "1", "setuju", "Siti Aminah")
	k.step(dialog.Input{ID: "f1", Kind: dialog.Message, Media: &dialog.Media{Ref: "x"}})
	k.says("bantuan", "0")
	got := k.step(dialog.Input{
		Kind: dialog.DocumentReady, Cause: "f1", Document: &dialog.Document{ID: "f1", Field: "anak", MIME: "text/csv", Body: []byte("a;b")},
	})
	wants(t, got, "tidak berhasil")
	if _, answered := k.session.Answers["anak"]; answered {
		t.Error("it was taken")
	}
}
