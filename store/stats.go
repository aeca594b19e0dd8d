package store

import (
	"context"
	"database/sql"
	"time"
)

// StageStats says how the tickets do that stand at a stage of a service at one branch.
type StageStats struct {
	Service, Stage, Branch string

	Open         int           // tickets that have not ended
	Ended        int           // tickets that have
	MedianAge    time.Duration // of the open ones, at the time asked for; 0 where there are none
	Kept, Broken int           // promises, of all stages they went through
	// FirstAnswer is how long members waited on average for the first word or decision of an officer, nights
	// included; 0 where nobody was answered.
	FirstAnswer time.Duration
	Rating      float64 // 1 to 5 on average; 0 where nobody rated
	Ratings     int     // how many did
}

// StatsFilter chooses what is counted; empty parts choose all.
type StatsFilter struct {
	Service  string
	From, To time.Time // when the ticket was opened; To is not included
}

const stageStats = `
SELECT service, stage, branch, count(*) FILTER (WHERE ended_ms IS NULL), count(ended_ms), sum(kept), sum(broken),
       coalesce(avg(first_ms - opened_ms), 0), coalesce(avg(nullif(rating, 0)), 0), count(nullif(rating, 0))
FROM tickets INDEXED BY tickets_queue
WHERE (?1 = '' OR service = ?1) AND opened_ms >= ?2 AND opened_ms < ?3
GROUP BY service, stage, branch ORDER BY service, stage, branch`

// medianOpened finds the middle one of the open tickets, which the index has in the order of their age.
const medianOpened = `
SELECT opened_ms FROM tickets INDEXED BY tickets_queue WHERE service = ? AND stage = ? AND branch = ? AND ended_ms IS NULL
AND opened_ms >= ? AND opened_ms < ? ORDER BY opened_ms LIMIT 1 OFFSET ?`

// Stats gives how tickets do, by service, stage and branch, in that order. Now is when their age is taken.
func (d *DB) Stats(ctx context.Context, f StatsFilter, now time.Time) ([]StageStats, error) {
	from, to := int64(0), int64(1<<62)
	if !f.From.IsZero() {
		from = f.From.UnixMilli()
	}
	if !f.To.IsZero() {
		to = f.To.UnixMilli()
	}
	all, err := read(ctx, d, stageStats, []any{f.Service, from, to}, func(rows *sql.Rows) (s StageStats, err error) {
		var first float64
		err = rows.Scan(&s.Service, &s.Stage, &s.Branch, &s.Open, &s.Ended, &s.Kept, &s.Broken, &first, &s.Rating, &s.Ratings)
		s.FirstAnswer = time.Duration(first) * time.Millisecond
		return s, err
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		s := &all[i]
		if s.Open == 0 {
			continue
		}
		var opened int64
		err := d.reader.QueryRowContext(ctx, medianOpened, s.Service, s.Stage, s.Branch, from, to, s.Open/2).Scan(&opened)
		if err != nil && !none(err) { // the last of them has just ended
			return nil, explain(err)
		}
		if err == nil {
			s.MedianAge = max(0, now.Sub(fromMillis(opened))) // a trial's clock may have been ahead of this one
		}
	}
	return all, nil
}
