package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/dialog"
)

// message takes a message to disk. True acknowledges it to WhatsApp: never before that. Nothing here waits for the
// network.
func (l *line) message(e *events.Message) bool {
	handler, ok := l.lines.enter()
	if !ok {
		return false
	}
	defer l.lines.busy.Done()
	h := convert(l.id, l.opened(e))
	if h.kind == silence {
		return true
	}
	l.learn(&h)
	if err := l.expiring(h); err != nil {
		return l.refused(e.Info.ID, err)
	}
	switch h.kind {
	case ownPhone:
		if err := l.pause(h.in.From); err != nil {
			return l.refused(e.Info.ID, err)
		}
	case album:
		l.announced(h.album, h.of)
	case said, other:
		if err := l.take(handler, h, e.Info.Timestamp); err != nil {
			return l.refused(e.Info.ID, err)
		}
	case silence, expiry:
	}
	return true
}

// refused leaves a message to WhatsApp, and sees to it that it comes again.
func (l *line) refused(id string, err error) bool {
	l.log.Error().Err(err).Str("message", id).Msg("message.refused")
	l.again()
	return false
}

// opened gives an edit that is sealed under the secret of the message it changes, as phones seal them since 2026, in the
// older open form. One whose message's secret is not known stays as it is: what it changes can be read, and no more.
func (l *line) opened(e *events.Message) *events.Message {
	sealed := e.Message.GetSecretEncryptedMessage()
	l.mu.Lock()
	client := l.client
	l.mu.Unlock()
	if client == nil || sealed.GetSecretEncType() != waE2E.SecretEncryptedMessage_MESSAGE_EDIT {
		return e
	}
	m, err := client.DecryptSecretEncryptedMessage(l.ctx, e)
	if err != nil { // its words may name people
		l.log.Info().Str("message", e.Info.ID).Str("reason", kind(err)).Msg("edit.sealed")
		return e
	}
	m = unwrap(m)
	if p := m.GetProtocolMessage(); p != nil {
		m = p.GetEditedMessage()
	}
	return &events.Message{Info: e.Info, RawMessage: &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: sealed.GetTargetMessageKey(), EditedMessage: m,
	}}}
}

// take hands in what a person said, and what they sent that cannot be read: of each kind of that once in a while.
func (l *line) take(handler Handler, h heard, sent time.Time) error {
	paused, err := l.paused(h.in.From)
	if err != nil || paused {
		return err
	}
	if !l.judge(h, sent) {
		return nil
	}
	in := h.in
	in.Line, in.Transport, in.At = l.id, Name, l.lines.Clock.Now()
	if in.Media != nil && in.Media.Album != "" {
		l.mu.Lock()
		media := *in.Media
		media.Of = l.albums[media.Album]
		in.Media = &media
		l.mu.Unlock()
	}
	l.waited(in, sent)
	told := asideKey{in.From, Aside(in.Unread)}
	if h.kind == other && !l.mayWhisper(told) {
		return nil
	}
	err = handler.Handle(context.Background(), in)
	if err != nil && h.kind == other {
		l.mu.Lock()
		delete(l.asides, told) // it comes again
		l.mu.Unlock()
	}
	return err
}

// waited remembers whose message came long after it was sent.
func (l *line) waited(in dialog.Input, sent time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draining && !sent.IsZero() && time.Since(sent) > l.lines.Late && len(l.late) < remembered {
		l.late[in.From] = true
	}
}

// learn adds what whatsmeow knows of a person from elsewhere: the number behind a LID, the LID behind a number.
func (l *line) learn(h *heard) {
	jid, ok := jidOf(h.in.From)
	if !ok || jid.Server == types.HiddenUserServer && h.in.Phone != "" {
		return
	}
	other, err := l.otherAddress(jid)
	switch {
	case err != nil || other.IsEmpty():
	case other.Server == types.HiddenUserServer:
		h.in.From = address(other)
	default:
		h.in.Phone = international(address(other))
	}
}

// otherAddress is the number behind a LID, or the LID behind a number; empty where it is not known.
func (l *line) otherAddress(jid types.JID) (types.JID, error) {
	l.mu.Lock()
	lids := l.lids
	l.mu.Unlock()
	switch {
	case lids == nil:
	case jid.Server == types.HiddenUserServer:
		return lids.GetPNForLID(l.ctx, jid)
	case jid.Server == types.DefaultUserServer:
		return lids.GetLIDForPN(l.ctx, jid)
	}
	return types.EmptyJID, nil
}

// announced notes how many files an album has.
func (l *line) announced(id string, of int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.albums) >= remembered {
		clear(l.albums)
	}
	l.albums[id] = of
}
