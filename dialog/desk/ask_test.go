package desk_test

import (
	"slices"
	"testing"

	"sapa/dialog/desk"
)

func ask(field string) desk.Action {
	return desk.Action{Name: "ask", Field: field, Text: "Fotonya buram."}
}

func answer(field, value string) desk.Action {
	return desk.Action{Name: "answer", Field: field, Sets: map[string]string{field: value}}
}

// One paper is turned down with a reason: the member is asked for that one alone.
func TestAskingAgain(t *testing.T) {
	d := opened(t).does(siti, ask("ktp"))
	ticket := d.change.Ticket
	if !slices.Equal(ticket.Asked, []string{"ktp"}) || ticket.Status != desk.WaitingMember || ticket.Stage != "verifikasi" || !ticket.PromisedAt.IsZero() {
		t.Errorf("asked: %+v", ticket)
	}
	if ticket.Values["ktp"] != "document:1" || ticket.Values["nama"] != "Siti Contoh" {
		t.Errorf("what was given is not there any more: %v", ticket.Values)
	}
	if n := d.change.Notice; n == nil || *n != (desk.Notice{Stage: "verifikasi", Decision: "ask", Text: "Fotonya buram.", Field: "ktp"}) {
		t.Errorf("the member hears %+v", n)
	}
	d.now = d.now.AddDate(0, 0, 1)
	d.does(member, answer("ktp", "document:2"))
	ticket = d.change.Ticket
	if len(ticket.Asked) > 0 || ticket.Status != desk.Open || ticket.Values["ktp"] != "document:2" {
		t.Errorf("answered: %+v", ticket)
	}
	if want := d.cal.Add(d.now, d.p.Stages[0].Promise); !ticket.PromisedAt.Equal(want) {
		t.Errorf("the promise starts again: %s, want %s", ticket.PromisedAt, want)
	}
	if a := d.change.Activities[0]; a.What != desk.EventAnswered || a.Field != "ktp" || a.Who != "member" || !a.At.Equal(d.now) {
		t.Errorf("recorded: %+v", a)
	}
}

func TestSeveralFieldsAreAskedAgain(t *testing.T) {
	d := opened(t).does(siti, ask("ktp")).does(siti, ask("kk")).does(siti, ask("ktp"))
	if got := d.change.Ticket.Asked; !slices.Equal(got, []string{"ktp", "kk"}) {
		t.Errorf("asked for %v", got)
	}
	if n := d.change.Notice; n == nil || n.Field != "ktp" {
		t.Errorf("asking once more is told once more: %+v", n)
	}
	before := d.change.Ticket.Asked
	d.does(member, answer("kk", "document:4")) // in whatever order
	if got := d.change.Ticket; !slices.Equal(got.Asked, []string{"ktp"}) || got.Status != desk.WaitingMember || !got.PromisedAt.IsZero() {
		t.Errorf("one of two answered: %+v", got)
	}
	if !slices.Equal(before, []string{"ktp", "kk"}) {
		t.Errorf("the ticket before was changed: %v", before)
	}
	d.does(member, answer("ktp", "document:5"))
	if got := d.change.Ticket; len(got.Asked) > 0 || got.Status != desk.Open || got.PromisedAt.IsZero() {
		t.Errorf("both answered: %+v", got)
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	d := opened(t).does(siti, ask("ktp"))
	_, err := d.try(member, answer("kk", "document:3"))
	sentence(t, err, `Ticket 5H8-PWW3: "answer" needs ktp; does not take kk.`)
	_, err = d.try(member, desk.Action{Name: "answer", Field: "ktp"})
	sentence(t, err, `Ticket 5H8-PWW3: "answer" needs ktp.`)
}

func TestDecidingWhileTheMemberIsAsked(t *testing.T) {
	d := opened(t).does(siti, ask("ktp")).does(siti, good["approve"])
	if got := d.change.Ticket; len(got.Asked) > 0 || got.Stage != "kelas" {
		t.Errorf("the officer decided without it: %+v", got)
	}
	d = in(t, "class").does(siti, ask("ktp")).does(member, good["choose"])
	if got := d.change.Ticket; got.Stage != "bayar" || len(got.Asked) != 1 || got.Status != desk.WaitingMember || !got.PromisedAt.IsZero() {
		t.Errorf("the member decided something else first: %+v", got)
	}
	d.does(member, good["answer"])
	if got := d.change.Ticket; got.Status != desk.WaitingPayment || got.PromisedAt.IsZero() {
		t.Errorf("after the answer: %+v", got)
	}
}

// Papers that a stage needs hold up every decision but a refusal.
func TestPapersAStageNeeds(t *testing.T) {
	needing := func() *desktop {
		d := opened(t)
		d.p.Stages[0].Documents = []string{"ktp", "kk"}
		d.p.Stages[0].Decisions = append(d.p.Stages[0].Decisions, desk.Decision{Name: "drop", To: "ditolak"})
		return d
	}
	_, err := needing().try(siti, good["approve"])
	sentence(t, err, `Ticket 5H8-PWW3: "approve" needs kk first.`)
	_, err = needing().does(siti, ask("ktp")).try(siti, good["approve"])
	sentence(t, err, `Ticket 5H8-PWW3: "approve" needs ktp, kk first.`)

	d := needing().does(siti, ask("ktp")).does(siti, ask("kk")).does(member, answer("kk", "document:2")).does(member, answer("ktp", "document:3"))
	if got := d.does(siti, good["approve"]).change.Ticket.Stage; got != "kelas" {
		t.Errorf("at %s", got)
	}
	for _, a := range []desk.Action{good["reject"], good["close"], {Name: "drop"}} {
		if got := needing().does(siti, a).change.Ticket.Status; !got.Final() {
			t.Errorf("%s: %s", a.Name, got)
		}
	}
}

// A member may add what nobody asked for, and can never replace what an officer may have decided upon.
func TestAddingAPaper(t *testing.T) {
	d := opened(t)
	promised := d.change.Ticket.PromisedAt
	d.does(member, good["add"])
	got := d.change.Ticket
	if got.Values["surat"] != "document:3" || got.Status != desk.Open || !got.PromisedAt.Equal(promised) || d.change.Timers != nil {
		t.Errorf("added: %+v, timers %v", got, d.change.Timers)
	}
	if a := d.change.Activities; len(a) != 1 || a[0].What != desk.EventAdded || a[0].Field != "surat" {
		t.Errorf("recorded %+v", a)
	}
	for field, want := range map[string]string{
		"ktp": `Ticket 5H8-PWW3: "add" does not take ktp.`, "": `Ticket 5H8-PWW3: "add" needs a field.`,
	} {
		_, err := d.try(member, desk.Action{Name: "add", Field: field, Sets: map[string]string{field: "document:9"}})
		sentence(t, err, want)
	}
	d.does(siti, ask("ktp")).does(member, desk.Action{Name: "add", Field: "ktp", Sets: map[string]string{"ktp": "document:9"}})
	if got := d.change.Ticket; len(got.Asked) > 0 || got.Values["ktp"] != "document:9" || d.change.Activities[0].What != desk.EventAnswered {
		t.Errorf("what was asked for is answered: %+v", got)
	}
}
