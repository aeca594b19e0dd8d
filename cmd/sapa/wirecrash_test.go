package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"sapa/bot/whatsapp/watest"
)

// The crash test on the wire kills `sapa serve` while people talk to it, at random and at named points, starts it
// again, and looks at what their phones show. SAPA_WIRE_KILLS is how often at random, each time behind some trouble of
// the network; a tenth of that at each point; and at least so many messages of each of 50 people.
const wireKills = "SAPA_WIRE_KILLS"

// The points that only the network or the database shows. At any other the child stops itself.
const (
	atRandom     = ""
	afterReceipt = "after receipt"
	unheardSend  = "sent, ack lost"
	ackedSend    = "sent and acked" // within the time in which marks are gathered
	afterMark    = "after mark-sent"
)

var wirePoints = []string{
	beforeDecrypt, inDecrypt, afterDecrypt, beforeCommit, afterCommit, beforeReceipt, afterReceipt,
	beforeSend, unheardSend, ackedSend, afterMark,
}

// What troubles the network shortly before a kill at random.
const (
	frozen     = "frozen"
	cut        = "cut"
	delayed    = "delayed"
	sendsLost  = "sends lost"
	ticksLost  = "receipts lost"
	duplicated = "delivered twice"
)

var wireTroubles = []string{"", frozen, cut, delayed, sendsLost, ticksLost, duplicated}

// wireLines are the lines, whose conversations begin alike.
var wireLines = []string{"utara", "selatan"}

// standstill is for how long a service may do nothing of what it is waited for.
const standstill = 30 * time.Second

// kill is when and how the service ends.
type kill struct {
	point   string
	after   int64         // how often the service comes to the point; at random, messages before the trouble
	line    int           // whose stanzas are looked at, whose network is troubled
	late    time.Duration // behind the trouble
	trouble string
	fault   string
}

// crash runs a service until its kill; false: it never came to that.
func (w *wire) crash(k kill, tr *traffic, lines []*watest.Number) bool {
	line := lines[k.line]
	ctx, cancel := context.WithTimeout(tr.talking, standstill)
	defer cancel()
	sign := w.sight(ctx, k, line) // before there is anything to see
	s := w.faulty(k)
	came := w.strike(ctx, k, s, tr, line, sign)
	if k.fault == earlyReceipt {
		line.AwaitAllAcked() // what stands still was receipted all the same
	}
	_ = s.child.Process.Kill()
	s.gone()
	w.heal(line)
	if status, ok := s.child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		tr.report("the service ended by itself:\n%s", s.log.all())
	}
	if strings.Contains(s.log.all(), "DATA RACE") {
		tr.report("a race:\n%s", s.log.all())
	}
	if !came && tr.talking.Err() == nil {
		tr.report("in %s nothing came %s:\n%s", standstill, k.point, s.log.all())
	}
	return came
}

// faulty starts a service that stops itself at the kill's point, and has its fault.
func (w *wire) faulty(k kill) *serving {
	w.t.Helper()
	env := []string{"GOMAXPROCS=2", wireStop + "=" + k.point + ":" + strconv.FormatInt(k.after, 10), wireFault + "=" + k.fault}
	if k.fault == freshIDs {
		return w.start(append(env, wireData+"="+w.data), "-test.run=^TestServeWithFreshIDs$")
	}
	return w.serve(env...)
}

// strike waits for the moment of a kill.
func (w *wire) strike(ctx context.Context, k kill, s *serving, tr *traffic, line *watest.Number, sign <-chan struct{}) bool {
	switch k.point {
	case atRandom:
		if !tr.after(ctx, k.after) {
			return false
		}
		w.trouble(k, line)
		sign = elapsed(k.late)
	case afterMark:
		return w.marked(ctx)
	case afterReceipt, unheardSend, ackedSend:
	default:
		return s.logs(ctx, stopped)
	}
	select {
	case <-sign:
		return true
	case <-ctx.Done():
		return false
	}
}

// elapsed is closed after some time.
func elapsed(d time.Duration) <-chan struct{} {
	over := make(chan struct{})
	time.AfterFunc(d, func() { close(over) })
	return over
}

// sight gives a channel that is closed once the line's client has sent the stanza that makes the moment, before ctx ends.
func (w *wire) sight(ctx context.Context, k kill, line *watest.Number) <-chan struct{} {
	var is func(*waBinary.Node) bool
	switch k.point {
	case afterReceipt:
		is = func(n *waBinary.Node) bool {
			return n.Tag == "receipt" && (n.Attrs["type"] == nil || n.Attrs["type"] == "inactive")
		}
	case unheardSend:
		is = func(n *waBinary.Node) bool { return n.Tag == "message" }
	case ackedSend: // the client answers the phone's tick after it has heard the ack
		is = func(n *waBinary.Node) bool { return n.Tag == "ack" && n.Attrs["class"] == "receipt" }
	default:
		return nil
	}
	came, left := make(chan struct{}), k.after
	line.LookOut(func(n *waBinary.Node) bool {
		if is(n) {
			left--
		}
		if left > 0 || ctx.Err() != nil {
			return false
		}
		if k.point == unheardSend { // here, where the server has not yet answered it
			w.wa.LoseAcks(forEver)
		}
		close(came)
		return true
	})
	return came
}

