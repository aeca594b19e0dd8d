package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sapa/dialog/desk"
)

// The crash test kills sapa at random while messages are piped into it, starts it again with the same messages, and
// looks at everything that was printed and stored. SAPA_CRASH_ROUNDS is how many times; set, each round has 2,000
// messages, else fewer.
const crashRounds = "SAPA_CRASH_ROUNDS"

// crashMessages are the messages of so many members who each apply for a card, all at once.
func crashMessages(t *testing.T, members int) []message {
	t.Helper()
	picture := pngFile(t)
	// A word such as "bantuan" right after a document is answered at once, before or after the document as it comes: not
	// here, where every run must say the same.
	texts := []string{
		"Pandawa", "1", "bantuan", "setuju", "0001234567890", "Siti Aminah", "17-8-90", "1", "dki", "jaksel", "1", picture, picture,
		"lewati", "Puskesmas Melati", "0", "Puskesmas Mawar", "setuju", "kirim", "selesai",
	}
	var all []message
	for i, text := range texts {
		for m := range members {
			in := message{
				ID: "m" + strconv.Itoa(i), Line: "pandawa", From: fmt.Sprintf("62812%08d", m), Text: text,
				At: "2030-01-07T09:00:00+07:00",
			}
			if text == picture {
				in.Text, in.File = "", picture
			}
			all = append(all, in)
		}
	}
	return all
}

func inputOf(messages []message) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m.String())
	}
	return b.String()
}

// killed feeds messages to a child and kills it after it has printed so many lines. It gives what was printed.
func killed(t *testing.T, env []string, data, input string, after int) []output {
	t.Helper()
	c := childCommand(t, env, "chat", "--json", "--data", data, "--log-level", "error")
	c.Stdin = strings.NewReader(input)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	var all []output
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o output
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			break // the line it was writing when it was killed
		}
		all = append(all, o)
		if len(all) == after {
			must(t, c.Process.Kill())
		}
	}
	_ = c.Wait() // killed, or done before
	return all
}

// reference is what each member is told when nothing goes wrong.
func reference(t *testing.T, messages []message) []string {
	t.Helper()
	said := map[string][]string{}
	for _, o := range parseOutput(t, works2(t, t.TempDir(), inputOf(messages), "chat", "--json")) {
		if o.ID != "" {
			said[o.To] = append(said[o.To], timeless(o.Text))
		}
	}
	first := said["6281200000000"]
	for to, texts := range said {
		if !slices.Equal(texts, first) {
			t.Fatalf("%s is told something else than the first member", to)
		}
	}
	return first
}

var anyTicket = regexp.MustCompile(`\b[0-9A-Z]{3}-[0-9A-Z]{4}\b`)

// timeless leaves out what differs between equal conversations: the ticket's number.
func timeless(text string) string { return anyTicket.ReplaceAllString(text, "TICKET") }

// faults are the promises of a crash that were not kept. Runs are what each start printed, the last one to the end.
func faults(runs [][]output, messages []message, want []string) (broken []string) {
	report := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	type key struct{ from, id string }
	committed := map[key]int{}   // the run in which a message was first seen to be on disk
	fresh := map[key]int{}       // how often it was called fresh
	answered := map[key]bool{}   // it got a reply
	texts := map[string]string{} // by reply
	said := map[string][]string{}
	for n, printed := range runs {
		member := inputOrder(messages)
		for _, o := range printed {
			switch {
			case o.Done != "":
				k := key{member(o.Done), o.Done}
				if at, seen := committed[k]; seen && at < n && o.Fresh {
					report("%v was on disk in run %d and is new in run %d", k, at+1, n+1)
				}
				if o.Fresh {
					fresh[k]++
				}
				if _, seen := committed[k]; !seen {
					committed[k] = n
				}
			case o.ID != "":
				if text, seen := texts[o.ID]; seen {
					if text != o.Text {
						report("reply %s has two texts", o.ID)
					}
					continue // printed, and killed before that was noted: a reader drops it
				}
				texts[o.ID] = o.Text
				said[o.To] = append(said[o.To], timeless(o.Text))
				if o.ReplyTo != "" {
					k := key{o.To, o.ReplyTo}
					answered[k] = true
					if _, seen := committed[k]; !seen {
						committed[k] = n
					}
				}
			case o.Error != "":
				report("line %d: %s", o.LineNo, o.Error)
			}
		}
	}
	for _, m := range messages {
		k := key{m.From, m.ID}
		if _, ok := committed[k]; !ok || fresh[k] > 1 || !answered[k] {
			report("%v: on disk %v, new %d times, answered %v", k, ok, fresh[k], answered[k])
		}
		if m.ID == messages[0].ID && !slices.Equal(said[m.From], want) {
			report("%s was told %d texts, not the %d of a quiet day in their order:\n%q", m.From, len(said[m.From]), len(want), said[m.From])
		}
	}
	return broken
}

