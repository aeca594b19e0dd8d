package field

import (
	"errors"
	"testing"
	"time"
)

func TestADateIsReadBackFromItsWords(t *testing.T) {
	for day := midnight(today).AddDate(-maxAge, 0, 0); !day.After(today); day = day.AddDate(0, 0, 1) {
		for _, text := range []string{
			ShowDate(day, "id"), ShowDate(day, "en"), ShowWeekday(day, "id"), ShowWeekday(day, "en"), day.Format(time.DateOnly),
			day.Format("2/1/2006"), day.Format("20060102"), day.Format("02012006"),
		} {
			if got, err := BirthDate(text, today); err != nil || !got.Equal(day) {
				t.Fatalf("%q is %v, %v", text, got, err)
			}
		}
	}
}

func TestDatesInWords(t *testing.T) {
	date := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct{ got, want string }{
		{ShowDate(date, "id"), "23 November 2026"},
		{ShowDate(time.Date(1990, 8, 17, 0, 0, 0, 0, time.UTC), "id"), "17 Agustus 1990"},
		{ShowDate(time.Date(1990, 8, 17, 0, 0, 0, 0, time.UTC), "en"), "17 August 1990"},
		{ShowWeekday(date, "id"), "Senin, 23 November 2026"},
		{ShowWeekday(date, "en"), "Monday, 23 November 2026"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// Eight digits have one meaning: nobody has to be asked which end the year is at.
func TestEightDigitsAreNeverAmbiguous(t *testing.T) {
	first := midnight(today).AddDate(-maxAge, 0, 0)
	for day := first; !day.After(today); day = day.AddDate(0, 0, 1) {
		front := day.Format("20060102")
		if other, err := time.Parse("02012006", front); err == nil && !other.Before(first) {
			t.Fatalf("%s is also %v", front, other)
		}
	}
}

func TestABirthDateIsPast(t *testing.T) {
	tomorrow := midnight(today).AddDate(0, 0, 1)
	_, err := BirthDate(ShowDate(tomorrow, "id"), today)
	var problem *Problem
	if !errors.As(err, &problem) || problem.Code != "date.future" || problem.Args["date"] != "24-11-2026" {
		t.Errorf("tomorrow gives %v", err)
	}
	// Two digits never mean a day to come.
	for day := tomorrow; day.Before(tomorrow.AddDate(90, 0, 0)); day = day.AddDate(0, 1, 0) {
		got, err := BirthDate(day.Format("2-1-06"), today)
		if err != nil || got.After(today) {
			t.Errorf("%s is %v, %v", day.Format("2-1-06"), got, err)
		}
	}
}

// Late in the evening in Jayapura it is still yesterday in UTC.
func TestTodayIsWhereThePersonIs(t *testing.T) {
	wit := time.Date(2026, 11, 23, 1, 0, 0, 0, time.FixedZone("WIT", 9*3600))
	if _, err := BirthDate("23-11-2026", wit); err != nil {
		t.Errorf("born today: %v", err)
	}
}

func FuzzDate(f *testing.F) {
	seed(f, "date")
	seed(f, "birthdate")
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(string, time.Time) (time.Time, error){Date, BirthDate} {
			date, err := read(text, today)
			if err != nil {
				checkArgs(t, err)
				continue
			}
			for _, lang := range []string{"id", "en"} {
				if again, err := read(ShowDate(date, lang), today); err != nil || !again.Equal(date) {
					t.Errorf("%q is %v, shown %v, %v", text, date, again, err)
				}
			}
		}
		if date, err := BirthDate(text, today); err == nil && (date.After(today) || date.Year() < today.Year()-maxAge) {
			t.Errorf("%q: born %v", text, date)
		}
	})
}

func BenchmarkDate(b *testing.B) {
	for _, text := range []string{"17-8-90", "1990-08-17", "17 Agustus 1990", "17 agustsu 1990", "Jakarta, 17-08-1990 ya kak"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = BirthDate(text, today)
			}
		})
	}
}
