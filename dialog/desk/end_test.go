package desk_test

import (
	"testing"
	"time"

	"sapa/dialog/desk"
)

func TestEndingATicket(t *testing.T) {
	d := opened(t).does(siti, good["take"]).does(siti, good["ask"]).does(siti, desk.Action{Name: "close", Text: "Sudah aktif."})
	got := d.change.Ticket
	if got.Status != desk.Closed || got.Stage != "verifikasi" || len(got.Asked) > 0 || !got.PromisedAt.IsZero() || got.Taken || got.Officer != "siti" || !got.EndedAt.Equal(d.now) {
		t.Errorf("closed: %+v", got)
	}
	if n := d.change.Notice; n == nil || *n != (desk.Notice{Stage: "verifikasi", Decision: "close", Text: "Sudah aktif."}) {
		t.Errorf("the member hears %+v", n)
	}
	if len(d.timers) > 0 {
		t.Errorf("timers are left: %v", d.timers)
	}
	d = opened(t).does(siti, good["take"]).does(member, good["cancel"])
	if got := d.change.Ticket; got.Status != desk.Cancelled || !got.PromisedAt.IsZero() || d.change.Notice != nil || len(d.timers) > 0 {
		t.Errorf("cancelled: %+v, %+v", got, d.change.Notice)
	}
}

// A ticket is reopened where it ended, or from the beginning when its way had come to an end, within seven days.
func TestReopening(t *testing.T) {
	for state, stage := range map[string]string{"rejected": "verifikasi", "cancelled": "verifikasi", "closed": "verifikasi", "closed at payment": "bayar"} {
		t.Run(state, func(t *testing.T) {
			var d *desktop
			if state == "closed at payment" {
				d = in(t, "payment").does(siti, good["take"]).does(siti, good["close"])
			} else {
				d = in(t, state)
			}
			d.does(member, good["rate"])
			d.now = d.now.Add(7 * 24 * time.Hour)
			d.does(member, good["reopen"])
			want, _ := d.p.Stage(stage)
			got := d.change.Ticket
			if got.Stage != stage || got.Status != want.Status || got.Officer != "" || got.Taken || !got.EndedAt.IsZero() || got.Rating != 0 || got.PromisedAt.IsZero() {
				t.Errorf("reopened: %+v", got)
			}
			if d.timers[desk.TimerPromise] != got.PromisedAt || d.change.Notice != nil {
				t.Errorf("timers %v", d.timers)
			}
			if a := d.change.Activities[0]; a.What != desk.EventReopened || a.Text != "Kartunya masih mati." {
				t.Errorf("recorded %+v", a)
			}
			d.does(siti, good["take"])
		})
	}
}

func TestReopeningTooLate(t *testing.T) {
	d := in(t, "rejected")
	d.now = d.now.Add(7*24*time.Hour + time.Second)
	if d.p.Reopens(d.change.Ticket, d.now) {
		t.Error("it says it could be reopened")
	}
	_, err := d.try(member, good["reopen"])
	sentence(t, err, "Ticket 5H8-PWW3 is rejected: all that is possible now is a note.")
	d.p.Reopen = 30 * 24 * time.Hour
	d.does(member, good["reopen"])

	d = in(t, "approved")
	if d.p.Reopens(d.change.Ticket, d.now) || d.p.Reopens(in(t, "open").change.Ticket, d.now) {
		t.Error("what was approved, or has not ended, could be reopened")
	}
}

// A reopened ticket's follow-ups are dropped with its end.
func TestFollowUpsOfAReopenedTicket(t *testing.T) {
	d := opened(t)
	d.p.Stages[4].Follow = []desk.Follow{{After: 24 * time.Hour, Say: said("Sudah diurus?")}}
	d.does(siti, good["reject"])
	if len(d.timers) != 1 {
		t.Fatalf("timers %v", d.timers)
	}
	d.does(member, good["reopen"])
	if at, left := d.timers[desk.FollowName(0)]; left {
		t.Errorf("it is still to be followed up at %s", at)
	}
}

func TestRating(t *testing.T) {
	rate := func(n string) desk.Action {
		return desk.Action{Name: "rate", Text: "Cepat sekali.", Sets: map[string]string{"rating": n}}
	}
	d := in(t, "approved")
	for n, want := range map[string]string{
		"0": `Ticket 5H8-PWW3: "rate" takes as rating a whole number from 1 to 5.`, "6": `Ticket 5H8-PWW3: "rate" takes as rating a whole number from 1 to 5.`,
		"": `Ticket 5H8-PWW3: "rate" needs rating.`, "lima": `Ticket 5H8-PWW3: "rate" takes as rating a whole number from 1 to 5.`,
	} {
		_, err := d.try(member, rate(n))
		sentence(t, err, want)
	}
	d.does(member, rate("5"))
	if got, a := d.change.Ticket, d.change.Activities[0]; got.Rating != 5 || got.Status != desk.Approved || got.Values["rating"] != "" || a.What != desk.EventRated || a.Text != "Cepat sekali." {
		t.Errorf("rated: %+v, %+v", got, a)
	}
	_, err := d.try(member, rate("1"))
	sentence(t, err, `Ticket 5H8-PWW3 is at stage aktif (approved): "rate" is not possible there. Nothing is possible for you now.`)
}

func TestTheMemberIsHeard(t *testing.T) {
	d := opened(t).does(siti, good["say"]).does(member, good["hear"])
	if a := d.change.Activities; len(a) != 1 || a[0].What != desk.EventHeard || a[0].Text != "Sudah saya kirim, Bu." || d.change.Notice != nil || d.change.Timers != nil {
		t.Errorf("heard: %+v", d.change)
	}
	_, err := d.try(member, desk.Action{Name: "hear", Text: " "})
	sentence(t, err, `Ticket 5H8-PWW3: "hear" needs a text.`)
}
