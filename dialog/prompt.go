package dialog

import (
	"strconv"
	"strings"
)

// prompt asks what the session waits for. lead comes first: why the last answer did not do, or "".
func (t *turn) prompt(lead string) {
	if t.waitsForAlbum() {
		return
	}
	f := t.flow()
	n, ok := f.Node(t.s.Node)
	if !ok {
		return
	}
	parts := []string{t.s.Carry, lead, t.question(f, n)}
	t.s.Carry = ""
	t.say(paragraphs(parts...), Prompt)
}

// question is the node's question as a member reads it: its place in the form, the text, the options, what to type.
func (t *turn) question(f *Flow, n *Node) string {
	if n.Kind == Review {
		return t.review(f, n)
	}
	var b strings.Builder
	b.Grow(512)
	at, of := t.progress(f, n)
	if of > 0 {
		b.WriteString("_" + t.text("progress", "n", strconv.Itoa(at), "m", strconv.Itoa(of)) + "_\n")
	}
	n.Text.write(&b, t.s.Lang, t.show)
	offers := t.offers(f, n)
	from, to := 0, len(offers)
	if n.long() {
		from, to = t.s.Page*pageSize, min((t.s.Page+1)*pageSize, len(offers))
	}
	if len(offers) > 0 {
		b.WriteByte('\n')
	}
	for i := from; i < to; i++ {
		b.WriteByte('\n')
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString(". ")
		b.WriteString(offers[i].label)
	}
	if foot := t.footer(f, n, len(offers), at == 1); foot != "" {
		b.WriteString("\n\n" + foot)
	}
	return b.String()
}

// pageSize is the most options of a long list that one message shows.
const pageSize = 10

// long reports whether the options are shown in pages.
func (n *Node) long() bool { return n.List != "" || n.Rows != "" }

// footer says what else may be typed here.
func (t *turn) footer(f *Flow, n *Node, offers int, first bool) string {
	var lines []string
	add := func(key string, args ...string) { lines = append(lines, t.text(key, args...)) }
	if pages := (offers + pageSize - 1) / pageSize; n.long() && pages > 1 {
		key := "footer.page"
		if t.s.Page == pages-1 {
			key = "footer.last"
		}
		add(key, "n", strconv.Itoa(t.s.Page+1), "m", strconv.Itoa(pages))
	}
	if n.Kind != Ask {
		return strings.Join(lines, "\n")
	}
	if a, ok := t.s.Answers[n.Field]; ok && f.Service != nil && !a.Skipped &&
		n.typ.Kind != FileValue && t.s.Amend == "" {
		add("footer.default", "value", t.showAnswer(n, a))
	}
	if n.typ.Kind == FileValue && len(t.s.Early) > 0 {
		add("document.use")
	}
	if n.Optional {
		add("footer.optional")
	}
	if first {
		if n.typ.Kind == NumberValue {
			add("footer.number")
		} else {
			add("footer.form")
		}
	}
	return strings.Join(lines, "\n")
}

// write fills in a text of the flow.
func (t *turn) write(text *Text) string {
	var b strings.Builder
	text.write(&b, t.s.Lang, t.show)
	return b.String()
}

// show gives a placeholder in people's words.
func (t *turn) show(ref string) string {
	if root, _, ok := strings.Cut(ref, "."); ok && t.s.Facts[root].Sample {
		t.sample = true
	}
	f := t.flow()
	s, ok := f.symbols[ref]
	if !ok {
		return ""
	}
	if a, answered := t.s.Answers[ref]; answered && s.node != nil {
		return t.showAnswer(s.node, a)
	}
	text, _ := t.catalog.brief(s.typeName, t.raw(ref), t.s.Lang, t.raw)
	return text
}

// showAnswer gives an answer in people's words.
func (t *turn) showAnswer(n *Node, a Answer) string { return t.showAmong(n, a, t.raw) }

// showAmong gives an answer in people's words, as one of those that others gives.
func (t *turn) showAmong(n *Node, a Answer, others func(field string) string) string {
	switch {
	case a.Skipped:
		return t.text("review.skipped")
	case n.typ.Kind == FileValue:
		return t.text("review.document")
	case n.TypeName != "choice":
		text, _ := t.catalog.brief(n.TypeName, a.Value, t.s.Lang, others)
		return text
	}
	for _, o := range t.offers(n.flow, n) {
		if o.value == a.Value {
			return o.label
		}
	}
	return a.Value
}

// text gives one of the engine's own texts with its arguments, name and value in turn.
func (t *turn) text(key string, args ...string) string { return t.catalog.text(key, t.s.Lang, args...) }

// text words a key; a missing one is its key, which Load makes impossible for the engine's own.
func (c *Catalog) text(key, lang string, args ...string) string {
	text, ok := c.texts[key]
	if !ok {
		return key
	}
	var b strings.Builder
	text.write(&b, lang, func(ref string) string {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == ref {
				return args[i+1]
			}
		}
		return ""
	})
	return b.String()
}

// Text gives a text of the catalogue by key, for those who speak beside the engine (the fallback after a failure).
func (c *Catalog) Text(key, lang string, args ...string) string {
	if lang == "" {
		lang = c.Languages[0]
	}
	return c.text(key, lang, args...)
}

// show writes a value of a named type.
func (c *Catalog) show(typeName, value, lang string) string {
	typ, ok := c.typeOf(typeName)
	if !ok || typ.Show == nil || value == "" {
		return value
	}
	return typ.Show(value, lang)
}

// brief writes a value of a named type for a chat, which answer gives the other values of; whole: nothing of it was left
// out.
func (c *Catalog) brief(typeName, value, lang string, answer func(string) string) (text string, whole bool) {
	typ, ok := c.typeOf(typeName)
	if !ok || typ.Brief == nil || value == "" {
		return c.show(typeName, value, lang), true
	}
	return typ.Brief(value, lang, answer)
}

// paragraphs joins what is not empty with a blank line between.
func paragraphs(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(p)
	}
	return b.String()
}
