// Package desk is the rules of the officers' desk: what a ticket is, which stages a service declares for it, who may do
// what with it now, when time moves it, and what it is called over the phone. It is pure: no clock, no storage, no
// wording but the English of the command line. Whoever stores tickets calls [OpenTicket] once, [Decide] for everything
// that people do to it afterwards and [Elapse] for everything that time does, and writes what they return, whole, in one
// transaction:
//
//	change := desk.OpenTicket(pipeline, desk.Ticket{Ref: desk.NewRef(n), Line: line, Values: answers}, now, cal)
//	change, err := desk.Decide(pipeline, ticket, desk.Action{Name: "approve", Sets: sets}, officer.Actor(), now, cal)
//	change, err := desk.Elapse(pipeline, ticket, desk.TimerPromise, now, cal)
//	// change.Ticket is the ticket after it, change.Activities its history, change.Notice what the member hears,
//	// change.Timers when to call Elapse
//
// # The life of a ticket
//
// A [Pipeline] is the stages of a service. Each non-final stage is a role's work and declares decisions, its ways out:
// some for officers (approve, reject), some for the member in the chat (choose). Beside them, whatever the stage:
//
//	take      an officer makes the ticket theirs: nobody else decides or writes to the member until they release it
//	release   and gives it back
//	pass      and gives it to a colleague
//	assign    a head, or the system, says whose it is
//	note      words for the desk only; also on a final ticket, and on a colleague's
//	say       words for the member
//	ask       one form field is asked for again: the ticket waits for the member, in its stage
//	close     an officer ends it
//	answer    the member answers what was asked; the rest of the form stays as it is
//	add       the member sends something more
//	hear      words of the member for the officer
//	cancel    the member withdraws it
//	reopen    the member is not content with the end, and says so within days
//	rate      the member says, once, what they think of it, from 1 to 5
//
// A decision on a ticket that nobody took is allowed and takes nothing: the history says who made it. A decision may
// name values it takes (months owed, an amount); they become values of the ticket like the member's own answers. A stage
// may name papers without which nothing is decided but a refusal. Several fields can be asked for again; what has not
// been answered is dropped when an officer decides without it, and kept when the member makes a decision of their own.
//
// # Who
//
// An [Officer] has one [Role] and a scope of places, or of companies. [May] decides every action of everybody: heads act
// on every ticket in their scope, officers on those at stages of their role, and whoever works another stage of the
// service may look and note. A ticket outside somebody's role and scope is refused in words that tell nothing of it.
// Where a stage wants a second person, whoever made the decision before does not make the one there, whatever their
// role. That a member is the ticket's own contact is checked by the caller.
//
// Whose a ticket is and who took it are two things. The system gives a ticket to whom [Pick] names: somebody of the
// stage's role, near, with little to do. That reserves nothing: any officer of the role and scope may still take it.
// Only what was taken is left to its officer, heads aside. When a decision leads to another role's stage, the ticket is
// nobody's until it is given or taken again.
//
// # Promises
//
// A stage's promise is counted in working time by the calendar handed in, which is the one of the ticket's own zone. It
// starts when the ticket enters the stage and again when the member has answered all. It is kept by what the desk does
// in time (a decision, a question, the end), broken when it falls due before, and void when the member withdraws or
// decides in time. While the ticket waits for the member, and once it is final, nothing is promised. Where a law sets the
// time, the stage promises "within" it, which is the same by the calendar alone: nights and holidays count.
//
// What need not wait for anybody a stage decides by itself, some time after a ticket came to it (see [Auto]), as if the
// system had: it is history, and the member hears of it.
//
// # Time
//
// A ticket's timers are its own: a change says which to set and which to clear, and nothing else is kept of them.
//
//	auto       nobody has decided: the stage's own decision for that is made, by day or night
//	promise    when the promise falls due: the ticket is overdue
//	escalate   4 working hours later: its officer's head hears of it
//	remind     the member is reminded of what the ticket waits for
//	expire     and was waited for long enough: the ticket is closed, with a notice
//	follow:0   the first follow-up of a final stage, months later, in office hours
//
// Every promise has a timer until it is kept, broken or void. Nobody is written to at night, but for what a stage decides
// by itself: see [worktime.Waking]. A timer that goes off late, or of a ticket that has gone on, does no harm.
//
// # Checked and compiled
//
// [Pipeline.Check] finds every mistake of a pipeline at once and compiles a sound one to a state machine, so that a
// decision takes a way the pipeline declares or none.
package desk
