package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// Telephone numbers change hands. A number that nobody wrote from for long, or whose identity on WhatsApp is another,
// is in doubt: nothing of the contact's is shown until whoever writes knows a birth date of the contact's tickets or, where
// there is none to ask for, the number of one whose end the contact waits for. Where there is no such ticket either, they
// are taken for somebody new.

// Doubt notes why somebody else may have an address now, [dialog.DoubtIdentity] say. It holds for all of the contact's
// addresses until it is settled. An address that nobody wrote from changes nothing.
func (d *DB) Doubt(ctx context.Context, address, why string) error {
	// A telephone number is known as the transport writes it, or in its international form.
	for _, form := range []string{address, "+" + address} {
		hash, err := d.ring.hash("address", form)
		if err != nil {
			return err
		}
		if err := d.do(ctx, func(t *tx) error { return t.doubtNumber(hash, why) }); err != nil {
			return err
		}
	}
	return nil
}

// doubtNumber doubts all addresses of the contact that one of them is of. What was written to them while they were in
// doubt already, the question who they are, stays theirs to read: the same change may be noticed more than once.
func (t *tx) doubtNumber(hash []byte, why string) error {
	return t.run(`UPDATE addresses SET doubt = ?, doubt_seq = (SELECT coalesce(max(seq), 0) FROM outbox)
		WHERE contact = (SELECT contact FROM addresses WHERE hash = ?) AND doubt = ''`, why, hash)
}

// suspicion is why an address may be somebody else's: it was doubted, or seen for the last time on a day long ago.
func (d *DB) suspicion(doubt string, seen int64, now time.Time) string {
	unseen := d.opts.Unseen
	if doubt == "" && unseen > 0 && seen > 0 && seen < dayOf(now.Add(-unseen)) {
		return dialog.DoubtUnseen
	}
	return doubt
}

// weigh says whether somebody else may be writing: why is set where they can be asked, stranger where they cannot and
// there is something they must not see.
func (v *visit) weigh(in dialog.Input) (stranger bool, err error) {
	why := v.db.suspicion(v.doubt, v.seen, in.At)
	if why == "" {
		return false, nil
	}
	if err := v.lockOfficer(in); err != nil {
		return false, err
	}
	known, err := v.proofs()
	if err != nil {
		return false, err
	}
	if len(known) == 0 {
		has, err := v.holdings()
		if err != nil || has == (holdings{}) {
			return false, err
		}
		if stranger = in.Kind == dialog.Message; stranger {
			return true, nil
		}
	}
	v.why = why
	return false, nil
}

// lockOfficer disables the officer whose number is in doubt, before its message is read: a birth date is no proof for
// them, and other people's tickets are at stake. Whoever knows that it is they enables them again.
func (v *visit) lockOfficer(in dialog.Input) error {
	if in.Kind != dialog.Message {
		return nil
	}
	o, err := v.officerOf(v.who)
	if errors.Is(err, ErrNoOfficer) || err == nil && !o.Enabled {
		return nil
	}
	if err == nil {
		err = v.run("UPDATE officers SET enabled = 0 WHERE name = ?", o.Name)
	}
	if err != nil {
		return err
	}
	return v.recordOne(v.key, desk.Ticket{Officer: o.Name}, desk.Activity{At: in.At, Who: desk.NameSystem, What: OfficerLocked})
}

// OfficerLocked is the event that an officer was disabled because somebody else may have their number.
const OfficerLocked = "officer.locked"

// greet takes note of who writes: somebody new in the contact's place, or the contact, whose day is kept. It is written
// once a day.
func (v *visit) greet(in dialog.Input, stranger bool) error {
	switch {
	case stranger:
		return v.anew(in)
	case v.why != "" || in.Kind != dialog.Message || v.doubt == "" && v.seen >= dayOf(in.At):
		return nil
	}
	return v.trust(in.At)
}

// trust settles a doubt: it is the contact who writes.
func (v *visit) trust(at time.Time) error {
	v.seen, v.doubt, v.why = dayOf(at), "", ""
	return v.run("UPDATE addresses SET seen_day = ?, doubt = '' WHERE contact = ?", v.seen, v.who)
}

