// Package desk is the rules of the officers' desk: what a ticket is, which stages a service declares for it, who may do
// what with it now, and what it is called over the phone. It is pure: no clock, no storage, no wording but the English
// of the command line. Whoever stores tickets calls [OpenTicket] once and [Decide] for every change after it, and
// writes what they return, whole, in one transaction:
//
//	change := desk.OpenTicket(pipeline, desk.NewRef(n), line, contact, branch, answers, now, cal)
//	change, err := desk.Decide(pipeline, change.Ticket, desk.Action{Name: "approve", Sets: sets}, officer, now, cal)
//	// change.Ticket is the ticket after it, change.Activities its history, change.Notice what the member hears
//
// # The life of a ticket
//
// A [Pipeline] is the stages of a service. Each non-final stage declares decisions, its ways out: some for officers
// (approve, reject), some for the member in the chat (choose). Beside them, whatever the stage:
//
//	take      an officer makes the ticket theirs: nobody else decides or writes to the member until they release it
//	release   and gives it back
//	note      words for the desk only; the one thing also possible on a final ticket, and on a colleague's
//	say       words for the member
//	ask       one form field is asked for again: the ticket waits for the member, in its stage
//	answer    the member answers it: the ticket goes on waiting for whom it waited before
//	close     an officer ends it
//	cancel    the member withdraws it
//
// A decision on a ticket that nobody took is allowed and takes nothing: the history says who made it.
//
// A decision may name values it takes (months owed, an amount); they become values of the ticket like the member's own
// answers. What was asked for again and has not been answered is dropped when an officer decides without it, and kept
// when the member makes a decision of their own.
//
// # Promises
//
// A stage's promise is counted in working time by the calendar handed in, which is the one of the ticket's own zone. It
// starts when the ticket enters the stage and again when the member has answered. While the ticket waits for the
// member, and once it is final, nothing is promised.
//
// # Who
//
// Decide knows whether an officer or the member acts, not who they are: that an officer's role covers the ticket, and
// that a member is the ticket's own contact, is checked by the caller before.
package desk
