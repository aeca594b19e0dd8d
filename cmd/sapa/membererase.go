package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/store"
)

func (s *sapa) memberEraseCommand() *cobra.Command {
	var reason, as string
	var yes bool
	c := &cobra.Command{
		Use:   "erase WHO",
		Short: "Erase a member or a contact, in backups too",
		Long: "Erase what is kept of somebody, beside a running service or without one; first it is shown what goes and what\n" +
			"stays. " + whoUsage + "\n" +
			"By card or NIK: the row of the register, and the tickets about this member, whoever sent them. By telephone\n" +
			"number: whoever wrote from it, with conversation, documents and all their tickets.\n" +
			"A ticket's number, service, stages and times stay, without a name: an office accounts for what it decided.\n" +
			"The keys are destroyed first, so a backup that is put back is erased again.\n" +
			"Take the row out of the register's source, too: the next `sapa member import` brings it back otherwise.\n" +
			"The reason is kept for good: write no name or number into it.",
		Example: `  sapa member erase 0812-0000-0001 --reason "permintaan tertulis 23-11" --as rina` + "\n" +
			`  sapa member erase 0001234567890 --reason "permintaan tertulis 23-11" --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := parseWhom(args[0])
			if err != nil {
				return err
			}
			by := store.Erasing{Who: as, Reason: strings.TrimSpace(reason)}
			if by.Reason == "" {
				return misused("this needs --reason TEXT: why they are erased; it is kept, so write no name or number")
			}
			return s.eraseMember(cmd.Context(), who, by, yes)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why they are erased: the `reason` is kept for good")
	c.Flags().StringVar(&as, "as", operator, "`officer` who erases, for the record")
	c.Flags().BoolVar(&yes, "yes", false, "erase without asking")
	return c
}

func (s *sapa) eraseMember(ctx context.Context, who whom, by store.Erasing, yes bool) error {
	if err := checkName(by.Who); err != nil {
		return err
	}
	return s.visit(ctx, func(o *office) error {
		if _, err := o.named(ctx, by.Who); err != nil {
			return err
		}
		by.At, by.DryRun = time.Now(), true
		doomed, err := who.erase(ctx, o.db, by)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(s.stdout, willGo(doomed)); err != nil {
			return err
		}
		if !yes {
			if err := s.confirmErasure(); err != nil {
				return err
			}
		}
		by.At, by.DryRun = time.Now(), false
		done, err := who.erase(ctx, o.db, by)
		if errors.Is(err, store.ErrBusy) && done != (store.Erased{}) {
			_, werr := fmt.Fprintln(s.stdout, "Erased. The database is being read: traces in its log are gone after the next daily clearing.")
			return werr
		}
		if err == nil {
			_, err = fmt.Fprintln(s.stdout, "Erased.")
		}
		return err
	})
}

// willGo tells what an erasure takes, and what it leaves.
func willGo(n store.Erased) string {
	var b strings.Builder
	goes := func(n int, one, many string) {
		switch n {
		case 0:
		case 1:
			fmt.Fprintf(&b, "goes   1 %s\n", one)
		default:
			fmt.Fprintf(&b, "goes   %d %s\n", n, many)
		}
	}
	if n.Contact {
		b.WriteString("goes   the contact: who they are, how they are reached, where they stand in a conversation\n")
	}
	goes(n.Register, "row of the register", "rows of the register")
	goes(n.Tickets, "ticket's answers and words", "tickets' answers and words")
	goes(n.Open, "ticket of these is open: it is cancelled", "tickets of these are open: they are cancelled")
	goes(n.Documents, "document", "documents")
	goes(n.Messages, "message's words", "messages' words")
	goes(n.Drafts, "unfinished form", "unfinished forms")
	if n.Tickets > 0 {
		b.WriteString("stays  the tickets' numbers, services, stages and times, without a name\n")
	}
	if n.Contact {
		b.WriteString("stays  which consent was given, and when, without a name\n")
	}
	if n.Register > 0 {
		b.WriteString("stays  the register's source: take the row out there, or the next import brings it back\n")
	}
	return b.String()
}

// confirmErasure asks whoever sits there for a word: an erasure cannot be undone.
func (s *sapa) confirmErasure() error {
	if !s.typedAt() {
		return misused("nothing was erased: it cannot be undone, so where nobody can be asked this needs --yes")
	}
	if _, err := fmt.Fprint(s.stdout, "This cannot be undone. Type hapus (or erase) to go on: "); err != nil {
		return err
	}
	return agreed(s.stdin)
}

func agreed(from io.Reader) error {
	typed, err := bufio.NewReader(from).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(typed)) {
	case "hapus", "erase":
		return nil
	}
	return errors.New("nothing was erased")
}
