package jkn

import (
	"cmp"
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
// several to take off, or write down new ones; by typing, or with a table they send.
const (
	employeesShown  = 10  // on one page
	employeesListed = 100 // over all pages; who looks for somebody among more narrows the search
	employeesPicked = 500 // for one ticket, and in one table
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
		Args: map[string]string{"company": "text", "search": "employee_search", "from": "text"},
		Facts: map[string]string{
			"count":   "number",
			"list":    "text",   // a page of them, numbered, with masked numbers
			"roster":  "text",   // whom the numbers up to this page mean, for the type employee_picks; of a table all
			"next":    "text",   // what from is for the next page
			"more":    "truth",  // there is one
			"strange": "number", // rows of a table that are no active employee of this company
			"lines":   "text",   // the first of them, by their lines
		},
	}
	// companyCheck says whether the officer still prepares things for the company, and the picked are still its active
	// employees; employees is "" where none were picked. [CheckFacts] makes its facts.
	companyCheck = dialog.Signature{
		Args: map[string]string{"company": "text", "employees": "employee_picks"},
		Facts: map[string]string{
			"ok":      "truth",
			"count":   "number", // of the picked
			"reasons": "truth",  // their table says each one's reason,
			"dates":   "truth",  // and day
		},
	}
)

// employees are the active employees of a company among the members: those who are insured through their own work, not
// their families.
func employees(members []Member, company string) []Member {
	return slices.DeleteFunc(slices.Clone(members), func(m Member) bool {
		return company == "" || m.Employer != company || m.Head() != m.Card || m.Status != ActiveMember
	})
}

// search finds employees by name: search is part of one, or a whole card number or NIK; "semua" or "all" is everybody.
func search(staff []Member, words string) []Member {
	said := strings.Fields(field.Normal(words))
	all := len(said) == 1 && (said[0] == "semua" || said[0] == "all")
	found := slices.DeleteFunc(slices.Clone(staff), func(m Member) bool { return len(said) == 0 || !all && !m.found(said) })
	slices.SortFunc(found, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Number(), b.Number()))
	})
	return found
}

// found reports whether every word is part of the name, or the words are the card number or the NIK.
func (m Member) found(words []string) bool {
	if m.has(strings.Join(words, "")) {
		return true
	}
	name := field.Normal(m.Name)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) })
}

// has reports whether a number is the member's card or NIK.
func (m Member) has(number string) bool {
	return number != "" && (number == string(m.Card) || number == string(m.NIK))
}

// EmployeeFacts answers the query company.employees among the members that the register has with the company: the page
// that begins after from of those found. A row of a table that is no active employee of the company is strange, whether
// the number is another company's or nobody's.
func EmployeeFacts(company, searched string, members []Member, from int) dialog.Record {
	staff := employees(members, company)
	facts := dialog.Record{"strange": "0", "lines": ""}
	var found []pick
	shown := 0 // of the found, the roster has at least those of the pages seen
	if rows, ok := leavingRows(searched); ok {
		var strange []int
		found, strange = match(staff, rows)
		facts["strange"], facts["lines"] = strconv.Itoa(len(strange)), showLines(strange)
		shown = len(found)
	} else {
		for _, m := range search(staff, searched) {
			found = append(found, pick{number: m.Number(), name: m.Name})
		}
	}
	total := min(len(found), employeesListed)
	from = max(0, min(from, total))
	to := min(from+employeesShown, total)
	facts["count"], facts["next"], facts["more"] = strconv.Itoa(len(found)), strconv.Itoa(to), truth(to < total)
	roster := []string{company + " " + facts["more"]}
	var page []string
	for i, p := range found[:max(shown, to)] {
		roster = append(roster, p.String())
		if from <= i && i < to {
			page = append(page, fmt.Sprintf("%d. %s, %s", i+1, p.name, Mask(p.number)))
		}
	}
	facts["list"], facts["roster"] = strings.Join(page, "\n"), strings.Join(roster, "\n")
	return facts
}

