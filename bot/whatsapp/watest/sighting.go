package watest

import (
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Sighting is a stanza a test looks out for.
type Sighting struct {
	line    *Number
	matches func(*waBinary.Node) bool
	seen    *waBinary.Node
}

// LookOut starts to look for a stanza that the line's client sends. Begin before
// you cause it; then [Sighting.Await].
func (n *Number) LookOut(matches func(*waBinary.Node) bool) *Sighting {
	n.Lock()
	defer n.Unlock()
	sighting := &Sighting{line: n, matches: matches}
	n.sightings = append(n.sightings, sighting)
	return sighting
}

// Await waits for the stanza and returns it.
func (s *Sighting) Await() *waBinary.Node {
	s.line.s.t.Helper()
	s.line.s.await(&s.line.gate, func() bool { return s.seen != nil }, "a stanza")
	return s.seen
}

// witness looks at a stanza from the client for whoever looks out.
func (n *Number) witness(stanza *waBinary.Node) {
	n.Lock()
	defer n.Unlock()
	if stanza.Attrs["xmlns"] == "w:p" {
		n.keepalives++
	}
	if len(n.sightings) == 0 {
		return
	}
	n.sightings = slices.DeleteFunc(n.sightings, func(s *Sighting) bool {
		if !s.matches(stanza) {
			return false
		}
		s.seen = stanza
		return true
	})
	n.announce()
}

// Keepalives counts the pings of the line's client.
func (n *Number) Keepalives() int {
	n.Lock()
	defer n.Unlock()
	return n.keepalives
}
