package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// canaries is how many members the canary runs have, and a tenth of it how many seeds; set, each house stands for longer.
const canaries = "SAPA_CANARIES"

// aviary is a whole house full of canaries, and whoever looks for their words where they do not belong.
type aviary struct {
	t      *testing.T
	data   string            // the data directory
	around map[string]string // other directories that nothing may be found in: temporary files, backups, logs
	people []*canary
	byTo   map[string]*canary // by phone
	owner  map[string]*canary // by token
	r      *rand.Rand
	now    time.Time
	env    []string // of the child

	child *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Scanner
	runs  int
	gone  []string // tickets of those who were erased

	hits     []string
	own      map[string]int // how often members read their own words, by kind: nothing is proven else
	searched int64
	messages int
}

func newAviary(t *testing.T, members int, seed uint64, env ...string) *aviary {
	t.Helper()
	a := &aviary{
		t: t, data: t.TempDir(), around: map[string]string{"temporary files": t.TempDir(), "backups": t.TempDir(), "logs": t.TempDir()},
		byTo: map[string]*canary{}, owner: map[string]*canary{}, own: map[string]int{},
		r:   rand.New(rand.NewPCG(seed, 2026)), //nolint:gosec // repeatable on purpose
		now: time.Date(2030, 1, 7, 9, 0, 0, 0, time.FixedZone("WIB", 7*60*60)),
	}
	a.env = append(env, "TMPDIR="+a.around["temporary files"], "SQLITE_TMPDIR="+a.around["temporary files"])
	must(t, os.WriteFile(filepath.Join(a.data, configName), []byte("organisation: {name: Klinik Contoh, trial: false}\n"), 0o600))
	rows, papers := memberHeader, t.TempDir()
	for n := range members {
		c := hatch(t, n, papers)
		a.people = append(a.people, c)
		a.byTo[c.phone] = c
		for _, token := range c.tokens() {
			if other := a.owner[token]; other != nil {
				t.Fatalf("two canaries have the token %q", token)
			}
			a.owner[token] = c
		}
		if n%4 > 0 { // the others are not registered
			rows += c.row()
		}
	}
	a.quiet("member", "import", file(t, "members.csv", []byte(rows)))
	a.quiet("officer", "add", "rina", "--role", "admin")
	return a
}

func (a *aviary) hit(format string, args ...any) {
	if len(a.hits) < 20 {
		a.hits = append(a.hits, fmt.Sprintf(format, args...))
	}
}

// start starts the house in a process of its own, whose log goes to a file.
func (a *aviary) start() {
	a.t.Helper()
	a.runs++
	log, err := os.Create(filepath.Join(a.around["logs"], fmt.Sprint(a.runs, ".log")))
	must(a.t, err)
	a.child = childCommand(a.t, append(a.env, "GORACE=atexit_sleep_ms=0"), "chat", "--json", "--data", a.data, "--log-level", "debug")
	a.child.Stderr = log
	a.in, err = a.child.StdinPipe()
	must(a.t, err)
	out, err := a.child.StdoutPipe()
	must(a.t, err)
	must(a.t, a.child.Start())
	must(a.t, log.Close())
	a.out = bufio.NewScanner(out)
	a.out.Buffer(nil, 1<<24)
}

// end ends the house in order; kill as a power cut would.
func (a *aviary) end() {
	a.t.Helper()
	must(a.t, a.in.Close())
	for a.out.Scan() {
		a.hears(a.out.Bytes())
	}
	must(a.t, a.child.Wait())
}

func (a *aviary) kill() {
	a.t.Helper()
	must(a.t, a.child.Process.Kill())
	for a.out.Scan() {
		if json.Valid(a.out.Bytes()) { // but for the line it was writing
			a.hears(a.out.Bytes())
		}
	}
	_ = a.child.Wait() // killed
	a.searches("after a kill")
}

