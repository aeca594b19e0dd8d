package worktime_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sapa/dialog/worktime"
)

// TestMain fixes the seed of the properties, so that a run repeats; -rapid.seed=N explores others.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// anyCalendar draws hours, a special period, holidays of 2026 and a zone.
func anyCalendar(t *rapid.T) *worktime.Calendar {
	clock := func(minutes int) string {
		return time.Time{}.Add(time.Duration(minutes) * time.Minute).Format("15:04")
	}
	span := func(label string) (opens, closes string) {
		// At least an hour a day: the durations drawn below stay far within what a search looks at.
		from := rapid.IntRange(0, 22*60).Draw(t, label+" open")
		to := rapid.IntRange(from+60, 24*60-1).Draw(t, label+" close")
		return clock(from), clock(to)
	}
	var hours worktime.Hours
	hours.Weekdays = rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 7, rapid.ID[int]).Draw(t, "weekdays")
	hours.Open, hours.Close = span("hours")
	opens, closes := span("Ramadan")
	hours.Special = []worktime.Special{{From: "2026-02-19", To: "2026-03-20", Open: opens, Close: closes}}
	zone, err := worktime.Zone(rapid.SampledFrom([]string{"WIB", "WITA", "WIT"}).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	cal, err := worktime.New(hours, worktime.DefaultHolidays(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// anyTime draws an instant from late 2025 to early 2027, often on a full minute.
func anyTime(t *rapid.T, label string) time.Time {
	start := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	at := start.Add(time.Duration(rapid.Int64Range(0, 430*24*60).Draw(t, label)) * time.Minute)
	return at.Add(time.Duration(rapid.SampledFrom([]int64{0, 0, 1, 999_999_999}).Draw(t, label+" ns")))
}

func anyWork(t *rapid.T, label string) time.Duration {
	minutes := rapid.Int64Range(0, 200*60).Draw(t, label)
	return time.Duration(minutes)*time.Minute + time.Duration(rapid.SampledFrom([]int64{0, 0, 1}).Draw(t, label+" ns"))
}

// within reports whether the desk is open at t or closes at t: where a deadline may lie.
func within(cal *worktime.Calendar, t time.Time) bool {
	opens, closes, ok := cal.Day(t)
	// A desk that closes at 24:00 does so at the next day's midnight.
	return ok && !t.Before(opens) && !t.After(closes) || cal.Open(t.Add(-1))
}

func TestDeadlinesAndElapsedTimeAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, from, d := anyCalendar(t), anyTime(t, "from"), anyWork(t, "d")
		due := cal.Add(from, d)
		if !within(cal, due) {
			t.Fatalf("the deadline %s is outside open time", due)
		}
		if due.Before(from) {
			t.Fatalf("the deadline %s is before %s", due, from)
		}
		if got := cal.Between(from, due); got != d {
			t.Fatalf("%s later is %s, but %s lie between", d, due, got)
		}
		if d > 0 && cal.Between(from, due.Add(-1)) != d-1 {
			t.Fatalf("%s is not the first instant that is %s later", due, d)
		}
	})
}

func TestDeadlinesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, from := anyCalendar(t), anyTime(t, "from")
		first, second := anyWork(t, "first"), anyWork(t, "second")
		if got, want := cal.Add(cal.Add(from, first), second), cal.Add(from, first+second); first > 0 && !got.Equal(want) {
			t.Fatalf("%s and then %s is %s, together %s", first, second, got, want)
		}
	})
}

func TestLaterStartsAndLongerWorkNeverEndEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := anyCalendar(t)
		a, b := anyTime(t, "a"), anyTime(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		short, long := anyWork(t, "short"), anyWork(t, "long")
		if long < short {
			short, long = long, short
		}
		n := rapid.IntRange(0, 30).Draw(t, "n")
		for name, pair := range map[string][2]time.Time{
			"Next":                {cal.Next(a), cal.Next(b)},
			"Add, later start":    {cal.Add(a, short), cal.Add(b, short)},
			"Add, longer work":    {cal.Add(a, short), cal.Add(a, long)},
			"AddDays":             {cal.AddDays(a, n), cal.AddDays(b, n)},
			"AddDays, one day on": {cal.AddDays(a, n), cal.AddDays(a, n+1)},
		} {
			if pair[1].Before(pair[0]) {
				t.Fatalf("%s: %s before %s", name, pair[1], pair[0])
			}
		}
	})
}

func TestElapsedTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := anyCalendar(t)
		a, b, c := anyTime(t, "a"), anyTime(t, "b"), anyTime(t, "c")
		if got, want := cal.Between(a, b)+cal.Between(b, c), cal.Between(a, c); got != want {
			t.Fatalf("a to b to c is %s, a to c is %s", got, want)
		}
	})
}

func TestNextIsTheFirstOpenInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal, from := anyCalendar(t), anyTime(t, "from")
		next := cal.Next(from)
		if !cal.Open(next) || next.Before(from) {
			t.Fatalf("%s is not open, or before %s", next, from)
		}
		if got := cal.Between(from, next); got != 0 {
			t.Fatalf("%s of working time lie before the next opening", got)
		}
		if !next.Equal(from) && cal.Open(from) {
			t.Fatalf("open at %s, but the next opening is %s", from, next)
		}
	})
}
