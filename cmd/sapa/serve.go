package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"sapa/bot"
	"sapa/bot/whatsapp"
)

func (s *sapa) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the service",
		Long: "Run the service: its lines, timers and the log of tickets, until SIGTERM or SIGINT. What is in hand is\n" +
			"finished before it ends, within ten seconds. SIGHUP reads configuration and flows anew; what is wrong with\n" +
			"them is logged, and the old ones stay.",
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
	lines, err := o.whatsApp(ctx, log, clock)
	if err != nil {
		return err
	}
	o.announce(log, clock.Now())
	if err := inTime(ctx, func(ctx context.Context) error { return s.work(ctx, o, lines, log) }, stopWithin); err != nil {
		return err
	}
	log.Info().Msg("service.stopped")
	return nil
}

// work runs bot and lines. When ctx ends, what was received comes to disk first, then replies in hand go out, then the
// lines disconnect.
func (s *sapa) work(ctx context.Context, o *office, lines *whatsapp.Lines, log zerolog.Logger) error {
	b := bot.New(o.db, bot.Options{
		Transports: map[string]bot.Transport{whatsapp.Name: lines}, Clock: lines.Clock, Log: log,
	})
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	err := b.While(ctx, func(ctx context.Context) error {
		var parts sync.WaitGroup
		defer parts.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		keeper := newKeeper(o)
		parts.Go(func() { keeper.run(ctx, lines.Clock, log) })
		parts.Go(func() { s.reloads(ctx, hangup, keeper, lines, log) })
		return lines.Run(ctx, b)
	})
	return errors.Join(err, lines.Close())
}

// reloads reads configuration and flows anew at each signal. What is wrong with them is said, and the old ones stay.
func (s *sapa) reloads(ctx context.Context, hangup <-chan os.Signal, keeper *keeper, lines *whatsapp.Lines, log zerolog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		}
		if err := s.reload(ctx, keeper, lines); err != nil {
			log.Error().Err(err).Msg("service.reload_refused")
			continue
		}
		log.Info().Msg("service.reloaded")
	}
}

func (s *sapa) reload(ctx context.Context, keeper *keeper, lines *whatsapp.Lines) error {
	o, err := s.office()
	if err != nil {
		return err
	}
	o.db = keeper.db
	if o.organisation.trial && lines.Unlinkable == nil {
		return errTrialLine
	}
	if err := o.lacking(ctx); err != nil {
		return err
	}
	if err := o.db.Reconfigure(ctx, o.options(running)); err != nil {
		return err
	}
	keeper.set(o)
	lines.SetSending(o.sending.asWhatsApp())
	return lines.SetLines(ctx, o.lineIDs())
}

// announce says what runs and what does not.
func (o *office) announce(log zerolog.Logger, now time.Time) {
	log.Info().Str("version", version()).Bool("trial", o.organisation.trial).Int("lines", len(o.lines)).Msg("service.started")
	o.warnOfHolidays(log, now)
}

// warnOfHolidays says that promises may be too early, for the list of holidays ends: from December on also for next
// year, whose holidays are decreed by then.
func (o *office) warnOfHolidays(log zerolog.Logger, now time.Time) {
	years := []int{now.Year()}
	if now.Month() == time.December {
		years = append(years, now.Year()+1)
	}
	for _, year := range years {
		if !o.holidays.Covers(year) {
			log.Warn().Int("year", year).Msg("holidays.missing: the list of holidays lacks this year, so promises may be too early")
		}
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
