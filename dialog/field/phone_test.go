package field

import "testing"

func TestPhonesAsPeopleWriteThem(t *testing.T) {
	for e164, want := range map[string]string{
		"+6281234567890":  "0812-3456-7890",
		"+628115550123":   "0811-5550-123",
		"+62215550123":    "(021) 5550123",
		"+6581234567":     "+65 8123 4567",
		"bukan nomor":     "bukan nomor",
		"":                "",
		"+62812345678901": "0812-3456-78901",
	} {
		if got := ShowPhone(e164); got != want {
			t.Errorf("ShowPhone(%q) = %q, want %q", e164, got, want)
		}
	}
}

func FuzzPhone(f *testing.F) {
	seed(f, "phone")
	f.Fuzz(func(t *testing.T, text string) {
		e164, err := Phone(text)
		if err != nil {
			checkArgs(t, err)
			return
		}
		for _, same := range []string{e164, ShowPhone(e164)} {
			if again, err := Phone(same); err != nil || again != e164 {
				t.Errorf("%q is %s, %q is %q, %v", text, e164, same, again, err)
			}
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Phone("0812-3456-7890")
	}
}
