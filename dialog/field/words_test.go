package field

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// seed gives a fuzz test what the corpus has for one reader.
func seed(f *testing.F, parser string) {
	f.Helper()
	for _, line := range corpus(f) {
		if line[0] == parser {
			f.Add(line[1])
		}
	}
}

func TestNormalLeavesNormalTextAlone(t *testing.T) {
	for _, text := range []string{"6", "pandawa", "kartu mati", "17-8-90", "", "jum'at", "siti@contoh.id"} {
		allocs := testing.AllocsPerRun(10, func() {
			if Normal(text) != text {
				t.Errorf("Normal(%q) = %q", text, Normal(text))
			}
		})
		if allocs != 0 {
			t.Errorf("Normal(%q) allocates %v times", text, allocs)
		}
	}
}

func TestDigitsOfEveryScriptAreASCII(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsDigit(r) {
			continue
		}
		if got := Normal(string(r)); len(got) != 1 || !isDigit(got[0]) {
			t.Errorf("%U becomes %q", r, got)
		}
		// A script's ten digits follow each other from its zero.
		if d := digit(r); d > '0' && digit(r-1) != d-1 {
			t.Errorf("%U is %q, the one before %q", r, d, digit(r-1))
		}
	}
}

func TestZalgoLosesItsMarks(t *testing.T) {
	zalgo := "p" + strings.Repeat("\u0321\u0315\u035f", 500) + "andawa"
	if got := Normal(zalgo); utf8.RuneCountInString(got) > len("pandawa")+maxMarks {
		t.Errorf("%d runes are left", utf8.RuneCountInString(got))
	}
}

func TestJunkIsReadInOneGo(t *testing.T) {
	junk := strings.Repeat("\xff\x00\u202e\u200bA* ", 10_000)
	if got, want := Normal(junk), strings.TrimSpace(strings.Repeat("a ", 10_000)); got != want {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

func FuzzNormal(f *testing.F) {
	seed(f, "normal")
	seed(f, "plain")
	f.Fuzz(func(t *testing.T, text string) {
		normal, plain := Normal(text), Plain(text)
		if again := Normal(normal); again != normal {
			t.Errorf("Normal(%q) = %q, again %q", text, normal, again)
		}
		if again := Plain(plain); again != plain {
			t.Errorf("Plain(%q) = %q, again %q", text, plain, again)
		}
		for _, out := range []string{normal, plain} {
			if !utf8.ValidString(out) || strings.ContainsFunc(out, hidden) || strings.Contains(out, "  ") {
				t.Errorf("%q becomes %q", text, out)
			}
		}
		bare := Bare(normal)
		if (bare == "") != (normal == "") || Bare(bare) != bare {
			t.Errorf("Bare(%q) = %q, again %q", normal, bare, Bare(bare))
		}
	})
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) && r != ' '
}

func BenchmarkNormal(b *testing.B) {
	for name, text := range map[string]string{
		"normal": "kartu mati", "capitals": "Kartu Mati!", "keycap": "6️⃣", "wide": "Ｐａｎｄａｗａ", "sentence": "Selamat pagi kak, saya mau " +
			"mengaktifkan kembali kartu BPJS saya yang sudah mati sejak bulan lalu, bagaimana caranya ya?",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Normal(text)
			}
		})
	}
}