// inputOrder tells whose message a "done" line is about: these lines come in the order of the input.
func inputOrder(messages []message) func(id string) (from string) {
	next := 0
	return func(id string) string {
		for next < len(messages) && messages[next].ID != id {
			next++
		}
		if next == len(messages) {
			return "nobody"
		}
		next++
		return messages[next-1].From
	}
}

// crashRound kills sapa once or twice while it works, and gives what every start printed.
func crashRound(t *testing.T, env []string, data, input string, r *rand.Rand, lines int) [][]output {
	t.Helper()
	var runs [][]output
	for range 1 + r.IntN(2) {
		runs = append(runs, killed(t, env, data, input, 1+r.IntN(lines)))
		noneReadable(t, data)
	}
	last := inChild(t, nil, input, "chat", "--json", "--data", data, "--log-level", "error")
	if last.code != exitDone {
		t.Fatalf("after the kill: exit %d: %s", last.code, last.errors)
	}
	return append(runs, parseOutput(t, last.out))
}

// noneReadable looks for what members wrote in all that a killed sapa left on disk: database, write-ahead log, keys.
func noneReadable(t *testing.T, data string) {
	t.Helper()
	searched := 0
	must(t, filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		body, err := os.ReadFile(path)
		searched += len(body)
		for _, canary := range []string{"Siti Aminah", "0001234567890", "Puskesmas Melati", "1990-08-17", "6281200000000", "6281234567890", "Siti Rahasia", "Kapan tanggal lahir peserta"} {
			if bytes.Contains(body, []byte(canary)) {
				t.Errorf("%q can be read in %s", canary, filepath.Base(path))
			}
		}
		return err
	}))
	if searched == 0 {
		t.Error("nothing was searched")
	}
}

func TestCrashAtRandom(t *testing.T) {
	rounds, members := 3, 15
	if n, err := strconv.Atoi(os.Getenv(crashRounds)); err == nil {
		rounds, members = n, 100
	} else if testing.Short() {
		t.Skip("kills take time")
	}
	messages := crashMessages(t, members)
	want := reference(t, messages)
	r := rand.New(rand.NewPCG(2, 2026)) //nolint:gosec // repeatable on purpose
	for round := range rounds {
		data := t.TempDir()
		runs := crashRound(t, nil, data, inputOf(messages), r, members*len(want)+len(messages))
		for _, fault := range faults(runs, messages, want) {
			t.Errorf("round %d: %s", round+1, fault)
		}
		works(t, data, "db", "check")
		checkTickets(t, data, members)
		if t.Failed() {
			t.FailNow()
		}
	}
}

// checkTickets makes sure that each member has one whole ticket.
func checkTickets(t *testing.T, data string, members int) {
	t.Helper()
	list := strings.Fields(works(t, data, "ticket", "list"))
	refs := slices.DeleteFunc(list, func(word string) bool { return !anyTicket.MatchString(word) || len(word) != 8 })
	if len(refs) != members {
		t.Errorf("%d tickets of %d members", len(refs), members)
	}
	for _, ref := range refs[:min(len(refs), 5)] {
		var sheet ticketSheet
		must(t, json.Unmarshal([]byte(works(t, data, "ticket", "show", ref, "--json")), &sheet))
		ready := 0
		for _, d := range sheet.Documents {
			if d.Status == "ready" && d.Bytes > 0 {
				ready++
			}
		}
		if ready != 2 || len(sheet.Answers) < 10 || !opened(sheet.Activity) {
			t.Errorf("ticket %s has %d documents, %d answers, history %+v", ref, ready, len(sheet.Answers), sheet.Activity)
		}
	}
}

// opened reports that a ticket was opened once, and that nothing but what comes with that has happened to it.
func opened(history []activityLine) bool {
	times := 0
	for _, a := range history {
		switch a.What {
		case desk.EventOpened:
			times++
		case desk.EventPromiseMade, desk.EventAssigned:
		default:
			return false
		}
	}
	return times == 1
}

// A suite that cannot fail proves nothing: a sapa that replies before it commits is found out.
func TestCrashFindsReplyBeforeCommit(t *testing.T) {
	messages := crashMessages(t, 4)
	want := reference(t, messages)
	r := rand.New(rand.NewPCG(3, 2026)) //nolint:gosec // repeatable on purpose
	runs := crashRound(t, []string{replyFirst + "=1"}, t.TempDir(), inputOf(messages), r, len(messages))
	found := strings.Join(faults(runs, messages, want), "\n")
	if !strings.Contains(found, "and is new in run") {
		t.Errorf("the fault was not found; what was:\n%s", found)
	}
}
