package jkn

import (
	"slices"
	"testing"
)

func TestAFamilyCardIsReadAsPeopleTypeIt(t *testing.T) {
	for _, typed := range []string{"3174011203180004", "No. KK: 3174 0112 0318 0004", "kk 3174-0112-0318-0004 ya"} {
		if got, err := ParseFamilyCard(typed); got != "3174011203180004" || err != nil {
			t.Errorf("%q is read as %q (%v)", typed, got, err)
		}
	}
}

func TestAFamilyCardIsRefusedForItsReason(t *testing.T) {
	for typed, want := range map[string]string{
		"":                 "kk.none",
		"0001234567890":    "kk.length",
		"31740112O3180004": "kk.letters",
		"3174015708900002": "kk.date", // a woman's NIK: no day 57
		"3174013002180004": "kk.date",
		"3174011203180000": "kk.serial",
		"1111111111111111": "kk.repeated",
		"8888801234567890": "kk.virtual_account",
	} {
		_, err := ParseFamilyCard(typed)
		wantProblem(t, typed, err, want)
		wantKnown(t, typed, err)
	}
}

func TestTheNIKGivenAgainAsFamilyCardIsNoted(t *testing.T) {
	answers := reading(map[string]string{"nomor": "3174011708900001"})
	for typed, want := range map[string][]string{"3174011708900001": {"kk.same"}, "3174011203180004": nil} {
		if _, notes, err := readFamilyCard(typed, answers); err != nil || !slices.Equal(said(notes), want) {
			t.Errorf("%s: notes %q, %v; want %q", typed, said(notes), err, want)
		}
	}
}
