package store

import (
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// asking is what came of a contact who gave a member's number and birth date.
type asking struct {
	member
	found, match, blocked bool
}

// facts of an asking that led nowhere, among the blank ones of its query.
func (a asking) facts(blank dialog.Record) dialog.Record {
	blank["found"], blank["blocked"] = truth(a.found), truth(a.blocked)
	return blank
}

// ask finds the member of a number for whoever knows the birth date. Wrong dates are counted, for the contact and for
// the member: who has typed too many today, and about whom too many were typed, has to wait. No date is no try.
func (v *visit) ask(args dialog.Record, now time.Time) (a asking, err error) {
	if a.member, a.found, err = v.db.ring.member(v.query, args["number"]); err != nil {
		return a, err
	}
	today := dayOf(now)
	wrong, err := v.wrongToday(today)
	if err != nil || wrong >= maxWrong {
		a.blocked = true
		return a, err
	}
	if !a.found {
		return a, nil
	}
	a.Member = a.On(officeDay(now))
	err = v.get("SELECT coalesce(sum(wrong), 0) FROM member_tries WHERE member = ? AND day = ?", []any{a.id, today}, &wrong)
	switch birthDate := args["birth_date"]; {
	case err != nil:
		return a, err
	case wrong >= maxWrong:
		a.blocked = true
	case birthDate == a.BirthDate.Format(time.DateOnly):
		a.match = true
	case birthDate != "":
		return v.wrongFor(a, today)
	}
	return a, nil
}

// wrongFor counts a wrong date.
func (v *visit) wrongFor(a asking, today int64) (asking, error) {
	err := v.run(`INSERT INTO member_tries (member, day, contact, wrong) VALUES (?, ?, ?, 1)
		ON CONFLICT (member, day, contact) DO UPDATE SET wrong = wrong + 1`, a.id, today, v.who)
	if err != nil {
		return a, err
	}
	var forMember int
	if err := v.get("SELECT sum(wrong) FROM member_tries WHERE member = ? AND day = ?", []any{a.id, today}, &forMember); err != nil {
		return a, err
	}
	byContact, err := v.wrongToday(today)
	a.blocked = max(forMember, byContact) >= maxWrong
	return a, err
}

// wrongToday is how many wrong birth dates this contact has typed on a day, for tickets and members.
func (v *visit) wrongToday(today int64) (wrong int, err error) {
	err = v.get(`SELECT (SELECT coalesce(sum(wrong), 0) FROM tries WHERE contact = ?1 AND day = ?2)
		+ (SELECT coalesce(sum(wrong), 0) FROM member_tries WHERE contact = ?1 AND day = ?2)`, []any{v.who, today}, &wrong)
	return wrong, err
}

// dayOf counts days since 1970 in the national desk's zone.
func dayOf(now time.Time) int64 {
	_, offset := now.In(location(officeZone)).Zone()
	return (now.Unix() + int64(offset)) / (24 * 60 * 60)
}

// ownPhone reports whether the chat's number is the member's registered one, or was proven to go with it.
func (v *visit) ownPhone(m member, now time.Time) (bool, error) {
	own, err := v.reachedAt(m.Phone)
	if err != nil || own {
		return own, err
	}
	err = v.get("SELECT EXISTS (SELECT 1 FROM proofs WHERE contact = ? AND member = ? AND claimed_ms > ?)",
		[]any{v.who, m.id, now.Add(-proven).UnixMilli()}, &own)
	return own, err
}

// reachedAt reports whether a telephone number is one of this contact's addresses.
func (v *visit) reachedAt(phone string) (is bool, err error) {
	if phone == "" {
		return false, nil
	}
	hash, err := v.db.ring.hash("address", phone)
	if err != nil {
		return false, err
	}
	err = v.get("SELECT EXISTS (SELECT 1 FROM addresses WHERE hash = ? AND contact = ?)", []any{hash, v.who}, &is)
	return is, err
}

func (v *visit) answerMember(args dialog.Record, now time.Time) (*dialog.Result, error) {
	a, err := v.ask(args, now)
	if err != nil || !a.match {
		return &dialog.Result{Facts: a.facts(jkn.NoMemberFacts())}, err
	}
	own, err := v.ownPhone(a.member, now)
	if err != nil || !own {
		return &dialog.Result{Facts: jkn.StatusFacts(a.Member), Sample: a.sample}, err
	}
	family, err := v.db.ring.household(v.query, a.Member)
	return &dialog.Result{Facts: jkn.MemberFacts(a.Member, memberRecords(family, now), now), Sample: a.sample}, err
}

func (v *visit) answerFamily(args dialog.Record, now time.Time) (*dialog.Result, error) {
	a, err := v.ask(args, now)
	if err != nil {
		return nil, err
	}
	own := false
	if a.match {
		if own, err = v.ownPhone(a.member, now); err != nil {
			return nil, err
		}
	}
	if !own {
		facts := a.facts(dialog.Record{"own_phone": truth(false), "count": "0", "heads": "0"})
		facts["match"] = truth(a.match)
		return &dialog.Result{Facts: facts, Sample: a.match && a.sample}, nil
	}
	family, err := v.db.ring.household(v.query, a.Member)
	if err != nil {
		return nil, err
	}
	facts, rows := jkn.FamilyFacts(a.Member, memberRecords(family, now))
	return &dialog.Result{Facts: facts, Rows: rows, Sample: a.sample}, nil
}
