package desk_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sapa/dialog/desk"
)

func said(text string) map[string]string { return map[string]string{"id": text, "en": text} }

// reactivation is a pipeline much like the real one: checked by an officer, a class chosen by the member, paid, active.
func reactivation() *desk.Pipeline {
	return &desk.Pipeline{
		Service: "reaktivasi",
		Subject: desk.Subject{Regency: "kabupaten"},
		Stages: []desk.Stage{
			{Name: "verifikasi", Status: desk.Open, Role: desk.RoleBranch, Promise: 7 * time.Hour, Decisions: []desk.Decision{
				{Name: "approve", To: "kelas", Say: said("Disetujui."), Flow: "kelas", Sets: []desk.Set{
					{Name: "months_owed", Type: "number", Max: 600},
					{Name: "heads", Type: "number", Min: 1, Max: 20},
					{Name: "remark", Type: "text", Optional: true},
				}},
				{Name: "reject", To: "ditolak", Reason: true, Say: said("Ditolak: {reason}")},
			}},
			{Name: "kelas", Status: desk.WaitingMember, Role: desk.RoleBranch, Decisions: []desk.Decision{
				{Name: "choose", Member: true, To: "bayar", Sets: []desk.Set{{Name: "class", Type: "number", Min: 1, Max: 3}}},
				{Name: "recheck", To: "verifikasi", Say: said("Diperiksa lagi.")},
			}},
			{Name: "bayar", Status: desk.WaitingPayment, Role: desk.RoleBranch, Promise: 14 * time.Hour, Decisions: []desk.Decision{
				{Name: "paid", To: "aktif", Say: said("Aktif."), Sets: []desk.Set{{Name: "amount"}, {Name: "reference"}}},
			}},
			{Name: "aktif", Status: desk.Approved},
			{Name: "ditolak", Status: desk.Rejected},
		},
	}
}

func TestASoundPipelineHasNoMistakes(t *testing.T) {
	if errs := reactivation().Check([]string{"id", "en"}); len(errs) > 0 {
		t.Error(errors.Join(errs...))
	}
}

