package jkn

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// today is a Monday; every NIK in these tests is made up.
var today = time.Date(2026, time.November, 23, 9, 0, 0, 0, wib)

func TestANIKIsReadAsPeopleTypeIt(t *testing.T) {
	for typed, want := range map[string]NIK{
		"3174011708900001":                      "3174011708900001",
		"  3174 0157 0890 0002 ":                "3174015708900002",
		"NIK: 3174 0157 0890 0002":              "3174015708900002",
		"nik saya 3174.0157.0890.0002 ya kak":   "3174015708900002",
		"*3174-0157-0890-0002*":                 "3174015708900002",
		"NIK3174015708900002":                   "3174015708900002",
		"３１７４０１５７０８９００００２":                      "3174015708900002",
		"٣١٧٤٠١٥٧٠٨٩٠٠٠٠٢":                      "3174015708900002",
		"\u202a3174015708900002\u202c":          "3174015708900002",
		"3174\u00a00157\u200b08900002":          "3174015708900002",
		"2: 3174015708900002":                   "3174015708900002",
		"3174,0157,0890,0002":                   "3174015708900002",
		"ini NIKnya\n3602041211870003\nmakasih": "3602041211870003",
		"3174015708900002 hp 0812 0000 0001":    "3174015708900002",
		"3174015708900002 3174015708900002 eh":  "",
		"3174015708900002, 3174015708900002":    "3174015708900002",
		"3174012902000001":                      "3174012902000001", // 29 February 2000
	} {
		got, err := ParseNIK(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is read as %q (%v), want %q", typed, got, err, want)
		}
	}
}

func TestANIKIsRefusedForItsReason(t *testing.T) {
	for typed, want := range map[string]string{
		"":                     "nik.none",
		"tidak tahu":           "nik.none",
		"317401570890000":      "nik.length",
		"31740157089000022":    "nik.length",
		"0001234567890":        "nik.length",
		"31740157O8900002":     "nik.letters",
		"3174o15708900002":     "nik.letters",
		"3174013208900001":     "nik.date", // day 32
		"3174014008900001":     "nik.date", // day 40
		"3174017208900001":     "nik.date", // day 72: 32 of a woman
		"3174010008900001":     "nik.date",
		"3174011713900001":     "nik.date", // month 13
		"3174013002900001":     "nik.date", // 30 February
		"3174012902010001":     "nik.date", // 29 February 2001
		"3174015708900000":     "nik.serial",
		"3333333333333333":     "nik.repeated",
		"8888801234567890":     "nik.virtual_account",
		"VA 89888 01234567890": "nik.virtual_account",
		"KK 3174010101900001 NIK 3174015708900002": "number.several",
	} {
		_, err := ParseNIK(typed)
		wantProblem(t, typed, err, want)
	}
}

func TestALengthProblemCountsTheDigits(t *testing.T) {
	_, err := ParseNIK("NIK: 3174 0157 0890 000")
	var p *field.Problem
	if !errors.As(err, &p) || p.Args["count"] != "15" {
		t.Errorf("got %v, want a count of 15", err)
	}
}

func TestANIKTellsBirthDateAndSex(t *testing.T) {
	for _, c := range []struct {
		nik       NIK
		born      string
		ambiguous bool
		female    bool
	}{
		{"3174011708900001", "1990-08-17", false, false},
		{"3174015708900002", "1990-08-17", false, true},
		{"3602041211870003", "1987-11-12", false, false},
		{"3273055610900009", "1990-10-16", false, true},
		{"3174012311260001", "2026-11-23", true, false},  // born today, or 100 years ago
		{"3174012411260001", "1926-11-24", false, false}, // tomorrow's date can only be 1926
		{"3174011708090001", "2009-08-17", true, false},  // 17 or 117 years
		{"3174011708050001", "2005-08-17", false, false}, // 121 years is no age
		{"3174012902000001", "2000-02-29", false, false}, // 1900 had no such day
	} {
		born, ambiguous := c.nik.BirthDate(today)
		if born.Format(time.DateOnly) != c.born || ambiguous != c.ambiguous || c.nik.Female() != c.female {
			t.Errorf("%s: born %s, ambiguous %t, female %t; want %s, %t, %t",
				c.nik, born.Format(time.DateOnly), ambiguous, c.nik.Female(), c.born, c.ambiguous, c.female)
		}
	}
}

