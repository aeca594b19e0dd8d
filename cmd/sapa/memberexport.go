package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog"
	"sapa/store"
)

// wanted is what an export is to be of, for whom and where.
type wanted struct {
	who                  whom
	to, lang, as, reason string
}

func (s *sapa) memberExportCommand() *cobra.Command {
	var w wanted
	c := &cobra.Command{
		Use:   "export WHO",
		Short: "Write all that is kept of a member or a contact into a ZIP file or a directory",
		Long: "Write all that is kept of somebody into a new ZIP file or directory, readable by you alone: a text for people,\n" +
			"the same as JSON, and the documents. It is recorded with your name.\n" + whoUsage + "\n" +
			"By card or NIK: the register and the tickets about this member. By telephone number: all that whoever wrote from\n" +
			"it left, others' data they sent included. Make sure that it goes to whom it belongs.",
		Example: `  sapa member export 0812-0000-0001 --to data.zip --reason "permintaan tertulis 23-11" --as rina`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if w.who, err = parseWhom(args[0]); err != nil {
				return err
			}
			if w.reason = strings.TrimSpace(w.reason); w.reason == "" || w.to == "" {
				return misused("this needs --to FILE.zip (or a directory) and --reason TEXT: why it is taken; it is recorded")
			}
			return s.exportMember(cmd.Context(), w)
		},
	}
	flags := c.Flags()
	flags.StringVar(&w.to, "to", "", "the new `FILE.zip`, or a new directory")
	flags.StringVar(&w.lang, "lang", lang, "`language` of the text: id or en")
	flags.StringVar(&w.reason, "reason", "", "why it is taken: the `reason` is recorded")
	flags.StringVar(&w.as, "as", operator, "`officer` who takes it, for the record")
	return c
}

func (s *sapa) exportMember(ctx context.Context, w wanted) error {
	if err := checkName(w.as); err != nil {
		return err
	}
	if _, err := os.Lstat(w.to); err == nil {
		return fmt.Errorf("--to: %w", store.ErrExists)
	}
	return s.visit(ctx, func(o *office) error {
		if _, err := o.named(ctx, w.as); err != nil {
			return err
		}
		now := time.Now()
		e, err := o.db.Export(ctx, store.Whom{Address: w.who.address, Number: w.who.number}, w.lang, now)
		if err != nil {
			return err
		}
		if err := o.recordExport(ctx, w, e, now); err != nil {
			return err
		}
		if err := writeExport(w.to, e, now); err != nil {
			return fmt.Errorf("the export cannot be written: %w", err)
		}
		_, err = fmt.Fprintf(s.stdout, "%s holds all that is kept: a text, the same as JSON, %d documents. Hand it over, then delete it.\n",
			w.to, len(e.Documents))
		return err
	})
}

// recordExport keeps who took the data, with all that was taken, before it is.
func (o *office) recordExport(ctx context.Context, w wanted, e store.Export, now time.Time) error {
	if w.who.number != "" {
		_, _, err := o.db.RecordLook(ctx, w.who.number, w.as, w.reason, now)
		if err != nil && !errors.Is(err, store.ErrNoMember) { // known by tickets alone
			return err
		}
	}
	for _, ref := range e.Tickets {
		for _, what := range []string{store.TicketSeen, store.DocumentsSaved} {
			err := o.db.RecordSeen(ctx, ref, w.as, what, w.reason, now)
			if err != nil && !errors.Is(err, store.ErrErased) { // there was nothing to take
				return err
			}
		}
	}
	return nil
}

// documentsDir is where an export has the files that were sent.
const documentsDir = "dokumen"

// writeExport writes an export into a new ZIP file, or a new directory where the name is none of a ZIP file.
func writeExport(to string, e store.Export, at time.Time) error {
	files := append([]dialog.File{{Name: "data.txt", Body: []byte(e.Text)}, {Name: "data.json", Body: e.JSON}}, e.Documents...)
	for i := range e.Documents {
		files[2+i].Name = documentsDir + "/" + e.Documents[i].Name
	}
	if strings.EqualFold(filepath.Ext(to), ".zip") {
		body, err := zipped(files, at)
		if err != nil {
			return err
		}
		return writeFile(to, body)
	}
	for _, f := range files {
		path := filepath.Join(to, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := writeFile(path, f.Body); err != nil {
			return err
		}
	}
	return nil
}

func zipped(files []dialog.File, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = w.Write(f.Body)
		}
		if err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
