package dialog

import (
	"slices"

	"sapa/dialog/field"
)

// leastSpoken is how many words of a language tell that it is spoken. One is often borrowed.
const leastSpoken = 2

// spoken gives the language in which a normal text is unmistakably written; "" where it may be another.
func (c *Catalog) spoken(normal string) string {
	var heard []string
	lang := ""
	for _, w := range words(normal) {
		switch l, ok := c.speech[w]; {
		case !ok || l == "" || slices.Contains(heard, w):
		case lang != "" && l != lang:
			return ""
		default:
			lang, heard = l, append(heard, w)
		}
	}
	if len(heard) < leastSpoken {
		return ""
	}
	return lang
}

// listen answers a first message in the language it is written in, and says how to have another.
func (t *turn) listen() {
	if !t.fresh {
		return
	}
	lang := t.catalog.spoken(field.Normal(t.in.Text))
	if lang == "" || lang == t.s.Lang {
		return
	}
	t.s.Lang = lang
	t.say(t.text("language.guessed"), Keep)
}
