package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"sapa/store"
)

func (s *sapa) databaseCommand() *cobra.Command {
	return group("db", "Check, back up, restore and rekey the database", "  sapa db backup sapa-2026-11-23.db",
		&cobra.Command{
			Use:     "check",
			Short:   "Check the database: SQLite's own checks, and the rules of the house",
			Example: "  sapa db check",
			Args:    cobra.NoArgs,
			RunE:    func(cmd *cobra.Command, _ []string) error { return s.checkDatabase(cmd.Context()) },
		},
		&cobra.Command{
			Use:   "backup FILE",
			Short: "Copy the database to a new file, also while the service runs",
			Long: "Copy the database as it stands to a new file, while the service goes on, and check the copy.\n" +
				"The keys are not in it: without them the copy cannot be read. Keep them elsewhere.",
			Example: "  sapa db backup /backup/sapa-2026-11-23.db",
			Args:    cobra.ExactArgs(1),
			RunE:    func(cmd *cobra.Command, args []string) error { return s.backup(cmd.Context(), args[0]) },
		},
		&cobra.Command{
			Use:   "restore FILE",
			Short: "Put a backup in the place of the database; the service must be stopped",
			Long: "Check a backup and put it in the place of the database, which is set aside. The service must be stopped,\n" +
				"and the keys must be those the backup was made with.",
			Example: "  sapa db restore /backup/sapa-2026-11-23.db",
			Args:    cobra.ExactArgs(1),
			RunE:    func(cmd *cobra.Command, args []string) error { return s.restore(cmd.Context(), args[0]) },
		},
		s.rekeyCommand())
}

func (s *sapa) rekeyCommand() *cobra.Command {
	var forget bool
	c := &cobra.Command{
		Use:   "rekey",
		Short: "Make a new master key, also while the service runs",
		Long: "Make a new master key and wrap every data key with it, while the service goes on. The older ones stay among\n" +
			"the keys, so that older backups can be restored; make a new backup, keep a copy of the keys elsewhere, then\n" +
			"take the older ones out with --forget-old: after that, backups made before this command, and copies of the keys\n" +
			"made before it, open nothing any more. Broken off, it is simply run again.",
		Example: "  sapa db rekey\n  sapa db rekey --forget-old",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if forget {
				return s.forgetOldKeys(cmd.Context())
			}
			return s.rekey(cmd.Context())
		},
	}
	c.Flags().BoolVar(&forget, "forget-old", false, "take the older master keys out, once nothing needs them")
	return c
}

func (s *sapa) rekey(ctx context.Context) error {
	return s.database(ctx, func(c *config, db *store.DB) error {
		progress, finish := s.progress("keys")
		n, err := db.Rekey(ctx, progress)
		finish()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.stdout, "%d data keys are wrapped by a new master key.\n"+
			"Keep a copy of %s elsewhere, and make a new backup.\n", n, absolute(c.keys))
		return err
	})
}

func (s *sapa) forgetOldKeys(ctx context.Context) error {
	return s.database(ctx, func(_ *config, db *store.DB) error {
		n, err := db.ForgetOldKeys(ctx)
		if err != nil {
			return err
		}
		words := "There was no older master key.\n"
		if n > 0 {
			words = fmt.Sprintf("%d older master keys are gone. Backups made before the last sapa db rekey open nothing any more.\n", n)
		}
		_, err = fmt.Fprint(s.stdout, words)
		return err
	})
}

// database opens the database alone: these commands work without sound flows.
func (s *sapa) database(ctx context.Context, do func(*config, *store.DB) error) (err error) {
	c, err := s.loadConfig()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, s.dataDir, store.Options{Keys: c.keys, Existing: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(c, db)
}

func (s *sapa) checkDatabase(ctx context.Context) error {
	return s.database(ctx, func(_ *config, db *store.DB) error {
		findings, err := db.Check(ctx)
		if err != nil {
			return err
		}
		if len(findings) == 0 {
			_, err := fmt.Fprintln(s.stdout, "the database is sound")
			return err
		}
		for _, f := range findings {
			if _, err := fmt.Fprintf(s.stdout, "%s: broken %d times, first: %s\n", f.Check, f.Count, f.What); err != nil {
				return err
			}
		}
		return errors.New("the database is not sound: keep it as it is, and restore the last backup with sapa db restore")
	})
}

func (s *sapa) backup(ctx context.Context, file string) error {
	return s.database(ctx, func(c *config, db *store.DB) error {
		progress, finish := s.progress("backup")
		if err := db.Backup(ctx, file, progress); err != nil {
			return err
		}
		finish()
		_, err := fmt.Fprintf(s.stdout, "%s is complete and checked.\nThe keys are not in it. Without them it cannot be read: keep a copy of %s elsewhere.\n",
			file, absolute(c.keys))
		return err
	})
}

// progress draws a bar on stderr where that is a terminal.
func (s *sapa) progress(title string) (report func(done, total int), finish func()) {
	if !isTerminal(s.stderr) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(1, progressbar.OptionSetDescription(title), progressbar.OptionSetWriter(s.stderr),
		progressbar.OptionClearOnFinish())
	report = func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done) // only a picture
	}
	return report, func() { _ = bar.Finish() }
}

func (s *sapa) restore(ctx context.Context, file string) error {
	c, err := s.loadConfig()
	if err != nil {
		return err
	}
	aside, err := store.Restore(ctx, s.dataDir, file, store.Options{Keys: c.keys})
	if err != nil {
		return err
	}
	words := "The backup is in its place.\n"
	if aside != "" {
		words += fmt.Sprintf("The database that was there is now %s.\n", absolute(aside))
	}
	_, err = fmt.Fprint(s.stdout, words)
	return err
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
