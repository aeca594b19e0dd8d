package dialog_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// testScheme is a scheme of one list, one query and one rule.
func testScheme() dialog.Scheme {
	return dialog.Scheme{
		Name: "test",
		Lists: map[string]func(string) []field.Option{"colours": func(string) []field.Option {
			return []field.Option{{Value: "red", Label: map[string]string{"id": "Merah", "en": "Red"}}}
		}},
		Types: map[string]dialog.Type{
			"code": {Kind: dialog.TextValue, Read: func(s string, _ dialog.Reading) (string, []*field.Problem, error) {
				if code, ok := strings.CutPrefix(s, "K4P7"); ok {
					return "K4P7" + code, nil, nil
				}
				return "", nil, &field.Problem{Code: "name.unclear"}
			}},
			"unreadable": {Kind: dialog.TextValue},
			"rows": {Kind: dialog.TextValue, Table: true, Read: func(s string, _ dialog.Reading) (string, []*field.Problem, error) {
				if !strings.Contains(s, ";") {
					return "", nil, &field.Problem{Code: "name.unclear"}
				}
				return strings.ToUpper(s), nil, nil
			}, Brief: briefly},
		},
		Queries: map[string]dialog.Signature{
			"claim":   {Args: map[string]string{"word": "text"}, Facts: map[string]string{"ok": "truth"}},
			"weather": {Args: map[string]string{"place": "text"}, Facts: map[string]string{"sky": "text"}},
		},
		Rules: map[string]dialog.Rule{"double": {
			Signature: dialog.Signature{Args: map[string]string{"n": "number"}, Facts: map[string]string{"n": "number"}},
			Run: func(args dialog.Record, _ time.Time, _ string) (dialog.Record, error) {
				return dialog.Record{"n": args["n"] + "0"}, nil
			},
		}},
	}
}

// briefly is how a chat shows rows: the first three characters.
func briefly(value, lang string, _ func(string) string) (text string, whole bool) {
	if len(value) <= 3 {
		return value, true
	}
	return value[:3] + "… " + lang, false
}

func loadWith(t *testing.T, files map[string]string) (*dialog.Catalog, error) {
	t.Helper()
	catalog, err := os.ReadFile("testdata/catalog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"catalog.yaml": {Data: catalog}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return dialog.Load(fsys, testScheme())
}

// Every check can fail: each file in testdata/bad has one mistake, named with its place in its first line. That line
// counts: places are those of the file as it stands.
func TestLoadReportsMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad flows: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(text), "\n")
			want, ok := strings.CutPrefix(first, "# want: ")
			if !ok {
				t.Fatal("the first line says what is wanted")
			}
			_, err = loadWith(t, map[string]string{"bad.yaml": string(text)})
			var mistakes dialog.Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("got %v, want mistakes", err)
			}
			for _, m := range mistakes {
				if strings.HasPrefix(m.Error(), "bad.yaml:"+want) {
					return
				}
			}
			t.Errorf("want bad.yaml:%s, got\n%v", want, mistakes)
		})
	}
}

// All mistakes come at once, in the order of their places, with their source.
func TestLoadReportsEverythingAtOnce(t *testing.T) {
	_, err := loadWith(t, map[string]string{"a.yaml": "flow: a\ntitle: {id: A}\nnodes:\n  - sya: x\n  - say: y\n    txet: 1\n"})
	var mistakes dialog.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) < 3 {
		t.Fatalf("got %v, want at least three mistakes", err)
	}
	if text := mistakes.Error(); !strings.Contains(text, "    4 |   - sya: x\n      |     ^") {
		t.Errorf("no source with a mark under the column:\n%s", text)
	}
}

// The flow that rates is there for every service, so it can be given no more than the ticket.
func TestTheRatingFlowIsChecked(t *testing.T) {
	for given, want := range map[string]string{
		"":                     `flow "nilai" rates the tickets of every service`,
		"given: {nama: name}":  `flow "nilai" rates the tickets of every service`,
		"given: {bulan: moon}": `"bulan" has the unknown type "moon"`,
		"given: {}":            "",
	} {
		_, err := loadWith(t, map[string]string{
			"catalog.yaml": ratedCatalog, "home.yaml": homeFlow, "form.yaml": formFlow,
			"nilai.yaml": strings.Replace(ratingFlow, "given: {}", given, 1),
		})
		if err == nil != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", given, err, want)
		}
	}
	_, err := loadWith(t, map[string]string{"catalog.yaml": ratedCatalog, "home.yaml": homeFlow, "form.yaml": formFlow})
	if err == nil || !strings.Contains(err.Error(), `catalog.yaml:1:1: words: rating opens the unknown flow "nilai"`) {
		t.Errorf("without the flow: %v", err)
	}
}
