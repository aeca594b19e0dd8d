package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"sapa/dialog/jkn"
)

// The kinds of personal data that something touched.
const (
	KindMessages  = "messages"  // what was written, both ways
	KindAnswers   = "answers"   // of forms, and what officers set
	KindDocuments = "documents" // files
	KindRegister  = "register"  // the member's record
	KindPayments  = "payments"  // what was paid for the member
	KindVisits    = "visits"    // to an office
)

// TouchedBy chooses what to look for: what came, went or was seen from Since on and before Until, a zero one no bound; of
// Officer, where given, only what that account saw or did.
type TouchedBy struct {
	Since, Until time.Time
	Officer      string
}

// Touched is somebody whose data was touched: a contact, or a person of the register whom an officer looked up or a
// ticket is about. Who is both stands here twice, with the same address.
type Touched struct {
	Contact int64    // 0: nobody who wrote to us
	Member  int64    // the row of the register; 0: a contact, or somebody whom the register does not know
	Subject int64    // whom tickets are about, where the register does not know them; else 0
	Address string   // where they are told: the contact's, the member's telephone; "" not known, or erased
	Tickets []string // references, sorted
	Kinds   []string // Kind…, sorted
	Fields  []string // names of the fields of forms and of the register that were touched, sorted
}

// Touched gives the people whose data a time window touched, or an officer's account in it: those to tell of an incident
// within 3 times 24 hours, and what of theirs it was (UU 27/2022 art. 46). Contacts come first, then members.
func (d *DB) Touched(ctx context.Context, by TouchedBy) ([]Touched, error) {
	s := survey{db: d, query: d.reading(ctx), people: map[party]*touch{}}
	until := by.Until
	if until.IsZero() {
		until = time.UnixMilli(math.MaxInt64)
	}
	traces, err := collect(s.query, traces, []any{millis(by.Since), until.UnixMilli(), by.Officer}, scanTrace)
	if err != nil {
		return nil, explain(err)
	}
	for _, tr := range traces {
		if err := s.add(tr); err != nil {
			return nil, explain(err)
		}
	}
	found, err := s.report()
	return found, explain(err)
}

// traces are what happened from ?1 on and before ?2, all of it or, where ?3 names an officer, what they did. A ticket that
// they were refused they have not seen.
const traces = `
SELECT t.contact, 0, t.ref, CASE a.what WHEN 'documents.saved' THEN 'documents' ELSE 'answers' END, ''
FROM activity a JOIN tickets t ON t.ref = a.ticket
WHERE a.at_ms >= ?1 AND a.at_ms < ?2 AND (?3 = '' OR a.who = ?3) AND a.what <> 'ticket.refused'
UNION SELECT contact, 0, '', 'visits', '' FROM activity
WHERE ticket IS NULL AND what = 'visit.seen' AND at_ms >= ?1 AND at_ms < ?2 AND (?3 = '' OR who = ?3)
UNION SELECT 0, member, '', 'register', '' FROM member_looks WHERE at_ms >= ?1 AND at_ms < ?2 AND (?3 = '' OR who = ?3)
UNION SELECT contact, 0, '', 'messages', '' FROM inbox WHERE ?3 = '' AND at_ms >= ?1 AND at_ms < ?2
UNION SELECT contact, 0, '', 'messages', '' FROM outbox WHERE ?3 = '' AND at_ms >= ?1 AND at_ms < ?2
UNION SELECT contact, 0, coalesce(ticket, ''), 'documents', field FROM documents WHERE ?3 = '' AND at_ms >= ?1 AND at_ms < ?2
UNION SELECT t.contact, 0, t.ref, 'payments', '' FROM payments p JOIN tickets t ON t.ref = p.ticket
WHERE ?3 = '' AND p.at_ms >= ?1 AND p.at_ms < ?2
UNION SELECT contact, 0, '', 'visits', '' FROM visits WHERE ?3 = '' AND at_ms >= ?1 AND at_ms < ?2`

// trace is that data of a kind was touched: of a contact, and with a ticket of whom it is about; or of a member.
type trace struct {
	contact, member int64
	ticket, kind    string
	field           string // of a document; "" all of the kind
}

func scanTrace(rows *sql.Rows) (t trace, err error) {
	return t, rows.Scan(&t.contact, &t.member, &t.ticket, &t.kind, &t.field)
}

// party is one of those touched: one of the three is not 0.
type party struct{ contact, member, subject int64 }

// touch is what of them was.
type touch struct{ tickets, kinds, fields map[string]bool }

// survey collects who was touched.
type survey struct {
	db     *DB
	query  queryFunc
	people map[party]*touch
}

