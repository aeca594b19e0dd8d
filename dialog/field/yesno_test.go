package field

import (
	"strings"
	"testing"
)

// A yes may be a consent: whatever stands beside a no, it never becomes a yes.
func TestANoIsNeverAYes(t *testing.T) {
	for no := range strings.FieldsSeq("tidak tdk gak ga nggak bukan jangan belum no nope not") {
		for word := range meanings {
			for _, text := range []string{no + " " + word, word + " " + no, word + ", " + no + " " + word} {
				if yes, err := YesNo(text); err == nil && yes {
					t.Errorf("%q is a yes", text)
				}
			}
		}
	}
}

func FuzzYesNo(f *testing.F) {
	seed(f, "yesno")
	f.Fuzz(func(t *testing.T, text string) {
		yes, err := YesNo(text)
		checkArgs(t, err)
		if again, err2 := YesNo("*" + text + "*"); isASCII(text) && (again != yes || (err == nil) != (err2 == nil)) {
			t.Errorf("%q is %v, %v; in bold %v, %v", text, yes, err, again, err2)
		}
	})
}

func BenchmarkYesNo(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = YesNo("Ya, saya setuju kak")
	}
}
