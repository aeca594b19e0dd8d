package main

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"sapa/bot"
	"sapa/bot/terminal"
)

func (s *sapa) chatCommand() *cobra.Command {
	var line, from string
	var asJSON bool
	c := &cobra.Command{
		Use:   "chat",
		Short: "Talk to the bot here",
		Long: "Talk to the bot in this terminal: the same flows, database and files as the service, no WhatsApp.\n" +
			"With --json, a message a line is read and replies and \"done\" lines are written, for programs.",
		Example: "  sapa chat\n  sapa chat --line pandawa --from 0812-0000-0001\n" +
			`  echo '{"id":"m1","text":"Hi Chika"}' | sapa chat --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.chat(cmd.Context(), line, from, asJSON) },
	}
	c.Flags().StringVar(&line, "line", "", "`ID` of the line to talk to (default: chika, or the first there is)")
	c.Flags().StringVar(&from, "from", terminal.DefaultFrom, "`phone` number to talk as")
	c.Flags().BoolVar(&asJSON, "json", false, "read and write JSON, one object a line")
	return c
}

// talker is a chat, for people or for programs.
type talker interface {
	bot.Transport
	Run(ctx context.Context, b *bot.Bot) error
}

func (s *sapa) chat(ctx context.Context, line, from string, asJSON bool) error {
	level := zerolog.InfoLevel
	if s.typedAt() && isTerminal(s.stderr) {
		level = zerolog.WarnLevel // ticket lines would stand in the middle of the conversation
	}
	log, err := s.logger(level)
	if err != nil {
		return err
	}
	o, err := s.office()
	if err != nil {
		return err
	}
	chat, err := s.talker(o, line, from, asJSON)
	if err != nil {
		return &usageError{err}
	}
	return o.talk(ctx, s.dataDir, chat, log)
}

// talk runs a chat on a data directory, from its opening to its closing.
func (o *office) talk(ctx context.Context, dataDir string, chat talker, log zerolog.Logger) (err error) {
	if err := o.open(ctx, dataDir, running); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	clock := bot.NewClock(o.zone)
	b := bot.New(o.db, bot.Options{
		Transports: map[string]bot.Transport{terminal.Name: chat}, Clock: clock, Log: log,
	})
	return b.While(ctx, func(ctx context.Context) error {
		var keeping sync.WaitGroup
		defer keeping.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		keeping.Go(func() { newKeeper(o).run(ctx, clock, log) })
		return chat.Run(ctx, b)
	})
}

func (s *sapa) talker(o *office, line, from string, asJSON bool) (talker, error) {
	options := terminal.Options{
		In: s.stdin, Out: s.stdout, Line: o.lineToTalkTo(line), From: from, Lines: o.lineIDs(),
		Soonest: o.engine.Soonest(), Random: rand.Reader, Fixed: o.fixedClock,
	}
	if asJSON {
		return terminal.NewJSON(options)
	}
	return terminal.NewChat(options)
}

// lineToTalkTo is the line where none is named: the one cli.md names, or the first where an operator's lines have
// other names.
func (o *office) lineToTalkTo(named string) string {
	if named != "" {
		return named
	}
	for _, l := range o.lines {
		if l.id == terminal.DefaultLine {
			return l.id
		}
	}
	return o.lines[0].id
}
