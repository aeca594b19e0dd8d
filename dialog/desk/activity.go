package desk

import "time"

// The events of a ticket's history, as activities and log lines name them. They are stored and watched for, so their
// values never change.
const (
	EventOpened    = "ticket.opened"    // the member sent the form
	EventAssigned  = "ticket.assigned"  // it became an officer's, who need not have seen it: Activity.Officer
	EventTaken     = "ticket.taken"     // an officer made it theirs
	EventReleased  = "ticket.released"  // and gave it back
	EventPassed    = "ticket.passed"    // or on to a colleague: Activity.Officer
	EventDecided   = "ticket.decided"   // a decision of the stage: Activity.Decision
	EventNoted     = "ticket.noted"     // words for the desk
	EventSaid      = "ticket.said"      // words for the member
	EventHeard     = "ticket.heard"     // words of the member
	EventAsked     = "ticket.asked"     // a field was asked for again: Activity.Field
	EventAnswered  = "ticket.answered"  // and the member answered it: Activity.Field
	EventAdded     = "ticket.added"     // the member sent what nobody had asked for: Activity.Field
	EventClosed    = "ticket.closed"    // an officer ended it
	EventCancelled = "ticket.cancelled" // the member withdrew it
	EventExpired   = "ticket.expired"   // the member was waited for long enough
	EventReopened  = "ticket.reopened"  // the member was not content with the end
	EventRated     = "ticket.rated"     // what the member thinks of it: the ticket's Rating
	EventReminded  = "ticket.reminded"  // the member was reminded, or followed up: Activity.Decision is the timer's name
	EventOverdue   = "ticket.overdue"   // its promise fell due
	EventEscalated = "ticket.escalated" // and hours later still nothing had happened
	EventRefused   = "ticket.refused"   // somebody tried what they may not; the caller records it

	EventPromiseMade   = "promise.made"
	EventPromiseKept   = "promise.kept"   // the desk acted in time
	EventPromiseBroken = "promise.broken" // it did not

	EventPaymentSettled    = "payment.settled"    // a payment matched its bill; the caller records it
	EventPaymentMismatched = "payment.mismatched" // it did not; the caller records it
)

// Activity is one line of a ticket's history. It is only ever added to.
type Activity struct {
	At   time.Time
	Who  string
	What string // a stable event name: "ticket.taken"; the README lists them
	// Rev, Stage and Officer are the ticket's after it.
	Rev      int64
	Stage    string
	Officer  string
	Decision string
	Field    string
	Text     string // personal: words of officer or member
}

// Event is one activity as operators see it in the logs: no words, no values, nothing personal.
type Event struct {
	Activity // Text and Field's value stay out of logs
	Ticket   string
	Service  string
	Branch   string
	Status   Status
	Age      time.Duration // since the ticket was opened
}
