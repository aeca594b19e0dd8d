package worktime_test

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog/worktime"
)

// ramadan2026 is the fasting month of 1447 H with its shorter hours.
var ramadan2026 = worktime.Special{From: "2026-02-19", To: "2026-03-20", Open: "08:00", Close: "13:30"}

// desk is a calendar with the default hours, Ramadan's, and the holidays of 2026.
func desk(t testing.TB, zone string) *worktime.Calendar {
	t.Helper()
	hours := worktime.DefaultHours()
	hours.Special = []worktime.Special{ramadan2026}
	z, err := worktime.Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := worktime.New(hours, worktime.DefaultHolidays(), z)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// at reads "2026-11-23 09:00 WIB"; seconds and fractions may follow the minutes.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	i := strings.LastIndexByte(text, ' ')
	zone, err := worktime.Zone(text[i+1:])
	if err != nil {
		t.Fatal(err)
	}
	layout := "2006-01-02 15:04"
	if strings.Count(text, ":") == 2 {
		layout = "2006-01-02 15:04:05"
	}
	moment, err := time.ParseInLocation(layout, text[:i], zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestOpenAndNext(t *testing.T) {
	for _, c := range []struct {
		name, zone, at string
		open           bool
		next           string
	}{
		{"a working morning", "WIB", "2026-11-23 09:00 WIB", true, "2026-11-23 09:00 WIB"},
		{"just before opening", "WIB", "2026-11-23 07:59:59.999999999 WIB", false, "2026-11-23 08:00 WIB"},
		{"the opening instant is open", "WIB", "2026-11-23 08:00 WIB", true, "2026-11-23 08:00 WIB"},
		{"just before closing", "WIB", "2026-11-23 14:59:59.999999999 WIB", true, "2026-11-23 14:59:59.999999999 WIB"},
		{"the closing instant is closed", "WIB", "2026-11-23 15:00 WIB", false, "2026-11-24 08:00 WIB"},
		{"night", "WIB", "2026-11-23 23:30 WIB", false, "2026-11-24 08:00 WIB"},
		{"after midnight", "WIB", "2026-11-24 00:30 WIB", false, "2026-11-24 08:00 WIB"},
		{"Friday evening", "WIB", "2026-11-27 15:00 WIB", false, "2026-11-30 08:00 WIB"},
		{"Saturday", "WIB", "2026-11-28 10:00 WIB", false, "2026-11-30 08:00 WIB"},
		{"Sunday", "WIB", "2026-11-29 10:00 WIB", false, "2026-11-30 08:00 WIB"},
		{"a national holiday", "WIB", "2026-08-17 10:00 WIB", false, "2026-08-18 08:00 WIB"},
		{"joint leave", "WIB", "2026-12-24 10:00 WIB", false, "2026-12-28 08:00 WIB"},
		{"Lebaran: the desk is shut for a week", "WIB", "2026-03-17 13:30 WIB", false, "2026-03-25 08:00 WIB"},
		{"Ramadan closes early", "WIB", "2026-02-19 13:30 WIB", false, "2026-02-20 08:00 WIB"},
		{"the day before Ramadan does not", "WIB", "2026-02-18 13:30 WIB", true, "2026-02-18 13:30 WIB"},
		{"Ramadan does not open a Saturday", "WIB", "2026-02-21 09:00 WIB", false, "2026-02-23 08:00 WIB"},
		{"new year", "WIB", "2025-12-31 15:00 WIB", false, "2026-01-02 08:00 WIB"},
		{"Jayapura opens two hours before Jakarta", "WIT", "2026-11-23 06:00 WIB", true, "2026-11-23 06:00 WIB"},
		{"and closes two hours before", "WIT", "2026-11-23 13:00 WIB", false, "2026-11-24 06:00 WIB"},
		{"Makassar lies between", "WITA", "2026-11-23 07:00 WIB", true, "2026-11-23 07:00 WIB"},
		{"Sunday night in Jakarta is no Monday in Makassar", "WITA", "2026-11-29 22:59 WIB", false, "2026-11-30 07:00 WIB"},
		{"the holiday begins at local midnight", "WIT", "2026-08-16 23:00 WIB", false, "2026-08-18 06:00 WIB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := desk(t, c.zone)
			if got := cal.Open(at(t, c.at)); got != c.open {
				t.Errorf("Open(%s) = %t", c.at, got)
			}
			if got := cal.Next(at(t, c.at)); !got.Equal(at(t, c.next)) {
				t.Errorf("Next(%s) = %s, want %s", c.at, got, c.next)
			}
		})
	}
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		name, zone, from string
		d                time.Duration
		want             string
	}{
		{"within the day", "WIB", "2026-11-23 09:00 WIB", 2 * time.Hour, "2026-11-23 11:00 WIB"},
		{"to the closing time, and it stays there", "WIB", "2026-11-23 08:00 WIB", 7 * time.Hour, "2026-11-23 15:00 WIB"},
		{"a nanosecond more is the next morning", "WIB", "2026-11-23 08:00 WIB", 7*time.Hour + 1, "2026-11-24 08:00:00.000000001 WIB"},
		{"over the night", "WIB", "2026-11-23 14:00 WIB", 2 * time.Hour, "2026-11-24 09:00 WIB"},
		{"asked at night: counts from the opening", "WIB", "2026-11-23 21:00 WIB", time.Hour, "2026-11-24 09:00 WIB"},
		{"asked at the closing time", "WIB", "2026-11-23 15:00 WIB", time.Hour, "2026-11-24 09:00 WIB"},
		{"over the weekend", "WIB", "2026-11-27 14:00 WIB", 7 * time.Hour, "2026-11-30 14:00 WIB"},
		{"asked on Saturday", "WIB", "2026-11-28 10:00 WIB", 7 * time.Hour, "2026-11-30 15:00 WIB"},
		{"fourteen working days of seven hours", "WIB", "2026-11-02 08:00 WIB", 14 * 7 * time.Hour, "2026-11-19 15:00 WIB"},
		{"over Lebaran, in Ramadan hours before it", "WIB", "2026-03-17 12:30 WIB", 2 * time.Hour, "2026-03-25 09:00 WIB"},
		{"a Ramadan day has five hours and a half", "WIB", "2026-02-23 08:00 WIB", 7 * time.Hour, "2026-02-24 09:30 WIB"},
		{"from ordinary hours into Ramadan's", "WIB", "2026-02-18 14:00 WIB", 7 * time.Hour, "2026-02-20 08:30 WIB"},
		{"over the year's end, where the list ends", "WIB", "2026-12-31 14:00 WIB", 2 * time.Hour, "2027-01-01 09:00 WIB"},
		{"over Christmas", "WIB", "2026-12-23 14:00 WIB", 2 * time.Hour, "2026-12-28 09:00 WIB"},
		{"over new year, where the list covers it", "WIB", "2025-12-31 14:00 WIB", 2 * time.Hour, "2026-01-02 09:00 WIB"},
		{"asked in Jakarta, answered in Jayapura", "WIT", "2026-11-23 12:00 WIB", 2 * time.Hour, "2026-11-24 07:00 WIB"},
		{"asked in Jayapura, answered in Jakarta", "WIB", "2026-11-23 08:00 WIT", 2 * time.Hour, "2026-11-23 10:00 WIB"},
		{"nothing, while open", "WIB", "2026-11-23 09:00 WIB", 0, "2026-11-23 09:00 WIB"},
		{"nothing, at the closing time", "WIB", "2026-11-23 15:00 WIB", 0, "2026-11-23 15:00 WIB"},
		{"nothing, while closed", "WIB", "2026-11-23 15:01 WIB", 0, "2026-11-24 08:00 WIB"},
		{"less than nothing", "WIB", "2026-11-23 09:00 WIB", -time.Hour, "2026-11-23 09:00 WIB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := desk(t, c.zone)
			got := cal.Add(at(t, c.from), c.d)
			if !got.Equal(at(t, c.want)) {
				t.Errorf("Add(%s, %s) = %s, want %s", c.from, c.d, got, c.want)
			}
			if got.Location() != cal.Zone() {
				t.Errorf("Add answers in %s, not in the calendar's zone", got.Location())
			}
		})
	}
}

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       time.Duration
	}{
		{"within a day", "2026-11-23 09:00 WIB", "2026-11-23 11:30 WIB", 150 * time.Minute},
		{"a whole day, from midnight to midnight", "2026-11-23 00:00 WIB", "2026-11-24 00:00 WIB", 7 * time.Hour},
		{"a night", "2026-11-23 15:00 WIB", "2026-11-24 08:00 WIB", 0},
		{"a weekend", "2026-11-27 14:00 WIB", "2026-11-30 09:00 WIB", 2 * time.Hour},
		{"Lebaran", "2026-03-18 00:00 WIB", "2026-03-25 00:00 WIB", 0},
		{"the week before Lebaran, in Ramadan", "2026-03-09 00:00 WIB", "2026-03-16 00:00 WIB", 27*time.Hour + 30*time.Minute},
		{"November 2026", "2026-11-01 00:00 WIB", "2026-12-01 00:00 WIB", 21 * 7 * time.Hour},
		{"the same wall clock in two zones", "2026-11-23 10:00 WIT", "2026-11-23 10:00 WIB", 2 * time.Hour},
		{"backwards", "2026-11-24 09:00 WIB", "2026-11-23 14:00 WIB", -2 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := desk(t, "WIB").Between(at(t, c.a), at(t, c.b)); got != c.want {
				t.Errorf("Between(%s, %s) = %s, want %s", c.a, c.b, got, c.want)
			}
		})
	}
}