// round lets everybody say something, once; after so many lines of output, where that is not 0, the house is killed and
// told the same again.
func (a *aviary) round(n, killAfter int) {
	a.t.Helper()
	a.now = a.now.Add(time.Minute)
	if n%24 == 23 { // reminders, promises, retention
		a.now = a.now.Add(26 * time.Hour)
	}
	var input strings.Builder
	for i, c := range a.people {
		text, paper := c.next(a.r, a.people)
		said(text, func(token string) {
			c.knows[token] = true
			switch owner := a.owner[token]; {
			case owner != nil && token == owner.nik:
				c.knows[owner.birthday()] = true // a NIK tells it
			case owner != nil && token == owner.card:
				for _, account := range owner.accounts() { // made of the card alone
					c.knows[account] = true
				}
			}
		})
		c.heard = ""
		input.WriteString(message{
			ID: fmt.Sprintf("r%d-%d", n, i), Line: []string{"chika", "pandawa"}[(i+n/30)%2], From: c.phone, Text: text, File: paper,
			At: a.now.Format(time.RFC3339),
		}.String())
	}
	if a.says(input.String(), killAfter) {
		return
	}
	a.kill()
	a.start()
	a.says(input.String(), 0)
}

// says feeds messages and reads what comes of them; false: after so many lines it is enough.
func (a *aviary) says(input string, enough int) bool {
	a.t.Helper()
	feed := a.in
	go func() { _, _ = io.WriteString(feed, input) }() // a killed one reads no more
	lines := 0
	for left := strings.Count(input, "\n"); left > 0; {
		if !a.out.Scan() {
			a.t.Fatalf("the house ended: %v", a.child.Wait())
		}
		if a.hears(a.out.Bytes()) {
			left--
		}
		if lines++; lines == enough {
			return false
		}
	}
	return true
}

// hears looks at a line of output: whatever a member reads is theirs, or they have said it themselves. It reports
// whether the line ends a message.
func (a *aviary) hears(line []byte) (done bool) {
	a.t.Helper()
	var o struct {
		output
		File struct {
			Name string
			Body []byte
		}
	}
	must(a.t, json.Unmarshal(line, &o))
	if o.Error != "" {
		a.t.Fatalf("the house says %s", o.Error)
	}
	if o.ID == "" {
		return o.Done != ""
	}
	to := a.byTo[o.To]
	if to == nil {
		a.hit("a message to nobody we know")
		return false
	}
	if len(o.File.Body) > 0 {
		a.own["file"]++
	}
	a.reads(to, o.Text+"\n"+o.File.Name+"\n"+string(o.File.Body))
	return false
}

// reads looks at what a member reads.
func (a *aviary) reads(to *canary, text string) {
	a.messages++
	to.heard += text + "\n"
	if m := ticketNumber.FindStringSubmatch(text); m != nil && a.owner[m[1]] == nil {
		a.owner[m[1]] = to
		to.refs = append(to.refs, m[1])
	}
	said(text, func(token string) {
		switch owner := a.owner[token]; {
		case owner == to:
			a.own[kindOfToken(token)]++
		case owner != nil && !to.knows[token]:
			a.hit("%s reads %q, which is %s's, in %q", to.mark, token, owner.mark, text)
		}
	})
}

func kindOfToken(token string) string {
	switch {
	case strings.HasPrefix(token, "kenari"):
		return "name"
	case anyTicket.MatchString(strings.ToUpper(token)) && len(token) == 8:
		return "ticket"
	case inWords.MatchString(token):
		return "birth date"
	case len(token) == 16:
		return "number"
	case len(token) == 13:
		return "card"
	}
	return "other"
}

// quiet runs a command beside the house; what it says is nobody's.
func (a *aviary) quiet(args ...string) string {
	a.t.Helper()
	r := command(a.t, a.data, "", args...)
	for name, text := range map[string]string{"stdout": r.out, "stderr": r.errors} {
		a.nobodys([]byte(text), fmt.Sprintf("%s of %q", name, args[:min(2, len(args))]))
	}
	return r.out
}

// about runs a command that shows what is personal of one canary, and nobody else's.
func (a *aviary) about(c *canary, args ...string) {
	a.t.Helper()
	r := command(a.t, a.data, "", args...)
	a.aboutText(c, r.out, strings.Join(args[:2], " "))
	a.nobodys([]byte(r.errors), fmt.Sprintf("stderr of %q", args[:min(2, len(args))]))
}

func (a *aviary) aboutText(c *canary, text, what string) {
	said(text, func(token string) {
		switch owner := a.owner[token]; {
		case owner == c:
			a.own[what]++
		case owner != nil && !c.knows[token]:
			a.hit("%s shows %s's %q beside %s", what, owner.mark, token, c.mark)
		}
	})
}

