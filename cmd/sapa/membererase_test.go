package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever is erased is gone from the database, from a backup that is put back, and from every answer of the commands;
// what an office accounts for stays.
func TestErasingAContact(t *testing.T) {
	data, backup := t.TempDir(), filepath.Join(t.TempDir(), "cadangan.db")
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()
	works(t, data, "db", "backup", backup)
	erase := []string{"member", "erase", "0812-0000-0001", "--reason", "permintaan tertulis"}
	refuses(t, exitUsage, "--reason", command(t, data, "", "member", "erase", "0812-0000-0001"))
	r := command(t, data, "", erase...)
	refuses(t, exitUsage, "--yes", r)
	for _, words := range []string{"goes   the contact", "goes   1 ticket's", "1 ticket of these is open", "goes   3 documents", "stays  the tickets' numbers"} {
		if !strings.Contains(r.out, words) {
			t.Errorf("what will go is told without %q:\n%s", words, r.out)
		}
	}
	if out := works(t, data, "ticket", "show", ref, "--reason", "masih ada?"); !strings.Contains(out, "Siti Aminah") {
		t.Errorf("without a yes somebody was erased:\n%s", out)
	}
	if out := works(t, data, append(erase, "--yes")...); !strings.HasSuffix(out, "Erased.\n") {
		t.Errorf("erase says %q", out)
	}
	gone := func(when string) {
		t.Helper()
		refuses(t, exitFailed, "nobody has written", command(t, data, "", append(erase, "--yes")...))
		sheet := works(t, data, "ticket", "show", ref, "--reason", "periksa")
		if !strings.Contains(sheet, "cancelled") || strings.Contains(sheet, "Aminah") || !strings.Contains(sheet, "ticket.erased") {
			t.Errorf("%s the ticket is\n%s", when, sheet)
		}
		works(t, data, "db", "check")
	}
	gone("afterwards")
	works(t, data, "db", "restore", backup)
	gone("after an old backup was put back")
	fresh := startChat(t, data) // the number is somebody new's
	fresh.says("tiket", "belum")
	fresh.end()
}

// A member goes by number: from the register and from the tickets about them, whoever sent these.
func TestErasingAMember(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()
	erase := []string{"member", "erase", "0001234567890", "--reason", "permintaan tertulis", "--yes", "--as", "rina"}
	out := works(t, data, erase...)
	for _, words := range []string{"goes   1 row of the register", "the register's source", "1 ticket's"} {
		if !strings.Contains(out, words) {
			t.Errorf("what goes is told without %q:\n%s", words, out)
		}
	}
	refuses(t, exitFailed, "nobody with this number", command(t, data, "", "member", "show", "0001234567890"))
	if sheet := works(t, data, "ticket", "show", ref, "--reason", "periksa"); strings.Contains(sheet, "Aminah") {
		t.Errorf("the ticket is\n%s", sheet)
	}
	r := command(t, data, "", "member", "erase", "31740157089", "--reason", "x")
	refuses(t, exitUsage, "telephone number", r)
	if strings.Contains(r.errors, "31740157089") {
		t.Errorf("what was typed is repeated: %s", r.errors)
	}
}

func TestAnErasureIsAgreedToInOneWord(t *testing.T) {
	for typed, want := range map[string]bool{"hapus\n": true, "ERASE \n": true, "erase": true, "ya\n": false, "\n": false, "": false} {
		if err := agreed(strings.NewReader(typed)); (err == nil) != want {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestWhoSomebodyIs(t *testing.T) {
	for typed, want := range map[string]whom{
		"0001234567890":       {number: "0001234567890"},
		"3174 0157 0890 0002": {number: "3174015708900002"},
		"6203015708900002":    {number: "6203015708900002"}, // a NIK of Kalimantan Tengah
		"0812-0000-0001":      {address: "6281200000001"},
		"081200000001234":     {},
		"+62 812 0000 0001":   {address: "6281200000001"},
		"6281200000001":       {address: "6281200000001"},
		"0812 3456 7890 1":    {address: "6281234567890" + "1"},
		"77000000000001@lid":  {address: "77000000000001@lid"},
		"Siti":                {},
	} {
		got, err := parseWhom(typed)
		if got != want || (err == nil) != (want != whom{}) {
			t.Errorf("%q is %+v (%v), want %+v", typed, got, err, want)
		}
	}
}

// A new master key is made beside the running service, which goes on; older backups restore until the older key is
// forgotten.
func TestRekey(t *testing.T) {
	data, backup := t.TempDir(), filepath.Join(t.TempDir(), "cadangan.db")
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	works(t, data, "db", "backup", backup)
	before, err := os.ReadFile(filepath.Join(data, "keys", "master.json"))
	must(t, err)
	if out := works(t, data, "db", "rekey"); !strings.Contains(out, "new master key") || !strings.Contains(out, filepath.Join(data, "keys")) {
		t.Errorf("rekey says %q", out)
	}
	after, err := os.ReadFile(filepath.Join(data, "keys", "master.json"))
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the master key is the old one (%v)", err)
	}
	c.says("selesai", "selesai") // the service goes on
	c.from = "6281200000002"
	c.says("Pandawa", "1. ")
	c.end()
	if out := works(t, data, "ticket", "show", ref, "--reason", "periksa"); !strings.Contains(out, "Siti Aminah") {
		t.Errorf("after rekeying the ticket is\n%s", out)
	}
	works(t, data, "db", "restore", backup) // an older backup
	works(t, data, "db", "rekey")
	if out := works(t, data, "db", "rekey", "--forget-old"); !strings.Contains(out, "older master keys are gone") {
		t.Errorf("--forget-old says %q", out)
	}
	if out := works(t, data, "db", "rekey", "--forget-old"); !strings.Contains(out, "no older") {
		t.Errorf("again it says %q", out)
	}
	works(t, data, "db", "check")
	refuses(t, exitFailed, "keys", command(t, data, "", "db", "restore", backup))
}
