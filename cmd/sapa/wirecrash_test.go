package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the test looks into the database
	waBinary "go.mau.fi/whatsmeow/binary"

	"sapa/bot/whatsapp/watest"
)

// The crash test on the wire kills `sapa serve` while people talk to it, at random and at named points, starts it
// again, and looks at what their phones show. SAPA_WIRE_KILLS is how often at random; a tenth of that at each point,
// and so many messages that there is traffic for each kill.
const wireKills = "SAPA_WIRE_KILLS"

// The points at which the parent kills the child, because only the network or the database shows them.
const (
	afterReceipt = "after receipt"
	unheardSend  = "sent, ack lost"
	ackedSend    = "sent and acked" // within the time in which marks are gathered
	afterMark    = "after mark-sent"
)

var wirePoints = []string{
	beforeDecrypt, inDecrypt, afterDecrypt, beforeCommit, afterCommit, beforeReceipt, afterReceipt,
	beforeSend, unheardSend, ackedSend, afterMark,
}

// wireLines are the lines, whose conversations begin alike.
var wireLines = []string{"utara", "selatan"}

// expected is a reply of a quiet day.
type expected struct {
	text   string
	prompt bool // a newer one may take its place
}

// script is what each person says, and what they are told when nothing goes wrong.
type script struct {
	says []string // "" a photo
	told [][]expected
	// burst is how many messages, beginning with this one, are sent before the person waits for answers; 0 is 1.
	burst []int
}

// theForm is a request for a card; "" are its photos.
var theForm = []string{
	"Pandawa", "1", "setuju", "0001234567890", "Siti Aminah", "17-8-90", "1", "dki", "jaksel", "1", "", "", "lewati",
	"Puskesmas Melati", "setuju", "kirim", "selesai",
}

// aRound is small talk that can go on for ever, and some of it at once.
var aRound = []string{"menu", "bantuan", "9", "menu", "1", "ulang", "kembali", "apa saja", "menu"}

// newScript is a form and so much small talk that it has length messages.
func newScript(t *testing.T, w *wire, length int) *script {
	t.Helper()
	s := &script{}
	for i := range length {
		text := ""
		if i < len(theForm) {
			text = theForm[i]
		} else {
			text = aRound[(i-len(theForm))%len(aRound)]
		}
		s.says = append(s.says, text)
		burst := 0
		if i >= len(theForm) && (i-len(theForm))%len(aRound) == 3 && i+3 < length {
			burst = 3
		}
		s.burst = append(s.burst, burst)
	}
	s.told = quietDay(t, w, s.says)
	return s
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
			told[i] = append(told[i], expected{timeless(o.Text), prompts[o.ID]})
		}
	}
	return told
}

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
	script  *script
	photo   []byte
	patient time.Duration // how long a person waits for an answer

	people []*member
	ctx    context.Context
	busy   sync.WaitGroup
	sent   atomic.Int64 // messages
	more   chan struct{}
	done   chan struct{}

	mu     sync.Mutex
	broken []string // promises
}

func newTraffic(t *testing.T, w *wire, s *script, lines []*watest.Number, phones int, patient time.Duration) *traffic {
	t.Helper()
	tr := &traffic{script: s, photo: pictureBytes(t), patient: patient, more: make(chan struct{}, 1), done: make(chan struct{})}
	for i := range phones {
		p := w.wa.Person(fmt.Sprintf("62812%08d", i), watest.Arrives(watest.Addressing(i%2)))
		tr.people = append(tr.people, &member{p, t, lines[i%len(lines)]})
	}
	return tr
}

// start lets everybody talk.
func (tr *traffic) start(ctx context.Context) {
	tr.ctx = ctx
	for _, m := range tr.people {
		tr.busy.Go(func() { tr.talk(m) })
	}
	go func() { tr.busy.Wait(); close(tr.done) }()
}

func (tr *traffic) report(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.broken = append(tr.broken, fmt.Sprintf(format, args...))
}

// talk says the whole script, and stops at the first answer that does not come or is wrong.
func (tr *traffic) talk(m *member) {
	s := tr.script
	for i := 0; i < len(s.says); {
		n := max(1, s.burst[i])
		var want []expected
		for j := i; j < i+n; j++ {
			if s.says[j] == "" {
				m.SendsImage(m.line, tr.photo, "")
			} else {
				m.Sends(m.line, s.says[j])
			}
			want = append(want, s.told[j]...)
			tr.sent.Add(1)
		}
		select {
		case tr.more <- struct{}{}:
		default:
		}
		if !tr.hears(m, i, want) {
			return
		}
		i += n
	}
}

