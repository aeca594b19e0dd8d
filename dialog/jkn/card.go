package jkn

import (
	"slices"
	"strings"

	"sapa/dialog"
	"sapa/dialog/field"
)

// Card is the number on a JKN card (KIS), 13 digits with leading zeros that count. People also say noka or nomor
// peserta. No inner structure or check digit is documented, so none is checked.
type Card string

const cardLength = 13

// ParseCard reads a card number as people type it. A refusal is a *field.Problem: card.length {count}, card.letters,
// card.repeated, card.virtual_account, number.several.
func ParseCard(text string) (Card, error) {
	if isVirtualAccountTyped(text) {
		return "", &field.Problem{Code: "card.virtual_account"}
	}
	digits, err := findNumber("card", text, cardLength)
	if err != nil {
		return "", err
	}
	return checkCard(digits)
}

// checkCard judges 13 digits.
func checkCard(digits string) (Card, error) {
	if allEqual(digits) {
		return "", &field.Problem{Code: "card.repeated"}
	}
	return Card(digits), nil
}

// Masked is the number for lists and logs.
func (c Card) Masked() string { return Mask(string(c)) }

// IsCard reports whether a value is a card number in canonical form: what nik_or_card gives for a card.
func IsCard(value string) bool { return isDigits(value, cardLength) }

// readCard is the field type's reader.
func readCard(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	c, err := ParseCard(text)
	if err != nil {
		return "", nil, err
	}
	return string(c), cardNotes(c), nil
}

// cardNotes are what is worth saying about a good card number: it may be a mobile phone's. Those have up to 13 digits
// and begin with 08 or 628, and nothing rules such a card out.
func cardNotes(c Card) []*field.Problem {
	if strings.HasPrefix(string(c), "08") || strings.HasPrefix(string(c), "628") {
		return []*field.Problem{{Code: "card.phone"}}
	}
	return nil
}

// readNIKOrCard reads the one question members are asked for themselves: 16 digits are a NIK, 13 a card number.
// A refusal is number.length {count}, number.letters, number.several, or what the two refuse with.
func readNIKOrCard(text string, r dialog.Reading) (string, []*field.Problem, error) {
	digits, err := findNumber("number", text, nikLength, cardLength)
	if err != nil {
		return "", nil, err
	}
	if len(digits) == cardLength {
		c, err := checkCard(digits)
		if err != nil {
			return "", nil, err
		}
		return string(c), cardNotes(c), nil
	}
	n, err := checkNIK(digits)
	if err != nil {
		return "", nil, err
	}
	return string(n), nikNotes(n, r), nil
}

// isVirtualAccountTyped reports whether a virtual account stands in what a person typed.
func isVirtualAccountTyped(text string) bool {
	runs, _ := digitRuns(text)
	return slices.ContainsFunc(runs, IsVirtualAccount)
}
