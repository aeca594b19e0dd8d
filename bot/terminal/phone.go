package terminal

import (
	"errors"
	"strings"
	"unicode"
)

// errPhone says what a sender's number must look like, without repeating it.
var errPhone = errors.New("not a phone number: 8 to 15 digits, such as 6281200000001 or 0812-0000-0001")

// Phone gives a phone number as the digits WhatsApp addresses it by, country code first: "0812-0000-0001" and
// "+62 812 0000 0001" are 6281200000001. A number without a country code is Indonesian. Whether it exists is not
// asked: in a trial any number will do.
func Phone(typed string) (string, error) {
	var digits strings.Builder
	for i, r := range strings.TrimSpace(typed) {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' && i == 0, strings.ContainsRune("-.()", r), unicode.IsSpace(r):
		default:
			return "", errPhone
		}
	}
	number := digits.String()
	switch {
	case strings.HasPrefix(typed, "+"):
	case strings.HasPrefix(number, "0"):
		number = "62" + strings.TrimLeft(number, "0")
	case strings.HasPrefix(number, "8"):
		number = "62" + number
	}
	if len(number) < 8 || len(number) > 15 || number[0] == '0' {
		return "", errPhone
	}
	return number, nil
}
