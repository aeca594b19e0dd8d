package main

import (
	"context"
	"encoding/json"
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
		Overdue: !t.PromisedAt.IsZero() && now.After(t.PromisedAt),
	}
}

func (o *officer) listCommand() *cobra.Command {
	var f store.Filter
	var statuses []string
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List tickets, oldest first",
		Example: "  sapa ticket list --status open,waiting_payment\n  sapa ticket list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, status := range statuses {
				if !slices.Contains(allStatuses, desk.Status(status)) {
					return misused("--status %q: there are %s", status, joined(allStatuses))
				}
				f.Statuses = append(f.Statuses, desk.Status(status))
			}
			return o.list(cmd.Context(), f, asJSON)
		},
	}
	flags := c.Flags()
	flags.StringSliceVar(&statuses, "status", nil, "only `STATUS`, several with commas")
	flags.StringVar(&f.Service, "service", "", "only of this `service`")
	flags.StringVar(&f.Line, "line", "", "only of this `line`")
	flags.StringVar(&f.Branch, "branch", "", "only of the branch with this `code`")
	flags.StringVar(&f.Officer, "officer", "", "only those this `officer` took")
	flags.IntVar(&f.Limit, "limit", 0, "at most `N`; 0: all")
	flags.BoolVar(&asJSON, "json", false, "a JSON object a line")
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

func (o *officer) list(ctx context.Context, f store.Filter, asJSON bool) error {
	return o.visit(ctx, func(office *office) error {
		now, err := o.when(office)
		if err != nil {
			return err
		}
		tickets, err := office.db.Tickets(ctx, f)
		if err != nil {
			return err
		}
		lines := make([]ticketLine, 0, len(tickets))
		for _, t := range tickets {
			lines = append(lines, newTicketLine(t, now))
		}
		if asJSON {
			return printJSON(o.stdout, lines)
		}
		rows := [][]string{{"TICKET", "REV", "SERVICE", "STAGE", "STATUS", "LINE", "BRANCH", "OFFICER", "OPENED", "PROMISED", ""}}
		for _, l := range lines {
			overdue := ""
			if l.Overdue {
				overdue = "overdue"
			}
			rows = append(rows, []string{
				l.Ref, fmt.Sprint(l.Rev), l.Service, l.Stage, string(l.Status), l.Line, l.Branch, l.Officer,
				l.OpenedAt.String(), l.PromisedAt.String(), overdue,
			})
		}
		return printTable(o.stdout, rows)
	})
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
