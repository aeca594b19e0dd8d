package store

import (
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"time"

	"sapa/dialog"
)

// holdings counts what is kept of a contact.
type holdings struct{ tickets, open, documents, messages, drafts, consents, visits int }

const countHoldings = `SELECT
	(SELECT count(*) FROM tickets WHERE contact = ?1),
	(SELECT count(*) FROM tickets WHERE contact = ?1 AND ended_ms IS NULL),
	(SELECT count(*) FROM documents WHERE contact = ?1 AND state = 'ready'),
	(SELECT count(*) FROM inbox WHERE contact = ?1 AND kind = 'message' AND length(sealed_input) > 0) +
	(SELECT count(*) FROM outbox WHERE contact = ?1 AND length(sealed_body) > 0),
	(SELECT count(*) FROM consents WHERE contact = ?1),
	(SELECT count(*) FROM visits WHERE contact = ?1)`

// holdings counts what is kept of the contact of this visit, messages to and from them.
func (v *visit) holdings() (h holdings, err error) {
	err = v.get(countHoldings, []any{v.who}, &h.tickets, &h.open, &h.documents, &h.messages, &h.consents, &h.visits)
	if err != nil {
		return h, err
	}
	drafts, err := v.unfinished()
	h.drafts = len(drafts)
	return h, err
}

// unfinished gives the forms the contact has begun and not sent, on all lines.
func (v *visit) unfinished() ([]dialog.Draft, error) {
	sessions, err := v.db.ring.sessions(v.query, v.key)
	if err != nil {
		return nil, err
	}
	sessions[v.line] = v.session // as it stands in this turn
	return v.db.unfinished(sessions), nil
}

// sessions gives where a contact stands, by line.
func (r *ring) sessions(query queryFunc, key *contactKey) (map[string]dialog.Session, error) {
	all := map[string]dialog.Session{}
	_, err := collect(query, "SELECT line, sealed_session FROM sessions WHERE contact = ?", []any{key.contact},
		func(rows *sql.Rows) (struct{}, error) {
			var line string
			var sealed []byte
			if err := rows.Scan(&line, &sealed); err != nil {
				return struct{}{}, err
			}
			plain, err := key.open(sessionPlace(key.contact, line), sealed)
			if err != nil {
				return struct{}{}, err
			}
			all[line], err = decodeSession(plain)
			return struct{}{}, err
		})
	return all, err
}

// unfinished gives the forms in sessions that were begun and not sent: set aside, or being filled.
func (d *DB) unfinished(sessions map[string]dialog.Session) (all []dialog.Draft) {
	for _, line := range slices.Sorted(maps.Keys(sessions)) {
		s := sessions[line]
		all = append(all, s.Drafts...)
		if s.Aside != nil {
			all = append(all, *s.Aside)
		}
		if !s.Sent {
			all = append(all, dialog.Draft{Flow: s.Flow, Answers: s.Answers})
		}
	}
	return slices.DeleteFunc(all, func(draft dialog.Draft) bool { return len(draft.Answers) == 0 || !d.isForm(draft.Flow) })
}

// isForm reports whether a flow is a service's form.
func (d *DB) isForm(flow string) bool {
	if d.opts.Pipeline == nil {
		return false
	}
	_, ok := d.opts.Pipeline(flow)
	return ok
}

// answerHoldings tells the contact how much is kept of them.
func (v *visit) answerHoldings() (*dialog.Result, error) {
	h, err := v.holdings()
	if err != nil {
		return nil, err
	}
	var since int64
	if err := v.get("SELECT created_ms FROM contacts WHERE id = ?", []any{v.who}, &since); err != nil {
		return nil, err
	}
	return &dialog.Result{Facts: dialog.Record{
		"since": fromMillis(since).In(location(officeZone)).Format(time.DateOnly), "tickets": strconv.Itoa(h.tickets), "open": strconv.Itoa(h.open),
		"documents": strconv.Itoa(h.documents), "messages": strconv.Itoa(h.messages), "drafts": strconv.Itoa(h.drafts),
		"consents": strconv.Itoa(h.consents),
	}}, nil
}
