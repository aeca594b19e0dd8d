package jkn

import (
	"slices"
	"strconv"

	"sapa/dialog"
	"sapa/dialog/field"
)

// FamilyCard is the number of a family card (kartu keluarga, KK), 16 digits: region PPKKCC, date of issue DDMMYY,
// serial NNNN. It looks like a NIK, so a number is a KK only where a question asked for one.
type FamilyCard string

// ParseFamilyCard reads a KK number as people type it. A refusal is a *field.Problem: kk.length {count}, kk.letters,
// kk.date, kk.serial, kk.repeated, kk.virtual_account, number.several.
func ParseFamilyCard(text string) (FamilyCard, error) {
	digits, err := findNumber("kk", text, nikLength)
	if err != nil {
		return "", err
	}
	return checkFamilyCard(digits)
}

// checkFamilyCard judges 16 digits.
func checkFamilyCard(digits string) (FamilyCard, error) {
	part := func(from int) int {
		value, _ := strconv.Atoi(digits[from : from+2])
		return value
	}
	switch {
	case allEqual(digits):
		return "", &field.Problem{Code: "kk.repeated"}
	case IsVirtualAccount(digits):
		return "", &field.Problem{Code: "kk.virtual_account"}
	case !realDate(part(6), part(8), part(10)):
		return "", &field.Problem{Code: "kk.date"}
	case digits[12:] == "0000":
		return "", &field.Problem{Code: "kk.serial"}
	}
	return FamilyCard(digits), nil
}

// Masked is the number for lists and logs.
func (k FamilyCard) Masked() string { return Mask(string(k)) }

// readFamilyCard is the field type's reader. It notes kk.same where the NIK was given a second time.
func readFamilyCard(text string, r dialog.Reading) (string, []*field.Problem, error) {
	k, err := ParseFamilyCard(text)
	if err != nil {
		return "", nil, err
	}
	isAnswer := func(name string) bool { return r.Answer != nil && r.Answer(name) == string(k) }
	if slices.ContainsFunc(numberFields, isAnswer) {
		return string(k), []*field.Problem{{Code: "kk.same"}}, nil
	}
	return string(k), nil, nil
}
