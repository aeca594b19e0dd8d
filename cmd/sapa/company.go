package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"sapa/dialog/jkn"
)

func (s *sapa) companyCommand() *cobra.Command {
	var strict bool
	load := &cobra.Command{
		Use:   "import FILE",
		Short: "Replace the companies by those of a CSV file",
		Long: "Replace the companies by those of a CSV file with the columns code,name,regency.\n" +
			"A bad row is reported with its line and column and left out; with --strict nothing is imported then.",
		Example: "  sapa company import companies.csv --strict",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.importCompanies(cmd.Context(), args[0], strict)
		},
	}
	load.Flags().BoolVar(&strict, "strict", false, "import all rows or none")
	return group("company", "Manage the companies that register their employees", "  sapa company import companies.csv", load)
}

func (s *sapa) importCompanies(ctx context.Context, file string, strict bool) error {
	source, err := os.ReadFile(file) //nolint:gosec // the operator's own file
	if err != nil {
		return fmt.Errorf("the companies cannot be read: %w", err)
	}
	companies, bad := jkn.ParseCompanies(bytes.NewReader(source))
	rows := unjoined(bad)
	for _, row := range rows {
		if _, err := fmt.Fprintf(s.stderr, "%s: %v\n", file, row); err != nil {
			return err
		}
	}
	if len(companies) == 0 || strict && len(rows) > 0 {
		return errors.New("no companies were imported; the old ones stay")
	}
	return s.found(ctx, func(o *office) error {
		if err := o.db.ImportCompanies(ctx, companies, false); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.stdout, "%d companies imported, %d rows left out\n", len(companies), len(rows))
		return err
	})
}
