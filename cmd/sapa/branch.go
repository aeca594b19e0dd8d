package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
)

func (s *sapa) branchCommand() *cobra.Command {
	var strict bool
	load := &cobra.Command{
		Use:   "import FILE",
		Short: "Replace the branches by those of a CSV file",
		Long: "Replace the branches by those of a CSV file with the columns\n" +
			"code,name,kind,regencies,line,phone,address,open,close.\n" +
			"A bad row is reported with its line and column and left out; with --strict nothing is imported then.",
		Example: "  sapa branch import branches.csv --strict",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return s.importBranches(cmd.Context(), args[0], strict) },
	}
	load.Flags().BoolVar(&strict, "strict", false, "import all rows or none")
	return group("branch", "Manage the branches", "  sapa branch import branches.csv", load)
}

func (s *sapa) importBranches(ctx context.Context, file string, strict bool) error {
	source, err := os.ReadFile(file) //nolint:gosec // the operator's own file
	if err != nil {
		return fmt.Errorf("the branches cannot be read: %w", err)
	}
	branches, bad := jkn.ParseBranches(bytes.NewReader(source))
	return s.found(ctx, func(o *office) error {
		rows := unjoined(bad)
		branches = slices.DeleteFunc(branches, func(b jkn.Branch) bool {
			unknown := b.Line != "" && !slices.Contains(o.lineIDs(), b.Line)
			if unknown {
				rows = append(rows, fmt.Errorf("branch %s: there is no line %q; there are %s", b.Code, b.Line, joined(o.lineIDs())))
			}
			return unknown
		})
		for _, row := range rows {
			if _, err := fmt.Fprintf(s.stderr, "%s: %v\n", file, row); err != nil {
				return err
			}
		}
		if len(branches) == 0 || strict && len(rows) > 0 {
			return errors.New("no branches were imported; the old ones stay")
		}
		if err := o.db.ImportBranches(ctx, branches, false); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.stdout, "%d branches imported, %d rows left out\n", len(branches), len(rows))
		return err
	})
}
