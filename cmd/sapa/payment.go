package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
	"sapa/store"
)

func (s *sapa) paymentCommand() *cobra.Command {
	return group("payment", "Import payments, and see those an officer has to look at", "  sapa payment import payments.csv",
		s.paymentImportCommand(), s.paymentListCommand())
}

func (s *sapa) paymentImportCommand() *cobra.Command {
	var at string
	var strict bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Book the payments of a CSV file: settle tickets, tell members, update the register",
		Long: "Book the payments of a CSV file with the columns virtual_account,amount,paid_at,reference. A payment of\n" +
			"what a ticket waits for settles it and tells the member; one of another amount is noted in the ticket's\n" +
			"history. These, and payments to accounts no ticket waits for, `sapa payment list --open` shows. The same\n" +
			"reference is booked once, however often it comes; one that comes again with another amount or account is told,\n" +
			"and changes nothing.",
		Example: "  sapa payment import payments.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.importPayments(cmd.Context(), args[0], at, strict)
		},
	}
	c.Flags().StringVar(&at, "at", "", atUsage)
	c.Flags().BoolVar(&strict, "strict", false, "import all rows or none")
	return c
}

func (s *sapa) importPayments(ctx context.Context, file, at string, strict bool) error {
	rows := table[jkn.Payment]{file: file, read: jkn.ReadPayments, tell: s.stderr}
	if strict {
		if _, err := rows.check(); err != nil || rows.bad > 0 {
			return errors.Join(err, errors.New("no payments were imported"))
		}
	}
	return s.visit(ctx, func(o *office) error {
		now, err := o.clockAt(at)
		if err != nil {
			return err
		}
		n, contradicted, err := o.db.ImportPayments(ctx, rows.rows(), now)
		if err := errors.Join(err, rows.fail, rows.summary(), s.tellContradicted(contradicted)); err != nil {
			return err
		}
		if len(n) == 0 {
			return errors.New("no payments were imported")
		}
		summary := fmt.Sprintf("%d settled, %d mismatched, %d unknown, %d booked before, %d rows left out",
			n[store.Settled], n[store.Mismatched], n[store.Unknown], n[store.Repeated], rows.bad)
		if contradicted != nil {
			summary += fmt.Sprintf(", %d unlike what was booked before", len(contradicted))
		}
		_, err = fmt.Fprintln(s.stdout, summary)
		return err
	})
}

// tellContradicted names the payments that say something else than what was settled: the bank or a file is wrong.
func (s *sapa) tellContradicted(references []string) error {
	for _, r := range references[:min(len(references), maxBadRows)] {
		if _, err := fmt.Fprintf(s.stderr, "%s: settled before, with another amount or account; ask the bank\n", r); err != nil {
			return err
		}
	}
	if more := len(references) - maxBadRows; more > 0 {
		_, err := fmt.Fprintf(s.stderr, "… and %d more like these\n", more)
		return err
	}
	return nil
}

// paymentLine is a payment in a list.
type paymentLine struct {
	State      store.PaymentState `json:"state"`
	Ticket     string             `json:"ticket"`
	Amount     int64              `json:"amount"` // whole rupiah
	PaidAt     moment             `json:"paid_at"`
	Reference  string             `json:"reference"`
	Account    string             `json:"virtual_account"` // masked
	ImportedAt moment             `json:"imported_at"`
}

func (s *sapa) paymentListCommand() *cobra.Command {
	var open, asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the payments that were imported, oldest first",
		Example: "  sapa payment list --open", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.listPayments(cmd.Context(), open, asJSON) },
	}
	c.Flags().BoolVar(&open, "open", false, "only those an officer has to look at")
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (s *sapa) listPayments(ctx context.Context, open, asJSON bool) error {
	return s.visit(ctx, func(o *office) error {
		payments, err := o.db.Payments(ctx, open)
		if err != nil {
			return err
		}
		var lines []paymentLine
		rows := [][]string{{"STATE", "TICKET", "AMOUNT", "PAID", "REFERENCE", "ACCOUNT"}}
		for _, p := range payments {
			l := paymentLine{
				State: p.State, Ticket: p.Ticket, Amount: p.Amount, PaidAt: moment{p.PaidAt.In(o.zone)}, Reference: p.Reference,
				Account: jkn.Mask(string(p.Account)), ImportedAt: moment{p.ImportedAt.In(o.zone)},
			}
			lines = append(lines, l)
			rows = append(rows, []string{
				string(l.State), l.Ticket, strconv.FormatInt(l.Amount, 10), l.PaidAt.String(), l.Reference, l.Account,
			})
		}
		if asJSON {
			return printJSON(s.stdout, lines)
		}
		return printTable(s.stdout, rows)
	})
}
