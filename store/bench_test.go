package store

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sapa/dialog"
)

const benchContacts = 64

var benchTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// form is an engine that costs next to nothing: every turn changes one of twelve answers and asks the next.
type form struct{}

var question = strings.Repeat("Tulis nama lengkap peserta seperti di KTP, contoh: Siti Aminah. ", 5)

func (form) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	if len(s.Answers) == 0 {
		s = formSession(in.At)
	}
	s.Page++
	s.Last = in.Seed
	return dialog.Turn{Session: s, Effects: []dialog.Effect{dialog.Reply{Text: question, Weight: dialog.Prompt}}}, nil
}

func formSession(at time.Time) dialog.Session {
	s := dialog.Session{
		Lang: "id", Flow: "reaktivasi", Node: "nama", Answers: map[string]dialog.Answer{}, Greeted: true, Timed: true,
		Consents: map[string]time.Time{"1": at},
	}
	for i := range 12 {
		s.Way = append(s.Way, "pertanyaan"+strconv.Itoa(i))
		s.Answers["isian"+strconv.Itoa(i)] = dialog.Answer{Value: "jawaban nomor " + strconv.Itoa(i), At: at}
	}
	return s
}

func benchInput(contact, n int) dialog.Input {
	return dialog.Input{
		ID: "3EB0" + strconv.Itoa(n), Kind: dialog.Message, Line: "pandawa", Transport: terminal,
		From: fmt.Sprintf("62812%08d", contact), At: benchTime.Add(time.Duration(n) * time.Millisecond), Seed: 7,
		Text: "Siti Aminah",
	}
}

// BenchmarkTurn is whole turns of 64 contacts at once, synchronous=FULL.
func BenchmarkTurn(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{Engine: form{}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	turns(b, db, benchContacts, benchContacts, 0)
	b.ResetTimer()
	cpu := cpuTime(b)
	turns(b, db, benchContacts, b.N, 1)
	perTurn(b, cpu)
}

// turns submits n inputs, at most a batch of them unanswered at any time; inputs go round the contacts.
func turns(b *testing.B, db *DB, contacts, n, round int) {
	b.Helper()
	waiting := make([]<-chan dialog.Receipt, 0, maxBatch)
	settle := func() {
		for _, w := range waiting {
			if rec := <-w; rec.Err != nil || rec.Failed || !rec.Fresh {
				b.Fatalf("turn: %+v", rec)
			}
		}
		waiting = waiting[:0]
	}
	for i := range n {
		// A stride that shares no divisor with the number of contacts meets them all in no helpful order.
		waiting = append(waiting, db.Submit(benchInput(i*7919%contacts, round*1_000_000_000+i)))
		if len(waiting) == cap(waiting) {
			settle()
		}
	}
	settle()
}

// BenchmarkRaw writes the same rows, sealed the same, with prepared statements in transactions of the same size, and
// does nothing else: the measure of BenchmarkTurn.
func BenchmarkRaw(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{Engine: form{}})
	if err != nil {
		b.Fatal(err)
	}
	turns(b, db, benchContacts, benchContacts, 0)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	r := newRaw(b, db.dir)
	b.ResetTimer()
	cpu := cpuTime(b)
	for i := 0; i < b.N; {
		r.must(r.run("BEGIN IMMEDIATE"))
		for range min(maxBatch, b.N-i) {
			r.message(i)
			i++
		}
		r.must(r.run("COMMIT"))
	}
	perTurn(b, cpu)
}

type raw struct {
	*tx
	b       *testing.B
	keys    [benchContacts + 1]*contactKey
	session []byte
}

func newRaw(b *testing.B, dir string) *raw {
	b.Helper()
	session, err := encodeSession(formSession(benchTime))
	r := &raw{b: b, session: session}
	r.must(err)
	keys, err := loadKeys(filepath.Join(dir, keysDir), false)
	r.must(err)
	pool := open(filepath.Join(dir, databaseFile), writing)
	conn, err := pool.Conn(b.Context())
	r.must(err)
	r.tx = newTx(&DB{ring: keys}, conn)
	b.Cleanup(func() { _ = r.close(); _ = pool.Close() })
	for id := range r.keys[1:] {
		var wrapped []byte
		r.must(r.get("SELECT wrapped FROM keys WHERE contact = ?", []any{id + 1}, &wrapped))
		r.keys[id+1], err = keys.unwrap(int64(id+1), wrapped)
		r.must(err)
	}
	return r
}

func (r *raw) message(n int) {
	contact := int64(n%benchContacts + 1)
	key, in := r.keys[contact], benchInput(int(contact), 1_000_000_000+n)
	plain, err := json.Marshal(in)
	r.must(err)
	sealed, err := key.seal(inboxPlace(contact, in.Line, in.ID), plain)
	r.must(err)
	r.must(r.run(`INSERT INTO inbox (contact, line, message_id, kind, state, at_ms, seed, error, sealed_input)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (contact, line, message_id) DO NOTHING`,
		contact, in.Line, in.ID, string(in.Kind), done, in.At.UnixMilli(), 7, nil, sealed))
	sealed, err = key.seal(sessionPlace(contact, in.Line), r.session)
	r.must(err)
	r.must(r.run("UPDATE sessions SET rev = rev + 1, sealed_session = ? WHERE id = ?", sealed, contact))
	id := randomID(in.Line)
	sealed, err = key.seal(outboxPlace(id), outboxBody(dialog.Outbound{To: in.From, Text: question}))
	r.must(err)
	r.must(r.run(`INSERT INTO outbox (id, transport, line, contact, weight, state, cause, at_ms, sealed_body)
		VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
		id, terminal, in.Line, contact, "prompt", in.ID, in.At.UnixMilli(), sealed))
}

func (r *raw) must(err error) {
	if err != nil {
		r.b.Helper()
		r.b.Fatal(err)
	}
}

// BenchmarkSessions is a turn of one of many stored contacts: with a million it takes at most 1.3 times what it takes
// with a thousand. It runs where SAPA_BENCH_SESSIONS gives the numbers ("1000,1000000"); filling takes minutes.
func BenchmarkSessions(b *testing.B) {
	sizes := os.Getenv("SAPA_BENCH_SESSIONS")
	if sizes == "" {
		b.Skip("SAPA_BENCH_SESSIONS is not set")
	}
	for size := range strings.SplitSeq(sizes, ",") {
		contacts, err := strconv.Atoi(size)
		if err != nil {
			b.Fatal(err)
		}
		dir := b.TempDir()
		db, err := Open(b.Context(), dir, Options{Engine: form{}})
		if err != nil {
			b.Fatal(err)
		}
		turns(b, db, contacts, contacts, 0)
		round := 0
		b.Run(size, func(b *testing.B) {
			round++
			cpu := cpuTime(b)
			turns(b, db, contacts, b.N, round)
			perTurn(b, cpu)
			b.ReportMetric(float64(residentBytes(b))/(1<<20), "MB-resident")
		})
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func perTurn(b *testing.B, before time.Duration) {
	b.Helper()
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/turn")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}

func residentBytes(b *testing.B) int {
	b.Helper()
	stat, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("no /proc here")
	}
	pages, err := strconv.Atoi(strings.Fields(string(stat))[1])
	if err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}
