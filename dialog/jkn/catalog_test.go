package jkn_test

import (
	"testing"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// The catalogue that ships passes every check that `sapa flow check` makes.
func TestCatalogLoads(t *testing.T) {
	if _, err := dialog.Load(jkn.Flows, jkn.Scheme()); err != nil {
		t.Fatalf("%v", err)
	}
}
