package watest

import (
	"context"
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Number is a business number: a phone, and the devices linked to it, of which
// our client is one. Make one with [Server.Number]. In tests it is "the line".
type Number struct {
	gate
	phone
	companions []*companion
	lastDevice uint16
	ringing    *pairing       // a client that waits for its code to be typed
	refused    waBinary.Attrs // of a failure, while logins are refused
	rejects    int            // the error code for every message sent, 0 for none
	window     int

	available  bool
	pushName   string // as our client announces it
	echoes     int
	keepalives int
	sightings  []*Sighting
	shared     *sharedSettings
}

// Number adds a business number, without "+". Its phone is called "Desk" until
// [Number.SetsName].
func (s *Server) Number(number string, lid ...string) *Number {
	s.t.Helper()
	n := &Number{shared: newSharedSettings("Desk")}
	n.phone = s.newPhone(number, append(lid, "")[0])
	n.name, n.number = "Desk", n
	s.register(&n.phone)
	return n
}

// linked returns the devices now linked to the number.
func (n *Number) linked() []*companion {
	n.Lock()
	defer n.Unlock()
	n.companions = slices.DeleteFunc(n.companions, func(c *companion) bool {
		c.Lock()
		defer c.Unlock()
		return c.gone
	})
	return slices.Clone(n.companions)
}

// Linked counts the devices now linked to the number.
func (n *Number) Linked() int { return len(n.linked()) }

// AwaitLinked waits until so many devices are linked to the number.
func (n *Number) AwaitLinked(devices int) {
	n.s.t.Helper()
	n.s.await(&n.gate, func() bool {
		linked := 0
		for _, c := range n.companions {
			c.Lock()
			if !c.gone {
				linked++
			}
			c.Unlock()
		}
		return linked == devices
	}, "%d devices of %s", devices, n.pn.User)
}

// ring notes that a client waits for its code to be typed.
func (n *Number) ring(p *pairing) {
	n.Lock()
	defer n.Unlock()
	n.ringing = p
	n.announce()
}

// AwaitCode waits until a client has asked this number for a pairing code.
func (n *Number) AwaitCode() {
	n.s.t.Helper()
	n.s.await(&n.gate, func() bool { return n.ringing != nil }, "a client to ask %s for a code", n.pn.User)
}

func (n *Number) refuse(attrs waBinary.Attrs) {
	n.Lock()
	defer n.Unlock()
	n.refused = attrs
}

func (n *Number) refusal() waBinary.Attrs {
	n.Lock()
	defer n.Unlock()
	return n.refused
}

// device waits for a device to be linked and returns the latest.
func (n *Number) device() *companion {
	n.s.t.Helper()
	var latest *companion
	n.s.await(&n.gate, func() bool {
		if len(n.companions) == 0 {
			return false
		}
		latest = n.companions[len(n.companions)-1]
		return true
	}, "a device to be linked to %s", n.pn.User)
	return latest
}

// AwaitOnline waits until the device linked last is logged in and asks for
// messages.
func (n *Number) AwaitOnline() {
	n.s.t.Helper()
	c := n.device()
	n.s.await(&c.gate, func() bool { return c.active }, "%s to be online", n.pn.User)
}

// AwaitOffline waits until the device linked last has no connection.
func (n *Number) AwaitOffline() {
	n.s.t.Helper()
	c := n.device()
	n.s.await(&c.gate, func() bool { return c.conn == nil }, "%s to be offline", n.pn.User)
}

// AwaitLogins waits until the device linked last has logged in n times in all.
func (n *Number) AwaitLogins(times int) {
	n.s.t.Helper()
	c := n.device()
	n.s.await(&c.gate, func() bool { return c.logins >= times && c.active }, "login %d of %s", times, n.pn.User)
}

// Logins counts the logins of the device linked last.
func (n *Number) Logins() int {
	n.s.t.Helper()
	c := n.device()
	c.Lock()
	defer c.Unlock()
	return c.logins
}

// TellsIdentity has the server tell every line that this number's own phone has
// another identity key.
func (n *Number) TellsIdentity() { n.s.tellIdentity(n.lid) }

// Online says whether the device linked last is logged in and asks for messages.
func (n *Number) Online() bool {
	n.s.t.Helper()
	c := n.device()
	c.Lock()
	defer c.Unlock()
	return c.active
}

// Unacked counts the messages queued for the number's devices: not yet
// delivered, or not yet acknowledged.
func (n *Number) Unacked() int {
	total := 0
	for _, c := range n.linked() {
		c.Lock()
		total += c.messages
		c.Unlock()
	}
	return total
}

// AwaitAllAcked waits until no message is queued any more.
func (n *Number) AwaitAllAcked() {
	n.s.t.Helper()
	for _, c := range n.linked() {
		n.s.await(&c.gate, func() bool { return c.messages == 0 }, "all messages to be acknowledged")
	}
}

// AwaitUnackedBelow waits until fewer than limit messages are queued: a load
// test's way not to run ahead. The context bounds the wait; the error is its.
func (n *Number) AwaitUnackedBelow(ctx context.Context, limit int) error {
	for _, c := range n.linked() {
		if err := c.await(ctx, func() bool { return c.messages < limit }); err != nil {
			return err
		}
	}
	return nil
}

// SetWindow bounds how many stanzas are on their way to each device before the
// server waits for acknowledgements; 0, as it is to begin with, means any
// number. whatsmeow loses the order when more than 2,048 wait in its own queue.
func (n *Number) SetWindow(stanzas int) {
	n.Lock()
	n.window = stanzas
	n.Unlock()
	for _, c := range n.linked() {
		c.Lock()
		c.window = stanzas
		c.pump()
		c.Unlock()
	}
}

// Duplicate has the network deliver each of the next n messages to the number's
// devices twice in a row.
func (s *Server) Duplicate(line *Number, n int) {
	for _, c := range line.linked() {
		c.Lock()
		c.duplicates = n
		c.Unlock()
	}
}

// OneTimeKeys counts the one-time keys left of the device linked last.
func (n *Number) OneTimeKeys() int {
	n.s.t.Helper()
	c := n.device()
	c.Lock()
	defer c.Unlock()
	return len(c.keys.oneTime)
}

// Available says whether our client shows itself as online, and under which
// name.
func (n *Number) Available() (name string, online bool) {
	n.Lock()
	defer n.Unlock()
	return n.pushName, n.available
}

// AwaitAvailable waits until our client shows itself as online.
func (n *Number) AwaitAvailable() {
	n.s.t.Helper()
	n.s.await(&n.gate, func() bool { return n.available }, "%s to show itself online", n.pn.User)
}

func (n *Number) present(stanza *waBinary.Node) {
	n.Lock()
	defer n.Unlock()
	switch stanza.Attrs["type"] {
	case "available":
		n.available = true
		n.pushName, _ = stanza.Attrs["name"].(string)
	case "unavailable":
		n.available = false
	}
	n.announce()
}
