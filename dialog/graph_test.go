package dialog_test

import (
	"strings"
	"testing"
)

// A graph shows titles, conditions and stages, and no node's name can be one of Mermaid's own words.
func TestGraph(t *testing.T) {
	c, err := loadWith(t, map[string]string{
		"home.yaml": homeFlow,
		"form.yaml": strings.NewReplacer("- ask: anak\n", "- ask: class\n    when: nama != \"\"\n",
			"role: branch\n", "role: branch\n      within: 72h\n      auto: {after: 24h, decision: approve}\n").Replace(formFlow),
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Graph("form", "id")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, g, `class_[/"Anak"/]`, `class_ -. "not: nama != #quot;#quot;" .-> foto_`, `stage_buka("Dibuka · open · branch · within 72h")`, `-- "approve (by itself after 24h)" --> stage_selesai`)
	wants(t, c.Overview("id"), `home_["Beranda"]`, `home_ --> form_`, `form_[["Formulir"]]`)
	if _, err := c.Graph("antah", "id"); err == nil {
		t.Error("an unknown flow was drawn")
	}
}