// match finds the employees that rows of a table mean, each once, and the lines of those that mean none.
func match(staff []Member, rows []leaving) (found []pick, strange []int) {
	byNumber := map[string]Member{}
	for _, m := range staff {
		byNumber[string(m.Card)], byNumber[string(m.NIK)] = m, m
	}
	known := map[string]bool{}
	for _, r := range rows {
		m, ok := byNumber[r.number]
		if !ok {
			strange = append(strange, r.line)
			continue
		}
		p := pick{number: m.Number(), name: m.Name, reason: r.reason, date: r.date}
		if !known[p.number] {
			known[p.number] = true
			found = append(found, p)
		}
	}
	return found, strange
}

// CheckFacts answers the query company.check among the members that the register has with the company.
func CheckFacts(company, picks string, members []Member) dialog.Record {
	staff := employees(members, company)
	picked := readPicked(picks)
	known := map[string]bool{}
	for _, m := range staff {
		known[m.Number()] = true
	}
	ok := company != "" && !slices.ContainsFunc(picked, func(p pick) bool { return !known[p.number] })
	return dialog.Record{
		"ok": truth(ok), "count": strconv.Itoa(len(picked)),
		"reasons": truth(len(picked) > 0 && picked[0].reason != ""),
		"dates":   truth(len(picked) > 0 && picked[0].date != ""),
	}
}

// pick is an employee as a ticket holds them, a line each: number, space, name, and, where their table says so, a tab,
// why they leave, a tab, and from which day.
type pick struct {
	number string // card, or the NIK of who has none yet
	name   string
	reason string // a value of the list leaving_reasons; "" the form has it for all
	date   string // canonical; "" likewise
}

func (p pick) String() string {
	line := p.number + " " + p.name
	if p.reason != "" || p.date != "" {
		line += "\t" + p.reason + "\t" + p.date
	}
	return line
}

func readPicked(picks string) []pick {
	var all []pick
	for line := range strings.Lines(picks) {
		who, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		p := pick{}
		p.number, p.name, _ = strings.Cut(who, " ")
		p.reason, p.date, _ = strings.Cut(rest, "\t")
		all = append(all, p)
	}
	return all
}

// InRoster are the numbers of those whom a roster of the query company.employees shows.
func InRoster(roster string) map[string]bool {
	_, picks, _ := strings.Cut(roster, "\n")
	numbers := map[string]bool{}
	for _, p := range readPicked(picks) {
		numbers[p.number] = true
	}
	return numbers
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
	return slices.Compact(numbers), nil
}

// showPicks numbers the picked, so that an officer can tell the outcome of each; not as the options of a menu are.
func showPicks(value, lang string) string { return strings.Join(pickRows(value, lang), "\n") }

func briefPicks(value, lang string, _ func(string) string) (text string, whole bool) {
	return briefRows(pickRows(value, lang), lang)
}

func pickRows(value, lang string) []string {
	picked := readPicked(value)
	lines := make([]string, len(picked))
	for i, p := range picked {
		cells := []string{p.name, p.number}
		if p.reason != "" {
			cells = append(cells, showLeaving(p.reason, lang))
		}
		if day, err := time.Parse(time.DateOnly, p.date); err == nil {
			cells = append(cells, field.ShowDate(day, lang))
		}
		lines[i] = fmt.Sprintf("(%d) %s", i+1, strings.Join(cells, ", "))
	}
	return lines
}

// rowsInChat is how many rows a message lists.
const rowsInChat = 8

// briefRows says how many people the rows are, and lists the first.
func briefRows(rows []string, lang string) (text string, whole bool) {
	head := fmt.Sprintf("%d orang", len(rows))
	switch {
	case lang == "en" && len(rows) == 1:
		head = "1 person"
	case lang == "en":
		head = fmt.Sprintf("%d people", len(rows))
	}
	return firstRows(head, rows, lang), len(rows) <= rowsInChat
}

// firstRows lists as many rows as a message has room for under a head, and says how many more there are.
func firstRows(head string, rows []string, lang string) string {
	lines := append([]string{head}, rows[:min(len(rows), rowsInChat)]...)
	if more := len(rows) - rowsInChat; more > 0 && lang == "en" {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	} else if more > 0 {
		lines = append(lines, fmt.Sprintf("… dan %d lainnya", more))
	}
	return strings.Join(lines, "\n")
}
