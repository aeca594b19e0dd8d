package watest

import (
	"context"
	"maps"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// Answers is a human answering a person from the number's own phone: the person
// sees it, and our client sees that it happened. It returns the message's ID.
func (n *Number) Answers(p *Person, text string) string {
	id := n.s.nextID("3A")
	content := &waE2E.Message{Conversation: proto.String(text)}
	for _, c := range n.linked() {
		n.tell(c, id, waBinary.Attrs{"recipient": p.lid, "peer_recipient_pn": p.pn}, &waE2E.Message{
			DeviceSentMessage: &waE2E.DeviceSentMessage{DestinationJID: proto.String(p.lid.String()), Message: content},
		})
	}
	p.Lock()
	defer p.Unlock()
	reply := &Reply{ID: id, Line: n, Text: text, Message: content, person: p, sends: 1}
	p.byID[replyKey(n, id)] = reply
	p.shown = append(p.shown, reply)
	p.announce()
	return id
}

// tell sends something from the number's own phone to a linked device.
func (n *Number) tell(c *companion, id string, extra waBinary.Attrs, content *waE2E.Message) {
	n.signal.Lock()
	defer n.signal.Unlock()
	enc, err := n.signal.seal(context.Background(), c, content)
	if err != nil {
		n.s.wrong("%s's own phone can't seal: %v", n.pn.User, err)
		return
	}
	attrs := waBinary.Attrs{
		"from": n.lid, "id": id, "t": unixNow(), "type": "text", "notify": n.name, "addressing_mode": "lid",
	}
	maps.Copy(attrs, extra)
	c.enqueue(waBinary.Node{Tag: "message", Attrs: attrs, Content: []waBinary.Node{enc}})
}

// receive takes what a linked device tells the number's own phone: copies of
// what it sent, and requests.
func (n *Number) receive(from *companion, content *waE2E.Message) {
	if request := content.GetProtocolMessage().GetAppStateSyncKeyRequest(); request != nil {
		n.shareKey(from)
		return
	}
	n.Lock()
	defer n.Unlock()
	if content.GetDeviceSentMessage() != nil {
		n.echoes++
		n.announce()
	}
}

// Echoes counts the copies of our client's messages that reached the number's
// own phone, repetitions included.
func (n *Number) Echoes() int {
	n.Lock()
	defer n.Unlock()
	return n.echoes
}
