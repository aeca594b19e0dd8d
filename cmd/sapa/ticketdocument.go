package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sapa/dialog/desk"
	"sapa/store"
)

// documentLine is a file of a ticket.
type documentLine struct {
	Field  string `json:"field"`
	Name   string `json:"name"`
	MIME   string `json:"mime"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Status string `json:"status"`

	id     string
	answer string // what became of it: asked for again, sent again, replaced; "" it stands
}

// judge says of each document what became of it: one can be asked for again while the rest stands.
func (s *ticketSheet) judge(answers []store.Answer) {
	words := map[string]string{"asked": "asked for again", "renewed": "sent again"}
	for i := range s.Documents {
		d := &s.Documents[i]
		for _, a := range answers {
			switch {
			case a.Field == d.Field && a.Value == d.id:
				d.answer = words[a.Status]
			case a.Field == d.Field:
				d.answer = "replaced"
			}
		}
	}
}

// extensions are what a saved document's file is called by its kind.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf",
}

// saveDocuments writes a ticket's documents into a directory. The names are ours: what a sender calls a file may be a
// path. A file that is there already is not replaced.
func (o *officer) saveDocuments(ctx context.Context, office *office, t desk.Ticket, dir, reason string, now time.Time) error {
	documents, err := office.db.Documents(ctx, t.Ref)
	if err != nil {
		return err
	}
	if err := office.db.RecordSeen(ctx, t.Ref, o.name, store.DocumentsSaved, reason, now); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the documents cannot be saved: %w", err)
	}
	for i, d := range documents {
		if d.Status != "ready" {
			continue
		}
		body, err := office.db.DocumentBody(ctx, t.Ref, d.ID)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s-%d-%s%s", t.Ref, i+1, d.Field, extensions[d.MIME])
		if err := writeFile(filepath.Join(dir, name), body); err != nil {
			return fmt.Errorf("the document cannot be saved: %w", err)
		}
		if _, err := fmt.Fprintf(o.stderr, "saved %s\n", name); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a new file that its owner alone reads.
func writeFile(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // where the officer said
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close())
}