func TestEachMistakeInAPipelineIsFound(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*desk.Pipeline)
		want  []string
	}{
		{"no stage", func(p *desk.Pipeline) { p.Stages = nil }, []string{"service reaktivasi: the service has no stage"}},
		{"unknown status", func(p *desk.Pipeline) { p.Stages[3].Status = "active" }, []string{
			`stage aktif: status "active" is unknown`, "stage bayar: no way of decisions leads", "stage aktif: no way of decisions leads",
		}},
		{"first stage final", func(p *desk.Pipeline) { p.Stages[0].Status = desk.Closed }, []string{
			"stage verifikasi: the first stage is final", "stage verifikasi: the stage is final (closed), so it has no decisions",
			"stage verifikasi: nothing is promised while a ticket is closed",
		}},
		{"final with decisions", func(p *desk.Pipeline) { p.Stages[4].Decisions = p.Stages[0].Decisions[:1] }, []string{
			"stage ditolak: the stage is final (rejected), so it has no decisions",
		}},
		{"stuck", func(p *desk.Pipeline) { p.Stages[2].Decisions = nil }, []string{
			"stage bayar: the stage is not final (waiting_payment), so it needs a decision",
			"stage aktif: no decision of a reachable stage leads to it", "stage bayar: no way of decisions leads",
		}},
		{"unreachable", func(p *desk.Pipeline) { p.Stages[0].Decisions[1].To = "aktif" }, []string{
			"stage ditolak: no decision of a reachable stage leads to it",
		}},
		{"an island", func(p *desk.Pipeline) {
			p.Stages = append(p.Stages,
				desk.Stage{Name: "here", Status: desk.Open, Role: desk.RoleBranch, Decisions: []desk.Decision{{Name: "on", Member: true, To: "there"}}},
				desk.Stage{Name: "there", Status: desk.Open, Role: desk.RoleBranch, Decisions: []desk.Decision{
					{Name: "back", Member: true, To: "here"}, {Name: "out", Member: true, To: "aktif"},
				}})
		}, []string{"stage here: no decision of a reachable stage leads to it", "stage there: no decision of a reachable stage leads to it"}},
		{"a loop without an end", func(p *desk.Pipeline) {
			p.Stages = p.Stages[:2]
			p.Stages[0].Decisions = p.Stages[0].Decisions[:1]
			p.Stages[1].Decisions = p.Stages[1].Decisions[1:]
		}, []string{"stage verifikasi: no way of decisions", "stage kelas: no way of decisions"}},
		{"leads nowhere", func(p *desk.Pipeline) { p.Stages[0].Decisions[1].To = "tolak" }, []string{
			`stage verifikasi: decision reject: it leads to stage "tolak", which does not exist`,
			"stage ditolak: no decision of a reachable stage leads to it",
		}},
		{"silent in English", func(p *desk.Pipeline) { p.Stages[0].Decisions[0].Say = map[string]string{"id": "Disetujui."} }, []string{
			`stage verifikasi: decision approve: it does not say in language "en"`,
		}},
		{"stages of one name", func(p *desk.Pipeline) { p.Stages = append(p.Stages, p.Stages[4]) }, []string{`there are two stages "ditolak"`}},
		{"a stage without a name", func(p *desk.Pipeline) { p.Stages[4].Name = "" }, []string{
			"service reaktivasi: a stage has no name", `it leads to stage "ditolak", which does not exist`, "no decision of a reachable stage leads to it",
		}},
		{"decisions of one name", func(p *desk.Pipeline) { p.Stages[0].Decisions[1].Name = "approve" }, []string{
			`stage verifikasi: decision approve: there are two decisions "approve"`,
		}},
		{"values of one name", func(p *desk.Pipeline) { p.Stages[0].Decisions[0].Sets[1].Name = "months_owed" }, []string{
			`decision approve: there are two values "months_owed"`,
		}},
		{"a reserved name", func(p *desk.Pipeline) { p.Stages[0].Decisions[1].Name = "close" }, []string{
			`"close" is an action of every stage`,
		}},
		{"bounds crossed", func(p *desk.Pipeline) { p.Stages[0].Decisions[0].Sets[1].Min = 30 }, []string{`value "heads": min 30 is more than max 20`}},
		{"another action's name", func(p *desk.Pipeline) { p.Stages[0].Decisions[1].Name = "show" }, []string{
			`"show" is an action of every stage`,
		}},
		{"nobody's work", func(p *desk.Pipeline) { p.Stages[1].Role = "" }, []string{"stage kelas: the stage has no role: nobody would work it"}},
		{"an unknown role", func(p *desk.Pipeline) { p.Stages[1].Role = "boss" }, []string{
			`stage kelas: role "boss" is unknown; there are branch, dinsos, kemensos, bpjs, company-maker, company-approver, admin`,
		}},
		{"work after the end", func(p *desk.Pipeline) { p.Stages[4].Role = desk.RoleBranch }, []string{
			`stage ditolak: the stage is final (rejected), so it is nobody's work, not that of role "branch"`,
		}},
		{"a second person without a first", func(p *desk.Pipeline) { p.Stages[2].Second = true }, []string{
			"stage bayar: it wants a second person, but no decision of a first one leads to it",
		}},
		{"papers after the end", func(p *desk.Pipeline) { p.Stages[4].Documents = []string{"ktp"} }, []string{
			"stage ditolak: the stage is final (rejected), so it needs no documents",
		}},
		{"closed before reminded", func(p *desk.Pipeline) { p.Stages[1].Expire = 24 * time.Hour }, []string{
			"stage kelas: the ticket would be closed before the member is reminded",
		}},
		{"reminded after it was closed", func(p *desk.Pipeline) { p.Stages[2].Remind, p.Stages[2].Expire = 9*time.Hour, 8*time.Hour }, []string{
			"stage bayar: the ticket would be closed before the member is reminded",
		}},
		{"waiting after the end", func(p *desk.Pipeline) { p.Stages[4].Remind = time.Hour }, []string{
			"stage ditolak: the stage is final (rejected), so nobody is waited for",
		}},
		{"waiting backwards", func(p *desk.Pipeline) { p.Stages[1].Remind = -1 }, []string{"stage kelas: a time to wait is negative"}},
		{"followed up at once, silently", func(p *desk.Pipeline) { p.Stages[3].Follow = []desk.Follow{{Say: map[string]string{"id": "Lanjut?"}}} }, []string{
			"stage aktif: follow-up 1 comes after no time", `stage aktif: follow-up 1 does not say in language "en" what the member reads`,
		}},
		{"a promise below zero", func(p *desk.Pipeline) { p.Stages[0].Promise = -1 }, []string{"the promise is negative"}},
		{"two promises at once", func(p *desk.Pipeline) { p.Stages[0].Within = time.Hour }, []string{
			"stage verifikasi: the promise is in working time or within elapsed time, not both",
		}},
		{"a time of the law below zero", func(p *desk.Pipeline) { p.Stages[1].Within = -1 }, []string{"stage kelas: the promise is negative"}},
		{"a time of the law for the member to keep", func(p *desk.Pipeline) { p.Stages[1].Within = time.Hour }, []string{
			"stage kelas: nothing is promised while a ticket is waiting_member",
		}},
		{"decided at once", func(p *desk.Pipeline) { p.Stages[1].Auto.Decision = "recheck" }, []string{
			"stage kelas: it decides by itself after no time",
		}},
		{"decided after the end", func(p *desk.Pipeline) { p.Stages[3].Auto = desk.Auto{After: time.Hour, Decision: "paid"} }, []string{
			`stage aktif: it decides "paid" by itself, which is none of its decisions`,
		}},
		{"the member decides without knowing", func(p *desk.Pipeline) { p.Stages[1].Auto = desk.Auto{After: time.Hour, Decision: "choose"} }, []string{
			"stage kelas: decision choose: it is the member's, so it is not made by itself",
		}},
		{"refused without a reason", func(p *desk.Pipeline) { p.Stages[0].Auto = desk.Auto{After: time.Hour, Decision: "reject"} }, []string{
			"stage verifikasi: decision reject: it needs words or values, so it is not made by itself",
		}},
		{"an amount that nobody gave", func(p *desk.Pipeline) { p.Stages[2].Auto = desk.Auto{After: time.Hour, Decision: "paid"} }, []string{
			"stage bayar: decision paid: it needs words or values, so it is not made by itself",
		}},
		{"papers that nobody looked at", func(p *desk.Pipeline) {
			p.Stages[1].Auto, p.Stages[1].Documents = desk.Auto{After: time.Hour, Decision: "recheck"}, []string{"ktp"}
		}, []string{"stage kelas: decision recheck: it needs documents, so it is not made by itself"}},
		{"round and round", func(p *desk.Pipeline) {
			p.Stages[0].Decisions = append(p.Stages[0].Decisions, desk.Decision{Name: "later", To: "kelas", Say: said("Nanti.")})
			p.Stages[0].Auto = desk.Auto{After: time.Hour, Decision: "later"}
			p.Stages[1].Auto = desk.Auto{After: time.Hour, Decision: "recheck"}
		}, []string{
			"stage verifikasi: decision later: by itself the ticket would go round and round",
			"stage kelas: decision recheck: by itself the ticket would go round and round",
		}},
		{"erased on the way", func(p *desk.Pipeline) { p.Stages[0].Decisions[0].Erases = true }, []string{
			"stage verifikasi: decision approve: it erases the member's data, so it leads to a final stage",
		}},
		{"erased and followed up", func(p *desk.Pipeline) {
			p.Stages[0].Decisions[1].Erases = true
			p.Stages[4].Follow = []desk.Follow{{After: time.Hour, Say: said("Sudah?")}}
		}, []string{"stage verifikasi: decision reject: it erases the member's data, so nothing follows it"}},
		{"a promise for the member to keep", func(p *desk.Pipeline) { p.Stages[1].Promise = time.Hour }, []string{
			"stage kelas: nothing is promised while a ticket is waiting_member",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := reactivation()
			c.spoil(p)
			errs := p.Check([]string{"id", "en"})
			if len(errs) < len(c.want) {
				t.Errorf("%d mistakes found, want %d", len(errs), len(c.want))
			}
			for _, err := range errs {
				if _, ok := errors.AsType[*desk.PipelineError](err); !ok {
					t.Errorf("%v is a %T", err, err)
				}
			}
			for _, want := range c.want {
				if all := errors.Join(errs...); all == nil || !strings.Contains(all.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, all)
				}
			}
		})
	}
}

