package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"sapa/bot/whatsapp"
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
	var resend string
	c := &cobra.Command{
		Use:   "lines",
		Short: "Show the lines and their state",
		Long: "Show the lines, what each still has to send, and its last error. --check prints nothing new: it succeeds\n" +
			"when a service is running on the data directory and its database answers, for health checks.",
		Example: "  sapa lines\n  sapa lines --resend chika\n  sapa lines --check",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check {
				return s.checkHealth(cmd.Context())
			}
			if resend != "" {
				return s.resend(cmd.Context(), resend)
			}
			return s.lines(cmd.Context(), asJSON)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "succeed when the service is healthy")
	c.Flags().StringVar(&resend, "resend", "", "try the dead letters of this `line` again")
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (s *sapa) lines(ctx context.Context, asJSON bool) error {
	c, err := s.loadConfig()
	if err != nil {
		return err
	}
	links, queues, err := s.queues(ctx, c)
	if err != nil {
		return err
	}
	serving, err := lockHeld(s.dataDir)
	if err != nil {
		return err
	}
	states := make([]lineState, 0, len(c.lines))
	for _, l := range c.lines {
		state := lineStateOf(l.id, links, serving)
		for _, q := range queues {
			if q.Line != l.id {
				continue
			}
			state.Queue += q.Queued
			state.Dead += q.Dead
			if q.LastError != "" {
				state.LastError = q.LastError
			}
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

// lineStateOf is a line's link as the service last recorded it. Where none is running, nothing is online.
func lineStateOf(id string, links []store.Line, serving bool) lineState {
	state := lineState{Line: id, State: unlinked}
	for _, l := range links {
		if l.Line != id || l.JID == "" {
			continue
		}
		state.Phone, state.State, state.Since, state.LastError = l.Phone, l.State, moment{l.Since}, l.Reason
		if !serving && l.State != string(whatsapp.LoggedOut) {
			state.State = "stopped"
		}
	}
	return state
}

// queues gives how the lines are linked and what is undelivered; nothing where there is no database yet.
func (s *sapa) queues(ctx context.Context, c *config) (links []store.Line, queues []store.Queue, err error) {
	db, err := store.Open(ctx, s.dataDir, store.Options{Keys: c.keys, Existing: true})
	if errors.Is(err, store.ErrNone) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if links, err = db.Lines(ctx); err != nil {
		return nil, nil, err
	}
	queues, err = db.Queues(ctx)
	return links, queues, err
}

// resend puts the dead letters of a line back into the queue.
func (s *sapa) resend(ctx context.Context, line string) error {
	return s.visit(ctx, func(o *office) error {
		if !slices.Contains(o.lineIDs(), line) {
			return misused("there is no line %q; there are: %s", line, strings.Join(o.lineIDs(), ", "))
		}
		n, err := o.db.Resend(ctx, line)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.stdout, "%d replies are sent again\n", n)
		return err
	})
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
	if _, _, err := s.queues(ctx, c); err != nil {
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
