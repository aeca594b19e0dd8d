package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
)

// A line on which little is said stays online on one login for a day: hour after hour it pings, and answers who writes.
// The clock is one that jumps.
func TestAQuietLineStaysOnline(t *testing.T) { synctest.Test(t, dayOfQuiet) }

func dayOfQuiet(t *testing.T) {
	t.Helper()
	const hours = 24
	w := &wire{t: t, wa: watest.NewPiped(t), data: t.TempDir(), settle: synctest.Wait}
	w.wa.SetPatience(5 * time.Minute)
	must(t, os.WriteFile(filepath.Join(w.data, configName), []byte(wireConfig), 0o600))
	siti := &member{w.wa.Person("6281200000001"), t, w.wa.Number("6281100000001")}
	w.linkHere("chika", siti.line)

	s := &sapa{dataDir: w.data}
	o, err := s.office()
	must(t, err)
	must(t, o.open(t.Context(), w.data, running))
	lines, err := o.whatsApp(t.Context(), zerolog.Nop(), bot.NewClock(o.zone))
	must(t, err)
	lines.Configure, lines.Poll = w.wa.Configure, time.Minute
	b := bot.New(o.db, bot.Options{
		Transports: map[string]bot.Transport{whatsapp.Name: lines}, Clock: lines.Clock, Poll: time.Minute,
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.While(ctx, func(ctx context.Context) error { return lines.Run(ctx, b) }) }()
	siti.line.AwaitOnline()
	before := siti.line.Logins()
	for range hours {
		siti.says("menu", "6. Layanan Pandawa")
		time.Sleep(time.Hour)
	}
	if n := siti.line.Keepalives(); n < 100*hours {
		t.Errorf("%d pings in %d hours", n, hours)
	}
	if n := siti.line.Logins(); n != before {
		t.Errorf("%d logins more", n-before)
	}
	stop()
	must(t, <-ended)
	w.settle() // else whatsmeow's reader may block for ever
	must(t, lines.Close())
	must(t, o.close())
}