func TestAddDays(t *testing.T) {
	for _, c := range []struct {
		name, from string
		n          int
		want       string
	}{
		{"today", "2026-11-23 09:00 WIB", 0, "2026-11-23 15:00 WIB"},
		{"tomorrow", "2026-11-23 09:00 WIB", 1, "2026-11-24 15:00 WIB"},
		{"asked after closing: received tomorrow", "2026-11-23 15:00 WIB", 1, "2026-11-25 15:00 WIB"},
		{"asked before opening: received today", "2026-11-23 07:00 WIB", 1, "2026-11-24 15:00 WIB"},
		{"over a weekend", "2026-11-27 09:00 WIB", 1, "2026-11-30 15:00 WIB"},
		{"fourteen working days", "2026-11-02 08:00 WIB", 14, "2026-11-20 15:00 WIB"},
		{"over Lebaran", "2026-03-17 09:00 WIB", 1, "2026-03-25 15:00 WIB"},
		{"into Ramadan", "2026-02-18 09:00 WIB", 1, "2026-02-19 13:30 WIB"},
		{"less than none", "2026-11-28 09:00 WIB", -3, "2026-11-30 15:00 WIB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := desk(t, "WIB").AddDays(at(t, c.from), c.n); !got.Equal(at(t, c.want)) {
				t.Errorf("AddDays(%s, %d) = %s, want %s", c.from, c.n, got, c.want)
			}
		})
	}
}

