package whatsapp

import "time"

// Sending is how a line writes, so that it does as a person would: WhatsApp bans numbers that do not.
type Sending struct {
	// Typing shows that somebody writes before a reply comes, for as long as its length takes.
	Typing bool
	// PerContact and PerLine are how much may be sent to one person and in all.
	PerContact, PerLine Rate
	// Jitter is up to how much is waited at random before each reply.
	Jitter time.Duration
	// Pause is how long the bot keeps out of a chat in which a person answered from the phone (1 hour; negative:
	// not at all).
	Pause time.Duration
	Flood Flood
}

func (s Sending) withDefaults() Sending {
	if s.Pause == 0 {
		s.Pause = time.Hour
	}
	s.Flood = s.Flood.withDefaults()
	return s
}

// SetSending has the lines write in another way from now on. What was counted against the old rates is forgotten;
// pauses that have begun and contacts that are not heard stay so.
func (l *Lines) SetSending(s Sending) {
	s = s.withDefaults()
	l.mu.Lock()
	l.Sending = s
	l.mu.Unlock()
	for _, ln := range l.all() { // one that is made meanwhile has it already
		ln.mu.Lock()
		ln.pace, ln.flood.Flood = newPace(s), s.Flood
		ln.announce() // what waits for the old rates looks again
		ln.mu.Unlock()
	}
}

// sending is how the line writes at present.
func (l *line) sending() Sending {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pace.sending
}

// Rate is a number of messages in a time; the whole number may come at once. A zero N is no limit.
type Rate struct {
	N   int64
	Per time.Duration
}

// bucket holds a rate's tokens.
type bucket struct {
	tokens float64
	at     time.Time
}

// fill brings a bucket up to now.
func (b *bucket) fill(r Rate, now time.Time) {
	if b.at.IsZero() {
		b.tokens = float64(r.N)
	} else if d := now.Sub(b.at); d > 0 {
		b.tokens = min(float64(r.N), b.tokens+float64(r.N)*float64(d)/float64(r.Per))
	}
	b.at = now
}

// wait is how long a token takes to come.
func (b *bucket) wait(r Rate) time.Duration {
	if b.tokens >= 1 {
		return 0
	}
	return max(time.Duration((1-b.tokens)/float64(r.N)*float64(r.Per)), time.Millisecond)
}

// pace lets a line's replies out at its rates.
type pace struct {
	sending  Sending
	line     bucket
	contacts map[int64]*bucket
}

func newPace(s Sending) pace { return pace{sending: s, contacts: make(map[int64]*bucket)} }

// take counts a reply to a contact if it may go now, and gives 0; otherwise it gives how long to wait and counts
// nothing.
func (p *pace) take(contact int64, now time.Time) time.Duration {
	var wait time.Duration
	limited := func(r Rate) bool { return r.N > 0 && r.Per > 0 }
	if limited(p.sending.PerLine) {
		p.line.fill(p.sending.PerLine, now)
		wait = p.line.wait(p.sending.PerLine)
	}
	b := p.contacts[contact]
	if limited(p.sending.PerContact) {
		if b == nil {
			p.forget(now)
			b = &bucket{}
			p.contacts[contact] = b
		}
		b.fill(p.sending.PerContact, now)
		wait = max(wait, b.wait(p.sending.PerContact))
	}
	if wait > 0 {
		return wait
	}
	p.line.tokens--
	if b != nil {
		b.tokens--
	}
	return 0
}

// forget drops the buckets that are full again: a new one is the same.
func (p *pace) forget(now time.Time) {
	if len(p.contacts) < remembered {
		return
	}
	for contact, b := range p.contacts {
		if now.Sub(b.at) > p.sending.PerContact.Per {
			delete(p.contacts, contact)
		}
	}
}
