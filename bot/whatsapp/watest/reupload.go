package watest

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// reupload handles a companion that could not download a file: the sender's
// phone is asked to upload it again, and answers with its new place, or that it
// has lost it.
func (c *conn) reupload(id string, stanza *waBinary.Node) {
	rmr, _ := stanza.GetOptionalChildByTag("rmr")
	chat, _ := rmr.Attrs["jid"].(types.JID)
	owner := c.s.find(chat)
	if owner == nil || owner.person == nil {
		return
	}
	owner.person.Lock()
	m := owner.person.sent[id]
	owner.person.Unlock()
	answer := waBinary.Node{
		Tag:   "notification",
		Attrs: waBinary.Attrs{"from": c.companion.number.pn, "type": "mediaretry", "id": id, "t": unixNow()},
	}
	echo := waBinary.Node{Tag: "rmr", Attrs: waBinary.Attrs{"jid": chat, "from_me": "false"}}
	if m == nil || m.blob == nil || m.blob.plain == nil {
		const notOnPhone = "2"
		answer.Content = []waBinary.Node{echo, {Tag: "error", Attrs: waBinary.Attrs{"code": notOnPhone}}}
		c.companion.enqueue(answer)
		return
	}
	if err := checkReuploadRequest(m, stanza); err != nil {
		c.s.wrong("re-upload request for %s: %v", id, err)
		return
	}
	answer.Content = []waBinary.Node{echo, sealReupload(m, c.s.moveMedia(m.blob))}
	c.companion.enqueue(answer)
}

// moveMedia uploads a file again, whole, to a new place.
func (s *Server) moveMedia(b *blob) (path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.media, b.path)
	b.path = "/v/t62/again-" + s.nextID("m")
	b.sealed, b.status, b.times = sealMedia(b.plain, b.key, b.kind), 0, 0
	s.media[b.path] = b
	return *b.direct()
}

// reuploadKey encrypts both the request and the answer, with the message's ID as
// additional data.
func reuploadKey(b *blob) []byte {
	return must(hkdf.Key(sha256.New, b.key, nil, "WhatsApp Media Retry Notification", 32))
}

func checkReuploadRequest(m *Message, stanza *waBinary.Node) error {
	sealed, _ := stanza.GetChildByTag("encrypt", "enc_p").Content.([]byte)
	iv, _ := stanza.GetChildByTag("encrypt", "enc_iv").Content.([]byte)
	if len(iv) != 12 {
		return fmt.Errorf("an IV of %d bytes", len(iv))
	}
	plain, err := newGCM(reuploadKey(m.blob)).Open(nil, iv, sealed, []byte(m.ID))
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	request := &waMmsRetry.ServerErrorReceipt{}
	if err := proto.Unmarshal(plain, request); err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	if request.GetStanzaID() != m.ID {
		return fmt.Errorf("it names %s", request.GetStanzaID())
	}
	return nil
}

func sealReupload(m *Message, path string) waBinary.Node {
	plain := must(proto.Marshal(&waMmsRetry.MediaRetryNotification{
		StanzaID: proto.String(m.ID), DirectPath: proto.String(path),
		Result: waMmsRetry.MediaRetryNotification_SUCCESS.Enum(),
	}))
	iv := make([]byte, 12)
	_, _ = rand.Read(iv)
	return waBinary.Node{Tag: "encrypt", Content: []waBinary.Node{
		{Tag: "enc_p", Content: newGCM(reuploadKey(m.blob)).Seal(nil, iv, plain, []byte(m.ID))},
		{Tag: "enc_iv", Content: iv},
	}}
}
