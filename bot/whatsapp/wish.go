package whatsapp

import (
	"context"
	"sync"
	"time"
)

// fulfil links lines that commands beside this process ask for, until ctx ends.
func (l *Lines) fulfil(ctx context.Context) {
	var parts sync.WaitGroup
	defer parts.Wait()
	tick := time.NewTicker(l.Poll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		id, line, phone, err := l.Store.NextLink(ctx, time.Now())
		if err != nil || id == 0 {
			if err != nil && ctx.Err() == nil {
				l.Log.Error().Err(err).Msg("link.unreadable")
			}
			continue
		}
		// Taken up: it is not found again.
		if err := l.Store.ShowLink(ctx, id, "begun", "", time.Time{}); err != nil {
			l.Log.Error().Err(err).Msg("link.unrecorded")
			continue
		}
		parts.Go(func() { l.fulfilOne(ctx, id, line, phone) })
	}
}

func (l *Lines) fulfilOne(ctx context.Context, id int64, line, phone string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	log := l.Log.With().Str("line", line).Logger()
	log.Info().Msg("link.begun")
	show := func(s Step) {
		if err := l.Store.ShowLink(context.WithoutCancel(ctx), id, string(s.Kind), s.Detail, s.Until); err != nil {
			log.Error().Err(err).Msg("link.unrecorded")
		}
	}
	answers := make(chan string)
	var parts sync.WaitGroup
	parts.Go(func() { l.listen(ctx, cancel, id, answers) })
	err := l.Link(ctx, line, phone, show, answers)
	cancel()
	parts.Wait()
	if err != nil {
		log.Warn().Err(err).Msg("link.failed")
		show(Step{Kind: StepFailed, Detail: err.Error()})
		return
	}
	log.Info().Msg("link.done")
}

// listen passes on what the operator types, and ends the link when nobody waits for it any more.
func (l *Lines) listen(ctx context.Context, cancel func(), id int64, answers chan<- string) {
	tick := time.NewTicker(l.Poll)
	defer tick.Stop()
	before := ""
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		answer, waited, err := l.Store.LinkAnswer(ctx, id, time.Now())
		switch {
		case err != nil:
			continue
		case !waited:
			cancel()
			return
		case answer == "" || answer == before:
			before = answer
			continue
		}
		before = answer
		select {
		case answers <- answer:
		case <-ctx.Done():
			return
		}
	}
}