// proof is what tells that it is the contact who writes: the birth date that a ticket keeps, or the ticket's number.
type proof struct{ ref, word string }

// proofs gives what the contact can be asked for, of the newest ticket first: birth dates or, where there are none,
// numbers. A number alone is the weaker proof: their chat was told it, but others can be worked out ([desk.NewRef]).
func (v *visit) proofs() ([]proof, error) {
	dates, err := v.birthDates()
	if err != nil || len(dates) > 0 {
		return dates, err
	}
	return v.awaited()
}

// birthDates gives the birth dates that the contact's tickets keep. What does not open any more is not asked for.
func (v *visit) birthDates() ([]proof, error) {
	refs, err := collect(v.query, `SELECT ref FROM tickets WHERE contact = ? AND EXISTS (SELECT 1 FROM answers WHERE ticket = ref)
		ORDER BY opened_ms DESC, rowid DESC`, []any{v.who}, scanText)
	if err != nil {
		return nil, err
	}
	var all []proof
	for _, ref := range refs {
		f, err := v.db.ring.load(v.query, ref)
		if errors.Is(err, ErrSealed) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if date := f.Values[v.birthDateOf(f.Service)]; date != "" {
			all = append(all, proof{ref, date})
		}
	}
	return all, nil
}

// awaited gives the numbers of the tickets that were open on the day the contact wrote last. One that ended since was
// decided while they could not be told: without it they would never hear how.
func (v *visit) awaited() ([]proof, error) {
	all, err := collect(v.query, "SELECT ref, coalesce(ended_ms, 0) FROM tickets WHERE contact = ? ORDER BY opened_ms DESC, rowid DESC",
		[]any{v.who}, func(rows *sql.Rows) (p proof, err error) {
			var ended int64
			err = rows.Scan(&p.ref, &ended)
			if ended == 0 || dayOf(fromMillis(ended)) >= v.seen {
				p.word = p.ref
			}
			return p, err
		})
	return slices.DeleteFunc(all, func(p proof) bool { return p.word == "" }), err
}

// prove compares what was typed with what the contact can be asked for: a birth date or, where that is "", a ticket's
// number in whatever words. The right one settles a doubt; text without a number is no try.
func (v *visit) prove(birthDate, text string, now time.Time) (ok, blocked bool, err error) {
	known, err := v.proofs()
	if err != nil || len(known) == 0 {
		return false, false, err
	}
	var words []string
	for _, p := range known {
		words = append(words, p.word)
	}
	number, _ := desk.FindRef(text)
	ok, blocked, err = v.compare(words, known[0].ref, cmp.Or(birthDate, number), now)
	if err == nil && ok {
		err = v.trust(now)
	}
	return ok, blocked, err
}

func (v *visit) answerKnown() (*dialog.Result, error) {
	dates, err := v.birthDates()
	if err != nil {
		return nil, err
	}
	numbers, err := v.awaited()
	has := len(dates) > 0
	return &dialog.Result{Facts: dialog.Record{"has": truth(has), "ticket": truth(!has && len(numbers) > 0)}}, err
}

func (v *visit) answerProve(args dialog.Record, now time.Time) (*dialog.Result, error) {
	ok, blocked, err := v.prove(args["birth_date"], args["ref"], now)
	return &dialog.Result{Facts: dialog.Record{"ok": truth(ok), "blocked": truth(blocked)}}, err
}

// contactGone is the event that the contact of a ticket is not reached any more: somebody else has the number.
const contactGone = "contact.gone"

// anew gives the addresses of an input to a new contact, who is this visit's from here on. What else the old contact
// was reached at stays theirs, in doubt: the account of a number that was passed on may live on under another. The
// input is the new contact's, and the ones before it are recognised when they come again.
func (v *visit) anew(in dialog.Input) error {
	old := v.contact
	if err := v.create(in.At); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return v.leave(old) },
		func() error { return v.inherit(old, in) },
		func() error { return v.takeInbox(old, in) },
		func() error { return v.tellGone(old, in.At) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	v.row, v.session, v.broken, v.why = standing{}, dialog.Session{}, nil, ""
	v.rec.Contact = v.who
	return nil
}

