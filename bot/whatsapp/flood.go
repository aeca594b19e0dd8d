package whatsapp

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// Flood is what is too much from one contact. Another bot answers every answer of ours at once and for ever; it is
// answered ever less, then not at all for a while.
type Flood struct {
	// Rate is how much one contact may send (40 in a minute; a negative N: any amount).
	Rate Rate
	// Mute is how long a contact that keeps on beyond it is not heard (1 hour).
	Mute time.Duration
}

func (f Flood) withDefaults() Flood {
	if f.Rate.N == 0 {
		f.Rate = Rate{40, time.Minute}
	}
	if f.Mute == 0 {
		f.Mute = time.Hour
	}
	return f
}

const (
	// echoCost is what our own words sent back to us count: nobody types them.
	echoCost = 8
	// ourLast is how many of our last texts to a contact are recognised as echoes.
	ourLast = 4
	// thinning is how often, beyond the rate, the share that is answered is halved before none is.
	thinning = 4
)

// flow is one contact's stream.
type flow struct {
	bucket
	over  int       // messages beyond the rate, since it was last kept
	muted time.Time // not heard until then, by the messages' own time
	ours  []uint64  // hashes of what we sent last
}

// floods is not kept over a restart: whoever still floods is soon known again, and nobody is silenced wrongly.
type floods struct {
	Flood
	flows map[string]*flow
}

func newFloods(f Flood) floods { return floods{f, make(map[string]*flow)} }

// verdict on a message.
type verdict int

const (
	hear   verdict = iota
	ignore         // acknowledged, and no more
	mute           // the same, and from now on for a while: worth a log line
)

// judge counts a message by the time WhatsApp got it, so that what has waited for us is no flood.
func (f *floods) judge(from, words string, sent time.Time) verdict {
	if f.Rate.N < 0 {
		return hear
	}
	c := f.of(from)
	c.fill(f.Rate, sent)
	switch {
	case sent.Before(c.muted):
		return ignore
	case slices.Contains(c.ours, hash(words)) && words != "":
		c.tokens -= echoCost
	default:
		c.tokens--
	}
	c.tokens = max(c.tokens, -float64(f.Rate.N))
	if c.tokens >= 0 {
		c.over = 0
		return hear
	}
	// Beyond the rate every second, fourth, eighth … message is heard, each share for as many as are heard in all.
	c.over++
	share := 1 << min(1+c.over/8, thinning+1)
	switch {
	case c.over > 8*thinning:
		c.muted, c.over = sent.Add(f.Mute), 0
		return mute
	case c.over%share == 0:
		return hear
	}
	return ignore
}

// sent remembers our own words to a contact.
func (f *floods) sent(to, words string) {
	c := f.of(to)
	c.ours = append(c.ours, hash(words))
	c.ours = c.ours[max(0, len(c.ours)-ourLast):]
}

func (f *floods) of(from string) *flow {
	c := f.flows[from]
	if c == nil {
		if len(f.flows) >= remembered {
			clear(f.flows) // forgets mutes too; whoever floods is soon known again
		}
		c = &flow{}
		f.flows[from] = c
	}
	return c
}

func hash(words string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.TrimSpace(words))) // a hash takes everything
	return h.Sum64()
}

// judge reports whether a message is heard.
func (l *line) judge(h heard, sent time.Time) bool {
	l.mu.Lock()
	v := l.flood.judge(h.in.From, h.in.Text, sent)
	l.mu.Unlock()
	if v == mute {
		l.log.Warn().Dur("for_ms", l.sending().Flood.Mute).Msg("chat.flood")
	}
	return v == hear
}
