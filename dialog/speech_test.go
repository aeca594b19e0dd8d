package dialog_test

import (
	"strings"
	"testing"
)

// A first message that is plainly English is answered in English, with the way to Indonesian; all else in Indonesian.
func TestAFirstMessageIsAnsweredInItsLanguage(t *testing.T) {
	for said, english := range map[string]bool{
		"My card is not active anymore":               true,
		"how do I pay the contributions?":             true,
		"I\u2019m moving, what should I do":           true,
		"Good morning. We want to register our baby.": true,
		"which colour":                    false, // one word is no language
		"hello":                           false,
		"hi admin, help please":           false,
		"card inactive":                   false,
		"the the the":                     false,
		"my card is mati min":             false, // who writes so reads Indonesian
		"saya mau check status my card":   false,
		"kartu saya tidak aktif":          false,
		"kelas I is it":                   false,
		"":                                false,
		"\u200e 3174 0157 0890 0002, the": false,
	} {
		got := newTalkWith(t, needs()).says(said)
		if was := strings.Contains(got, "I will answer in English. Untuk bahasa Indonesia, ketik *bahasa*.\n---\n"); was != english {
			t.Errorf("%q is answered in English %v: %q", said, was, got)
		}
		if strings.Contains(got, "Choose") && !english || strings.Contains(got, "Pilih") && english {
			t.Errorf("%q is answered with %q", said, got)
		}
	}
}

// Later messages change nothing: who wants another language says so.
func TestALaterMessageChangesNoLanguage(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo")
	if got := k.says("what is this, I do not understand"); strings.Contains(got, "English") {
		t.Errorf("answered %q", got)
	}
	k = newTalk(t, formFlow)
	k.says("what is this?")
	wants(t, k.says("bahasa"), "Baik, kita pakai bahasa Indonesia.", "Pilih")
}
