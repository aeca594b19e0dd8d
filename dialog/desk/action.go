package desk

// The actions every stage has beside its decisions; the package comment tells what each does. They are what the command
// line and stored actions say, so their values never change.
const (
	ActionTake    = "take"
	ActionRelease = "release"
	ActionPass    = "pass"
	ActionAssign  = "assign"
	ActionNote    = "note"
	ActionSay     = "say"
	ActionAsk     = "ask"
	ActionClose   = "close"
	ActionAnswer  = "answer"
	ActionAdd     = "add"
	ActionHear    = "hear"
	ActionCancel  = "cancel"
	ActionReopen  = "reopen"
	ActionRate    = "rate"
	// ActionShow is looking at a ticket: [May] decides it, and as it changes nothing, [Decide] does not carry it out.
	ActionShow = "show"
)

// commonActions are the actions above in the order in which officers and members read them.
var commonActions = []string{
	ActionTake, ActionRelease, ActionPass, ActionAssign, ActionNote, ActionSay, ActionAsk, ActionClose,
	ActionAnswer, ActionAdd, ActionHear, ActionCancel, ActionReopen, ActionRate,
}

// Action is what somebody wants to do to a ticket.
type Action struct {
	Name string // a decision of the stage, or one of the actions above
	Rev  int64  // the revision the actor saw; 0: whatever it is now
	Text string // words of a note, a message, a request, a reason
	To   string // the officer who gets the ticket; for pass and assign
	// Field is what ask, answer and add are about.
	Field string
	// Sets are the decision's values in canonical form, an empty one the same as none; for answer and add the value
	// under Field; for rate the number under [SetRating].
	Sets map[string]string
}

// SetRating names the value that rate takes: a whole number from 1 to 5.
const SetRating = "rating"

// The names of those who act and are no officers.
const (
	NameMember  = "member"
	NameSystem  = "system"  // timers, and the assignment of tickets
	NamePayment = "payment" // payments that were imported
)

// Actor is who acts: an officer, the member through the chat, or the system itself.
type Actor struct {
	Name   string
	Member bool
	// System marks what nobody does: it assigns and releases tickets, notes, and makes the decisions of stages that
	// wait for a payment, whoever took the ticket.
	System bool
	Role   Role // "" may do nothing
	Scope  []string
}
