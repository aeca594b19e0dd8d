package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sapa/dialog/desk"
)

// fee is a service with every kind of stage: checked by a branch, checked again by a second person of it, a choice of
// the member, a payment that the head office waits for.
func fee() *desk.Pipeline {
	return &desk.Pipeline{
		Service: "iuran", Subject: desk.Subject{Regency: "kabupaten"},
		Stages: []desk.Stage{
			{Name: "periksa", Status: desk.Open, Role: desk.RoleBranch, Decisions: []desk.Decision{
				{Name: "approve", To: "tinjau", Say: said("Diteruskan.")},
				{Name: "reject", To: "ditolak", Reason: true, Say: said("Ditolak: {reason}")},
			}},
			{Name: "tinjau", Status: desk.Open, Role: desk.RoleBranch, Second: true, Decisions: []desk.Decision{
				{Name: "confirm", To: "kelas", Say: said("Disetujui.")},
				{Name: "return", To: "periksa", Reason: true, Say: said("Diperiksa lagi.")},
			}},
			{Name: "kelas", Status: desk.WaitingMember, Role: desk.RoleBranch, Decisions: []desk.Decision{
				{Name: "choose", Member: true, To: "bayar"},
				{Name: "recheck", To: "periksa", Say: said("Diperiksa lagi.")},
			}},
			{Name: "bayar", Status: desk.WaitingPayment, Role: desk.RoleBPJS, Decisions: []desk.Decision{
				{Name: "paid", To: "aktif", Say: said("Aktif.")},
			}},
			{Name: "aktif", Status: desk.Approved},
			{Name: "ditolak", Status: desk.Rejected},
		},
	}
}

// mutation is a service that companies begin: prepared by one person, approved by another, recorded by the head office.
func mutation() *desk.Pipeline {
	return &desk.Pipeline{
		Service: "mutasi", Subject: desk.Subject{Company: "perusahaan"},
		Stages: []desk.Stage{
			{Name: "siapkan", Status: desk.Open, Role: desk.RoleCompanyMaker, Decisions: []desk.Decision{
				{Name: "approve", To: "setujui", Say: said("Diteruskan.")},
			}},
			{Name: "setujui", Status: desk.Open, Role: desk.RoleCompanyApprover, Second: true, Decisions: []desk.Decision{
				{Name: "confirm", To: "catat", Say: said("Disetujui.")},
			}},
			{Name: "catat", Status: desk.Open, Role: desk.RoleBPJS, Decisions: []desk.Decision{
				{Name: "approve", To: "selesai", Say: said("Dicatat.")},
			}},
			{Name: "selesai", Status: desk.Approved},
		},
	}
}

