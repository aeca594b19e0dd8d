package desk_test

import (
	"strings"
	"testing"

	"sapa/dialog/desk"
)

func officer(name string, role desk.Role, scope ...string) desk.Officer {
	return desk.Officer{Name: name, Role: role, Scope: scope, Enabled: true}
}

func TestPick(t *testing.T) {
	branch, bpjs := desk.RoleBranch, desk.RoleBPJS
	all := []desk.Officer{
		officer("zaki", branch, "31.74"), officer("agus", branch, "31"), officer("beni", branch), officer("citra", branch, "31.74", "31"),
		officer("far", branch, "32.73"), officer("pusat", bpjs), officer("hana", desk.RoleAdmin),
	}
	off := officer("aan", branch, "31.74")
	off.Enabled = false
	all = append(all, off)
	ticket := desk.Ticket{Ref: ref, Service: "iuran", Stage: "periksa", Status: desk.Open, Regency: "31.74"}
	with := func(change func(*desk.Ticket)) desk.Ticket { t := ticket; change(&t); return t }
	for _, c := range []struct {
		name     string
		officers []desk.Officer
		load     map[string]int
		ticket   desk.Ticket
		not      string
		want     string // "" nobody
	}{
		{"the nearest, then the first by name", all, nil, ticket, "", "citra"},
		{"the least loaded of the nearest", all, map[string]int{"citra": 3, "zaki": 2}, ticket, "", "zaki"},
		{"nearness goes before load", all, map[string]int{"citra": 9, "zaki": 9}, ticket, "", "citra"},
		{"not that one", all, nil, ticket, "citra", "zaki"},
		{"of the province", all, nil, with(func(t *desk.Ticket) { t.Regency = "31.71" }), "", "agus"},
		{"from everywhere", all, nil, with(func(t *desk.Ticket) { t.Regency = "51.71" }), "", "beni"},
		{"no known place", all, nil, with(func(t *desk.Ticket) { t.Regency = "" }), "", "agus"},
		{"the stage's role", all, nil, with(func(t *desk.Ticket) { t.Stage = "bayar" }), "", "pusat"},
		{"a second person", all, nil, with(func(t *desk.Ticket) { t.Stage, t.DecidedBy = "tinjau", "citra" }), "", "zaki"},
		{"the same person where one is enough", all, nil, with(func(t *desk.Ticket) { t.DecidedBy = "citra" }), "", "citra"},
		{"nobody of the role", all[6:], nil, ticket, "", ""},
		{"only somebody disabled", all[7:], nil, ticket, "", ""},
		{"only out of scope", all[4:5], nil, ticket, "", ""},
		{"an ended ticket", all, nil, with(func(t *desk.Ticket) { t.Status = desk.Closed }), "", ""},
		{"a stage that is gone", all, nil, with(func(t *desk.Ticket) { t.Stage = "lama" }), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			name, ok := desk.Pick(c.officers, c.load, c.ticket, fee(), c.not)
			if name != c.want || ok != (c.want != "") {
				t.Errorf("picked %q, want %q", name, c.want)
			}
		})
	}
}

// Whoever is picked may work the ticket, and nothing is lost when an officer is disabled.
func TestADisabledOfficerMayDoNothing(t *testing.T) {
	d := opened(t)
	rina := officer("rina", desk.RoleBranch, "31.74")
	d.does(system, desk.Action{Name: "assign", To: "rina"}).does(rina.Actor(), good["take"])
	rina.Enabled = false
	for _, name := range desk.Possible(d.p, d.change.Ticket, rina.Actor()) {
		t.Errorf("%s is possible", name)
	}
	_, err := d.try(siti, good["approve"])
	sentence(t, err, "Ticket 5H8-PWW3 was taken by rina: only they can do this, until they release it.")
	if name, ok := desk.Pick([]desk.Officer{rina, officer("siti", desk.RoleBranch)}, nil, d.change.Ticket, d.p, "rina"); !ok || name != "siti" {
		t.Fatalf("picked %q", name)
	}
	d.does(system, desk.Action{Name: "assign", To: "siti"})
	if got := d.change.Ticket; got.Officer != "siti" || got.Taken {
		t.Errorf("reassigned: %+v", got)
	}
	d.does(siti, good["take"]).does(system, desk.Action{Name: "release"})
	if got := d.change.Ticket; got.Officer != "" || got.Taken {
		t.Errorf("given back: %+v", got)
	}
}

func TestAssigningTakingPassing(t *testing.T) {
	d := opened(t).does(system, desk.Action{Name: "assign", To: "siti"})
	if got, a := d.change.Ticket, d.change.Activities; got.Officer != "siti" || got.Taken || len(a) != 1 || a[0].What != desk.EventAssigned || a[0].Officer != "siti" || a[0].Who != "system" {
		t.Errorf("assigned: %+v, %+v", got, a)
	}
	d.does(budi, good["take"]) // an assigned ticket is not reserved
	if got := d.change.Ticket; got.Officer != "budi" || !got.Taken {
		t.Errorf("taken: %+v", got)
	}
	d.does(budi, desk.Action{Name: "pass", To: "siti", Text: "Saya cuti."})
	if got, a := d.change.Ticket, d.change.Activities[0]; got.Officer != "siti" || got.Taken || a.What != desk.EventPassed || a.Who != "budi" || a.Officer != "siti" || a.Text != "Saya cuti." {
		t.Errorf("passed: %+v, %+v", got, a)
	}
	if d.change.Notice != nil || d.change.Timers != nil {
		t.Errorf("the member hears of it: %+v", d.change)
	}
	_, err := d.try(siti, desk.Action{Name: "pass", To: "siti"})
	sentence(t, err, `Ticket 5H8-PWW3: "pass" needs another officer.`)
	_, err = d.try(siti, desk.Action{Name: "pass"})
	sentence(t, err, `Ticket 5H8-PWW3: "pass" needs an officer.`)
	d.does(siti, good["take"]).does(head, good["say"])
	if got, a := d.change.Ticket, d.change.Activities[0]; got.Officer != "siti" || a.Who != "hana" || a.Officer != "siti" {
		t.Errorf("an admin acts on a colleague's ticket, and it is recorded: %+v", a)
	}
	d.does(head, good["take"])
	if got := d.change.Ticket; got.Officer != "hana" || !got.Taken {
		t.Errorf("taken over: %+v", got)
	}
}

