package dialog_test

import (
	"strings"
	"testing"

	"sapa/dialog"
)

// wholeFlow sends all rows before the review.
var wholeFlow = strings.Replace(strings.Replace(rowsFlow, "  - review: periksa\n", `  - say: semua
    file: {name: anak.txt, of: anak}
    text: {id: "Semuanya, dari {anak}", en: All}
  - review: periksa
`, 1), "say: {id: Beres, en: Done}", "say: {id: \"Beres: {anak}\", en: Done}", 1)

// file is the caption and the text of the file that a turn sent; "" none.
func file(turn dialog.Turn) string {
	for _, e := range turn.Effects {
		if r, ok := e.(dialog.Reply); ok && r.File != nil {
			return r.Text + " [" + r.File.Name + ", " + r.File.MIME + "] " + string(r.File.Body)
		}
	}
	return ""
}

// reviewed fills in the form with some rows.
func reviewed(t *testing.T, rows string) *talk {
	t.Helper()
	k := newTalk(t, wholeFlow)
	k.says("halo", "1", "setuju", "Siti Aminah", rows)
	k.sends("f1", "image/jpeg", "\xff\xd8")
	return k
}

func TestWhatAChatShowsInBriefIsSentWhole(t *testing.T) {
	for rows, want := range map[string]string{
		"a;b;c": "Semuanya, dari A;B… id [anak.txt, text/plain; charset=utf-8] A;B;C\n",
		"a;b":   "", // there is no more of it
	} {
		if got := file(reviewed(t, rows).turn); got != want {
			t.Errorf("%s: %q, want %q", rows, got, want)
		}
	}
	wants(t, replies(reviewed(t, "a;b;c").turn), "2. Anak: A;B… id\n")
}

func TestTheWholeIsSentAgainAfterAChange(t *testing.T) {
	k := reviewed(t, "a;b;c")
	k.says("2", "d;e;f")
	if got := file(k.turn); !strings.HasSuffix(got, "] D;E;F\n") {
		t.Errorf("after a change: %q", got)
	}
	k.says("2", "d;e")
	if got := file(k.turn); got != "" {
		t.Errorf("after a change to what is shown whole: %q", got)
	}
}

func TestNoticesShowValuesInBrief(t *testing.T) {
	k := newTalk(t, wholeFlow)
	k.says("halo")
	wants(t, k.hears(dialog.Event{Stage: "buka", Decision: "approve", Values: map[string]string{"anak": "A;B;C"}}), "Beres: A;B… id")
}
