package dialog

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"sapa/dialog/field"
)

// How free text is compared with what flows are asked for by.
const (
	maxProposals = 3    // how many services it is answered with
	leastSaid    = 0.5  // how much of a phrase, by weight, has to be said for it to count,
	whollySaid   = 0.99 // and where a question is asked: what answers it badly means something else more rarely
	besides      = 0.25 // what a meaning counts that is among a flow's phrases, but not of the one that fits best
	leastOfBest  = 0.6  // how much of the best score a further proposal has at least
)

// intents are the phrases of all flows that may be proposed, made ready. A meaning weighs the more, the fewer flows are
// asked for with it: "kartu" is said of nearly all, "wafat" of one.
type intents struct {
	flows   []string // in the catalogue's order
	phrases []intent
	having  map[string][]int // the phrases with a meaning
	weights map[string]float64
	means   []map[string]bool // by flow: what is among its phrases
}

// intent is one phrase by which a flow is asked for.
type intent struct {
	flow   int
	means  []string
	weight float64 // of its meanings together
}

// proposable makes the phrases ready: of all flows but those only played inside others, and those that follow a ticket,
// are begun by a message of their own, or ask who writes.
func (l *loader) proposable() {
	c := l.catalog
	in := &intents{having: map[string][]int{}, weights: map[string]float64{}}
	c.meant = in
	for _, name := range c.names {
		if f := c.Flows[name]; !f.shared && f.Given == nil && f.Recognises == nil && name != c.doubt {
			in.flows = append(in.flows, name)
		}
	}
	for _, name := range in.flows { // every word is known before the first phrase is read
		for _, phrase := range slices.Sorted(maps.Keys(c.Flows[name].intents)) {
			c.synonyms.teach(phrase)
		}
	}
	for i, name := range in.flows {
		means := map[string]bool{}
		for _, phrase := range slices.Sorted(maps.Keys(c.Flows[name].intents)) {
			p := intent{flow: i, means: c.synonyms.read(phrase)}
			if len(p.means) == 0 {
				c.Flows[name].at.bad("nobody asks for flow %q by %q: by the synonyms it says nothing", name, phrase)
				continue
			}
			in.phrases = append(in.phrases, p)
			for _, m := range p.means {
				means[m] = true
			}
		}
		in.means = append(in.means, means)
	}
	in.weigh()
}

// weigh gives meanings and phrases their weight.
func (in *intents) weigh() {
	for _, means := range in.means {
		for m := range means {
			in.weights[m]++
		}
	}
	for m, flows := range in.weights {
		in.weights[m] = math.Log(1 + float64(len(in.flows))/flows)
	}
	for i := range in.phrases {
		p := &in.phrases[i]
		for _, m := range p.means {
			in.having[m] = append(in.having[m], i)
			p.weight += in.weights[m]
		}
	}
}

// mean gives the flows that free text may mean, best first, and never the current one: those of which at least that
// share of a phrase was said. It only proposes: a person chooses.
func (c *Catalog) mean(text, current string, least float64) []string {
	scores := c.meant.scores(c.synonyms.read(field.Normal(text)), least)
	ranked := make([]int, 0, len(scores))
	for i, score := range scores {
		if score > 0 && c.meant.flows[i] != current {
			ranked = append(ranked, i)
		}
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	var names []string
	for _, i := range ranked[:min(len(ranked), maxProposals)] {
		if scores[i] >= leastOfBest*scores[ranked[0]] {
			names = append(names, c.meant.flows[i])
		}
	}
	return names
}

// scores are how well each flow fits what was said: by the phrase of which the most was said, weight times share, and
// a little by what else was said of the flow's other phrases.
func (in *intents) scores(said []string, least float64) []float64 {
	hits := make([]float64, len(in.phrases))
	for _, m := range said {
		for _, i := range in.having[m] {
			hits[i] += in.weights[m]
		}
	}
	scores, best := make([]float64, len(in.flows)), make([]float64, len(in.flows))
	for i, hit := range hits {
		p := &in.phrases[i]
		if share := hit / p.weight; share >= least && hit*share > scores[p.flow] {
			scores[p.flow], best[p.flow] = hit*share, hit
		}
	}
	for i := range scores {
		if scores[i] == 0 {
			continue
		}
		rest := -best[i]
		for _, m := range said {
			if in.means[i][m] {
				rest += in.weights[m]
			}
		}
		scores[i] += besides * rest
	}
	return scores
}
