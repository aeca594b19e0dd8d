package jkn

import (
	"encoding/json"
	"testing"
	"time"
)

func TestMonthsCount(t *testing.T) {
	march, err := ParseYearMonth("2026-03")
	if err != nil || march.String() != "2026-03" || !march.First().Equal(day(2026, 3, 1)) {
		t.Fatalf("got %v, %v, %v", march, march.First(), err)
	}
	if next := march + 10; next.String() != "2027-01" || next-march != 10 {
		t.Errorf("ten months later is %s", next)
	}
	if YearMonth(0).String() != "" {
		t.Errorf("no month is written %q", YearMonth(0))
	}
}

func TestWhatIsNoMonthIsRefused(t *testing.T) {
	for _, text := range []string{"", "2026", "2026-3", "2026-13", "2026-00", "0000-01", "2026-03-01", "Maret 2026"} {
		if m, err := ParseYearMonth(text); err == nil {
			t.Errorf("%q is read as %s", text, m)
		}
	}
}

func TestTheMonthIsThatOfJakarta(t *testing.T) {
	lastEvening := time.Date(2026, time.November, 30, 17, 30, 0, 0, time.UTC) // half past midnight in Jakarta
	if got := MonthOf(lastEvening); got.String() != "2026-12" {
		t.Errorf("got %s", got)
	}
}

func TestAMemberSurvivesJSON(t *testing.T) {
	for _, want := range SampleMembers()[:40] {
		var got Member
		data, err := json.Marshal(want)
		if err == nil {
			err = json.Unmarshal(data, &got)
		}
		if err != nil || got != want {
			t.Fatalf("%s came back as %+v, %v", data, got, err)
		}
	}
}
