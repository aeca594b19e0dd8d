package desk

import "time"

// Ticket is one request. It changes only through [Decide] and [Elapse]; Rev counts the changes.
type Ticket struct {
	Ref     string
	Rev     int64
	Service string
	Stage   string
	Status  Status
	Line    string
	Contact int64
	Branch  string // code; "" where none serves the member's regency
	Regency string // code of where the subject lives, "31.74"; "" not known
	Company string // code of the employer it is about; "" none
	Officer string // whose it is, assigned or taken; at the end, whose it was; "" nobody's
	Taken   bool   // Officer took it: it is left to them
	// DecidedBy is the officer who made the last decision on it, whom a stage for a second person excludes; "" nobody.
	DecidedBy string
	// Asked are the form fields the member was asked for again and has not answered, in the order of asking.
	Asked      []string
	OpenedAt   time.Time
	PromisedAt time.Time // when the current stage's promise falls due; zero: none
	Overdue    bool      // that promise was broken, and the history says so
	EndedAt    time.Time // when it became final; zero: it is not
	Rating     int       // 1 to 5, what the member thinks of it; 0: not said
	// Values are the answers and what officers set, by field name, in canonical form.
	Values map[string]string
}

// Change is what an action or a timer does: the ticket after it, its history, what the member hears, and when time is
// to move it next.
type Change struct {
	Ticket     Ticket
	Activities []Activity
	Notice     *Notice
	Timers     []Timer // each name once; timers that are not named stay as they are
}

// Notice is something the member is told: the words of the pipeline's decision at Stage, or the officer's own Text
// (say, ask, close), or what a timer is about (remind, expire, follow:0).
type Notice struct {
	Stage    string // the stage the decision was made in
	Decision string // its name, or say, ask, close, or the timer's name
	// Text is the officer's own words; with a decision the reason, where it asks for one; with close maybe none.
	Text  string
	Field string // with ask and remind: the field asked for again; "" for remind where the stage itself waits
}
