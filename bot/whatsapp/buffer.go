package whatsapp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// sealedBuffer is whatsmeow's buffer of decrypted messages, sealed, and its store of sent ones, served from our outbox:
// there they are sealed already, and for as long as the outbox keeps them.
type sealedBuffer struct {
	wastore.EventBuffer
	lines *Lines
	line  string

	mu      sync.Mutex
	handled [][32]byte // messages whose words are still there
	due     bool       // sweepLate will be called
}

// sweepAfter is how long the words of a message that was handled may stay in the buffer when no other message comes.
const sweepAfter = time.Second

// DoDecryptionTxn decrypts a message and keeps its words, all or nothing. The words of those that were handled go with
// it.
func (b *sealedBuffer) DoDecryptionTxn(ctx context.Context, decrypt func(context.Context) error) error {
	handled := b.take()
	err := b.EventBuffer.DoDecryptionTxn(ctx, func(ctx context.Context) error {
		if err := b.clear(ctx, handled); err != nil {
			return err
		}
		return decrypt(ctx)
	})
	if err != nil {
		b.putBack(handled)
	}
	return err
}

// ClearBufferedEventPlaintext notes that a message was handled. A write of its own for that would cost as much as the
// message did. Should WhatsApp bring the message again before its words are gone, the inbox knows it.
func (b *sealedBuffer) ClearBufferedEventPlaintext(_ context.Context, hash [32]byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handled = append(b.handled, hash)
	if !b.due {
		b.due = true
		time.AfterFunc(sweepAfter, b.sweepLate)
	}
	return nil
}

func (b *sealedBuffer) sweepLate() {
	b.mu.Lock()
	b.due = false
	b.mu.Unlock()
	_ = b.sweep() // what it leaves goes with the next message
}

// sweep clears the words of all messages that were handled.
func (b *sealedBuffer) sweep() error {
	handled := b.take()
	if len(handled) == 0 {
		return nil
	}
	ctx := context.Background()
	err := b.EventBuffer.DoDecryptionTxn(ctx, func(ctx context.Context) error { return b.clear(ctx, handled) })
	if err != nil {
		b.putBack(handled)
	}
	return err
}

func (b *sealedBuffer) clear(ctx context.Context, handled [][32]byte) error {
	for _, hash := range handled {
		if err := b.EventBuffer.ClearBufferedEventPlaintext(ctx, hash); err != nil {
			return err
		}
	}
	return nil
}

func (b *sealedBuffer) take() [][32]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	handled := b.handled
	b.handled = nil
	return handled
}

func (b *sealedBuffer) putBack(handled [][32]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handled = append(handled, b.handled...)
}

const bufferName = "whatsmeow.event_buffer"

// GetBufferedEvent gives a message that was decrypted before and not handled yet.
func (b *sealedBuffer) GetBufferedEvent(ctx context.Context, hash [32]byte) (*wastore.BufferedEvent, error) {
	e, err := b.EventBuffer.GetBufferedEvent(ctx, hash)
	if err != nil || e == nil || e.Plaintext == nil {
		return e, err
	}
	e.Plaintext, err = b.lines.Store.OpenAside(bufferName, e.Plaintext)
	return e, err
}

// PutBufferedEvent keeps a decrypted message until it is handled.
func (b *sealedBuffer) PutBufferedEvent(ctx context.Context, hash [32]byte, plain []byte, at time.Time) error {
	sealed, err := b.lines.Store.SealAside(bufferName, plain)
	if err != nil {
		return err
	}
	return b.EventBuffer.PutBufferedEvent(ctx, hash, sealed, at)
}

// AddOutgoingEvent does nothing: the outbox has it.
func (b *sealedBuffer) AddOutgoingEvent(context.Context, types.JID, types.MessageID, string, []byte) error {
	return nil
}

// DeleteOldOutgoingEvents does nothing: the outbox keeps its own time.
func (b *sealedBuffer) DeleteOldOutgoingEvents(context.Context) error { return nil }

// GetOutgoingEvent gives a reply that a phone could not read. Only to whom it was sent.
func (b *sealedBuffer) GetOutgoingEvent(ctx context.Context, chat, alt types.JID, id types.MessageID) (format string, body []byte, err error) {
	m, err := b.sent(ctx, chat, alt, id)
	if err != nil {
		return "", nil, err
	}
	body, err = proto.Marshal(m)
	return "wa", body, err
}

// mayReadAgain reports whether a phone that could not read a message may have it again. whatsmeow has its latest ones in
// memory, and would give them to whoever has the number now; what the store does not give is not theirs to read.
func (l *Lines) mayReadAgain(receipt *events.Receipt, id types.MessageID, _ int, _ *waE2E.Message) bool {
	if receipt.IsFromMe { // a device of our own
		return true
	}
	_, ok, err := l.Store.Reply(context.Background(), id)
	return err == nil && ok
}

func (b *sealedBuffer) sent(ctx context.Context, chat, alt types.JID, id types.MessageID) (*waE2E.Message, error) {
	out, ok, err := b.lines.Store.Reply(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok || out.Transport != Name || out.Line != b.line || (out.To != address(chat) && out.To != address(alt)) {
		return nil, fmt.Errorf("message %s is none of ours to this phone", id)
	}
	expires, _, err := b.lines.Store.Chat(ctx, out.Line, out.To)
	if err != nil {
		return nil, err
	}
	file, err := b.lines.upload(ctx, out) // again: the key of the first time is not kept
	if err != nil {
		return nil, err
	}
	return message(out.Text, file, expires), nil
}
