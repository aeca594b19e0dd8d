package field

import (
	"math/bits"
	"strings"
)

// misspelt finds the nearest options: the whole name, or words of it, misspelt or begun ("reakt"). Digits are never
// a misspelling of other digits.
func (c *Choices) misspelt(bare string) []int {
	var stack [16]string
	typed := keyWords(stack[:0], bare)
	if len(typed) == 0 || len(bare) > maxWord {
		return nil
	}
	nearest := c.nearWords(typed)
	whole := newKey(strings.Join(typed, " "))
	for o := range c.options {
		for _, k := range c.options[o].keys {
			if d, ok := near(whole, k); ok {
				nearest.add(o, d)
			}
		}
	}
	return c.settle(nearest.options, typed)
}

// ranking keeps the options at the smallest distance so far.
type ranking struct {
	options []int
	best    int
	any     bool
}

func (r *ranking) add(option, distance int) {
	switch {
	case !r.any || distance < r.best:
		r.options, r.best, r.any = append(r.options[:0], option), distance, true
	case distance == r.best:
		r.options = include(r.options, option)
	}
}

// nearWords ranks the options that have a word near every typed one, by the sum of the slips. A typed beginning of
// four letters or more counts as one slip.
func (c *Choices) nearWords(typed []string) ranking {
	var total, now map[int]int
	for i, t := range typed {
		now = make(map[int]int)
		typedKey := newKey(t)
		for _, w := range c.words {
			d, ok := near(typedKey, w.key)
			if !ok && len(t) >= 4 && strings.HasPrefix(w.text, t) {
				d, ok = 1, true
			}
			if !ok {
				continue
			}
			for _, o := range w.options {
				if before, all := total[o]; (i == 0 || all) && (now[o] == 0 || before+d+1 < now[o]) {
					now[o] = before + d + 1 // 0 is for none
				}
			}
		}
		for o := range now {
			now[o]--
		}
		total = now
	}
	var nearest ranking
	for o := range c.options {
		if d, ok := total[o]; ok {
			nearest.add(o, d+1) // the whole name, as near, comes before a part of one
		}
	}
	return nearest
}

// near gives the distance of a typed key from a name's; ok is false when that is too far for a misspelling.
func near(typed, known key) (int, bool) {
	if typed.text == known.text {
		return 0, true
	}
	limit := slips(min(len(known.text), len(typed.text)))
	// One slip changes at most two letters of the set.
	if limit == 0 || bits.OnesCount32(typed.set^known.set) > 2*limit || !sameDigits(typed.text, known.text) {
		return 0, false
	}
	d := distance(typed.text, known.text, limit)
	return d, d <= limit
}
