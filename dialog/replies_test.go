package dialog_test

import (
	"slices"
	"testing"
)

// A canned reply is sent whole or not at all.
func TestReplies(t *testing.T) {
	c, err := loadWith(t, map[string]string{"home.yaml": homeFlow, "form.yaml": formFlow, "balasan.yaml": `replies: test
salam: {id: "Saya {officer}, tiket {ref}.", en: "I am {officer}, ticket {ref}."}
sapa: {id: "Halo {name?}", en: "Hello {name?}"}
`})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Replies(); !slices.Equal(got, []string{"salam", "sapa"}) {
		t.Errorf("the replies are %v", got)
	}
	values := map[string]string{"officer": "Rina", "ref": "5H8-PWW3"}
	for _, w := range []struct {
		name, lang, want string
		values           map[string]string
		ok               bool
	}{
		{"salam", "", "Saya Rina, tiket 5H8-PWW3.", values, true},
		{"salam", "en", "I am Rina, ticket 5H8-PWW3.", values, true},
		{"sapa", "id", "Halo ", values, true},
		{"salam", "id", "", map[string]string{"officer": "Rina"}, false},
		{"antah", "id", "", values, false},
	} {
		if got, ok := c.Reply(w.name, w.lang, w.values); got != w.want || ok != w.ok {
			t.Errorf("%s in %q with %v: %q, %v", w.name, w.lang, w.values, got, ok)
		}
	}
}
