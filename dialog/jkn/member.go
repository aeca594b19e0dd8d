package jkn

import (
	"slices"
	"strconv"
	"time"

	"sapa/dialog"
)

// Member is what the register knows of one. Of its fields only Card, Name, BirthDate, Segment and Status are always
// there; a newborn, for one, has no NIK.
type Member struct {
	Card      Card       `json:"card"`
	NIK       NIK        `json:"nik,omitempty"`
	KK        FamilyCard `json:"kk,omitempty"`
	Name      string     `json:"name"`
	BirthDate time.Time  `json:"birth_date"` // midnight UTC
	Sex       Sex        `json:"sex,omitempty"`

	Segment Segment      `json:"segment"`
	Class   int          `json:"class,omitempty"` // 1, 2, 3; 0: not known
	Status  MemberStatus `json:"status"`
	Reason  Reason       `json:"status_reason,omitempty"`
	Since   time.Time    `json:"status_since,omitzero"` // of the status; midnight UTC; zero: not known
	// PaidUntil is the last month paid; 0 where that is not known, and where nobody pays month by month.
	PaidUntil YearMonth `json:"paid_until,omitempty"`

	Regency  string `json:"regency,omitempty"`  // code as in regions.csv: "31.74"
	Facility string `json:"faskes,omitempty"`   // where they go first when ill
	Phone    string `json:"phone,omitempty"`    // as [field.Phone] gives it: "+6281234567890"
	Employer string `json:"employer,omitempty"` // a company's code
	HeadCard Card   `json:"family_head_card,omitempty"`

	// Coming holds from a later day on; see [Member.On].
	Coming Change `json:"coming,omitzero"`
}

// Number is what a member is known by: the card, or the NIK of somebody who has no card yet.
func (m Member) Number() string {
	if m.Card == "" {
		return string(m.NIK)
	}
	return string(m.Card)
}

// Change is what was decided about a member's status, maybe ahead of its day.
type Change struct {
	From     time.Time    `json:"from,omitzero"` // the first day of it; midnight UTC; zero: there is no change
	Status   MemberStatus `json:"status,omitempty"`
	Reason   Reason       `json:"reason,omitempty"`
	Employer string       `json:"employer,omitempty"` // whose employee they are from then on; "" as before
}

// On is the member as of a day: a change holds from its day on without anybody doing anything that day. The day is taken
// in the time's own zone.
func (m Member) On(now time.Time) Member {
	c := m.Coming
	year, month, day := now.Date()
	if c.From.IsZero() || c.From.After(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)) {
		return m
	}
	m.Coming = Change{}
	m.Status, m.Reason, m.Since = c.Status, c.Reason, c.From
	if c.Employer != "" { // an employee's own card, for which the employer pays (Perpres 82/2018 art. 4)
		m.Employer, m.Segment, m.HeadCard, m.PaidUntil = c.Employer, PPU, "", 0
	}
	return m
}

// With is the member with a change: at once where its day has come, else as what is coming, in place of what was.
func (m Member) With(c Change, now time.Time) Member {
	m = m.On(now)
	m.Coming = c
	return m.On(now)
}

// Head is the card of the family's head, which the family pays to: the member's own where none is given.
func (m Member) Head() Card {
	if m.HeadCard == "" {
		return m.Card
	}
	return m.HeadCard
}

// Family are those of the candidates who are on one bill with a member, and the member: they have the same head.
// Where no head is given it is those of the same KK who have none given either. The head comes first, then the eldest.
func Family(of Member, candidates []Member) []Member {
	family := []Member{of}
	for _, c := range candidates {
		headless := of.HeadCard == "" && c.HeadCard == "" && of.KK != "" && of.KK == c.KK
		if c.Card != of.Card && (headless || c.Head() == of.Head()) {
			family = append(family, c)
		}
	}
	slices.SortStableFunc(family, func(a, b Member) int {
		switch head := of.Head(); {
		case a.Card == head:
			return -1
		case b.Card == head:
			return 1
		}
		return a.BirthDate.Compare(b.BirthDate)
	})
	return family
}

