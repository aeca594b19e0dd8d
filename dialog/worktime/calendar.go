package worktime

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Hours are the desk's opening hours, in local time, as the configuration gives them.
type Hours struct {
	Weekdays []int  // working days by ISO 8601: 1 Monday … 7 Sunday
	Open     string // "08:00"
	Close    string // "15:00"; at most "24:00"
	Special  []Special
	Visitors int // how many an office receives in each half hour; 0: [DefaultVisitors]
}

// DefaultVisitors is how many visitors an office receives in a half hour where nobody says otherwise: a few counters,
// and time to listen at each.
const DefaultVisitors = 4

// Special is a period in which working days have other hours.
type Special struct {
	From, To    string // first and last day, "2026-02-19"
	Open, Close string
}

// DefaultHours are those of the Pandawa desks: Monday to Friday, 08:00 to 15:00 local time.
func DefaultHours() Hours {
	return Hours{Weekdays: []int{1, 2, 3, 4, 5}, Open: "08:00", Close: "15:00"}
}

// Calendar knows when a desk is open. It does not change once made and is safe for concurrent use. All times it gives
// are in its zone.
type Calendar struct {
	working  [7]bool // by time.Weekday
	hours    span
	special  []period // in order, not overlapping
	holidays Holidays
	zone     *time.Location
	horizon  int // how many days a search looks at
}

type period struct {
	from, to date
	hours    span
}

// horizonDays bounds every search: 20 years. A promise is a matter of days; whoever asks for more has a wrong
// argument, not patience.
const horizonDays = 20 * 366

