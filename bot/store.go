package bot

import (
	"context"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// Store is what the message loop needs of the database; package store is one.
type Store interface {
	// Submit queues an input for the single writer and keeps call order. The receipt comes once the input's turn,
	// with everything it asked for, is durable (or cannot be made so: Receipt.Err). A repeated input is
	// Receipt.Fresh == false. An input that must wait for a document is durable in the inbox, and its own replies
	// come with the receipt of the document's result.
	Submit(in dialog.Input) <-chan dialog.Receipt

	// Unsent gives the outbox rows of a transport that are due at now, in order per contact, oldest first:
	// a contact with a row that is backing off gives none.
	Unsent(ctx context.Context, transport string, now time.Time, limit int) ([]dialog.Outbound, error)
	// MarkSent records that the rows reached the transport.
	MarkSent(ctx context.Context, at time.Time, seqs ...int64) error
	// MarkFailed records a failed try. A zero retryAt makes the row a dead letter: kept, reported, not retried.
	MarkFailed(ctx context.Context, seq int64, reason string, retryAt time.Time) error

	// DueTimers gives the inputs of timers due at now, of conversations and of tickets, in order of their times. One
	// that was handed in and did nothing may come again, but never the first.
	DueTimers(ctx context.Context, now time.Time, limit int) ([]dialog.Input, error)
	// NextTimer is when the next timer falls due; ok is false when there is none.
	NextTimer(ctx context.Context) (at time.Time, ok bool, err error)

	// Fetches gives the documents that were asked for and are not here yet: what a restart must fetch again.
	Fetches(ctx context.Context, transport string) ([]dialog.Fetch, error)

	// Activity gives what happened to tickets after the persisted cursor, oldest first, and the cursor after it.
	Activity(ctx context.Context, limit int) (events []TicketEvent, cursor int64, err error)
	// MarkLogged moves the cursor of Activity.
	MarkLogged(ctx context.Context, cursor int64) error

	// Changed reports whether another process has written since the last call.
	Changed(ctx context.Context) (bool, error)
}

// TicketEvent is one activity with what a log line says of its ticket; it carries nothing personal.
type TicketEvent = desk.Event
