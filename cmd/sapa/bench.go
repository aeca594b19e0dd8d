package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sapa/bot/terminal"
	"sapa/dialog"
)

// bench is a measurement of this machine and this build, in a directory of its own.
type bench struct {
	*sapa
	turns    int // of the whole-turn and baseline measures
	sessions int // stored at most
	members  int // of the piped chat, or in the register
	tickets  int // on the desk
	dir      string
	results  [][]string

	catalogue *dialog.Catalog
}

const (
	benchContacts = 64 // at once, as one batch of the writer
	fewSessions   = 1000
	benchRegister = 20_000 // members
)

func (s *sapa) benchCommand() *cobra.Command {
	b := &bench{sapa: s}
	c := &cobra.Command{
		Use:   "bench [turn|desk]",
		Short: "Measure how fast this machine handles messages, or tickets",
		Long: "Measure how fast this machine handles messages: its disk, a whole turn against the bare rows, the engine\n" +
			"alone, turns among many stored sessions, and a piped chat. With desk: how fast a desk full of tickets and\n" +
			"members is listed, worked and counted, and what that costs the chats. Everything happens in a temporary\n" +
			"directory (below --dir where the disk to measure is another) and is deleted.",
		Example: "  sapa bench\n  sapa bench turn --sessions 1000000 --members 10000 --dir /var/tmp\n" +
			"  sapa bench desk --tickets 1000000 --members 1000000",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"turn", "desk"},
		RunE: func(cmd *cobra.Command, args []string) error {
			measures := []func(context.Context) error{b.disk, b.engineAlone, b.wholeTurns, b.manySessions, b.pipedChat}
			if len(args) > 0 && args[0] == "desk" {
				if !cmd.Flags().Changed("members") {
					b.members = benchRegister
				}
				measures = []func(context.Context) error{b.disk, b.desk}
			}
			return b.run(cmd.Context(), measures)
		},
	}
	c.Flags().IntVar(&b.turns, "turns", 20_000, "how many turns to measure")
	c.Flags().IntVar(&b.sessions, "sessions", 100_000, "how many stored sessions to compare with 1,000")
	c.Flags().IntVar(&b.members, "members", 1_000, "how many members talk through the pipe; with desk: are in the register, 20000 unless said")
	c.Flags().IntVar(&b.tickets, "tickets", 30_000, "how many tickets are on the desk")
	c.Flags().StringVar(&b.dir, "dir", "", "`directory` on the disk to measure (default: the system's for temporary files)")
	return c
}

func (b *bench) run(ctx context.Context, measures []func(context.Context) error) (err error) {
	if min(b.turns, b.sessions, b.members, b.tickets) < 1 {
		return misused("--turns, --sessions, --members and --tickets: at least 1")
	}
	if b.dir, err = os.MkdirTemp(b.dir, "sapa-bench-"); err != nil {
		return fmt.Errorf("no place to measure in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if b.catalogue, err = b.catalog(); err != nil {
		return err
	}
	for _, measure := range measures {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return printTable(b.stdout, append([][]string{{"MEASURE", "RESULT", "GOAL"}}, b.results...))
}

func (b *bench) note(measure, goal, format string, args ...any) {
	b.results = append(b.results, []string{measure, fmt.Sprintf(format, args...), goal})
}

// disk measures how often a second the disk can promise that a page is safe: what every commit waits for.
func (b *bench) disk(context.Context) error {
	f, err := os.Create(filepath.Join(b.dir, "fsync"))
	if err != nil {
		return err
	}
	page := make([]byte, 4096)
	n := 0
	begin := time.Now()
	for ; time.Since(begin) < time.Second/2; n++ {
		if _, err := f.WriteAt(page, int64(n%256)*4096); err != nil {
			return errors.Join(err, f.Close())
		}
		if err := f.Sync(); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	b.note("machine: fsync of 4 KiB", "", "%.0f/s", float64(n)/time.Since(begin).Seconds())
	return f.Close()
}

// referenceConversation is a member's way from the menu to the documents. It ends where it began, so that the measures
// can repeat it: hence no greeting.
var referenceConversation = []struct{ line, text string }{
	{"chika", "menu"},
	{"chika", "6"},
	{"chika", "jakarta"},
	{"chika", "jaksel"},
	{"pandawa", "menu"},
	{"pandawa", "1"},
	{"pandawa", "setuju"},
	{"pandawa", "0001234567890"},
	{"pandawa", "Siti Aminah"},
	{"pandawa", "17-8-90"},
	{"pandawa", "1"},
	{"pandawa", "dki"},
	{"pandawa", "jaksel"},
	{"pandawa", "nunggak"},
	{"pandawa", "batal"},
	{"pandawa", "ya"},
}

var benchTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("WIB", 7*60*60))

// benchInput is the n-th message of a member; after its end the conversation begins anew.
func benchInput(member, n int) dialog.Input {
	said := referenceConversation[n%len(referenceConversation)]
	from := fmt.Sprintf("62812%08d", member)
	return dialog.Input{
		ID: fmt.Sprintf("3EB0%016X", n), Kind: dialog.Message, Line: said.line, Transport: terminal.Name, From: from,
		Phone: "+" + from, At: benchTime.Add(time.Duration(n) * time.Second), Seed: uint64(n), Text: said.text, //nolint:gosec // not negative
	}
}
