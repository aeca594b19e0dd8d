package store_test

import (
	"errors"
	"strings"
	"testing"

	"sapa/store"
)

func TestAVeiledWordIsFoundAgainAndReadByNobodyElse(t *testing.T) {
	db := open(t, store.Options{})
	veil := func(name, word string) string {
		t.Helper()
		veiled, err := db.VeilAside(name, word)
		if err != nil {
			t.Fatal(err)
		}
		return veiled
	}
	veiled := veil("people", "6281200000001")
	if veil("people", "6281200000001") != veiled {
		t.Error("the same word is veiled differently")
	}
	if veil("people", "6281200000002") == veiled || veil("groups", "6281200000001") == veiled {
		t.Error("another word, or the same elsewhere, is veiled alike")
	}
	if strings.Contains(veiled, "6281200000001") {
		t.Error("the word shows")
	}
	if word, err := db.UnveilAside("people", veiled); err != nil || word != "6281200000001" {
		t.Errorf("unveiled: %q, %v", word, err)
	}
	for what, bad := range map[string]string{"plain": "6281200000001", "changed": "00" + veiled[2:], "cut": veiled[:30]} {
		if _, err := db.UnveilAside("people", bad); !errors.Is(err, store.ErrSealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := db.UnveilAside("groups", veiled); !errors.Is(err, store.ErrSealed) {
		t.Errorf("under another name: %v", err)
	}
	if _, err := open(t, store.Options{}).UnveilAside("people", veiled); !errors.Is(err, store.ErrSealed) {
		t.Errorf("under another directory's keys: %v", err)
	}
}

func BenchmarkVeil(b *testing.B) {
	db := open(b, store.Options{})
	for b.Loop() {
		_, _ = db.VeilAside("people", "6281200000001")
	}
}
