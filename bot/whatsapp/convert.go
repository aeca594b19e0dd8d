package whatsapp

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/dialog"
)

// heard is what an event from WhatsApp means to us.
type heard struct {
	kind hearing
	chat types.JID    // where an answer would go
	in   dialog.Input // kinds said and other: without Line, Transport, At and Seed; otherwise From and Phone alone
	// album and of announce an album (kind album).
	album string
	of    int
	// expires is how long the chat's messages stay, where the message tells (told).
	expires time.Duration
	told    bool
}

// hearing is a kind of event.
type hearing int

const (
	silence  hearing = iota // not for us, or nothing to say to
	said                    // a person wrote something or sent a file
	other                   // a person sent what we cannot read
	album                   // files are about to come
	expiry                  // somebody changed how long messages stay
	ownPhone                // a person of ours wrote from the number's phone
)

// ref is what dialog.Media.Ref holds of a file: all that fetching it takes, also after a restart.
type ref struct {
	Line string `json:"line"`
	Chat string `json:"chat"`
	ID   string `json:"id"`
	Kind string `json:"kind"` // whatsmeow's media type
	Path string `json:"path"`
	Key  []byte `json:"key"`
	Enc  []byte `json:"enc"`
	Sum  []byte `json:"sum"`
	Size uint64 `json:"size"`
}

func (r ref) encode() string {
	plain, _ := json.Marshal(r) // of strings, bytes and a number: cannot fail
	return base64.RawURLEncoding.EncodeToString(plain)
}

func decodeRef(s string) (r ref, err error) {
	plain, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(plain, &r)
}

// convert says what a message is to us. It is pure.
func convert(line string, e *events.Message) heard {
	if skipped(e.Info.MessageSource) {
		return heard{}
	}
	h := heard{chat: e.Info.Chat.ToNonAD()}
	from, phone := person(e.Info.MessageSource)
	h.in.From, h.in.Phone = from, international(phone)
	if h.in.From == "" {
		return heard{}
	}
	m := unwrap(e.RawMessage)
	if m == nil {
		m = unwrap(e.Message)
	}
	if m == nil {
		return heard{}
	}
	if e.Info.IsFromMe {
		if wrote(m) {
			h.kind = ownPhone
		}
		return h
	}
	if seconds, ok := expiration(m); ok {
		h.expires, h.told = time.Duration(seconds)*time.Second, true
	}
	h.in.ID, h.in.Kind = e.Info.ID, dialog.Message
	h.read(line, m, e.Info)
	return h
}

// skipped reports what is nobody writing to us: groups, statuses, newsletters, broadcasts, WhatsApp's own notices.
func skipped(src types.MessageSource) bool {
	if src.IsGroup || src.Chat.IsBot() || src.Sender.IsBot() || src.Chat.User == "" || src.Chat.User == "0" {
		return true
	}
	switch src.Chat.Server {
	case types.DefaultUserServer, types.HiddenUserServer, types.HostedServer, types.HostedLIDServer, types.LegacyUserServer:
		return false
	}
	return true
}

// person gives the other side of a chat: their canonical address, which is the LID where one is known, and their
// telephone number as an attribute, "" where WhatsApp does not tell it.
func person(src types.MessageSource) (from, phone string) {
	jids := []types.JID{src.Sender, src.SenderAlt}
	if src.IsFromMe {
		jids = []types.JID{src.Chat, src.RecipientAlt}
	}
	for _, jid := range jids {
		switch jid.Server {
		case types.HiddenUserServer, types.HostedLIDServer:
			from = address(jid)
		case types.DefaultUserServer, types.HostedServer, types.LegacyUserServer:
			phone = address(jid)
		}
	}
	if from == "" {
		from = phone
	}
	return from, phone
}

// international writes a number's digits as inputs have it.
func international(digits string) string {
	if digits == "" {
		return ""
	}
	return "+" + digits
}

// address is how we write a JID: "123@lid", or a telephone number's digits.
func address(jid types.JID) string {
	switch jid.Server {
	case types.HiddenUserServer, types.HostedLIDServer:
		return jid.User + "@" + types.HiddenUserServer
	case types.DefaultUserServer, types.HostedServer, types.LegacyUserServer:
		return jid.User
	}
	return ""
}

