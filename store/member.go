package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sapa/dialog/jkn"
)

// The kinds of number a member is found by. Those on one bill are found by their KK and by their head's card.
const (
	cardNumber = "card"
	nikNumber  = "nik"
	kkNumber   = "kk"
	headNumber = "head"
	// employerCode finds the members of an employer, and those who come to it.
	employerCode = "employer"
	// cardless finds those whom an employer added and who have no card yet: [DB.ImportMembers] brings it.
	cardless = "cardless"
)

// member is a row of the register.
type member struct {
	jkn.Member
	id     int64
	sample bool
	key    rowKey
}

func memberPlace(id int64) place { return place{column: "members.member", a: number(id)} }

func memberKeyPlace(id int64) place { return place{column: "members.wrapped", a: number(id)} }

// numbers are the hashes a member is found by.
func (r *ring) numbers(m jkn.Member) ([][]byte, error) {
	hashes := make([][]byte, 0, 7)
	for _, n := range [...]struct{ kind, value string }{
		{cardNumber, string(m.Card)},
		{nikNumber, string(m.NIK)},
		{kkNumber, string(m.KK)},
		{headNumber, string(m.HeadCard)},
		{employerCode, m.Employer},
		{employerCode, m.Coming.Employer},
		{cardless, noCard(m)},
	} {
		if n.value == "" {
			continue
		}
		hash, err := r.hash(n.kind, n.value)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// noCard is what all who have no card are found by.
func noCard(m jkn.Member) string {
	if m.Card == "" {
		return "yes"
	}
	return ""
}

// openMember reads a row's sealed parts.
func (r *ring) openMember(id int64, wrapped, sealed []byte) (m member, err error) {
	m.id = id
	if m.key, err = r.rowKey(memberKeyPlace(id), wrapped); err != nil {
		return m, err
	}
	plain, err := m.key.open(memberPlace(id), sealed)
	if err != nil {
		return m, err
	}
	if json.Unmarshal(plain, &m.Member) != nil { // without the parser's words: they may hold content
		return m, fmt.Errorf("%w: member %d", ErrSealed, id)
	}
	return m, nil
}

func (r *ring) scanMember(rows *sql.Rows) (m member, err error) {
	var id int64
	var sample bool
	var wrapped, sealed []byte
	if err := rows.Scan(&id, &sample, &wrapped, &sealed); err != nil {
		return m, err
	}
	m, err = r.openMember(id, wrapped, sealed)
	m.sample = sample
	return m, err
}

// membersOf gives the members that a number of a kind belongs to.
func (r *ring) membersOf(query queryFunc, kind, value string) ([]member, error) {
	hash, err := r.hash(kind, value)
	if err != nil {
		return nil, err
	}
	return collect(query, `SELECT m.id, m.sample, m.wrapped, m.sealed_member
		FROM member_numbers n JOIN members m ON m.id = n.member WHERE n.hash = ? ORDER BY m.id`, []any{hash}, r.scanMember)
}

// member finds the member of a card number or a NIK. Somebody registered twice has one NIK and two cards: the card that
// counts is found then, and one without a card, whom an employer added, only where there is no other.
func (r *ring) member(query queryFunc, typed string) (m member, found bool, err error) {
	kind := nikNumber
	if jkn.IsCard(typed) {
		kind = cardNumber
	}
	all, err := r.membersOf(query, kind, typed)
	if err != nil || len(all) == 0 {
		return m, false, err
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(noCard(a.Member), noCard(b.Member)) })
	if all[0].Card != "" {
		all = slices.DeleteFunc(all, func(m member) bool { return m.Card == "" })
	}
	for _, m := range all {
		if m.Status == jkn.ActiveMember {
			return m, true, nil
		}
	}
	for _, m := range all {
		if !m.Reason.Gone() {
			return m, true, nil
		}
	}
	return all[0], true, nil
}

// household gives the members on one bill with a member, that one included, and maybe more of the same KK.
func (r *ring) household(query queryFunc, of jkn.Member) ([]member, error) {
	var all []member
	known := map[int64]bool{}
	for _, n := range [...]struct{ kind, value string }{
		{cardNumber, string(of.Head())}, {headNumber, string(of.Head())}, {kkNumber, string(of.KK)}, {cardNumber, string(of.Card)},
	} {
		if n.value == "" {
			continue
		}
		found, err := r.membersOf(query, n.kind, n.value)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if !known[m.id] {
				known[m.id] = true
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// memberRecords are the members as of a day, without what the store knows of them.
func memberRecords(members []member, now time.Time) []jkn.Member {
	out := make([]jkn.Member, len(members))
	for i, m := range members {
		out[i] = m.On(officeDay(now))
	}
	return out
}

// putMember writes a member who is in the register already, as changed.
func (t *tx) putMember(m member) error {
	plain, err := json.Marshal(m.Member)
	if err != nil {
		return fmt.Errorf("member %d: %w", m.id, err)
	}
	sealed, err := m.key.seal(memberPlace(m.id), plain)
	if err != nil {
		return err
	}
	return t.run("UPDATE members SET sealed_member = ? WHERE id = ?", sealed, m.id)
}

// changeMember writes a member as changed, under the numbers they are found by then.
func (t *tx) changeMember(m member, after jkn.Member) error {
	before, err := t.db.ring.numbers(m.Member)
	if err != nil {
		return err
	}
	hashes, err := t.db.ring.numbers(after)
	if err != nil {
		return err
	}
	for _, n := range appendMissing(nil, m.id, before, hashes) {
		if err := t.run("DELETE FROM member_numbers WHERE hash = ? AND member = ?", n.hash, n.id); err != nil {
			return err
		}
	}
	m.Member = after
	if err := t.addNumbers(m.id, hashes); err != nil {
		return err
	}
	return t.putMember(m)
}

func (t *tx) addNumbers(id int64, hashes [][]byte) error {
	for _, hash := range hashes {
		if err := t.run("INSERT OR IGNORE INTO member_numbers (hash, member) VALUES (?, ?)", hash, id); err != nil {
			return err
		}
	}
	return nil
}

// addMember adds somebody to the register.
func (t *tx) addMember(m jkn.Member, sample bool) error {
	in := &incoming{}
	err := t.get(`INSERT INTO meta (name, value) VALUES ('members', 1) ON CONFLICT (name) DO UPDATE
		SET value = value + 1 RETURNING value`, nil, &in.id)
	if err != nil {
		return err
	}
	if in.hashes, err = t.db.ring.numbers(m); err != nil {
		return err
	}
	if in.plain, err = json.Marshal(m); err != nil {
		return errors.New("a member cannot be encoded") // the encoder's words may hold content
	}
	if err := t.addNumbers(in.id, in.hashes); err != nil {
		return err
	}
	return t.importMember(in, sample)
}

// Member gives the member of a card number or a NIK as the register has them, and whether the record is made up; what is
// decided for a later day is in Coming. Error: ErrNoMember.
func (d *DB) Member(ctx context.Context, number string) (m jkn.Member, sample bool, err error) {
	found, ok, err := d.ring.member(d.reading(ctx), number)
	if err == nil && !ok {
		err = ErrNoMember
	}
	return found.Member, found.sample, explain(err)
}

// MemberSeen is the event that somebody looked at what is personal of a member.
const MemberSeen = "member.seen"

// RecordLook notes that somebody looked at what is personal of a member, and why; it gives what there is to see.
// Error: ErrNoMember.
func (d *DB) RecordLook(ctx context.Context, typed, who, reason string, now time.Time) (m jkn.Member, sample bool, err error) {
	err = d.do(ctx, func(t *tx) error {
		found, ok, err := t.db.ring.member(t.query, typed)
		if err != nil {
			return err
		}
		if !ok {
			return ErrNoMember
		}
		m, sample = found.On(officeDay(now)), found.sample
		return t.recordLook(found, who, reason, now)
	})
	return m, sample, err
}

func (t *tx) recordLook(m member, who, reason string, now time.Time) error {
	var id int64
	if err := t.get("SELECT coalesce(max(id), 0) + 1 FROM member_looks", nil, &id); err != nil {
		return err
	}
	sealed, err := m.key.seal(lookPlace(id), []byte(reason))
	if err != nil {
		return err
	}
	return t.run("INSERT INTO member_looks (id, member, at_ms, who, what, sealed_text) VALUES (?, ?, ?, ?, ?, ?)",
		id, m.id, now.UnixMilli(), who, MemberSeen, sealed)
}

// Registered reports whether the register has members who were imported, and made-up ones.
func (d *DB) Registered(ctx context.Context) (imported, sample bool, err error) {
	err = d.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM members WHERE sample = 0),
		EXISTS (SELECT 1 FROM members WHERE sample = 1)`).Scan(&imported, &sample)
	return imported, sample, explain(err)
}
