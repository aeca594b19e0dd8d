package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// walPages is how large the write-ahead log grows before it is folded into the database: 8000 pages were 40 % more
// messages a second than SQLite's 1000.
const walPages = 8000

// connector opens connections to one file. The driver's DSN has no name for wal_autocheckpoint, so it is set as each
// connection is made.
type connector struct {
	source string
	driver *sqlite3.SQLiteDriver
}

// Connect opens one more connection.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.source) }

// Driver is SQLite's.
func (c connector) Driver() driver.Driver { return c.driver }

func open(file string, a access) *sql.DB {
	hook := func(conn *sqlite3.SQLiteConn) error {
		_, err := conn.Exec(fmt.Sprintf("PRAGMA wal_autocheckpoint=%d", walPages), nil)
		return err
	}
	db := sql.OpenDB(connector{dataSource(file, a), &sqlite3.SQLiteDriver{ConnectHook: hook}})
	db.SetMaxOpenConns(1)
	return db
}

// randomID is a message ID of the form WhatsApp's clients use.
func randomID(string) string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return "3EB0" + strings.ToUpper(hex.EncodeToString(b[:]))
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
