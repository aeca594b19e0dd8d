package jkn

import (
	"errors"
	"testing"

	"sapa/dialog/field"
)

func TestAPassportNumberAsPeopleTypeIt(t *testing.T) {
	for text, want := range map[string]string{
		"X1234567":            "X1234567",
		"x 1234567":           "X1234567",
		"Paspor: C 123-4567":  "C1234567",
		"nomor paspor A12345": "A12345",
		"123456789":           "123456789",
		"passport no AB98765": "AB98765",
	} {
		if got, err := ParsePassport(text); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestWhatIsNoPassportNumber(t *testing.T) {
	for _, text := range []string{"", "paspor", "A123", "3174015708900002", "tidak ada", "X12345é7", "SELAMAT"} {
		var p *field.Problem
		if got, err := ParsePassport(text); !errors.As(err, &p) || p.Code != "passport.unclear" {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	}
}
