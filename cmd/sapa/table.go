package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"sapa/dialog/jkn"
)

// maxBadRows is how many bad rows of a table are told one by one.
const maxBadRows = 20

// table is a CSV file whose rows are read one by one, as large as it may be.
type table[T any] struct {
	file string
	read func(io.Reader) iter.Seq2[T, error]
	tell io.Writer // where bad rows are told

	bad  int   // rows that are wrong
	fail error // why reading ended early
}

// rows gives the good rows, from the file's beginning on each time, and tells the first of the others.
func (t *table[T]) rows() iter.Seq[T] {
	return func(yield func(T) bool) {
		t.bad, t.fail = 0, nil
		f, err := os.Open(t.file)
		if err != nil {
			t.fail = err
			return
		}
		defer func() { t.fail = errors.Join(t.fail, f.Close()) }()
		for value, err := range t.read(bufio.NewReaderSize(f, 1<<20)) {
			switch {
			case err == nil:
				if !yield(value) {
					return
				}
			case t.isRow(err):
				if t.fail = t.tellRow(err); t.fail != nil {
					return
				}
			default:
				t.fail = err
				return
			}
		}
	}
}

// isRow reports whether an error is a row's, not the file's.
func (t *table[T]) isRow(err error) bool {
	var row *jkn.TableError
	return errors.As(err, &row)
}

func (t *table[T]) tellRow(err error) error {
	if t.bad++; t.bad > maxBadRows {
		return nil
	}
	for _, mistake := range unjoined(err) {
		if _, err := fmt.Fprintf(t.tell, "%s: %v\n", t.file, mistake); err != nil {
			return err
		}
	}
	return nil
}

// summary tells how many bad rows there were beyond those that were told.
func (t *table[T]) summary() error {
	if t.bad <= maxBadRows {
		return nil
	}
	_, err := fmt.Fprintf(t.tell, "%s: … and %d more bad rows\n", t.file, t.bad-maxBadRows)
	return err
}

// check reads the whole table and gives how many good rows it has.
func (t *table[T]) check() (good int, err error) {
	for range t.rows() {
		good++
	}
	return good, errors.Join(t.fail, t.summary())
}
