package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
)

func (s *sapa) memberShowCommand() *cobra.Command {
	var reason, as string
	var asJSON bool
	c := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show a member by card number or NIK",
		Long: "Show a member by card number or NIK. What is personal is masked; --reason shows it, and is kept beside the\n" +
			"member with your name.",
		Example: `  sapa member show 0001234567890 --reason "verifikasi tiket" --as rina`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.showMember(cmd.Context(), args[0], as, strings.TrimSpace(reason), asJSON)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "show what is personal, for this `reason`; it is recorded")
	c.Flags().StringVar(&as, "as", operator, "`officer` who looks, for the record")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func (s *sapa) showMember(ctx context.Context, typed, as, reason string, asJSON bool) error {
	number, err := memberNumber(typed)
	if err != nil {
		return err
	}
	if err := checkName(as); err != nil {
		return err
	}
	return s.visit(ctx, func(o *office) error {
		if _, err := o.named(ctx, as); err != nil {
			return err
		}
		look := o.db.Member
		if reason != "" { // recorded before anything is shown
			look = func(ctx context.Context, number string) (jkn.Member, bool, error) {
				return o.db.RecordLook(ctx, number, as, reason, time.Now())
			}
		}
		m, sample, err := look(ctx, number)
		if err != nil {
			return err
		}
		sheet := newMemberSheet(m.On(time.Now()), sample)
		if reason == "" {
			sheet.mask()
		}
		if asJSON {
			return printJSON(s.stdout, []memberSheet{sheet})
		}
		return sheet.print(s.stdout)
	})
}

// memberNumber reads a card number or a NIK. What was typed is not repeated.
func memberNumber(typed string) (string, error) {
	if card, err := jkn.ParseCard(typed); err == nil {
		return string(card), nil
	}
	nik, err := jkn.ParseNIK(typed)
	if err != nil {
		return "", misused("neither a card number of 13 digits nor a NIK of 16")
	}
	return string(nik), nil
}
