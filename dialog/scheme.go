package dialog

import (
	"time"

	"sapa/dialog/field"
)

// ValueKind is what a value is to conditions and rules.
type ValueKind string

// The kinds of value. In a condition a text or a date is a string (dates as 2006-01-02, so that they compare), a
// number an integer, a truth a boolean; an unanswered field is "", 0 or false.
const (
	TextValue   ValueKind = "text"
	NumberValue ValueKind = "number"
	DateValue   ValueKind = "date"
	TruthValue  ValueKind = "truth"
	FileValue   ValueKind = "file"
)

// Type is how a field reads what people type and shows what it read. A value is canonical text: digits, a date as
// 2006-01-02, whole rupiah, "true"; equal meanings have equal values.
type Type struct {
	Kind ValueKind
	// Read turns what was typed into a value. Notes are things worth saying without refusing (a NIK from an unknown
	// region). A refusal is a *field.Problem.
	Read func(text string, r Reading) (value string, notes []*field.Problem, err error)
	// Show writes a value for people.
	Show func(value, lang string) string
	// Brief writes a long value as a chat has room for it, with what else was answered; whole: nothing of it was left
	// out. nil: as Show.
	Brief func(value, lang string, answer func(field string) string) (text string, whole bool)
	// Names reports whether a text names a value that rows offer, beyond what is shown of it ("besok", "setengah 10");
	// nil: it never does.
	Names func(text, value string, now time.Time) bool
	// Table: a table sent as a file is read as if its text had been typed. It needs Read.
	Table bool
}

// Reading is what a type may know while it reads: the language, the time of the input, and the answers so far.
type Reading struct {
	Lang   string
	Now    time.Time
	Answer func(field string) string // "" when unanswered
	// Min and Max bound a number or a text's length where the node says so; both 0: unbounded.
	Min, Max int64
	Of       string // the value that the node's "of" names; "" where it names none
}

// Scheme is what a catalogue may name beyond the engine's own field types and queries.
type Scheme struct {
	Name  string
	Types map[string]Type
	// Lists are long choices: provinces, regencies of a province. Of names the field whose value narrows the list.
	Lists map[string]func(of string) []field.Option
	// Queries are answered by the store.
	Queries map[string]Signature
	// Rules are pure computations a query node may name; the engine answers them itself.
	Rules map[string]Rule
	// Problems are the codes its types refuse with or note, beyond field.Problems, with their arguments.
	Problems map[string][]string
}

// Signature is what a query takes and gives: type names by argument and fact. Rows are given where Rows is not nil.
type Signature struct {
	Args  map[string]string
	Facts map[string]string
	Rows  map[string]string
}

// Rule is a pure computation: a tariff, a virtual account, a due date.
type Rule struct {
	Signature
	Run func(args Record, now time.Time, lang string) (Record, error)
}
