package desk

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"sapa/dialog/worktime"
)

// Timer is a moment at which [Elapse] is to be called for the ticket. A ticket has one of each name at most.
type Timer struct {
	Name string
	At   time.Time // zero: there is none of this name any more
}

// The names of timers; a follow-up's is [TimerFollow] and its place in the stage's list: "follow:0". They are stored,
// so their values never change.
const (
	TimerAuto     = "auto"
	TimerPromise  = "promise"
	TimerEscalate = "escalate"
	TimerRemind   = "remind"
	TimerExpire   = "expire"
	TimerFollow   = "follow:"
)

const (
	// remindAfter and expireAfter are for stages that wait for the member and say nothing else.
	remindAfter = 24 * time.Hour
	expireAfter = 14 * 24 * time.Hour
	// escalateAfter is the working time an overdue ticket is left to its officer.
	escalateAfter = 4 * time.Hour
)

// patience gives how long a stage waits before the member is reminded and before the ticket is closed; 0: it does not.
func (s *Stage) patience(status Status) (remind, expire time.Duration) {
	switch status {
	case WaitingMember:
		return cmp.Or(s.Remind, remindAfter), cmp.Or(s.Expire, expireAfter)
	case WaitingPayment:
		return s.Remind, s.Expire
	case Open, Approved, Rejected, Cancelled, Closed:
	}
	return 0, 0
}

// Elapse carries out a timer of the ticket that went off, and gives what it did; a timer that came too late, because
// the ticket has gone on, does nothing. What the member would hear at night is put off until the morning: only a new
// timer comes of it; what a stage decides by itself is not. Its one error is *[StageError], of a pipeline that
// [Pipeline.Check] found sound.
func Elapse(p *Pipeline, t Ticket, timer string, now time.Time, cal *worktime.Calendar) (Change, error) {
	s, err := stand(p, t, Actor{Name: NameSystem, System: true})
	if err != nil {
		return Change{}, err
	}
	m := newMove(s, now, cal)
	m.timer(timer, time.Time{})
	switch timer {
	case TimerPromise:
		m.overdue()
	case TimerEscalate:
		if t.Overdue {
			m.record(Activity{What: EventEscalated})
		}
	case TimerRemind:
		m.remind()
	case TimerExpire:
		m.expire()
	case TimerAuto:
		err = m.automate()
	default:
		m.follow(timer)
	}
	if err != nil { // of a pipeline that was never checked
		return Change{}, err
	}
	return m.done(), nil
}

func (m *move) overdue() {
	t := &m.change.Ticket
	switch {
	case t.PromisedAt.IsZero() || t.Overdue:
	case m.now.Before(t.PromisedAt): // an older promise's timer
		m.timer(TimerPromise, t.PromisedAt)
	default:
		t.Overdue = true
		m.record(Activity{What: EventOverdue})
		m.record(Activity{What: EventPromiseBroken})
		m.timer(TimerEscalate, m.cal.Add(m.now, escalateAfter))
	}
}

func (m *move) remind() {
	t := &m.change.Ticket
	if after, _ := m.stage.patience(t.Status); after == 0 || m.asleep(TimerRemind) {
		return
	}
	n := Notice{Decision: TimerRemind}
	if len(t.Asked) > 0 {
		n.Field = t.Asked[0]
	}
	m.record(Activity{What: EventReminded, Decision: TimerRemind, Field: n.Field})
	m.tell(n)
}

func (m *move) expire() {
	if _, after := m.stage.patience(m.change.Ticket.Status); after == 0 || m.asleep(TimerExpire) {
		return
	}
	m.record(Activity{What: EventExpired})
	m.end(Closed)
	m.tell(Notice{Decision: TimerExpire})
}

// automate makes the decision that the stage makes by itself. Whoever took the ticket, they had their time.
func (m *move) automate() error {
	t := &m.change.Ticket
	d, ok := m.stage.Decision(m.stage.Auto.Decision)
	if !ok || t.Status.Final() || len(t.Asked) > 0 {
		return nil
	}
	return m.decide(d, Action{Name: d.Name})
}

func (m *move) follow(timer string) {
	if m.change.Ticket.Status != m.stage.Status { // closed there, reopened, or asked for something meanwhile
		return
	}
	for i := range m.stage.Follow {
		if timer == FollowName(i) && !m.asleep(timer) {
			m.record(Activity{What: EventReminded, Decision: timer})
			m.tell(Notice{Decision: timer})
		}
	}
}

// FollowName names the timer of a stage's i-th follow-up, from 0.
func FollowName(i int) string { return fmt.Sprintf("%s%d", TimerFollow, i) }

// asleep reports whether it is night where the member lives, and puts the timer off until the morning then.
func (m *move) asleep(timer string) bool {
	morning := m.waking(m.now)
	if morning.Equal(m.now) {
		return false
	}
	m.timer(timer, morning)
	return true
}

func (m *move) waking(t time.Time) time.Time { return worktime.Waking(t, m.cal.Zone()) }

// wait sets the timers of a stage that the ticket stands at now.
func (m *move) wait(stage *Stage) {
	t := &m.change.Ticket
	m.timer(TimerPromise, t.PromisedAt)
	m.timer(TimerEscalate, time.Time{})
	remind, expire := stage.patience(t.Status)
	m.member(TimerRemind, remind)
	m.member(TimerExpire, expire)
	switch {
	case stage.Auto.After > 0 && len(t.Asked) == 0:
		m.timer(TimerAuto, m.now.Add(stage.Auto.After))
	case stage.Auto.After > 0 || m.stage.Auto.After > 0:
		m.timer(TimerAuto, time.Time{})
	}
}

// member sets a timer that writes to the member; after 0 clears it.
func (m *move) member(timer string, after time.Duration) {
	at := time.Time{}
	if after > 0 {
		at = m.waking(m.now.Add(after))
	}
	m.timer(timer, at)
}

// followUp sets the follow-ups of the stage the ticket came to, in office hours: they lead people to the desk.
func (m *move) followUp(stage *Stage) {
	for i, f := range stage.Follow {
		m.timer(FollowName(i), m.waking(m.cal.Next(m.now.Add(f.After))))
	}
}

// timer sets or, with a zero time, clears a timer.
func (m *move) timer(name string, at time.Time) {
	m.change.Timers = append(slices.DeleteFunc(m.change.Timers, func(t Timer) bool { return t.Name == name }), Timer{name, at})
}
