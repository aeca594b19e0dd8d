package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/store"
)

// eventRetained is logged when something was deleted because its time was over.
const eventRetained = "retention.done"

// keeper deletes what was kept as long as members were promised.
type keeper struct {
	db     *store.DB
	keep   atomic.Pointer[store.Retention]
	office atomic.Pointer[office] // whose holidays are looked at on the way
}

func newKeeper(o *office) *keeper {
	k := &keeper{db: o.db}
	k.set(o)
	return k
}

// set takes over what an office's configuration says; it holds from the next day on.
func (k *keeper) set(o *office) {
	k.office.Store(o)
	keep := o.keep()
	k.keep.Store(&keep)
}

// keep is how long what was received is kept.
func (o *office) keep() store.Retention {
	return store.Retention{
		Documents: o.retention.documents, Tickets: o.retention.tickets, Messages: o.retention.messages, Drafts: o.session.draft,
	}
}

// run does it at once and then every day by the clock, until ctx ends.
func (k *keeper) run(ctx context.Context, clock *bot.Clock, log zerolog.Logger) {
	for {
		now := clock.Now()
		n, err := k.db.Retain(ctx, now, *k.keep.Load())
		if n != (store.Retained{}) {
			log.Info().Int("documents", n.Documents).Int("tickets", n.Tickets).Int("messages", n.Messages).
				Int("drafts", n.Drafts).Time("at", now).Msg(eventRetained)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			log.Error().Err(err).Msg("retention.failed")
		}
		if !clock.Wait(ctx, now.Add(24*time.Hour), nil) {
			return
		}
		k.office.Load().warnOfHolidays(log, clock.Now())
	}
}
