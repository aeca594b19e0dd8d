package whatsapp_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/bottest"
	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/store"
)

func TestMain(m *testing.M) {
	watest.Pardon()
	watest.Trust()
	os.Exit(m.Run())
}

// desk is a running service: lines, bot and store, with an engine of few words.
type desk struct {
	t     *testing.T
	db    *store.DB
	lines *whatsapp.Lines
	log   *journal
	stop  func()
	ended chan error
	want  error // how the service is to end
}

// contacts counts whom the service knows.
func (d *desk) contacts() int {
	d.t.Helper()
	tickets, err := d.db.Tickets(d.t.Context(), store.Filter{})
	must(d.t, err)
	known := make(map[int64]bool)
	for _, ticket := range tickets {
		known[ticket.Contact] = true
	}
	return len(known)
}

// awaitEnd waits until the service has ended by itself, as it is to.
func (d *desk) awaitEnd(want error) {
	d.t.Helper()
	d.want = want
	select {
	case err := <-d.ended:
		d.ended <- err
	case <-time.After(20 * time.Second):
		d.t.Fatalf("the service did not end with %v", want)
	}
	d.stop()
}

// journal is a log that a test can read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// run starts a service on a data directory; it ends with the test, or before by stop.
func run(t *testing.T, wa *watest.Server, dir string, settle ...func(*whatsapp.Options)) *desk {
	t.Helper()
	return runWith(t, wa, dir, func(h whatsapp.Handler) whatsapp.Handler { return h }, settle...)
}

// runWith is run with something between the lines and the bot.
func runWith(t *testing.T, wa *watest.Server, dir string, between func(whatsapp.Handler) whatsapp.Handler, settle ...func(*whatsapp.Options)) *desk {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{Exclusive: true, Engine: bottest.Parrot{}, Pipeline: bottest.Pipeline})
	must(t, err)
	d := &desk{t: t, db: db, log: &journal{}}
	log := zerolog.New(bot.NewRedactor(d.log)).Level(zerolog.DebugLevel)
	o := whatsapp.Options{
		Dir: dir, Lines: []string{"chika"}, Store: db, Log: log, Organisation: "Klinik Contoh",
		Configure: wa.Configure, HTTP: wa.HTTPClient(),
	}
	for _, f := range settle {
		f(&o)
	}
	configure := o.Configure
	o.Configure = nil
	d.lines, err = whatsapp.New(t.Context(), o)
	must(t, err)
	d.lines.Configure = configure
	b := bot.New(db, bot.Options{Transports: map[string]bot.Transport{whatsapp.Name: d.lines}, Log: log})
	ctx, cancel := context.WithCancel(context.Background())
	d.ended = make(chan error, 1)
	go func() {
		d.ended <- b.While(ctx, func(ctx context.Context) error { return d.lines.Run(ctx, between(b)) })
	}()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-d.ended; !errors.Is(err, d.want) {
			t.Errorf("the service ended with: %v", err)
		}
		if err := d.lines.Close(); err != nil {
			t.Errorf("closing the lines: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
		if t.Failed() {
			t.Log(d.log)
		}
	})
	t.Cleanup(d.stop)
	return d
}

// link links a line to a number whose phone scans the first code.
func (d *desk) link(line string, number *watest.Number) {
	d.t.Helper()
	var kinds []whatsapp.StepKind
	show := func(s whatsapp.Step) {
		kinds = append(kinds, s.Kind)
		if s.Kind == whatsapp.StepQR && len(kinds) == 1 {
			number.ScanQR(s.Detail)
		}
	}
	must(d.t, d.lines.Link(d.t.Context(), line, "", show, nil))
	want := []whatsapp.StepKind{whatsapp.StepQR, whatsapp.StepPaired, whatsapp.StepLinked}
	if !slices.Equal(kinds, want) {
		d.t.Errorf("steps %v, want %v", kinds, want)
	}
	number.AwaitOnline()
}

// state is how `sapa lines` would show a line.
func (d *desk) state(line string) store.Line {
	d.t.Helper()
	all, err := d.db.Lines(d.t.Context())
	must(d.t, err)
	for _, l := range all {
		if l.Line == line {
			return l
		}
	}
	return store.Line{}
}

// await waits until something is so that no event tells of.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// awaitState waits until a line is recorded to be in a state.
func (d *desk) awaitState(line string, want whatsapp.State) store.Line {
	d.t.Helper()
	await(d.t, line+" to be "+string(want), func() bool { return d.state(line).State == string(want) })
	return d.state(line)
}

func (d *desk) awaitLog(words string) {
	d.t.Helper()
	await(d.t, words+" in the log", func() bool { return strings.Contains(d.log.String(), words) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
