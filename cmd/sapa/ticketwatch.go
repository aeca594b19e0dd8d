package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/desk"
)

const (
	// watchRecent is how many past events a watch begins with.
	watchRecent = 10
	// watchPause is how often a watch looks whether somebody wrote.
	watchPause = 250 * time.Millisecond
	// watchPage is how many events are read at once.
	watchPage = 500
)

// eventLine is one thing that happened to a ticket, as a watch shows it; the names are those of the log's lines.
type eventLine struct {
	At       moment      `json:"at"`
	Who      string      `json:"who"`
	What     string      `json:"what"`
	Ticket   string      `json:"ticket"`
	Rev      int64       `json:"rev"`
	Service  string      `json:"service"`
	Branch   string      `json:"branch"`
	Stage    string      `json:"stage"`
	Status   desk.Status `json:"status"`
	Officer  string      `json:"officer"`
	Decision string      `json:"decision"`
	Field    string      `json:"field"`
	AgeS     int64       `json:"age_s"`
}

func (o *officer) watchCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "watch",
		Short:   "Follow what happens to tickets, as tail -f does",
		Long:    "Follow what happens to tickets, whoever does it: the last ten events, then each as it comes, until Ctrl-C.",
		Example: "  sapa ticket watch\n  sapa ticket watch --json | jq .ticket",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.watch(cmd.Context(), asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (o *officer) watch(ctx context.Context, asJSON bool) error {
	return o.visit(ctx, func(office *office) error {
		tick := time.NewTicker(watchPause)
		defer tick.Stop()
		for after := int64(-watchRecent); ; {
			events, last, err := office.db.Events(ctx, after, watchPage)
			if ctx.Err() != nil {
				return nil // the watcher has seen enough
			}
			if err != nil {
				return err
			}
			if err := o.printEvents(events, office.zone, asJSON); err != nil {
				return err
			}
			after = last
			if len(events) == watchPage {
				continue
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return nil
			}
		}
	})
}

func (o *officer) printEvents(events []desk.Event, zone *time.Location, asJSON bool) error {
	colours := isTerminal(o.stdout)
	for _, e := range events {
		line := eventLine{
			At: moment{e.At.In(zone)}, Who: e.Who, What: e.What, Ticket: e.Ticket, Rev: e.Rev, Service: e.Service,
			Branch: e.Branch, Stage: e.Stage, Status: e.Status, Officer: e.Officer, Decision: e.Decision, Field: e.Field,
			AgeS: int64(e.Age / time.Second),
		}
		if asJSON {
			if err := printJSON(o.stdout, []eventLine{line}); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintln(o.stdout, line.text(colours)); err != nil {
			return err
		}
	}
	return nil
}

// text is the event on one line.
func (l eventLine) text(colours bool) string {
	what := l.What
	if about := l.Decision + l.Field; about != "" {
		what += " " + about
	}
	age := time.Duration(l.AgeS) * time.Second
	text := fmt.Sprintf("%s  %-8s  %-28s %s/%s, %s, after %s, by %s",
		l.At.Format("2006-01-02 15:04:05"), cmp.Or(l.Ticket, "-"), what, cmp.Or(l.Service, "-"), l.Stage,
		cmp.Or(l.Status, "-"), age, l.Who)
	if !colours {
		return text
	}
	return colourOf(l) + text + "\x1b[0m"
}

// colourOf tells apart at a glance what is new, what is done and what went wrong (ECMA-48, SGR).
func colourOf(l eventLine) string {
	switch {
	case l.Ticket == "":
		return "\x1b[31m" // an alert
	case l.What == desk.EventOpened:
		return "\x1b[36m"
	case l.Status == desk.Approved:
		return "\x1b[32m"
	case l.Status.Final():
		return "\x1b[33m"
	case l.Status == desk.WaitingMember:
		return "\x1b[35m"
	}
	return ""
}
