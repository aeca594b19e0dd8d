// Package field turns what people type into values: choices, dates, numbers, money, phones, yes and no, free text
// and files. Each file reads one kind. Nothing here knows a language's wording: a refusal is a Problem, a code with
// arguments, and the catalogue says it in words.
//
// Every reader takes the text as it was typed and gives a canonical value: equal meanings have equal values, and what
// a Show function writes reads back as the same value. [Normal] is what they share; it makes "６", "6️⃣" and " *6*. "
// one word. A reader would rather refuse than guess: a wrong value in a form costs a member more than a second
// question.
package field

import (
	"maps"
	"slices"
	"strings"
)

// maxTyped is the longest text, in bytes, that a reader of short values looks at. Longer ones are junk or a story,
// never a number or a date, and reading them closely would only cost time.
const maxTyped = 1000

// Problem is why something typed is not a value, as a code ("date.future") and the arguments its wording needs. Codes
// are part of the catalogue's contract: each has a text "problem.CODE" in every language.
type Problem struct {
	Code string
	Args map[string]string
}

// Error gives the code and its arguments' names only: values are what a person typed and stay out of logs.
func (p *Problem) Error() string {
	if len(p.Args) == 0 {
		return p.Code
	}
	return p.Code + " (" + strings.Join(slices.Sorted(maps.Keys(p.Args)), ", ") + ")"
}

// Option is one thing to choose. Words are other names people use for it ("jaksel" for Kota Jakarta Selatan).
type Option struct {
	Value string
	Label map[string]string // by language
	Words []string
}

// problems has every code this package refuses with and the names of its arguments, sorted. A code always comes with
// all of its arguments.
var problems = map[string][]string{
	"choice.range":    {"max", "min"},
	"choice.tie":      nil,
	"choice.unclear":  nil,
	"date.ambiguous":  nil,
	"date.future":     {"date"},
	"date.impossible": {"date"},
	"date.incomplete": nil,
	"date.old":        {"date"},
	"date.unclear":    nil,
	"document.broken": nil,
	"document.bytes":  {"max"},
	"document.empty":  nil,
	"document.kind":   {"kind"},
	"document.pixels": {"max"},
	"document.table":  nil,
	"email.invalid":   nil,
	"email.unclear":   nil,
	"money.range":     {"max", "min"},
	"money.unclear":   nil,
	"name.digits":     nil,
	"name.long":       {"max"},
	"name.short":      {"min"},
	"name.unclear":    nil,
	"number.range":    {"max", "min"},
	"number.unclear":  nil,
	"phone.invalid":   nil,
	"phone.unclear":   nil,
	"text.empty":      nil,
	"text.long":       {"max"},
	"text.short":      {"min"},
	"yesno.unclear":   nil,
}

// Problems gives every code this package can refuse with and the names of its arguments, sorted. What the arguments
// hold:
//
//   - max, min: bounds as people write them: "12", "Rp1.000"; for document.bytes megabytes, for document.pixels
//     megapixels, for texts and names characters
//   - date: what was read, as day-month-year in digits ("31-02-1990")
//   - kind: the file's kind by its name ("HEIC"), or "?"
func Problems() map[string][]string {
	all := make(map[string][]string, len(problems))
	for code, args := range problems {
		all[code] = slices.Clone(args)
	}
	return all
}

// refuse makes a problem; args are names and values in turn.
func refuse(code string, args ...string) *Problem {
	if len(args) == 0 {
		return &Problem{Code: code}
	}
	p := &Problem{Code: code, Args: make(map[string]string, len(args)/2)}
	for i := 0; i+1 < len(args); i += 2 {
		p.Args[args[i]] = args[i+1]
	}
	return p
}