// Heads is how many of a family its bill counts: all who are not [Reason.Gone], and one at least. A family registers
// whole, as its KK has it, and has one bill.
func Heads(family []Member) int {
	n := 0
	for _, m := range family {
		if !m.Reason.Gone() {
			n++
		}
	}
	return max(n, 1)
}

// MonthsOwed is how many months a member has not paid for, up to and with last month; the running month is no arrears
// yet (Perpres 64/2020 art. 42). For whom nothing is owed any more, months stop with the one they went in. It is 0
// where others pay, and where the last month paid is not known. [NewBill] bills 24 of them at most.
func (m Member) MonthsOwed(now time.Time) int {
	if !m.Segment.SelfPaid() || m.PaidUntil == 0 {
		return 0
	}
	last := MonthOf(now) - 1
	if m.Reason.Gone() && !m.Since.IsZero() {
		last = min(last, yearMonth(m.Since))
	}
	return max(int(last-m.PaidUntil), 0)
}

// NoMemberFacts answers the query member where nobody is found, or nobody matches yet.
func NoMemberFacts() dialog.Record { return blank(memberSignature.Facts) }

// StatusFacts answers the query member for whoever knows number and birth date: that the member is found and how the
// card stands. What more there is takes the registered phone: [MemberFacts].
func StatusFacts(m Member) dialog.Record {
	facts := NoMemberFacts()
	facts["found"], facts["match"] = "true", "true"
	facts["name"], facts["segment"], facts["status"] = m.Name, string(m.Segment), string(m.Status)
	facts["since"] = canonicalDate(m.Since)
	if m.Status == InactiveMember { // a register may keep the reason of a status that is over
		facts["reason"] = string(m.Reason)
	}
	return facts
}

// MemberFacts answers the query member on the member's own phone. The family is what the register holds under the
// member's KK and head's card; [Family] picks from it.
func MemberFacts(m Member, family []Member, now time.Time) dialog.Record {
	facts := StatusFacts(m)
	facts["own_phone"] = "true"
	facts["card"], facts["head_card"] = string(m.Card), string(m.Head())
	if m.Class > 0 {
		facts["class"] = strconv.Itoa(m.Class)
	}
	facts["paid_until"], facts["months_owed"] = m.PaidUntil.String(), strconv.Itoa(m.MonthsOwed(now))
	facts["heads"] = strconv.Itoa(Heads(Family(m, family)))
	facts["faskes"], facts["regency"], facts["employer"] = m.Facility, m.Regency, m.Employer
	return facts
}

// FamilyFacts answers the query member.family on the member's own phone: a row for each of the family.
func FamilyFacts(m Member, family []Member) (dialog.Record, []dialog.Record) {
	family = Family(m, family)
	facts := blank(familySignature.Facts)
	facts["found"], facts["match"], facts["own_phone"] = "true", "true", "true"
	facts["count"], facts["heads"] = strconv.Itoa(len(family)), strconv.Itoa(Heads(family))
	rows := make([]dialog.Record, len(family))
	for i, f := range family {
		rows[i] = dialog.Record{
			"name": f.Name, "card": string(f.Card), "masked": f.Card.Masked(), "segment": string(f.Segment),
			"status": string(f.Status), "head": truth(f.Card == m.Head()), "self": truth(f.Card == m.Card),
		}
	}
	return facts, rows
}

// blank is every fact of a signature with nothing known.
func blank(facts map[string]string) dialog.Record {
	r := dialog.Record{}
	for name, kind := range facts {
		r[name] = ""
		if kind == "truth" {
			r[name] = "false"
		}
	}
	return r
}

// canonicalDate writes a date as answers hold it; "" for the zero time.
func canonicalDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
