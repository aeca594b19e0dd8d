package dialog_test

import (
	"errors"
	"strings"
	"testing"

	"sapa/dialog"
)

const rightsFlow = `flow: hapus
title: {id: Hapus data, en: Delete my data}
intents: [hapus data saya]
anywhere: true
nodes:
  - say: hak
    text: {id: Itu hak Anda., en: That is your right.}
  - ask: pasti
    type: yesno
    label: {id: Pasti, en: Sure}
    text: {id: Hapus data Anda?, en: Delete your data?}
  - end: selesai
    text: {id: Baik., en: All right.}
`

func newRightsTalk(t *testing.T) *talk {
	t.Helper()
	return newTalkWith(t, map[string]string{"form.yaml": formFlow, "hapus.yaml": rightsFlow})
}

// What people have a right to they can ask for whatever is being asked: no name or number is read from the words, and
// the form in hand is kept and offered again.
func TestSomeFlowsBeginAnywhere(t *testing.T) {
	for name, says := range map[string][]string{
		"at first":                {},
		"at the menu":             {"halo"},
		"at a consent":            {"halo", "1"},
		"at a name":               {"halo", "1", "setuju"},
		"at a number":             {"halo", "1", "setuju", "Siti"},
		"at a file":               {"halo", "1", "setuju", "Siti", "2"},
		"while batal is asked":    {"halo", "1", "setuju", "Siti", "batal"},
		"while a draft is":        {"halo", "1", "setuju", "Siti", "menu", "1"},
		"where a ticket asks":     {"jawab"},
		"after something unclear": {"halo", "1", "setuju", "Siti", "??"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newRightsTalk(t)
			asked := name == "where a ticket asks"
			if asked {
				k.hears(dialog.Event{Decision: "ask", Field: "anak"})
			}
			k.says(says...)
			wants(t, k.says("HAPUS DATA"), "Itu hak Anda.", "Hapus data Anda?")
			got := k.says("tidak")
			wants(t, got, "Baik.")
			form := len(says) > 3
			if strings.Contains(got, "Formulir *Formulir* Anda belum selesai") != form {
				t.Errorf("ended with %q", got)
			}
			if form {
				k.says("1")
				if a := k.session.Answers["nama"].Value; a != "Siti" {
					t.Errorf("the name is %q", a)
				}
			}
			if asked {
				wants(t, got, "Masih ada yang menunggu Anda")
				wants(t, k.says("jawab"), "Berapa anak?")
			}
		})
	}
	for _, said := range []string{"hapus data saya", "tolong hapus data saya", "delete my data"} {
		k := newRightsTalk(t)
		k.says("halo", "1", "setuju")
		wants(t, k.says(said), "Hapus data Anda?")
	}
}

// Inside the flow its words are answers, an option of that name is the option, and in a talk they are for the officer.
func TestWhereAnywhereIsNot(t *testing.T) {
	k := newRightsTalk(t)
	k.says("halo", "hapus data")
	if got := k.says("hapus data"); strings.Contains(got, "Itu hak Anda.") {
		t.Errorf("begun again: %q", got)
	}

	home := strings.Replace(homeFlow, "Warna, en: Colour}, go: warna", "Hapus data, en: Delete}, go: warna", 1)
	k = newTalkWith(t, map[string]string{"form.yaml": formFlow, "hapus.yaml": rightsFlow, "home.yaml": home})
	k.says("halo")
	wants(t, k.says("hapus data"), "Warna apa?")

	k = newRightsTalk(t)
	k.officerSays("Halo.")
	wants(t, k.tells("hapus data"), "sudah sampai")
}

// Words that begin two flows anywhere, or mean something already, are refused.
func TestAnywhereIsChecked(t *testing.T) {
	_, err := loadWith(t, map[string]string{
		"home.yaml": homeFlow, "form.yaml": formFlow, "hapus.yaml": rightsFlow,
		"lain.yaml": strings.NewReplacer("flow: hapus", "flow: lain", "[hapus data saya]", "[menu]").Replace(rightsFlow),
	})
	var mistakes dialog.Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatalf("got %v", err)
	}
	wants(t, mistakes.Error(), `lain.yaml:1:1: flow "lain" is begun anywhere by "menu", which already means "menu"`,
		`lain.yaml:1:1: flow "lain" is begun anywhere by "hapus data", and so is flow "hapus"`)
}

// Whose first words lead past the welcome still learns whose chat this is, in one line and once; the welcome comes with
// the menu.
func TestEverybodyLearnsWhoseChatThisIs(t *testing.T) {
	const whose = "Anda terhubung dengan Klinik Contoh."
	officer := "catalog: test\nlanguages: [id, en]\nwords: {officer: petugas, tickets: daftar}\n"
	help := "flow: petugas\ntitle: {id: Bantuan petugas, en: An officer}\nnodes:\n  - end: akhir\n" +
		"    text: {id: Ceritakan saja., en: Tell us.}\n"
	for said, want := range map[string]bool{
		"petugas": true, "tiket": true, "hapus data": true, "bantuan": true, "halo": false, "menu": false, "warna": false,
	} {
		files := map[string]string{
			"home.yaml": homeFlow, "form.yaml": formFlow, "hapus.yaml": rightsFlow, "petugas.yaml": help, "daftar.yaml": listFlow,
			"catalog.yaml": officer,
		}
		k := newTalkWith(t, files)
		c, err := loadWith(t, files)
		if err != nil {
			t.Fatal(err)
		}
		k.engine = settled(t, c, dialog.Settings{Organisation: "Klinik Contoh"})
		if got := k.says(said); strings.HasPrefix(got, whose) != want {
			t.Errorf("%q is answered with %q", said, got)
		}
		if got := k.says("petugas"); strings.Contains(got, whose) {
			t.Errorf("told again: %q", got)
		}
	}
}
