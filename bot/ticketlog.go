package bot

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"sapa/dialog/desk"
)

// ticketLog writes a log line for each thing that happens to a ticket, whichever process did it. It reads the
// activity by a cursor kept in the store, so nothing is missed; a crash between writing and moving the cursor repeats
// lines.
type ticketLog struct {
	bot  *Bot
	poke chan struct{}
}

const (
	// chapter is how many events are read at once.
	chapter = 256
	// logPause gathers what happens under load into one reading.
	logPause = 100 * time.Millisecond
)

func newTicketLog(b *Bot) *ticketLog {
	return &ticketLog{bot: b, poke: make(chan struct{}, 1)}
}

func (l *ticketLog) wake() { wake(l.poke) }

func (l *ticketLog) run(ctx context.Context) {
	l.wake()
	for {
		select {
		case <-l.poke:
		case <-ctx.Done():
			return
		}
		if err := l.write(ctx); err != nil && ctx.Err() == nil {
			l.bot.Log.Error().Err(err).Msg("ticketlog.failed")
			sleep(ctx, stumble)
			l.wake()
		}
		sleep(ctx, logPause)
	}
}

// last writes what happened until the bot stopped.
func (l *ticketLog) last() {
	if err := l.write(context.Background()); err != nil {
		l.bot.Log.Error().Err(err).Msg("ticketlog.failed")
	}
}

func (l *ticketLog) write(ctx context.Context) error {
	for {
		events, cursor, err := l.bot.store.Activity(ctx, chapter)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			l.line(e)
		}
		if err := l.bot.store.MarkLogged(ctx, cursor); err != nil {
			return err
		}
		if len(events) < chapter {
			return nil
		}
	}
}

// line writes one event: its stable name as the message, and nothing personal.
func (l *ticketLog) line(e TicketEvent) {
	line := l.bot.Log.WithLevel(levelOf(e))
	about := "field"
	if e.What == desk.EventEscalated {
		about = "heads"
	}
	for _, f := range []struct{ name, value string }{
		{"ticket", e.Ticket},
		{"service", e.Service},
		{"branch", e.Branch},
		{"stage", e.Stage},
		{"status", string(e.Status)},
		{"officer", e.Officer},
		{"who", e.Who},
		{"decision", e.Decision},
		{about, e.Field},
	} {
		if f.value != "" {
			line = line.Str(f.name, f.value)
		}
	}
	if e.Ticket != "" {
		line = line.Int64("rev", e.Rev).Int64("age_s", int64(e.Age/time.Second))
	}
	line.Time("at", e.At).Msg(e.What)
}

// levelOf is how loud an event is: what somebody should look at stands out.
func levelOf(e TicketEvent) zerolog.Level {
	switch e.What {
	case InputFailed:
		return zerolog.ErrorLevel // somebody's message could not be answered
	case desk.EventOverdue, desk.EventEscalated, desk.EventPromiseBroken, desk.EventRefused, desk.EventPaymentMismatched:
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}

// InputFailed is the event of an input that no turn could be made of; the contact got the fallback reply.
const InputFailed = "input.failed"
