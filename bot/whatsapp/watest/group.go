package watest

import (
	"context"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// SendsToGroup writes in a group that the line is in; group is its ID without
// the server ("120363040000000001").
func (p *Person) SendsToGroup(line *Number, group, text string) *Message {
	p.s.t.Helper()
	return p.sendToMany(line, types.NewJID(group, types.GroupServer), text)
}

// PostsStatus publishes a status that the line may see.
func (p *Person) PostsStatus(line *Number, text string) *Message {
	p.s.t.Helper()
	return p.sendToMany(line, types.StatusBroadcastJID, text)
}

// sendToMany sends a text sealed with a sender key, and that key sealed for each
// device, in one stanza.
func (p *Person) sendToMany(line *Number, group types.JID, text string) *Message {
	m := &Message{ID: p.newID(), From: p, Line: line, Content: &waE2E.Message{Conversation: proto.String(text)}}
	ctx := context.Background()
	p.signal.Lock()
	defer p.signal.Unlock()
	for _, c := range line.linked() {
		key, sealed, err := p.signal.sealGroup(ctx, group, p.lid, m.Content)
		if err != nil {
			p.s.wrong("%s's phone can't seal for %s: %v", p.describe(), group, err)
			return m
		}
		distribution, err := p.signal.seal(ctx, c, &waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{
			GroupID: proto.String(group.String()), AxolotlSenderKeyDistributionMessage: key,
		}})
		if err != nil {
			p.s.wrong("%s's phone can't seal for %s: %v", p.describe(), c.jid, err)
			return m
		}
		attrs := waBinary.Attrs{
			"from": group, "participant": p.lid, "addressing_mode": "lid",
			"id": m.ID, "t": unixNow(), "type": "text", "notify": p.name,
		}
		if p.pn.User != "" {
			attrs["participant_pn"] = p.pn
		}
		stanza := waBinary.Node{Tag: "message", Attrs: attrs, Content: []waBinary.Node{distribution, sealed}}
		p.Lock()
		m.copies = append(m.copies, copied{c, stanza})
		p.Unlock()
		c.enqueue(stanza)
	}
	return m
}

// PostsToChannel publishes in a newsletter the line follows; channel is its ID
// without the server. It returns the post's ID.
func (s *Server) PostsToChannel(line *Number, channel, text string) string {
	id := s.nextID("POST")
	plain := must(proto.Marshal(&waE2E.Message{Conversation: proto.String(text)}))
	for _, c := range line.linked() {
		c.enqueue(waBinary.Node{
			Tag: "message",
			Attrs: waBinary.Attrs{
				"from": types.NewJID(channel, types.NewsletterServer), "id": id, "server_id": "101", "t": unixNow(), "type": "text",
			},
			Content: []waBinary.Node{{Tag: "plaintext", Content: plain}},
		})
	}
	return id
}
