package jkn

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// Tables of employees come from whatever a company keeps them in: a CSV file, or its rows pasted. Cells stand between
// commas, semicolons or tabs. A first row without figures is a header, which may have columns that are not read; without
// one the cells stand in the order they are asked for.

// cell is a column of such a table.
type cell struct {
	titles   []string // as [field.Normal] gives them
	required bool
}

var (
	numberCell = cell{[]string{"nik", "nomor", "nomor kartu", "no kartu", "noka", "kartu", "nik / nomor kartu", "number", "card"}, true}
	reasonCell = cell{[]string{"alasan", "reason"}, false}
	dateCell   = cell{[]string{"tanggal", "tanggal berlaku", "berlaku mulai", "berlaku", "date", "effective", "effective date"}, false}

	nikCell   = cell{[]string{"nik"}, true}
	nameCell  = cell{[]string{"nama", "nama lengkap", "name", "full name"}, true}
	birthCell = cell{[]string{"tanggal lahir", "tgl lahir", "lahir", "birth date", "date of birth"}, true}
)

// sheetRow is a row of such a table: its line, from 1, and its cells in the order of the columns.
type sheetRow struct {
	line  int
	cells []string
}

// sheet reads a table. A refusal is a *field.Problem: employees.table, or employees.many {max}.
func sheet(text string, columns ...cell) ([]sheetRow, error) {
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes = separator(text), -1, true
	var rows []sheetRow
	var places []int // of each column, where a header says so; -1 it is not there
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &field.Problem{Code: "employees.table"}
		}
		for i := range record {
			record[i] = field.Plain(record[i])
		}
		whole := strings.Join(record, "")
		switch {
		case whole == "":
		case len(rows) == 0 && places == nil && !strings.ContainsAny(whole, "0123456789"):
			if places, err = header(record, columns); err != nil {
				return nil, err
			}
		default:
			line, _ := reader.FieldPos(0)
			rows = append(rows, sheetRow{line, arranged(record, places, len(columns))})
		}
	}
	if len(rows) > employeesPicked {
		return nil, &field.Problem{Code: "employees.many", Args: map[string]string{"max": strconv.Itoa(employeesPicked)}}
	}
	return rows, nil
}

// separator is what stands between the cells: of the three the most frequent.
func separator(text string) rune {
	return slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int {
		return cmp.Compare(strings.Count(text, string(a)), strings.Count(text, string(b)))
	})
}

// header finds the columns by their titles.
func header(titles []string, columns []cell) ([]int, error) {
	places := make([]int, len(columns))
	for i, c := range columns {
		places[i] = slices.IndexFunc(titles, func(t string) bool { return slices.Contains(c.titles, field.Normal(t)) })
		if places[i] < 0 && c.required {
			return nil, &field.Problem{Code: "employees.table"}
		}
	}
	return places, nil
}

// arranged brings the cells of a record into the order of the columns. Without a header they are in it; nil: there are
// more than columns.
func arranged(record []string, places []int, columns int) []string {
	cells := make([]string, columns)
	if places == nil {
		if len(record) > columns {
			return nil
		}
		copy(cells, record)
		return cells
	}
	for i, at := range places {
		if 0 <= at && at < len(record) {
			cells[i] = record[at]
		}
	}
	return cells
}

// mistakes are the lines of a table that have the mistake that was met first: one thing to put right at a time.
type mistakes struct {
	code  string
	lines []int
}

func (m *mistakes) add(code string, line int) {
	if m.code == "" {
		m.code = code
	}
	if m.code == code {
		m.lines = append(m.lines, line)
	}
}

func (m *mistakes) err() error {
	if m.code == "" {
		return nil
	}
	return &field.Problem{Code: m.code, Args: map[string]string{"row": showLines(m.lines)}}
}

