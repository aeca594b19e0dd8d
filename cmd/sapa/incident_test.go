package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An incident's list names whom a time touched, or an account in it, and with what; the letter has what the law asks for,
// and blanks for what only people know.
func TestAnIncidentIsLookedInto(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	c.at = "2030-01-07T09:00:00+07:00"
	ref := c.apply("0001234567890")
	c.from = "6281200000002"
	c.says("halo")
	c.end()
	at := []string{"--at", "2030-01-08T10:00:00+07:00"}
	works(t, data, append([]string{"ticket", "show", ref, "--as", "rina", "--reason", "verifikasi"}, at...)...)

	affected := func(args ...string) string {
		return works(t, data, append([]string{"incident", "affected"}, args...)...)
	}
	all := affected("--since", "2030-01-07", "--until", "2030-01-07")
	for _, words := range []string{"+628••••••0001", "+628••••••0002", ref, "2 affected from", "messages", "answers", "documents", "tanggal_lahir"} {
		if !strings.Contains(all, words) {
			t.Errorf("the list says nothing of %q:\n%s", words, all)
		}
	}
	if strings.Contains(all, "6281200000001") || strings.Contains(all, "Aminah") {
		t.Errorf("addresses are shown without a reason:\n%s", all)
	}
	if none := affected("--since", "2030-02-01", "--until", "2030-02-01"); !strings.HasPrefix(none, "0 affected") {
		t.Errorf("a quiet day touched\n%s", none)
	}
	notice := filepath.Join(t.TempDir(), "surat.txt")
	byRina := affected("--since", "2030-01-08", "--until", "2030-01-08", "--officer", "rina", "--json", "--reason", "insiden 7", "--notice", notice)
	var line affectedLine
	must(t, json.Unmarshal([]byte(strings.Split(byRina, "\n")[0]), &line))
	if line.Address != "+6281200000001" || len(line.Tickets) != 1 || line.Tickets[0] != ref {
		t.Errorf("Rina's account touched %s", byRina)
	}
	letter, err := os.ReadFile(notice)
	must(t, err)
	for _, words := range []string{
		"3 x 24 jam", "Sapa (uji coba)", "isian formulir", "answers in forms", "Tanggal lahir", "Birth date", "2030-01-08 00:00 +07",
		"[Apa yang terjadi", "[What happened",
	} {
		if !strings.Contains(string(letter), words) {
			t.Errorf("the letter says nothing of %q:\n%s", words, letter)
		}
	}
	if strings.Contains(string(letter), "Aminah") || strings.Contains(string(letter), "6281200000001") {
		t.Error("the letter names somebody")
	}
	if out := works(t, data, "member", "audit", "0001234567890"); !strings.Contains(out, "insiden 7") {
		t.Errorf("who saw the addresses is not kept:\n%s", out)
	}
	refuses(t, exitUsage, "--since", command(t, data, "", "incident", "affected"))
	refuses(t, exitUsage, "2026-11-23", command(t, data, "", "incident", "affected", "--since", "kemarin"))
	refuses(t, exitUsage, "not after", command(t, data, "", "incident", "affected", "--since", "2030-01-08", "--until", "2030-01-07"))
	refuses(t, exitFailed, "file exists", command(t, data, "", "incident", "affected", "--since", "2030-01-08", "--until", "2030-01-08", "--notice", notice))
}
