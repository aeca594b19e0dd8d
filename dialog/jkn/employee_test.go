package jkn

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// staff are made up: Budi and his wife, Citra, who left, and Dewi of another company.
func staff() []Member {
	return []Member{
		{Card: "0009900000011", NIK: "3174011708900011", Name: "Contoh Dewi Lestari", Status: ActiveMember, Employer: "PT2"},
		{Card: "0009900000012", NIK: "3174011708900012", Name: "Contoh Budi Santoso", Status: ActiveMember, Employer: "PT1"},
		{Card: "0009900000013", Name: "Contoh Budiarti", Status: ActiveMember, Employer: "PT1", HeadCard: "0009900000012"},
		{Card: "0009900000014", Name: "Contoh Citra", Status: InactiveMember, Employer: "PT1"},
		{Card: "0009900000015", Name: "Contoh Agus Budi", Status: ActiveMember, Employer: "PT1"},
	}
}

func TestOnlyACompanysOwnActiveEmployeesAreFound(t *testing.T) {
	for _, c := range []struct{ company, search, want string }{
		{"PT1", "semua", "Contoh Agus Budi, Contoh Budi Santoso"},
		{"PT1", "ALL", "Contoh Agus Budi, Contoh Budi Santoso"},
		{"PT1", "budi", "Contoh Agus Budi, Contoh Budi Santoso"},
		{"PT1", "santoso budi", "Contoh Budi Santoso"},
		{"PT1", "0009900000012", "Contoh Budi Santoso"},
		{"PT1", "3174 0117 0890 0012", "Contoh Budi Santoso"},
		{"PT1", "00099", ""},         // part of a number is no number
		{"PT1", "dewi", ""},          // of another company
		{"PT1", "0009900000011", ""}, // and by number
		{"PT1", "citra", ""},         // not active any more
		{"PT1", "budiarti", ""},      // family
		{"PT2", "semua", "Contoh Dewi Lestari"},
		{"PT1", " ", ""},
		{"", "semua", ""},
	} {
		var names []string
		for _, e := range Employees(staff(), c.company, c.search) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("%s, %q: %q, want %q", c.company, c.search, got, c.want)
		}
	}
}

// crowd is a company of n employees.
func crowd(n int) []Member {
	var all []Member
	for i := range n {
		all = append(all, Member{
			Card: Card(fmt.Sprintf("00099%08d", i+1)), Name: fmt.Sprintf("Contoh %03d", i+1), Status: ActiveMember, Employer: "PT1",
		})
	}
	return all
}

func TestPagesOfEmployeesGoOnCounting(t *testing.T) {
	for _, c := range []struct {
		staff, from             int
		first, last, next, more string
	}{
		{23, 0, "1. Contoh 001, 0009•••••0001", "10. Contoh 010, 0009•••••0010", "10", "true"},
		{23, 20, "21. Contoh 021, 0009•••••0021", "23. Contoh 023, 0009•••••0023", "23", "false"},
		{10, 0, "1. Contoh 001, 0009•••••0001", "10. Contoh 010, 0009•••••0010", "10", "false"},
		{500, 90, "91. Contoh 091, 0009•••••0091", "100. Contoh 100, 0009•••••0100", "100", "false"},
		{0, 0, "", "", "0", "false"},
		{3, -1, "1. Contoh 001, 0009•••••0001", "3. Contoh 003, 0009•••••0003", "3", "false"},
	} {
		facts := EmployeeFacts("PT1", crowd(c.staff), c.from)
		page := strings.Split(facts["list"], "\n")
		got := []string{page[0], page[len(page)-1], facts["next"], facts["more"], facts["count"]}
		want := []string{c.first, c.last, c.next, c.more, fmt.Sprint(c.staff)}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%d from %d: %q, want %q", c.staff, c.from, got, want)
		}
	}
}

// outcome is a value or the code and arguments of a refusal.
func outcome(value string, err error) string {
	var p *field.Problem
	switch {
	case errors.As(err, &p):
		return strings.TrimSpace("! " + p.Code + " " + p.Args["max"] + p.Args["row"])
	case err != nil:
		return err.Error()
	}
	return value
}

