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
	// Answered is the message that answered the form's question at the end of Way, the last that was answered: while
	// nothing was answered since, an edit of it corrects that answer. "": no edit does.
	Answered string `json:"answered,omitempty"`
	// Unclear is the last message, where it answered nothing: an edit of it is another try.
	Unclear string `json:"unclear,omitempty"`
	Last    uint64 `json:"last,omitempty"` // hash of the last reply: the same text is never sent twice running
	// Editing: one answer is being changed from the review; answered questions are passed over in silence.
	Editing bool `json:"editing,omitempty"`
	// Reached are the form's counted questions that were asked in this filling, a bit for each in their order.
	Reached uint64 `json:"reached,omitempty"`
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
	// Held is what happened to tickets while it was in doubt whose number this is.
	Held []Event `json:"held,omitempty"`
	// First is what whoever writes wrote before they were asked who they are: it is answered once we know them.
	First string `json:"first,omitempty"`
	// Ticket is the ticket whose follow-up is being answered; Amend the form field of it asked for again.
	Ticket string `json:"ticket,omitempty"`
	Amend  string `json:"amend,omitempty"`

	// Talk is the officer who is in this chat; nil: nobody.
	Talk *Talk `json:"talk,omitempty"`
	// Telling is the query under way that hands the member's words or file to the desk: its result moves nothing.
	Telling string `json:"telling,omitempty"`
	// Aside is what was being asked while a flow plays that recognised a message.
	Aside *Draft `json:"aside,omitempty"`
}

// Talk is a conversation with an officer about a ticket. What answers no question goes to them.
type Talk struct {
	Ref     string    `json:"ref"`
	Officer string    `json:"officer,omitempty"`
	Until   time.Time `json:"until"` // when it is over if nobody says anything
	// Heard: the member knows that the officer reads this.
	Heard bool `json:"heard,omitempty"`
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
	// Ticket is the ticket it is for, where it was sent to an officer in a talk, with the words that came with it.
	Ticket string `json:"ticket,omitempty"`
	Words  string `json:"words,omitempty"`
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
	Reached uint64            `json:"reached,omitempty"`
	At      time.Time         `json:"at"`
	// Reminded: the member was told once that it waits.
	Reminded bool `json:"reminded,omitempty"`
}

// Pending is something a ticket waits for: offered at the next menu or end, or when its words or the ticket's
// number are typed. One with an Until waits for nothing: it is offered in one menu, and till then found by its words.
type Pending struct {
	Ref     string            `json:"ref"`
	Service string            `json:"service"`
	Flow    string            `json:"flow,omitempty"`  // the follow-up flow, or
	Field   string            `json:"field,omitempty"` // the form field asked for again
	Words   string            `json:"words,omitempty"` // the officer's own words
	Given   map[string]string `json:"given,omitempty"`
	Until   time.Time         `json:"until,omitzero"`  // when it is forgotten; zero: when the ticket goes on
	Menus   int               `json:"menus,omitempty"` // home menus that were shown since, where there is an Until
}
