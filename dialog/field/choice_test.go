package field

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// regencies are as many as Indonesia has, with made-up names of the real shape: 416 kabupaten and 98 kota, some of
// the same name.
func regencies() []Option {
	var all []Option
	syllables := strings.Fields("ba ran gu se la mo ti pu ker nas wi du jam ko bel fa")
	for i := range 514 {
		n := i
		kind := "Kabupaten "
		if i >= 416 {
			n, kind = i-416, "Kota "
		}
		name := syllables[n%16] + syllables[n/16%16] + syllables[(n*7+n/256)%16]
		label := kind + strings.ToUpper(name[:1]) + name[1:]
		all = append(all, Option{Value: label, Label: map[string]string{"id": label, "en": label}})
	}
	return all
}

func TestEveryOptionIsChosenByItsOwnName(t *testing.T) {
	for menu, options := range menus {
		choices := NewChoices(options)
		for i, o := range options {
			names := slices.Clone(o.Words)
			for _, label := range o.Label {
				names = append(names, label)
			}
			for _, name := range names {
				for _, typed := range []string{name, strings.ToUpper(name), "*" + name + "*", name + " ya kak", "mau " + name + " 🙏"} {
					if got, err := choices.Choose(typed, "id", nil); err != nil || got != i {
						t.Errorf("%s: %q is %d, %v; want %d", menu, typed, got, err, i)
					}
					if got, ok := choices.Exact(typed); !ok || got != i {
						t.Errorf("%s: %q is exactly %d, %v; want %d", menu, typed, got, ok, i)
					}
				}
			}
		}
	}
}

// One slip of the hand in a name gives that option, or a question back; never another option whose name differs.
func TestAMisspellingIsNeverAnotherOption(t *testing.T) {
	choices := NewChoices(menus["main"])
	wrong := 0
	for i, o := range menus["main"] {
		name := Normal(o.Label["id"])
		for at := range len(name) - 1 {
			for _, typed := range []string{
				name[:at] + name[at+1:],
				name[:at] + "x" + name[at:],
				name[:at] + name[at+1:at+2] + name[at:at+1] + name[at+2:],
			} {
				got, err := choices.Choose(typed, "id", nil)
				if err == nil && got != i {
					t.Errorf("%q is %d, want %d", typed, got, i)
				}
				if err != nil {
					wrong++
				}
			}
		}
	}
	if wrong > 6 {
		t.Errorf("%d slips are not understood", wrong)
	}
}

func TestExactKnowsNoNumbersAndNoMisspellings(t *testing.T) {
	for _, typed := range []string{"6", "enam", "nomor 6", "pandwa", "layanan", "", "👍", strings.Repeat("a", 2000)} {
		if got, ok := Exact(typed, menus["main"]); ok {
			t.Errorf("%q is exactly %d", typed, got)
		}
	}
}

func TestNumbersStandForWhatWasProposed(t *testing.T) {
	choices := NewChoices(menus["main"])
	proposed := Numbers{3, 5}
	for typed, want := range map[string]int{"1": 3, "dua": 5, "cek tagihan": 1, "2. Layanan Pandawa": 5} {
		if got, err := choices.Choose(typed, "id", proposed); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", typed, got, err, want)
		}
	}
	_, err := choices.Choose("3", "id", proposed)
	var problem *Problem
	if !errors.As(err, &problem) || problem.Code != "choice.range" || problem.Args["max"] != "2" {
		t.Errorf("3 of 2 gives %v", err)
	}
}

func TestOnlyWhatIsShownCanBeChosen(t *testing.T) {
	choices := NewChoices(menus["regency"]).Only([]int{1, 8, 5}) // Kota Bogor, Bau-Bau, Jakarta Selatan
	for typed, want := range map[string]int{"1": 0, "bogor": 0, "3": 2, "jaksel": 2, "baubau": 1, "jakarta": 2, "bogr": 0} {
		if got, err := choices.Choose(typed, "id", nil); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"kab bogor", "4", "sby", "malang"} {
		if got, err := choices.Choose(typed, "id", nil); err == nil {
			t.Errorf("%q is %d", typed, got)
		}
	}
}

