package worktime

import "time"

// People are written to between these hours of their own day, the first included and the last not.
const (
	wakes  = 7
	sleeps = 20
)

// Waking gives the first instant at or after t at which people in the zone are awake, so that nobody is reminded at
// night: t itself between 07:00 and 20:00 local time, the last excluded, else the next 07:00.
func Waking(t time.Time, zone *time.Location) time.Time {
	t = t.Round(0).In(zone)
	y, m, d := t.Date()
	switch hour := t.Hour(); {
	case hour >= sleeps:
		return time.Date(y, m, d+1, wakes, 0, 0, 0, zone)
	case hour < wakes:
		return time.Date(y, m, d, wakes, 0, 0, 0, zone)
	}
	return t
}