// nobodys makes sure that a text or a file holds nobody's words. Numbers of tickets are nobody's here.
func (a *aviary) nobodys(body []byte, where string) {
	a.searched += int64(len(body))
	tokens(body, func(token string) {
		if owner := a.owner[token]; owner != nil {
			a.hit("%q of %s is in %s", token, owner.mark, where)
		}
	})
}

// searches looks into every file there is.
func (a *aviary) searches(when string) {
	a.t.Helper()
	for name, dir := range a.around {
		a.searchesIn(dir, name+", "+when)
	}
	a.searchesIn(a.data, "the data directory, "+when)
}

func (a *aviary) searchesIn(dir, where string) {
	a.t.Helper()
	must(a.t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && !entry.Type().IsRegular() {
			return nil // SQLite's own come and go
		}
		if err != nil {
			return err
		}
		body, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		a.nobodys(body, filepath.Base(path)+" in "+where)
		return err
	}))
}

// officers lets an officer work beside the house, and others look around.
func (a *aviary) officers(round int) {
	a.t.Helper()
	at := []string{"--at", a.now.Format(time.RFC3339), "--as", "rina"}
	lists := [][]string{
		{"ticket", "list"},
		{"ticket", "list", "--json"},
		{"ticket", "stats"},
		{"payment", "list", "--json"},
		{"db", "check"},
		{"visit", "list", "--day", a.now.AddDate(0, 0, a.r.IntN(9)).Format(time.DateOnly)},
		{"ticket", "replies"},
		{"lines"},
		{"member", "show", a.people[a.r.IntN(len(a.people))].card},
		{"incident", "affected", "--since", "2029-01-01"},
		{"db", "backup", filepath.Join(a.around["backups"], fmt.Sprint(a.runs, "-", round, ".db"))},
	}
	a.quiet(lists[a.r.IntN(len(lists))]...)
	c := a.people[a.r.IntN(len(a.people))]
	to := filepath.Join(a.t.TempDir(), "data")
	a.about(c, "member", "export", []string{c.local, c.card}[a.r.IntN(2)], "--to", to, "--reason", "permintaan "+c.name)
	if text, err := os.ReadFile(filepath.Join(to, "data.txt")); err == nil {
		a.aboutText(c, string(text), "an export")
	}
	a.about(c, "member", "audit", c.card)
	served := slices.DeleteFunc(slices.Clone(a.people), func(c *canary) bool { return len(c.refs) == 0 })
	if len(served) == 0 {
		return
	}
	c = served[a.r.IntN(len(served))]
	ref := c.refs[a.r.IntN(len(c.refs))]
	a.quiet(append([]string{"ticket", "show", ref}, at...)...)
	a.quiet(append([]string{"ticket", "show", ref, "--json"}, at...)...)
	a.about(c, append([]string{"ticket", "show", ref, "--json", "--reason", "periksa " + c.name}, at...)...)
	deeds := [][]string{
		{"say", ref, "Halo " + c.name + ", nomor Anda " + c.nik},
		{"note", ref, c.name + " sudah ditelepon di " + c.local},
		{"ask", ref, "foto_ktp", c.name + ", fotonya buram"},
		{"take", ref},
		{"reject", ref, "Bukan data " + c.name},
		{"approve", ref, "--set", "months_owed=7", "--set", "heads=3"},
		{"activate", ref},
		{"close", ref, c.mark},
		{"approve", ref},
	}
	a.quiet(slices.Concat([]string{"ticket"}, deeds[a.r.IntN(len(deeds))], at)...)
}

// pays imports a payment of somebody.
func (a *aviary) pays(n int) {
	a.t.Helper()
	c := a.people[a.r.IntN(len(a.people))]
	row := fmt.Sprintf("virtual_account,amount,paid_at,reference\n%s,735000,2030-01-07,TRX-%d\n", c.tokens()[9], n)
	a.quiet("payment", "import", file(a.t, "payments.csv", []byte(row)), "--at", a.now.Format(time.RFC3339))
}

// erases lets somebody be forgotten: whom they prefer then are their own words, as new to the house as anybody's.
func (a *aviary) erases() {
	a.t.Helper()
	c := a.people[a.r.IntN(len(a.people))]
	who := []string{c.local, c.card}[a.r.IntN(2)]
	a.quiet("member", "erase", who, "--reason", "permintaan tertulis", "--yes")
	if who == c.local {
		a.gone = append(a.gone, c.refs...)
		c.refs = nil
		a.seesNoGone()
	}
}

