package desk

import "fmt"

// Wants says in a few words what the value is to be, for the command line: "a number from 0 to 600", "a card".
func (s Set) Wants() string {
	if s.Min != 0 || s.Max != 0 {
		return fmt.Sprintf("a %s from %d to %d", s.Type, s.Min, s.Max)
	}
	return "a " + s.Type
}
