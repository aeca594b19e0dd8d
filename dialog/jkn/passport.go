package jkn

import (
	"strings"
	"unicode"

	"sapa/dialog"
	"sapa/dialog/field"
)

// The characters of a passport number: at most nine (ICAO Doc 9303 part 4), and no state gives out fewer than six.
const (
	minPassport = 6
	maxPassport = 9
)

// ParsePassport reads a passport number as people type it, in capitals and without spaces or dashes: "Paspor: X 123-4567"
// is X1234567. A refusal is a *field.Problem, passport.unclear.
func ParsePassport(text string) (string, error) {
	text = strings.ToUpper(field.Plain(text))
	if _, after, ok := strings.Cut(text, ":"); ok {
		text = after
	}
	var number strings.Builder
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" .-_", r) }) {
		if !strings.ContainsAny(word, "0123456789") && (len(word) > 2 || word == "NO") {
			continue // "paspor", "nomor"; a series typed apart has at most two letters
		}
		number.WriteString(word)
	}
	value := number.String()
	if n := len(value); n < minPassport || n > maxPassport || strings.ContainsFunc(value, notInPassport) ||
		!strings.ContainsAny(value, "0123456789") {
		return "", &field.Problem{Code: "passport.unclear"}
	}
	return value, nil
}

func notInPassport(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsUpper(r) && !unicode.IsDigit(r)
}

// readPassport is the field type's reader.
func readPassport(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	number, err := ParsePassport(text)
	return number, nil, err
}
