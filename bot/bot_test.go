package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/bottest"
	"sapa/dialog"
	"sapa/store"
)

const phone = "phone"

// house is a bot on a real store, with one phone.
type house struct {
	*bot.Bot
	t     *testing.T
	dir   string
	db    *store.DB
	phone *bottest.Phone
	log   *logbook
	clock *bot.Clock
	leave func()
}

// logbook keeps log lines.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// open opens a data directory and runs a bot on it until leave.
func open(t *testing.T, dir string, p *bottest.Phone) *house {
	t.Helper()
	return openOn(t, dir, p, func(db *store.DB) bot.Store { return db })
}

// openOn is open with something between the bot and its store.
func openOn(t *testing.T, dir string, p *bottest.Phone, between func(*store.DB) bot.Store) *house {
	t.Helper()
	h := &house{t: t, dir: dir, phone: p, log: &logbook{}, clock: bot.NewClock(time.UTC)}
	db, err := store.Open(t.Context(), dir, store.Options{
		Exclusive: true,
		Engine:    bottest.Parrot{},
		Pipeline:  bottest.Pipeline,
		Calendar:  bottest.Calendar(),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.db = db
	h.Bot = bot.New(between(db), bot.Options{
		Transports: map[string]bot.Transport{phone: p},
		Clock:      h.clock,
		Log:        zerolog.New(h.log),
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	h.leave = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	<-h.Ready()
	return h
}

// inBubble runs a test on a bot whose time is the bubble's: it passes when nothing else is to be done.
func inBubble(t *testing.T, p *bottest.Phone, test func(*testing.T, *house)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := open(t, dir, p)
		defer func() { h.leave() }()
		test(t, h)
	})
}

func (h *house) message(from, id, text string) dialog.Input {
	return dialog.Input{
		ID: id, Kind: dialog.Message, Line: "chika", Transport: phone,
		From: from, Phone: "+" + from, At: h.clock.Now(), Text: text,
	}
}

func (h *house) handle(in dialog.Input) {
	h.t.Helper()
	if err := h.Handle(h.t.Context(), in); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) quiet() {
	h.t.Helper()
	if err := h.Quiet(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) shows(to string, want ...string) {
	h.t.Helper()
	if got := h.phone.Shown(to); fmt.Sprint(got) != fmt.Sprint(want) {
		h.t.Errorf("%s sees %q, want %q", to, got, want)
	}
}

const (
	siti = "6281200000001"
	budi = "6281200000002"
)

func TestAMessageIsAnsweredOnceHoweverOftenItComes(t *testing.T) {
	t.Parallel()
	inBubble(t, &bottest.Phone{}, func(_ *testing.T, h *house) {
		for range 3 {
			h.handle(h.message(siti, "m1", "halo"))
		}
		h.quiet()
		h.shows(siti, "halo")
	})
}

func TestAfterTheStopNothingIsTaken(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), &bottest.Phone{})
	h.leave()
	if err := h.Handle(t.Context(), h.message(siti, "m1", "halo")); err == nil {
		t.Error("a message was taken after the stop")
	}
}

func TestTimersFireWhenTheyAreDue(t *testing.T) {
	t.Parallel()
	inBubble(t, &bottest.Phone{}, func(_ *testing.T, h *house) {
		h.handle(h.message(siti, "m1", "timer"))
		time.Sleep(bottest.Idle - time.Second)
		h.shows(siti, "timer set")
		time.Sleep(2 * time.Second)
		h.quiet()
		h.shows(siti, "timer set", "time is up")
	})
}

func TestATimerSetForSoonerFiresSooner(t *testing.T) {
	t.Parallel()
	inBubble(t, &bottest.Phone{}, func(_ *testing.T, h *house) {
		h.handle(h.message(siti, "m1", "timer 1h"))
		time.Sleep(time.Minute)
		h.handle(h.message(budi, "m1", "timer 5m"))
		time.Sleep(6 * time.Minute)
		h.shows(siti, "timer set")
		h.shows(budi, "timer set", "time is up")
	})
}

func TestATimerOfAnEarlierRunFiresAfterTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p := &bottest.Phone{}
		h := open(t, dir, p)
		h.handle(h.message(siti, "m1", "timer"))
		h.quiet()
		h.leave()
		time.Sleep(2 * bottest.Idle)
		h = open(t, dir, p)
		time.Sleep(time.Second)
		h.shows(siti, "timer set", "time is up")
		h.leave()
	})
}

func TestMovingTheClockFiresWhatIsDueByThen(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), &bottest.Phone{})
	defer h.leave()
	start := time.Date(2100, 1, 4, 9, 0, 0, 0, time.UTC)
	if err := h.MoveClock(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	h.handle(h.message(siti, "m1", "timer"))
	if err := h.MoveClock(t.Context(), start.Add(bottest.Idle-time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	h.shows(siti, "timer set")
	if err := h.MoveClock(t.Context(), start.Add(bottest.Idle)); err != nil {
		t.Fatal(err)
	}
	h.shows(siti, "timer set", "time is up")
	if err := h.MoveClock(t.Context(), start); err == nil {
		t.Error("the clock was moved back")
	}
}

func TestWhatAnotherProcessWritesIsSent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := open(t, dir, &bottest.Phone{})
		defer h.leave()
		h.handle(h.message(siti, "m1", "halo"))
		h.quiet()
		other, err := store.Open(t.Context(), dir, store.Options{Engine: bottest.Parrot{}})
		if err != nil {
			t.Fatal(err)
		}
		if r := <-other.Submit(h.message(siti, "m2", "from elsewhere")); r.Err != nil {
			t.Fatal(r.Err)
		}
		time.Sleep(time.Second)
		h.shows(siti, "halo", "from elsewhere")
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTicketsAndFailuresAreLoggedWithoutAnythingPersonal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir, &bottest.Phone{})
	h.handle(h.message(siti, "m1", "ticket"))
	h.handle(h.message(siti, "m2", "break"))
	h.quiet()
	h.leave()
	log := h.log.String()
	for _, want := range []string{
		`"level":"info"`, `"message":"ticket.opened"`, `"service":"parrot"`, `"stage":"cage"`, `"age_s":0`,
		`"level":"error"`, `"message":"input.failed"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	for _, secret := range []string{siti, "81200000001"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s:\n%s", secret, log)
		}
	}

	h = open(t, dir, h.phone)
	h.leave()
	if log := h.log.String(); log != "" {
		t.Errorf("what was logged is logged again:\n%s", log)
	}
}
