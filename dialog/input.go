package dialog

import "time"

// InputKind says what moved a session.
type InputKind string

// The kinds of input. They are stored with the input, so their values never change.
const (
	Message       InputKind = "message"        // a person wrote something or sent a file
	TimerDue      InputKind = "timer"          // a timer set by an earlier turn came due
	DocumentReady InputKind = "document.ready" // a file was fetched, checked and is handed in with this input
	DocumentBad   InputKind = "document.bad"   // a file was fetched and is unusable: Document.Problem says why
	DocumentLost  InputKind = "document.lost"  // a file could not be fetched
	TicketEvent   InputKind = "ticket"         // somebody at the desk acted on a ticket of this contact
)

// Input is what moves a session. It carries its own time and seed, both stored with it, so that a recorded
// conversation replays to the same replies.
type Input struct {
	// ID is unique for this contact on this line, for ever: WhatsApp's message ID, "timer:…", "document:…",
	// "ticket:…". The inbox recognises a repeated one.
	ID        string    `json:"id"`
	Kind      InputKind `json:"kind"`
	Line      string    `json:"line"`
	Transport string    `json:"transport"` // "terminal", "whatsapp"
	From      string    `json:"from"`      // the contact's address on that transport, in its canonical form
	Phone     string    `json:"phone,omitempty"`
	At        time.Time `json:"at"`
	Seed      uint64    `json:"seed"`

	Text string `json:"text,omitempty"` // a message's text, or a file's caption
	// Edits is the ID of an earlier message whose text was changed to Text; "" where the message is a new one. Text
	// is then empty where the change cannot be read.
	Edits string `json:"edits,omitempty"`
	// Unread names what came instead of words or a file and can be read by nobody here: "voice", "video", "location",
	// "contact", "poll"; any other name is "unknown". It moves nothing.
	Unread   string    `json:"unread,omitempty"`
	Media    *Media    `json:"media,omitempty"`
	Timer    string    `json:"timer,omitempty"` // the timer's name
	Document *Document `json:"document,omitempty"`
	Event    *Event    `json:"event,omitempty"`
	// Doubt says why somebody else may have the contact's number now: [DoubtUnseen], [DoubtIdentity]; "" no doubt. The
	// store sets it, until it is settled: nothing of the contact's may be shown. Where the answer to [QueryProve] settles it,
	// the step with that Result has none any more.
	Doubt string `json:"doubt,omitempty"`
	// Result is what the query of the turn before found. The store hands the same input in again with it,
	// inside the same transaction.
	Result *Result `json:"result,omitempty"`
	// Cause is the ID of the message this input goes back to (a document's result: the message that brought
	// the file). Empty when the input is its own cause.
	Cause string `json:"cause,omitempty"`
}

// Why a number may have changed hands. They are stored, so their values never change.
const (
	DoubtUnseen   = "unseen"   // nobody wrote from it for long
	DoubtIdentity = "identity" // its identity key on WhatsApp is another: a new phone, or a new owner
)

// Media is a file that came with a message and has not been fetched yet.
type Media struct {
	Ref   string `json:"ref"` // what the transport needs to fetch it; opaque to everybody else
	Name  string `json:"name,omitempty"`
	MIME  string `json:"mime,omitempty"`  // as claimed by the sender
	Bytes int64  `json:"bytes,omitempty"` // as claimed by the sender; 0: unknown
	Album string `json:"album,omitempty"` // files sent together share an album
	Of    int    `json:"of,omitempty"`    // how many the album has; 0: unknown
}

// Document is a file that was fetched and checked, or found unusable.
type Document struct {
	ID      string  `json:"id"` // the ID of the message that brought it
	Field   string  `json:"field"`
	Name    string  `json:"name,omitempty"`
	MIME    string  `json:"mime,omitempty"` // by its bytes
	Bytes   int     `json:"bytes,omitempty"`
	SHA256  string  `json:"sha256,omitempty"` // of the stored bytes, in hex
	Problem *Reason `json:"problem,omitempty"`
	Body    []byte  `json:"-"` // what is stored, sealed, in the turn that takes this input; of it only a table is read
}

// Reason is a problem as the catalogue words it: the text "problem.CODE" with Args filled in.
type Reason struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// Event tells a contact's session what happened to one of their tickets.
type Event struct {
	Ref     string `json:"ref"`
	Service string `json:"service"`
	// Stage and Decision name the pipeline's text for the member. Decision may also be ask, say or close with the
	// officer's own words in Text, remind, expire, a follow-up's name, reopen, or [DecisionBack].
	Stage    string `json:"stage"`
	Decision string `json:"decision"`
	Text     string `json:"text,omitempty"`
	// Field is the form field asked for again (decision "ask"), or still waited for (decision "remind").
	Field string `json:"field,omitempty"`
	// Who is the officer who acted; "" where nobody did in person.
	Who string `json:"who,omitempty"`
	// Final: the ticket has ended with it.
	Final bool `json:"final,omitempty"`
	// Values are the ticket's current answers and the officer's values, by field: what the notice's
	// placeholders and a follow-up flow need.
	Values map[string]string `json:"values,omitempty"`
}

// DecisionBack is the decision of an event that tells of an officer who left the chat: they released the ticket, or
// passed it on.
const DecisionBack = "back"

// DecisionErased is the decision of an event that tells of a ticket that was cancelled because whom it was about was
// erased.
const DecisionErased = "erased"

// Record is one row of facts: canonical values by name. Their types are in the query's signature.
type Record map[string]string

// Query is a named read or claim, answered by the store inside the same turn.
type Query struct {
	Name string
	Args Record
}

// Result is what a query found.
type Result struct {
	Facts Record   `json:"facts,omitempty"`
	Rows  []Record `json:"rows,omitempty"`
	// Sample says that the facts are made up: every reply that shows them begins DATA CONTOH.
	Sample bool `json:"sample,omitempty"`
}
