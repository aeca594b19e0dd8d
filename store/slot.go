package store

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
	"sapa/dialog/worktime"
)

// visitsKept is how long a visit is kept after its day, as members are told when they book (kunjungan.yaml).
const visitsKept = 30 * 24 * time.Hour

// answerVisits answers the queries of offices and visits to them.
func (v *visit) answerVisits(q dialog.Query, in dialog.Input) (*dialog.Result, error) {
	switch q.Name {
	case "office_of":
		return v.answerOffice(q.Args)
	case "visit.days":
		return v.answerDays(q.Args, in.At)
	case "visit.slots":
		return v.answerSlots(q.Args, in.At)
	case "visit.book":
		return v.answerBook(q.Args, in)
	case "visit.mine":
		return v.answerMine(q.Args, in.At)
	case "visit.cancel":
		return v.answerCancel(q.Args, in.At)
	}
	return nil, errors.New("the store knows no such query")
}

// counter is the office of a kind that serves a regency, and its hours there. Its code is "" where none is known.
func (t *tx) counter(args dialog.Record) (c jkn.Counter, sample bool, err error) {
	branch, sample, err := t.branchOf(args["regency"], jkn.BranchKind(args["kind"]))
	if err != nil || branch == nil {
		return c, false, err
	}
	region, _ := jkn.RegionOf(args["regency"])
	return jkn.Counter{Branch: *branch, Calendar: t.calendar(region.Zone), Hours: t.db.opts.Hours}, sample, nil
}

// answerOffice answers the query office_of.
func (v *visit) answerOffice(args dialog.Record) (*dialog.Result, error) {
	b, sample, err := v.branchOf(args["regency"], jkn.BranchKind(args["kind"]))
	if err != nil {
		return nil, err
	}
	hours := v.db.opts.Hours
	return &dialog.Result{Facts: jkn.BranchFacts(b, args["regency"], hours.Open, hours.Close), Sample: sample}, nil
}

// taken counts the places that are given out in an office's slots, by when these begin, from one time until another.
func (t *tx) taken(branch string, from, until time.Time) (map[int64]int, error) {
	counts := map[int64]int{}
	_, err := collect(t.query, "SELECT at_ms, count(*) FROM visits WHERE branch = ? AND at_ms BETWEEN ? AND ? GROUP BY at_ms",
		[]any{branch, from.UnixMilli(), until.UnixMilli()}, func(rows *sql.Rows) (struct{}, error) {
			var at int64
			var n int
			err := rows.Scan(&at, &n)
			counts[at] = n
			return struct{}{}, err
		})
	return counts, err
}

// visitors is how many an office receives in each slot.
func (t *tx) visitors() int { return cmp.Or(t.db.opts.Hours.Visitors, worktime.DefaultVisitors) }

// freeSlots gives the slots of a day that have places left.
func (t *tx) freeSlots(c jkn.Counter, day string) ([]time.Time, error) {
	slots := c.Slots(day)
	if len(slots) == 0 {
		return nil, nil
	}
	counts, err := t.taken(c.Code, slots[0], slots[len(slots)-1])
	return slices.DeleteFunc(slots, func(at time.Time) bool { return counts[at.UnixMilli()] >= t.visitors() }), err
}

// answerDays answers the query visit.days.
func (v *visit) answerDays(args dialog.Record, now time.Time) (*dialog.Result, error) {
	c, sample, err := v.counter(args)
	if err != nil {
		return nil, err
	}
	open, err := v.hasVisit(c.Code, now)
	if err != nil {
		return nil, err
	}
	region, _ := jkn.RegionOf(args["regency"])
	res := &dialog.Result{Sample: sample, Facts: dialog.Record{
		"known": truth(c.Code != ""), "taken": truth(open), "place": c.Place(), "zone": region.Zone,
	}}
	for _, day := range c.Days(now) {
		slots, err := v.freeSlots(c, day)
		if err != nil {
			return nil, err
		}
		if len(slots) > 0 {
			res.Rows = append(res.Rows, dialog.Record{"day": day})
		}
	}
	res.Facts["count"] = strconv.Itoa(len(res.Rows))
	return res, nil
}

// answerSlots answers the query visit.slots.
func (v *visit) answerSlots(args dialog.Record, now time.Time) (*dialog.Result, error) {
	c, sample, err := v.counter(args)
	if err != nil {
		return nil, err
	}
	res := &dialog.Result{Sample: sample, Facts: dialog.Record{}}
	if slices.Contains(c.Days(now), args["day"]) {
		slots, err := v.freeSlots(c, args["day"])
		if err != nil {
			return nil, err
		}
		for _, at := range slots {
			res.Rows = append(res.Rows, dialog.Record{"at": rfc3339(at)})
		}
	}
	res.Facts["count"] = strconv.Itoa(len(res.Rows))
	return res, nil
}

// hasVisit reports whether the contact has an open visit at an office.
func (v *visit) hasVisit(branch string, now time.Time) (has bool, err error) {
	err = v.get("SELECT EXISTS (SELECT 1 FROM visits WHERE contact = ? AND branch = ? AND at_ms > ?)",
		[]any{v.who, branch, now.UnixMilli()}, &has)
	return has, err
}