func TestANIKKnowsItsRegion(t *testing.T) {
	region, ok := NIK("3174015708900002").Regency()
	if !ok || region.Name != "Kota Jakarta Selatan" {
		t.Errorf("got %q, %t", region.Name, ok)
	}
	if region, ok := NIK("5401015708900002").Regency(); ok { // Timor Timur's code
		t.Errorf("an old code is known as %q", region.Name)
	}
}

func TestReadingANIKNotesWhatIsWorthSaying(t *testing.T) {
	for _, c := range []struct {
		nik, born string
		want      []string
	}{
		{"3174015708900002", "", []string{"nik.region Kota Jakarta Selatan"}},
		{"3174015708900002", "1990-08-17", []string{"nik.region Kota Jakarta Selatan"}},
		{"3174015708900002", "1991-08-17", []string{"nik.region Kota Jakarta Selatan", "nik.birth_date 17 Agustus 1990"}},
		{"3174011708090001", "1909-08-17", []string{"nik.region Kota Jakarta Selatan"}}, // the other century
		{"9999015708900002", "", []string{"nik.region_unknown"}},
	} {
		answers := map[string]string{"tanggal_lahir": c.born}
		value, notes, err := readNIK(c.nik, reading(answers))
		if got := said(notes); err != nil || value != c.nik || !slices.Equal(got, c.want) {
			t.Errorf("%s born %s: %q, notes %q, %v; want notes %q", c.nik, c.born, value, got, err, c.want)
		}
	}
}

func TestMaskHidesTheMiddle(t *testing.T) {
	for value, want := range map[string]string{
		"3174015708900002": "3174••••••••0002",
		"0001234567890":    "0001•••••7890",
		"1234567":          "•••••••",
		"":                 "",
	} {
		if got := Mask(value); got != want {
			t.Errorf("Mask(%q) = %q, want %q", value, got, want)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{
		"NIK: 3174 0157 0890 0002", "0001234567890", "8888801234567890", "３１７４", "31740157O8900002", "", "\xff\u202e",
		"3174015708900002\n0001234567890", "2) 3174015708900002",
	} {
		f.Add(seed)
	}
	types := Scheme().Types
	for _, name := range []string{ // no numbers
		"birth_date", "past_date", "passport", "employee_search", "employee_picks", "new_employees", "employee_outcomes",
	} {
		delete(types, name)
	}
	maps.DeleteFunc(types, func(_ string, kind dialog.Type) bool { return kind.Read == nil })
	f.Fuzz(func(t *testing.T, typed string) {
		for name, kind := range types {
			value, notes, err := kind.Read(typed, reading(nil))
			if err != nil {
				wantKnown(t, name, err)
				continue
			}
			long := len(value) == 16 || len(value) == 13 || name == "account_number"
			if strings.Trim(value, "0123456789") != "" || !long {
				t.Fatalf("%s read %q as %q", name, typed, value)
			}
			for _, note := range notes {
				wantKnown(t, name, note)
			}
			again, _, err := kind.Read(value, reading(nil))
			if err != nil || again != value {
				t.Fatalf("%s reads its own value %q as %q (%v)", name, value, again, err)
			}
		}
	})
}

// reading is a reading in Indonesian, on today, with some answers given.
func reading(answers map[string]string) dialog.Reading {
	return dialog.Reading{Lang: "id", Now: today, Answer: func(name string) string { return answers[name] }}
}

// said writes notes as their codes and arguments.
func said(notes []*field.Problem) []string {
	var lines []string
	for _, note := range notes {
		line := note.Code
		for _, value := range note.Args {
			line += " " + value
		}
		lines = append(lines, line)
	}
	return lines
}

func wantProblem(t *testing.T, typed string, err error, code string) {
	t.Helper()
	var p *field.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("%q: got %v, want %s", typed, err, code)
	}
}

// wantKnown checks that a refusal or note is one the scheme declares, with just the arguments it declares.
func wantKnown(t *testing.T, what string, err error) {
	t.Helper()
	var p *field.Problem
	if !errors.As(err, &p) {
		t.Fatalf("%s refuses with %v, which is no problem", what, err)
	}
	args, ok := Scheme().Problems[p.Code]
	if !ok {
		t.Fatalf("%s refuses with the undeclared %s", what, p.Code)
	}
	if len(args) != len(p.Args) {
		t.Fatalf("%s has arguments %v, declared are %v", p.Code, p.Args, args)
	}
	for _, arg := range args {
		if p.Args[arg] == "" {
			t.Fatalf("%s lacks its argument %s", p.Code, arg)
		}
	}
}
