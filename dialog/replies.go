package dialog

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// replyValues are what a canned reply may hold: the ticket's number and service, the member's name, the officer's.
var replyValues = []string{"ref", "title", "name", "officer"}

// replies reads a document of canned replies, NAME: {lang: text}.
func (l *loader) replies(d *document, body *ast.MappingNode) {
	for _, kv := range d.pairs(body, "a replies document")[1:] {
		name := kv.Key.GetToken().Value
		if _, twice := l.catalog.replies[name]; twice {
			d.at(kv).bad("there are two replies named %q", name)
		}
		t := template(d.words(kv.Value, l.catalog.Languages))
		t.refs(func(ref string, _ bool, at place) {
			if !slices.Contains(replyValues, ref) {
				at.bad("a reply knows no {%s}; it knows %s", ref, strings.Join(replyValues, ", "))
			}
		})
		if size, at := t.length(); size > maxThought {
			at.bad("the reply has %d characters; one message is one thought of at most %d", size, maxThought)
		}
		l.catalog.replies[name] = t
	}
}

// Replies gives the names of the canned replies, sorted.
func (c *Catalog) Replies() []string { return slices.Sorted(maps.Keys(c.replies)) }

// Reply words a canned reply that officers send with `say`. Values are the ticket's ref, its service's title, the name
// of the member it is about, and officer, whose words they are. Ok is false where there is no such reply, and where it
// needs a value that is "": a sentence with a hole is not sent.
func (c *Catalog) Reply(name, lang string, values map[string]string) (text string, ok bool) {
	t, ok := c.replies[name]
	if !ok {
		return "", false
	}
	if lang == "" {
		lang = c.Languages[0]
	}
	for _, s := range t.in[lang] {
		if s.ref != "" && !s.maybe && values[s.ref] == "" {
			return "", false
		}
	}
	var b strings.Builder
	t.write(&b, lang, func(ref string) string { return values[ref] })
	return b.String(), true
}
