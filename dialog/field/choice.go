package field

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Numbers says which option each number stands for: number n is option Numbers[n-1]. Nil: number n is option n-1.
type Numbers []int

// Tie is a choice that fits several options. It is a *Problem, choice.tie, to errors.As; Options are the indexes to
// ask back, nearest first.
type Tie struct{ Options []int }

// Error is the problem's.
func (t *Tie) Error() string { return t.Unwrap().Error() }

// Unwrap gives the problem.
func (t *Tie) Unwrap() error { return refuse("choice.tie") }

// Choices are options made ready for choosing. They are built once, never change, and may be used concurrently.
type Choices struct {
	options []prepared
	exact   map[string][]name // by key without spaces
	words   []word
	byWord  map[string]int // index in words
	// place is an option's index for the caller, -1 for one that is not offered; nil: its own.
	place []int
}

// prepared is an option as typed text is compared with it.
type prepared struct {
	keys    []key
	length  int  // of its shortest name
	negated bool // a name has a "not" in it
}

// name is one way to name an option: its label in a language, or one of its Words (lang "").
type name struct {
	option int
	lang   string
}

// word is one word of the names, or two neighbours written together, with the options that have it.
type word struct {
	key
	options []int
}

// NewChoices makes options ready.
func NewChoices(options []Option) *Choices {
	c := &Choices{
		options: make([]prepared, len(options)),
		exact:   make(map[string][]name),
		byWord:  make(map[string]int),
	}
	for i, o := range options {
		for _, lang := range slices.Sorted(maps.Keys(o.Label)) {
			c.add(i, lang, o.Label[lang])
		}
		for _, w := range o.Words {
			c.add(i, "", w)
		}
	}
	return c
}

func (c *Choices) add(option int, lang, text string) {
	words := keyWords(nil, Normal(text))
	if len(words) == 0 {
		return
	}
	whole := strings.Join(words, " ")
	o := &c.options[option]
	o.keys = append(o.keys, newKey(whole))
	if o.length == 0 || len(whole) < o.length {
		o.length = len(whole)
	}
	o.negated = o.negated || slices.ContainsFunc(words, isNegation)
	compact := string(compactKey(nil, Normal(text)))
	c.exact[compact] = append(c.exact[compact], name{option, lang})
	for i, w := range words {
		c.addWord(option, w)
		if i > 0 { // "baubau", "bandarlampung"
			c.addWord(option, words[i-1]+w)
		}
	}
}

func (c *Choices) addWord(option int, text string) {
	at, known := c.byWord[text]
	if !known {
		at = len(c.words)
		c.byWord[text] = at
		c.words = append(c.words, word{key: newKey(text)})
	}
	c.words[at].options = include(c.words[at].options, option)
}

// Only is the same choices with no more than the shown options, in that order; indexes in its answers are indexes of
// shown.
func (c *Choices) Only(shown []int) *Choices {
	part := *c
	part.place = make([]int, len(c.options))
	for i := range part.place {
		part.place[i] = -1
	}
	for i, option := range shown {
		part.place[option] = i
	}
	return &part
}

// Choose is [Choices.Choose] for options that are used once.
func Choose(text, lang string, options []Option, numbers Numbers) (int, error) {
	return NewChoices(options).Choose(text, lang, numbers)
}

// Exact is [Choices.Exact] for options that are used once.
func Exact(text string, options []Option) (index int, ok bool) {
	return NewChoices(options).Exact(text)
}

// Exact finds the option with exactly that label or word, in any language, courtesies aside; numbers name none.
func (c *Choices) Exact(text string) (index int, ok bool) {
	if len(text) > maxTyped {
		return 0, false
	}
	normal := Normal(text)
	if found := c.named(normal, ""); len(found) > 0 {
		return found[0], len(found) == 1
	}
	found := c.named(Bare(normal), "")
	return first(found), len(found) == 1
}

// Choose finds the option that is meant: by its number, its label in any language (a name in the member's own
// counts first), one of its words, some words of its name that no other option has, or a misspelling that is nearer
// to it than to any other. It never takes one option's exact name for another's. Problems: choice.range (a number not
// offered), choice.tie (a [Tie]), choice.unclear.
func (c *Choices) Choose(text, lang string, numbers Numbers) (index int, err error) {
	if len(text) > maxTyped {
		return 0, refuse("choice.unclear")
	}
	normal := Normal(text)
	if n, ok := readNumber(normal, false); ok && !c.isNamed(normal) {
		return c.numbered(n, numbers)
	}
	bare := Bare(normal)
	for _, match := range []func() []int{
		func() []int { return c.named(normal, lang) },
		func() []int { return c.named(bare, lang) },
		func() []int { return c.listed(bare, lang, numbers) },
		func() []int { return c.worded(bare) },
		func() []int { return c.misspelt(bare) },
	} {
		switch found := match(); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return 0, &Tie{Options: found}
		}
	}
	return 0, refuse("choice.unclear")
}

