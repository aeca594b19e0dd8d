package bot

import (
	"context"
	"errors"
	"io"
	"time"

	"sapa/dialog"
)

// Outbound is a reply on its way.
type Outbound = dialog.Outbound

// Receipt tells what became of an input once it is on disk.
type Receipt = dialog.Receipt

// Transport carries messages to people, and fetches what they sent. What it receives from people it hands to
// Bot.Handle or Bot.Submit. Its methods are called from several goroutines at once, Send for one contact never.
type Transport interface {
	// Send delivers a reply. Outbound.ID was fixed at commit: a transport that shows a repeated ID once shows a
	// repeated Send once. An error is temporary, and Send is called again later, unless it is a *PermanentError.
	// The text of the error is logged and stored: it must name no person and no words of the message.
	Send(ctx context.Context, out Outbound) error
	// Fetch writes the bytes of a file that came with a message. ErrGone says that it will never be there again;
	// any other error is temporary. An error of the writer is to be given back as it is.
	Fetch(ctx context.Context, media dialog.Media, to io.Writer) error
}

// Printer is a Transport that writes replies itself, in one order with what they settle. Its Send is not called. Its
// methods must not block and must not call the bot; what was written is told later with Bot.Sent.
type Printer interface {
	Transport
	// Committed shows an input that is on disk, in commit order. Outbound is what this printer has to write: its
	// own rows, without those superseded and those shown before.
	Committed(in dialog.Input, r dialog.Receipt)
	// Waiting shows rows that a former run or another process committed, oldest first.
	Waiting(rows []Outbound)
}

// Gate is a Transport whose lines set the pace: one may be down, held back, or have sent enough for the moment. It is
// asked before each try. Its method must not block.
type Gate interface {
	Transport
	// Open reports that the reply may be sent now, which counts as sending it. Otherwise the bot asks again after
	// wait (0: only when told) or once changed is closed, and only while the reply has not been superseded.
	Open(out Outbound) (open bool, wait time.Duration, changed <-chan struct{})
}

// ErrDown is given by Transport.Send when the line went down or was held back: no try is counted, and the reply waits
// at the Gate. Given by Transport.Fetch it uses up none of a document's time.
var ErrDown = errors.New("the line is down")

// ErrGone is given by Transport.Fetch for a file that can never be fetched: the person is asked to send it again.
var ErrGone = errors.New("the file is gone")

// PermanentError wraps an error of Transport.Send that trying again cannot mend: the number is not on WhatsApp.
type PermanentError struct{ Err error }

// Error gives the wrapped error's words.
func (e *PermanentError) Error() string { return "permanent: " + e.Err.Error() }

// Unwrap gives the wrapped error.
func (e *PermanentError) Unwrap() error { return e.Err }
