package jkn

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// What a company's officers do with their employees in a chat, as in e-Dabu: find them in the register, pick one or
// several to take off, or write down new ones.
const (
	employeesShown  = 10  // on one page
	employeesListed = 100 // over all pages; who looks for somebody among more narrows the search
	employeesPicked = 10  // for one ticket: as many as the approver reads in one message
	employeesMore   = "lagi"
	companyField    = "perusahaan" // the answer that names the company
)

// The queries of a company's officers. They answer only whom the store knows as the company's maker in this chat.
var (
	// companyMine are the companies this officer prepares things for.
	companyMine = dialog.Signature{
		Facts: map[string]string{"known": "truth", "count": "number"},
		Rows:  map[string]string{"code": "text", "name": "text"},
	}
	// companyEmployees finds active employees; [EmployeeFacts] makes them.
	companyEmployees = dialog.Signature{
		Args: map[string]string{"company": "text", "search": "text", "from": "text"},
		Facts: map[string]string{
			"count":  "number",
			"list":   "text", // a page of them, numbered, with masked cards
			"roster": "text", // whom the numbers up to this page mean, for the type employee_picks
			"next":   "text", // what from is for the next page
			"more":   "truth",
		},
	}
	// companyCheck says whether the officer still prepares things for the company, and the picked are still its active
	// employees; employees is "" where none were picked. Count is how many were.
	companyCheck = dialog.Signature{
		Args:  map[string]string{"company": "text", "employees": "employee_picks"},
		Facts: map[string]string{"ok": "truth", "count": "number"},
	}
)

// Employees are the active employees of a company among the members, by name: those who are insured through their own
// work, not their families. Search is part of a name or a whole card number or NIK; "semua" or "all" is everybody.
func Employees(members []Member, company, search string) []Member {
	words := strings.Fields(field.Normal(search))
	all := len(words) == 1 && (words[0] == "semua" || words[0] == "all")
	list := slices.DeleteFunc(slices.Clone(members), func(m Member) bool {
		employee := company != "" && m.Employer == company && m.Head() == m.Card && m.Status == ActiveMember
		return !employee || len(words) == 0 || !all && !m.found(words)
	})
	slices.SortFunc(list, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Card, b.Card))
	})
	return list
}

// found reports whether every word is part of the name, or the words are the card number or the NIK.
func (m Member) found(words []string) bool {
	number := strings.Join(words, "")
	if number == string(m.Card) || m.NIK != "" && number == string(m.NIK) {
		return true
	}
	name := field.Normal(m.Name)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) })
}

// EmployeeFacts answers the query company.employees: the page of the employees that begins after from of them.
func EmployeeFacts(company string, employees []Member, from int) dialog.Record {
	total := min(len(employees), employeesListed)
	from = max(0, min(from, total))
	to := min(from+employeesShown, total)
	facts := dialog.Record{
		"count": strconv.Itoa(len(employees)), "next": strconv.Itoa(to), "more": truth(to < total),
	}
	roster := []string{company + " " + facts["more"]}
	var page []string
	for i, e := range employees[:to] {
		roster = append(roster, picked(e))
		if i >= from {
			page = append(page, fmt.Sprintf("%d. %s, %s", i+1, e.Name, e.Card.Masked()))
		}
	}
	facts["list"], facts["roster"] = strings.Join(page, "\n"), strings.Join(roster, "\n")
	return facts
}

// picked is an employee as a ticket holds them: card number, space, name.
func picked(m Member) string { return string(m.Card) + " " + m.Name }

// PickedCards are the card numbers of a value of the type employee_picks.
func PickedCards(picks string) []Card {
	var cards []Card
	for line := range strings.Lines(picks) {
		card, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		cards = append(cards, Card(card))
	}
	return cards
}

// readPicks is the reader of employee_picks: "1,3,5", "2-4", "semua", or "lagi" for the next page. r.Of is the roster
// that the numbers mean; it must be that of the company answered before.
func readPicks(text string, r dialog.Reading) (string, []*field.Problem, error) {
	lines := strings.Split(r.Of, "\n")
	company, more, _ := strings.Cut(lines[0], " ")
	roster := lines[1:]
	if r.Answer == nil || company == "" || company != r.Answer(companyField) {
		return "", nil, &field.Problem{Code: "employees.none"}
	}
	said := field.Normal(text)
	switch said {
	case "lagi", "more", "next":
		if more != "true" {
			return "", nil, &field.Problem{Code: "employees.last"}
		}
		return employeesMore, nil, nil
	case "semua", "all":
		said = fmt.Sprintf("1-%d", len(roster))
	}
	numbers, err := pickedNumbers(said, len(roster))
	if err != nil {
		return "", nil, err
	}
	var picks []string
	for _, n := range numbers {
		picks = append(picks, roster[n-1])
	}
	return strings.Join(picks, "\n"), nil, nil
}

var (
	picksForm  = regexp.MustCompile(`^\d{1,3}( ?- ?\d{1,3})?([ ,;.&+]+(dan |and )?\d{1,3}( ?- ?\d{1,3})?)*[ ,;.]*$`)
	pickedForm = regexp.MustCompile(`(\d+)(?: ?- ?(\d+))?`)
)

