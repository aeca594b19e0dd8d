package desk_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sapa/dialog/desk"
)

const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

var refForm = regexp.MustCompile(`^[2-9][A-HJKMNP-Z][2-9A-HJKMNP-Z]-[2-9A-HJKMNP-Z]{4}$`)

// compact drops the hyphen.
func compact(ref string) string { return strings.Replace(ref, "-", "", 1) }

func TestReferencesNeverRepeatAndReadBack(t *testing.T) {
	seen := map[string]int64{}
	before := strings.Repeat(" ", 7)
	for _, from := range []int64{1, desk.MaxRef / 3, desk.MaxRef - 29_999} {
		for n := from; n < from+30_000; n++ {
			ref := desk.NewRef(n)
			if other, twice := seen[ref]; twice {
				t.Fatalf("%d and %d are both %s", other, n, ref)
			}
			seen[ref] = n
			if !refForm.MatchString(ref) {
				t.Fatalf("%d is %s", n, ref)
			}
			if got, ok := desk.ParseRef(ref); !ok || got != ref {
				t.Fatalf("%s reads as %q, %t", ref, got, ok)
			}
			if n != from && same(before, compact(ref)) > 1 {
				t.Fatalf("%d's neighbour %s looks like %s", n, before, ref)
			}
			before = compact(ref)
		}
	}
}

// The scattering is linear modulo MaxRef, so two numbers could share a reference only at a distance that is a multiple of
// MaxRef divided by one of its primes.
func TestNoTwoNumbersShareAReference(t *testing.T) {
	rest := int64(desk.MaxRef)
	for _, prime := range []int64{2, 23, 31} {
		if a, b := desk.NewRef(1), desk.NewRef(1+desk.MaxRef/prime); a == b {
			t.Errorf("1 and 1+MaxRef/%d are both %s", prime, a)
		}
		for rest%prime == 0 {
			rest /= prime
		}
	}
	if rest != 1 {
		t.Errorf("MaxRef has other primes too: they are in %d", rest)
	}
}

// same counts the places at which two texts of one length agree.
func same(a, b string) int {
	n := 0
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// The first references are on paper already: the scattering must never change.
func TestReferencesStayWhatTheyAre(t *testing.T) {
	for n, want := range map[int64]string{1: "5H8-PWW3", 2: "2FX-Y6HB", 3: "7EP-8E5Z", 11: "6UE-CD23"} {
		if got := desk.NewRef(n); got != want {
			t.Errorf("NewRef(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestANumberWithoutAReferencePanics(t *testing.T) {
	for _, n := range []int64{0, -1, desk.MaxRef + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("NewRef(%d) gave a reference", n)
				}
			}()
			desk.NewRef(n)
		}()
	}
}

// Every wrong symbol at every place, and every swap of two symbols, is caught: over a sample that has each symbol at
// each place it can stand at.
func TestSlipsAreCaught(t *testing.T) {
	var covered [7][256]bool
	for n := int64(1); n <= 600; n++ {
		ref := compact(desk.NewRef(n * 283_211))
		for i := range ref {
			covered[i][ref[i]] = true
			for _, wrong := range []byte(alphabet) {
				if wrong != ref[i] {
					refused(t, ref, ref[:i]+string(wrong)+ref[i+1:])
				}
			}
			for j := i + 1; j < len(ref); j++ {
				if ref[i] != ref[j] {
					swapped := []byte(ref)
					swapped[i], swapped[j] = swapped[j], swapped[i]
					refused(t, ref, string(swapped))
				}
			}
		}
	}
	for place := range covered {
		for _, s := range alphabet {
			if possible := place > 1 || place == 0 && s <= '9' || place == 1 && s > '9'; possible && !covered[place][s] {
				t.Errorf("the sample has no %c at place %d", s, place+1)
			}
		}
	}
}

func refused(t *testing.T, ref, slip string) {
	t.Helper()
	if got, ok := desk.ParseRef(slip); ok {
		t.Fatalf("%s, a slip of %s, is taken for %s", slip, ref, got)
	}
}

func TestParseRef(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"5H8-PWW3", "5H8-PWW3"},
		{"5h8-pww3", "5H8-PWW3"},
		{" 5h8pww3 ", "5H8-PWW3"},
		{"5h8 pww3", "5H8-PWW3"},
		{"5h8 - pww3", "5H8-PWW3"},
		{"5h8–pww3", "5H8-PWW3"},
		{"5h8.pww3", "5H8-PWW3"},
		{"5 h 8 p w w 3", "5H8-PWW3"},
		{"5-H-8-P-W-W-3", "5H8-PWW3"},
		{"#5H8-PWW3", "5H8-PWW3"},
		{"*5H8-PWW3*.", "5H8-PWW3"},
		{"５Ｈ８－ｐｗｗ３", "5H8-PWW3"},
		{"\u200e5H8\u200d-PWW3\u202c", "5H8-PWW3"},
		{"5H8-PWW4", ""},
		{"5H8-PWW", ""},
		{"5H8-PWW33", ""},
		{"5H-8PWW3", ""},
		{"5H8 P WW3", ""},
		{"5H8----PWW3", ""},
		{"5H8-PWW3 2FX-Y6HB", ""},
		{"tiket 5H8-PWW3", ""},
		{"", ""},
		{"-", ""},
	} {
		if got, ok := desk.ParseRef(c.typed); got != c.want || ok != (c.want != "") {
			t.Errorf("ParseRef(%q) = %q, %t, want %q", c.typed, got, ok, c.want)
		}
	}
}

