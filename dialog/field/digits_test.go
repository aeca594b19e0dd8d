package field

import "testing"

func FuzzDigits(f *testing.F) {
	seed(f, "digits")
	f.Fuzz(func(t *testing.T, text string) {
		digits, _ := Digits(text)
		if digits == "" {
			return
		}
		if again, rest := Digits(digits); !allDigits(digits) || again != digits || rest != "" {
			t.Errorf("%q is %q, that is %q and %q", text, digits, again, rest)
		}
	})
}

func BenchmarkDigits(b *testing.B) {
	for _, text := range []string{"3174015708900001", "NIK: 3174 0157 0890 0001"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Digits(text)
			}
		})
	}
}
