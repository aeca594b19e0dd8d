package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
)

func (s *sapa) memberCommand() *cobra.Command {
	return group("member", "Manage the register of members, and what is kept of anybody", "  sapa member import members.csv",
		s.memberImportCommand(),
		&cobra.Command{
			Use:     "sample FILE",
			Short:   "Write the made-up members of a trial to a new CSV file",
			Example: "  sapa member sample members.csv",
			Args:    cobra.ExactArgs(1),
			RunE:    func(_ *cobra.Command, args []string) error { return s.sampleMembers(args[0]) },
		},
		s.memberShowCommand(), s.memberExportCommand(), s.memberEraseCommand(), s.memberAuditCommand())
}

func (s *sapa) memberImportCommand() *cobra.Command {
	var strict bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the members of a CSV file to the register, or update them",
		Long: "Add the members of a CSV file to the register, or update those whose card it knows, beside a running\n" +
			"service or without one, also before the first start. The columns, of which the first five must be there, in any order:\n" +
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
	return s.found(ctx, func(o *office) error {
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