func (s *survey) add(tr trace) error {
	fields, err := s.fields(tr)
	if err != nil {
		return err
	}
	if tr.contact != 0 {
		s.mark(party{contact: tr.contact}, tr, fields)
	}
	if tr.member != 0 {
		s.mark(party{member: tr.member}, tr, fields)
	}
	if tr.ticket == "" {
		return nil
	}
	subjects, err := collect(s.query, "SELECT subject FROM tickets WHERE ref = ? AND subject IS NOT NULL", []any{tr.ticket}, scanID)
	if err != nil {
		return err
	}
	if err := s.addNamed(tr, fields); err != nil {
		return err
	}
	for _, id := range subjects {
		members, err := s.members(id)
		if err != nil {
			return err
		}
		for _, m := range members {
			s.mark(party{member: m.id}, tr, fields)
		}
		if len(members) == 0 {
			s.mark(party{subject: id}, tr, fields)
		}
	}
	return nil
}

// addNamed adds those whom a company's ticket names.
func (s *survey) addNamed(tr trace, fields []string) error {
	companies, err := collect(s.query, "SELECT company FROM tickets WHERE ref = ? AND company <> ''", []any{tr.ticket}, scanText)
	if err != nil || len(companies) == 0 {
		return err
	}
	f, err := s.db.ring.load(s.query, tr.ticket)
	if errors.Is(err, ErrSealed) { // nobody can read any more whom it names
		return nil
	}
	if err != nil {
		return err
	}
	for _, number := range jkn.Named(f.Values) {
		m, found, err := s.db.ring.member(s.query, number)
		if err != nil {
			return err
		}
		if found {
			s.mark(party{member: m.id}, tr, fields)
		}
	}
	return nil
}

func (s *survey) mark(p party, tr trace, fields []string) {
	at := s.people[p]
	if at == nil {
		at = &touch{tickets: map[string]bool{}, kinds: map[string]bool{}, fields: map[string]bool{}}
		s.people[p] = at
	}
	at.kinds[tr.kind] = true
	if tr.ticket != "" {
		at.tickets[tr.ticket] = true
	}
	for _, f := range fields {
		at.fields[f] = true
	}
}

// fields names what was touched: of a ticket its answers or documents, of a member what the register has of them.
func (s *survey) fields(tr trace) ([]string, error) {
	switch {
	case tr.field != "":
		return []string{tr.field}, nil
	case tr.kind == KindAnswers:
		return collect(s.query, "SELECT field FROM answers WHERE ticket = ?", []any{tr.ticket}, scanText)
	case tr.kind == KindDocuments && tr.ticket != "":
		return collect(s.query, "SELECT field FROM documents WHERE ticket = ?", []any{tr.ticket}, scanText)
	case tr.kind == KindRegister:
		m, err := s.member(tr.member)
		if err != nil {
			return nil, err
		}
		return m.Known(), nil
	}
	return nil, nil
}

// members are those of the register whom tickets of a subject are about.
func (s *survey) members(subject int64) ([]member, error) {
	hashes, err := collect(s.query, "SELECT hash FROM subject_numbers WHERE subject = ?", []any{subject},
		func(rows *sql.Rows) (hash []byte, err error) { return hash, rows.Scan(&hash) })
	if err != nil {
		return nil, err
	}
	return s.db.ring.registered(s.query, hashes)
}

func (s *survey) member(id int64) (m member, err error) {
	found, err := collect(s.query, "SELECT id, sample, wrapped, sealed_member FROM members WHERE id = ?", []any{id}, s.db.ring.scanMember)
	if err != nil || len(found) == 0 {
		return m, err
	}
	return found[0], nil
}

// report lists the people with where they are told.
func (s *survey) report() (list []Touched, err error) {
	for p, at := range s.people {
		t := Touched{
			Contact: p.contact, Member: p.member, Subject: p.subject, Tickets: slices.Sorted(maps.Keys(at.tickets)),
			Kinds: slices.Sorted(maps.Keys(at.kinds)), Fields: slices.Sorted(maps.Keys(at.fields)),
		}
		if t.Address, err = s.address(p); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Touched) int {
		return cmp.Or(
			cmp.Compare(min(b.Contact, 1), min(a.Contact, 1)), cmp.Compare(min(b.Member, 1), min(a.Member, 1)),
			cmp.Compare(a.Contact+a.Member+a.Subject, b.Contact+b.Member+b.Subject), // one of the three
		)
	})
	return list, nil
}

// address is where somebody is told: at a telephone number rather than under WhatsApp's own name for it.
func (s *survey) address(p party) (string, error) {
	if p.member != 0 {
		m, err := s.member(p.member)
		return m.Phone, err
	}
	const reached = `SELECT a.hash, a.sealed_address, k.wrapped FROM addresses a JOIN keys k ON k.contact = a.contact
		WHERE a.contact = ?`
	all, err := collect(s.query, reached, []any{p.contact}, func(rows *sql.Rows) (string, error) {
		var hash, sealed, wrapped []byte
		if err := rows.Scan(&hash, &sealed, &wrapped); err != nil {
			return "", err
		}
		return s.db.ring.address(p.contact, wrapped, hash, sealed)
	})
	if err != nil || len(all) == 0 {
		return "", err
	}
	return slices.MinFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "@"), strings.Count(b, "@")), cmp.Compare(a, b))
	}), nil
}
