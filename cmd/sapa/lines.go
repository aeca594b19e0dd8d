package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"sapa/store"
)

// unlinked is the state of a line without a WhatsApp number.
const unlinked = "unlinked"

// lineState is a line and what it has not delivered.
type lineState struct {
	Line      string `json:"line"`
	Phone     string `json:"phone"`
	State     string `json:"state"`
	Since     moment `json:"since"`
	Queue     int    `json:"queue"`
	Dead      int    `json:"dead"`
	LastError string `json:"last_error"`
}

func (s *sapa) linesCommand() *cobra.Command {
	var check, asJSON bool
	c := &cobra.Command{
		Use:   "lines",
		Short: "Show the lines and their state",
		Long: "Show the lines, what each still has to send, and its last error. --check prints nothing new: it succeeds\n" +
			"when a service is running on the data directory and its database answers, for health checks.",
		Example: "  sapa lines\n  sapa lines --check",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check {
				return s.checkHealth(cmd.Context())
			}
			return s.lines(cmd.Context(), asJSON)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "succeed when the service is healthy")
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (s *sapa) lines(ctx context.Context, asJSON bool) error {
	c, err := s.loadConfig()
	if err != nil {
		return err
	}
	queues, err := s.queues(ctx, c)
	if err != nil {
		return err
	}
	states := make([]lineState, 0, len(c.lines))
	for _, l := range c.lines {
		state := lineState{Line: l.id, State: unlinked}
		for _, q := range queues {
			if q.Line != l.id {
				continue
			}
			state.Queue += q.Queued
			state.Dead += q.Dead
			state.LastError = q.LastError
		}
		states = append(states, state)
	}
	if asJSON {
		return printJSON(s.stdout, states)
	}
	rows := [][]string{{"LINE", "PHONE", "STATE", "SINCE", "QUEUE", "DEAD", "LAST ERROR"}}
	for _, l := range states {
		rows = append(rows, []string{
			l.Line, l.Phone, l.State, l.Since.String(), fmt.Sprint(l.Queue), fmt.Sprint(l.Dead), l.LastError,
		})
	}
	return printTable(s.stdout, rows)
}

// queues gives what is undelivered; nothing where there is no database yet.
func (s *sapa) queues(ctx context.Context, c *config) (queues []store.Queue, err error) {
	db, err := store.Open(ctx, s.dataDir, store.Options{Keys: c.keys, Existing: true})
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Queues(ctx)
}

// checkHealth succeeds when a service runs on the data directory and its database answers.
func (s *sapa) checkHealth(ctx context.Context) error {
	c, err := s.loadConfig()
	if err != nil {
		return err
	}
	running, err := lockHeld(s.dataDir)
	if err != nil {
		return err
	}
	if !running {
		return errors.New("no service is running on this data directory: start sapa serve")
	}
	if _, err := s.queues(ctx, c); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.stdout, "healthy")
	return err
}

// lockHeld reports whether some process holds the data directory's lock. It asks for a share of it for an instant;
// whoever starts in that very instant tries twice (office.open).
func lockHeld(dataDir string) (bool, error) {
	path := filepath.Join(dataDir, "lock")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	lock := flock.New(path)
	free, err := lock.TryRLock()
	if err != nil {
		return false, fmt.Errorf("the lock cannot be looked at: %w", err)
	}
	return !free, lock.Close()
}