// A ticket stays whose it was as long as the same role goes on with it.
func TestWhoseATicketIsAfterADecision(t *testing.T) {
	p, cal := fee(), wib(t)
	at := func(stage string) desk.Ticket {
		return desk.Ticket{
			Ref: ref, Service: "iuran", Stage: stage, Status: desk.Open, Regency: "31.74", Officer: "siti", Taken: true,
		}
	}
	for _, c := range []struct {
		stage, decision, officer string
		taken                    bool
	}{
		{"periksa", "approve", "", false},     // a second person is wanted
		{"periksa", "reject", "siti", false},  // ended: whose it was
		{"tinjau", "confirm", "siti", true},   // the same role
		{"kelas", "recheck", "siti", true},    // the same role
		{"tinjau", "return", "siti", true},    // back again
		{"kelas", "choose", "", false},        // another role
		{"periksa", "cancel", "siti", false},  // ended
		{"bayar", "paid", "siti", false},      // ended
		{"periksa", "release", "", false},     // by hand
		{"periksa", "ask", "siti", true},      // the same stage
		{"periksa", "assign", "dewi", false},  // by hand
		{"kelas", "hear", "siti", true},       // words only
		{"periksa", "approve2", "dewi", true}, // a colleague's ticket, decided by an admin: the colleague is a second person
	} {
		ticket, a, who := at(c.stage), good[c.decision], siti
		if _, common := good[c.decision]; !common || c.decision == "approve" || c.decision == "choose" || c.decision == "paid" {
			a = desk.Action{Name: strings.TrimSuffix(c.decision, "2"), Text: "Sudah dicek."}
		}
		switch c.decision {
		case "choose", "cancel", "hear":
			who = member
		case "paid":
			who = payment
		case "assign":
			who = head
		case "approve2":
			who, ticket.Officer = head, "dewi"
		}
		change, err := desk.Decide(p, ticket, a, who, monday, cal)
		if err != nil {
			t.Errorf("%s at %s: %v", c.decision, c.stage, err)
		}
		if got := change.Ticket; got.Officer != c.officer || got.Taken != c.taken {
			t.Errorf("%s at %s: of %q, taken %t; want %q, %t", c.decision, c.stage, got.Officer, got.Taken, c.officer, c.taken)
		}
	}
}

// Maker and approver are never the same person, whatever they are and however they come to the ticket.
func TestTwoPeople(t *testing.T) {
	for _, first := range []desk.Actor{siti, head} {
		d := &desktop{t: t, p: fee(), cal: wib(t), now: monday}
		d.keep(desk.OpenTicket(d.p, desk.Ticket{Ref: ref, Regency: "31.74"}, monday, d.cal))
		d.does(first, desk.Action{Name: "approve"})
		if d.change.Ticket.DecidedBy != first.Name {
			t.Errorf("decided by %q", d.change.Ticket.DecidedBy)
		}
		want := "Ticket 5H8-PWW3 was decided by " + first.Name + " at the stage before: somebody else has to decide it here."
		for _, a := range []desk.Action{{Name: "confirm"}, {Name: "return", Text: "Salah."}, {Name: "take"}} {
			_, err := d.try(first, a)
			sentence(t, err, want)
		}
		_, err := d.try(head, desk.Action{Name: "assign", To: first.Name})
		sentence(t, err, want)
		d.does(first, good["note"]).does(first, good["ask"]).does(member, good["answer"]) // all else is allowed
		if d.change.Ticket.DecidedBy != first.Name {
			t.Error("an answer of the member made the first person a second")
		}
		d.does(budi, desk.Action{Name: "return", Text: "Kurang jelas."}).does(first, desk.Action{Name: "approve"}).does(budi, desk.Action{Name: "confirm"})
		if d.change.Ticket.Stage != "kelas" {
			t.Errorf("at %s", d.change.Ticket.Stage)
		}
	}
}

func TestOfficersToBeStored(t *testing.T) {
	for _, o := range []desk.Officer{
		officer("rina", desk.RoleBranch), officer("rina.w-2", desk.RoleDinsos, "31", "32.73"), officer("hr_1", desk.RoleCompanyMaker, "PT01"),
	} {
		if err := o.Check(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, c := range []struct {
		o    desk.Officer
		want string
	}{
		{officer("", desk.RoleBranch), "an officer's name is"},
		{officer("Rina W", desk.RoleBranch), "an officer's name is"},
		{officer("member", desk.RoleBranch), `no officer can be called "member"`},
		{officer("system", desk.RoleBranch), `no officer can be called "system"`},
		{officer("rina", "boss"), `role "boss" is unknown; there are branch, dinsos, kemensos,`},
		{officer("rina", desk.RoleBranch, "3174"), `scope "3174" is no code`},
		{officer("rina", desk.RoleBranch, "31.7"), `scope "31.7" is no code`},
		{officer("rina", desk.RoleBranch, ""), `scope "" is no code`},
		{officer("rina", desk.RoleCompanyApprover), "needs the code of a company"},
	} {
		if err := c.o.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
}
