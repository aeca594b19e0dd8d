package watest

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Tick is how far a message has come, as its sender's phone shows it.
type Tick int

// The ticks, in the order in which they appear.
const (
	Sent      Tick = iota // one grey tick: the server has it
	Delivered             // two grey ticks
	Read                  // two blue ticks
)

// receipt handles what the companion says about messages it got.
func (c *conn) receipt(stanza *waBinary.Node) {
	to, _ := stanza.Attrs["to"].(types.JID)
	id, _ := stanza.Attrs["id"].(string)
	kind, _ := stanza.Attrs["type"].(string)
	switch kind {
	case "retry":
		c.retry(to, id, stanza)
	case "server-error":
		c.reupload(id, stanza)
	case "read", "played":
		c.tick(to, append([]string{id}, listed(stanza)...), Read)
	case "", "inactive":
		if c.s.network.lostReceipts.take() {
			return
		}
		c.companion.done(ackKey("message", to, id, nil))
		c.tick(to, []string{id}, Delivered)
	default: // sender, peer_msg, hist_sync: about the number's own phone
		c.companion.done(ackKey("message", to, id, nil))
	}
	c.send(waBinary.Node{Tag: "ack", Attrs: waBinary.Attrs{"class": "receipt", "id": id, "from": to, "t": unixNow()}})
}

// listed returns the further IDs that one receipt speaks about.
func listed(stanza *waBinary.Node) []string {
	list, ok := stanza.GetOptionalChildByTag("list")
	if !ok {
		return nil
	}
	var ids []string
	for _, item := range list.GetChildren() {
		if id, ok := item.Attrs["id"].(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// acked handles an ack, which takes a stanza off the queue. A failed message is
// acked too: then its sender is asked to send it again.
func (c *companion) acked(stanza *waBinary.Node) {
	class, _ := stanza.Attrs["class"].(string)
	if class != "message" {
		c.done(ackKey(class, stanza.Attrs["to"], stanza.Attrs["id"], stanza.Attrs["type"]))
		return
	}
	if !c.s.network.lostReceipts.take() {
		c.done(ackKey(class, stanza.Attrs["to"], stanza.Attrs["id"], nil))
	}
}

// tick shows a person how far their messages have come.
func (c *conn) tick(who types.JID, ids []string, tick Tick) {
	owner := c.s.find(who)
	if owner == nil || owner.person == nil {
		return
	}
	owner.person.ticked(ids, tick)
}

// retry handles a companion that could not open a message: the phone it came
// from seals it anew.
func (c *conn) retry(from types.JID, id string, stanza *waBinary.Node) {
	owner := c.s.find(from)
	if owner == nil || owner.person == nil {
		return
	}
	retry, _ := stanza.GetOptionalChildByTag("retry")
	count, _ := retry.Attrs["count"].(string)
	owner.person.sendAgain(c.companion, id, count)
}

// report queues a person's receipt for a companion's message. kind is "" for
// delivered, "read", or "retry".
func (p *Person) report(c *companion, id, kind string, children ...waBinary.Node) {
	attrs := waBinary.Attrs{"from": p.lid, "id": id, "t": unixNow()}
	if kind != "" {
		attrs["type"] = kind
	}
	stanza := waBinary.Node{Tag: "receipt", Attrs: attrs}
	if len(children) > 0 {
		stanza.Content = children
	}
	c.enqueue(stanza)
}

// retryNote is what a retry receipt holds: which message, how often, and who
// asks.
func retryNote(id, count string, registration []byte) []waBinary.Node {
	return []waBinary.Node{
		{Tag: "retry", Attrs: waBinary.Attrs{"count": count, "id": id, "t": unixNow(), "v": "1"}},
		{Tag: "registration", Content: registration},
	}
}
