package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
)

func (s *sapa) memberCommand() *cobra.Command {
	return group("member", "Manage the register of members", "  sapa member import members.csv",
		s.memberImportCommand(),
		&cobra.Command{
			Use:     "sample FILE",
			Short:   "Write the made-up members of a trial to a new CSV file",
			Example: "  sapa member sample members.csv",
			Args:    cobra.ExactArgs(1),
			RunE:    func(_ *cobra.Command, args []string) error { return s.sampleMembers(args[0]) },
		},
		s.memberShowCommand())
}

func (s *sapa) memberImportCommand() *cobra.Command {
	var strict bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the members of a CSV file to the register, or update them",
		Long: "Add the members of a CSV file to the register, or update those whose card it knows, beside a running\n" +
			"service or without one. The columns, of which the first five must be there, in any order:\n" +
			"card,name,birth_date,segment,status,nik,kk,sex,class,status_reason,status_since,paid_until,regency,faskes,\n" +
			"phone,employer,family_head_card.\n" +
			"A bad row is reported with its line and column and left out; with --strict nothing is imported then.\n" +
			"An import that was broken off is done again: members who are in the register already stay as they are.",
		Example: "  sapa member import members.csv --strict",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return s.importMembers(cmd.Context(), args[0], strict) },
	}
	c.Flags().BoolVar(&strict, "strict", false, "import all rows or none")
	return c
}

var errNoMembers = errors.New("no members were imported; the register stays as it is")

func (s *sapa) importMembers(ctx context.Context, file string, strict bool) error {
	rows := table[jkn.Member]{file: file, read: jkn.ReadMembers, tell: s.stderr}
	if strict {
		if good, err := rows.check(); err != nil || good == 0 || rows.bad > 0 {
			return errors.Join(err, errNoMembers)
		}
	}
	total, err := countLines(file)
	if err != nil {
		return fmt.Errorf("the members cannot be read: %w", err)
	}
	return s.visit(ctx, func(o *office) error {
		progress, finish := s.progress("members")
		report := func(done int) {
			if progress != nil {
				progress(min(done, total), total)
			}
		}
		done, err := o.db.ImportMembers(ctx, rows.rows(), false, report)
		finish()
		if err := errors.Join(err, rows.fail, rows.summary()); err != nil {
			return err
		}
		if done.Total() == 0 {
			return errNoMembers
		}
		_, err = fmt.Fprintf(s.stdout, "%d members added, %d updated, %d unchanged, %d rows left out\n",
			done.Added, done.Updated, done.Unchanged, rows.bad)
		return err
	})
}

// countLines gives about how many rows a table has: enough to draw a bar by.
func countLines(file string) (n int, err error) {
	f, err := os.Open(file) //nolint:gosec // the operator's own file
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buf := make([]byte, 1<<20)
	for {
		size, err := f.Read(buf)
		n += strings.Count(string(buf[:size]), "\n")
		if errors.Is(err, io.EOF) {
			return max(n-1, 1), nil // without the header
		}
		if err != nil {
			return 0, err
		}
	}
}

func (s *sapa) sampleMembers(file string) (err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return fmt.Errorf("the sample cannot be written: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	members := jkn.SampleMembers()
	if err := jkn.WriteMembers(f, slices.Values(members)); err != nil {
		return fmt.Errorf("the sample cannot be written: %w", err)
	}
	_, err = fmt.Fprintf(s.stdout, "%s has %d made-up members\n", file, len(members))
	return err
}

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
		sheet := newMemberSheet(m, sample)
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
