package store

import (
	"context"
	"database/sql"
	"errors"
)

// queryFunc runs a query on the writer's connection or on the read-only pool.
type queryFunc func(query string, args ...any) (*sql.Rows, error)

func (d *DB) reading(ctx context.Context) queryFunc {
	return func(query string, args ...any) (*sql.Rows, error) { return d.reader.QueryContext(ctx, query, args...) }
}

// collect gives what scan makes of each row.
func collect[T any](query queryFunc, text string, args []any, scan func(*sql.Rows) (T, error)) (out []T, err error) {
	rows, err := query(text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// read collects from the read-only pool.
func read[T any](ctx context.Context, d *DB, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	out, err := collect(d.reading(ctx), text, args, scan)
	return out, explain(err)
}

func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }
