package watest

import (
	"crypto/rand"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// Sends types a text and sends it to the line.
func (p *Person) Sends(line *Number, text string) *Message {
	p.s.t.Helper()
	return p.send(&Message{Line: line, Content: &waE2E.Message{Conversation: proto.String(text)}})
}

// SendsContent sends any message, for what has no method of its own; kind is the
// stanza's type ("text", "media", "poll", "reaction").
func (p *Person) SendsContent(line *Number, kind string, content *waE2E.Message) *Message {
	p.s.t.Helper()
	return p.send(&Message{Line: line, Content: content, kind: waBinary.Attrs{"type": kind}})
}

// Quotes answers one of the line's messages with a text.
func (p *Person) Quotes(reply *Reply, text string) *Message {
	p.s.t.Helper()
	return p.send(&Message{Line: reply.Line, Content: &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String(text),
		ContextInfo: &waE2E.ContextInfo{
			StanzaID: proto.String(reply.ID), Participant: proto.String(reply.Line.lid.String()), QuotedMessage: reply.Message,
		},
	}}})
}

// SendsImage sends a picture, with a caption unless that is empty.
func (p *Person) SendsImage(line *Number, data []byte, caption string) *Message {
	p.s.t.Helper()
	b := p.s.store(data, whatsmeow.MediaImage)
	return p.sendMedia(line, b, &waE2E.Message{ImageMessage: b.image(caption)})
}

// SendsImageOnce sends a picture that may be viewed once.
func (p *Person) SendsImageOnce(line *Number, data []byte, caption string) *Message {
	p.s.t.Helper()
	b := p.s.store(data, whatsmeow.MediaImage)
	image := b.image(caption)
	image.ViewOnce = proto.Bool(true)
	return p.sendMedia(line, b, &waE2E.Message{ViewOnceMessageV2: &waE2E.FutureProofMessage{Message: &waE2E.Message{ImageMessage: image}}})
}

// SendsDocument sends a file; with a caption it comes in a wrapper, as it does
// from phones.
func (p *Person) SendsDocument(line *Number, name, mime string, data []byte, caption string) *Message {
	p.s.t.Helper()
	b := p.s.store(data, whatsmeow.MediaDocument)
	document := b.document(name, mime)
	content := &waE2E.Message{DocumentMessage: document}
	if caption != "" {
		document.Caption = proto.String(caption)
		content = &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: content}}
	}
	return p.sendMedia(line, b, content)
}

// SendsVoice sends a voice note.
func (p *Person) SendsVoice(line *Number, data []byte) *Message {
	p.s.t.Helper()
	b := p.s.store(data, whatsmeow.MediaAudio)
	audio := b.audio()
	audio.PTT = proto.Bool(true)
	return p.sendMedia(line, b, &waE2E.Message{AudioMessage: audio})
}

// SendsVideo sends a video, with a caption unless that is empty.
func (p *Person) SendsVideo(line *Number, data []byte, caption string) *Message {
	p.s.t.Helper()
	b := p.s.store(data, whatsmeow.MediaVideo)
	return p.sendMedia(line, b, &waE2E.Message{VideoMessage: b.video(caption)})
}

// SendsSticker sends a sticker.
func (p *Person) SendsSticker(line *Number, data []byte) *Message {
	p.s.t.Helper()
	b := p.s.store(data, whatsmeow.MediaImage)
	return p.sendMedia(line, b, &waE2E.Message{StickerMessage: b.sticker()})
}

// SendsAlbum sends several pictures at once: first the announcement of how many
// come, then each picture, naming the announcement. The first of the returned
// messages is the announcement.
func (p *Person) SendsAlbum(line *Number, pictures ...[]byte) []*Message {
	p.s.t.Helper()
	album := p.send(&Message{Line: line, Content: &waE2E.Message{AlbumMessage: &waE2E.AlbumMessage{
		ExpectedImageCount: proto.Uint32(uint32(len(pictures))), //nolint:gosec // G115: a handful of pictures
	}}})
	messages := []*Message{album}
	for _, picture := range pictures {
		b := p.s.store(picture, whatsmeow.MediaImage)
		messages = append(messages, p.sendMedia(line, b, &waE2E.Message{
			ImageMessage: b.image(""),
			MessageContextInfo: &waE2E.MessageContextInfo{MessageAssociation: &waE2E.MessageAssociation{
				AssociationType:  waE2E.MessageAssociation_MEDIA_ALBUM.Enum(),
				ParentMessageKey: keyOf(album),
			}},
		}))
	}
	return messages
}

func (p *Person) sendMedia(line *Number, b *blob, content *waE2E.Message) *Message {
	p.s.t.Helper()
	return p.send(&Message{Line: line, Content: content, kind: waBinary.Attrs{"type": "media"}, blob: b})
}

// SendsLocation sends a place.
func (p *Person) SendsLocation(line *Number, latitude, longitude float64) *Message {
	p.s.t.Helper()
	return p.SendsContent(line, "media", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{
		DegreesLatitude: proto.Float64(latitude), DegreesLongitude: proto.Float64(longitude),
	}})
}

