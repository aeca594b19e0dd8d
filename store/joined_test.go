package store

import (
	"slices"
	"testing"
	"time"

	"sapa/dialog"
)

func TestAJoinedSessionLosesNothing(t *testing.T) {
	stays := dialog.Session{
		Flow: "chika", Drafts: []dialog.Draft{{Flow: "reaktivasi"}},
		Pending: []dialog.Pending{{Ref: "A"}},
	}
	other := dialog.Session{
		Flow: "bayi", Node: "nama", Greeted: true,
		Answers:  map[string]dialog.Answer{"nama": {Value: "Siti Aminah"}},
		Drafts:   []dialog.Draft{{Flow: "reaktivasi", Node: "older"}, {Flow: "pindah"}},
		Pending:  []dialog.Pending{{Ref: "A"}, {Ref: "B"}},
		Consents: map[string]time.Time{"1": time.Unix(1, 0)},
	}
	s := joined(stays, other, 5000, true)
	var flows []string
	for _, d := range s.Drafts {
		flows = append(flows, d.Flow+"@"+d.Node)
	}
	if got, want := flows, []string{"reaktivasi@", "pindah@", "bayi@nama"}; !slices.Equal(got, want) {
		t.Errorf("drafts %v, want %v", got, want)
	}
	if s.Flow != "chika" || len(s.Pending) != 2 || len(s.Consents) != 1 || !s.Greeted || s.Drafts[2].At.Unix() != 5 {
		t.Errorf("joined: %+v", s)
	}
	if s := joined(stays, other, 5000, false); len(s.Drafts) != 2 {
		t.Errorf("what is no form became a draft: %+v", s.Drafts)
	}
}
