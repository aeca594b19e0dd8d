package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
	"sapa/store"
)

// visitLine is a visit in a list.
type visitLine struct {
	Code    string `json:"code"`
	Branch  string `json:"branch"`
	Office  string `json:"office"`
	At      moment `json:"at"`
	Service string `json:"service"` // what they come for
	Name    string `json:"name"`    // masked unless there is a reason to see it
	Sample  bool   `json:"sample"`  // at a made-up office
}

// visitList is what a list of visits is to show, to whom and why.
type visitList struct {
	store.Expected
	as, reason string
	asJSON     bool
}

func (s *sapa) visitCommand() *cobra.Command {
	var e visitList
	list := &cobra.Command{
		Use:   "list",
		Short: "List the visits that offices expect on a day, by office and time",
		Long: "List the visits that members booked: those at the offices that whoever acts works for, on a day as the\n" +
			"office's own clock has it. Names are masked; --reason shows them, and is kept with your name.",
		Example: "  sapa visit list\n" +
			`  sapa visit list --branch KC-3174 --day 2026-11-24 --reason "daftar di loket" --as rina`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.listVisits(cmd.Context(), e) },
	}
	flags := list.Flags()
	flags.StringVar(&e.Branch, "branch", "", "only at the office with this `code`")
	flags.StringVar(&e.Day, "day", "", "the `day`, as 2026-11-24 (default: today)")
	flags.StringVar(&e.reason, "reason", "", "show the names, for this `reason`; it is recorded")
	flags.StringVar(&e.as, "as", operator, "`officer` who looks, for the record")
	flags.BoolVar(&e.asJSON, "json", false, "a JSON object a line")
	return group("visit", "See who comes to the offices", "  sapa visit list", list)
}

func (s *sapa) listVisits(ctx context.Context, e visitList) error {
	e.reason = strings.TrimSpace(e.reason)
	if _, err := time.Parse(time.DateOnly, e.Day); err != nil && e.Day != "" {
		return misused("--day: not a date like 2026-11-24")
	}
	if err := checkName(e.as); err != nil {
		return err
	}
	return s.visit(ctx, func(o *office) error {
		now := time.Now().In(o.zone)
		if e.Day == "" {
			e.Day = now.Format(time.DateOnly)
		}
		var err error
		if e.For, err = o.reader(ctx, e.as); err != nil {
			return err
		}
		look := o.db.Bookings
		if e.reason != "" { // recorded before anything is shown
			look = func(ctx context.Context, which store.Expected) ([]store.Booking, error) {
				return o.db.RecordBookings(ctx, which, e.as, e.reason, now)
			}
		}
		all, err := look(ctx, e.Expected)
		if err != nil {
			return err
		}
		return s.printVisits(all, e)
	})
}

func (s *sapa) printVisits(all []store.Booking, e visitList) error {
	var lines []visitLine
	rows := [][]string{{"OFFICE", "TIME", "CODE", "NAME", "FOR", ""}}
	for _, b := range all {
		l := visitLine{
			Code: b.Code, Branch: b.Branch, Office: b.Office, At: moment{b.At}, Service: b.Purpose, Name: b.Name, Sample: b.Sample,
		}
		if e.reason == "" {
			l.Name = jkn.MaskName(l.Name)
		}
		lines = append(lines, l)
		sample := ""
		if b.Sample {
			sample = "DATA CONTOH"
		}
		rows = append(rows, []string{l.Branch, l.At.String(), l.Code, l.Name, jkn.ShowPurpose(l.Service, "id"), sample})
	}
	if e.asJSON {
		return printJSON(s.stdout, lines)
	}
	return printTable(s.stdout, rows)
}
