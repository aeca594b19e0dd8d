package store

import (
	"errors"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

func TestAnOfficerIsKnownByTheirPhone(t *testing.T) {
	db := inside(t, t.TempDir())
	check(t, db.AddOfficer(t.Context(), desk.Officer{Name: "rina", Role: desk.RoleBranch, Phone: "+6281200000001", Enabled: true}))
	visit := func(from, phone string) (name string, err error) {
		check(t, db.do(t.Context(), func(tx *tx) error {
			v, verr := tx.visit(dialog.Input{Kind: dialog.Message, Line: "chika", From: from, Phone: phone, At: time.Unix(1, 0)})
			check(t, verr)
			o, oerr := tx.officerOf(v.who)
			name, err = o.Name, oerr
			return nil
		}))
		return name, err
	}
	for _, from := range []string{"6281200000001", "42@lid"} { // as a number today, hidden tomorrow
		if name, err := visit(from, "+6281200000001"); name != "rina" || err != nil {
			t.Errorf("%s: %q, %v", from, name, err)
		}
	}
	if name, err := visit("6281200000002", "+6281200000002"); !errors.Is(err, ErrNoOfficer) {
		t.Errorf("a member is %q, %v", name, err)
	}
}