// answerBook answers the query visit.book: it claims a place in the slot, unless the last is gone or the contact has
// one at this office.
func (v *visit) answerBook(args dialog.Record, in dialog.Input) (*dialog.Result, error) {
	c, sample, err := v.counter(args)
	if err != nil {
		return nil, err
	}
	facts := dialog.Record{
		"ok": truth(false), "taken": truth(false), "remind": truth(false), "code": "", "at": args["at"], "place": c.Place(),
	}
	res := &dialog.Result{Facts: facts, Sample: sample}
	open, err := v.hasVisit(c.Code, in.At)
	if err != nil || open {
		facts["taken"] = truth(open)
		return res, err
	}
	at, _ := time.Parse(time.RFC3339, args["at"]) // what is no time is in no list of slots
	day := at.Format(time.DateOnly)
	isIt := func(slot time.Time) bool { return slot.Equal(at) }
	if !slices.Contains(c.Days(in.At), day) || !slices.ContainsFunc(c.Slots(day), isIt) {
		return res, nil
	}
	code, err := v.claim(c.Code, at, args, sample, in.Seed)
	if err != nil || code == "" {
		return res, err
	}
	facts["ok"], facts["code"] = truth(true), code
	if remind, ok := jkn.VisitReminder(at, in.At); ok {
		facts["remind"] = truth(true)
		err = v.run("INSERT OR REPLACE INTO timers (contact, line, name, at_ms) VALUES (?, ?, ?, ?)",
			v.who, v.line, jkn.VisitTimer(code), remind.UnixMilli())
	}
	return res, err
}

// claim takes the first place of a slot that is free, under a code that no other visit has; "" where none is.
func (v *visit) claim(branch string, at time.Time, args dialog.Record, sample bool, seed uint64) (code string, err error) {
	places, err := collect(v.query, "SELECT place FROM visits WHERE branch = ? AND at_ms = ?",
		[]any{branch, at.UnixMilli()}, func(rows *sql.Rows) (n int, err error) { return n, rows.Scan(&n) })
	if err != nil || len(places) >= v.visitors() {
		return "", err
	}
	place := 1
	for slices.Contains(places, place) {
		place++
	}
	for ; ; seed++ {
		code = jkn.NewVisitCode(seed)
		sealed, err := v.key.seal(visitPlace(code), []byte(args["name"]))
		if err != nil {
			return "", err
		}
		res, err := v.exec(`INSERT INTO visits (code, contact, branch, regency, at_ms, place, purpose, sample, sealed_name)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING`,
			code, v.who, branch, args["regency"], at.UnixMilli(), place, args["service"], sample, sealed)
		if err != nil {
			return "", err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return code, err
		}
	}
}

func visitPlace(code string) place { return place{column: "visits.name", a: code} }

// answerMine answers the query visit.mine. Visits long past are deleted first.
func (v *visit) answerMine(args dialog.Record, now time.Time) (*dialog.Result, error) {
	if err := v.run("DELETE FROM visits WHERE at_ms < ?", now.Add(-visitsKept).UnixMilli()); err != nil {
		return nil, err
	}
	mine, err := collect(v.query, bookings+`WHERE t.contact = ?1 AND t.at_ms > ?2 AND (?3 = '' OR t.code = ?3)
		AND (b.code IS NOT NULL OR t.sample = 0) ORDER BY t.at_ms, t.code`,
		[]any{v.who, now.UnixMilli(), args["code"]}, v.db.ring.scanBooking)
	if err != nil {
		return nil, err
	}
	res := &dialog.Result{Facts: dialog.Record{"count": strconv.Itoa(len(mine))}}
	for i, b := range mine {
		facts := dialog.Record{"code": b.Code, "at": rfc3339(b.At), "office": b.Office}
		if i == 0 {
			res.Facts = dialog.Record{
				"count": res.Facts["count"], "code": b.Code, "at": rfc3339(b.At), "office": b.Office, "place": b.Place,
				"kind": string(b.Kind), "service": b.Purpose,
			}
		}
		res.Rows = append(res.Rows, facts)
		res.Sample = res.Sample || b.Sample
	}
	return res, nil
}

// answerCancel answers the query visit.cancel: the place is free again, and nobody is reminded.
func (v *visit) answerCancel(args dialog.Record, now time.Time) (*dialog.Result, error) {
	done, err := v.exec("DELETE FROM visits WHERE code = ? AND contact = ? AND at_ms > ?", args["code"], v.who, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	n, err := done.RowsAffected()
	if err != nil || n == 0 {
		return &dialog.Result{Facts: dialog.Record{"ok": truth(false)}}, err
	}
	err = v.run("DELETE FROM timers WHERE contact = ? AND name = ?", v.who, jkn.VisitTimer(args["code"]))
	return &dialog.Result{Facts: dialog.Record{"ok": truth(true)}}, err
}

// visits moves the other's visits. Two at one office stay two: both were promised.
func (m merging) visits() error {
	all, err := m.rows("SELECT 0, '', code, sealed_name FROM visits WHERE contact = ?", m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range all {
		sealed, err := m.reseal(r.sealed, visitPlace(r.id), visitPlace(r.id))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE visits SET contact = ?, sealed_name = ? WHERE code = ?", m.kept.contact, sealed, r.id); err != nil {
			return err
		}
	}
	return nil
}
