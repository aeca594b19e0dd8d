package store

import (
	"errors"
	"slices"
	"strconv"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// Companies' officers work from a chat too: makers prepare what is to happen to employees, in tickets of their company.
// All of it is for the company of whose makers the chat's number is one; to everybody else there is no such company.

// answerCompany answers the queries company.mine, company.employees and company.check.
func (v *visit) answerCompany(q dialog.Query) (*dialog.Result, error) {
	maker, err := v.maker()
	if err != nil {
		return nil, err
	}
	company := q.Args["company"]
	if q.Name != "company.mine" && !slices.Contains(maker.Scope, company) {
		company = ""
	}
	switch q.Name {
	case "company.mine":
		return v.answerCompanies(maker)
	case "company.employees":
		from, _ := strconv.Atoi(q.Args["from"])
		members, sample, err := v.employees(company)
		found := jkn.Employees(members, company, q.Args["search"])
		return &dialog.Result{Facts: jkn.EmployeeFacts(company, found, from), Sample: sample && len(found) > 0}, err
	case "company.check":
		return v.checkEmployees(company, jkn.PickedCards(q.Args["employees"]))
	}
	return nil, errors.New("the store knows no such query")
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

// employees gives the members that the register has with an employer, and whether any is made up.
func (v *visit) employees(company string) (members []jkn.Member, sample bool, err error) {
	if company == "" {
		return nil, false, nil
	}
	found, err := v.db.ring.membersOf(v.query, employerCode, company)
	sample = slices.ContainsFunc(found, func(m member) bool { return m.sample })
	return memberRecords(found), sample, err
}

// checkEmployees reports whether there is such a company for this officer and all the cards are its active employees'.
func (v *visit) checkEmployees(company string, cards []jkn.Card) (*dialog.Result, error) {
	members, sample, err := v.employees(company)
	employees := jkn.Employees(members, company, "semua")
	strange := slices.ContainsFunc(cards, func(card jkn.Card) bool {
		return !slices.ContainsFunc(employees, func(e jkn.Member) bool { return e.Card == card })
	})
	facts := dialog.Record{"ok": truth(company != "" && !strange), "count": strconv.Itoa(len(cards))}
	return &dialog.Result{Facts: facts, Sample: sample && len(cards) > 0}, err
}
