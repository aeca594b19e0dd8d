package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/store"
)

// affectedLine is somebody whose data was touched.
type affectedLine struct {
	Contact int64    `json:"contact"` // 0: nobody who wrote to us
	Member  int64    `json:"member"`  // row of the register; 0: a contact, or not in it
	Subject int64    `json:"subject"` // whom tickets are about and the register does not know; else 0
	Address string   `json:"address"` // masked unless there is a reason to see it
	Tickets []string `json:"tickets"`
	Kinds   []string `json:"kinds"`
	Fields  []string `json:"fields"`
}

// incident is what may have been exposed, and who asks.
type incident struct {
	store.TouchedBy
	since, until       string
	as, reason, notice string
	asJSON             bool
}

func (s *sapa) incidentCommand() *cobra.Command {
	var i incident
	affected := &cobra.Command{
		Use:   "affected",
		Short: "List whose data a time, or an officer's account in it, touched, and draft the notice to them",
		Long: "List whose data came, went or was seen from --since on and before --until, or only what an officer's account\n" +
			"saw and did then: contacts, and members of the register, with their tickets, the kinds of data and the fields.\n" +
			"Addresses are masked; --reason shows them, and is kept in a ticket of each with your name.\n" +
			"--notice drafts the letter that UU 27/2022, article 46, wants in writing within 3 x 24 hours: what data, when\n" +
			"and how it was exposed, what is done about it. Its blanks are yours to fill.",
		Example: "  sapa incident affected --since 2026-11-23T08:00:00+07:00 --until 2026-11-23T17:00:00+07:00\n" +
			`  sapa incident affected --since 2026-11-23 --officer rina --notice notice.txt --reason "insiden 7"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if i.since == "" {
				return misused("this needs --since: the time, or the day, from which on data may have been exposed")
			}
			i.reason = strings.TrimSpace(i.reason)
			return s.affected(cmd.Context(), i)
		},
	}
	flags := affected.Flags()
	flags.StringVar(&i.since, "since", "", "from this `time` on: 2026-11-23T08:00:00+07:00, or a day")
	flags.StringVar(&i.until, "until", "", "until this `time`, or the end of this day (default: now)")
	flags.StringVar(&i.Officer, "officer", "", "only what the account of this `officer` saw and did")
	flags.StringVar(&i.notice, "notice", "", "draft the notice into this new `file`")
	flags.StringVar(&i.reason, "reason", "", "show the addresses, for this `reason`; it is recorded")
	flags.StringVar(&i.as, "as", operator, "`officer` who looks, for the record")
	flags.BoolVar(&i.asJSON, "json", false, "a JSON object a line")
	return group("incident", "Find out whose data an incident touched", "  sapa incident affected --since 2026-11-23", affected)
}

func (s *sapa) affected(ctx context.Context, i incident) error {
	if err := checkName(i.as); err != nil {
		return err
	}
	return s.visit(ctx, func(o *office) error {
		if _, err := o.named(ctx, i.as); err != nil {
			return err
		}
		now := time.Now().In(o.zone)
		var err error
		if i.Since, i.Until, err = i.window(now); err != nil {
			return err
		}
		people, err := o.db.Touched(ctx, i.TouchedBy)
		if err != nil {
			return err
		}
		if i.reason != "" { // recorded before anything is shown
			if err := o.recordAffected(ctx, people, i, now); err != nil {
				return err
			}
		}
		if i.notice != "" {
			if err := o.draftNotice(ctx, people, i); err != nil {
				return err
			}
		}
		return s.printAffected(people, i)
	})
}

// window reads the times that bound the incident. A day counts whole.
func (i incident) window(now time.Time) (since, until time.Time, err error) {
	if since, _, err = readTime("--since", i.since, now.Location()); err != nil {
		return since, until, err
	}
	if i.until == "" {
		return since, now, nil
	}
	until, isDay, err := readTime("--until", i.until, now.Location())
	if isDay {
		until = until.AddDate(0, 0, 1)
	}
	if err == nil && !since.Before(until) {
		err = misused("--until is not after --since")
	}
	return since, until, err
}

func readTime(flag, text string, zone *time.Location) (at time.Time, isDay bool, err error) {
	if at, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return at, true, nil
	}
	if at, err = time.Parse(time.RFC3339, text); err != nil {
		return at, false, misused("%s: neither a time like 2026-11-23T08:00:00+07:00 nor a day like 2026-11-23", flag)
	}
	return at.In(zone), false, nil
}

// recordAffected keeps who saw the addresses, in the newest ticket of each.
func (o *office) recordAffected(ctx context.Context, people []store.Touched, i incident, now time.Time) error {
	for _, p := range people {
		if len(p.Tickets) == 0 {
			continue
		}
		err := o.db.RecordSeen(ctx, p.Tickets[len(p.Tickets)-1], i.as, store.TicketSeen, i.reason, now)
		if err != nil && !errors.Is(err, store.ErrErased) {
			return err
		}
	}
	return nil
}

func (s *sapa) printAffected(people []store.Touched, i incident) error {
	var lines []affectedLine
	rows := [][]string{{"ADDRESS", "TICKETS", "DATA", "FIELDS"}}
	for _, p := range people {
		l := affectedLine{p.Contact, p.Member, p.Subject, p.Address, p.Tickets, p.Kinds, p.Fields}
		if i.reason == "" {
			l.Address = mask("phone", l.Address)
		}
		lines = append(lines, l)
		rows = append(rows, []string{l.Address, strings.Join(l.Tickets, " "), strings.Join(l.Kinds, " "), strings.Join(l.Fields, " ")})
	}
	if i.asJSON {
		return printJSON(s.stdout, lines)
	}
	if len(people) > 0 {
		if err := printTable(s.stdout, rows); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(s.stdout, "%d affected from %s until %s\n", headcount(people), moment{i.Since}, moment{i.Until})
	return err
}

// headcount counts people: who wrote to us and is in the register, too, stands in both with one address.
func headcount(people []store.Touched) (n int) {
	reached := map[string]bool{}
	for _, p := range people {
		if p.Address == "" || !reached[p.Address] {
			n++
		}
		reached[p.Address] = true
	}
	return n
}
