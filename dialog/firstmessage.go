package dialog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// firstMessages is the file beside the flows that has what people write first.
const firstMessages = "intents.tsv"

// The shares of first messages, in percent, that a catalogue has to understand: those whose service is proposed first,
// and those whose service is among what is proposed.
const (
	LeastFirst = 85
	LeastAmong = 95
)

// nothingMeant stands for the flow of a first message that means none: a greeting.
const nothingMeant = "menu"

// FirstMessage is what somebody may write first, and what they need.
type FirstMessage struct {
	Text string
	Flow string // "menu": nothing is to be proposed
	// Apart: the message is kept apart from those that intents and synonyms are written by, to see how well these do
	// with what nobody thought of.
	Apart bool
}

// FirstMessages reads intents.tsv: a message, the flow it means (or "menu") and, for one kept apart, the word "apart",
// with tabs between. Lines that begin with # are passed over. The error names the line.
func (c *Catalog) FirstMessages(fsys fs.FS) ([]FirstMessage, error) {
	text, err := fs.ReadFile(fsys, firstMessages)
	if err != nil {
		return nil, fmt.Errorf("dialog: first messages: %w", err)
	}
	var all []FirstMessage
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m, err := c.firstMessage(line)
		if err != nil {
			return nil, fmt.Errorf("dialog: %s:%d: %w", firstMessages, number, err)
		}
		all = append(all, m)
	}
	return all, nil
}

func (c *Catalog) firstMessage(line string) (FirstMessage, error) {
	cells := strings.Split(line, "\t")
	if len(cells) < 2 || len(cells) > 3 || len(cells) == 3 && cells[2] != "apart" {
		return FirstMessage{}, errors.New(`a line is a message, a flow and perhaps "apart", with tabs between`)
	}
	m := FirstMessage{Text: cells[0], Flow: cells[1], Apart: len(cells) == 3}
	if m.Flow != nothingMeant && !slices.Contains(c.meant.flows, m.Flow) {
		return FirstMessage{}, fmt.Errorf("no flow %q may be proposed", m.Flow)
	}
	return m, nil
}

// Understanding is how many first messages were understood.
type Understanding struct {
	Messages int
	First    int // their service was proposed first
	Among    int // it was among what was proposed
}

// Shares are First and Among in percent; of no messages 0.
func (u Understanding) Shares() (first, among float64) {
	if u.Messages == 0 {
		return 0, 0
	}
	return 100 * float64(u.First) / float64(u.Messages), 100 * float64(u.Among) / float64(u.Messages)
}

// Enough reports whether both shares are what a catalogue has to reach.
func (u Understanding) Enough() bool {
	first, among := u.Shares()
	return first >= LeastFirst && among >= LeastAmong
}

// Confusion is a service that was proposed before the one that was meant, or in its place.
type Confusion struct {
	Meant, Proposed string // "menu": none
	Times           int
	Example         string
}

// Understand tries what messages would be answered with. Confusions are the most frequent first.
func (c *Catalog) Understand(messages []FirstMessage) (Understanding, []Confusion) {
	var u Understanding
	var confused []Confusion
	for _, m := range messages {
		names := c.mean(m.Text, "", leastSaid)
		if len(names) == 0 {
			names = []string{nothingMeant}
		}
		u.Messages++
		if slices.Contains(names, m.Flow) {
			u.Among++
		}
		if names[0] == m.Flow {
			u.First++
			continue
		}
		i := slices.IndexFunc(confused, func(x Confusion) bool { return x.Meant == m.Flow && x.Proposed == names[0] })
		if i < 0 {
			i = len(confused)
			confused = append(confused, Confusion{Meant: m.Flow, Proposed: names[0], Example: m.Text})
		}
		confused[i].Times++
	}
	slices.SortStableFunc(confused, func(a, b Confusion) int { return cmp.Compare(b.Times, a.Times) })
	return u, confused
}