// pickedNumbers reads numbers and ranges of numbers from 1 to highest, each once, in order.
func pickedNumbers(said string, highest int) ([]int, error) {
	if !picksForm.MatchString(said) {
		return nil, &field.Problem{Code: "employees.unclear"}
	}
	var numbers []int
	for _, m := range pickedForm.FindAllStringSubmatch(said, -1) {
		first, _ := strconv.Atoi(m[1])
		last, _ := strconv.Atoi(cmp.Or(m[2], m[1]))
		if first < 1 || last > highest || first > last {
			return nil, &field.Problem{Code: "employees.range", Args: map[string]string{"max": strconv.Itoa(highest)}}
		}
		for n := first; n <= last; n++ {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	if numbers = slices.Compact(numbers); len(numbers) > employeesPicked {
		return nil, &field.Problem{Code: "employees.many", Args: map[string]string{"max": strconv.Itoa(employeesPicked)}}
	}
	return numbers, nil
}

// showPicks numbers the picked, so that an officer can tell the outcome of each; not as the options of a menu are.
func showPicks(value, _ string) string {
	var lines []string
	for line := range strings.Lines(value) {
		card, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		lines = append(lines, fmt.Sprintf("(%d) %s, %s", len(lines)+1, name, card))
	}
	return strings.Join(lines, "\n")
}

// readNewEmployees is the reader of new_employees: one a line, NIK, name and birth date between commas, semicolons or
// tabs, as a spreadsheet gives them; a header row is passed over. The value has the same in canonical form.
func readNewEmployees(text string, r dialog.Reading) (string, []*field.Problem, error) {
	var rows []string
	known := map[NIK]bool{}
	for line := range strings.Lines(text) {
		if line = field.Plain(line); line == "" || len(rows) == 0 && !strings.ContainsAny(line, "0123456789") {
			continue
		}
		bad := func(code string) error {
			return &field.Problem{Code: "newcomers." + code, Args: map[string]string{"row": strconv.Itoa(len(rows) + 1)}}
		}
		nik, row, err := newEmployee(line, r.Now)
		var problem *field.Problem
		switch {
		case errors.As(err, &problem):
			return "", nil, bad(problem.Code)
		case err != nil:
			return "", nil, err
		case known[nik]:
			return "", nil, bad("twice")
		}
		known[nik] = true
		if rows = append(rows, row); len(rows) > employeesPicked {
			return "", nil, &field.Problem{Code: "employees.many", Args: map[string]string{"max": strconv.Itoa(employeesPicked)}}
		}
	}
	if len(rows) == 0 {
		return "", nil, &field.Problem{Code: "newcomers.cells", Args: map[string]string{"row": "1"}}
	}
	return strings.Join(rows, "\n"), nil, nil
}

// newEmployee reads one row; a refusal is a *field.Problem that names the cell: cells, nik, name, birth_date, differs.
func newEmployee(line string, now time.Time) (NIK, string, error) {
	cells := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t", r) })
	if len(cells) != 3 {
		return "", "", &field.Problem{Code: "cells"}
	}
	nik, err := ParseNIK(cells[0])
	if err != nil {
		return "", "", &field.Problem{Code: "nik"}
	}
	name, err := field.Name(cells[1])
	if err != nil {
		return "", "", &field.Problem{Code: "name"}
	}
	born, err := field.BirthDate(cells[2], now)
	if err != nil {
		return "", "", &field.Problem{Code: "birth_date"}
	}
	if says, _ := nik.BirthDate(now); says.Day() != born.Day() || says.Month() != born.Month() {
		return "", "", &field.Problem{Code: "differs"}
	}
	return nik, strings.Join([]string{string(nik), born.Format(time.DateOnly), name}, ";"), nil
}

func showNewEmployees(value, lang string) string {
	var lines []string
	for line := range strings.Lines(value) {
		cells := strings.SplitN(strings.TrimSpace(line), ";", 3)
		if len(cells) < 3 {
			return ""
		}
		lines = append(lines, fmt.Sprintf("(%d) %s, %s, %s", len(lines)+1, cells[2], cells[0], showBirthDate(cells[1], lang)))
	}
	return strings.Join(lines, "\n")
}

var outcomeForm = regexp.MustCompile(`^\(?(\d{1,2})[ .:)=-]+(.{2,})$`)

// readOutcomes is the reader of employee_outcomes: what became of each row, "1 berhasil, 2 ditolak: NIK belum padan".
func readOutcomes(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	var lines []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		m := outcomeForm.FindStringSubmatch(field.Plain(part))
		if m == nil || m[1] != strconv.Itoa(len(lines)+1) {
			return "", nil, &field.Problem{Code: "outcomes.unclear", Args: map[string]string{"row": strconv.Itoa(len(lines) + 1)}}
		}
		lines = append(lines, "("+m[1]+") "+m[2])
	}
	if len(lines) == 0 {
		return "", nil, &field.Problem{Code: "outcomes.unclear", Args: map[string]string{"row": "1"}}
	}
	return strings.Join(lines, "\n"), nil, nil
}
