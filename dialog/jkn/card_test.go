package jkn

import (
	"slices"
	"testing"
)

func TestACardKeepsItsZeros(t *testing.T) {
	for typed, want := range map[string]Card{
		"0001234567890":                     "0001234567890",
		"no kartu: 0001 2345 67890":         "0001234567890",
		"Noka 000-1234-567890 an Siti":      "0001234567890",
		"kartu 0001234567890 kelas 3":       "0001234567890",
		"0105000000017":                     "0105000000017",
		"０００１２３４５６７８９０":                     "0001234567890",
		"0001234567890 NIK 317401570890000": "0001234567890",
	} {
		got, err := ParseCard(typed)
		if got != want || err != nil {
			t.Errorf("%q is read as %q (%v), want %q", typed, got, err, want)
		}
	}
}

func TestACardIsRefusedForItsReason(t *testing.T) {
	for typed, want := range map[string]string{
		"":                                 "card.none",
		"1234567890":                       "card.length",
		"3174015708900002":                 "card.length",
		"00012345O7890":                    "card.letters",
		"0000000000000":                    "card.repeated",
		"8888801234567890":                 "card.virtual_account",
		"0001234567890 atau 0001234567891": "number.several",
	} {
		_, err := ParseCard(typed)
		wantProblem(t, typed, err, want)
	}
}

func TestNIKOrCardGoesByTheLength(t *testing.T) {
	for _, c := range []struct {
		typed, value string
		notes        []string
	}{
		{"NIK 3174 0157 0890 0002", "3174015708900002", []string{"nik.region Kota Jakarta Selatan"}},
		{"kartu 0001234567890", "0001234567890", nil},
		{"0812345678901", "0812345678901", []string{"card.phone"}},
		{"+62 812-0000-0012", "6281200000012", []string{"card.phone"}},
	} {
		value, notes, err := readNIKOrCard(c.typed, reading(nil))
		if value != c.value || err != nil || !slices.Equal(said(notes), c.notes) {
			t.Errorf("%q: %q, %q, %v; want %q, %q", c.typed, value, said(notes), err, c.value, c.notes)
		}
	}
}

func TestNIKOrCardIsRefusedForItsReason(t *testing.T) {
	for typed, want := range map[string]string{
		"halo":                               "number.none",
		"08120000001":                        "number.length",
		"31740157O8900002":                   "number.letters",
		"3174013208900001":                   "nik.date",
		"3174015708900000":                   "nik.serial",
		"8988801234567890":                   "nik.virtual_account",
		"1111111111111":                      "card.repeated",
		"3174015708900002 dan 0001234567890": "number.several",
	} {
		_, _, err := readNIKOrCard(typed, reading(nil))
		wantProblem(t, typed, err, want)
		wantKnown(t, typed, err)
	}
}
