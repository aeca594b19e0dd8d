package main

import (
	"context"

	"github.com/spf13/cobra"
)

// lookLine is a look at what is personal of somebody.
type lookLine struct {
	At     moment `json:"at"`
	Who    string `json:"who"`
	What   string `json:"what"`
	Ticket string `json:"ticket"` // "": the register
	Reason string `json:"reason"`
}

func (s *sapa) memberAuditCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "audit NUMBER",
		Short: "List who saw what is personal of a member, when and why",
		Long: "List who saw what is personal of the member with this card number or NIK: their row of the register, and the\n" +
			"tickets about them, whoever sent those. Oldest first.",
		Example: "  sapa member audit 0001234567890",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return s.auditMember(cmd.Context(), args[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (s *sapa) auditMember(ctx context.Context, typed string, asJSON bool) error {
	number, err := memberNumber(typed)
	if err != nil {
		return err
	}
	return s.visit(ctx, func(o *office) error {
		looks, err := o.db.Looks(ctx, number)
		if err != nil {
			return err
		}
		var lines []lookLine
		rows := [][]string{{"WHEN", "WHO", "WHAT", "TICKET", "REASON"}}
		for _, look := range looks {
			l := lookLine{moment{look.At.In(o.zone)}, look.Who, look.What, look.Ticket, look.Reason}
			lines = append(lines, l)
			rows = append(rows, []string{l.At.String(), l.Who, l.What, l.Ticket, l.Reason})
		}
		if asJSON {
			return printJSON(s.stdout, lines)
		}
		return printTable(s.stdout, rows)
	})
}
