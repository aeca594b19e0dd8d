package desk

import "time"

// Status is what a ticket is to everybody, whatever its service calls the stage.
type Status string

// The statuses. The last four are final.
const (
	Open           Status = "open"
	WaitingMember  Status = "waiting_member"
	WaitingPayment Status = "waiting_payment"
	Approved       Status = "approved"
	Rejected       Status = "rejected"
	Cancelled      Status = "cancelled"
	Closed         Status = "closed"
)

// Final reports whether nothing more is to be decided.
func (s Status) Final() bool {
	switch s {
	case Approved, Rejected, Cancelled, Closed:
		return true
	case Open, WaitingMember, WaitingPayment:
		return false
	}
	return false
}

// known reports whether it is one of the statuses above.
func (s Status) known() bool {
	switch s {
	case Open, WaitingMember, WaitingPayment, Approved, Rejected, Cancelled, Closed:
		return true
	}
	return false
}

// enter brings the ticket to a stage. Whose it was it stays as long as the same role goes on with it.
func (m *move) enter(stage *Stage) {
	t := &m.change.Ticket
	t.Stage = stage.Name
	for i := range m.stage.Follow {
		m.timer(FollowName(i), time.Time{})
	}
	m.followUp(stage)
	if stage.Status.Final() {
		m.end(stage.Status)
		return
	}
	if stage.Role != m.stage.Role || stage.Second && t.Officer == t.DecidedBy {
		t.Officer, t.Taken = "", false
	}
	m.settle(stage)
}

// settle gives the ticket the status, the promise and the timers that go with its stage and with what the member was
// asked for.
func (m *move) settle(stage *Stage) {
	m.redeem()
	t := &m.change.Ticket
	t.Status = stage.Status
	if len(t.Asked) > 0 {
		t.Status = WaitingMember
	}
	if due := m.due(stage); !due.IsZero() && t.Status != WaitingMember {
		t.PromisedAt = due
		m.record(Activity{What: EventPromiseMade})
	}
	m.wait(stage)
}

// due gives when what a stage promises falls due from now; zero: it promises nothing.
func (m *move) due(stage *Stage) time.Time {
	switch {
	case stage.Within > 0:
		return m.now.Add(stage.Within)
	case stage.Promise > 0:
		return m.cal.Add(m.now, stage.Promise)
	}
	return time.Time{}
}

// redeem ends the promise there was. One that the member made void in time was neither kept nor broken.
func (m *move) redeem() {
	t := &m.change.Ticket
	switch {
	case t.PromisedAt.IsZero() || t.Overdue:
	case m.now.After(t.PromisedAt): // and its timer has not gone off yet
		m.record(Activity{What: EventPromiseBroken})
	case !m.who.Member:
		m.record(Activity{What: EventPromiseKept})
	}
	t.PromisedAt, t.Overdue = time.Time{}, false
}

// end makes the ticket final: nobody is waited for and nothing is promised any more.
func (m *move) end(status Status) {
	m.redeem()
	t := &m.change.Ticket
	t.Status, t.Asked, t.Taken, t.EndedAt = status, nil, false, m.now
	m.wait(&Stage{})
}
