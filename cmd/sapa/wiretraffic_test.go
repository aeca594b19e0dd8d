package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the tests look into the database

	"sapa/bot/whatsapp/watest"
)

// expected is a reply of a quiet day.
type expected struct {
	text   string
	prompt bool // a newer one may take its place
}

// script is what each person says, and what they are told when nothing goes wrong: a form, then small talk, round after
// round for as long as it is wanted.
type script struct {
	says []string // "" a photo
	told [][]expected
}

// theForm is a request for a card; "" are its photos.
var theForm = []string{
	"Pandawa", "1", "setuju", "0001234567890", "Siti Aminah", "17-8-90", "1", "dki", "jaksel", "1", "", "", "lewati",
	"Puskesmas Melati", "setuju", "kirim", "selesai",
}

// aRound is small talk that can go on for ever, and some of it at once.
var aRound = []string{"menu", "bantuan", "9", "menu", "1", "ulang", "kembali", "apa saja", "menu"}

// inOneGo begins the messages of a round that are sent without waiting for answers, and is their number.
const inOneGo = 3

func newScript(t *testing.T, w *wire) *script {
	t.Helper()
	s := &script{says: slices.Concat(theForm, aRound, aRound, aRound)}
	s.told = quietDay(t, w, s.says)
	if sent := s.told[slices.Index(theForm, "kirim")][0].text; !strings.Contains(sent, "Nomor tiket: ") {
		t.Fatalf("the form leads to no ticket: %q", sent)
	}
	last := len(s.says) - len(aRound)
	if !slices.EqualFunc(s.told[last-len(aRound):last], s.told[last:], slices.Equal) {
		t.Fatal("a round of small talk is not answered like the one before")
	}
	return s
}

// round is where in a round a person's message is, and where in the script; the form is before the rounds.
func (s *script) round(i int) (in, at int) {
	if i < len(theForm) {
		return -1, i
	}
	in = (i - len(theForm)) % len(aRound)
	return in, min(i, len(s.says)-len(aRound)+in)
}

// quietDay is what a person is told who says the same in `sapa chat`.
func quietDay(t *testing.T, w *wire, says []string) [][]expected {
	t.Helper()
	data := t.TempDir()
	config, err := os.ReadFile(filepath.Join(w.data, configName))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(data, configName), config, 0o600))
	photo := jpegFile(t)
	c := startChat(t, data)
	c.line = wireLines[0]
	replies := make([][]output, len(says))
	for i, text := range says {
		m := message{Text: text}
		if text == "" {
			m.File = photo
		}
		if replies[i] = c.send(m); len(replies[i]) == 0 {
			t.Fatalf("message %d (%q) is not answered on a quiet day", i, text)
		}
	}
	c.end()
	prompts := map[string]bool{}
	withRows(t, data, "SELECT id FROM outbox WHERE weight = 'prompt'", func(id string) { prompts[id] = true })
	told := make([][]expected, len(says))
	for i, all := range replies {
		for _, o := range all {
			told[i] = append(told[i], expected{undated(o.Text), prompts[o.ID]})
		}
	}
	return told
}

// anyMoment is a point in time as members read it.
var anyMoment = regexp.MustCompile(`\pL+, \d+ \pL+ \d{4} pukul \d\d\.\d\d WI\pL+`)

// undated leaves out of a reply what hangs on when it is given: the ticket's number, and what is promised by when.
func undated(text string) string { return anyMoment.ReplaceAllString(timeless(text), "MOMENT") }

// withRows gives the one column of each row that a query finds.
func withRows(t *testing.T, data, query string, each func(string)) {
	t.Helper()
	db := database(t, data)
	defer func() { must(t, db.Close()) }()
	rows, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	for rows.Next() {
		var value string
		must(t, rows.Scan(&value))
		each(value)
	}
	must(t, rows.Err())
}

// database opens a database to look into, or to spoil.
func database(t testing.TB, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "sapa.db")+"?_busy_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// traffic is people who talk to lines, all at once, each waiting for answers as people do.
type traffic struct {
	*script
	photo   []byte
	least   int           // messages of each person
	patient time.Duration // how long a person waits for an answer, once no service is killed any more

	people  []*member
	calm    context.Context // ends with the last kill; then people finish their round and stop
	calming context.CancelFunc
	talking context.Context // ends when everybody has stopped
	sent    atomic.Int64    // messages
	more    chan struct{}

	mu      sync.Mutex
	longest time.Duration // that somebody waited for an answer
	broken  []string      // promises
}

