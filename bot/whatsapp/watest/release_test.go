package watest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// This package must never be part of a release: whoever can point the desk at
// another server can read every member's messages.
func TestReleaseBuildsDoNotContainThisPackage(t *testing.T) {
	const this = "sapa/bot/whatsapp/watest"
	if deps := dependencies(t, "./cmd/sapa"); slices.Contains(deps, this) {
		t.Errorf("cmd/sapa depends on %s", this)
	}
	// The check can fail: this package's own listing does contain it.
	if deps := dependencies(t, "./bot/whatsapp/watest"); !slices.Contains(deps, this) {
		t.Error("the listing is not what this test thinks it is")
	}
}

func TestServingOutsideATestPanics(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "main.go")
	source := "package main\n\nimport \"sapa/bot/whatsapp/watest\"\n\nfunc main() { watest.Trust() }\n"
	if err := os.WriteFile(program, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "go", "run", program)
	run.Dir = root(t)
	out, err := run.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "has no place in this binary") {
		t.Errorf("an ordinary binary trusted the test server: %v\n%s", err, out)
	}
}

func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg)
	list.Dir = root(t)
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pkg, err)
	}
	return strings.Fields(string(out))
}

// root is the module's directory: three above this package's, where tests run.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
