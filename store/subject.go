package store

import (
	"database/sql"
	"slices"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// A subject is whom tickets are about, whoever opened them. It has a data key of its own, wrapped by the master key, and
// is found by its numbers. It is kept no longer than a ticket that names it.

// passportNumber is the kind of number of somebody who has neither a card nor a NIK.
const passportNumber = "passport"

const nikDigits = 16

// kindOf is what kind of number somebody is named by, in its canonical form.
func kindOf(number string) string {
	switch {
	case jkn.IsCard(number):
		return cardNumber
	case len(number) == nikDigits && number[0] >= '0' && number[0] <= '9':
		return nikNumber
	}
	return passportNumber
}

// identity is somebody whom a number names: the hashes of all their numbers, the given one's first, and their rows in
// the register. Somebody registered twice has two cards and one NIK.
type identity struct {
	hashes  [][]byte
	members []member
}

func (r *ring) identity(query queryFunc, number string) (who identity, err error) {
	numbers := []string{number}
	for i := 0; i < len(numbers); i++ {
		kind := kindOf(numbers[i])
		hash, err := r.hash(kind, numbers[i])
		if err != nil {
			return who, err
		}
		who.hashes = append(who.hashes, hash)
		if kind == passportNumber { // the register knows none
			continue
		}
		found, err := r.membersOf(query, kind, numbers[i])
		if err != nil {
			return who, err
		}
		for _, m := range found {
			if slices.ContainsFunc(who.members, func(known member) bool { return known.id == m.id }) {
				continue
			}
			who.members = append(who.members, m)
			for _, other := range []string{string(m.Card), string(m.NIK)} {
				if other != "" && !slices.Contains(numbers, other) {
					numbers = append(numbers, other)
				}
			}
		}
	}
	return who, nil
}

// registered gives the members that hashes of numbers belong to. A hash says itself which kind of number it is of.
func (r *ring) registered(query queryFunc, hashes [][]byte) (members []member, err error) {
	for _, hash := range hashes {
		found, err := collect(query, memberByHash, []any{hash}, r.scanMember)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if !slices.ContainsFunc(members, func(known member) bool { return known.id == m.id }) {
				members = append(members, m)
			}
		}
	}
	return members, nil
}

const memberByHash = `SELECT m.id, m.sample, m.wrapped, m.sealed_member
	FROM member_numbers n JOIN members m ON m.id = n.member WHERE n.hash = ? ORDER BY m.id`

// subjects gives the subjects that hashes of numbers belong to: more than one where the register learnt only later that
// two numbers are one person's.
func subjects(query queryFunc, hashes [][]byte) (ids []int64, err error) {
	for _, hash := range hashes {
		found, err := collect(query, "SELECT subject FROM subject_numbers WHERE hash = ?", []any{hash}, scanID)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

func scanID(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) }

func subjectKeyPlace(id int64) place { return place{column: "subjects.wrapped", a: number(id)} }

// subject gives the subject of a number with its key. Somebody new becomes one.
func (t *tx) subject(number string) (id int64, key rowKey, err error) {
	who, err := t.db.ring.identity(t.query, number)
	if err != nil {
		return 0, key, err
	}
	known, err := subjects(t.query, who.hashes)
	switch {
	case err != nil:
		return 0, key, err
	case len(known) == 0:
		id, key, err = t.newSubject()
	default:
		id = known[0]
		var wrapped []byte
		if err = t.get("SELECT wrapped FROM subjects WHERE id = ?", []any{id}, &wrapped); err == nil {
			key, err = t.db.ring.rowKey(subjectKeyPlace(id), wrapped)
		}
	}
	if err != nil {
		return 0, key, err
	}
	for _, hash := range who.hashes {
		if err := t.run("INSERT OR IGNORE INTO subject_numbers (hash, subject) VALUES (?, ?)", hash, id); err != nil {
			return 0, key, err
		}
	}
	return id, key, nil
}

func (t *tx) newSubject() (id int64, key rowKey, err error) {
	if err = t.get("INSERT INTO subjects (wrapped) VALUES (x'') RETURNING id", nil, &id); err != nil {
		return 0, key, err
	}
	if key, err = t.db.ring.makeRowKey(subjectKeyPlace(id)); err != nil {
		return 0, key, err
	}
	return id, key, t.run("UPDATE subjects SET wrapped = ? WHERE id = ?", key.wrapped, id)
}

// dropSubject deletes a subject that no ticket names any more.
func (t *tx) dropSubject(id sql.NullInt64) error {
	return t.run("DELETE FROM subjects WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM tickets WHERE subject = ?1)", id)
}

// numberOf is the number that a ticket's form names its subject by; "" where it asks for none. Of a service that the
// catalogue does not have, or where none is loaded, it is the first of the usual fields.
func numberOf(p *desk.Pipeline, values map[string]string) string {
	if p != nil {
		return values[p.Subject.Number]
	}
	for _, field := range [...]string{"nomor", "nik", "paspor"} {
		if values[field] != "" {
			return values[field]
		}
	}
	return ""
}
