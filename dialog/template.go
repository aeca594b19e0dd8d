package dialog

import (
	"strings"
)

// Text is a wording in every language, with placeholders: {nama}, {kantor.phone}; {nama?} may be missing.
type Text struct {
	in map[string][]segment
	at map[string]place
}

// segment is literal text or, where ref is set, a placeholder.
type segment struct {
	literal string
	ref     string
	maybe   bool
}

// template compiles a text; a brace that never closes, or closes around nothing, is a mistake.
func template(w Words, at map[string]place) *Text {
	t := &Text{in: map[string][]segment{}, at: at}
	for lang, s := range w {
		t.in[lang] = segments(s, at[lang])
	}
	return t
}

func segments(s string, at place) []segment {
	var out []segment
	var lit strings.Builder
	for s != "" {
		before, after, ok := strings.Cut(s, "{")
		lit.WriteString(before)
		if !ok {
			break
		}
		if rest, doubled := strings.CutPrefix(after, "{"); doubled {
			lit.WriteByte('{')
			s = rest
			continue
		}
		name, rest, closed := strings.Cut(after, "}")
		ref, maybe := strings.CutSuffix(name, "?")
		if !closed || !isName(ref) {
			at.bad("a placeholder is {name}; a brace is written {{")
			return nil
		}
		if lit.Len() > 0 {
			out = append(out, segment{literal: lit.String()})
			lit.Reset()
		}
		out = append(out, segment{ref: ref, maybe: maybe})
		s = rest
	}
	if lit.Len() > 0 {
		out = append(out, segment{literal: lit.String()})
	}
	return out
}

// isName reports whether s is a field (nama) or a fact (kantor.phone).
func isName(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) > 2 {
		return false
	}
	for _, p := range parts {
		if p == "" {
			return false
		}
		for i, r := range p {
			letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
			if !letter && (i == 0 || r < '0' || r > '9') {
				return false
			}
		}
	}
	return true
}

// write fills the text in; value gives each placeholder's words.
func (t *Text) write(b *strings.Builder, lang string, value func(ref string) string) {
	if t == nil {
		return
	}
	for _, s := range t.in[lang] {
		if s.ref == "" {
			b.WriteString(s.literal)
		} else {
			b.WriteString(value(s.ref))
		}
	}
}

// refs are the placeholders of the text in any language, with their places; must says whether each has to be known.
func (t *Text) refs(visit func(ref string, must bool, at place)) {
	if t == nil {
		return
	}
	for lang, ss := range t.in {
		for _, s := range ss {
			if s.ref != "" {
				visit(s.ref, !s.maybe, t.at[lang])
			}
		}
	}
}

// length is the longest the literal parts are in any language, in characters.
func (t *Text) length() (n int, at place) {
	if t == nil {
		return 0, place{}
	}
	for lang, ss := range t.in {
		sum := 0
		for _, s := range ss {
			sum += len([]rune(s.literal))
		}
		if sum >= n {
			n, at = sum, t.at[lang]
		}
	}
	return n, at
}
