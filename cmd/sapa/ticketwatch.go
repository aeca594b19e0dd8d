package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/desk"
)

const (
	// watchRecent is how many past events a watch begins with, among so many that it looks through.
	watchRecent, watchPast = 10, 500
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
	Heads    string      `json:"heads,omitempty"` // who is to know of an escalated ticket
	AgeS     int64       `json:"age_s"`
}

// watching is what a watch is to show; empty parts choose all.
type watching struct {
	service, officer, branch string
	events                   []string // names, or their beginnings: promise
	asJSON                   bool
}

func (w watching) wants(e desk.Event) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(w.service, e.Service) && is(w.officer, e.Officer) && is(w.branch, e.Branch) &&
		(len(w.events) == 0 || slices.ContainsFunc(w.events, func(name string) bool {
			return e.What == name || strings.HasPrefix(e.What, name+".")
		}))
}

func (o *officer) watchCommand() *cobra.Command {
	var w watching
	c := &cobra.Command{
		Use:   "watch",
		Short: "Follow what happens to tickets, as tail -f does",
		Long:  "Follow what happens to tickets, whoever does it: the last ten events, then each as it comes, until Ctrl-C.",
		Example: "  sapa ticket watch\n  sapa ticket watch --event ticket.overdue,promise --branch JKS\n" +
			"  sapa ticket watch --json | jq .ticket",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.watch(cmd.Context(), w) },
	}
	flags := c.Flags()
	flags.StringVar(&w.service, "service", "", "only of this `service`")
	flags.StringVar(&w.officer, "officer", "", "only of tickets that are this `officer`'s")
	flags.StringVar(&w.branch, "branch", "", "only of the branch with this `code`")
	flags.StringSliceVar(&w.events, "event", nil, "only these `events`, with commas; promise stands for all promise.…")
	flags.BoolVar(&w.asJSON, "json", false, "a JSON object a line")
	return c
}

func (o *officer) watch(ctx context.Context, w watching) error {
	return o.visit(ctx, func(office *office) error {
		tick := time.NewTicker(watchPause)
		defer tick.Stop()
		for after := int64(-watchPast); ; {
			all, last, err := office.db.Events(ctx, after, watchPage)
			if ctx.Err() != nil {
				return nil // the watcher has seen enough
			}
			if err != nil {
				return err
			}
			events := slices.DeleteFunc(slices.Clone(all), func(e desk.Event) bool { return !w.wants(e) })
			if after < 0 {
				events = events[max(0, len(events)-watchRecent):]
			}
			if err := o.printEvents(events, office.zone, w.asJSON); err != nil {
				return err
			}
			after = last
			if len(all) == watchPage {
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
		if e.What == desk.EventEscalated {
			line.Heads, line.Field = e.Field, ""
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
	what := strings.Join(strings.Fields(l.What+" "+l.Decision+" "+l.Field+" "+l.Heads), " ")
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
	case l.Ticket == "", l.What == desk.EventOverdue, l.What == desk.EventEscalated, l.What == desk.EventRefused:
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
