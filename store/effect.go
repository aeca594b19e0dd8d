package store

import (
	"errors"
	"fmt"
	"slices"

	"sapa/dialog"
)

// terminal is the transport that prints every reply: nothing is superseded there, so that equal inputs give equal
// output however fast it is read.
const terminal = "terminal"

// perform carries out what a turn asked for.
func (v *visit) perform(effects []dialog.Effect, in dialog.Input) error {
	if asks(effects) {
		if err := v.supersede(); err != nil {
			return err
		}
	}
	for _, e := range effects {
		if err := v.effect(e, in); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) effect(e dialog.Effect, in dialog.Input) error {
	switch e := e.(type) {
	case dialog.Reply:
		return v.reply(e, in)
	case dialog.FetchDocument:
		return v.fetch(e, in)
	case dialog.SetTimer:
		return v.run(`INSERT INTO timers (contact, line, name, at_ms) VALUES (?, ?, ?, ?)
			ON CONFLICT (contact, line, name) DO UPDATE SET at_ms = excluded.at_ms`,
			v.who, v.line, e.Name, e.At.UnixMilli())
	case dialog.ClearTimer:
		return v.run("DELETE FROM timers WHERE contact = ? AND line = ? AND name = ?", v.who, v.line, e.Name)
	case dialog.RecordConsent:
		return v.run("INSERT INTO consents (contact, line, version, lang, text, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
			v.who, v.line, e.Version, e.Lang, e.Text, e.At.UnixMilli())
	case dialog.Asked:
		return v.countQuestion(e, in.At)
	case dialog.StartAnew: // done before the session was written
		return nil
	}
	return fmt.Errorf("unknown effect %T", e)
}

// beginsAnew reports whether the number is given to a new contact.
func beginsAnew(effects []dialog.Effect) bool {
	return slices.ContainsFunc(effects, func(e dialog.Effect) bool { _, ok := e.(dialog.StartAnew); return ok })
}

// asks reports whether the effects bring the contact's next question, now or with a document's result.
func asks(effects []dialog.Effect) bool {
	for _, e := range effects {
		switch e := e.(type) {
		case dialog.FetchDocument:
			return true
		case dialog.Reply:
			if e.Weight == dialog.Prompt {
				return true
			}
		}
	}
	return false
}

const supersedePrompts = `UPDATE outbox SET state = 'superseded'
WHERE contact = ? AND line = ? AND state = 'queued' AND weight = 'prompt' AND transport <> 'terminal' RETURNING seq`

// supersede drops the questions that were not sent yet; they are asked anew, or answered already.
func (v *visit) supersede() (err error) {
	if v.transport == terminal {
		return nil
	}
	rows, err := v.query(supersedePrompts, v.who, v.line)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return err
		}
		v.rec.Superseded = append(v.rec.Superseded, seq)
	}
	v.forgetSuperseded()
	return rows.Err()
}

// forgetSuperseded takes out of the receipt the replies of earlier messages that this visit superseded itself.
func (v *visit) forgetSuperseded() {
	kept := make([]dialog.Outbound, 0, len(v.rec.Outbound))
	for _, o := range v.rec.Outbound {
		superseded := false
		for _, seq := range v.rec.Superseded {
			superseded = superseded || seq == o.Seq
		}
		if !superseded {
			kept = append(kept, o)
		}
	}
	v.rec.Outbound = kept
}

func (v *visit) reply(r dialog.Reply, in dialog.Input) error {
	return v.post(dialog.Outbound{Text: r.Text, Weight: r.Weight, File: r.File}, in)
}

// post puts words or a file for the contact into the outbox with the ID it has for ever.
func (v *visit) post(o dialog.Outbound, in dialog.Input) error {
	o.ID, o.Transport, o.Line, o.Contact = v.db.opts.NewID(v.line), v.transport, v.line, v.who
	o.To, o.Cause, o.At = v.address, causeOf(in), in.At
	sealed, err := v.key.seal(outboxPlace(o.ID), outboxBody(o))
	if err != nil {
		return err
	}
	var file []byte
	if o.File != nil {
		if file, err = v.key.seal(outboxFilePlace(o.ID), outboxFile(*o.File)); err != nil {
			return err
		}
	}
	res, err := v.exec(`INSERT INTO outbox (id, transport, line, contact, weight, state, cause, at_ms, sealed_body, sealed_file)
		VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)`,
		o.ID, o.Transport, o.Line, o.Contact, string(o.Weight), o.Cause, o.At.UnixMilli(), sealed, file)
	if err != nil {
		return err
	}
	if o.Seq, err = res.LastInsertId(); err != nil {
		return err
	}
	v.rec.Outbound = append(v.rec.Outbound, o)
	return nil
}

// causeOf is the message an input's replies answer; "" where no message caused it.
func causeOf(in dialog.Input) string {
	switch {
	case in.Cause != "":
		return in.Cause
	case in.Document != nil:
		return in.Document.ID
	case in.Kind == dialog.Message:
		return in.ID
	}
	return ""
}
