package main

import (
	"context"
	"errors"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/whatsapp"
)

// errTrialLine keeps made-up data away from members.
var errTrialLine = errors.New("a WhatsApp number is linked, and this is a trial with made-up data: " +
	"set organisation.trial: false in sapa.yaml (members would read invented answers), or use another data directory")

// errTrialLink is the same before a number is linked.
var errTrialLink = errors.New("this is a trial with made-up data, which must not reach members: " +
	"write a sapa.yaml that says whose desk this is (organisation.name, trial: false), restart sapa serve, then link")

// errFixedClock keeps real members' promises at real times.
var errFixedClock = errors.New("the clock cannot be moved where a WhatsApp line is linked")

// tuneLines changes how lines reach WhatsApp. Tests point them at their own server; a release has none.
var tuneLines func(*whatsapp.Options)

// whatsApp gives the configured lines, and refuses what must not be: made-up data on a linked line.
func (o *office) whatsApp(ctx context.Context, log zerolog.Logger, clock *bot.Clock) (*whatsapp.Lines, error) {
	options := whatsapp.Options{
		Dir: o.db.Dir(), Lines: o.lineIDs(), Store: o.db, Log: log, Clock: clock, Organisation: o.organisation.name,
		Sending: o.sending.asWhatsApp(),
	}
	if o.organisation.trial {
		options.Unlinkable = errTrialLink
	}
	if tuneLines != nil {
		tuneLines(&options)
	}
	lines, err := whatsapp.New(ctx, options)
	if err != nil {
		return nil, err
	}
	linked, err := lines.Linked(ctx)
	if err == nil && o.organisation.trial && len(linked) > 0 {
		err = errTrialLine
	}
	if err != nil {
		return nil, errors.Join(err, lines.Close())
	}
	return lines, nil
}

// asWhatsApp gives the settings as the lines take them.
func (s sending) asWhatsApp() whatsapp.Sending {
	as := func(r rate) whatsapp.Rate { return whatsapp.Rate{N: r.n, Per: r.per} }
	pause := s.pause
	if pause == 0 {
		pause = -1 // who writes 0s wants none
	}
	return whatsapp.Sending{
		Typing: s.typing, Jitter: s.jitter, PerContact: as(s.perContact), PerLine: as(s.perLine),
		Pause: pause, Flood: whatsapp.Flood{Rate: as(s.flood)},
	}
}

// fixedClock is why the clock may not be moved: a line is linked.
func (o *office) fixedClock() error {
	lines, err := o.db.Lines(context.Background())
	for _, l := range lines {
		if l.JID != "" {
			return errFixedClock
		}
	}
	return err
}
