package worktime_test

import (
	"testing"
	"time"

	"sapa/dialog/worktime"
)

func TestNobodyIsWokenUp(t *testing.T) {
	for _, c := range []struct{ zone, at, want string }{
		{"WIB", "2026-11-23T06:59:59+07:00", "2026-11-23T07:00:00+07:00"},
		{"WIB", "2026-11-23T07:00:00+07:00", "2026-11-23T07:00:00+07:00"},
		{"WIB", "2026-11-23T19:59:59+07:00", "2026-11-23T19:59:59+07:00"},
		{"WIB", "2026-11-23T20:00:00+07:00", "2026-11-24T07:00:00+07:00"},
		{"WIB", "2026-12-31T23:59:59+07:00", "2027-01-01T07:00:00+07:00"},
		{"WIB", "2026-11-23T00:00:00+07:00", "2026-11-23T07:00:00+07:00"},
		{"WITA", "2026-11-23T19:30:00+07:00", "2026-11-24T07:00:00+08:00"}, // it is 20.30 there
		{"WIT", "2026-11-23T05:00:00+07:00", "2026-11-23T07:00:00+09:00"},
		{"WIT", "2026-11-22T22:00:00Z", "2026-11-22T22:00:00Z"}, // 07.00 there
		{"WIB", "2026-11-22T22:00:00Z", "2026-11-23T00:00:00Z"}, // 05.00 there
	} {
		zone, err := worktime.Zone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := worktime.Waking(at, zone)
		if want, _ := time.Parse(time.RFC3339, c.want); !got.Equal(want) || got.Location() != zone {
			t.Errorf("%s in %s: %s, want %s", c.at, c.zone, got, c.want)
		}
	}
}
