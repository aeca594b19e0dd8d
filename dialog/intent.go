package dialog

import (
	"cmp"
	"slices"
	"strings"

	"sapa/dialog/field"
)

// maxProposals is how many services free text is answered with.
const maxProposals = 3

// mean gives the flows that free text may mean, best first. It only proposes: a person chooses. A flow scores by the
// phrase of its intents that shares the most with the text.
func (c *Catalog) mean(text, current string) []string {
	said := strings.Fields(field.Normal(text))
	if len(said) == 0 || len(said) > 60 {
		return nil
	}
	type scored struct {
		name  string
		score float64
	}
	var found []scored
	for _, name := range c.names {
		f := c.Flows[name]
		if f.shared || f.Given != nil || name == current {
			continue
		}
		best := 0.0
		for phrase := range f.intents {
			best = max(best, resemblance(said, strings.Fields(phrase)))
		}
		if best > 0 {
			found = append(found, scored{name, best})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	out := make([]string, 0, maxProposals)
	for _, s := range found[:min(len(found), maxProposals)] {
		out = append(out, s.name)
	}
	return out
}

// resemblance is how much of a phrase was said: the share of its words, more for longer phrases; 0 where less than
// two thirds of it was said.
func resemblance(said, phrase []string) float64 {
	hits := 0
	for _, w := range phrase {
		if slices.Contains(said, w) {
			hits++
		}
	}
	share := float64(hits) / float64(len(phrase))
	if share < 2.0/3 {
		return 0
	}
	return share * (1 + 0.25*float64(hits))
}
