package jkn

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

//go:embed tables
var tables embed.FS

// TableError is a mistake in a CSV file, at a place an editor can go to. It repeats nothing that stands there, since
// a table may hold personal data.
type TableError struct {
	Line, Column int    // both from 1; the column counts bytes
	Field        string // the column's name; "" where the row as a whole is wrong
	Reason       string
}

// Error gives place, column name and reason: "line 3, column 14 (open): want a time such as 08:00".
func (e *TableError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
	}
	return fmt.Sprintf("line %d, column %d (%s): %s", e.Line, e.Column, e.Field, e.Reason)
}

// columns are what a table's header row may and must name, in any order.
type columns struct{ required, optional []string }

// has reports whether a cell names one of the columns.
func (c columns) has(cell string) bool {
	name := strings.TrimSpace(cell)
	return slices.Contains(c.required, name) || slices.Contains(c.optional, name)
}

// row is one record of a table, read by column name. It holds until the next one is read, its values for good.
type row struct {
	reader *csv.Reader
	index  map[string]int
	fields []string
	bad    []error
}

// get gives the value of a column without surrounding space; "" where the table lacks the column.
func (r row) get(name string) string {
	i, ok := r.index[name]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// fail makes an error that points at a column of the row.
func (r row) fail(name, reason string) error {
	i, ok := r.index[name]
	if !ok {
		i = 0
	}
	line, column := r.reader.FieldPos(i)
	return &TableError{Line: line, Column: column, Field: name, Reason: reason}
}

// want notes a mistake in a column, unless there is none.
func (r *row) want(ok bool, name, reason string) {
	if !ok {
		r.bad = append(r.bad, r.fail(name, reason))
	}
}

// err joins the mistakes noted.
func (r *row) err() error { return errors.Join(r.bad...) }

// each reads a table and visits its rows in order. Rows that are malformed, or that visit refuses, are reported
// together in one joined error after the good ones were visited; a bad header ends it at once.
func (c columns) each(in io.Reader, visit func(row) error) error {
	var bad []error
	for r, err := range c.rows(in) {
		if err == nil {
			err = visit(r)
		}
		if err != nil {
			bad = append(bad, err)
		}
	}
	return errors.Join(bad...)
}

// read reads a table into records, as they come.
func read[T any](c columns, in io.Reader, record func(row) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for r, err := range c.rows(in) {
			var t T
			if err == nil {
				t, err = record(r)
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

// rows reads a table row by row, and gives why there is none in place of one that is malformed. A bad header and a
// reader that fails end it.
func (c columns) rows(in io.Reader) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		reader := csv.NewReader(skipBOM(in))
		index, err := c.header(reader)
		if err != nil {
			yield(row{}, err)
			return
		}
		reader.ReuseRecord = true
		for {
			fields, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var malformed *csv.ParseError
			good := err == nil || errors.As(err, &malformed)
			switch {
			case malformed != nil:
				err = placed(malformed)
			case err != nil:
				err = fmt.Errorf("read table: %w", err)
			}
			if !yield(row{reader: reader, index: index, fields: fields}, err) || !good {
				return
			}
		}
	}
}

// header reads the header row into the place of each column.
func (c columns) header(reader *csv.Reader) (map[string]int, error) {
	names, err := reader.Read()
	var malformed *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, &TableError{Line: 1, Column: 1, Reason: "the file is empty, want a header row"}
	case errors.As(err, &malformed):
		return nil, placed(malformed)
	case err != nil:
		return nil, fmt.Errorf("read table: %w", err)
	case !slices.ContainsFunc(names, c.has): // somebody's data, not to be repeated
		return nil, &TableError{Line: 1, Column: 1, Reason: "want a header row first, with " + strings.Join(c.required, ",")}
	}
	return c.places(reader, names)
}

// places gives the place of each column that the header row names.
func (c columns) places(reader *csv.Reader, names []string) (map[string]int, error) {
	index := map[string]int{}
	var bad []error
	refuse := func(i int, reason string) {
		line, column := reader.FieldPos(i)
		bad = append(bad, &TableError{Line: line, Column: column, Reason: reason})
	}
	for i, name := range names {
		name = strings.TrimSpace(name)
		if _, twice := index[name]; twice {
			refuse(i, fmt.Sprintf("column %q stands here twice", name))
		} else if !c.has(name) {
			refuse(i, fmt.Sprintf("unknown column %q", name))
		}
		index[name] = i
	}
	for _, name := range c.required {
		if _, ok := index[name]; !ok {
			refuse(0, fmt.Sprintf("column %q is missing", name))
		}
	}
	return index, errors.Join(bad...)
}

// placed turns an error of the CSV reader into one of ours. A quote that is never closed swallows the lines after it,
// so it is looked for where its row begins.
func placed(e *csv.ParseError) *TableError {
	at := &TableError{Line: e.Line, Column: max(e.Column, 1), Reason: e.Err.Error()}
	if e.StartLine < e.Line {
		at.Reason += fmt.Sprintf("; its row begins in line %d, so these lines are lost", e.StartLine)
	}
	return at
}

// skipBOM drops the byte order mark that spreadsheet programs write before a CSV file.
func skipBOM(in io.Reader) io.Reader {
	buffered := bufio.NewReader(in)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\uFEFF" {
		_, _ = buffered.Discard(len(mark)) // cannot fail: these bytes are buffered
	}
	return buffered
}

// embedded visits the rows of a table that is part of the program. A mistake in one is a mistake in the program, so
// it panics; the package's tests read every table.
func embedded(table columns, name string, visit func(row) error) {
	data, err := tables.ReadFile(name)
	if err == nil {
		err = table.each(bytes.NewReader(data), visit)
	}
	if err != nil {
		panic(name + ": " + err.Error())
	}
}
