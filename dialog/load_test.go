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
		Queries: map[string]dialog.Signature{
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
