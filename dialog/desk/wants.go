package desk

import (
	"fmt"
	"strings"
)

// Wants says in a few words what the value is to be, for the command line: "a number from 0 to 600", "a card", "an
// amount in rupiah". The types are the scheme's, whose names are words.
func (s Set) Wants() string {
	what := strings.ReplaceAll(s.Type, "_", " ")
	switch {
	case what == "money":
		what = "amount in rupiah"
	case s.Min != 0 || s.Max != 0:
		what = fmt.Sprintf("%s from %d to %d", what, s.Min, s.Max)
	}
	if strings.ContainsAny(what[:min(1, len(what))], "aeiou") {
		return "an " + what
	}
	return "a " + what
}
