package jkn

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sapa/dialog/field"
)

// mask is what stands for a digit that is not shown.
const mask = "•"

// Mask hides the middle of a number for lists and logs: "3174••••••••0002". Of a NIK it keeps the region and the
// serial and hides the birth date. What is too short to hide anything in is hidden as a whole.
func Mask(value string) string {
	const shown = 4 // at each end
	letters := []rune(value)
	if len(letters) < 3*shown {
		return strings.Repeat(mask, len(letters))
	}
	hidden := len(letters) - 2*shown
	return string(letters[:shown]) + strings.Repeat(mask, hidden) + string(letters[len(letters)-shown:])
}

// MaskName hides a name for lists and logs but for the first letter of each part: "S••• A•••".
func MaskName(name string) string {
	parts := strings.Fields(name)
	for i, part := range parts {
		first, _ := utf8.DecodeRuneInString(part)
		parts[i] = string(first) + strings.Repeat(mask, 3)
	}
	return strings.Join(parts, " ")
}

// findNumber finds the one number of a wanted length in what a person typed or pasted: "NIK: 3174 0157 0890 0002",
// "*3174.0157.0890.0002*", "no kartu 0001234567890 an Siti". Digits of any script count; spaces, dots and dashes
// inside a number do not. A refusal's codes begin with kind: kind.none, kind.length {count}, kind.letters; two
// different numbers that would both do are number.several.
func findNumber(kind, text string, lengths ...int) (string, error) {
	runs, between := digitRuns(text)
	var found []string
	for _, run := range runs {
		if slices.Contains(lengths, len(run)) && !slices.Contains(found, run) {
			found = append(found, run)
		}
	}
	whole := strings.Join(runs, "")
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", &field.Problem{Code: "number.several"}
	case between:
		return "", &field.Problem{Code: kind + ".letters"}
	case slices.Contains(lengths, len(whole)):
		return whole, nil
	case whole == "":
		return "", &field.Problem{Code: kind + ".none"}
	}
	return "", &field.Problem{Code: kind + ".length", Args: map[string]string{"count": strconv.Itoa(len(whole))}}
}

// digitRuns splits a text into its numbers, as ASCII digits. Spaces, dots and dashes do not end a number; a new line or
// anything else does. The second result says whether letters stand between two numbers: "31740157O8900002".
func digitRuns(text string) (runs []string, between bool) {
	var run []byte
	letters := false // since the last digit
	for line := range strings.Lines(text) {
		for _, r := range field.Plain(line) + "\n" {
			switch {
			case '0' <= r && r <= '9':
				between = between || letters && len(runs) > 0
				letters = false
				run = append(run, byte(r))
			case strings.ContainsRune(" .-_", r):
			default:
				if len(run) > 0 {
					runs, run = append(runs, string(run)), nil
				}
				letters = letters || unicode.IsLetter(r)
			}
		}
	}
	return runs, between
}

// isDigits reports whether a text is a number of so many ASCII digits and nothing else.
func isDigits(text string, count int) bool {
	return len(text) == count && strings.Trim(text, "0123456789") == ""
}

// allEqual reports whether a number is one digit over and over, which no register gives out.
func allEqual(digits string) bool {
	return strings.Count(digits, digits[:1]) == len(digits)
}