// seesNoGone looks at the tickets of those who were erased.
func (a *aviary) seesNoGone() {
	a.t.Helper()
	for _, ref := range a.gone {
		a.quiet("ticket", "show", ref, "--reason", "masih ada?", "--json")
	}
}

// restores puts old backups in the place of the database, one after the other.
func (a *aviary) restores() {
	a.t.Helper()
	backups, err := filepath.Glob(filepath.Join(a.around["backups"], "*.db"))
	must(a.t, err)
	a.r.Shuffle(len(backups), func(i, j int) { backups[i], backups[j] = backups[j], backups[i] })
	for _, backup := range backups[:min(3, len(backups))] {
		works(a.t, a.data, "db", "restore", backup)
		if r := command(a.t, a.data, "", "db", "check"); r.code != exitDone {
			a.hit("after %s was restored the database is not sound: %s", filepath.Base(backup), r.out)
		}
		a.seesNoGone()
	}
	a.searches("after restores")
}

// live is the life of the house: conversations, officers, kills, a restart; then everything is looked into.
func (a *aviary) live(rounds int) {
	a.t.Helper()
	a.start()
	for n := range rounds {
		killAfter := 0
		if n%25 == 9 {
			killAfter = 1 + a.r.IntN(2*len(a.people))
		}
		a.round(n, killAfter)
		switch n % 10 {
		case 1, 5:
			a.officers(n)
		case 3:
			a.pays(n)
		case 6:
			a.searches("under load")
		case 8:
			a.erases()
		}
	}
	a.quiet("db", "rekey")
	a.round(rounds, 0)
	a.end()
	a.searches("at the end")
	a.restores()
}

// canaryReach is how many members, seeds and rounds the runs have.
func canaryReach(t *testing.T) (members, seeds, rounds int) {
	if n, err := strconv.Atoi(os.Getenv(canaries)); err == nil {
		return n, max(n/10, 1), 120
	}
	if testing.Short() {
		t.Skip("a house full takes time")
	}
	return 16, 1, 45
}

// No member reads what is another's, whatever everybody types; nothing of anybody can be read in a file, a log, a list
// or a temporary file, under load, after kills, in backups.
func TestNoCanaryIsHeardWhereItDoesNotBelong(t *testing.T) {
	members, seeds, rounds := canaryReach(t)
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			a := newAviary(t, members, uint64(seed))
			a.live(rounds)
			for _, hit := range a.hits {
				t.Error(hit)
			}
			t.Logf("%d messages read, %d tickets, %d MB searched, own words read: %v", a.messages, a.tickets(), a.searched>>20, a.own)
			for _, kind := range []string{"name", "ticket", "birth date", "card", "ticket show", "an export", "member audit"} {
				if a.own[kind] == 0 {
					t.Errorf("nobody ever read their own %s: nothing is proven", kind)
				}
			}
		})
	}
}

// A suite that cannot fail proves nothing: a house that tells one what another said, logs it, or leaves it in a file is
// found out; and a look that shows somebody else.
func TestTheCanariesFindLeaks(t *testing.T) {
	for name, c := range map[string]struct {
		where func(*aviary) string
		found string
	}{
		"to the next":      {func(*aviary) string { return "reply" }, " reads "},
		"to the log":       {func(*aviary) string { return "log" }, ".log in logs"},
		"to a temporary":   {func(a *aviary) string { return "file:" + filepath.Join(a.around["temporary files"], "x") }, "temporary files"},
		"beside the store": {func(a *aviary) string { return "file:" + filepath.Join(a.data, "x") }, "the data directory"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAviary(t, 6, 7)
			a.env = append(a.env, leak+"="+c.where(a))
			a.live(12)
			if all := strings.Join(a.hits, "\n"); !strings.Contains(all, c.found) {
				t.Errorf("the leak was not found; what was:\n%s", all)
			}
		})
	}
	a := newAviary(t, 2, 7)
	a.about(a.people[0], "member", "show", a.people[1].card, "--reason", "keliru")
	if len(a.hits) == 0 {
		t.Error("a look that shows somebody else was not found")
	}
}

func (a *aviary) tickets() (n int) {
	for _, c := range a.people {
		n += len(c.refs)
	}
	return n
}
