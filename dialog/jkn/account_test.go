package jkn

import (
	"errors"
	"testing"

	"sapa/dialog/field"
)

func TestParseAccount(t *testing.T) {
	for typed, want := range map[string]string{
		"1234567890":              "1234567890",
		"no rekening 1234 567890": "1234567890",
		"0021-01-012345-50-1":     "002101012345501",
		"12345":                   "account.length",
		"1234567890123456789":     "account.length",
		"rekening saya":           "account.none",
		"1) 0123456789":           "0123456789",
		"123456O789":              "account.letters",
		"1234567890\n0987654321":  "number.several",
		"8888801234567890":        "account.virtual_account",
	} {
		got, err := ParseAccount(typed)
		var p *field.Problem
		if errors.As(err, &p) {
			got = p.Code
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
