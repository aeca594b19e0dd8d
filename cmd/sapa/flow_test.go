package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sapa/dialog/jkn"
)

// What people write first is tried on request, with the flows that are used; too little understood is a failure.
func TestIntentsAreChecked(t *testing.T) {
	out := works(t, t.TempDir(), "flow", "check", "--intents")
	for _, want := range []string{"no mistakes\nfirst messages: ", "\nof them kept apart: ", "MEANT"} {
		if !strings.Contains(out, want) {
			t.Errorf("flow check --intents says %q, want %q", out, want)
		}
	}
	flows := filepath.Join(t.TempDir(), "flows")
	if err := os.CopyFS(flows, jkn.Flows); err != nil {
		t.Fatal(err)
	}
	for corpus, want := range map[string]string{
		"halo\tmenu\nbayi\tbayi\n":                               "",
		"halo\tmenu\nbayi\ttagihan\n":                            "too few first messages",
		strings.Repeat("halo\tmenu\n", 99) + "bayi\tmenu\tapart": "too few first messages",
		"halo\tmenu\nbayi\tbayii\n":                              `intents.tsv:2: no flow "bayii"`,
	} {
		if err := os.WriteFile(filepath.Join(flows, "intents.tsv"), []byte(corpus), 0o600); err != nil {
			t.Fatal(err)
		}
		r := command(t, t.TempDir(), "", "flow", "check", "--intents", "--flows", flows)
		if want == "" && r.code != exitDone {
			t.Errorf("%q is refused: %s", corpus, r.errors)
		}
		if want != "" {
			refuses(t, exitFailed, want, r)
		}
	}
	if err := os.Remove(filepath.Join(flows, "intents.tsv")); err != nil {
		t.Fatal(err)
	}
	refuses(t, exitFailed, "intents.tsv: no such file", command(t, t.TempDir(), "", "flow", "check", "--intents", "--flows", flows))
}
