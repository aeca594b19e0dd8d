package whatsapp

import (
	"context"
	"time"

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
	h := convert(l.id, e)
	if h.kind == silence {
		return true
	}
	l.learn(&h, e.Info.MessageSource)
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
	case other:
		if paused, err := l.paused(h.in.From); err == nil && !paused && l.judge(h, e.Info.Timestamp) {
			l.whisper(h.chat, h.aside, e.Info.ID)
		}
	case said:
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

// take hands in what a person said.
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
	return handler.Handle(context.Background(), in)
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
func (l *line) learn(h *heard, src types.MessageSource) {
	l.mu.Lock()
	lids := l.lids
	l.mu.Unlock()
	if lids == nil {
		return
	}
	jid, ok := jidOf(h.in.From)
	switch {
	case !ok:
	case jid.Server == types.HiddenUserServer && h.in.Phone == "":
		if pn, err := lids.GetPNForLID(l.ctx, jid); err == nil {
			h.in.Phone = international(address(pn))
		}
	case jid.Server == types.DefaultUserServer:
		if lid, err := lids.GetLIDForPN(l.ctx, jid); err == nil && !lid.IsEmpty() {
			h.in.From = address(lid)
		}
	}
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
