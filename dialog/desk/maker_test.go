package desk

import (
	"errors"
	"testing"
	"time"
)

// What a company's officer prepares, another person of the company decides on at the very first stage.
func TestWhoeverMadeACompanysTicketDoesNotDecideOnIt(t *testing.T) {
	p := &Pipeline{
		Service: "pegawai", Subject: Subject{Company: "perusahaan"},
		Stages: []Stage{
			{Name: "setuju", Status: Open, Role: RoleCompanyApprover, Second: true, Decisions: []Decision{
				{Name: "approve", To: "selesai", Say: map[string]string{"id": "Disetujui."}},
			}},
			{Name: "selesai", Status: Approved},
		},
	}
	if errs := p.Check([]string{"id"}); len(errs) > 0 {
		t.Fatal(errs)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	values := map[string]string{"perusahaan": "PT1"}
	ticket := OpenTicket(p, Ticket{Ref: NewRef(1), DecidedBy: "maya", Values: values}, now, nil).Ticket
	for _, c := range []struct {
		name, company string
		second, may   bool
	}{
		{"maya", "PT1", true, false}, // an approver by now
		{"anton", "PT1", false, true},
		{"rahmat", "PT2", false, false},
	} {
		o := Officer{Name: c.name, Role: RoleCompanyApprover, Scope: []string{c.company}, Enabled: true}
		_, err := Decide(p, ticket, Action{Name: "approve"}, o.Actor(), now, nil)
		var second *SecondError
		if errors.As(err, &second) != c.second || (err == nil) != c.may || o.Suits(p, ticket) != c.may {
			t.Errorf("%s of %s: %v, suits %v", c.name, c.company, err, o.Suits(p, ticket))
		}
	}
}
