package main

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whoever asks gets all that is kept of them, and that it was taken is kept.
func TestAnExportHoldsAllAndIsRecorded(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.from = "6281200000002"
	c.says("ini KENARI-TETANGGA")
	c.end()
	export := func(who, to string) []string {
		return []string{"member", "export", who, "--to", filepath.Join(out, to), "--reason", "permintaan tertulis", "--as", "rina"}
	}
	refuses(t, exitUsage, "--reason", command(t, data, "", "member", "export", "0812-0000-0001", "--to", filepath.Join(out, "x.zip")))
	refuses(t, exitFailed, "nobody has written", command(t, data, "", export("0812-0000-0003", "x.zip")...))
	works(t, data, export("0812-0000-0001", "data.zip")...)
	refuses(t, exitFailed, "exists", command(t, data, "", export("0812-0000-0001", "data.zip")...))
	archive := filepath.Join(out, "data.zip")
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the export is readable by others: %v, %v", info.Mode(), err)
	}
	files := unzipped(t, archive)
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) != 5 || !slices.Contains(names, "data.txt") || !slices.Contains(names, "data.json") {
		t.Errorf("the export holds %q", names)
	}
	if !json.Valid([]byte(files["data.json"])) {
		t.Error("data.json is no JSON")
	}
	for _, word := range []string{"Siti Aminah", "0001234567890", ref, "Melati"} {
		if !strings.Contains(files["data.txt"], word) || !strings.Contains(files["data.json"], word) {
			t.Errorf("the export says nothing of %q", word)
		}
	}
	if strings.Contains(files["data.txt"]+files["data.json"], "KENARI") {
		t.Error("the export holds what another wrote")
	}

	works(t, data, export("0001234567890", "berkas")...) // the member, into a directory
	text, err := os.ReadFile(filepath.Join(out, "berkas", "data.txt"))
	if err != nil || !strings.Contains(string(text), "Siti Aminah") || strings.Contains(string(text), "081200000001") {
		t.Errorf("the member's export: %v\n%s", err, text)
	}
	if papers, err := os.ReadDir(filepath.Join(out, "berkas", documentsDir)); err != nil || len(papers) != 3 {
		t.Errorf("the documents are %v (%v)", papers, err)
	}
	audit := works(t, data, "member", "audit", "0001234567890", "--json")
	if n := strings.Count(audit, `"reason":"permintaan tertulis"`); n != 5 || !strings.Contains(audit, `"who":"rina","what":"documents.saved","ticket":"`+ref) {
		t.Errorf("the audit has %d entries:\n%s", n, audit)
	}
}

func unzipped(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	must(t, err)
	defer func() { must(t, z.Close()) }()
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err)
		must(t, r.Close())
		files[f.Name] = string(body)
	}
	return files
}

// Who saw what of a member stands in one list, in the register and in tickets, with the reason.
func TestAnAuditTellsWhoSawWhat(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()
	if out := works(t, data, "member", "audit", "0001234567890"); strings.Count(out, "\n") != 1 {
		t.Errorf("before anybody looked it lists\n%s", out)
	}
	works(t, data, "ticket", "show", ref)
	works(t, data, "member", "show", "0001234567890", "--as", "budi", "--reason", "telepon masuk")
	works(t, data, "ticket", "show", ref, "--reason", "verifikasi berkas", "--as", "rina")
	out := works(t, data, "member", "audit", "0001234567890")
	lines := strings.Split(out, "\n")
	if len(lines) != 4 || !strings.Contains(lines[1], "budi") || !strings.Contains(lines[1], "telepon masuk") ||
		!strings.Contains(lines[2], "rina") || !strings.Contains(lines[2], "ticket.seen") || !strings.Contains(lines[2], ref) {
		t.Errorf("the audit lists\n%s", out)
	}
	refuses(t, exitFailed, "nobody with this number", command(t, data, "", "member", "audit", "0009999999999"))
}