// jidOf is the reverse of address; ok is false for what is none.
func jidOf(address string) (jid types.JID, ok bool) {
	user, lid := strings.CutSuffix(address, "@"+types.HiddenUserServer)
	if user == "" || strings.Trim(user, "0123456789") != "" {
		return types.EmptyJID, false
	}
	if lid {
		return types.NewJID(user, types.HiddenUserServer), true
	}
	return types.NewJID(user, types.DefaultUserServer), true
}

// unwrap takes a message out of its wrappers, in whatever order they are.
func unwrap(m *waE2E.Message) *waE2E.Message {
	for range 8 { // deeper than any phone wraps
		inner := m.GetDeviceSentMessage().GetMessage()
		for _, w := range []*waE2E.FutureProofMessage{
			m.GetEphemeralMessage(), m.GetViewOnceMessage(), m.GetViewOnceMessageV2(),
			m.GetViewOnceMessageV2Extension(), m.GetDocumentWithCaptionMessage(), m.GetEditedMessage(),
			m.GetSpoilerMessage(), m.GetGroupMentionedMessage(), m.GetBotForwardedMessage(),
		} {
			if w.GetMessage() != nil {
				inner = w.GetMessage()
			}
		}
		if inner == nil {
			return m
		}
		if inner.MessageContextInfo == nil {
			inner.MessageContextInfo = m.GetMessageContextInfo()
		}
		m = inner
	}
	return nil
}

// read sorts a message by what it holds.
func (h *heard) read(line string, m *waE2E.Message, info types.MessageInfo) {
	if p := m.GetProtocolMessage(); p != nil {
		h.protocol(p)
		return
	}
	if s := m.GetSecretEncryptedMessage(); s != nil { // one that could not be opened
		if s.GetSecretEncType() == waE2E.SecretEncryptedMessage_MESSAGE_EDIT {
			h.edit(s.GetTargetMessageKey().GetID(), nil)
		}
		return
	}
	if a := m.GetAlbumMessage(); a != nil {
		h.kind, h.album = album, info.ID
		h.of = int(a.GetExpectedImageCount()) // videos are not taken
		return
	}
	if words := written(m); words != "" {
		h.kind, h.in.Text = said, words
		return
	}
	if h.file(line, m, info) {
		return
	}
	h.in.Unread = unreadable(m)
	if h.in.Unread != "" {
		h.kind = other
	}
}

// protocol reads what is about messages rather than one.
func (h *heard) protocol(p *waE2E.ProtocolMessage) {
	switch p.GetType() {
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		h.edit(p.GetKey().GetID(), unwrap(p.GetEditedMessage()))
	case waE2E.ProtocolMessage_EPHEMERAL_SETTING:
		h.kind, h.told = expiry, true
		h.expires = time.Duration(p.GetEphemeralExpiration()) * time.Second
	default: // a revoke takes nothing back here: what was answered was answered
	}
}

// edit reads the change of an earlier message; m is what that says now, nil where it cannot be read.
func (h *heard) edit(id string, m *waE2E.Message) {
	if id == "" {
		return
	}
	h.kind, h.in.Edits = said, id
	h.in.Text = cmp.Or(written(m), m.GetImageMessage().GetCaption(), m.GetDocumentMessage().GetCaption())
}

// written gives the words of a message that is nothing but words, also those of a button or list that another program
// showed.
func written(m *waE2E.Message) string {
	for _, words := range []string{
		m.GetConversation(),
		m.GetExtendedTextMessage().GetText(),
		m.GetButtonsResponseMessage().GetSelectedDisplayText(),
		m.GetTemplateButtonReplyMessage().GetSelectedDisplayText(),
		m.GetListResponseMessage().GetTitle(),
		m.GetInteractiveResponseMessage().GetBody().GetText(),
	} {
		if words != "" {
			return words
		}
	}
	return ""
}

// downloadable is what images and documents have in common.
type downloadable interface {
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileEncSHA256() []byte
	GetFileSHA256() []byte
	GetFileLength() uint64
	GetMimetype() string
}

