package main

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"sapa/bot"
)

func (s *sapa) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the service",
		Long: "Run the service: its lines, timers and the log of tickets, until SIGTERM or SIGINT. What is in hand is\n" +
			"finished before it ends, within ten seconds.",
		Example: "  sapa serve --data /var/lib/sapa --log-format json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.serve(cmd.Context()) },
	}
}

// stopWithin is how long finishing may take: less than the ten seconds after which a supervisor kills.
const stopWithin = 9 * time.Second

func (s *sapa) serve(ctx context.Context) (err error) {
	log, err := s.logger(zerolog.InfoLevel)
	if err != nil {
		return err
	}
	o, err := s.office()
	if err != nil {
		return err
	}
	if err := o.open(ctx, s.dataDir, running); err != nil {
		return err
	}
	defer func() {
		if !errors.Is(err, errSlow) { // closing would wait for what hangs
			err = errors.Join(err, o.close())
		}
	}()
	clock := bot.NewClock(o.zone)
	o.announce(log, clock.Now())
	b := bot.New(o.db, bot.Options{Clock: clock, Log: log})
	if err := inTime(ctx, b.Run, stopWithin); err != nil {
		return err
	}
	log.Info().Msg("service.stopped")
	return nil
}

// announce says what runs and what does not.
func (o *office) announce(log zerolog.Logger, now time.Time) {
	log.Info().Str("version", version()).Bool("trial", o.organisation.trial).Int("lines", len(o.lines)).Msg("service.started")
	for _, l := range o.lines {
		log.Warn().Str("line", l.id).Str("state", unlinked).
			Msg("line.unlinked: no WhatsApp number is linked, so this line answers nobody")
	}
	if year := now.Year(); !o.holidays.Covers(year) {
		log.Warn().Int("year", year).Msg("holidays.missing: the list of holidays lacks this year, so promises may be too early")
	}
}

// errSlow means that something in hand did not come to an end. All that was acknowledged is on disk.
var errSlow = errors.New("stopping took too long and was broken off; what was acknowledged is on disk, the rest comes again")

// inTime runs until ctx ends, and gives it so long to finish after that.
func inTime(ctx context.Context, run func(context.Context) error, within time.Duration) error {
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case err := <-ended:
		return err
	case <-late.C:
		return errSlow
	}
}
