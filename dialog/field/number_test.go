package field

import (
	"strconv"
	"strings"
	"testing"
)

// spell writes a number in Indonesian, independently of how it is read.
func spell(n int) string {
	units := strings.Fields("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas")
	join := func(head string, rest int) string {
		if rest == 0 {
			return head
		}
		return head + " " + spell(rest)
	}
	switch {
	case n < 12:
		return units[n]
	case n < 20:
		return units[n-10] + " belas"
	case n < 100:
		return join(units[n/10]+" puluh", n%10)
	case n < 200:
		return join("seratus", n-100)
	}
	return join(units[n/100]+" ratus", n%100)
}

func TestEveryNumberInWords(t *testing.T) {
	for n := range 1000 {
		for _, text := range []string{spell(n), strings.ReplaceAll(spell(n), " ", "-"), "nomor " + strings.ToUpper(spell(n)) + " ya kak"} {
			if got, err := Number(text, 0, 0); err != nil || got != int64(n) {
				t.Errorf("Number(%q) = %d, %v", text, got, err)
			}
		}
	}
}

func TestNumberKeepsItsBounds(t *testing.T) {
	tests := []struct {
		text     string
		min, max int64
		ok       bool
	}{
		{"0", 0, 0, true},
		{"999999999999999", 0, 0, true},
		{"1000000000000000", 0, 0, false},
		{"5", 5, 5, true},
		{"4", 5, 5, false},
		{"6", 5, 5, false},
		{"1000000", 5, 0, true}, // no upper bound
		{"99999999999999999999999999", 0, 0, false},
	}
	for _, test := range tests {
		if n, err := Number(test.text, test.min, test.max); (err == nil) != test.ok {
			t.Errorf("Number(%q, %d, %d) = %d, %v", test.text, test.min, test.max, n, err)
		}
	}
}

func FuzzNumber(f *testing.F) {
	seed(f, "number")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Number(text, -MaxNumber, MaxNumber)
		if err != nil {
			checkArgs(t, err)
			return
		}
		if again, err := Number(strconv.FormatInt(n, 10), -MaxNumber, MaxNumber); err != nil || again != n {
			t.Errorf("%q is %d, that is %d, %v", text, n, again, err)
		}
	})
}

func BenchmarkNumber(b *testing.B) {
	for _, text := range []string{"6", "nomor 6 ya kak", "tiga puluh delapan"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Number(text, 0, 0)
			}
		})
	}
}