// What everybody may do with a ticket, by what they are to it:
//
//	worker    an officer of the stage's role, in scope
//	other     an officer whose role works another stage of the service, in scope
//	admin     in scope
//	stranger  any other officer: whose role works no stage of it, or out of scope, or of another company
//	first     a worker or admin who made the decision before a stage for a second person
//
// and by whose it is: nobody's (free), theirs by assignment (given) or because they took it (mine), a colleague's by
// assignment (lent) or because they took it (taken). "any" stands for all five.
//
// The columns: open, asked again, waiting for the member, waiting for a payment, a stage for a second person; approved,
// rejected, cancelled, closed. The cells: + yes, n not possible there, t taken, F final, f foreign, 2 a second person is
// wanted. "decide" stands for all decisions of officers at the stage.
const matrix = `
worker    free   decide,take,say,ask,close                  +++++FFFF
worker    free   release,pass                               nnnnnFFFF
worker    given  decide,take,say,ask,close,release,pass     +++++FFFF
worker    mine   decide,say,ask,close,release,pass          +++++FFFF
worker    mine   take                                       tttttFFFF
worker    lent   decide,take,say,ask,close                  +++++FFFF
worker    lent   release,pass                               nnnnnFFFF
worker    taken  decide,take,say,ask,close,release,pass     tttttFFFF
worker    any    note,show                                  +++++++++
worker    any    assign,answer,add,hear,cancel,choose,dance nnnnnFFFF
worker    any    reopen,rate                                nnnnnnnnn

other     any    note,show                                  +++++++++
other     any    reopen,rate                                fffffnnnn
other     any    decide,take,say,ask,close,release,pass,assign,answer,add,hear,cancel,choose,dance fffffFFFF

admin     free   decide,take,say,ask,close                  +++++FFFF
admin     free   release,pass                               nnnnnFFFF
admin     given  decide,take,say,ask,close,release,pass     +++++FFFF
admin     mine   decide,say,ask,close,release,pass          +++++FFFF
admin     mine   take                                       tttttFFFF
admin     lent   decide,take,say,ask,close,release,pass     +++++FFFF
admin     taken  decide,take,say,ask,close,release,pass     +++++FFFF
admin     any    assign                                     +++++FFFF
admin     any    note,show                                  +++++++++
admin     any    answer,add,hear,cancel,choose,dance        nnnnnFFFF
admin     any    reopen,rate                                nnnnnnnnn

stranger  any    decide,take,say,ask,close,release,pass,note,show,assign,answer,add,hear,cancel,choose,dance,reopen,rate fffffffff

first     free   decide,take                                ....2FFFF
first     given  decide,take                                ....2FFFF

member    any    show                                       +++++++++
member    any    note                                       nnnnnnnnn
member    any    decide,take,say,ask,close,release,pass,assign,dance nnnnnFFFF
member    any    answer                                     n+nnnFFFF
member    any    choose                                     nn+nnFFFF
member    any    add,hear,cancel                            +++++FFFF
member    any    reopen                                     nnnnnn+++
member    any    rate                                       nnnnn++++

system    any    show,note                                  +++++++++
system    any    decide                                     nnn+nFFFF
system    any    assign                                     +++++FFFF
system    free   release                                    nnnnnFFFF
system    given  release                                    +++++FFFF
system    mine   release                                    +++++FFFF
system    lent   release                                    +++++FFFF
system    taken  release                                    +++++FFFF
system    any    take,say,ask,close,pass,answer,add,hear,cancel,choose,dance nnnnnFFFF
system    any    reopen,rate                                nnnnnnnnn
`

var (
	kinds      = []string{"open", "asked", "wait", "pay", "second", "approved", "rejected", "cancelled", "closed"}
	ownerships = []string{"free", "given", "mine", "lent", "taken"}
	actions    = []string{
		"decide", "take", "release", "pass", "assign", "note", "say", "ask", "close", "answer", "add", "hear", "cancel",
		"reopen", "rate", "show", "choose", "dance",
	}
)

// cells reads the matrix: by "actor ownership action", a cell for each kind of stage.
func cells(t *testing.T) map[string]string {
	t.Helper()
	read := map[string]string{}
	for line := range strings.Lines(matrix) {
		row := strings.Fields(line)
		if len(row) == 0 {
			continue
		}
		owners := ownerships
		if row[1] != "any" {
			owners = row[1:2]
		}
		for _, owner := range owners {
			for action := range strings.SplitSeq(row[2], ",") {
				key := row[0] + " " + owner + " " + action
				if _, twice := read[key]; twice || len(row[3]) != len(kinds) || !slices.Contains(actions, action) {
					t.Fatalf("bad row: %s", line)
				}
				read[key] = row[3]
			}
		}
	}
	return read
}

// place is a ticket of some kind of stage, whose work it is there, and the decisions officers have there.
type place struct {
	p         *desk.Pipeline
	kind      string
	ticket    desk.Ticket
	role      desk.Role
	decisions []string
}

func places() []place {
	at := func(p *desk.Pipeline, kind, stage string, status desk.Status, decisions ...string) place {
		s, _ := p.Stage(stage)
		t := desk.Ticket{
			Ref: ref, Rev: 3, Service: p.Service, Stage: stage, Status: status, Regency: "31.74", OpenedAt: monday,
			DecidedBy: "siti",
		}
		if p.Service == "mutasi" {
			t.Company = "PT01"
		}
		if status.Final() {
			t.EndedAt = monday
		}
		return place{p, kind, t, s.Role, decisions}
	}
	p, m := fee(), mutation()
	asked := at(p, "asked", "periksa", desk.WaitingMember, "approve", "reject")
	asked.ticket.Asked = []string{"ktp"}
	return []place{
		at(p, "open", "periksa", desk.Open, "approve", "reject"),
		asked,
		at(p, "second", "tinjau", desk.Open, "confirm", "return"),
		at(p, "wait", "kelas", desk.WaitingMember, "recheck"),
		at(p, "pay", "bayar", desk.WaitingPayment, "paid"),
		at(p, "approved", "aktif", desk.Approved, "approve"),
		at(p, "rejected", "ditolak", desk.Rejected, "approve"),
		at(p, "cancelled", "kelas", desk.Cancelled, "recheck"),
		at(p, "closed", "bayar", desk.Closed, "paid"),
		at(m, "open", "siapkan", desk.Open, "approve"),
		at(m, "second", "setujui", desk.Open, "confirm"),
		at(m, "open", "catat", desk.Open, "approve"),
		at(m, "approved", "selesai", desk.Approved, "approve"),
		at(m, "closed", "siapkan", desk.Closed, "approve"),
	}
}

