package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/desk"
	"sapa/store"
)

func (o *officer) showCommand() *cobra.Command {
	var reason, save string
	var asJSON bool
	c := &cobra.Command{
		Use:   "show REF",
		Short: "Show a ticket, its answers, documents and history, and what its stage asks for",
		Long: "Show a ticket. What is personal is masked: numbers, names, dates of birth and all that anybody wrote; --reason\n" +
			"shows it, and is kept in the ticket's history with your name: `sapa member audit` lists it. --save writes the\n" +
			"documents into a directory, readable by you alone, which is kept there too.",
		Example: "  sapa ticket show 5H8-PWW3\n" +
			`  sapa ticket show 5H8-PWW3 --reason "verifikasi" --save ./berkas --as rina`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if save != "" && strings.TrimSpace(reason) == "" {
				return misused("--save needs --reason TEXT: why you take the documents; it is recorded")
			}
			return o.show(cmd.Context(), args[0], strings.TrimSpace(reason), save, asJSON)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "show what is personal, for this `reason`; it is recorded")
	c.Flags().StringVar(&save, "save", "", "write the documents into this `directory`")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func (o *officer) show(ctx context.Context, ref, reason, save string, asJSON bool) error {
	if err := checkName(o.name); err != nil {
		return err
	}
	return o.visit(ctx, func(office *office) error {
		now, err := o.when(office)
		if err != nil {
			return err
		}
		t, err := office.ticket(ctx, ref)
		if err != nil {
			return err
		}
		who, err := office.looker(ctx, o.name, t, now)
		if err != nil {
			return err
		}
		if reason != "" { // recorded before anything is shown
			err := office.db.RecordSeen(ctx, t.Ref, o.name, store.TicketSeen, reason, now)
			if err != nil && !errors.Is(err, store.ErrErased) { // of an erased one there is nothing to see
				return err
			}
		}
		if save != "" {
			if err := o.saveDocuments(ctx, office, t, save, reason, now); err != nil {
				return err
			}
		}
		sheet, err := office.sheet(ctx, t, who, now)
		if err != nil {
			return err
		}
		if reason == "" {
			sheet.mask()
		}
		if asJSON {
			return printJSON(o.stdout, []ticketSheet{sheet})
		}
		return sheet.print(o.stdout)
	})
}

// looker is who looks at a ticket, if they may. One whose service is not loaded any more is an admin's to look at.
func (o *office) looker(ctx context.Context, name string, t desk.Ticket, now time.Time) (desk.Actor, error) {
	who, err := o.actor(ctx, name, t)
	if err != nil {
		return who, err
	}
	err = o.db.Permit(ctx, t.Ref, desk.ActionShow, who, now)
	if errors.Is(err, store.ErrNoService) && who.Role == desk.RoleAdmin {
		err = nil
	}
	return who, err
}
