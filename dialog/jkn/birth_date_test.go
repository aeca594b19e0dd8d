package jkn

import (
	"slices"
	"testing"
)

func TestABirthDateThatDiffersFromTheNIKIsNoted(t *testing.T) {
	for _, c := range []struct {
		number, typed, value string
		want                 []string
	}{
		{"3174015708900002", "17-8-90", "1990-08-17", nil},
		{"3174015708900002", "18 Agustus 1990", "1990-08-18", []string{"nik.birth_date 17 Agustus 1990"}},
		{"0001234567890", "18 Agustus 1990", "1990-08-18", nil},
		{"", "18 Agustus 1990", "1990-08-18", nil},
	} {
		value, notes, err := readBirthDate(c.typed, reading(map[string]string{"nomor": c.number}))
		if value != c.value || err != nil || !slices.Equal(said(notes), c.want) {
			t.Errorf("%s, %q: %q, %q, %v; want %q, %q", c.number, c.typed, value, said(notes), err, c.value, c.want)
		}
	}
}

func TestABirthDateIsRefusedAsFieldsDo(t *testing.T) {
	for typed, want := range map[string]string{"31-2-1990": "date.impossible", "17-8-2030": "date.future", "kemarin": "date.unclear"} {
		_, _, err := readBirthDate(typed, reading(nil))
		wantProblem(t, typed, err, want)
	}
}

func TestABirthDateIsShownInWords(t *testing.T) {
	for lang, want := range map[string]string{"id": "17 Agustus 1990", "en": "17 August 1990"} {
		if got := showBirthDate("1990-08-17", lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