// covered are the scopes in which a role finds the tickets above, and those in which it does not.
func scopes(role desk.Role) (in, out [][]string) {
	if role == desk.RoleCompanyMaker || role == desk.RoleCompanyApprover {
		return [][]string{{"PT01"}, {"PT00", "PT01"}}, [][]string{{"PT02"}, nil, {"31.74"}, {"31"}}
	}
	return [][]string{nil, {"31.74"}, {"31"}, {"32", "31.74"}}, [][]string{{"31.71"}, {"32"}, {"3"}, {"31.7"}, {"PT01"}, {""}}
}

// relations tells for each service which roles work it. Of a company's ticket only that company's makers and approvers
// are in scope.
var workers = map[string][]desk.Role{
	"iuran":  {desk.RoleBranch, desk.RoleBPJS},
	"mutasi": {desk.RoleCompanyMaker, desk.RoleCompanyApprover, desk.RoleBPJS},
}

// relation names what an officer in scope is to a ticket.
func relation(at place, role desk.Role) string {
	switch {
	case role == desk.RoleAdmin:
		return "admin"
	case at.ticket.Status.Final() && slices.Contains(workers[at.p.Service], role):
		return "worker" // once it has ended, the roles of the service are equal
	case role == at.role:
		return "worker"
	case slices.Contains(workers[at.p.Service], role):
		return "other"
	}
	return "stranger"
}

// owned gives the ticket to somebody. A ticket that has ended is nobody's to take.
func owned(t desk.Ticket, ownership, me string) desk.Ticket {
	switch ownership {
	case "given", "mine":
		t.Officer = me
	case "lent", "taken":
		t.Officer = "dewi"
	}
	t.Taken = (ownership == "mine" || ownership == "taken") && !t.Status.Final()
	return t
}

// TestMay goes through every role, scope, ownership, action and kind of stage, and through members and the system.
func TestMay(t *testing.T) {
	table, seen := cells(t), map[string]bool{}
	for _, at := range places() {
		for _, ownership := range ownerships {
			check := func(who desk.Actor, relation string) {
				for _, action := range actions {
					key := relation + " " + ownership + " " + action
					row, ok := table[key]
					if !ok && relation == "first" {
						row = table[strings.Replace(key, "first", "worker", 1)]
					} else if !ok {
						t.Fatalf("the matrix says nothing of %s", key)
					}
					seen[key] = true
					cell := string(row[slices.Index(kinds, at.kind)])
					tryCell(t, at, owned(at.ticket, ownership, who.Name), who, action, cell, key)
				}
			}
			for _, role := range desk.Roles() {
				in, out := scopes(role)
				if (role == desk.RoleCompanyMaker || role == desk.RoleCompanyApprover) && at.ticket.Company == "" {
					in, out = nil, append(in, out...)
				}
				for _, scope := range in {
					check(desk.Actor{Name: "rina", Role: role, Scope: scope}, relation(at, role))
				}
				for _, scope := range out {
					check(desk.Actor{Name: "rina", Role: role, Scope: scope}, "stranger")
				}
			}
			check(desk.Actor{Name: "rina"}, "stranger")
			check(desk.Actor{Name: "rina", Role: "boss"}, "stranger")
			check(member, "member")
			check(system, "system")
			check(payment, "system")
			if at.kind == "second" && (ownership == "free" || ownership == "given") {
				in, _ := scopes(at.role)
				check(desk.Actor{Name: at.ticket.DecidedBy, Role: at.role, Scope: in[0]}, "first")
			}
		}
	}
	for key := range table {
		if !seen[key] {
			t.Errorf("no ticket was found to try: %s", key)
		}
	}
}

