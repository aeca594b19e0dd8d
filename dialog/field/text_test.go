package field

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextCountsCharactersNotBytes(t *testing.T) {
	for _, test := range []struct {
		text     string
		min, max int64
		ok       bool
	}{
		{strings.Repeat("é", 10), 10, 10, true},
		{strings.Repeat("é", 11), 10, 10, false},
		{strings.Repeat("é", 9), 10, 10, false},
		{strings.Repeat("a", MaxText), 0, 0, true},
		{strings.Repeat("a", MaxText+1), 0, 0, false},
		{strings.Repeat("a\u200b", MaxText), 0, 0, true},
	} {
		if _, err := Text(test.text, test.min, test.max); (err == nil) != test.ok {
			t.Errorf("%d characters from %d to %d: %v", utf8.RuneCountInString(test.text), test.min, test.max, err)
		}
	}
}

func FuzzText(f *testing.F) {
	seed(f, "text")
	seed(f, "plain")
	f.Fuzz(func(t *testing.T, text string) {
		value, err := Text(text, 2, 50)
		if err != nil {
			checkArgs(t, err)
			return
		}
		if again, err := Text(value, 2, 50); err != nil || again != value {
			t.Errorf("%q is %q, that is %q, %v", text, value, again, err)
		}
		if strings.ContainsFunc(value, hidden) {
			t.Errorf("%q keeps what cannot be seen: %q", text, value)
		}
	})
}

func FuzzName(f *testing.F) {
	seed(f, "name")
	f.Fuzz(func(t *testing.T, text string) {
		name, err := Name(text)
		if err != nil {
			checkArgs(t, err)
			return
		}
		if again, err := Name(name); err != nil || again != name {
			t.Errorf("%q is %q, that is %q, %v", text, name, again, err)
		}
		if strings.ContainsAny(name, "0123456789?*_~`\n") {
			t.Errorf("%q is the name %q", text, name)
		}
	})
}