// A decision takes the way its pipeline declares, whether that was checked before or not; and one that leads back to its
// own stage leads there.
func TestDecisionsTakeTheDeclaredWays(t *testing.T) {
	for _, checked := range []bool{true, false} {
		p := reactivation()
		p.Stages[0].Decisions = append(p.Stages[0].Decisions, desk.Decision{Name: "postpone", To: "verifikasi", Say: said("Besok.")})
		if errs := p.Check([]string{"id"}); checked && len(errs) > 0 {
			t.Fatal(errors.Join(errs...))
		} else if !checked {
			p = &desk.Pipeline{Service: p.Service, Stages: p.Stages}
		}
		for _, s := range p.Stages {
			for _, way := range s.Decisions {
				ticket := desk.Ticket{Ref: ref, Service: p.Service, Stage: s.Name, Status: s.Status, Regency: "31.74"}
				a, who := good[way.Name], siti
				if a.Name == "" {
					a.Name = way.Name
				}
				if way.Member {
					who = member
				}
				change, err := desk.Decide(p, ticket, a, who, monday, wib(t))
				if err != nil || change.Ticket.Stage != way.To {
					t.Errorf("%s at %s leads to %q, want %s: %v", way.Name, s.Name, change.Ticket.Stage, way.To, err)
				}
			}
		}
	}
}

// One pipeline serves many writers.
func TestManyDecideAtOnce(t *testing.T) {
	d := opened(t)
	d.p.Check([]string{"id", "en"})
	var all sync.WaitGroup
	for _, name := range []string{"approve", "reject", "approve", "reject"} {
		all.Go(func() {
			for range 200 {
				change, err := d.try(siti, good[name])
				if want := map[string]string{"approve": "kelas", "reject": "ditolak"}[name]; err != nil || change.Ticket.Stage != want {
					t.Errorf("%s led to %q: %v", name, change.Ticket.Stage, err)
				}
			}
		})
	}
	all.Wait()
}
