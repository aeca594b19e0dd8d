package jkn

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

func TestEmployeesAreSearchedByWordsOrByATable(t *testing.T) {
	const budi, siti = "3174011708900012", "0001234567890"
	long := "nomor\n"
	for i := range 501 {
		long += string(crowd(501)[i].Card) + "\n"
	}
	for name, c := range map[string]struct{ typed, want string }{
		"part of a name":       {"budi", "budi"},
		"everybody":            {" semua ", "semua"},
		"one number":           {"3174 0117 0890 0012", "3174 0117 0890 0012"},
		"nothing":              {"", "! text.empty"},
		"numbers in one line":  {budi + ", " + siti, "tabel|1;" + budi + ";;|2;" + siti + ";;"},
		"numbers, one a line":  {budi + "\n" + siti, "tabel|1;" + budi + ";;|2;" + siti + ";;"},
		"a file of a company":  {"No;Nama;NIK\r\n1;Budi;" + budi + "\r\n2;Siti;" + siti + "\r\n", "tabel|2;" + budi + ";;|3;" + siti + ";;"},
		"reasons and days":     {"nomor,alasan,tanggal\n" + budi + ",PHK,1-12-2026\n" + siti + ",Resign,2026-12-31", "tabel|2;" + budi + ";phk;2026-12-01|3;" + siti + ";resign;2026-12-31"},
		"without a header":     {budi + ";meninggal;1/12/2026\n" + siti + ";pensiun;1/12/2026", "tabel|1;" + budi + ";meninggal;2026-12-01|2;" + siti + ";pensiun;2026-12-01"},
		"tabs and a BOM":       {"\uFEFFNomor kartu\tAlasan\n" + siti + "\tpindah", "tabel|2;" + siti + ";pindah;"},
		"empty lines":          {"NIK\n\n" + budi + "\n\n", "tabel|3;" + budi + ";;"},
		"quoted":               {"\"NIK\",\"Nama\"\n\"" + budi + "\",\"Budi, S.H.\"", "tabel|2;" + budi + ";;"},
		"English":              {"card,reason,date\n" + siti + ",resigned,1 Dec 2026", "tabel|2;" + siti + ";resign;2026-12-01"},
		"no column of numbers": {"nama,alasan\nBudi,PHK", "! employees.table"},
		"a header alone":       {"nomor,alasan\n\n,", "! employees.table"},
		"bad numbers":          {"nomor\n123\n" + budi + "\n3.17401E+15\n", "! leaving.number 2, 4"},
		"too many bad ones":    {"nomor\n1\n2\n3\n4\n5\n6\n", "! leaving.number 2, 3, 4, 5, 6, …"},
		"a number twice":       {"nomor\n" + budi + "\n" + budi, "! leaving.twice 3"},
		"a reason missing":     {"nomor,alasan\n" + budi + ",phk\n" + siti + ",", "! leaving.reason 3"},
		"an unknown reason":    {"nomor,alasan\n" + budi + ",bosan", "! leaving.reason 2"},
		"a reason by number":   {"nomor,alasan\n" + budi + ",2", "! leaving.reason 2"},
		"a day that is none":   {"nomor,tanggal\n" + budi + ",31-2-2026", "! leaving.date 2"},
		"more cells than read": {budi + ",phk,1-12-2026,Kasir\n" + siti, "! leaving.number 1"},
		"too many rows":        {long, "! employees.many 500"},
	} {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		value, _, err := readSearch(c.typed, dialog.Reading{Now: now})
		if got := strings.ReplaceAll(strings.TrimSpace(outcome(value, err)), "\n", "|"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestASearchedTableIsShownByItsSize(t *testing.T) {
	for value, want := range map[string]string{
		leavingMark + "1;0009900000012;;\n3;0009900000015;;\n": "tabel 2 orang/a table of 2",
		"budi": "budi/budi",
	} {
		if got := showSearch(value, "id") + "/" + showSearch(value, "en"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Whatever a file holds, it is read or refused.
func FuzzTablesOfEmployees(f *testing.F) {
	f.Add("nomor,alasan,tanggal\n3174011708900012,PHK,1-12-2026")
	f.Add("\"\n;;\t\"\"\r")
	f.Fuzz(func(t *testing.T, text string) {
		r := dialog.Reading{Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
		for _, read := range []reader{readSearch, readNewEmployees} {
			value, _, err := read(text, r)
			if got := outcome(value, err); err != nil && !strings.HasPrefix(got, "! ") {
				t.Errorf("no refusal for people: %v", err)
			}
		}
	})
}
