package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// old makes a data directory as the release with that schema version left it, with one contact in it.
func old(t *testing.T, frozen string, version string) string {
	t.Helper()
	dir := t.TempDir()
	schema, err := os.ReadFile(frozen)
	check(t, err)
	keys, err := loadKeys(filepath.Join(dir, keysDir), true)
	check(t, err)
	db := open(filepath.Join(dir, databaseFile), writing)
	tx, err := db.BeginTx(t.Context(), nil)
	check(t, err)
	_, err = tx.ExecContext(t.Context(), string(schema)+
		"; INSERT INTO contacts VALUES (1, 1); INSERT INTO keys VALUES (1, x'01'); PRAGMA user_version = "+version)
	check(t, err)
	check(t, keys.sign(t.Context(), tx))
	check(t, tx.Commit())
	check(t, db.Close())
	return dir
}

func TestEveryReleasedSchemaComesToTheNewest(t *testing.T) {
	fresh := dump(t, inside(t, t.TempDir()))
	frozen, err := filepath.Glob("testdata/schema-*.sql")
	check(t, err)
	if len(frozen) == 0 {
		t.Fatal("no frozen schemas")
	}
	for _, file := range frozen {
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "schema-"), ".sql")
		db := inside(t, old(t, file, version))
		if got := dump(t, db); got != fresh {
			t.Errorf("%s becomes\n%s\nwant\n%s", file, got, fresh)
		}
		var contacts int
		check(t, db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM contacts").Scan(&contacts))
		if contacts != 1 {
			t.Errorf("%s: %d contacts are left of 1", file, contacts)
		}
	}
}

func TestTheNewestSchemaHasItsFrozenCopy(t *testing.T) {
	s, err := loadSchema()
	check(t, err)
	frozen, err := os.ReadFile(filepath.Join("testdata", "schema-"+number(int64(s.version()))+".sql"))
	check(t, err)
	if string(frozen) != s.newest {
		t.Error("schema.sql differs from its frozen copy: a released schema is changed by a migration only")
	}
}

func dump(t *testing.T, db *DB) string {
	t.Helper()
	parts, err := read(t.Context(), db, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name", nil,
		func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) })
	check(t, err)
	// Without spaces: ALTER TABLE sets them in its own way.
	return regexp.MustCompile(`\s+|--[^\n]*`).ReplaceAllString(strings.Join(parts, "\n"), "")
}

func TestMigrationsRunInOrderAndAFailedOneLeavesTheLastGoodVersion(t *testing.T) {
	dir := old(t, "testdata/schema-1.sql", "1")
	keys, err := loadKeys(filepath.Join(dir, keysDir), false)
	check(t, err)
	db := open(filepath.Join(dir, databaseFile), writing)
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(t.Context())
	check(t, err)
	defer func() { _ = conn.Close() }()

	steps := []string{
		"CREATE TABLE second (x INTEGER) STRICT; INSERT INTO second VALUES (2)",
		"ALTER TABLE second ADD COLUMN y INTEGER; INSERT INTO nowhere VALUES (1)",
	}
	if err := (schema{steps: steps}).apply(t.Context(), conn, keys); err == nil {
		t.Fatal("a broken migration went through")
	}
	version, err := userVersion(t.Context(), conn)
	check(t, err)
	if version != 2 {
		t.Errorf("version %d, want 2", version)
	}
	if _, err := conn.ExecContext(t.Context(), "SELECT y FROM second"); err == nil {
		t.Error("half of the broken migration stayed")
	}
	steps[1] = "ALTER TABLE second ADD COLUMN y INTEGER; UPDATE second SET y = x + 1"
	check(t, schema{steps: steps}.apply(t.Context(), conn, keys))
	var y int
	check(t, conn.QueryRowContext(t.Context(), "SELECT y FROM second").Scan(&y))
	if y != 3 {
		t.Errorf("y is %d, want 3", y)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dir := old(t, "testdata/schema-1.sql", "99")
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
}

// TestAnOlderDatabaseLearnsWhenItsNumbersWereSeen: numbers that nobody wrote from for long are in doubt from the first day.
func TestAnOlderDatabaseLearnsWhenItsNumbersWereSeen(t *testing.T) {
	dir := old(t, "testdata/schema-3.sql", "3")
	raw := open(filepath.Join(dir, databaseFile), writing)
	_, err := raw.ExecContext(t.Context(), `INSERT INTO contacts (id, created_ms) VALUES (2, 0);
		INSERT INTO addresses (hash, contact, sealed_address) VALUES (x'01', 1, x''), (x'02', 2, x'');
		INSERT INTO inbox (contact, line, message_id, kind, state, at_ms, seed, sealed_input) VALUES
			(1, 'chika', 'm1', 'message', 'done', 1000 * 86400 * 1000, 1, x''),
			(1, 'chika', 'm2', 'message', 'done', 1001 * 86400 * 1000 - 1000, 1, x''), -- 06.59 the next day in WIB
			(1, 'chika', 't1', 'timer', 'done', 1005 * 86400 * 1000, 1, x'')`)
	check(t, errors.Join(err, raw.Close()))
	db := inside(t, dir)
	days, err := read(t.Context(), db, "SELECT seen_day FROM addresses ORDER BY contact", nil, scanID)
	check(t, err)
	if len(days) != 2 || days[0] != 1001 || days[1] != 0 {
		t.Errorf("seen on %v, want 1001 and never", days)
	}
}