// forEver is how much the network does wrong until it is healed.
const forEver = 1 << 20

// trouble makes the line's network do wrong.
func (w *wire) trouble(k kill, line *watest.Number) {
	switch k.trouble {
	case frozen:
		w.wa.Freeze(line)
	case cut:
		w.wa.Cut(line)
	case delayed:
		w.wa.Delay(5 * time.Millisecond)
	case sendsLost:
		w.wa.LoseSends(forEver)
	case ticksLost:
		w.wa.LoseReceipts(forEver)
	case duplicated:
		w.wa.Duplicate(line, forEver)
	}
}

// heal ends all trouble.
func (w *wire) heal(line *watest.Number) {
	w.wa.Delay(0)
	w.wa.LoseSends(0)
	w.wa.LoseReceipts(0)
	w.wa.LoseAcks(0)
	w.wa.Duplicate(line, 0)
}

// marked waits until a reply is marked as sent that stood behind all that were.
func (w *wire) marked(ctx context.Context) bool {
	const last = "SELECT coalesce(max(seq), 0) FROM (SELECT seq FROM outbox WHERE state = 'sent' ORDER BY seq DESC LIMIT 1)"
	for before := w.number(last); w.number(last) == before; {
		if ctx.Err() != nil {
			return false
		}
		time.Sleep(time.Millisecond) // the database tells nobody
	}
	return true
}

// unsent counts the replies that are not sent yet.
func (w *wire) unsent() int { return w.number("SELECT count(*) FROM outbox WHERE state = 'queued'") }

// number is what a query for one number finds.
func (w *wire) number(query string) (n int) {
	w.t.Helper()
	if w.db == nil {
		w.db = database(w.t, w.data)
		w.t.Cleanup(func() { _ = w.db.Close() })
	}
	if err := w.db.QueryRowContext(w.t.Context(), query).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// finish lets a sound service answer what is left, and stops it.
func (w *wire) finish(tr *traffic, lines []*watest.Number) {
	w.t.Helper()
	s := w.serve()
	for _, line := range lines {
		line.AwaitOnline()
	}
	tr.calming()
	<-tr.talking.Done()
	ctx, cancel := context.WithTimeout(w.t.Context(), standstill)
	defer cancel()
	for _, line := range lines {
		if line.AwaitUnackedBelow(ctx, 1) != nil {
			tr.report("not acknowledged after all:\n%s", s.log.all())
		}
	}
	for w.unsent() > 0 {
		if ctx.Err() != nil {
			tr.report("not sent after all:\n%s", s.log.all())
			break
		}
		time.Sleep(time.Millisecond) // the database tells nobody
	}
	s.stop()
}

// crashSetting is two linked lines and people who talk to them.
func crashSetting(t *testing.T, phones, least int, patient time.Duration) (*wire, []*watest.Number, *traffic) {
	t.Helper()
	w := newWire(t, "lines: [{id: utara, flow: pandawa}, {id: selatan, flow: pandawa}]\n")
	w.wa.SetPatience(time.Minute)
	lines := []*watest.Number{w.wa.Number("6281100000001"), w.wa.Number("6281100000002")}
	for i, line := range lines {
		w.linkHere(wireLines[i], line)
	}
	return w, lines, newTraffic(t, w, lines, phones, least, patient)
}

func TestCrashOnTheWire(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(wireKills))
	if err != nil {
		t.Skip(wireKills + " is not set: 30 is a short run, 1000 the whole one")
	}
	random, each, phones := n, max(1, n/10), 50
	if n < 10 {
		phones = 8
	}
	r := rand.New(rand.NewPCG(5, 2026)) //nolint:gosec // repeatable on purpose
	w, lines, tr := crashSetting(t, phones, max(n, len(theForm)), time.Minute)
	tr.start(t.Context())
	came := map[string]int{}
	for _, k := range plan(r, random, each, int64(phones*tr.least)) {
		if w.crash(k, tr, lines) {
			came[k.point]++
		}
		if tr.talking.Err() != nil || len(tr.faults()) > 0 {
			break // it has failed
		}
	}
	w.finish(tr, lines)
	repeated := tr.check()
	for _, fault := range tr.faults() {
		t.Error(fault)
	}
	tidy(t, w, phones)
	t.Logf("%d messages of %d phones, none waited longer than %s; %d replies repeated under their ID; kills by point: %v",
		tr.sent.Load(), phones, tr.longest.Round(time.Millisecond), repeated, came)
}

// plan is a shuffled list of kills over so many messages.
func plan(r *rand.Rand, random, each int, messages int64) (all []kill) {
	share := max(2, messages/int64(2*(random+each*len(wirePoints))))
	for i := range random {
		all = append(all, kill{
			after: 1 + r.Int64N(share), line: r.IntN(len(wireLines)), trouble: wireTroubles[i%len(wireTroubles)],
			late: time.Duration(r.Int64N(int64(60 * time.Millisecond))),
		})
	}
	for _, point := range wirePoints {
		for range each {
			all = append(all, kill{point: point, after: 1 + r.Int64N(share), line: r.IntN(len(wireLines))})
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
