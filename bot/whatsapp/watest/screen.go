package watest

import (
	"context"
	"encoding/binary"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// receive takes a message that the phone could open, and shows it unless it
// shows that ID already.
func (p *Person) receive(from *companion, id string, content *waE2E.Message) {
	p.Lock()
	p.arrived++
	reply := p.byID[replyKey(from.number, id)]
	if reply == nil {
		reply = newReply(p, from, id, content)
		p.byID[replyKey(from.number, id)] = reply
		p.shown = append(p.shown, reply)
	} else if !proto.Equal(withoutSecret(reply.Message), withoutSecret(content)) {
		reply.changed = true
	}
	reply.sends++
	quiet := p.quiet
	p.announce()
	p.Unlock()
	if !quiet {
		p.report(from, id, "")
	}
}

// replyKey tells messages apart as a phone does: by chat and ID.
func replyKey(line *Number, id string) string { return line.lid.User + " " + id }

// withoutSecret is a message without what whatsmeow makes up for each sending.
func withoutSecret(m *waE2E.Message) *waE2E.Message {
	if m.GetMessageContextInfo() == nil {
		return m
	}
	m = proto.CloneOf(m)
	m.MessageContextInfo = nil
	return m
}

// repeated counts a ciphertext that came before; false if its ID never did.
func (p *Person) repeated(from *companion, id string) bool {
	p.Lock()
	defer p.Unlock()
	reply := p.byID[replyKey(from.number, id)]
	if reply == nil {
		return false
	}
	p.arrived++
	reply.sends++
	p.announce()
	return true
}

// cannotOpen asks for a message again, as phones do, three times at most.
func (p *Person) cannotOpen(from *companion, id string, cause error) {
	p.Lock()
	p.failed[id]++
	count := p.failed[id]
	p.Unlock()
	if count > 3 {
		p.s.wrong("%s's phone can't open %s: %v", p.name, id, cause)
		return
	}
	p.report(from, id, "retry", retryNote(id, strconv.Itoa(count), p.registration())...)
}

func (p *Person) registration() []byte {
	return binary.BigEndian.AppendUint32(nil, p.signal.device.RegistrationID)
}

// Reads waits for the next message the phone shows, opens it (the sender sees
// blue ticks) and returns it. It fails the test if none comes in time.
func (p *Person) Reads() *Reply {
	p.s.t.Helper()
	ctx, cancel := p.s.within()
	defer cancel()
	reply, err := p.TryReads(ctx)
	if err != nil {
		p.s.t.Fatalf("watest: %s waited in vain for a message: %v", p.describe(), err)
	}
	return reply
}

// TryReads is [Person.Reads] with the caller's deadline and the error returned,
// for goroutines other than the test's own.
func (p *Person) TryReads(ctx context.Context) (*Reply, error) {
	var reply *Reply
	err := p.await(ctx, func() bool {
		if p.read == len(p.shown) {
			return false
		}
		reply = p.shown[p.read]
		p.read++
		return true
	})
	if err != nil {
		return nil, err
	}
	if !p.quiet && reply.from != nil { // nil: a human answered from the phone
		p.report(reply.from, reply.ID, "read")
	}
	return reply, nil
}

// ReadsUntil reads messages until one satisfies enough, and returns them all.
func (p *Person) ReadsUntil(enough func(*Reply) bool) []*Reply {
	p.s.t.Helper()
	var replies []*Reply
	for {
		reply := p.Reads()
		replies = append(replies, reply)
		if enough(reply) {
			return replies
		}
	}
}

// Shown returns every message the phone has shown, oldest first, read or not.
func (p *Person) Shown() []*Reply {
	p.Lock()
	defer p.Unlock()
	return append([]*Reply(nil), p.shown...)
}

// Unread returns the messages not read yet.
func (p *Person) Unread() []*Reply {
	p.Lock()
	defer p.Unlock()
	return append([]*Reply(nil), p.shown[p.read:]...)
}

// Arrived counts every message that reached the phone, repetitions of an ID
// included.
func (p *Person) Arrived() int {
	p.Lock()
	defer p.Unlock()
	return p.arrived
}

// AwaitArrived waits until n messages have reached the phone, repetitions
// included.
func (p *Person) AwaitArrived(n int) {
	p.s.t.Helper()
	p.s.await(&p.gate, func() bool { return p.arrived >= n }, "%d messages for %s", n, p.describe())
}

// AwaitTyping waits until the line has shown "typing…" to this person for the
// n-th time.
func (p *Person) AwaitTyping(n int) {
	p.s.t.Helper()
	p.s.await(&p.gate, func() bool { return p.typing >= n }, "%s to see typing", p.describe())
}

// CannotOpen has the phone report that it could not open a message, as phones do
// that lost a session: our client must seal it anew under the same ID.
func (p *Person) CannotOpen(reply *Reply) {
	p.report(reply.from, reply.ID, "retry", retryNote(reply.ID, "1", p.registration())...)
}

// typing shows "typing…" on the phone of whom the companion addresses.
func (c *conn) typing(stanza *waBinary.Node) {
	if _, composing := stanza.GetOptionalChildByTag("composing"); !composing {
		return
	}
	jid, _ := stanza.Attrs["to"].(types.JID)
	if owner := c.s.find(jid); owner != nil && owner.person != nil {
		owner.person.Lock()
		owner.person.typing++
		owner.person.announce()
		owner.person.Unlock()
	}
}