// Of every reference with a D, Q, 7 or J, the symbol may be typed as what it is mistaken for.
func TestSymbolsThatDoNotExistAreUnderstood(t *testing.T) {
	for mistaken, symbols := range map[string]string{"0": "DQ", "o": "DQ", "O": "DQ", "1": "7J", "i": "7J", "l": "7J", "L": "7J"} {
		understood := 0
		for n := int64(1); n <= 3000; n++ {
			ref := compact(desk.NewRef(n))
			for i := range ref {
				if !strings.Contains(symbols, ref[i:i+1]) {
					continue
				}
				typed := ref[:i] + mistaken + ref[i+1:]
				got, ok := desk.ParseRef(typed)
				first, second := mistaken == "1" || i > 0, mistaken > "9" || i != 1
				if !first || !second {
					if ok {
						t.Fatalf("%s is taken for %s: a letter in front, or a digit after it, is no reference", typed, got)
					}
					continue
				}
				if !ok || compact(got) != ref {
					t.Fatalf("%s is understood as %q, %t, not %s", typed, got, ok, ref)
				}
				understood++
			}
		}
		if understood < 900 {
			t.Errorf("%q was understood only %d times", mistaken, understood)
		}
	}
	if got, ok := desk.ParseRef("5H0-0WW3"); ok {
		t.Errorf("two symbols were guessed: %s", got)
	}
}

func TestFindRef(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"tiket 5H8-PWW3", "5H8-PWW3"},
		{"Tiket saya 5h8pww3 gimana ya?", "5H8-PWW3"},
		{"no.5h8 pww3", "5H8-PWW3"},
		{"nomor tiket:5H8-PWW3\nterima kasih", "5H8-PWW3"},
		{"(5H8-PWW3)", "5H8-PWW3"},
		{"https://example.org/t/5H8-PWW3?x=1", "5H8-PWW3"},
		{"5H8-PWW4 eh 2FX-Y6HB", "2FX-Y6HB"},
		{"3 tiket: 5h8-pww3", "5H8-PWW3"},
		{"saya mau 5 h 8 p w w 3 ya", "5H8-PWW3"},
		{"5H8-PWW3X", ""},
		{"X5H8-PWW3", ""},
		{"5H8-PWW3é", ""},
		{"5H8-PWW", ""},
		{"mau cek status", ""},
		{"08123456789", ""},
		{"812-3456", ""},
		{"1500000", ""},
		{"3174011708900001", ""},
		{"17-8-1990", ""},
		{"150rb saja", ""},
		{"2 bulan lagi", ""},
		{"6", ""},
		{"", ""},
	} {
		if got, ok := desk.FindRef(c.typed); got != c.want || ok != (c.want != "") {
			t.Errorf("FindRef(%q) = %q, %t, want %q", c.typed, got, ok, c.want)
		}
	}
}

// However a reference is set into ordinary words, it is found.
func TestReferencesAreFoundAmongWords(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "tiket", "saya", "no:", "gimana ya?", "terima kasih", "(", "*", "\n", "—"})
	rapid.Check(t, func(t *rapid.T) {
		ref := desk.NewRef(rapid.Int64Range(1, desk.MaxRef).Draw(t, "n"))
		between := rapid.SampledFrom([]string{"", "-", " ", " - ", "–", "."}).Draw(t, "separator")
		typed := strings.Replace(ref, "-", between, 1)
		if rapid.Bool().Draw(t, "lower case") {
			typed = strings.ToLower(typed)
		}
		text := words.Draw(t, "before") + " " + typed + " " + words.Draw(t, "after")
		if got, ok := desk.FindRef(text); !ok || got != ref {
			t.Fatalf("in %q found %q, %t", text, got, ok)
		}
	})
}

// Numbers of any length are never taken for a reference, whatever stands between their digits.
func TestNumbersAreNoReferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,4}[-. ]?[0-9]{1,8}[-. ]?[0-9]{0,8}`).Draw(t, "number")
		if got, ok := desk.FindRef(text); ok {
			t.Fatalf("%q is taken for %s", text, got)
		}
	})
}

func FuzzFindRef(f *testing.F) {
	for _, seed := range []string{"tiket 5H8-PWW3", "5 h 8 p w w 3", "５Ｈ８pww3", "\u200e1h8-pww3", "\xff5H8-PWW3", "0000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, ok := desk.FindRef(text)
		if !ok {
			if ref != "" {
				t.Errorf("not found, and yet %q", ref)
			}
			return
		}
		if !refForm.MatchString(ref) {
			t.Errorf("%q is no reference", ref)
		}
		if again, ok := desk.ParseRef(ref); !ok || again != ref {
			t.Errorf("%q reads back as %q, %t", ref, again, ok)
		}
	})
}

func BenchmarkNewRef(b *testing.B) {
	for n := int64(1); b.Loop(); n++ {
		desk.NewRef(n)
	}
}

func BenchmarkFindRef(b *testing.B) {
	for name, text := range map[string]string{
		"found": "Tiket saya 5h8 pww3 gimana ya?",
		"none":  "saya mau 2 bulan lagi bayar, 150rb saja dulu ya",
		"64 KB": strings.Repeat("5h8 pww4 ", 64<<10/9),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				desk.FindRef(text)
			}
		})
	}
}
