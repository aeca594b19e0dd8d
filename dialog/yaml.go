package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// document is one file while it is read. Its methods walk the syntax tree and note every mistake with its place:
// the library's own strict mode stops at the first.
type document struct {
	name     string
	lines    []string
	mistakes *Mistakes
}

// parse gives the document's one mapping, or nil after noting why there is none.
func (d *document) parse(source []byte) *ast.MappingNode {
	f, err := parser.ParseBytes(source, 0)
	if err != nil {
		d.note(1, 1, "%s", syntaxError(err))
		return nil
	}
	var body ast.Node
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			d.at(doc.Body).bad("a file holds one document, this is a second")
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		d.note(1, 1, "the file is empty")
		return nil
	}
	m, ok := body.(*ast.MappingNode)
	if !ok {
		d.at(body).bad("a document begins with %s", documentBegins)
		return nil
	}
	return m
}

// syntaxError keeps the first line of the library's message: the rest is a picture of the source.
func syntaxError(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return "not YAML: " + first
}

func (d *document) note(line, col int, format string, args ...any) {
	source := ""
	if line >= 1 && line <= len(d.lines) {
		source = d.lines[line-1]
	}
	*d.mistakes = append(*d.mistakes, Mistake{
		File: d.name, Line: line, Column: col, Message: fmt.Sprintf(format, args...), Source: source,
	})
}

func (d *document) at(n ast.Node) place {
	if v, ok := n.(*ast.MappingValueNode); ok {
		n = v.Key
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	return d.token(n.GetToken())
}

func (d *document) token(t *token.Token) place {
	return place{file: d, line: t.Position.Line, col: t.Position.Column}
}

// bad notes a mistake at this place.
func (p place) bad(format string, args ...any) {
	p.file.note(p.line, p.col, format, args...)
}

// keys are what a mapping may hold and what reads each.
type keys map[string]func(ast.Node)

// mapping reads a mapping whose keys are fixed. It gives the place of each key it found.
func (d *document) mapping(n ast.Node, what string, known keys) map[string]place {
	found := map[string]place{}
	for _, kv := range d.pairs(n, what) {
		at := d.at(kv)
		name := kv.Key.GetToken().Value
		read, ok := known[name]
		if !ok {
			at.bad("%s has no %q; it knows %s", what, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			continue
		}
		found[name] = at
		read(kv.Value)
	}
	return found
}

// pairs are a mapping's entries, duplicates noted and left out.
func (d *document) pairs(n ast.Node, what string) []*ast.MappingValueNode {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		d.at(n).bad("%s is a mapping (key: value)", what)
		return nil
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(values), func(kv *ast.MappingValueNode) bool {
		name := kv.Key.GetToken().Value
		if seen[name] {
			d.at(kv).bad("%q stands twice", name)
		}
		twice := seen[name]
		seen[name] = true
		return twice
	})
}

// list reads a sequence.
func (d *document) list(n ast.Node, what string, each func(ast.Node)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.at(n).bad("%s is a list", what)
		return
	}
	for _, v := range s.Values {
		each(v)
	}
}

// text reads a string; numbers and truths written without quotes are taken as they stand.
func (d *document) text(n ast.Node) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return strings.TrimRight(v.Value.Value, "\n")
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return n.GetToken().Value
	}
	d.at(n).bad("a text is wanted here")
	return ""
}

func (d *document) textInto(s *string) func(ast.Node) {
	return func(n ast.Node) { *s = d.text(n) }
}

func (d *document) truthInto(b *bool) func(ast.Node) {
	return func(n ast.Node) {
		v, ok := n.(*ast.BoolNode)
		if !ok {
			d.at(n).bad("true or false is wanted here")
			return
		}
		*b = v.Value
	}
}

func (d *document) numberInto(i *int64) func(ast.Node) {
	return func(n ast.Node) {
		v, ok := n.(*ast.IntegerNode)
		if !ok {
			d.at(n).bad("a whole number is wanted here")
			return
		}
		switch x := v.Value.(type) {
		case uint64:
			*i = int64(x) //nolint:gosec // bounds of a form's numbers; nobody writes 2^63 there
		case int64:
			*i = x
		}
	}
}

func (d *document) durationInto(t *time.Duration) func(ast.Node) {
	return func(n ast.Node) {
		v, err := parseDuration(d.text(n))
		if err != nil || v < 0 {
			d.at(n).bad("a duration such as 7h, 30m or 14d is wanted here")
			return
		}
		*t = v
	}
}

// parseDuration reads days of 24 hours too: "14d".
func parseDuration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

func (d *document) textsInto(ss *[]string) func(ast.Node) {
	return func(n ast.Node) {
		d.list(n, "this", func(v ast.Node) { *ss = append(*ss, d.text(v)) })
	}
}

// words reads a text in every language of the catalogue.
func (d *document) words(n ast.Node, languages []string) (Words, map[string]place) {
	w, places := Words{}, map[string]place{}
	if _, ok := n.(ast.MapNode); !ok {
		d.at(n).bad("a text is wanted in every language, as {%s: …}", strings.Join(languages, ": …, "))
		return w, places
	}
	for _, kv := range d.pairs(n, "a text") {
		lang := kv.Key.GetToken().Value
		if !slices.Contains(languages, lang) {
			d.at(kv).bad("the catalogue does not speak %q, but %s", lang, strings.Join(languages, ", "))
			continue
		}
		w[lang], places[lang] = d.text(kv.Value), d.at(kv.Value)
	}
	for _, lang := range languages {
		if strings.TrimSpace(w[lang]) == "" {
			d.at(n).bad("the text is missing in %q", lang)
		}
	}
	return w, places
}
