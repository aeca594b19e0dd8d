package watest

import (
	"crypto/rand"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// EditForm is how a phone puts an edit on the wire.
type EditForm int

// The forms of edits; phones have sealed theirs since 2026.
const (
	EditWrapped EditForm = iota // a protocol message in the wrapper for edits
	EditOpen                    // the protocol message alone
	EditSealed                  // sealed under the secret of the message it changes
)

// EditsAs changes how the person's phone puts edits on the wire from now on. With EditSealed its messages carry a secret
// each; a sealed edit of one that was sent before cannot be opened.
func (p *Person) EditsAs(form EditForm) {
	p.Lock()
	defer p.Unlock()
	p.edits = form
}

// Edits changes the text of a message the person sent. The edit is a message of
// its own that names the other.
func (p *Person) Edits(m *Message, text string) *Message {
	p.s.t.Helper()
	p.Lock()
	form := p.edits
	p.Unlock()
	content := &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: keyOf(m),
		EditedMessage: &waE2E.Message{Conversation: proto.String(text)},
		TimestampMS:   proto.Int64(time.Now().UnixMilli()),
	}}
	switch form {
	case EditWrapped:
		content = &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: content}}
	case EditSealed:
		content = p.sealEdit(m, content)
	case EditOpen:
	}
	return p.send(&Message{Line: m.Line, kind: waBinary.Attrs{"edit": "1"}, Content: content})
}

// sealEdit seals an edit as WhatsApp Web does: AES-GCM without additional data, under a key made of the changed
// message's secret, its ID, its sender, the editor and the use.
func (p *Person) sealEdit(m *Message, edit *waE2E.Message) *waE2E.Message {
	plain, err := proto.Marshal(edit)
	if err != nil {
		p.s.t.Fatalf("watest: %v", err)
	}
	who := p.lid.String()
	use := []byte(m.ID + who + who + "Message Edit")
	iv := make([]byte, 12)
	_, _ = rand.Read(iv)
	sealed, err := gcmutil.Encrypt(hkdfutil.SHA256(m.Content.GetMessageContextInfo().GetMessageSecret(), nil, use, 32), iv, plain, nil)
	if err != nil {
		p.s.t.Fatalf("watest: %v", err)
	}
	return &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{
		TargetMessageKey: keyOf(m), EncPayload: sealed, EncIV: iv,
		SecretEncType: waE2E.SecretEncryptedMessage_MESSAGE_EDIT.Enum(),
	}}
}

// secret is a message's secret, for what may be sealed under it later.
func secret() *waE2E.MessageContextInfo {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return &waE2E.MessageContextInfo{MessageSecret: key}
}
