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

// Ticket is one request. It changes only through Decide; Rev counts the changes.
type Ticket struct {
	Ref     string
	Rev     int64
	Service string
	Stage   string
	Status  Status
	Line    string
	Contact int64
	Branch  string // code; "" where none serves the member's regency
	Officer string // who took it; "" nobody
	// Asked is the form field the member was asked for again; "" none.
	Asked      string
	OpenedAt   time.Time
	PromisedAt time.Time // when the current stage's promise falls due; zero: none
	// Values are the answers and what officers set, by field name, in canonical form.
	Values map[string]string
}

// The actions every stage has beside its decisions; the package comment tells what each does. They are what the command
// line and stored actions say, so their values never change.
const (
	ActionTake    = "take"
	ActionRelease = "release"
	ActionNote    = "note"
	ActionSay     = "say"
	ActionAsk     = "ask"
	ActionAnswer  = "answer"
	ActionClose   = "close"
	ActionCancel  = "cancel"
)

// commonActions are the actions above in the order in which officers and members read them.
var commonActions = []string{
	ActionTake, ActionRelease, ActionNote, ActionSay, ActionAsk, ActionClose, ActionAnswer, ActionCancel,
}

// Action is what somebody wants to do to a ticket.
type Action struct {
	Name string // a decision of the stage, or take, release, note, say, ask, answer, close, cancel
	Rev  int64  // the revision the actor saw; 0: whatever it is now
	Text string // words of a note, a message, a request, a reason
	// Field is what ask and answer are about.
	Field string
	// Sets are the decision's values in canonical form, an empty one the same as none; for answer, the new value
	// under Field.
	Sets map[string]string
}

// Actor is who acts: an officer by name, or the member through the chat.
type Actor struct {
	Name   string // "operator", an officer's name; "member"
	Member bool
}

// The events of a ticket's history, as activities and log lines name them. They are stored and watched for, so their
// values never change.
const (
	EventOpened    = "ticket.opened"    // the member sent the form
	EventTaken     = "ticket.taken"     // an officer made it theirs
	EventReleased  = "ticket.released"  // and gave it back
	EventDecided   = "ticket.decided"   // a decision of the stage: Activity.Decision
	EventNoted     = "ticket.noted"     // words for the desk
	EventSaid      = "ticket.said"      // words for the member
	EventAsked     = "ticket.asked"     // a field was asked for again: Activity.Field
	EventAnswered  = "ticket.answered"  // and the member answered it: Activity.Field
	EventClosed    = "ticket.closed"    // an officer ended it
	EventCancelled = "ticket.cancelled" // the member withdrew it
)

// Activity is one line of a ticket's history. It is only ever added to.
type Activity struct {
	At   time.Time
	Who  string
	What string // a stable event name: "ticket.taken"; the README lists them
	// Stage is where the ticket stood after it.
	Stage    string
	Decision string
	Field    string
	Text     string // personal: words of officer or member
}

// Change is what an action does: the ticket after it, its history, and what the member hears.
type Change struct {
	Ticket     Ticket
	Activities []Activity
	Notice     *Notice
}

// Notice is something the member is told: the words of the pipeline's decision at Stage, or the officer's own Text
// (say, ask, close).
type Notice struct {
	Stage    string // the stage the decision was made in
	Decision string // its name, or say, ask, close
	// Text is the officer's own words; with a decision the reason, where it asks for one; with close maybe none.
	Text  string
	Field string // with ask: the field asked for again
}

// Event is one activity as operators see it in the logs: no words, no values, nothing personal.
type Event struct {
	Activity // Text and Field's value stay out of logs
	Ticket   string
	Rev      int64
	Service  string
	Branch   string
	Status   Status
	Officer  string
	Age      time.Duration // since the ticket was opened
}
