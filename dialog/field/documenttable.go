package field

import (
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// TableMIME is the kind of a table among the documents.
const TableMIME = "text/csv"

// MaxTable bounds a table, in bytes: hundreds of rows.
const MaxTable = 1 << 20

// isTable recognises plain text with figures in it. What could be markup is none: a browser would run it.
func isTable(body []byte) bool {
	return utf8.Valid(body) && strings.ContainsAny(string(body), "0123456789") &&
		!strings.ContainsFunc(string(body), func(r rune) bool {
			return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7f || r == '<'
		})
}

// checkTable takes a table as it is. It is data and nothing else: whoever opens one in a spreadsheet must do so as text.
func checkTable(body []byte) (Checked, error) {
	if len(body) > MaxTable {
		return Checked{}, refuse("document.bytes", "max", strconv.Itoa(MaxTable>>20))
	}
	return Checked{MIME: TableMIME, Body: body}, nil
}

// namedTable reports whether a file calls itself a table.
func namedTable(name string) bool { return strings.EqualFold(path.Ext(name), ".csv") }
