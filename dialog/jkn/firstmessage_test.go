package jkn_test

import (
	"slices"
	"testing"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// What people write first is understood, that which intents and synonyms were not written by too.
func TestFirstMessagesAreUnderstood(t *testing.T) {
	catalog, messages := firstMessages(t)
	apart := slices.DeleteFunc(slices.Clone(messages), func(m dialog.FirstMessage) bool { return !m.Apart })
	for name, part := range map[string][]dialog.FirstMessage{"all": messages, "apart": apart} {
		u, confused := catalog.Understand(part)
		if !u.Enough() {
			t.Errorf("%s: understood %+v, confused %+v", name, u, confused)
		}
	}
	if len(messages) < 450 || len(apart) < 150 {
		t.Errorf("of %d messages %d are kept apart", len(messages), len(apart))
	}
}

// Every service has messages by which it is needed; what means nothing has its share.
func TestFirstMessagesNeedEverything(t *testing.T) {
	catalog, messages := firstMessages(t)
	needed := map[string]int{}
	for _, m := range messages {
		needed[m.Flow]++
	}
	for _, name := range catalog.Order() {
		if f := catalog.Flows[name]; f.Service != nil && needed[name] < 5 {
			t.Errorf("%d messages need %s", needed[name], name)
		}
	}
	if n := needed["menu"]; n < len(messages)/12 {
		t.Errorf("%d of %d messages mean nothing", n, len(messages))
	}
}

// Reading one first message; the budget is 50 µs.
func BenchmarkFirstMessage(b *testing.B) {
	catalog, messages := firstMessages(b)
	for i := 0; b.Loop(); i++ {
		at := i % len(messages)
		catalog.Understand(messages[at : at+1])
	}
}

func firstMessages(t testing.TB) (*dialog.Catalog, []dialog.FirstMessage) {
	t.Helper()
	catalog, _ := loaded(t)
	messages, err := catalog.FirstMessages(jkn.Flows)
	if err != nil {
		t.Fatal(err)
	}
	return catalog, messages
}
