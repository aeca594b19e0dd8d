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
		for _, e := range search(employees(staff(), c.company), c.search) {
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
		facts := EmployeeFacts("PT1", "semua", crowd(c.staff), c.from)
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
	shown := EmployeeFacts("PT1", "semua", crowd(12), 0)["roster"]
	all := EmployeeFacts("PT1", "semua", crowd(12), 10)["roster"]
	for _, c := range []struct{ typed, roster, company, want string }{
		{"3", shown, "PT1", "3"},
		{"5, 1,3 dan 1", shown, "PT1", "1 3 5"},
		{"2-4", shown, "PT1", "2 3 4"},
		{"1. 2. 9-10", shown, "PT1", "1 2 9 10"},
		{"semua", shown, "PT1", "1 2 3 4 5 6 7 8 9 10"},
		{"semua", all, "PT1", "1 2 3 4 5 6 7 8 9 10 11 12"},
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
			for _, p := range readPicked(value) {
				numbers = append(numbers, strings.TrimLeft(p.number[5:], "0"))
			}
			got = strings.Join(numbers, " ")
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.typed, got, c.want)
		}
	}
}

func TestPicksAreShownNumbered(t *testing.T) {
	for _, c := range []struct {
		picks      []pick
		lang, want string
	}{
		{
			[]pick{{number: "0009900000012", name: "Contoh Budi"}, {number: "0009900000015", name: "Contoh Agus Budi"}},
			"id",
			"(1) Contoh Budi, 0009900000012\n(2) Contoh Agus Budi, 0009900000015",
		},
		{
			[]pick{{number: "0009900000012", name: "Contoh Budi", reason: "phk", date: "2026-12-01"}},
			"id",
			"(1) Contoh Budi, 0009900000012, PHK, 1 Desember 2026",
		},
		{
			[]pick{{number: "0009900000012", name: "Contoh Budi", reason: "phk"}},
			"en",
			"(1) Contoh Budi, 0009900000012, Dismissed",
		},
		{
			[]pick{{number: "0009900000012", name: "Contoh Budi", date: "2026-12-01"}},
			"en",
			"(1) Contoh Budi, 0009900000012, 1 December 2026",
		},
	} {
		var lines []string
		for _, p := range c.picks {
			lines = append(lines, p.String())
		}
		if got := showPicks(strings.Join(lines, "\n"), c.lang); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestATableOfEmployeesIsMatchedWithTheCompanysOwn(t *testing.T) {
	const table = leavingMark + "2;0009900000012;resign;2026-12-01\n3;0009900000011;phk;2026-12-01\n4;3174011708900012;phk;2026-12-01\n" +
		"5;0009999999999;phk;2026-12-01\n6;0009900000014;phk;2026-12-01\n7;0009900000015;phk;2026-12-31\n"
	facts := EmployeeFacts("PT1", table, staff(), 0)
	// Of another company, of nobody, not active: all are strange in the same way. A card and a NIK of one person are one.
	want := map[string]string{
		"count": "2", "strange": "3", "lines": "3, 5, 6", "more": "false", "next": "2",
		"list": "1. Contoh Budi Santoso, 0009•••••0012\n2. Contoh Agus Budi, 0009•••••0015",
		"roster": "PT1 false\n0009900000012 Contoh Budi Santoso\tresign\t2026-12-01\n" +
			"0009900000015 Contoh Agus Budi\tphk\t2026-12-31",
	}
	for name, value := range want {
		if facts[name] != value {
			t.Errorf("%s is %q, want %q", name, facts[name], value)
		}
	}
	if got := EmployeeFacts("PT2", table, staff(), 0); got["count"] != "1" || got["strange"] != "5" {
		t.Errorf("for the other company %s were found, %s were not", got["count"], got["strange"])
	}
}

// Of a table everybody can be picked at once; a page shows only some.
func TestALargeTableIsPickedWhole(t *testing.T) {
	table := leavingMark
	for i, m := range crowd(500) {
		table += fmt.Sprintf("%d;%s;;\n", i+1, m.Card)
	}
	roster := EmployeeFacts("PT1", table, crowd(500), 0)["roster"]
	picks, _, err := readPicks("semua", dialog.Reading{Of: roster, Answer: func(string) string { return "PT1" }})
	if err != nil {
		t.Fatal(err)
	}
	facts := CheckFacts("PT1", picks, crowd(500))
	if facts["ok"] != "true" || facts["count"] != "500" {
		t.Errorf("ok %s, count %s", facts["ok"], facts["count"])
	}
}

func TestAMessageListsTheFirstOfMany(t *testing.T) {
	joining := func(n int) string {
		return strings.TrimSuffix(strings.Repeat("3174015708900002;1990-08-17;Siti\n", n), "\n")
	}
	leaving := func(n int) string {
		return strings.TrimSuffix(strings.Repeat("0009900000012 Contoh Budi\n", n), "\n")
	}
	for _, c := range []struct {
		show        func(string, string, func(string) string) (string, bool)
		value, lang string
		lines       int
		head, last  string
		whole       bool
	}{
		{briefPicks, leaving(1), "id", 2, "1 orang", "(1) Contoh Budi, 0009900000012", true},
		{briefPicks, leaving(8), "en", 9, "8 people", "(8) Contoh Budi, 0009900000012", true},
		{briefPicks, leaving(9), "id", 10, "9 orang", "… dan 1 lainnya", false},
		{briefPicks, leaving(500), "en", 10, "500 people", "… and 492 more", false},
		{briefNewEmployees, joining(1), "en", 2, "1 person", "(1) Siti, 3174015708900002, 17 August 1990", true},
		{briefNewEmployees, joining(8), "id", 9, "8 orang", "(8) Siti, 3174015708900002, 17 Agustus 1990", true},
		{briefNewEmployees, joining(500), "id", 10, "500 orang", "… dan 492 lainnya", false},
	} {
		text, whole := c.show(c.value, c.lang, nil)
		lines := strings.Split(text, "\n")
		if len(lines) != c.lines || lines[0] != c.head || lines[len(lines)-1] != c.last || whole != c.whole {
			t.Errorf("want %d lines from %q to %q, whole %v; got %v:\n%s", c.lines, c.head, c.last, c.whole, whole, text)
		}
	}
}

func TestPicksAreCheckedAgainstTheCompanysOwn(t *testing.T) {
	for _, c := range []struct{ company, picks, want string }{
		{"PT1", "0009900000012 Contoh Budi", "true 1 false false"},
		{"PT1", "0009900000012 Contoh Budi\tresign\t2026-12-01", "true 1 true true"},
		{"PT1", "0009900000012 Contoh Budi\t\t2026-12-01", "true 1 false true"},
		{"PT1", "", "true 0 false false"},
		{"PT1", "0009900000011 Contoh Dewi", "false 1 false false"}, // another company's
		{"PT1", "0009900000013 Contoh Budiarti", "false 1 false false"},
		{"", "", "false 0 false false"},
	} {
		f := CheckFacts(c.company, c.picks, staff())
		if got := strings.Join([]string{f["ok"], f["count"], f["reasons"], f["dates"]}, " "); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.company, c.picks, got, c.want)
		}
	}
}

func TestNewEmployeesAreReadRowByRow(t *testing.T) {
	const siti, budi = "3174015708900002;1990-08-17;Siti Aminah", "3602041211870003;1987-11-12;Budi Santoso"
	many := ""
	for i := range 501 {
		many += fmt.Sprintf("317401570890%04d,Siti,17-8-1990\n", i+1)
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
		{many, "! employees.many 500"},
		{"NIK,Nama lengkap,Jabatan,Tanggal lahir\n3174015708900002,Siti Aminah,Kasir,17-8-1990", siti},
		{"Nama,Tanggal lahir\nSiti Aminah,17-8-1990", "! newcomers.cells 1"},
		{"123, Budi, 1-1-1990\n3174015708900002, Siti, 17-8-1990\n9, Budi, 1-1-1990", "! newcomers.nik 1, 3"},
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
