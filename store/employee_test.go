package store_test

import (
	"fmt"
	"strings"
	"testing"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

// inCompanies knows Maya, who prepares things for PT1, Anton, who approves them, Lama, who did, and an employee of PT1
// and of PT2 each.
func inCompanies(t *testing.T) *store.DB {
	t.Helper()
	db := open(t, inDesk(t))
	must(t, db.ImportCompanies(t.Context(), []jkn.Company{{Code: "PT1", Name: "PT Satu"}, {Code: "PT2", Name: "PT Dua"}}, false))
	staff := crowd(2)
	staff[0].Name, staff[0].Employer, staff[0].Status = "Contoh Nur", "PT1", jkn.ActiveMember
	staff[1].Name, staff[1].Employer, staff[1].Status = "Contoh Oki", "PT2", jkn.ActiveMember
	imports(t, db, staff)
	for _, o := range []desk.Officer{
		{Name: "maya", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}, Phone: rinaPhone, Enabled: true},
		{Name: "anton", Role: desk.RoleCompanyApprover, Scope: []string{"PT1"}, Phone: agusPhone, Enabled: true},
		{Name: "lama", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}, Phone: lamaPhone},
	} {
		must(t, db.AddOfficer(t.Context(), o))
		submit(t, db, from(o.Phone, "hello", "a"))
	}
	return db
}

func TestACompanysEmployeesAreForItsMakerAlone(t *testing.T) {
	db := inCompanies(t)
	for i, c := range []struct{ phone, company, want string }{
		{rinaPhone, "PT1", "1 Nur"},
		{rinaPhone, "PT2", "0"}, // another company
		{rinaPhone, "", "0"},
		{agusPhone, "PT1", "0"}, // who approves prepares nothing
		{lamaPhone, "PT1", "0"}, // disabled
		{siti, "PT1", "0"},
	} {
		rec := query(t, db, c.phone, fmt.Sprint("e", i), "company.employees company="+c.company+" search=semua from=0")
		got := fact(t, rec, "count")
		for _, name := range []string{"Nur", "Oki"} {
			if strings.Contains(texts(rec), name) {
				got += " " + name
			}
		}
		equal(t, c.phone+" "+c.company, got, c.want)
	}
	equal(t, "hers", fact(t, query(t, db, rinaPhone, "m1", "company.mine"), "count"), "1")
	equal(t, "nobody's", fact(t, query(t, db, siti, "m1", "company.mine"), "known"), "false")
}

func TestWhatWasPickedIsCheckedAgainBeforeItIsSent(t *testing.T) {
	db := inCompanies(t)
	own, foreign := string(crowd(2)[0].Card), string(crowd(2)[1].Card)
	check := func(id, company, picks string) string {
		return fact(t, query(t, db, rinaPhone, id, "company.check company="+company+" employees="+picks), "ok")
	}
	equal(t, "hers", check("c1", "PT1", own), "true")
	equal(t, "none picked", check("c2", "PT1", ""), "true")
	equal(t, "another company's", check("c3", "PT1", foreign), "false")
	equal(t, "for another company", check("c4", "PT2", foreign), "false")
	gone := crowd(2)[:1]
	gone[0].Employer, gone[0].Status = "PT1", jkn.InactiveMember
	imports(t, db, gone)
	equal(t, "not active any more", check("c5", "PT1", own), "false")
	_, err := db.SetOfficer(t.Context(), desk.Officer{Name: "maya", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}}, noon)
	must(t, err)
	equal(t, "disabled", check("c6", "PT1", ""), "false")
}

func TestATicketKnowsWhichOfficerOfTheCompanyMadeIt(t *testing.T) {
	db := inCompanies(t)
	for i, c := range []struct{ phone, company, want string }{
		{rinaPhone, "PT1", "maya"},
		{rinaPhone, "PT2", ""},
		{agusPhone, "PT1", ""},
		{siti, "PT1", ""},
	} {
		query(t, db, c.phone, fmt.Sprint("o", i), "ticket.open service=layanan perusahaan="+c.company)
		ticket := ticketOf(t, db, desk.NewRef(int64(i+1)))
		equal(t, c.phone+" "+c.company, ticket.DecidedBy+" "+ticket.Company, c.want+" "+c.company)
	}
}
