package dialog

import "strings"

// holds evaluates a condition on the session.
func (t *turn) holds(c *Condition) (bool, error) {
	if c == nil {
		return true, nil
	}
	return c.holds(&t.vm, t.env, t.value)
}

// value gives a field or facts by name to a condition.
func (t *turn) value(name string) any {
	f := t.flow()
	if kind, ok := t.kindOf(f, name); ok {
		return typed(kind, t.raw(name))
	}
	facts := map[string]any{}
	for _, fact := range f.facts[name] {
		full := name + "." + fact
		kind, _ := t.kindOf(f, full)
		facts[fact] = typed(kind, t.raw(full))
	}
	return facts
}

func (t *turn) kindOf(f *Flow, name string) (ValueKind, bool) {
	s, ok := f.symbols[name]
	if !ok {
		return "", false
	}
	typ, ok := t.catalog.typeOf(s.typeName)
	return typ.Kind, ok
}

// raw gives the canonical value of a field, fact or built-in; "" when it is not known.
func (t *turn) raw(name string) string {
	if root, fact, ok := strings.Cut(name, "."); ok {
		return t.s.Facts[root].Record[fact]
	}
	switch name {
	case "line":
		return t.in.Line
	case "phone":
		return t.in.Phone
	case "lang":
		return t.s.Lang
	case "today":
		return t.now().Format("2006-01-02")
	case "organisation", "organisation_phone", "keep_documents", "keep_tickets", "keep_messages", "keep_drafts":
		return t.own[t.s.Lang][name]
	}
	return t.s.Answers[name].Value
}
