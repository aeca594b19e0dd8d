package main

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/whatsapp"
)

// seeded is a service that breaks a promise, and what people say of it.
type seeded struct {
	name    string
	kill    kill
	between string // what happens to the database while no service runs
	found   string
}

// A suite that cannot fail proves nothing: services that break a promise are found out by the same people. A kill does
// not always fall into the moment that shows the fault, so each has some tries. It runs where SAPA_WIRE_KILLS is set.
func TestCrashOnTheWireFindsFaults(t *testing.T) {
	if os.Getenv(wireKills) == "" {
		t.Skip(wireKills + " is not set")
	}
	const tries = 5
	for _, fault := range []seeded{
		{"no event buffer", kill{point: beforeCommit, after: 5, fault: noBuffer}, "", "is not answered"},
		{"receipt before commit", kill{point: beforeCommit, after: 5, fault: earlyReceipt}, "", "is not answered"},
		{"a handler that panics", kill{after: 1 << 30, fault: panics}, "", "is not answered"},
		{"fresh IDs on retry", kill{point: unheardSend, after: 3, fault: freshIDs}, "", "is answered by"},
		{"no inbox check", kill{point: afterCommit, after: 5}, "DELETE FROM inbox", "is answered by"},
	} {
		t.Run(fault.name, func(t *testing.T) {
			var said string
			for range tries {
				if said = fault.play(t); strings.Contains(said, fault.found) {
					return
				}
			}
			t.Errorf("the fault was not found in %d tries; at last it was:\n%s", tries, said)
		})
	}
}

// play lets people talk to the service, kills it, and gives what is wrong in the end.
func (f seeded) play(t *testing.T) string {
	w, lines, tr := crashSetting(t, 6, len(theForm), 4*time.Second)
	tr.start(t.Context())
	w.crash(f.kill, tr, lines)
	if f.between != "" {
		withDatabase(t, w.data, f.between)
	}
	w.finish(tr, lines)
	tr.check()
	return strings.Join(tr.broken, "\n")
}

// freshSender sends each reply under an ID of its own making.
type freshSender struct{ *whatsapp.Lines }

func (s freshSender) Send(ctx context.Context, out bot.Outbound) error {
	out.ID = "3EB0" + strings.ToUpper(rand.Text()[:18])
	return s.Lines.Send(ctx, out)
}

// TestServeWithFreshIDs is a child's part: `sapa serve`, but for the IDs.
func TestServeWithFreshIDs(t *testing.T) {
	if os.Getenv(wireAddr) == "" {
		t.Skip("not a child")
	}
	s := &sapa{dataDir: os.Getenv(wireData)}
	o, err := s.office()
	must(t, err)
	must(t, o.open(t.Context(), s.dataDir, running))
	lines, err := o.whatsApp(t.Context(), zerolog.Nop(), bot.NewClock(o.zone))
	must(t, err)
	b := bot.New(o.db, bot.Options{Transports: map[string]bot.Transport{whatsapp.Name: freshSender{lines}}, Clock: lines.Clock})
	must(t, b.While(t.Context(), func(ctx context.Context) error { return lines.Run(ctx, b) })) // until it is killed
}
