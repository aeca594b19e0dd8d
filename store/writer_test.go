package store

import (
	"errors"
	"testing"
)

// A job may go on where part of it failed: that part is undone and nothing else, though the batch was begun without
// savepoints.
func TestAFailedPartIsUndoneAlone(t *testing.T) {
	db := inside(t, t.TempDir())
	mark := func(t *tx, name string) error { return t.run("INSERT INTO cursors (name, value) VALUES (?, 1)", name) }
	runs := 0
	partly := func(t *tx) error {
		runs++
		if err := mark(t, "before"); err != nil {
			return err
		}
		_ = t.saved(func() error {
			if err := mark(t, "undone"); err != nil {
				return err
			}
			return errors.New("refused")
		})
		return mark(t, "after")
	}
	batch := []job{
		{err: make(chan error, 1), do: func(t *tx) error { return mark(t, "first") }},
		{err: make(chan error, 1), do: partly},
		{err: make(chan error, 1), do: func(t *tx) error { return mark(t, "last") }},
	}
	check(t, db.peek(t.Context(), func(tx *tx) error { // on the writer's goroutine
		tx.commit(batch)
		return nil
	}))
	for i, j := range batch {
		check(t, j.failed)
		if i == 1 && runs != 2 {
			t.Errorf("the job ran %d times: once without savepoints, once with", runs)
		}
	}
	var there, undone int
	check(t, db.reader.QueryRowContext(t.Context(), `SELECT sum(name IN ('first', 'before', 'after', 'last')),
		sum(name = 'undone') FROM cursors`).Scan(&there, &undone))
	if there != 4 || undone != 0 {
		t.Errorf("%d of 4 marks are there, and %d that should not be", there, undone)
	}
}
