package jkn_test

import (
	"strings"
	"testing"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// The catalogue that ships passes every check that `sapa flow check` makes.
func TestCatalogLoads(t *testing.T) {
	if _, err := dialog.Load(jkn.Flows, jkn.Scheme()); err != nil {
		t.Fatalf("%v", err)
	}
}

// Every canned reply is whole in both languages once an officer's four values are there.
func TestCannedReplies(t *testing.T) {
	catalog, err := dialog.Load(jkn.Flows, jkn.Scheme())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"ref": "5H8-PWW3", "title": "Pengaktifan Kembali Kartu", "name": "Siti Aminah", "officer": "Rina"}
	for _, name := range catalog.Replies() {
		for _, lang := range catalog.Languages {
			if text, ok := catalog.Reply(name, lang, values); !ok || strings.ContainsAny(text, "{}") {
				t.Errorf("%s in %s: %q", name, lang, text)
			}
		}
	}
	if n := len(catalog.Replies()); n < 8 {
		t.Errorf("there are %d replies", n)
	}
}
