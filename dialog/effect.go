package dialog

import "time"

// Turn is one input handled: the new session and what it asks for. While Query is set the turn is not over: the
// caller answers it and steps again with Input.Result; effects of both steps count.
type Turn struct {
	Session Session
	Effects []Effect
	Query   *Query
}

// Effect is something a turn asks for. The store carries out all effects of a turn in the turn's transaction.
type Effect interface{ effect() }

// Weight says what happens to a reply that has not been sent when a newer one is made.
type Weight string

// The weights. A prompt asks; a newer prompt to the same contact supersedes it while it is unsent. A keep tells
// something that must not be lost: an error, a ticket number, a decision.
const (
	Prompt Weight = "prompt"
	Keep   Weight = "keep"
)

// Reply is a message to the contact.
type Reply struct {
	Text   string
	Weight Weight
	File   *File // sent with Text as its caption; nil: words only
}

// FetchDocument asks for the media of the current input to be fetched, checked and handed back as a document input
// under the same ID. Unsent prompts are superseded: the result brings the next one.
type FetchDocument struct {
	ID    string // the message's ID
	Field string
	Media Media
}

// SetTimer makes a TimerDue input at the given time; a second timer of the same name replaces the first.
type SetTimer struct {
	Name string
	At   time.Time
}

// ClearTimer drops a timer that has not come due.
type ClearTimer struct{ Name string }

// RecordConsent keeps the proof of a consent: which text, in which language, and when. The version is the flow's, and
// with a stroke what this very text is known by: another text is another version.
type RecordConsent struct {
	Version string
	Lang    string
	Text    string
	At      time.Time
}

// Asked counts a form's question that was asked for the first time in a filling: where the numbers fall, members leave.
type Asked struct {
	Flow  string
	Field string // "": the form was sent
}

// StartAnew gives the number to a new contact, whose session is the turn's: who writes is not whom we knew there. What
// the old contact had stays under their key, and no message to them goes there any more.
type StartAnew struct{}

func (StartAnew) effect()     {}
func (Reply) effect()         {}
func (FetchDocument) effect() {}
func (SetTimer) effect()      {}
func (ClearTimer) effect()    {}
func (RecordConsent) effect() {}
func (Asked) effect()         {}

// Outbound is a reply on its way: a row of the outbox. Its ID was fixed when the turn was committed, so sending it
// twice shows it once.
type Outbound struct {
	Seq       int64  // order in the outbox
	ID        string // the message ID on the wire
	Transport string
	Line      string
	Contact   int64
	To        string // the contact's address
	Text      string
	File      *File // sent with Text as its caption; nil: words only
	Weight    Weight
	Cause     string // the message this answers; empty: a timer, a ticket's notice
	At        time.Time
	Tries     int
}

// File is a file we send.
type File struct {
	Name string // with its ending
	MIME string
	Body []byte
}

// textFile is a text that every phone opens.
func textFile(name, text string) *File {
	return &File{Name: name, MIME: "text/plain; charset=utf-8", Body: []byte(text)}
}

// Receipt tells what became of a submitted input once it is on disk.
type Receipt struct {
	Err error
	// Fresh is false for a repeated input: nothing was done again.
	Fresh bool
	// Contact is whom the input came from.
	Contact int64
	// Outbound are the replies that were committed with it, in order, also those of messages that had waited for
	// a document and were handled now.
	Outbound []Outbound
	// Superseded are outbox rows that must not be sent any more.
	Superseded []int64
	// Settled are the IDs of the messages whose every consequence, future timers aside, is now committed.
	Settled []string
	// Fetch is the document to fetch next, if the turn asked for one.
	Fetch *Fetch
	// Failed says that the input could not be handled and got the fallback reply instead.
	Failed bool
}

// Fetch is a document to be fetched, as the store keeps it until it is there.
type Fetch struct {
	FetchDocument
	Line, Transport, From string
	Contact               int64
	At                    time.Time
	Tries                 int
}

// Forget is an address of somebody who was erased, which a transport may still have in a file of its own.
type Forget struct {
	ID      int64
	Address string
}