// file reads an image or a document with its caption.
func (h *heard) file(line string, m *waE2E.Message, info types.MessageInfo) bool {
	var d downloadable
	var kind whatsmeow.MediaType
	var name string
	switch {
	case m.GetImageMessage() != nil:
		d, kind = m.GetImageMessage(), whatsmeow.MediaImage
		h.in.Text = m.GetImageMessage().GetCaption()
	case m.GetDocumentMessage() != nil:
		d, kind = m.GetDocumentMessage(), whatsmeow.MediaDocument
		h.in.Text, name = m.GetDocumentMessage().GetCaption(), m.GetDocumentMessage().GetFileName()
		if h.in.Text == name { // some phones repeat the name as the caption
			h.in.Text = ""
		}
	default:
		return false
	}
	r := ref{
		Line: line, Chat: info.Chat.ToNonAD().String(), ID: info.ID, Kind: string(kind), Path: d.GetDirectPath(),
		Key: d.GetMediaKey(), Enc: d.GetFileEncSHA256(), Sum: d.GetFileSHA256(), Size: d.GetFileLength(),
	}
	h.kind = said
	h.in.Media = &dialog.Media{
		Ref: r.encode(), Name: name, MIME: d.GetMimetype(), Bytes: int64(min(r.Size, 1<<40)),
	}
	if a := m.GetMessageContextInfo().GetMessageAssociation(); a.GetAssociationType() == waE2E.MessageAssociation_MEDIA_ALBUM {
		h.in.Media.Album = a.GetParentMessageKey().GetID()
	}
	return true
}

// unreadable names what cannot be taken, as dialog.Input.Unread does; "" where silence is better.
func unreadable(m *waE2E.Message) string {
	switch {
	case m.GetAudioMessage() != nil:
		return "voice"
	case m.GetVideoMessage() != nil, m.GetPtvMessage() != nil:
		return "video"
	case m.GetLocationMessage() != nil, m.GetLiveLocationMessage() != nil:
		return "location"
	case m.GetContactMessage() != nil, m.GetContactsArrayMessage() != nil:
		return "contact"
	case m.GetPollCreationMessage() != nil, m.GetPollCreationMessageV2() != nil, m.GetPollCreationMessageV3() != nil,
		m.GetPollCreationMessageV5() != nil, m.GetPollCreationMessageV6() != nil:
		return "poll"
	case m.GetGroupInviteMessage() != nil, m.GetProductMessage() != nil, m.GetOrderMessage() != nil,
		m.GetEventMessage() != nil, m.GetSendPaymentMessage() != nil, m.GetRequestPaymentMessage() != nil,
		m.GetInteractiveMessage() != nil, m.GetTemplateMessage() != nil, m.GetListMessage() != nil,
		m.GetButtonsMessage() != nil:
		return "unknown"
	}
	return "" // stickers, reactions, votes, pins, calls' traces, keys, and what is not invented yet
}

// wrote reports that a message shows something to the other side: a person of ours is in the chat.
func wrote(m *waE2E.Message) bool {
	return written(m) != "" || m.GetImageMessage() != nil || m.GetDocumentMessage() != nil || m.GetAudioMessage() != nil ||
		m.GetVideoMessage() != nil || m.GetLocationMessage() != nil || m.GetContactMessage() != nil ||
		m.GetStickerMessage() != nil || m.GetPtvMessage() != nil
}

// expiration gives how many seconds a chat's messages stay, where the message tells.
func expiration(m *waE2E.Message) (seconds uint32, ok bool) {
	for _, c := range []*waE2E.ContextInfo{
		m.GetExtendedTextMessage().GetContextInfo(), m.GetImageMessage().GetContextInfo(),
		m.GetDocumentMessage().GetContextInfo(), m.GetAudioMessage().GetContextInfo(),
		m.GetVideoMessage().GetContextInfo(), m.GetStickerMessage().GetContextInfo(),
	} {
		if c != nil {
			return c.GetExpiration(), true
		}
	}
	// A plain Conversation cannot say: phones use it only where messages stay.
	return 0, m.GetConversation() != ""
}
