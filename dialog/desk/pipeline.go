package desk

import (
	"cmp"
	"slices"
	"time"
)

// Pipeline is the stages a service declares for its tickets. The first is where a ticket starts.
type Pipeline struct {
	Service string
	Title   map[string]string // the service's ordinary name, by language
	Stages  []Stage
	Subject Subject
	Reopen  time.Duration // how long after its end the member may reopen a ticket; 0: [ReopenWithin]

	machine *machine // made by Check
}

// ReopenWithin is how long members may reopen tickets of services that say nothing else.
const ReopenWithin = 7 * 24 * time.Hour

// Reopens reports whether the member may still reopen a ticket that has ended. What was approved is done and cannot be.
func (p *Pipeline) Reopens(t Ticket, now time.Time) bool {
	return t.Status.Final() && t.Status != Approved && !now.After(t.EndedAt.Add(cmp.Or(p.Reopen, ReopenWithin)))
}

// works reports whether some stage is of that role.
func (p *Pipeline) works(role Role) bool {
	return slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.Role == role })
}

// Subject names the form's fields that say whom a ticket is about; "" where the form does not ask.
type Subject struct {
	Name, Number, BirthDate, Regency, Company string
}

// Stage is where a ticket can stand.
type Stage struct {
	Name    string
	Title   map[string]string
	Status  Status
	Role    Role          // whose work it is; "" in a final stage
	Promise time.Duration // working time within which the desk is to act; 0: none
	// Within is the same in elapsed time, nights and holidays included, as laws count: 3×24 hours (UU 27/2022 art. 43).
	// A stage has a Promise or a Within, not both.
	Within time.Duration
	Auto   Auto
	// Second wants a second person: whoever made the decision before does not make the one here.
	Second bool
	// Documents are the fields that must be there, and not asked for again, before officers decide: except to reject,
	// or to send back with a reason.
	Documents []string
	// Remind and Expire are how long after it began to wait for the member, or for a payment, the member is reminded
	// and the ticket closed. 0: a wait for the member takes 24 hours and 14 days, one for a payment goes on.
	Remind, Expire time.Duration
	Decisions      []Decision // none in a final stage
	Follow         []Follow
}

// Auto is what the system decides when nobody has for some time after a ticket came to its stage, by day or night.
// What the member was asked for is waited for first, and the time begins anew with their answer.
type Auto struct {
	After    time.Duration // elapsed time; 0: nothing is decided by itself
	Decision string        // one of the stage's own that needs neither words nor values nor papers
}

// Follow is a follow-up some time after a ticket came to its stage, if it still stands there.
type Follow struct {
	After time.Duration
	Say   map[string]string // what the member reads, by language
	Flow  string            // a flow the member is offered with it; "" none
}

// Decision is a way out of a stage.
type Decision struct {
	Name string // "approve", "reject", "paid", "choose"
	// Member marks what the member does in the chat; the rest is for officers.
	Member bool
	To     string // the next stage
	Reason bool   // the actor must give a reason in words, which the member reads
	Sets   []Set
	// Say is what the member reads, by language; empty for what the member did themselves.
	Say map[string]string
	// Flow is a follow-up the member is offered; "" none.
	Flow string
	// Erases wants everything of the ticket's contact gone once they have read of it. Whoever stores tickets sees to it.
	Erases bool
}

// Set is a value a decision takes.
type Set struct {
	Name     string
	Type     string // a field type of the scheme
	Label    map[string]string
	Optional bool
	Min, Max int64 // bounds of a number; both 0: none
}

// Stage gives the stage of that name.
func (p *Pipeline) Stage(name string) (*Stage, bool) {
	for i := range p.Stages {
		if p.Stages[i].Name == name {
			return &p.Stages[i], true
		}
	}
	return nil, false
}

// Decision gives the stage's decision of that name.
func (s *Stage) Decision(name string) (*Decision, bool) {
	for i := range s.Decisions {
		if s.Decisions[i].Name == name {
			return &s.Decisions[i], true
		}
	}
	return nil, false
}
