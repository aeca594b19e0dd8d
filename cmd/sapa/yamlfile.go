package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// yamlFile is a configuration file while it is read. It walks the syntax tree and notes every mistake with its place;
// the library's own strict mode stops at the first.
type yamlFile struct {
	name     string
	source   []byte
	places   map[string]position // by path: "lines[1].flow"
	mistakes []yamlMistake
}

type position struct{ line, column int }

type yamlMistake struct {
	at    position
	words string
}

// yamlNode is a value and where in the document it stands, as a path from the top.
type yamlNode struct {
	ast.Node
	path string
}

// yamlKeys are what a mapping may hold and what reads each.
type yamlKeys map[string]func(yamlNode)

func newYAMLFile(name string, source []byte) *yamlFile {
	return &yamlFile{name: name, source: source, places: map[string]position{}}
}

// err gives the mistakes in the order of their places, a line for each; nil where there are none.
func (f *yamlFile) err() error {
	slices.SortStableFunc(f.mistakes, func(a, b yamlMistake) int {
		return cmp.Or(a.at.line-b.at.line, a.at.column-b.at.column)
	})
	var all []error
	for _, m := range f.mistakes {
		all = append(all, fmt.Errorf("%s:%d:%d: %s", f.name, m.at.line, m.at.column, m.words))
	}
	return errors.Join(all...)
}

// bad notes a mistake at a path; at the nearest part of it that the file has.
func (f *yamlFile) bad(path, format string, args ...any) {
	at, ok := f.places[path]
	for !ok && path != "" {
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
		at, ok = f.places[path]
	}
	if !ok {
		at = position{1, 1}
	}
	f.mistakes = append(f.mistakes, yamlMistake{at, fmt.Sprintf(format, args...)})
}

func (f *yamlFile) badAt(n yamlNode, format string, args ...any) { f.bad(n.path, format, args...) }

// document reads the file's one mapping; it is false where the file is no YAML. An empty file is an empty mapping.
func (f *yamlFile) document(keys yamlKeys) bool {
	file, err := parser.ParseBytes(f.source, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f.syntax(err)
		return false
	}
	for i, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case i > 0:
			f.places["---"] = placeOf(doc.Body)
			f.bad("---", "a configuration is one document, this is a second")
		default:
			f.mapping(keys)(yamlNode{doc.Body, ""})
		}
	}
	return true
}

var syntaxPlace = regexp.MustCompile(`^\[(\d+):(\d+)\] (.*)`)

// syntax notes that the file is no YAML. The rest of the library's message is a picture of the source.
func (f *yamlFile) syntax(err error) {
	words, _, _ := strings.Cut(err.Error(), "\n")
	if m := syntaxPlace.FindStringSubmatch(words); m != nil {
		at := position{}
		at.line, _ = strconv.Atoi(m[1]) // digits
		at.column, _ = strconv.Atoi(m[2])
		f.places["syntax"], words = at, m[3]
	}
	f.bad("syntax", "not YAML: %s", words)
}

func placeOf(n ast.Node) position {
	if v, ok := n.(*ast.MappingValueNode); ok {
		n = v.Key
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		n = m.Values[0].Key
	}
	return tokenPlace(n.GetToken())
}

func tokenPlace(t *token.Token) position { return position{t.Position.Line, t.Position.Column} }

// mapping reads a mapping whose keys are fixed.
func (f *yamlFile) mapping(keys yamlKeys) func(yamlNode) {
	return func(n yamlNode) {
		var values []*ast.MappingValueNode
		switch m := n.Node.(type) {
		case *ast.MappingNode:
			values = m.Values
		case *ast.MappingValueNode:
			values = []*ast.MappingValueNode{m}
		default:
			f.badAt(n, "%s: wants keys: %s", cmp.Or(n.path, "the file"), names(keys))
			return
		}
		seen := map[string]bool{}
		for _, kv := range values {
			f.entry(n, kv, keys, seen)
		}
	}
}

func (f *yamlFile) entry(n yamlNode, kv *ast.MappingValueNode, keys yamlKeys, seen map[string]bool) {
	name := kv.Key.GetToken().Value
	path := strings.TrimPrefix(n.path+"."+name, ".")
	read, known := keys[name]
	unknown := path
	if !known || seen[name] {
		unknown = path + "!" // a place of its own: the key's first place stays
	}
	f.places[unknown] = placeOf(kv)
	switch {
	case !known:
		f.bad(unknown, "%s: no such key; there are %s", path, names(keys))
	case seen[name]:
		f.bad(unknown, "%s: stands twice", path)
	default:
		seen[name] = true
		if _, empty := kv.Value.(*ast.NullNode); !empty {
			f.places[path] = placeOf(kv.Value)
			read(yamlNode{kv.Value, path})
		}
	}
}

func names(keys yamlKeys) string { return strings.Join(slices.Sorted(maps.Keys(keys)), ", ") }

// list reads a sequence; its items are counted from 1 in their paths.
func (f *yamlFile) list(n yamlNode, each func(yamlNode)) {
	s, ok := n.Node.(*ast.SequenceNode)
	if !ok {
		f.badAt(n, "%s: wants a list", n.path)
		return
	}
	for i, item := range s.Values {
		path := fmt.Sprintf("%s[%d]", n.path, i+1)
		f.places[path] = placeOf(item)
		each(yamlNode{item, path})
	}
}

// scalar gives a value as it is written, without quotes.
func (f *yamlFile) scalar(n yamlNode) (string, bool) {
	switch v := n.Node.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(v.Value.Value), true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	f.badAt(n, "%s: wants a text", n.path)
	return "", false
}

func (f *yamlFile) text(into *string) func(yamlNode) {
	return func(n yamlNode) { *into, _ = f.scalar(n) }
}

func (f *yamlFile) truth(into *bool) func(yamlNode) {
	return func(n yamlNode) {
		v, ok := n.Node.(*ast.BoolNode)
		if !ok {
			f.badAt(n, "%s: wants true or false", n.path)
			return
		}
		*into = v.Value
	}
}

func (f *yamlFile) number(into *int64) func(yamlNode) {
	return func(n yamlNode) {
		text, ok := f.scalar(n)
		if !ok {
			return
		}
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			f.badAt(n, "%s: wants a whole number", n.path)
			return
		}
		*into = v
	}
}

func (f *yamlFile) duration(into *time.Duration) func(yamlNode) {
	return func(n yamlNode) {
		text, ok := f.scalar(n)
		if !ok {
			return
		}
		v, err := time.ParseDuration(text)
		if err != nil || v < 0 {
			f.badAt(n, "%s: wants a time such as 30m or 168h", n.path)
			return
		}
		*into = v
	}
}

// rateUnits are what a rate may be counted in.
var rateUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// rate reads a number of messages in a time: 20/m.
func (f *yamlFile) rate(into *rate) func(yamlNode) {
	return func(n yamlNode) {
		text, ok := f.scalar(n)
		if !ok {
			return
		}
		count, unit, _ := strings.Cut(text, "/")
		v, err := strconv.ParseInt(count, 10, 32)
		per, known := rateUnits[unit]
		if err != nil || v < 1 || !known {
			f.badAt(n, "%s: wants a rate such as 20/m (s, m or h)", n.path)
			return
		}
		*into = rate{v, per}
	}
}