// New makes a calendar. Its errors, all at once, name the part of hours that is wrong. A calendar that would never be
// open is an error.
func New(hours Hours, holidays Holidays, zone *time.Location) (*Calendar, error) {
	if zone == nil {
		return nil, errors.New("calendar: no time zone")
	}
	// Between two holidays at most seven days are closed, so with this many a search always meets an open one.
	c := &Calendar{holidays: holidays, zone: zone, horizon: horizonDays + 7*(len(holidays.days)+1)}
	var errs []error
	if len(hours.Weekdays) == 0 {
		errs = append(errs, errors.New("hours: weekdays: none given, so the desk would never open"))
	}
	for _, d := range hours.Weekdays {
		if d < 1 || d > 7 {
			errs = append(errs, fmt.Errorf("hours: weekdays: %d is not 1 (Monday) to 7 (Sunday)", d))
			continue
		}
		c.working[d%7] = true
	}
	var err error
	if c.hours, err = parseSpan(hours.Open, hours.Close); err != nil {
		errs = append(errs, fmt.Errorf("hours: %w", err))
	}
	if c.special, err = parseSpecial(hours.Special); err != nil {
		errs = append(errs, err)
	}
	if hours.Visitors < 0 {
		errs = append(errs, fmt.Errorf("hours: visitors: %d is fewer than none", hours.Visitors))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

func parseSpecial(special []Special) ([]period, error) {
	var periods []period
	var errs []error
	for i, s := range special {
		p, err := parsePeriod(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("hours: special %d: %w", i+1, err))
			continue
		}
		periods = append(periods, p)
	}
	slices.SortFunc(periods, func(a, b period) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(periods); i++ {
		if periods[i].from <= periods[i-1].to {
			errs = append(errs, fmt.Errorf("hours: special: two periods overlap on %s", periods[i].from))
		}
	}
	return periods, errors.Join(errs...)
}

func parsePeriod(s Special) (period, error) {
	from, err := parseDate(s.From)
	if err != nil {
		return period{}, fmt.Errorf("from: %w", err)
	}
	to, err := parseDate(s.To)
	if err != nil {
		return period{}, fmt.Errorf("to: %w", err)
	}
	if to < from {
		return period{}, fmt.Errorf("to %s is before from %s", s.To, s.From)
	}
	hours, err := parseSpan(s.Open, s.Close)
	if err != nil {
		return period{}, err
	}
	return period{from, to, hours}, nil
}

// In gives the same hours and holidays in another zone: the same desk rules in another part of the country.
func (c *Calendar) In(zone *time.Location) *Calendar {
	other := *c
	other.zone = zone
	return &other
}

// Zone gives the calendar's time zone.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Covers reports whether the calendar knows the holidays of that year; see [Holidays.Covers].
func (c *Calendar) Covers(year int) bool { return c.holidays.Covers(year) }

// Day gives the opening and closing times of the local day that t falls on; ok is false when the desk is closed all
// day.
func (c *Calendar) Day(t time.Time) (opens, closes time.Time, ok bool) {
	return c.day(t.In(c.zone), 0)
}

// Holiday gives the holiday on the local day that t falls on; ok is false when there is none.
func (c *Calendar) Holiday(t time.Time) (holiday Holiday, ok bool) {
	return c.holidays.On(t.In(c.zone))
}

// day gives the hours of the day n days after that of local, which is in the calendar's zone.
func (c *Calendar) day(local time.Time, n int) (opens, closes time.Time, ok bool) {
	y, m, d := local.Date()
	// Noon names the day safely even in a zone that skips midnight when its summer time begins.
	noon := time.Date(y, m, d+n, 12, 0, 0, 0, c.zone)
	if !c.working[noon.Weekday()] {
		return time.Time{}, time.Time{}, false
	}
	on := dateOf(noon)
	if _, off := c.holidays.days[on]; off {
		return time.Time{}, time.Time{}, false
	}
	hours := c.hours
	for _, p := range c.special {
		if p.from <= on && on <= p.to {
			hours = p.hours
			break
		}
	}
	return time.Date(y, m, d+n, 0, hours.open, 0, 0, c.zone), time.Date(y, m, d+n, 0, hours.close, 0, 0, c.zone), true
}

// local puts t into the calendar's zone, without the reading of a monotonic clock that would spoil comparisons.
func (c *Calendar) local(t time.Time) time.Time { return t.Round(0).In(c.zone) }

// Open reports whether the desk is open at t: true at the opening instant, false at the closing instant.
func (c *Calendar) Open(t time.Time) bool {
	opens, closes, ok := c.day(t.In(c.zone), 0)
	return ok && !t.Before(opens) && t.Before(closes)
}

// Next gives the first instant at or after t at which the desk is open: t itself while it is, else the next opening.
func (c *Calendar) Next(t time.Time) time.Time {
	t = c.local(t)
	for n := range c.horizon {
		if opens, closes, ok := c.day(t, n); ok && t.Before(closes) {
			return later(t, opens)
		}
	}
	return t // not reached: New refuses a calendar that is never open
}

// Add gives the deadline that lies d of working time after t. Time that begins while the desk is closed begins at the
// next opening; a deadline that falls exactly on a closing time stays there. A d of zero or less gives t itself, or the
// next opening when t is in closed time. Beyond 20 years it stops at the last closing time within them.
func (c *Calendar) Add(t time.Time, d time.Duration) time.Time {
	t, d = c.local(t), max(d, 0)
	last := t
	for n := range c.horizon {
		opens, closes, ok := c.day(t, n)
		if !ok || closes.Before(t) {
			continue
		}
		start := later(t, opens)
		left := closes.Sub(start)
		if d <= left {
			return start.Add(d)
		}
		d -= left
		last = closes
	}
	return last
}

// Between gives the working time from a to b; negative when b is before a. It counts at most 20 years.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	a, b = c.local(a), c.local(b)
	var sum time.Duration
	for n := range c.horizon {
		opens, closes, ok := c.day(a, n)
		if !ok {
			continue
		}
		if !opens.Before(b) {
			break
		}
		if start, end := later(a, opens), earlier(b, closes); start.Before(end) {
			sum += end.Sub(start)
		}
	}
	return sum
}

// AddDays gives the deadline of something promised in n working days: the closing time of the n-th working day after
// the day on which t counts as received. That is t's own day while the desk has not closed yet, else the next working
// day. With n zero or less it is the closing time of the day of receipt itself. Beyond 20 years it stops at the last
// closing time within them.
func (c *Calendar) AddDays(t time.Time, n int) time.Time {
	t = c.Next(t)
	last := t
	for i := range c.horizon {
		_, closes, ok := c.day(t, i)
		if !ok {
			continue
		}
		last = closes
		if n <= 0 {
			break
		}
		n--
	}
	return last
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