// leave ends all that would still reach, or wait for, the old contact.
func (v *visit) leave(old contact) error {
	gone, err := collect(v.query, `UPDATE outbox SET state = 'superseded', sealed_body = x'', sealed_file = NULL
		WHERE contact = ? AND state IN ('queued', 'dead') RETURNING seq`, []any{old.who}, scanID)
	if err != nil {
		return err
	}
	v.rec.Superseded = append(v.rec.Superseded, gone...)
	v.forgetSuperseded()
	for _, statement := range []string{
		"DELETE FROM sessions WHERE contact = ?", "DELETE FROM timers WHERE contact = ?", "DELETE FROM proofs WHERE contact = ?",
		"UPDATE documents SET state = 'lost' WHERE contact = ? AND state = 'fetching'",
	} {
		if err := v.run(statement, old.who); err != nil {
			return err
		}
	}
	// Their documents came from somewhere: an address that is nobody's stands for it.
	nowhere, err := v.db.ring.hash("nowhere", number(old.who))
	if err != nil {
		return err
	}
	sealed, err := old.key.seal(addressPlace(nowhere), nil)
	if err != nil {
		return err
	}
	return errors.Join(
		v.run("INSERT INTO addresses (hash, contact, sealed_address) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", nowhere, old.who, sealed),
		v.run("UPDATE documents SET address = ? WHERE contact = ?", nowhere, old.who),
		v.run("UPDATE addresses SET doubt = ?, doubt_seq = (SELECT coalesce(max(seq), 0) FROM outbox) WHERE contact = ?",
			dialog.DoubtIdentity, old.who))
}

// inherit moves the addresses that an input came with.
func (v *visit) inherit(old contact, in dialog.Input) error {
	for _, address := range []string{in.From, in.Phone, strings.TrimPrefix(in.Phone, "+")} {
		hash, err := v.db.ring.hash("address", address)
		if err != nil {
			return err
		}
		sealed, err := v.key.seal(addressPlace(hash), []byte(address))
		if err != nil {
			return err
		}
		if err := v.run(`UPDATE addresses SET contact = ?, sealed_address = ?, seen_day = ?, doubt = '' WHERE hash = ? AND contact = ?`,
			v.who, sealed, v.seen, hash, old.who); err != nil {
			return err
		}
	}
	return nil
}

// takeInbox moves the input, and has the line's earlier ones known to the new contact by their IDs alone. Those that
// waited for a document of the old contact's are over.
func (v *visit) takeInbox(old contact, in dialog.Input) error {
	if err := v.run("DELETE FROM inbox WHERE contact = ? AND line = ? AND message_id = ?", old.who, v.line, in.ID); err != nil {
		return err
	}
	if err := v.run(`INSERT INTO inbox (contact, line, message_id, kind, state, at_ms, seed, error, sealed_input)
		SELECT ?, line, message_id, kind, 'done', at_ms, seed, error, x'' FROM inbox WHERE contact = ? AND line = ?`,
		v.who, old.who, v.line); err != nil {
		return err
	}
	waited, err := collect(v.query, "DELETE FROM inbox WHERE contact = ? AND state = 'waiting' RETURNING message_id",
		[]any{old.who}, scanText)
	if err != nil {
		return err
	}
	v.rec.Settled = append(v.rec.Settled, waited...)
	_, err = v.receive(in, done, nil)
	return err
}

// tellGone writes into the history of the old contact's open tickets that nobody is reached any more.
func (v *visit) tellGone(old contact, at time.Time) error {
	open, err := collect(v.query, ticketColumns+ticketJoins+"WHERE t.contact = ? AND t.ended_ms IS NULL ORDER BY t.rowid",
		[]any{old.who}, scanTicket)
	if err != nil {
		return err
	}
	for _, f := range open {
		gone := desk.Activity{At: at, Who: desk.NameSystem, What: contactGone, Stage: f.Stage}
		if err := v.recordOne(old.key, f.Ticket, gone); err != nil {
			return err
		}
	}
	return nil
}
