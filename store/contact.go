package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sapa/dialog"
)

// contact is the person of one visit: who, under which key, and where their replies go.
type contact struct {
	who       int64 // the contact's number
	key       *contactKey
	line      string
	transport string
	address   string // as the transport knows it
	hash      []byte // of address
}

// standing is a session as it is stored.
type standing struct {
	id        int64 // 0: no row yet
	rev       int64
	transport string
	hash      []byte // of the address the contact last wrote from
	plain     []byte // the session, encoded
}

// visit is one input being handled for a contact, and the receipt that grows meanwhile.
type visit struct {
	*tx
	contact
	row     standing
	session dialog.Session
	broken  error  // why the stored session cannot be read
	seen    int64  // the day of the contact's last message; 0: not known
	doubt   string // why it may be somebody else now, as stored
	why     string // the same as the engine is told: until it is settled
	rec     dialog.Receipt
}

// Two plain statements, not one join: with a join SQLite plans anew for each bound value, which took 16 µs a turn.
const (
	findContact = `SELECT contact, (SELECT wrapped FROM keys WHERE contact = a.contact), seen_day, doubt FROM addresses a WHERE hash = ?`
	findSession = `SELECT id, rev, transport, address, sealed_session FROM sessions WHERE contact = ? AND line = ?`
)

// errGone means that an input is of a contact who was erased while it was on its way: a timer, a document.
var errGone = errors.New("the contact is gone")

// visit finds who an input comes from and where they stand. Somebody new becomes a contact with a key of their own.
func (t *tx) visit(in dialog.Input) (*visit, error) {
	v := &visit{tx: t, contact: contact{line: in.Line, transport: in.Transport, address: in.From}}
	if ofTicket(in) && in.From == "" {
		return v, v.unreached(in.Event.Ref)
	}
	var err error
	if v.hash, err = t.db.ring.hash("address", in.From); err != nil {
		return nil, err
	}
	err = v.find(v.hash)
	switch {
	case errors.Is(err, sql.ErrNoRows) && in.Kind != dialog.Message:
		err = errGone
	case errors.Is(err, sql.ErrNoRows):
		err = v.meet(in)
	case err == nil:
		err = v.sameness(in)
	}
	if err != nil {
		return nil, err
	}
	v.rec.Contact = v.who
	return v, nil
}

func (v *visit) find(hash []byte) error {
	var wrapped, sealed []byte
	if err := v.get(findContact, []any{hash}, &v.who, &wrapped, &v.seen, &v.doubt); err != nil {
		return err
	}
	var err error
	if v.key, err = v.db.ring.unwrap(v.who, wrapped); err != nil {
		return err
	}
	r := &v.row
	err = v.get(findSession, []any{v.who, v.line}, &r.id, &r.rev, &r.transport, &r.hash, &sealed)
	if none(err) {
		return nil // known, but not on this line
	}
	if err != nil {
		return err
	}
	v.broken = v.readSession(sealed)
	return nil
}

func (v *visit) readSession(sealed []byte) (err error) {
	v.row.plain, err = v.key.open(sessionPlace(v.who, v.line), sealed)
	if err != nil {
		return err
	}
	if v.session, err = decodeSession(v.row.plain); err != nil {
		return fmt.Errorf("session of contact %d: %w", v.who, err)
	}
	return nil
}

