package watest

import (
	"context"
	"maps"
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// Message is something a person sent to a line.
type Message struct {
	ID      string
	From    *Person
	Line    *Number
	Content *waE2E.Message

	kind   waBinary.Attrs // type and edit, as on the wire
	blob   *blob          // the file, if it has one
	device uint16         // of the sender

	copies []copied // one for each device linked to the line
	tick   Tick
}

// copied is a message sealed for one companion.
type copied struct {
	to     *companion
	stanza waBinary.Node
}

// send seals a message for each device of the line and queues it.
func (p *Person) send(m *Message) *Message {
	p.s.t.Helper()
	m.From = p
	if m.ID == "" {
		m.ID = p.newID()
	}
	p.Lock()
	m.device = p.device
	m.Content = vanishing(m.Content, p.vanish)
	if p.edits == EditSealed && m.Content.MessageContextInfo == nil {
		m.Content.MessageContextInfo = secret()
	}
	p.sent[m.ID] = m
	p.Unlock()
	for _, c := range m.Line.linked() {
		p.sealFor(c, m, nil)
	}
	return m
}

// newID makes a message ID that looks like an Android phone's.
func (p *Person) newID() string {
	const digits = "0123456789ABCDEF"
	id := []byte("AC00000000000000000000000000000F")
	for n, i := p.s.ids.Add(1), len(id)-2; n > 0; n, i = n/16, i-1 {
		id[i] = digits[n%16]
	}
	return string(id)
}

// sealFor seals a message for one companion and queues it. The phone stays
// locked for both, so that ciphertexts are queued in the order of the ratchet.
// spoil, if set, changes the ciphertext on its way.
func (p *Person) sealFor(c *companion, m *Message, spoil func(*waBinary.Node)) {
	keys := p.keysOf(m.device)
	keys.Lock()
	defer keys.Unlock()
	enc, err := keys.seal(context.Background(), c, m.Content)
	if err != nil {
		p.s.wrong("%s's phone can't seal for %s: %v", p.describe(), c.jid, err)
		return
	}
	if spoil != nil {
		spoil(&enc)
	}
	stanza := waBinary.Node{Tag: "message", Attrs: p.envelope(m), Content: []waBinary.Node{enc}}
	p.Lock()
	m.copies = append(m.copies, copied{c, stanza})
	p.Unlock()
	c.enqueue(stanza)
}

// envelope is what the server writes on a message.
func (p *Person) envelope(m *Message) waBinary.Attrs {
	attrs := waBinary.Attrs{"id": m.ID, "t": unixNow(), "type": "text"}
	if p.name != "" {
		attrs["notify"] = p.name
	}
	p.Lock()
	defer p.Unlock()
	maps.Copy(attrs, p.sender(m.device))
	maps.Copy(attrs, m.kind)
	return attrs
}

// sender names the person as the server does at present. The person must be
// locked.
func (p *Person) sender(device uint16) waBinary.Attrs {
	pn, lid := p.pn, p.lid
	pn.Device, lid.Device = device, device
	switch {
	case p.addressing == AsNumber:
		return waBinary.Attrs{"from": pn, "sender_lid": p.lid}
	case p.addressing == AsNumberOnly:
		return waBinary.Attrs{"from": pn}
	case p.addressing == AsLIDOnly || p.pn.User == "":
		return waBinary.Attrs{"from": lid, "addressing_mode": "lid"}
	default:
		return waBinary.Attrs{"from": lid, "sender_pn": p.pn, "addressing_mode": "lid"}
	}
}

// sendAgain answers a retry receipt: the same message, sealed in a new session.
func (p *Person) sendAgain(c *companion, id, count string) {
	p.Lock()
	m := p.sent[id]
	p.Unlock()
	if m == nil {
		return // forgotten, as phones do in the end
	}
	keys := p.keysOf(m.device)
	keys.Lock()
	keys.forget(c)
	keys.Unlock()
	p.sealFor(c, m, func(enc *waBinary.Node) { enc.Attrs["count"] = count })
}

// ticked notes how far messages have come.
func (p *Person) ticked(ids []string, tick Tick) {
	p.Lock()
	defer p.Unlock()
	for _, id := range ids {
		if m := p.sent[id]; m != nil {
			m.tick = max(m.tick, tick)
		}
	}
	p.announce()
}

// Acked says whether the line's devices have taken responsibility for the
// message: it has left the queue and will not come again.
func (m *Message) Acked() bool {
	m.From.Lock()
	copies := slices.Clone(m.copies)
	m.From.Unlock()
	return !slices.ContainsFunc(copies, func(one copied) bool {
		one.to.Lock()
		defer one.to.Unlock()
		return one.to.waiting(stanzaKey(one.stanza))
	})
}

// AwaitAcked waits for [Message.Acked].
func (m *Message) AwaitAcked() {
	s := m.From.s
	s.t.Helper()
	m.From.Lock()
	copies := slices.Clone(m.copies)
	m.From.Unlock()
	for _, one := range copies {
		key := stanzaKey(one.stanza)
		s.await(&one.to.gate, func() bool { return !one.to.waiting(key) }, "message %s to be acknowledged", m.ID)
	}
}

// Tick is what the sender's phone shows beside the message.
func (m *Message) Tick() Tick {
	m.From.Lock()
	defer m.From.Unlock()
	return m.tick
}

// AwaitTick waits until the message has come at least that far.
func (m *Message) AwaitTick(tick Tick) {
	s := m.From.s
	s.t.Helper()
	s.await(&m.From.gate, func() bool { return m.tick >= tick }, "tick %d beside message %s", tick, m.ID)
}

// Redeliver delivers a message again, in the very same ciphertext, as the server
// does when an acknowledgement was lost.
func (s *Server) Redeliver(m *Message) {
	m.From.Lock()
	copies := slices.Clone(m.copies)
	m.From.Unlock()
	for _, one := range copies {
		one.to.enqueue(one.stanza)
	}
}

// Reencrypt has the sender's phone send a message again under the same ID but in
// a new ciphertext, as phones do that think it was not delivered.
func (s *Server) Reencrypt(m *Message) {
	for _, c := range m.Line.linked() {
		m.From.sealFor(c, m, nil)
	}
}