func newTraffic(t *testing.T, w *wire, lines []*watest.Number, phones, least int, patient time.Duration) *traffic {
	t.Helper()
	tr := &traffic{script: newScript(t, w), photo: pictureBytes(t), least: least, patient: patient, more: make(chan struct{}, 1)}
	for i := range phones {
		p := w.wa.Person(fmt.Sprintf("62812%08d", i), watest.Arrives(watest.Addressing(i%2)))
		tr.people = append(tr.people, &member{p, t, lines[i%len(lines)]})
	}
	tr.calm, tr.calming = context.WithCancel(t.Context())
	return tr
}

// start lets everybody talk.
func (tr *traffic) start(ctx context.Context) {
	talking, stop := context.WithCancel(ctx)
	tr.talking = talking
	var busy sync.WaitGroup
	for _, m := range tr.people {
		busy.Go(func() { tr.talk(ctx, m) })
	}
	go func() { busy.Wait(); stop() }()
}

func (tr *traffic) report(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.broken = append(tr.broken, fmt.Sprintf(format, args...))
}

// faults are the promises that were broken so far.
func (tr *traffic) faults() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.broken)
}

// talk says the script until enough is said, and stops at the first answer that does not come or is wrong.
func (tr *traffic) talk(ctx context.Context, m *member) {
	for i := 0; ; {
		in, _ := tr.round(i)
		if in == 0 && i >= tr.least && tr.calm.Err() != nil {
			return
		}
		n := 1
		if in == inOneGo {
			n = inOneGo
		}
		var want []expected
		for j := i; j < i+n; j++ {
			want = append(want, tr.say(m, j)...)
		}
		if !tr.hears(ctx, m, i, want) {
			return
		}
		i += n
	}
}

// say sends a person's i-th message, and gives what is to be told.
func (tr *traffic) say(m *member, i int) []expected {
	_, at := tr.round(i)
	if tr.says[at] == "" {
		m.SendsImage(m.line, tr.photo, "")
	} else {
		m.Sends(m.line, tr.says[at])
	}
	tr.sent.Add(1)
	select {
	case tr.more <- struct{}{}:
	default:
	}
	return tr.told[at]
}

// hears reads replies up to the last that is wanted. Only prompts that a newer one replaced may be missing.
func (tr *traffic) hears(ctx context.Context, m *member, at int, want []expected) bool {
	for next := 0; next < len(want); next++ {
		reply, err := tr.read(ctx, m)
		if err != nil {
			if ctx.Err() == nil {
				tr.report("message %d of %s is not answered: %q is missing", at, m.JID().User, want[next].text)
			}
			return false
		}
		got := undated(reply.Text)
		for next < len(want)-1 && want[next].text != got && want[next].prompt {
			next++
		}
		if want[next].text != got {
			tr.report("message %d of %s is answered by %q, not by %q", at, m.JID().User, got, want[next].text)
			return false
		}
	}
	return true
}

// read reads the next reply. However often the service is killed a person waits; patience begins after that.
func (tr *traffic) read(ctx context.Context, m *member) (*watest.Reply, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(tr.calm, func() {
		select {
		case <-time.After(tr.patient):
			cancel()
		case <-ctx.Done():
		}
	})()
	began := time.Now()
	reply, err := m.TryReads(ctx)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.longest = max(tr.longest, time.Since(began))
	return reply, err
}

// after waits until n more messages were sent.
func (tr *traffic) after(ctx context.Context, n int64) bool {
	for until := tr.sent.Load() + n; tr.sent.Load() < until; {
		select {
		case <-tr.more:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// check looks at the phones when all is over: nothing more was said, and no ID meant two texts.
func (tr *traffic) check() (repeated int) {
	for _, m := range tr.people {
		for _, reply := range m.Unread() {
			tr.report("%s was also told %q", m.JID().User, reply.Text)
		}
		for _, reply := range m.Shown() {
			if reply.Changed() {
				tr.report("reply %s came with two texts", reply.ID)
			}
			if reply.Sends() > 1 {
				repeated++
			}
		}
	}
	return repeated
}
