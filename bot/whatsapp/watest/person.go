package watest

import (
	"maps"
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Addressing is how the server names a person to our client.
type Addressing int

// The ways in which people arrive.
const (
	AsLID        Addressing = iota // from their LID, with the number beside it: the usual way
	AsNumber                       // from their number, with the LID beside it: the old way
	AsLIDOnly                      // from their LID, the number kept secret
	AsNumberOnly                   // from their number, no LID named
)

// Person is somebody with a phone. Make one with [Server.Person].
type Person struct {
	gate
	phone
	addressing Addressing
	vanish     time.Duration // disappearing messages
	edits      EditForm
	quiet      bool   // no delivery receipts
	device     uint16 // from which the person writes at present
	others     map[uint16]*signal

	shown   []*Reply
	read    int               // how many of shown were read
	byID    map[string]*Reply // by chat and ID
	sent    map[string]*Message
	typing  int
	failed  map[string]int // messages the phone could not open, and how often it asked again
	arrived int            // messages of any kind, repetitions included
}

// PersonOption changes a person from the usual.
type PersonOption func(*Person, *personSetup)

type personSetup struct{ lid string }

// LID sets the person's LID; otherwise one is made up.
func LID(user string) PersonOption {
	return func(_ *Person, setup *personSetup) { setup.lid = user }
}

// Named sets the name the phone sends along (the push name).
func Named(name string) PersonOption {
	return func(p *Person, _ *personSetup) { p.name = name }
}

// Arrives sets how the server names the person; see [Person.ArrivesAs].
func Arrives(as Addressing) PersonOption {
	return func(p *Person, _ *personSetup) { p.addressing = as }
}

// WithoutReceipts makes the phone never report a message as delivered, which
// spares load tests the traffic.
func WithoutReceipts() PersonOption {
	return func(p *Person, _ *personSetup) { p.quiet = true }
}

// Person adds somebody with a phone. number is without "+"; leave it empty for
// someone whose number the server tells nobody, ever.
func (s *Server) Person(number string, options ...PersonOption) *Person {
	s.t.Helper()
	p := &Person{}
	var setup personSetup
	if number == "" {
		p.addressing = AsLIDOnly
	}
	for _, option := range options {
		option(p, &setup)
	}
	name := p.name
	p.phone = s.newPhone(number, setup.lid)
	p.name, p.person = name, p
	p.Forget()
	s.register(&p.phone)
	return p
}

// ArrivesAs changes how the server names the person from now on: today by
// number, tomorrow by LID.
func (p *Person) ArrivesAs(as Addressing) {
	p.Lock()
	defer p.Unlock()
	p.addressing = as
}

// WritesFrom makes the person write from a linked device, such as WhatsApp Web,
// from now on; 0 is the phone itself. What our client sends still shows on the
// phone.
func (p *Person) WritesFrom(device uint16) {
	p.Lock()
	defer p.Unlock()
	p.device = device
	if device != 0 && p.others[device] == nil {
		if p.others == nil {
			p.others = map[uint16]*signal{}
		}
		p.others[device] = newSignal()
	}
}

// keysOf returns the keys of the phone or of a device linked to it.
func (p *Person) keysOf(device uint16) *signal {
	p.Lock()
	defer p.Unlock()
	if device == 0 {
		return p.signal
	}
	return p.others[device]
}

// Disappearing makes the person's messages vanish after d from now on; 0 ends
// that.
func (p *Person) Disappearing(d time.Duration) {
	p.Lock()
	defer p.Unlock()
	p.vanish = d
}

// Forget empties the phone's memory of messages sent and received, which a long
// load test needs; its keys stay.
func (p *Person) Forget() {
	p.Lock()
	defer p.Unlock()
	p.shown, p.read, p.arrived = nil, 0, 0
	p.byID, p.sent, p.failed = map[string]*Reply{}, map[string]*Message{}, map[string]int{}
}

// Reinstalls gives the person a new phone under the old number: new keys, no
// sessions. The server tells every line.
func (p *Person) Reinstalls() {
	p.ReinstallsUntold()
	p.s.tellIdentity(p.lid)
}

// ReinstallsUntold is [Person.Reinstalls] of which the server tells nobody: the
// new phone's first message gives it away.
func (p *Person) ReinstallsUntold() {
	fresh := newSignal()
	p.signal.Lock()
	defer p.signal.Unlock()
	p.signal.device, p.signal.vault, p.signal.last = fresh.device, fresh.vault, 0
}

// tellIdentity tells every line that somebody has another identity key.
func (s *Server) tellIdentity(of types.JID) {
	s.mu.Lock()
	everyone := slices.Collect(maps.Values(s.companions))
	s.mu.Unlock()
	for _, c := range everyone {
		c.enqueue(waBinary.Node{
			Tag:     "notification",
			Attrs:   waBinary.Attrs{"from": of, "type": "encrypt", "id": s.nextID("identity-"), "t": unixNow()},
			Content: []waBinary.Node{{Tag: "identity"}},
		})
	}
}