// meet makes the address known. A telephone number that is known already says whose address it is: WhatsApp shows one
// person as a number today and as an @lid tomorrow.
func (v *visit) meet(in dialog.Input) error {
	phone := []byte(nil)
	if in.Phone != "" && in.Phone != in.From {
		var err error
		if phone, err = v.db.ring.hash("address", in.Phone); err != nil {
			return err
		}
		err = v.find(phone)
		if err == nil {
			return v.join(in)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if err := v.create(in.At); err != nil {
		return err
	}
	if phone != nil {
		if err := v.addAddress(phone, in.Phone); err != nil {
			return err
		}
	}
	return v.addAddress(v.hash, in.From)
}

// join gives a contact that is known by their telephone number the address of an input. A hidden address goes with a
// WhatsApp account: a second one means another account on the number, and maybe another person.
func (v *visit) join(in dialog.Input) error {
	another, err := v.isHidden()
	if err != nil {
		return err
	}
	if err := v.addAddress(v.hash, in.From); err != nil || !another || !strings.HasSuffix(in.From, hiddenAddress) {
		return err
	}
	v.doubt = dialog.DoubtIdentity
	return v.doubtNumber(v.hash, v.doubt)
}

// hiddenAddress ends the addresses that WhatsApp shows in the place of telephone numbers.
const hiddenAddress = "@lid"

// isHidden reports whether one of the contact's addresses is a hidden one.
func (v *visit) isHidden() (hidden bool, err error) {
	all, err := addressesOf(v.query, v.key)
	return slices.ContainsFunc(all, func(a string) bool { return strings.HasSuffix(a, hiddenAddress) }), err
}

// addressesOf gives where a contact is reached.
func addressesOf(query queryFunc, key *contactKey) ([]string, error) {
	const text = "SELECT hash, sealed_address FROM addresses WHERE contact = ? ORDER BY length(sealed_address), hash"
	return collect(query, text, []any{key.contact}, func(rows *sql.Rows) (string, error) {
		var hash, sealed []byte
		if err := rows.Scan(&hash, &sealed); err != nil {
			return "", err
		}
		plain, err := key.open(addressPlace(hash), sealed)
		return string(plain), err
	})
}

func (v *visit) create(at time.Time) error {
	res, err := v.exec("INSERT INTO contacts (created_ms) VALUES (?)", at.UnixMilli())
	if err != nil {
		return err
	}
	v.seen, v.doubt = dayOf(at), ""
	if v.who, err = res.LastInsertId(); err != nil {
		return err
	}
	if v.key, err = v.db.ring.make(v.who); err != nil {
		return err
	}
	return v.run("INSERT INTO keys (contact, wrapped) VALUES (?, ?)", v.who, v.key.wrapped)
}

// addAddress makes one more address the contact's. What is thought of the others holds for it, too.
func (v *visit) addAddress(hash []byte, address string) error {
	sealed, err := v.key.seal(addressPlace(hash), []byte(address))
	if err != nil {
		return err
	}
	return v.run("INSERT INTO addresses (hash, contact, sealed_address, seen_day, doubt) VALUES (?, ?, ?, ?, ?)",
		hash, v.who, sealed, v.seen, v.doubt)
}

// saveSession writes the session where it or the way to reach the contact has changed.
func (v *visit) saveSession(s dialog.Session) error {
	plain, err := encodeSession(s)
	if err != nil {
		return fmt.Errorf("session of contact %d: %w", v.who, err)
	}
	moved := v.row.id == 0 || v.row.transport != v.transport || !bytes.Equal(v.row.hash, v.hash)
	if !moved && v.broken == nil && bytes.Equal(plain, v.row.plain) {
		return nil
	}
	sealed, err := v.key.seal(sessionPlace(v.who, v.line), plain)
	if err != nil {
		return err
	}
	if err := v.putSession(sealed, s.Fetching != nil, moved); err != nil {
		return err
	}
	v.row.plain, v.session, v.broken = plain, s, nil
	v.row.transport, v.row.hash = v.transport, v.hash
	v.row.rev++
	return nil
}

func (v *visit) putSession(sealed []byte, fetching, moved bool) error {
	if v.row.id != 0 && !moved { // apart from the other: writing the address checks that it exists
		return v.run("UPDATE sessions SET rev = rev + 1, fetching = ?, sealed_session = ? WHERE id = ?",
			fetching, sealed, v.row.id)
	}
	return v.get(`INSERT INTO sessions (contact, line, rev, transport, address, fetching, sealed_session)
		VALUES (?, ?, 1, ?, ?, ?, ?)
		ON CONFLICT (contact, line) DO UPDATE SET rev = rev + 1, transport = excluded.transport,
			address = excluded.address, fetching = excluded.fetching, sealed_session = excluded.sealed_session
		RETURNING id`,
		[]any{v.who, v.line, v.transport, v.hash, fetching, sealed}, &v.row.id)
}