func TestTheOwnLanguageComesFirst(t *testing.T) {
	options := []Option{
		{Label: map[string]string{"id": "Air", "en": "Water"}},
		{Label: map[string]string{"id": "Udara", "en": "Air"}, Words: []string{"water"}},
	}
	for _, test := range []struct {
		typed, lang string
		want        int
	}{{"air", "id", 0}, {"air", "en", 1}, {"water", "id", 0}, {"water", "en", 0}} {
		if got, err := Choose(test.typed, test.lang, options, nil); err != nil || got != test.want {
			t.Errorf("%q in %s is %d, %v; want %d", test.typed, test.lang, got, err, test.want)
		}
	}
}

func TestSameNamesAreATie(t *testing.T) {
	options := []Option{
		{Label: map[string]string{"id": "Kartu hilang"}},
		{Label: map[string]string{"id": "Kartu Hilang"}},
	}
	var tie *Tie
	if _, err := Choose("kartu hilang", "id", options, nil); !errors.As(err, &tie) || !slices.Equal(tie.Options, []int{0, 1}) {
		t.Errorf("got %v", err)
	}
	if _, ok := Exact("kartu hilang", options); ok {
		t.Error("two options of one name cannot be told apart")
	}
}

func FuzzChoose(f *testing.F) {
	seed(f, "choice")
	regencies := NewChoices(regencies())
	menu := NewChoices(menus["main"])
	f.Fuzz(func(t *testing.T, text string) {
		for _, choices := range []*Choices{menu, regencies} {
			index, err := choices.Choose(text, "id", nil)
			checkArgs(t, err)
			again, err2 := choices.Choose(text, "id", nil)
			if index != again || (err == nil) != (err2 == nil) {
				t.Errorf("%q is %d, then %d", text, index, again)
			}
			if index < 0 || index >= len(choices.options) {
				t.Errorf("%q is %d", text, index)
			}
		}
	})
}

// Whatever two options are called: each is chosen by its name.
func FuzzExactNameWins(f *testing.F) {
	f.Add("kelas 1", "kelas 2")
	f.Add("setuju", "tidak setuju")
	f.Add("aktif", "nonaktif")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 200 || len(b) > 200 {
			return
		}
		options := []Option{{Label: map[string]string{"id": a}}, {Label: map[string]string{"id": b}}}
		_, isNumber := readNumber(Normal(a), false)
		key := string(compactKey(nil, Normal(a)))
		if isNumber || key == "" || key == string(compactKey(nil, Normal(b))) {
			return
		}
		if got, err := Choose(a, "id", options, nil); err != nil || got != 0 {
			t.Errorf("%q beside %q is %d, %v", a, b, got, err)
		}
		if got, ok := Exact(a, options); !ok || got != 0 {
			t.Errorf("%q beside %q is exactly %d, %v", a, b, got, ok)
		}
	})
}

func BenchmarkChoose(b *testing.B) {
	menu, long := NewChoices(menus["main"]), NewChoices(regencies())
	for _, bench := range []struct {
		name, typed string
		choices     *Choices
	}{
		{"number", "6", menu},
		{"decorated", "Pilih nomor 6 ya kak", menu},
		{"label", "Layanan Pandawa", menu},
		{"misspelt", "pandwaa", menu},
		{"nothing", "kapan kartu saya jadi?", menu},
		{"514/label", regencies()[500].Label["id"], long},
		{"514/part", regencies()[10].Label["id"][10:], long},
		{"514/misspelt", regencies()[500].Label["id"] + "a", long},
		{"514/nothing", "kapan kartu saya jadi?", long},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = bench.choices.Choose(bench.typed, "id", nil)
			}
		})
	}
	b.Run("514/build", func(b *testing.B) {
		options := regencies()
		b.ReportAllocs()
		for b.Loop() {
			NewChoices(options)
		}
	})
}

// A word of a name counts although another name of the same option has a "not": "menunggak" is "Menunggak iuran", also
// where people may say "belum bayar".
func TestANotInOneNameDoesNotHideAnother(t *testing.T) {
	options := []Option{
		{Label: map[string]string{"id": "Menunggak iuran"}, Words: []string{"belum bayar"}},
		{Label: map[string]string{"id": "Berhenti kerja"}},
	}
	if i, err := Choose("menunggak", "id", options, nil); i != 0 || err != nil {
		t.Errorf("got %d, %v", i, err)
	}
	if _, err := Choose("bayar", "id", options, nil); err == nil {
		t.Error(`"bayar" was taken for "belum bayar"`)
	}
}
