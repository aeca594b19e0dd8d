package jkn

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sapa/dialog/field"
)

// isCard reports whether a cell is a card number as registers write it: digits alone, zeros and all.
func isCard(c Card) bool {
	return isDigits(string(c), cardLength) && !allEqual(string(c))
}

// isNIK reports whether a cell is a NIK, which a cell of digits is where [ParseNIK] would take it.
func isNIK(n NIK) bool {
	if !isDigits(string(n), nikLength) {
		return false
	}
	_, err := checkNIK(string(n))
	return err == nil
}

func isFamilyCard(k FamilyCard) bool {
	if !isDigits(string(k), nikLength) {
		return false
	}
	_, err := checkFamilyCard(string(k))
	return err == nil
}

// maxText is how many characters a name in a table may have.
const maxText = 100

// isText reports whether a cell is a name: text that is safe to show, and that no spreadsheet takes for a formula.
func isText(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return (unicode.IsLetter(first) || unicode.IsDigit(first)) &&
		utf8.ValidString(text) && utf8.RuneCountInString(text) <= maxText && text == field.Plain(text)
}

// isShortCode reports whether a cell is a code an operator gave an office or a company.
func isShortCode(code string) bool {
	const marks = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"
	return code != "" && code[0] != '-' && strings.Trim(code, marks) == ""
}

// readDate reads a date into midnight UTC; the zero time where there is none.
func readDate(text string) (date time.Time, ok bool) {
	if text == "" {
		return time.Time{}, true
	}
	date, err := time.Parse(time.DateOnly, text)
	return date, err == nil && date.Year() > 0
}

func readMonth(text string) (month YearMonth, ok bool) {
	if text == "" {
		return 0, true
	}
	month, err := ParseYearMonth(text)
	return month, err == nil
}

func readClass(text string) (class int, ok bool) {
	switch text {
	case "":
		return 0, true
	case "1", "2", "3":
		return int(text[0] - '0'), true
	}
	return 0, false
}

// readRegency reads the code of a regency or city; "" where there is none.
func readRegency(text string) (code string, ok bool) {
	if text == "" {
		return "", true
	}
	region, ok := RegionOf(text)
	return region.Code, ok && region.Kind != Province
}

// readPhone reads a telephone number in any form into E.164; "" where there is none.
func readPhone(text string) (phone string, ok bool) {
	if text == "" {
		return "", true
	}
	if phone, ok := indonesianMobile(text); ok {
		return phone, true
	}
	phone, err := field.Phone(text)
	return phone, err == nil
}

var phoneSpaces = strings.NewReplacer(" ", "", "-", "", ".", "")

// indonesianMobile reads the numbers nearly every member has, as [field.Phone] does and fifty times faster: 8, one of
// the operators' digits, and seven to ten more.
func indonesianMobile(text string) (phone string, ok bool) {
	digits := phoneSpaces.Replace(text)
	switch {
	case strings.HasPrefix(digits, "+628"):
		digits = digits[3:]
	case strings.HasPrefix(digits, "628"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "08"):
		digits = digits[1:]
	}
	if len(digits) < 9 || len(digits) > 12 || !isDigits(digits, len(digits)) ||
		digits[0] != '8' || strings.IndexByte("12356789", digits[1]) < 0 {
		return "", false
	}
	return "+62" + digits, true
}