func TestDayAndHoliday(t *testing.T) {
	cal := desk(t, "WITA")
	opens, closes, ok := cal.Day(at(t, "2026-03-02 22:00 WITA"))
	if !ok || !opens.Equal(at(t, "2026-03-02 08:00 WITA")) || !closes.Equal(at(t, "2026-03-02 13:30 WITA")) {
		t.Errorf("a Ramadan Monday: %s to %s, %t", opens, closes, ok)
	}
	if _, _, ok := cal.Day(at(t, "2026-11-28 09:00 WITA")); ok {
		t.Error("a Saturday has hours")
	}
	// 23:30 on the 18th in Jakarta is already Nyepi in Makassar.
	if h, ok := cal.Holiday(at(t, "2026-03-18 23:30 WIB")); !ok || h.Name != "Nyepi Tahun Baru Saka 1948" || h.Kind != worktime.National {
		t.Errorf("Nyepi in Makassar: %+v, %t", h, ok)
	}
	if h, ok := cal.In(at(t, "2026-01-01 00:00 WIB").Location()).Holiday(at(t, "2026-03-18 23:30 WIB")); !ok || h.Kind != worktime.JointLeave {
		t.Errorf("the day before it in Jakarta: %+v, %t", h, ok)
	}
	if _, ok := cal.Holiday(at(t, "2026-11-23 09:00 WITA")); ok {
		t.Error("an ordinary Monday is a holiday")
	}
}

func TestASpecialPeriodHasBothItsDays(t *testing.T) {
	hours := worktime.DefaultHours()
	hours.Special = []worktime.Special{{From: "2026-11-24", To: "2026-11-25", Open: "09:00", Close: "12:00"}}
	zone, _ := worktime.Zone("WIB")
	cal, err := worktime.New(hours, worktime.DefaultHolidays(), zone)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]time.Duration{"2026-11-23": 7, "2026-11-24": 3, "2026-11-25": 3, "2026-11-26": 7} {
		from := at(t, day+" 00:00 WIB")
		if got := cal.Between(from, from.AddDate(0, 0, 1)); got != want*time.Hour {
			t.Errorf("%s has %s", day, got)
		}
	}
}

func TestADeskThatNeverCloses(t *testing.T) {
	hours := worktime.Hours{Weekdays: []int{1, 2, 3, 4, 5, 6, 7}, Open: "00:00", Close: "24:00"}
	zone, _ := worktime.Zone("WIB")
	cal, err := worktime.New(hours, worktime.Holidays{}, zone)
	if err != nil {
		t.Fatal(err)
	}
	if got := cal.Add(at(t, "2026-11-28 22:00 WIB"), 4*time.Hour); !got.Equal(at(t, "2026-11-29 02:00 WIB")) {
		t.Errorf("four hours over midnight end at %s", got)
	}
}

