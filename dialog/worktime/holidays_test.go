package worktime_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"sapa/dialog/worktime"
)

func TestDefaultHolidaysAreThoseOfTheDecree(t *testing.T) {
	holidays := worktime.DefaultHolidays()
	count := map[worktime.HolidayKind]int{}
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if h, ok := holidays.On(day); ok {
			count[h.Kind]++
		}
	}
	// SKB 1497/2025, 2/2025, 5/2025: 17 national holidays and 8 days of joint leave.
	if count[worktime.National] != 17 || count[worktime.JointLeave] != 8 {
		t.Errorf("2026 has %v", count)
	}
	if !holidays.Covers(2026) || holidays.Covers(2025) || holidays.Covers(2027) {
		t.Error("the built-in list covers 2026 and no other year")
	}
	if (worktime.Holidays{}).Covers(2026) {
		t.Error("no list covers 2026")
	}
}

func TestParseHolidays(t *testing.T) {
	h, err := worktime.ParseHolidays(strings.NewReader(
		"\ufeffdate,kind,name\r\n# made up\r\n2027-01-01,libur_nasional,\"Tahun Baru, Masehi\"\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := h.On(time.Date(2027, 1, 1, 23, 59, 0, 0, time.UTC))
	if !ok || got != (worktime.Holiday{Kind: worktime.National, Name: "Tahun Baru, Masehi"}) || !h.Covers(2027) {
		t.Errorf("read %+v, %t", got, ok)
	}
}

func TestParseHolidaysSaysWhereTheMistakeIs(t *testing.T) {
	const header = "date,kind,name\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "line 1, column 1: the file is empty"},
		{"no header", "2026-01-01,libur_nasional,Tahun Baru\n", "line 1, column 1: the header must be date,kind,name"},
		{"wrong column", "date,type,name\n", "line 1, column 6: the header must be"},
		{"short header", "date,kind\n", "line 1, column 6: the header must be"},
		{"unknown column", "date,kind,name,note\n", `line 1, column 16: column "note" is unknown`},
		{"no such day", header + "2026-02-30,libur_nasional,X\n", `line 2, column 1: "2026-02-30" is not a date`},
		{"other date form", header + "# comment\n17-08-2026,libur_nasional,X\n", `line 3, column 1: "17-08-2026" is not a date`},
		{"unknown kind", header + "2026-01-01,libur,X\n", `line 2, column 12: kind "libur" is neither`},
		{"no name", header + "2026-01-01,cuti_bersama,\n", "line 2, column 25: the holiday has no name"},
		{"too few", header + "2026-01-01,cuti_bersama\n", "line 2, column 12: the line has 2 values"},
		{"too many", header + "2026-01-01,cuti_bersama,Paskah, Kristus\n", "line 2, column 25: the line has 4 values"},
		{"twice", header + "2026-01-01,cuti_bersama,X\n2026-01-01,libur_nasional,Y\n", "line 3, column 1: 2026-01-01 is on line 2 already"},
		{"open quote", header + "2026-01-01,cuti_bersama,\"X\n", "line 2, column "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := worktime.ParseHolidays(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got: %v", c.want, err)
			}
		})
	}
	broken := errors.New("the disk is gone")
	if _, err := worktime.ParseHolidays(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

func FuzzParseHolidays(f *testing.F) {
	f.Add("date,kind,name\n2026-01-01,libur_nasional,Tahun Baru\n")
	f.Add("\ufeffdate,kind,name\n#\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := worktime.ParseHolidays(strings.NewReader(text)); err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("an error that names no line: %v", err)
		}
	})
}
