package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sapa/bot"
	"sapa/dialog/desk"
	"sapa/store"
)

// What a log line, or a watch, can be about stands in the README, all of it and nothing else.
func TestTheReadmeListsEveryEvent(t *testing.T) {
	want := map[string]bool{
		bot.InputFailed: true, store.TicketSeen: true, store.DocumentsSaved: true, eventRetained: true, store.EventErased: true, store.OfficerLocked: true,
		"contact.gone": true, "erased.forgotten": true, "erased.unforgotten": true,
	}
	files, err := filepath.Glob("../../dialog/desk/*.go")
	must(t, err)
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		must(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.ValueSpec); ok && len(s.Values) == 1 && strings.HasPrefix(s.Names[0].Name, "Event") {
				name, err := strconv.Unquote(s.Values[0].(*ast.BasicLit).Value)
				must(t, err)
				want[name] = true
			}
			return true
		})
	}
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	_, table, ok := strings.Cut(string(readme), "| event | when |")
	if !ok {
		t.Fatal("the README has no table of events")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	got := map[string]bool{}
	for row := range strings.Lines(table) {
		events, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), "|")
		for _, name := range regexp.MustCompile("`([a-z.]+)`").FindAllStringSubmatch(events, -1) {
			got[name[1]] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("the README lists %v,\nthere are %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// Officers with roles and places: whose a ticket is, who sees it, and what is remembered of who tried more.
func TestOfficersWorkWithinRoleAndScope(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	c.says("Hi Chika")
	for _, o := range []string{"rina --role branch --scope 31.74", "budi --role branch --scope 31", "dewi --role branch --scope 32.73", "hana --role admin"} {
		works(t, data, append([]string{"officer", "add"}, strings.Fields(o)...)...)
	}
	ref := c.apply("0001234567890")
	c.says("Selesai")
	list := func(args ...string) string {
		return works(t, data, append([]string{"ticket", "list", "--json"}, args...)...)
	}
	if out := list("--mine", "--as", "rina"); !strings.Contains(out, ref) || !strings.Contains(out, `"officer":"rina"`) {
		t.Errorf("Rina's tickets are %q", out)
	}
	if out := list("--as", "dewi") + list("--mine", "--as", "budi") + list("--regency", "32.73") + list("--overdue"); out != "" {
		t.Errorf("listed for nothing: %q", out)
	}
	if out := list("--as", "budi", "--stage", "verifikasi", "--regency", "31.74", "--limit", "1"); !strings.Contains(out, ref) {
		t.Errorf("Budi sees %q", out)
	}
	refuses(t, exitUsage, "reaktivasi", command(t, data, "", "ticket", "list", "--service", "reaktiv"))
	refuses(t, exitUsage, "reaktivasi", command(t, data, "", "ticket", "stats", "--service", "reaktiv"))
	sheet := works(t, data, "ticket", "show", ref, "--as", "budi")
	for _, words := range []string{"rina, assigned", "first in its queue", "promised"} {
		if !strings.Contains(sheet, words) {
			t.Errorf("show says nothing of %q:\n%s", words, sheet)
		}
	}
	ticket := func(args ...string) result { return command(t, data, "", append([]string{"ticket"}, args...)...) }
	refuses(t, exitFailed, "not yours to work on", ticket("show", ref, "--as", "dewi"))
	refuses(t, exitFailed, "not yours to work on", ticket("take", ref, "--as", "dewi"))
	refuses(t, exitFailed, "role or scope", ticket("assign", ref, "dewi", "--as", "hana"))
	refuses(t, exitUsage, "OFFICER", ticket("assign", ref))

	if out := works(t, data, "ticket", "pass", ref, "--as", "rina"); !strings.Contains(out, "budi's") {
		t.Errorf("it was passed: %q", out)
	}
	works(t, data, "ticket", "take", ref, "--as", "budi")
	works(t, data, "ticket", "say", ref, "/salam", "--as", "budi")
	if said := c.next(); !strings.Contains(said.Text, "saya Budi.") || !strings.Contains(said.Text, ref) || strings.Contains(said.Text, "{") {
		t.Errorf("the canned reply reads %q", said.Text)
	}
	refuses(t, exitFailed, "ticket replies", ticket("say", ref, "/tidakada", "--as", "budi"))
	if out := works(t, data, "ticket", "replies"); !strings.Contains(out, "/salam") {
		t.Errorf("the replies are %q", out)
	}
	refuses(t, exitFailed, "taken by budi", ticket("close", ref, "--as", "rina"))
	c.says("terima kasih, saya tunggu") // the member's words to Budi
	if out := works(t, data, "officer", "disable", "budi"); !strings.Contains(out, "1 of their tickets") {
		t.Errorf("disabling says %q", out)
	}
	c.next() // the member hears that Budi left
	if out := list("--officer", "rina"); !strings.Contains(out, ref) {
		t.Errorf("after Budi was disabled Rina has %q", out)
	}
	c.end()
	var did []string
	var shown struct {
		Activity []struct{ Who, What, Text string }
	}
	must(t, json.Unmarshal([]byte(works(t, data, "ticket", "show", ref, "--json")), &shown))
	for _, a := range shown.Activity {
		did = append(did, a.Who+" "+strings.TrimPrefix(a.What, "ticket."))
	}
	want := "member opened, member promise.made, system assigned, dewi refused, dewi refused, rina passed, budi taken, " +
		"budi said, rina refused, member heard, system assigned"
	if got := strings.Join(did, ", "); got != want {
		t.Errorf("the history is %s", got)
	}
	works(t, data, "db", "check")
}

// Time passes in the chat: everything that is due on the way is printed before the next message is answered.
func TestAMovedChatRemindsAndCloses(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	c.at = "2030-01-07T09:00:00+07:00"
	ref := c.apply("0001234567890")
	c.says("Selesai")
	works(t, data, "ticket", "ask", ref, "foto_ktp", "Fotonya buram", "--at", "2030-01-07T21:30:00+07:00", "--as", "rina")
	asked := c.next()
	later := c.send(message{Text: "menu", At: "2030-02-01T10:00:00+07:00"})
	var at []string
	for _, o := range later {
		if o.ReplyTo == "" {
			at = append(at, o.At+" "+strings.Fields(o.Text)[0])
		}
		if o.ReplyTo == "" && !strings.Contains(o.Text, ref) {
			t.Errorf("it does not say which ticket: %q", o.Text)
		}
	}
	if got := strings.Join(at, ", "); !strings.Contains(got, "2030-01-09T07:00:00+07:00") || !strings.Contains(got, "2030-01-22T07:00:00+07:00") || len(at) != 2 {
		t.Errorf("asked by %q, the member hears at %s", asked.Text, got)
	}
	c.end()
	if out := works(t, data, "ticket", "list", "--status", "closed", "--json"); !strings.Contains(out, ref) {
		t.Errorf("closed are %q", out)
	}
	stats := works(t, data, "ticket", "stats")
	for _, words := range []string{"reaktivasi/verifikasi", "where members leave", "foto_ktp", "(sent)"} {
		if !strings.Contains(stats, words) {
			t.Errorf("stats say nothing of %q:\n%s", words, stats)
		}
	}
	for line := range strings.Lines(stats) {
		if len([]rune(line)) > 81 {
			t.Errorf("wider than a terminal: %q", line)
		}
	}
	if out := works(t, data, "ticket", "stats", "--json", "--service", "reaktivasi"); !strings.Contains(out, `"open":0,"median_age_s":null`) {
		t.Errorf("stats --json are %q", out)
	}
	if out := works(t, data, "ticket", "stats", "--json", "--form", "reaktivasi"); !strings.Contains(out, `{"form":"reaktivasi","field":"","asked":1}`) {
		t.Errorf("the form's are %q", out)
	}
	refuses(t, exitUsage, "there is no such form", command(t, data, "", "ticket", "stats", "--form", "reaktiv"))
	refuses(t, exitUsage, "2026-11-30", command(t, data, "", "ticket", "stats", "--from", "kemarin"))
}

func TestBarsAreReadable(t *testing.T) {
	for _, c := range []struct {
		n, most int
		want    string
	}{{0, 10, " "}, {10, 10, "████"}, {5, 10, "██"}, {1, 1000, "▏"}, {7, 32, "▉"}, {3, 8, "█▌"}, {0, 0, " "}} {
		if got := bar(c.n, c.most, 4); got != c.want {
			t.Errorf("%d of %d is %q, want %q", c.n, c.most, got, c.want)
		}
	}
}

func TestAWatchShowsWhatItIsAskedFor(t *testing.T) {
	e := desk.Event{Activity: desk.Activity{What: desk.EventPromiseBroken, Officer: "rina"}, Service: "reaktivasi", Branch: "JKS"}
	for _, c := range []struct {
		w    watching
		want bool
	}{
		{watching{}, true},
		{watching{service: "reaktivasi", officer: "rina", branch: "JKS"}, true},
		{watching{service: "bayi"}, false},
		{watching{officer: "budi"}, false},
		{watching{branch: "BDG"}, false},
		{watching{events: []string{"ticket.opened", "promise.broken"}}, true},
		{watching{events: []string{"promise"}}, true},
		{watching{events: []string{"prom"}}, false},
	} {
		if got := c.w.wants(e); got != c.want {
			t.Errorf("%+v: %t", c.w, got)
		}
	}
}
