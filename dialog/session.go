package dialog

import "time"

// Session is where one contact stands on one line. It is stored, sealed, between turns; everything in it is
// plain data, so that it survives a restart, an upgrade and a replay.
type Session struct {
	Lang string `json:"lang,omitempty"` // "" before the first choice: the catalogue's first language
	Flow string `json:"flow,omitempty"`
	Node string `json:"node,omitempty"` // "": nothing is being asked
	// Way is the way back: the nodes that were waiting before this one, oldest first.
	Way []string `json:"way,omitempty"`
	// Answers are keyed by field name, whatever node asked for them.
	Answers map[string]Answer `json:"answers,omitempty"`
	// Facts are what queries found, by the name the flow gave them.
	Facts map[string]Facts `json:"facts,omitempty"`
	// Consents are the consent texts agreed to, by version.
	Consents map[string]time.Time `json:"consents,omitempty"`

	Asking  Asking   `json:"asking,omitempty"`  // a question of the engine's own, asked over the node
	Page    int      `json:"page,omitempty"`    // of a long list, from 0
	Offered []string `json:"offered,omitempty"` // what was last proposed, in the order of its numbers
	Carry   string   `json:"carry,omitempty"`   // what the next question begins with: an echo, a note
	Misses  int      `json:"misses,omitempty"`  // unclear replies in a row
	Last    uint64   `json:"last,omitempty"`    // hash of the last reply: the same text is never sent twice running
	// Editing: one answer is being changed from the review; answered questions are passed over in silence.
	Editing bool `json:"editing,omitempty"`
	// Sent: the form's ticket is open, nothing given would be lost by leaving.
	Sent bool `json:"sent,omitempty"`
	// Home: the home menu was the last thing shown before the session went idle, so its numbers still hold.
	Home bool `json:"home,omitempty"`
	// Greeted: the contact knows who is speaking.
	Greeted bool `json:"greeted,omitempty"`
	// Timed: the idle timer is running.
	Timed bool `json:"timed,omitempty"`

	// Fetching is the document being fetched; later messages wait for it in the inbox.
	Fetching *Fetching `json:"fetching,omitempty"`
	Album    *Album    `json:"album,omitempty"`
	// Early are documents that came before the form asked for them.
	Early []string `json:"early,omitempty"`
	// Drafts are forms set aside, the latest last.
	Drafts []Draft `json:"drafts,omitempty"`
	// Pending is what tickets wait for from this contact.
	Pending []Pending `json:"pending,omitempty"`
	// Ticket is the ticket whose follow-up is being answered; Amend the form field of it asked for again.
	Ticket string `json:"ticket,omitempty"`
	Amend  string `json:"amend,omitempty"`
}

// Asking names a question of the engine's own.
type Asking string

// The engine's own questions.
const (
	AskingNothing Asking = ""
	AskingCancel  Asking = "cancel" // really drop the answers?
	AskingResume  Asking = "resume" // go on with the draft?
	AskingChange  Asking = "change" // which answer of the review?
	AskingMeant   Asking = "meant"  // which of these did you mean?
)

// Answer is a field's validated value.
type Answer struct {
	Value string    `json:"v"` // canonical; a document's is its ID
	At    time.Time `json:"at"`
	// Skipped marks an optional question that was passed over; Value is then empty.
	Skipped bool `json:"skip,omitempty"`
}

// Facts are the stored result of a query.
type Facts struct {
	Record Record   `json:"r,omitempty"`
	Rows   []Record `json:"rows,omitempty"`
	Sample bool     `json:"sample,omitempty"`
}

// Fetching is a document on its way.
type Fetching struct {
	Document string `json:"document"`
	Field    string `json:"field"`
}

// Album counts the files of an album that were handled, so that the question after the last one is asked once.
type Album struct {
	ID   string `json:"id"`
	Seen int    `json:"seen"`
	Of   int    `json:"of"`
}

// Draft is a form set aside with everything given so far.
type Draft struct {
	Flow    string            `json:"flow"`
	Node    string            `json:"node"`
	Way     []string          `json:"way,omitempty"`
	Answers map[string]Answer `json:"answers,omitempty"`
	Facts   map[string]Facts  `json:"facts,omitempty"`
	Early   []string          `json:"early,omitempty"`
	At      time.Time         `json:"at"`
}

// Pending is something a ticket waits for: offered at the next menu or end, or when its words or the ticket's
// number are typed.
type Pending struct {
	Ref     string            `json:"ref"`
	Service string            `json:"service"`
	Flow    string            `json:"flow,omitempty"`  // the follow-up flow, or
	Field   string            `json:"field,omitempty"` // the form field asked for again
	Words   string            `json:"words,omitempty"` // the officer's own words
	Given   map[string]string `json:"given,omitempty"`
}
