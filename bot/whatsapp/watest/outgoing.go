package watest

import (
	"errors"
	"strconv"

	"go.mau.fi/libsignal/signalerror"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// accept takes a message from the companion: each phone addressed gets its
// ciphertext, then the companion gets its ack. The network may lose either.
func (c *conn) accept(stanza *waBinary.Node) {
	if c.s.network.lostSends.take() {
		return
	}
	to, _ := stanza.Attrs["to"].(types.JID)
	id, _ := stanza.Attrs["id"].(string)
	ack := waBinary.Attrs{"class": "message", "id": id, "from": to, "t": unixNow()}
	if code := c.companion.number.rejection(); code != 0 && to.ToNonAD() != c.companion.jid.ToNonAD() {
		ack["error"] = strconv.Itoa(code)
		c.send(waBinary.Node{Tag: "ack", Attrs: ack})
		return
	}
	// GetChildByTag returns the parent itself when there is no such child, hence the Optional variant.
	if participants, ok := stanza.GetOptionalChildByTag("participants"); ok {
		for _, participant := range participants.GetChildren() {
			jid, _ := participant.Attrs["jid"].(types.JID)
			c.deliver(jid, id, participant.GetChildByTag("enc"))
		}
	}
	for _, enc := range stanza.GetChildrenByTag("enc") { // a retry for one device, or a message to the own phone
		c.deliver(to, id, enc)
	}
	if !c.s.network.lostAcks.take() {
		c.send(waBinary.Node{Tag: "ack", Attrs: ack})
	}
}

// deliver hands one ciphertext to the phone it is for.
func (c *conn) deliver(to types.JID, id string, enc waBinary.Node) {
	target := c.s.find(to)
	if target == nil || to.Device != 0 {
		return
	}
	message, err := target.signal.open(c.ctx, c.companion.lid, enc)
	switch {
	case err == nil && target.person != nil:
		target.person.receive(c.companion, id, message)
	case err == nil:
		target.number.receive(c.companion, message)
	case target.person != nil && target.person.repeated(c.companion, id), errors.Is(err, signalerror.ErrOldCounter):
		// The very same ciphertext again, as whatsmeow resends it after a reconnect: a phone drops it silently.
	case target.person == nil:
		c.s.wrong("the number's own phone can't open %s: %v", id, err)
	default:
		target.person.cannotOpen(c.companion, id, err)
	}
}

// RejectSends answers every message from the line with an error code instead of
// delivering it, until RejectSends(line, 0). 463 is what a timelocked account
// gets; see [Server.Timelock].
func (s *Server) RejectSends(line *Number, code int) {
	line.Lock()
	defer line.Unlock()
	line.rejects = code
}

func (n *Number) rejection() int {
	n.Lock()
	defer n.Unlock()
	return n.rejects
}