func TestSearchesAreBounded(t *testing.T) {
	cal := desk(t, "WIB")
	from := at(t, "2026-11-23 09:00 WIB")
	limit := from.AddDate(22, 0, 0)
	if got := cal.Add(from, 1<<63-1); got.After(limit) || !got.After(from.AddDate(19, 0, 0)) {
		t.Errorf("the longest promise ends at %s", got)
	}
	if got := cal.AddDays(from, 1<<62); got.After(limit) || !got.After(from.AddDate(19, 0, 0)) {
		t.Errorf("the most working days end at %s", got)
	}
	if got := cal.Between(time.Time{}, from); got <= 0 {
		t.Errorf("between the zero time and now: %s", got)
	}
}

func TestNewNamesEveryMistake(t *testing.T) {
	zone, _ := worktime.Zone("WIB")
	good := worktime.DefaultHours()
	with := func(change func(*worktime.Hours)) worktime.Hours {
		h := good
		change(&h)
		return h
	}
	for _, c := range []struct {
		name  string
		hours worktime.Hours
		zone  *time.Location
		want  []string
	}{
		{"no weekday", with(func(h *worktime.Hours) { h.Weekdays = nil }), zone, []string{"weekdays: none given"}},
		{"weekday 0 and 8", with(func(h *worktime.Hours) { h.Weekdays = []int{0, 8} }), zone, []string{"0 is not 1", "8 is not 1"}},
		{"fewer visitors than none", with(func(h *worktime.Hours) { h.Visitors = -1 }), zone, []string{"hours: visitors: -1"}},
		{"no hours", with(func(h *worktime.Hours) { h.Open, h.Close = "", "" }), zone, []string{`open: "" is not a time of day`}},
		{"hour 25", with(func(h *worktime.Hours) { h.Close = "25:00" }), zone, []string{`close: "25:00" is not a time of day`}},
		{"one digit", with(func(h *worktime.Hours) { h.Open = "8:00" }), zone, []string{`open: "8:00" is not`}},
		{"closes when it opens", with(func(h *worktime.Hours) { h.Close = "08:00" }), zone, []string{"close 08:00 is not after open 08:00"}},
		{"closes before it opens", with(func(h *worktime.Hours) { h.Open = "16:00" }), zone, []string{"close 15:00 is not after open 16:00"}},
		{"special: dates", with(func(h *worktime.Hours) {
			h.Special = []worktime.Special{{"2026-02-30", "2026-03-20", "08:00", "13:30"}, {"2026-04-01", "soon", "08:00", "13:30"}}
		}), zone, []string{`special 1: from: "2026-02-30" is not a date`, `special 2: to: "soon" is not a date`}},
		{"special: backwards", with(func(h *worktime.Hours) {
			h.Special = []worktime.Special{{"2026-03-20", "2026-02-19", "08:00", "13:30"}}
		}), zone, []string{"special 1: to 2026-02-19 is before from 2026-03-20"}},
		{"special: hours", with(func(h *worktime.Hours) {
			h.Special = []worktime.Special{{"2026-02-19", "2026-03-20", "13:30", "08:00"}}
		}), zone, []string{"special 1: close 08:00 is not after"}},
		{"special: overlap", with(func(h *worktime.Hours) {
			h.Special = []worktime.Special{{"2026-03-20", "2026-03-25", "08:00", "12:00"}, ramadan2026}
		}), zone, []string{"two periods overlap on 2026-03-20"}},
		{"several at once", worktime.Hours{Weekdays: []int{9}, Open: "x", Close: "15:00"}, zone, []string{"9 is not", `"x" is not`}},
		{"no zone", good, nil, []string{"no time zone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := worktime.New(c.hours, worktime.Holidays{}, c.zone)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}

func TestZones(t *testing.T) {
	for name, hours := range map[string]int{"WIB": 7, "WITA": 8, "WIT": 9} {
		zone, err := worktime.Zone(name)
		if err != nil {
			t.Fatal(err)
		}
		got, offset := time.Date(2026, 11, 23, 9, 0, 0, 0, zone).Zone()
		if got != name || offset != hours*60*60 {
			t.Errorf("%s is %s, %d seconds east", name, got, offset)
		}
	}
	if _, err := worktime.Zone("Asia/Jakarta"); err == nil || !strings.Contains(err.Error(), "WIB, WITA, WIT") {
		t.Errorf("an unknown zone: %v", err)
	}
}

func BenchmarkAdd(b *testing.B) {
	cal := desk(b, "WIB")
	for name, c := range map[string]struct {
		from time.Time
		d    time.Duration
	}{
		"same day": {at(b, "2026-11-23 09:00 WIB"), 2 * time.Hour},
		"weekend":  {at(b, "2026-11-27 14:00 WIB"), 7 * time.Hour},
		"14 days":  {at(b, "2026-11-02 08:00 WIB"), 14 * 7 * time.Hour},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				cal.Add(c.from, c.d)
			}
		})
	}
}
