package dialog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// SetsError means that the values typed with a decision are not those it takes. It names all of them at once, with
// what would be right, and repeats no value.
type SetsError struct {
	Decision string
	Missing  []desk.Set
	Bad      []BadSet
	Unknown  []string // sorted
}

// BadSet is a value that could not be read, and why in the catalogue's words.
type BadSet struct {
	desk.Set
	Why string
}

// Error says on one line what is missing, bad or unknown.
func (e *SetsError) Error() string {
	var parts []string
	for _, s := range e.Missing {
		parts = append(parts, fmt.Sprintf("%s is missing: %s", s.Name, s.Wants()))
	}
	for _, s := range e.Bad {
		parts = append(parts, fmt.Sprintf("%s must be %s: %s", s.Name, s.Wants(), strings.TrimRight(s.Why, ".")))
	}
	for _, name := range e.Unknown {
		parts = append(parts, fmt.Sprintf("it takes no %s", name))
	}
	return fmt.Sprintf("%s: %s", e.Decision, strings.Join(parts, "; "))
}

// ReadSets reads the values an officer typed with a decision, by name, and gives them in canonical form for
// [desk.Action]. It reads as the forms do: "150rb" is money. An empty value is the same as none. The error is a
// *[SetsError]; a decision that the stage does not have takes nothing and is [desk.Decide]'s to refuse.
func (c *Catalog) ReadSets(service, stage, decision string, typed map[string]string, now time.Time) (map[string]string, error) {
	return c.readSets(service, stage, decision, typed, c.officerLang(), now)
}

func (c *Catalog) readSets(service, stage, decision string, typed map[string]string, lang string, now time.Time) (
	map[string]string, error,
) {
	e := &SetsError{Decision: decision}
	values := map[string]string{}
	known := map[string]bool{}
	for _, set := range c.sets(service, stage, decision) {
		known[set.Name] = true
		text := strings.TrimSpace(typed[set.Name])
		if text == "" {
			if !set.Optional {
				e.Missing = append(e.Missing, set)
			}
			continue
		}
		value, why := c.readSet(set, text, lang, now)
		if why != "" {
			e.Bad = append(e.Bad, BadSet{set, why})
			continue
		}
		values[set.Name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		if !known[name] {
			e.Unknown = append(e.Unknown, name)
		}
	}
	if len(e.Missing)+len(e.Bad)+len(e.Unknown) > 0 {
		return nil, e
	}
	return values, nil
}

func (c *Catalog) sets(service, stage, decision string) []desk.Set {
	p, ok := c.Pipeline(service)
	if !ok {
		return nil
	}
	s, ok := p.Stage(stage)
	if !ok {
		return nil
	}
	d, ok := s.Decision(decision)
	if !ok {
		return nil
	}
	return d.Sets
}

// readSet reads one value; why is not empty where it is none.
func (c *Catalog) readSet(set desk.Set, text, lang string, now time.Time) (value, why string) {
	typ, ok := c.typeOf(set.Type)
	if !ok || typ.Read == nil {
		return "", "it cannot be typed"
	}
	reading := Reading{Lang: lang, Now: now, Answer: func(string) string { return "" }, Min: set.Min, Max: set.Max}
	value, _, err := typ.Read(text, reading)
	var p *field.Problem
	switch {
	case errors.As(err, &p):
		return "", c.problem(p, lang)
	case err != nil:
		return "", err.Error()
	}
	return value, ""
}

// problem words a refusal.
func (c *Catalog) problem(p *field.Problem, lang string) string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(p.Args)) {
		args = append(args, name, p.Args[name])
	}
	return c.text("problem."+p.Code, lang, args...)
}

// officerLang is the language of the command line, English, where the catalogue speaks it.
func (c *Catalog) officerLang() string {
	if slices.Contains(c.Languages, "en") {
		return "en"
	}
	return c.Languages[0]
}
