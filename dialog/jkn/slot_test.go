package jkn

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/worktime"
)

// counterIn is an office with hours of its own, or none, whose desk has other hours in Ramadan.
func counterIn(t *testing.T, zone, opens, closes string) Counter {
	t.Helper()
	hours := worktime.DefaultHours()
	hours.Special = []worktime.Special{{From: "2026-02-19", To: "2026-03-17", Open: "08:00", Close: "13:30"}}
	in, err := worktime.Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := worktime.New(hours, worktime.DefaultHolidays(), in)
	if err != nil {
		t.Fatal(err)
	}
	return Counter{Branch: Branch{Open: opens, Close: closes}, Calendar: calendar, Hours: hours}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestTheDaysOfAnOfficeAreItsNextWorkingDays(t *testing.T) {
	for _, c := range []struct{ name, zone, now, want string }{
		{"over a weekend", "WIB", "2026-11-26T10:00:00+07:00", "2026-11-27 2026-11-30 2026-12-01 2026-12-02 2026-12-03"},
		{"from a holiday on", "WIB", "2026-08-16T10:00:00+07:00", "2026-08-18 2026-08-19 2026-08-20 2026-08-21 2026-08-24"},
		{"tomorrow has begun there", "WIT", "2026-11-23T22:30:00+07:00", "2026-11-25 2026-11-26 2026-11-27 2026-11-30 2026-12-01"},
		{"no list for next year yet", "WIB", "2026-12-29T10:00:00+07:00", "2026-12-30 2026-12-31 2027-01-04 2027-01-05 2027-01-06"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(counterIn(t, c.zone, "", "").Days(moment(t, c.now)), " ")
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestTheSlotsOfADayLieWithinTheOfficesHours(t *testing.T) {
	for _, c := range []struct {
		name, opens, closes, day string
		count                    int
		first, last              string
	}{
		{"the desk's hours", "", "", "2026-11-24", 14, "08:00 +09", "14:30 +09"},
		{"its own", "08:30", "12:00", "2026-11-24", 7, "08:30 +09", "11:30 +09"},
		{"no half slot at the end", "08:15", "09:00", "2026-11-24", 1, "08:15 +09", "08:15 +09"},
		{"Ramadan holds for all", "08:30", "16:00", "2026-03-02", 11, "08:00 +09", "13:00 +09"},
		{"a holiday", "08:30", "12:00", "2026-12-25", 0, "", ""},
		{"a Sunday", "", "", "2026-11-29", 0, "", ""},
		{"no date", "", "", "besok", 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			slots := counterIn(t, "WIT", c.opens, c.closes).Slots(c.day)
			if len(slots) != c.count {
				t.Fatalf("got %d slots: %v", len(slots), slots)
			}
			const layout = "15:04 -07"
			if c.count > 0 && (slots[0].Format(layout) != c.first || slots[c.count-1].Format(layout) != c.last) {
				t.Errorf("from %s to %s", slots[0].Format(layout), slots[c.count-1].Format(layout))
			}
			if c.count > 0 && slots[0].Format(time.DateOnly) != c.day {
				t.Errorf("on %s", slots[0].Format(time.DateOnly))
			}
		})
	}
}

func TestAnOfficeWithoutACalendarIsNeverOpen(t *testing.T) {
	var c Counter
	if days, slots := c.Days(time.Now()), c.Slots("2026-11-24"); len(days)+len(slots) > 0 {
		t.Errorf("got %v, %v", days, slots)
	}
}

func TestAVisitorIsRemindedTheDayBefore(t *testing.T) {
	const visit = "2026-11-30T13:30:00+09:00"
	for now, want := range map[string]string{
		"2026-11-23T10:00:00+07:00": "2026-11-29T09:00:00+09:00",
		"2026-11-29T03:00:00+09:00": "2026-11-29T09:00:00+09:00",
		"2026-11-29T08:59:30+07:00": "2026-11-29T13:59:00+09:00",
		"2026-11-29T15:00:00+09:00": "2026-11-29T18:00:00+09:00",
		"2026-11-29T15:01:00+09:00": "", // booked in the evening: still remembered in the morning
	} {
		at, ok := VisitReminder(moment(t, visit), moment(t, now))
		if got := at.Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("booked at %s: reminded at %s (%t), want %s", now, got, ok, want)
		}
	}
}

func TestVisitCodesAreReadAsTheyAreWritten(t *testing.T) {
	seen := map[string]bool{}
	for n := range uint64(5000) {
		code := NewVisitCode(n * 0x9e3779b97f4a7c15)
		seen[code] = true
		for _, typed := range []string{"batal " + code, "Batalkan kunjungan " + strings.ToLower(code), "cancel " + strings.ReplaceAll(code, "-", " ")} {
			if got, _, err := readVisitCancel(typed, dialog.Reading{}); err != nil || got != code {
				t.Fatalf("%q was read as %q (%v)", typed, got, err)
			}
		}
		if _, ok := ParseProof(code); ok {
			t.Fatalf("%s is a proof word", code)
		}
		if got, _, err := readVisitTimer(VisitTimer(code), dialog.Reading{}); err != nil || got != code {
			t.Fatalf("the timer of %s is of %q (%v)", code, got, err)
		}
	}
	if len(seen) < 4800 {
		t.Errorf("only %d of 5000 codes differ", len(seen))
	}
}

func TestOnlyTheWishToCancelAVisitIsRecognised(t *testing.T) {
	for _, text := range []string{
		"batal", "batalkan", "tidak batal", "batal dong", "batal KH-48", "batal KH-4822", "batal 12345", "KH-482", "batalkan tiket 5H8-PWW3",
		"saya mau batalkan kunjungan", "batal KH-481", "cancel my visit", "", strings.Repeat("batal kunjungan ", 5),
	} {
		if code, _, err := readVisitCancel(text, dialog.Reading{}); err == nil {
			t.Errorf("%q was read as %q", text, code)
		}
	}
	for _, text := range []string{"batalkan kunjungan", "Batal kunjungan saya!", "batalkan janji", "cancel visit"} {
		if code, _, err := readVisitCancel(text, dialog.Reading{}); err != nil || code != "" {
			t.Errorf("%q was read as %q (%v)", text, code, err)
		}
	}
	for _, name := range []string{"idle", "draft", "KH-482", "visit"} {
		if _, _, err := readVisitTimer(name, dialog.Reading{}); err == nil {
			t.Errorf("the timer %q is a visit's", name)
		}
	}
}

func TestEveryPurposeHasItsWords(t *testing.T) {
	for _, kind := range []BranchKind{BranchOffice, SocialService} {
		var values []string
		for _, p := range visitPurposes(string(kind)) {
			if p.Label["id"] == "" || p.Label["en"] == "" || slices.Contains(values, p.Value) {
				t.Errorf("%s: %+v", kind, p)
			}
			values = append(values, p.Value)
			if ShowPurpose(p.Value, "en") != p.Label["en"] {
				t.Errorf("%s is shown as %q", p.Value, ShowPurpose(p.Value, "en"))
			}
		}
	}
	if ShowPurpose("dulu_ada", "id") != "dulu_ada" {
		t.Error("a purpose that is gone is not shown as it was kept")
	}
}

func TestADayIsCalledWhatPeopleCallIt(t *testing.T) {
	monday := moment(t, "2026-11-23T09:00:00+07:00")
	for _, c := range []struct{ typed, day string }{
		{"besok", "2026-11-24"},
		{"besok aja kak", "2026-11-24"},
		{"besok jam 9", "2026-11-24"},
		{"lusa", "2026-11-25"},
		{"kamis", "2026-11-26"},
		{"hari Kamis", "2026-11-26"},
		{"Thursday", "2026-11-26"},
		{"tgl 27", "2026-11-27"},
		{"27/11", "2026-11-27"},
		{"senin depan", "2026-11-30"},
		{"minggu", ""},
		{"2", ""}, // the second day shown
	} {
		got := ""
		for _, day := range []string{"2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"} {
			if namesDay(c.typed, day, monday) {
				got += day
			}
		}
		if got != c.day {
			t.Errorf("%q is %q, want %q", c.typed, got, c.day)
		}
	}
}