// SendsContact sends somebody's visiting card.
func (p *Person) SendsContact(line *Number, name, number string) *Message {
	p.s.t.Helper()
	card := fmt.Sprintf("BEGIN:VCARD\nVERSION:3.0\nFN:%s\nTEL;waid=%s:+%s\nEND:VCARD", name, number, number)
	return p.SendsContent(line, "media", &waE2E.Message{ContactMessage: &waE2E.ContactMessage{
		DisplayName: proto.String(name), Vcard: proto.String(card),
	}})
}

// SendsPoll asks the line to choose.
func (p *Person) SendsPoll(line *Number, question string, options ...string) *Message {
	p.s.t.Helper()
	poll := &waE2E.PollCreationMessage{Name: proto.String(question), SelectableOptionsCount: proto.Uint32(1)}
	for _, option := range options {
		poll.Options = append(poll.Options, &waE2E.PollCreationMessage_Option{OptionName: proto.String(option)})
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	return p.SendsContent(line, "poll", &waE2E.Message{
		PollCreationMessageV3: poll, MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: secret},
	})
}

// Deletes takes a message back for everyone.
func (p *Person) Deletes(m *Message) *Message {
	p.s.t.Helper()
	return p.send(&Message{Line: m.Line, kind: waBinary.Attrs{"edit": "7"}, Content: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: keyOf(m)},
	}})
}

// Reacts puts an emoji on one of the line's messages.
func (p *Person) Reacts(reply *Reply, emoji string) *Message {
	p.s.t.Helper()
	return p.SendsContent(reply.Line, "reaction", &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: &waCommon.MessageKey{
			RemoteJID: proto.String(reply.Line.lid.String()), FromMe: proto.Bool(false), ID: proto.String(reply.ID),
		},
		Text: proto.String(emoji), SenderTimestampMS: proto.Int64(time.Now().UnixMilli()),
	}})
}

// SendsGarbled sends a text whose ciphertext is damaged on the way. Our client
// asks for it again, and then gets it whole.
func (p *Person) SendsGarbled(line *Number, text string) *Message {
	p.s.t.Helper()
	m := &Message{ID: p.newID(), From: p, Line: line, Content: &waE2E.Message{Conversation: proto.String(text)}}
	p.Lock()
	p.sent[m.ID] = m
	p.Unlock()
	for _, c := range line.linked() {
		p.sealFor(c, m, func(enc *waBinary.Node) {
			sealed := enc.Content.([]byte)
			sealed[len(sealed)-1] ^= 1 // within the MAC
		})
	}
	return m
}

// Calls rings the line and returns the call's ID.
func (p *Person) Calls(line *Number) string {
	id := p.s.nextID("CALL")
	for _, c := range line.linked() {
		c.enqueue(waBinary.Node{
			Tag: "call",
			Attrs: waBinary.Attrs{
				"from": p.lid, "id": p.s.nextID("call-"), "t": unixNow(), "platform": "android", "version": "2.26.1", "notify": p.name,
			},
			Content: []waBinary.Node{{
				Tag:     "offer",
				Attrs:   waBinary.Attrs{"call-id": id, "call-creator": p.lid, "caller_pn": p.pn},
				Content: []waBinary.Node{{Tag: "audio", Attrs: waBinary.Attrs{"enc": "opus", "rate": "16000"}}},
			}},
		})
	}
	return id
}

// keyOf names a message the way its sender does.
func keyOf(m *Message) *waCommon.MessageKey {
	return &waCommon.MessageKey{
		RemoteJID: proto.String(m.Line.lid.String()), FromMe: proto.Bool(true), ID: proto.String(m.ID),
	}
}

// vanishing wraps a message as phones do in a chat with disappearing messages.
func vanishing(m *waE2E.Message, after time.Duration) *waE2E.Message {
	if after == 0 || m.GetProtocolMessage() != nil || m.GetEditedMessage() != nil || m.GetReactionMessage() != nil {
		return m
	}
	inner := proto.CloneOf(m)
	if text := inner.GetConversation(); text != "" {
		inner = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(text)}}
	}
	if info := contextOf(unwrap(inner)); info != nil {
		if *info == nil {
			*info = &waE2E.ContextInfo{}
		}
		(*info).Expiration = proto.Uint32(uint32(after / time.Second)) //nolint:gosec // G115: at most 90 days
	}
	return &waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: inner}}
}

// contextOf is where a message keeps its context; nil if it has no such place.
func contextOf(m *waE2E.Message) **waE2E.ContextInfo {
	switch {
	case m.ExtendedTextMessage != nil:
		return &m.ExtendedTextMessage.ContextInfo
	case m.ImageMessage != nil:
		return &m.ImageMessage.ContextInfo
	case m.DocumentMessage != nil:
		return &m.DocumentMessage.ContextInfo
	case m.AudioMessage != nil:
		return &m.AudioMessage.ContextInfo
	case m.VideoMessage != nil:
		return &m.VideoMessage.ContextInfo
	case m.StickerMessage != nil:
		return &m.StickerMessage.ContextInfo
	case m.LocationMessage != nil:
		return &m.LocationMessage.ContextInfo
	case m.ContactMessage != nil:
		return &m.ContactMessage.ContextInfo
	default:
		return nil
	}
}
