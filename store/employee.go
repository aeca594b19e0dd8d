package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// Companies' officers work from a chat too: makers prepare what is to happen to employees, in tickets of their company.
// All of it is for the company of whose makers the chat's number is one; to everybody else there is no such company.

// answerCompany answers the queries company.mine, company.employees and company.check.
func (v *visit) answerCompany(q dialog.Query, now time.Time) (*dialog.Result, error) {
	maker, err := v.maker()
	if err != nil {
		return nil, err
	}
	company := q.Args["company"]
	if q.Name != "company.mine" && !slices.Contains(maker.Scope, company) {
		company = ""
	}
	if q.Name == "company.mine" {
		return v.answerCompanies(maker)
	}
	found, err := v.employees(company)
	if err != nil {
		return nil, err
	}
	sample := slices.ContainsFunc(found, func(m member) bool { return m.sample })
	staff := memberRecords(found, now)
	var facts dialog.Record
	switch q.Name {
	case "company.employees":
		from, _ := strconv.Atoi(q.Args["from"])
		facts = jkn.EmployeeFacts(company, q.Args["search"], staff, from)
		err = v.recordShown(found, facts["roster"], maker.Name, now)
	case "company.check":
		facts = jkn.CheckFacts(company, q.Args["employees"], staff)
	default:
		err = errors.New("the store knows no such query")
	}
	if err != nil {
		return nil, err
	}
	return &dialog.Result{Facts: facts, Sample: sample && facts["count"] != "0"}, nil
}

// maker is the officer of this chat who prepares things for companies; nobody, with no scope, where they are none.
func (v *visit) maker() (desk.Officer, error) {
	o, err := v.officerOf(v.who)
	if errors.Is(err, ErrNoOfficer) || err == nil && (!o.Enabled || o.Role != desk.RoleCompanyMaker) {
		return desk.Officer{}, nil
	}
	return o, err
}

// makerFor is the name of the maker of a company in this chat; "" where they are none.
func (v *visit) makerFor(company string) (string, error) {
	o, err := v.maker()
	if company == "" || !slices.Contains(o.Scope, company) {
		return "", err
	}
	return o.Name, err
}

func (v *visit) answerCompanies(maker desk.Officer) (*dialog.Result, error) {
	res := &dialog.Result{}
	for _, code := range maker.Scope {
		name, sample := code, false // of a company that the last import left out
		err := v.get("SELECT name, sample FROM companies WHERE code = ?", []any{code}, &name, &sample)
		if err != nil && !none(err) {
			return nil, err
		}
		res.Sample = res.Sample || sample
		res.Rows = append(res.Rows, dialog.Record{"code": code, "name": name})
	}
	res.Facts = dialog.Record{"known": truth(len(res.Rows) > 0), "count": strconv.Itoa(len(res.Rows))}
	return res, nil
}

// employees gives the members that the register has with an employer.
func (t *tx) employees(company string) ([]member, error) {
	if company == "" {
		return nil, nil
	}
	return t.db.ring.membersOf(t.query, employerCode, company)
}

// shownToMaker is the reason of looks at whom a search found, a table included.
const shownToMaker = "e-Dabu"

// recordShown notes whom of a company's staff a roster shows its maker.
func (t *tx) recordShown(staff []member, roster, who string, now time.Time) error {
	shown := jkn.InRoster(roster)
	for _, m := range staff {
		if !shown[m.Number()] {
			continue
		}
		if err := t.recordDailyMemberLook(m, who, shownToMaker, now); err != nil {
			return err
		}
	}
	return nil
}

// officeDay is a time where the national desk is: whose day decides what the register has.
func officeDay(now time.Time) time.Time { return now.In(location(officeZone)) }

// employ brings a company's request into the register once it is granted, in the decision's own transaction: of its rows
// those that were done. Whoever works for another company by then stays as they are. Error: a *desk.SetsError and a
// *jkn.OutcomesError where the outcomes are not those of the rows.
func (t *tx) employ(before file, a desk.Action, after desk.Ticket, now time.Time) error {
	if after.Company == "" || after.Status != desk.Approved || before.Status == desk.Approved {
		return nil
	}
	mutations, err := jkn.Mutations(after.Company, after.Values)
	if err != nil {
		return fmt.Errorf("%w %w", &desk.SetsError{Ref: after.Ref, Action: a.Name, Missing: []string{jkn.OutcomesField}}, err)
	}
	for _, m := range mutations {
		if m.Joins {
			err = t.join(after.Company, m, now)
		} else {
			err = t.leave(after.Company, m, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leave takes an employee off a company, with the family who is insured through them.
func (t *tx) leave(company string, of jkn.Mutation, now time.Time) error {
	found, err := t.db.ring.membersOf(t.query, kindOf(of.Number), of.Number)
	if err != nil {
		return err
	}
	for _, m := range found {
		if m.On(officeDay(now)).Employer != company {
			continue
		}
		if err := t.changeMember(m, m.With(of.Change, officeDay(now))); err != nil {
			return err
		}
		if err := t.leaveFamily(company, m, of.Change, now); err != nil {
			return err
		}
	}
	return nil
}

// leaveFamily takes off those insured through an employee of a company: whatever that one leaves for, they lose the
// employer. The register need not name it with them.
func (t *tx) leaveFamily(company string, of member, change jkn.Change, now time.Time) error {
	if of.Card == "" {
		return nil
	}
	family, err := t.db.ring.membersOf(t.query, headNumber, string(of.Card))
	if err != nil {
		return err
	}
	change.Reason = jkn.LeftJob
	for _, m := range family {
		today := m.On(officeDay(now))
		if m.id == of.id || today.Segment != jkn.PPU || today.Employer != "" && today.Employer != company {
			continue
		}
		if err := t.changeMember(m, m.With(change, officeDay(now))); err != nil {
			return err
		}
	}
	return nil
}

// join makes somebody an employee of a company: the member whom the register knows by the NIK, or a new one.
func (t *tx) join(company string, of jkn.Mutation, now time.Time) error {
	m, found, err := t.db.ring.member(t.query, of.Number)
	switch {
	case err != nil:
		return err
	case found:
		return t.changeMember(m, m.With(of.Change, officeDay(now)))
	}
	sample, err := t.madeUp(company)
	if err != nil {
		return err
	}
	return t.addMember(of.Newcomer(officeDay(now)), sample)
}