// showLines names the first few lines: "3, 7, 12, …".
func showLines(lines []int) string {
	const most = 5
	var names []string
	for _, line := range lines[:min(len(lines), most)] {
		names = append(names, strconv.Itoa(line))
	}
	if len(lines) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// leaving is a row of a table of employees to take off.
type leaving struct {
	line         int
	number       string
	reason, date string // canonical; "" the table has no such column
}

// leavingMark begins a value of the type employee_search that is a table, and no name.
const leavingMark = "tabel\n"

// readSearch is the reader of employee_search: part of a name, a number, "semua"; or a table of numbers with, in
// further columns, why and from which day they leave, where it has them in every row or in none. Several numbers in one
// line are a table too.
func readSearch(text string, r dialog.Reading) (string, []*field.Problem, error) {
	text = strings.TrimSpace(text)
	if cells := strings.FieldsFunc(text, isSeparator); len(cells) > 1 && !strings.Contains(text, "\n") &&
		!slices.ContainsFunc(cells, func(c string) bool { _, err := leavingNumber(c); return err != nil }) {
		text = strings.Join(cells, "\n")
	}
	if !strings.Contains(text, "\n") {
		said, err := field.Text(text, 2, 60)
		return said, nil, err
	}
	rows, err := sheet(text, numberCell, reasonCell, dateCell)
	if err != nil {
		return "", nil, err
	}
	value, err := leavingValue(rows, r.Now)
	return value, nil, err
}

func isSeparator(r rune) bool { return strings.ContainsRune(",;\t", r) }

// leavingNumber reads a NIK or a card number.
func leavingNumber(text string) (string, error) {
	if card, err := ParseCard(text); err == nil {
		return string(card), nil
	}
	nik, err := ParseNIK(text)
	return string(nik), err
}

// leavingValue reads rows into their canonical form. A refusal is leaving.number, .twice, .reason or .date {row}, or
// employees.table where there is none.
func leavingValue(rows []sheetRow, now time.Time) (string, error) {
	var wrong mistakes
	known := map[string]bool{}
	value := leavingMark
	some := func(column int) bool {
		return slices.ContainsFunc(rows, func(r sheetRow) bool { return r.cells != nil && r.cells[column] != "" })
	}
	reasons, dates := some(1), some(2)
	for _, row := range rows {
		r, code := readLeaving(row, reasons, dates, now)
		if code == "" && known[r.number] {
			code = "leaving.twice"
		}
		if code != "" {
			wrong.add(code, row.line)
			continue
		}
		known[r.number] = true
		value += fmt.Sprintf("%d;%s;%s;%s\n", r.line, r.number, r.reason, r.date)
	}
	if len(rows) == 0 {
		return "", &field.Problem{Code: "employees.table"}
	}
	return value, wrong.err()
}

// readLeaving reads one row; code is what is wrong with it.
func readLeaving(row sheetRow, reasons, dates bool, now time.Time) (r leaving, code string) {
	r.line = row.line
	if row.cells == nil {
		return r, "leaving.number"
	}
	var err error
	if r.number, err = leavingNumber(row.cells[0]); err != nil {
		return r, "leaving.number"
	}
	if reasons {
		i, err := leavingChoices.Choose(row.cells[1], "", field.Numbers{})
		if err != nil {
			return r, "leaving.reason"
		}
		r.reason = leavingReasons[i].Value
	}
	if dates {
		day, err := field.Date(row.cells[2], now)
		if err != nil {
			return r, "leaving.date"
		}
		r.date = canonicalDate(day)
	}
	return r, ""
}

// leavingRows reads a value of the type employee_search; ok is false where it is no table.
func leavingRows(value string) (rows []leaving, ok bool) {
	text, ok := strings.CutPrefix(value, leavingMark)
	for line := range strings.Lines(text) {
		if cells := strings.SplitN(strings.TrimSpace(line), ";", 4); ok && len(cells) == 4 {
			n, _ := strconv.Atoi(cells[0])
			rows = append(rows, leaving{line: n, number: cells[1], reason: cells[2], date: cells[3]})
		}
	}
	return rows, ok
}

// showSearch shows of a table how many rows it has.
func showSearch(value, lang string) string {
	rows, ok := leavingRows(value)
	switch {
	case !ok:
		return value
	case lang == "en":
		return fmt.Sprintf("a table of %d", len(rows))
	}
	return fmt.Sprintf("tabel %d orang", len(rows))
}

// readNewEmployees is the reader of new_employees: one a line, NIK, name and birth date. The value has the same in
// canonical form. A refusal is newcomers.cells, .nik, .name, .birth_date, .differs or .twice {row}.
func readNewEmployees(text string, r dialog.Reading) (string, []*field.Problem, error) {
	rows, err := sheet(text, nikCell, nameCell, birthCell)
	var p *field.Problem
	if errors.As(err, &p) && p.Code == "employees.table" {
		rows, err = nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	var wrong mistakes
	var lines []string
	known := map[string]bool{}
	for _, row := range rows {
		cells, code := newEmployee(row, r.Now)
		if code == "" && known[cells[0]] {
			code = "twice"
		}
		if code != "" {
			wrong.add("newcomers."+code, row.line)
			continue
		}
		known[cells[0]] = true
		lines = append(lines, strings.Join(cells, ";"))
	}
	if len(rows) == 0 {
		wrong.add("newcomers.cells", 1)
	}
	return strings.Join(lines, "\n"), nil, wrong.err()
}

// newEmployee reads one row into NIK, birth date and name; code is what is wrong with it.
func newEmployee(row sheetRow, now time.Time) (cells []string, code string) {
	if row.cells == nil || slices.Contains(row.cells, "") {
		return nil, "cells"
	}
	nik, err := ParseNIK(row.cells[0])
	if err != nil {
		return nil, "nik"
	}
	name, err := field.Name(row.cells[1])
	if err != nil {
		return nil, "name"
	}
	born, err := field.BirthDate(row.cells[2], now)
	if err != nil {
		return nil, "birth_date"
	}
	if says, _ := nik.BirthDate(now); says.Day() != born.Day() || says.Month() != born.Month() {
		return nil, "differs"
	}
	return []string{string(nik), canonicalDate(born), name}, ""
}

func showNewEmployees(value, lang string) string { return strings.Join(newRows(value, lang), "\n") }

func briefNewEmployees(value, lang string, _ func(string) string) (text string, whole bool) {
	return briefRows(newRows(value, lang), lang)
}

func newRows(value, lang string) (rows []string) {
	for line := range strings.Lines(value) {
		cells := strings.SplitN(strings.TrimSpace(line), ";", 3)
		if len(cells) < 3 {
			return nil
		}
		rows = append(rows, fmt.Sprintf("(%d) %s, %s, %s", len(rows)+1, cells[2], cells[0], showBirthDate(cells[1], lang)))
	}
	return rows
}