// tryCell asks May, Possible and Decide for one cell of the matrix.
func tryCell(t *testing.T, at place, ticket desk.Ticket, who desk.Actor, action, cell, key string) {
	t.Helper()
	names := []string{action}
	if action == "decide" {
		names = at.decisions
	}
	for _, name := range names {
		err := desk.May(at.p, ticket, name, who)
		if got := outcome(err); got != cell {
			t.Fatalf("%s: %s at %s (%s) by %s of %v: %s, want %s: %v", key, name, ticket.Stage, ticket.Status, who.Role, who.Scope, got, cell, err)
		}
		if listed := slices.Contains(desk.Possible(at.p, ticket, who), name); listed != (cell == "+") && name != "show" {
			t.Fatalf("%s: %s is listed as possible: %t", key, name, listed)
		}
		a, known := good[name]
		if !known || action == "decide" || action == "choose" { // the decisions here take no values
			a = desk.Action{Name: name, Text: "Sudah dicek."}
		}
		change, err := desk.Decide(at.p, ticket, a, who, monday, wib(t))
		switch got := outcome(err); {
		case name == "show" && got == "n" && cell == "+": // looking is no change
		case got != cell:
			t.Fatalf("%s: deciding %s at %s: %s, want %s: %v", key, name, ticket.Stage, got, cell, err)
		case err != nil && (change.Ticket.Ref != "" || change.Activities != nil || change.Notice != nil || change.Timers != nil):
			t.Fatalf("%s: refused, and yet a change: %+v", key, change)
		}
	}
}

// outcome names an error as the matrix does.
func outcome(err error) string {
	if err == nil {
		return "+"
	}
	var (
		no      *desk.NotAllowedError
		taken   *desk.TakenError
		final   *desk.FinalError
		foreign *desk.ForeignError
		second  *desk.SecondError
	)
	switch {
	case errors.As(err, &no):
		return "n"
	case errors.As(err, &taken):
		return "t"
	case errors.As(err, &final):
		return "F"
	case errors.As(err, &foreign):
		return "f"
	case errors.As(err, &second):
		return "2"
	}
	return err.Error()
}

func TestAForeignTicketTellsNothing(t *testing.T) {
	d := opened(t).does(siti, good["take"])
	far := desk.Actor{Name: "rina", Role: desk.RoleBranch, Scope: []string{"32.73"}}
	for _, a := range []desk.Action{good["approve"], {Name: "approve", Rev: 1}, {Name: "dance"}, {Name: "show"}} {
		_, err := d.try(far, a)
		sentence(t, err, "Ticket 5H8-PWW3 is not yours to work on: your role or your scope does not cover this.")
	}
	if got := desk.Possible(d.p, d.change.Ticket, far); len(got) > 0 {
		t.Errorf("possible are %v", got)
	}
}

// A ticket of no known place is work of every office; but an officer of no company does not meet a ticket of none.
func TestATicketOfNoKnownPlace(t *testing.T) {
	branch := desk.Ticket{Ref: ref, Service: "iuran", Stage: "periksa", Status: desk.Open}
	company := desk.Ticket{Ref: ref, Service: "mutasi", Stage: "siapkan", Status: desk.Open}
	for _, c := range []struct {
		role  desk.Role
		scope []string
		want  bool
	}{
		{desk.RoleBranch, nil, true},
		{desk.RoleBranch, []string{"31"}, true},
		{desk.RoleAdmin, nil, true},
		{desk.RoleAdmin, []string{"31.74"}, true},
		{desk.RoleCompanyMaker, nil, false},
		{desk.RoleCompanyMaker, []string{""}, false},
	} {
		p, ticket := fee(), branch
		if c.role == desk.RoleCompanyMaker {
			p, ticket = mutation(), company
		}
		err := desk.May(p, ticket, desk.ActionShow, desk.Actor{Name: "rina", Role: c.role, Scope: c.scope})
		if (err == nil) != c.want {
			t.Errorf("%s of %q: %v", c.role, c.scope, err)
		}
	}
}