// hears reads replies up to the last that is wanted. Only prompts that a newer one replaced may be missing.
func (tr *traffic) hears(m *member, at int, want []expected) bool {
	for next := 0; next < len(want); {
		ctx, cancel := context.WithTimeout(tr.ctx, tr.patient)
		reply, err := m.TryReads(ctx)
		cancel()
		if err != nil {
			if tr.ctx.Err() == nil {
				tr.report("message %d of %s is not answered: %q is missing", at, m.JID().User, want[next].text)
			}
			return false
		}
		got := timeless(reply.Text)
		for next < len(want) && want[next].text != got && want[next].prompt && next < len(want)-1 {
			next++
		}
		if want[next].text != got {
			tr.report("message %d of %s is answered by %q, not by %q", at, m.JID().User, got, want[next].text)
			return false
		}
		next++
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

// after waits until n more messages were sent; false: there are none.
func (tr *traffic) after(n int64) bool {
	for until := tr.sent.Load() + n; tr.sent.Load() < until; {
		select {
		case <-tr.more:
		case <-tr.done:
			return false
		}
	}
	return true
}

// kill is when and how the service ends.
type kill struct {
	point string // "": at random
	after int64  // so many messages
	late  time.Duration
	fault string
}

// crash runs a service until its kill; false: the traffic ended before.
func (w *wire) crash(k kill, tr *traffic, lines []*watest.Number) bool {
	env := []string{"GOMAXPROCS=2"}
	if k.fault != "" {
		env = append(env, wireFault+"="+k.fault)
	}
	parents := map[string]bool{"": true, afterReceipt: true, unheardSend: true, ackedSend: true, afterMark: true}
	if !parents[k.point] {
		env = append(env, wireKill+"="+k.point+":"+strconv.FormatInt(k.after, 10))
	}
	var s *serving
	if k.fault == freshIDs {
		s = w.start(append(env, wireData+"="+w.data), "-test.run=^TestServeWithFreshIDs$")
	} else {
		s = w.serve(env...)
	}
	defer func() { s.kill(); w.wa.LoseAcks(0) }()
	if !parents[k.point] {
		select {
		case <-s.ended:
			return true
		case <-tr.done:
			return false
		}
	}
	return w.strike(k, tr, lines)
}

// strike waits for the moment at which the parent kills.
func (w *wire) strike(k kill, tr *traffic, lines []*watest.Number) bool {
	var sign *watest.Sighting
	if !tr.after(k.after) {
		return false
	}
	switch k.point {
	case "":
		select {
		case <-time.After(k.late): // at random
		case <-tr.done:
			return false
		}
	case afterReceipt:
		sign = lines[0].LookOut(func(n *waBinary.Node) bool {
			return n.Tag == "receipt" && (n.Attrs["type"] == nil || n.Attrs["type"] == "inactive")
		})
	case unheardSend:
		w.wa.LoseAcks(1 << 20)
		sign = lines[0].LookOut(func(n *waBinary.Node) bool { return n.Tag == "message" })
	case ackedSend: // the client answers the phone's tick after it has heard the ack
		sign = lines[0].LookOut(func(n *waBinary.Node) bool { return n.Tag == "ack" && n.Attrs["class"] == "receipt" })
	case afterMark:
		return w.marked(tr)
	}
	return sign == nil || seen(sign, tr)
}

// seen waits for a stanza; false: the traffic ended before. It waits no longer where nothing is sent any more.
func seen(sign *watest.Sighting, tr *traffic) bool {
	came := make(chan struct{})
	go func() { sign.Await(); close(came) }()
	select {
	case <-came:
	case <-time.After(2 * time.Second): // all wait for acks that were lost
	case <-tr.done:
		return false
	}
	return true
}

// marked waits until one more reply is marked as sent, and stops short where the traffic ends.
func (w *wire) marked(tr *traffic) bool {
	sent := w.rows("sent")
	for w.rows("sent") <= sent {
		select {
		case <-tr.done:
			return false
		default:
		}
	}
	return true
}

// rows counts the replies in a state.
func (w *wire) rows(state string) (n int) {
	w.t.Helper()
	if w.db == nil {
		w.db = database(w.t, w.data)
		w.t.Cleanup(func() { _ = w.db.Close() })
	}
	if err := w.db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM outbox WHERE state = ?", state).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// finish lets a sound service answer what is left, and stops it.
func (w *wire) finish(tr *traffic, lines []*watest.Number) {
	w.t.Helper()
	s := w.serve()
	s.until("line.online")
	<-tr.done
	if len(tr.broken) == 0 {
		for _, line := range lines {
			line.AwaitAllAcked()
		}
		for late := time.Now().Add(30 * time.Second); w.rows("queued") > 0; {
			if time.Now().After(late) {
				w.t.Errorf("not sent after all:\n%s", s.log.all())
				break
			}
			time.Sleep(5 * time.Millisecond) // the database tells nobody
		}
	}
	s.stop()
}

// crashSetting is two linked lines and people who talk to them.
func crashSetting(t *testing.T, phones, length int, patient time.Duration) (*wire, []*watest.Number, *traffic) {
	t.Helper()
	w := newWire(t, "lines: [{id: utara, flow: pandawa}, {id: selatan, flow: pandawa}]\n")
	w.wa.SetPatience(time.Minute)
	lines := []*watest.Number{w.wa.Number("6281100000001"), w.wa.Number("6281100000002")}
	for i, line := range lines {
		w.linkHere(wireLines[i], line)
	}
	return w, lines, newTraffic(t, w, newScript(t, w, length), lines, phones, patient)
}

func TestCrashOnTheWire(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(wireKills))
	if err != nil {
		t.Skip(wireKills + " is not set: 4 is a short run of ten seconds, 1000 the whole one")
	}
	random, each, phones, length := n, max(1, n/10), 50, max(60, n)
	if n < 10 {
		phones, length = 8, 45
	}
	r := rand.New(rand.NewPCG(5, 2026)) //nolint:gosec // repeatable on purpose
	w, lines, tr := crashSetting(t, phones, length, time.Minute)
	kills := plan(r, random, each, int64(phones*length))
	tr.start(t.Context())
	came := map[string]int{}
	for _, k := range kills {
		if !w.crash(k, tr, lines) {
			break
		}
		came[k.point]++
	}
	w.finish(tr, lines)
	repeated := tr.check()
	for _, fault := range tr.broken[:min(len(tr.broken), 10)] {
		t.Error(fault)
	}
	for _, point := range append(wirePoints, "") {
		if came[point] == 0 {
			t.Errorf("never killed %s", point)
		}
	}
	tidy(t, w, phones)
	t.Logf("%d messages of %d phones; %d replies repeated under their ID; kills by point: %v", tr.sent.Load(), phones, repeated, came)
}

// plan is a shuffled list of kills over so many messages.
func plan(r *rand.Rand, random, each int, messages int64) (all []kill) {
	share := max(2, messages/int64(2*(random+each*len(wirePoints))))
	for range random {
		all = append(all, kill{after: r.Int64N(share), late: time.Duration(r.Int64N(int64(30 * time.Millisecond)))})
	}
	for _, point := range wirePoints {
		for range each {
			all = append(all, kill{point: point, after: 1 + r.Int64N(share)})
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// tidy looks at what is on disk when all is over: a ticket for each person, nothing unsent, nothing dead.
func tidy(t *testing.T, w *wire, phones int) {
	t.Helper()
	works(t, w.data, "db", "check")
	withRows(t, w.data, "SELECT state || ' ' || count(*) FROM outbox WHERE state IN ('queued', 'dead') GROUP BY state", func(left string) {
		t.Errorf("left in the outbox: %s", left)
	})
	withRows(t, w.data, "SELECT count(*) FROM tickets", func(n string) {
		if n != strconv.Itoa(phones) {
			t.Errorf("%s tickets of %d people", n, phones)
		}
	})
}

// withDatabase changes a database that nobody uses.
func withDatabase(t *testing.T, data, statement string) {
	t.Helper()
	db := database(t, data)
	_, err := db.ExecContext(t.Context(), statement)
	must(t, err)
	must(t, db.Close())
}
