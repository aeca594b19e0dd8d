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

// seeded is a service that breaks a promise, the moment in which that shows, and what people say of it.
type seeded struct {
	name    string
	kill    kill
	between string // what happens to the database while no service runs
	found   string
}

// A suite that cannot fail proves nothing: services that break a promise are found out by the same people. One person
// talks, who waits for each answer, so that the moment of the kill is always the same. It runs where SAPA_WIRE_KILLS is
// set.
func TestCrashOnTheWireFindsFaults(t *testing.T) {
	if os.Getenv(wireKills) == "" {
		t.Skip(wireKills + " is not set")
	}
	const lost, twice = "is not answered", "is answered by"
	for _, fault := range []seeded{
		{"no event buffer", kill{point: beforeCommit, after: soon, fault: noBuffer}, "", lost},
		{"receipt before commit", kill{point: beforeCommit, after: soon, fault: earlyReceipt}, "", lost},
		{"a handler that panics", kill{point: afterReceipt, after: soon, fault: panics}, "", lost},
		// The third reply is no question: nothing takes its place.
		{"fresh IDs on retry", kill{point: beforeMark, after: 3, fault: freshIDs}, "", twice},
		{"no inbox check", kill{point: afterCommit, after: soon}, "DELETE FROM inbox", twice},
	} {
		t.Run(fault.name, func(t *testing.T) {
			if said := fault.play(t); !strings.Contains(said, fault.found) {
				t.Errorf("the fault was not found; what was:\n%s", said)
			}
		})
	}
}

// play lets somebody talk to the service, kills it, and gives what is wrong in the end.
func (f seeded) play(t *testing.T) string {
	w, lines, tr := crashSetting(t, 1, len(theForm), 3*time.Second)
	tr.start(t.Context())
	if !w.crash(f.kill, tr, lines) {
		t.Error("the moment did not come")
	}
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
	err := s.Lines.Send(ctx, out)
	if err == nil {
		stopAt.reached(beforeMark)
	}
	return err
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