func TestPicksAreThoseOfTheListThatWasShown(t *testing.T) {
	shown := EmployeeFacts("PT1", crowd(12), 0)["roster"]
	all := EmployeeFacts("PT1", crowd(12), 10)["roster"]
	for _, c := range []struct{ typed, roster, company, want string }{
		{"3", shown, "PT1", "3"},
		{"5, 1,3 dan 1", shown, "PT1", "1 3 5"},
		{"2-4", shown, "PT1", "2 3 4"},
		{"1. 2. 9-10", shown, "PT1", "1 2 9 10"},
		{"semua", shown, "PT1", "1 2 3 4 5 6 7 8 9 10"},
		{"semua", all, "PT1", "! employees.many 10"},
		{"lagi", shown, "PT1", "lagi"},
		{"more", shown, "PT1", "lagi"},
		{"lagi", all, "PT1", "! employees.last"},
		{"11", shown, "PT1", "! employees.range 10"},
		{"11", all, "PT1", "11"},
		{"0", shown, "PT1", "! employees.range 10"},
		{"4-2", shown, "PT1", "! employees.range 10"},
		{"1-999", shown, "PT1", "! employees.range 10"},
		{"0009900000001", shown, "PT1", "! employees.unclear"},
		{"Budi", shown, "PT1", "! employees.unclear"},
		{"", shown, "PT1", "! employees.unclear"},
		{"1", shown, "PT2", "! employees.none"}, // the list of another company
		{"1", "", "", "! employees.none"},
	} {
		value, _, err := readPicks(c.typed, dialog.Reading{Of: c.roster, Answer: func(string) string { return c.company }})
		got := outcome(value, err)
		if err == nil && value != employeesMore {
			var numbers []string
			for _, card := range PickedCards(value) {
				numbers = append(numbers, strings.TrimLeft(string(card)[5:], "0"))
			}
			got = strings.Join(numbers, " ")
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.typed, got, c.want)
		}
	}
}

func TestPicksAreShownNumbered(t *testing.T) {
	value := picked(staff()[1]) + "\n" + picked(staff()[4])
	want := "(1) Contoh Budi Santoso, 0009900000012\n(2) Contoh Agus Budi, 0009900000015"
	if got := showPicks(value, "id"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNewEmployeesAreReadRowByRow(t *testing.T) {
	const siti, budi = "3174015708900002;1990-08-17;Siti Aminah", "3602041211870003;1987-11-12;Budi Santoso"
	many := ""
	for i := range 11 {
		many += fmt.Sprintf("31740157089000%02d,Siti,17-8-1990\n", i+1)
	}
	for _, c := range []struct{ typed, want string }{
		{"3174015708900002, Siti Aminah, 17-8-1990", siti},
		{"NIK;Nama;Tanggal lahir\r\n3174015708900002;Siti Aminah;1990-08-17\r\n\r\n3602041211870003;Budi Santoso;12 November 1987\r\n", siti + "\n" + budi},
		{"", "! newcomers.cells 1"},
		{"halo", "! newcomers.cells 1"},
		{"3174015708900002, Siti Aminah", "! newcomers.cells 1"},
		{"3174015708900002, Siti, Aminah, 17-8-1990", "! newcomers.cells 1"},
		{"3174015708900002, Siti, 17-8-1990\n123, Budi, 1-1-1990", "! newcomers.nik 2"},
		{"3174015708900002, 99, 17-8-1990", "! newcomers.name 1"},
		{"3174015708900002, Siti, kapan-kapan", "! newcomers.birth_date 1"},
		{"3174015708900002, Siti, 18-8-1990", "! newcomers.differs 1"},
		{"3174015708900002, Siti, 17-8-1990\n3174015708900002, Siti, 17-8-1990", "! newcomers.twice 2"},
		{many, "! employees.many 10"},
	} {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		value, _, err := readNewEmployees(c.typed, dialog.Reading{Now: now})
		if got := outcome(value, err); got != c.want {
			t.Errorf("%q: %s, want %s", c.typed, got, c.want)
		}
	}
	want := "(1) Siti Aminah, 3174015708900002, 17 Agustus 1990\n(2) Budi Santoso, 3602041211870003, 12 November 1987"
	if got := showNewEmployees(siti+"\n"+budi, "id"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOutcomesNameEveryRowInTurn(t *testing.T) {
	for typed, want := range map[string]string{
		"1 berhasil, 2 ditolak: NIK belum padan": "(1) berhasil\n(2) ditolak: NIK belum padan",
		"(1) berhasil; 2. berhasil":              "(1) berhasil\n(2) berhasil",
		"1 berhasil\n2 berhasil":                 "(1) berhasil\n(2) berhasil",
		"berhasil":                               "! outcomes.unclear 1",
		"1 berhasil, 3 berhasil":                 "! outcomes.unclear 2",
		"1 berhasil, kecuali 2":                  "! outcomes.unclear 2",
		"1":                                      "! outcomes.unclear 1",
		"":                                       "! outcomes.unclear 1",
	} {
		value, _, err := readOutcomes(typed, dialog.Reading{})
		if got := outcome(value, err); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}
