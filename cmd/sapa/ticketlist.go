package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/desk"
	"sapa/store"
)

// ticketLine is a ticket in a list.
type ticketLine struct {
	Ref        string      `json:"ref"`
	Rev        int64       `json:"rev"`
	Service    string      `json:"service"`
	Stage      string      `json:"stage"`
	Status     desk.Status `json:"status"`
	Line       string      `json:"line"`
	Branch     string      `json:"branch"`
	Officer    string      `json:"officer"`
	OpenedAt   moment      `json:"opened_at"`
	PromisedAt moment      `json:"promised_at"`
	Overdue    bool        `json:"overdue"`
}

// moment is a time as results show it: RFC 3339 with its zone, null where there is none.
type moment struct{ time.Time }

func (m moment) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(m.Format(time.RFC3339))
}

func (m moment) String() string {
	if m.IsZero() {
		return "-"
	}
	return m.Format("2006-01-02 15:04 -07")
}

func newTicketLine(t desk.Ticket, now time.Time) ticketLine {
	return ticketLine{
		Ref: t.Ref, Rev: t.Rev, Service: t.Service, Stage: t.Stage, Status: t.Status, Line: t.Line, Branch: t.Branch,
		Officer: t.Officer, OpenedAt: moment{t.OpenedAt}, PromisedAt: moment{t.PromisedAt},
		Overdue: t.Overdue || !t.PromisedAt.IsZero() && now.After(t.PromisedAt),
	}
}

// listing is what a list of tickets is to show.
type listing struct {
	store.Filter
	statuses           []string
	mine, late, asJSON bool
	limited            bool // --limit was given
}

// shownTickets is how many tickets a list for people shows at most, unless more are wanted: older ones scroll away.
const shownTickets = 100

func (o *officer) listCommand() *cobra.Command {
	var l listing
	c := &cobra.Command{
		Use:   "list",
		Short: "List tickets, oldest first",
		Long: "List tickets, oldest first: those that whoever acts may see. For people at most 100 are shown, unless\n" +
			"--limit says otherwise.",
		Example: "  sapa ticket list --status open,waiting_payment --overdue\n  sapa ticket list --mine --as rina\n" +
			"  sapa ticket list --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, status := range l.statuses {
				if !slices.Contains(allStatuses, desk.Status(status)) {
					return misused("--status %q: there are %s", status, joined(allStatuses))
				}
				l.Statuses = append(l.Statuses, desk.Status(status))
			}
			if l.mine && l.Officer != "" || l.Limit < 0 {
				return misused("either --mine or --officer, and a --limit from 0 on")
			}
			l.limited = cmd.Flags().Changed("limit")
			return o.list(cmd.Context(), l)
		},
	}
	flags := c.Flags()
	flags.StringSliceVar(&l.statuses, "status", nil, "only `STATUS`, several with commas")
	flags.StringVar(&l.Service, "service", "", "only of this `service`")
	flags.StringVar(&l.Stage, "stage", "", "only at this `stage`")
	flags.StringVar(&l.Line, "line", "", "only of this `line`")
	flags.StringVar(&l.Branch, "branch", "", "only of the branch with this `code`")
	flags.StringVar(&l.Regency, "regency", "", "only of this regency: its `code`, 31.74")
	flags.StringVar(&l.Officer, "officer", "", "only those of this `officer`, assigned or taken")
	flags.BoolVar(&l.mine, "mine", false, "only those of whoever acts (--as)")
	flags.BoolVar(&l.late, "overdue", false, "only those whose promise fell due")
	flags.IntVar(&l.Limit, "limit", 0, "at most `N`; 0: all")
	flags.BoolVar(&l.asJSON, "json", false, "a JSON object a line")
	return c
}

var allStatuses = []desk.Status{
	desk.Open, desk.WaitingMember, desk.WaitingPayment, desk.Approved, desk.Rejected, desk.Cancelled, desk.Closed,
}

func joined[T ~string](values []T) string {
	words := make([]string, 0, len(values))
	for _, v := range values {
		words = append(words, string(v))
	}
	return strings.Join(words, ", ")
}

func (o *officer) list(ctx context.Context, l listing) error {
	if err := checkName(o.name); err != nil {
		return err
	}
	return o.visit(ctx, func(office *office) error {
		now, err := o.when(office)
		if err != nil {
			return err
		}
		if l.For, err = office.reader(ctx, o.name); err != nil {
			return err
		}
		if err := office.checkService(ctx, l.Service); err != nil {
			return err
		}
		if l.mine {
			l.Officer = o.name
		}
		if l.late {
			l.Late, l.OrBroken = now, office.fixedClock() == nil // a trial's clock may be ahead of this one
		}
		if l.asJSON {
			out := bufio.NewWriter(o.stdout)
			err := office.db.EachTicket(ctx, l.Filter, func(t desk.Ticket) error {
				return printJSON(out, []ticketLine{newTicketLine(t, now)})
			})
			return errors.Join(err, out.Flush())
		}
		return o.printList(ctx, office, l, now)
	})
}

// checkService refuses the name of a service that there neither is nor was.
func (o *office) checkService(ctx context.Context, name string) error {
	if _, ok := o.catalog.Pipeline(name); ok || name == "" {
		return nil
	}
	was, err := o.db.Tickets(ctx, store.Filter{Service: name, Limit: 1})
	if err != nil || len(was) > 0 {
		return err
	}
	var services []string
	for _, name := range o.catalog.Order() {
		if _, ok := o.catalog.Pipeline(name); ok {
			services = append(services, name)
		}
	}
	return misused("--service %q: there are %s", name, strings.Join(services, ", "))
}

// reader is whose eyes a list is for; nil: it is for all eyes.
func (o *office) reader(ctx context.Context, name string) (*desk.Actor, error) {
	who, err := o.named(ctx, name)
	if err != nil || who.Role == "" || who.Role == desk.RoleAdmin && len(who.Scope) == 0 {
		return nil, err
	}
	actor := who.Actor()
	return &actor, nil
}

func (o *officer) printList(ctx context.Context, office *office, l listing, now time.Time) error {
	most := l.Limit
	if !l.limited {
		most = shownTickets
		l.Limit = shownTickets + 1
	}
	tickets, err := office.db.Tickets(ctx, l.Filter)
	if err != nil {
		return err
	}
	more := most > 0 && len(tickets) > most
	if more {
		tickets = tickets[:most]
	}
	rows := [][]string{{"TICKET", "REV", "SERVICE", "STAGE", "STATUS", "LINE", "BRANCH", "OFFICER", "OPENED", "PROMISED", ""}}
	for _, t := range tickets {
		l := newTicketLine(t, now)
		overdue := ""
		if l.Overdue {
			overdue = "overdue"
		}
		rows = append(rows, []string{
			l.Ref, fmt.Sprint(l.Rev), l.Service, l.Stage, string(l.Status), l.Line, l.Branch, l.Officer,
			l.OpenedAt.String(), l.PromisedAt.String(), overdue,
		})
	}
	if err := printTable(o.stdout, rows); err != nil || !more {
		return err
	}
	_, err = fmt.Fprintf(o.stderr, "There are more than these %d: choose with --status, --mine, --overdue …, or --limit 0 for all.\n", most)
	return err
}

// printJSON writes an object a line.
func printJSON[T any](to io.Writer, objects []T) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	for _, o := range objects {
		if err := e.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

// printTable writes rows in columns; the first row is the heading. Empty cells are shown as a dash.
func printTable(to io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := slices.Clone(row)
		for i := range cells[:len(cells)-1] {
			if cells[i] == "" {
				cells[i] = "-"
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}
