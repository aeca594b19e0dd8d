package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// cannedReply marks the name of a reply where an officer would write words.
const cannedReply = "/"

func (o *officer) repliesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "replies",
		Short: "List the canned replies that `say` knows",
		Long: "List the canned replies that `sapa ticket say REF /NAME` sends, in the member's language, with the ticket's\n" +
			"number, service, name and your own in their places.",
		Example: "  sapa ticket replies\n  sapa ticket say 5H8-PWW3 /salam --as rina",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			catalog, err := o.catalog()
			if err != nil {
				return err
			}
			places := map[string]string{"ref": "5H8-PWW3", "title": "…", "name": "…", "officer": dialog.OfficerName(o.name)}
			for _, name := range catalog.Replies() {
				text, _ := catalog.Reply(name, lang, places)
				text = strings.ReplaceAll(text, "\n", "\n    ")
				if _, err := fmt.Fprintf(o.stdout, "%s%s\n    %s\n", cannedReply, name, text); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// wordReply puts a canned reply in the place of its name.
func (o *office) wordReply(ctx context.Context, t desk.Ticket, a *desk.Action, who desk.Actor) error {
	name, ok := strings.CutPrefix(strings.TrimSpace(a.Text), cannedReply)
	if !ok {
		return nil
	}
	spoken, err := o.db.Language(ctx, t)
	if err != nil {
		return err
	}
	spoken = cmp.Or(spoken, lang)
	p, _ := o.catalog.Pipeline(t.Service)
	words, ok := o.catalog.Reply(name, spoken, map[string]string{
		"ref": t.Ref, "title": p.Title[spoken], "name": t.Values[p.Subject.Name], "officer": dialog.OfficerName(who.Name),
	})
	if !ok {
		return fmt.Errorf("%s: there is no reply %q for this ticket; `sapa ticket replies` lists them", t.Ref, cannedReply+name)
	}
	a.Text = words
	return nil
}
