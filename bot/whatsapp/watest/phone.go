package watest

import (
	"strconv"

	"go.mau.fi/whatsmeow/types"
)

// phone is a simulated phone: an account on this server and its keys. Either a
// person holds it, or it belongs to a business number.
type phone struct {
	s      *Server
	pn     types.JID // empty when the server keeps the number to itself
	lid    types.JID
	name   string
	signal *signal

	person *Person // one of the two is set
	number *Number
}

// register puts the phone on the network.
func (s *Server) register(p *phone) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, jid := range []types.JID{p.pn, p.lid} {
		if jid.User == "" {
			continue
		}
		if s.phones[jid] != nil {
			s.t.Fatalf("watest: two phones are registered as %s", jid)
		}
		s.phones[jid] = p
	}
}

// newPhone makes a phone for a number without "+" ("" if nobody is told it) and
// a LID ("" to have one made up).
func (s *Server) newPhone(number, lid string) phone {
	if lid == "" {
		lid = strconv.FormatUint(170000000000000+s.lids.Add(1), 10)
	}
	p := phone{s: s, lid: types.NewJID(lid, types.HiddenUserServer), signal: newSignal()}
	if number != "" {
		p.pn = types.NewJID(number, types.DefaultUserServer)
	}
	return p
}

// JID is the phone-number address, empty if the number is hidden.
func (p *phone) JID() types.JID { return p.pn }

// LID is the address WhatsApp shows instead of the number.
func (p *phone) LID() types.JID { return p.lid }

func formatUser(n uint64) string { return strconv.FormatUint(n, 10) }

// describe names the phone's owner in failures.
func (p *phone) describe() string {
	if p.name != "" {
		return p.name
	}
	if p.pn.User != "" {
		return p.pn.User
	}
	return p.lid.User
}
