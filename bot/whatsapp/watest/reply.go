package watest

import (
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// Reply is a message of ours as a person's phone shows it: once for each ID,
// however often it arrived.
type Reply struct {
	ID      string
	Line    *Number        // from whom
	Text    string         // the text, or a caption
	Message *waE2E.Message // all of it, as it first arrived, wrappers included

	person  *Person
	from    *companion
	sends   int
	changed bool
}

func newReply(p *Person, from *companion, id string, content *waE2E.Message) *Reply {
	return &Reply{ID: id, Line: from.number, Text: textOf(content), Message: content, person: p, from: from}
}

// Sends counts how often this ID arrived.
func (r *Reply) Sends() int {
	r.person.Lock()
	defer r.person.Unlock()
	return r.sends
}

// AwaitSends waits until this ID has arrived n times.
func (r *Reply) AwaitSends(n int) {
	r.person.s.t.Helper()
	r.person.s.await(&r.person.gate, func() bool { return r.sends >= n }, "message %s to arrive %d times", r.ID, n)
}

// Changed says whether this ID arrived with differing contents, which a sender
// must never let happen.
func (r *Reply) Changed() bool {
	r.person.Lock()
	defer r.person.Unlock()
	return r.changed
}

// Vanishes is after how many seconds the message is to disappear; 0 for never.
func (r *Reply) Vanishes() uint32 {
	if info := contextOf(unwrap(r.Message)); info != nil {
		return (*info).GetExpiration()
	}
	return 0
}

// Quotes returns the ID of the message this one answers; "" for none.
func (r *Reply) Quotes() string {
	m := unwrap(r.Message)
	return m.GetExtendedTextMessage().GetContextInfo().GetStanzaID()
}

// Document is the file the message carries as the phone shows it before it is opened; nil where it carries none.
func (r *Reply) Document() *waE2E.DocumentMessage { return unwrap(r.Message).GetDocumentMessage() }

// Media downloads and opens the image or document the message carries, and
// checks that it is what the message says.
func (r *Reply) Media() ([]byte, error) {
	m := unwrap(r.Message)
	switch {
	case m.GetImageMessage() != nil:
		return r.person.s.openMedia(m.GetImageMessage(), whatsmeow.MediaImage)
	case m.GetDocumentMessage() != nil:
		return r.person.s.openMedia(m.GetDocumentMessage(), whatsmeow.MediaDocument)
	default:
		return nil, fmt.Errorf("message %s has no image or document", r.ID)
	}
}

// unwrap takes a message out of the wrappers of disappearing, view-once and
// captioned messages.
func unwrap(m *waE2E.Message) *waE2E.Message {
	for {
		var inner *waE2E.Message
		switch {
		case m.GetEphemeralMessage() != nil:
			inner = m.GetEphemeralMessage().GetMessage()
		case m.GetViewOnceMessageV2() != nil:
			inner = m.GetViewOnceMessageV2().GetMessage()
		case m.GetDocumentWithCaptionMessage() != nil:
			inner = m.GetDocumentWithCaptionMessage().GetMessage()
		case m.GetDeviceSentMessage() != nil:
			inner = m.GetDeviceSentMessage().GetMessage()
		}
		if inner == nil {
			return m
		}
		m = inner
	}
}

// textOf is what a phone shows as a message's text.
func textOf(m *waE2E.Message) string {
	m = unwrap(m)
	switch {
	case m.GetConversation() != "":
		return m.GetConversation()
	case m.GetExtendedTextMessage() != nil:
		return m.GetExtendedTextMessage().GetText()
	case m.GetImageMessage() != nil:
		return m.GetImageMessage().GetCaption()
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage().GetCaption()
	default:
		return ""
	}
}
