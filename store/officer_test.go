package store_test

import (
	"errors"
	"fmt"
	"testing"

	"sapa/dialog/desk"
	"sapa/store"
)

func officerOf(name, phone string) desk.Officer {
	return desk.Officer{Name: name, Role: desk.RoleBranch, Scope: []string{"31.74", "31.75"}, Phone: phone, Enabled: true}
}

func TestOfficersAreKept(t *testing.T) {
	db := open(t, options(t))
	rina, joko := officerOf("rina", "+"+siti), officerOf("joko", "")
	must(t, db.AddOfficer(t.Context(), rina))
	must(t, db.AddOfficer(t.Context(), joko))
	equal(t, "the same name", errors.Is(db.AddOfficer(t.Context(), officerOf("rina", "")), store.ErrOfficerExists), true)
	equal(t, "the same phone", errors.Is(db.AddOfficer(t.Context(), officerOf("dewi", "+"+siti)), store.ErrPhoneTaken), true)

	all, err := db.Officers(t.Context())
	must(t, err)
	equal(t, "all", fmt.Sprint(all), fmt.Sprint([]desk.Officer{joko, rina}))

	rina.Role, rina.Scope, rina.Enabled = desk.RoleAdmin, nil, false
	_, err = db.SetOfficer(t.Context(), rina, noon)
	must(t, err)
	got, err := db.Officer(t.Context(), "rina")
	must(t, err)
	equal(t, "changed, with her phone", fmt.Sprint(got), fmt.Sprint(rina))
	_, err = db.Officer(t.Context(), "nobody")
	equal(t, "nobody", errors.Is(err, store.ErrNoOfficer), true)
	_, err = db.SetOfficer(t.Context(), officerOf("nobody", ""), noon)
	equal(t, "nobody", errors.Is(err, store.ErrNoOfficer), true)
}
