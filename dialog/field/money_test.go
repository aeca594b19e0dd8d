package field

import "testing"

func TestMoneyAsPeopleWriteIt(t *testing.T) {
	for n, want := range map[int64]string{
		0: "Rp0", 5: "Rp5", 999: "Rp999", 1000: "Rp1.000", 150_000: "Rp150.000", 1_234_567: "Rp1.234.567", -35_000: "-Rp35.000",
	} {
		if got := ShowMoney(n); got != want {
			t.Errorf("ShowMoney(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestMoneyInWords(t *testing.T) {
	for n := int64(1); n < 1000; n++ {
		for scale, word := range map[int64]string{1e3: " ribu", 1e6: " juta"} {
			if got, err := Money(spell(int(n))+word, 0, 0); err != nil || got != n*scale {
				t.Errorf("%s%s = %d, %v", spell(int(n)), word, got, err)
			}
		}
	}
}

func FuzzMoney(f *testing.F) {
	seed(f, "money")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Money(text, 0, 0)
		if err != nil {
			checkArgs(t, err)
			return
		}
		if again, err := Money(ShowMoney(n), 0, 0); err != nil || again != n {
			t.Errorf("%q is %s, that is %d, %v", text, ShowMoney(n), again, err)
		}
	})
}

func BenchmarkMoney(b *testing.B) {
	for _, text := range []string{"150rb", "Rp150.000", "seratus lima puluh ribu"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Money(text, 0, 0)
			}
		})
	}
}
