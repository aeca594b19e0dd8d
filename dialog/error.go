package dialog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The engine's own failures. They are mistakes of a catalogue or of the program, never of the person typing.
var (
	// ErrUnknownLine means an input named a line that has no entry flow.
	ErrUnknownLine = errors.New("dialog: no flow for this line")
	// ErrEndless means a turn played more nodes than any sound catalogue needs.
	ErrEndless = errors.New("dialog: the turn does not come to rest")
	// ErrResult means a query's result came for a session that waits for none.
	ErrResult = errors.New("dialog: a result nobody asked for")
)

// Mistake is one thing wrong in a catalogue's documents, with the place and the line of source it stands on.
type Mistake struct {
	File         string
	Line, Column int
	Message      string
	Source       string
}

// Error gives the place and the message on one line.
func (m Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Message)
}

// Mistakes are all the things wrong in a catalogue: Load reports every one at once.
type Mistakes []Mistake

// Error lists every mistake with its source line and a mark under the column.
func (ms Mistakes) Error() string {
	var b strings.Builder
	for i, m := range ms {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(m.Error())
		if m.Source != "" {
			fmt.Fprintf(&b, "\n%5d | %s\n      | %s^", m.Line, m.Source, strings.Repeat(" ", max(0, m.Column-1)))
		}
	}
	return b.String()
}

func (ms Mistakes) sorted() Mistakes {
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.CompactFunc(ms, func(a, b Mistake) bool { return a == b })
}