// isNamed reports whether a number is part of an option's name and no number to choose by: "1 bulan" is, "1" is not.
func (c *Choices) isNamed(normal string) bool {
	return !allDigits(normal) && len(c.named(normal, "")) > 0
}

func (c *Choices) numbered(n int64, numbers Numbers) (int, error) {
	if numbers == nil {
		count := c.count()
		if n >= 1 && n <= int64(count) {
			return int(n) - 1, nil
		}
		return 0, refuse("choice.range", "min", "1", "max", strconv.Itoa(count))
	}
	if n >= 1 && n <= int64(len(numbers)) {
		return numbers[n-1], nil
	}
	return 0, refuse("choice.range", "min", "1", "max", strconv.Itoa(len(numbers)))
}

func (c *Choices) count() int {
	if c.place == nil {
		return len(c.options)
	}
	n := 0
	for _, p := range c.place {
		if p >= 0 {
			n++
		}
	}
	return n
}

// at is the caller's index of an option; ok is false for one that is not offered.
func (c *Choices) at(option int) (index int, ok bool) {
	if c.place == nil {
		return option, true
	}
	return c.place[option], c.place[option] >= 0
}

// named finds the options with that very name: labels in lang, else labels in other languages, else words.
func (c *Choices) named(normal, lang string) []int {
	var stack [128]byte
	names := c.exact[string(compactKey(stack[:0], normal))]
	if len(names) == 0 {
		return nil
	}
	var own, labels, others []int
	for _, n := range names {
		index, ok := c.at(n.option)
		if !ok {
			continue
		}
		switch n.lang {
		case "":
			others = include(others, index)
		case lang:
			own = include(own, index)
		default:
			labels = include(labels, index)
		}
	}
	switch {
	case len(own) > 0:
		return own
	case len(labels) > 0:
		return labels
	}
	return others
}

// listed finds an option whose whole line was copied: "6. Layanan Pandawa". Where number and name are of two options
// it gives both.
func (c *Choices) listed(bare, lang string, numbers Numbers) []int {
	number, rest := firstWord(bare)
	n, ok := digits(number)
	if !ok || rest == "" {
		return nil
	}
	found := c.named(rest, lang)
	if index, err := c.numbered(n, numbers); err == nil && len(found) > 0 {
		if slices.Contains(found, index) {
			return []int{index}
		}
		return append([]int{index}, found...)
	}
	return nil
}

// worded finds the options that have every typed word in their names. A name with a "not" in it is not found by what
// it denies.
func (c *Choices) worded(bare string) []int {
	var stack [16]string
	typed := keyWords(stack[:0], bare)
	if found := c.having(typed); len(found) > 0 || len(typed) < 2 {
		return c.settle(found, typed)
	}
	return c.settle(c.having([]string{strings.Join(typed, "")}), typed) // "pekan baru" for Pekanbaru
}

// having finds the options that have all the words.
func (c *Choices) having(words []string) []int {
	var found []int
	for i, w := range words {
		at, known := c.byWord[w]
		if !known {
			return nil
		}
		if i == 0 {
			found = slices.Clone(c.words[at].options)
			continue
		}
		found = slices.DeleteFunc(found, func(o int) bool { return !slices.Contains(c.words[at].options, o) })
	}
	return found
}

// settle turns options into the caller's indexes, shortest name first, and drops a lone one that says the opposite.
func (c *Choices) settle(options []int, typed []string) []int {
	slices.SortStableFunc(options, func(a, b int) int { return c.options[a].length - c.options[b].length })
	found := make([]int, 0, len(options))
	opposite := false
	for _, o := range options {
		if index, ok := c.at(o); ok {
			found = append(found, index)
			opposite = c.options[o].negated && !slices.ContainsFunc(typed, isNegation) && c.options[o].denies(typed)
		}
	}
	if len(found) == 1 && opposite {
		return nil
	}
	return found
}

// denies reports whether the typed words stand in a name of the option only together with a "not".
func (o *prepared) denies(typed []string) bool {
	return !slices.ContainsFunc(o.keys, func(k key) bool {
		words := strings.Fields(k.text)
		return !slices.ContainsFunc(words, isNegation) && !slices.ContainsFunc(typed, func(w string) bool {
			return !slices.Contains(words, w)
		})
	})
}

func include(indexes []int, index int) []int {
	if slices.Contains(indexes, index) {
		return indexes
	}
	return append(indexes, index)
}

func first(indexes []int) int {
	if len(indexes) == 0 {
		return 0
	}
	return indexes[0]
}
