package dialog

import (
	"maps"
	"strings"
)

// knowledge proves that every placeholder is known on every path that leads to it: what is known at a node is what
// all ways to it have in common.
func (l *loader) knowledge(f *Flow, g graph) {
	known := make([]map[string]bool, len(f.Nodes)) // before the node; nil: not reached yet
	known[0] = map[string]bool{}
	for name, s := range f.symbols {
		if s.node == nil && !strings.Contains(name, ".") {
			known[0][name] = true // built-in or given
		}
	}
	if f.Given != nil {
		for name := range followUpFacts {
			known[0][name] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for i, n := range f.Nodes {
			if known[i] == nil {
				continue
			}
			after := maps.Clone(known[i])
			l.learns(f, n, after)
			for _, to := range g.next[i] {
				if to != out && meet(&known[to], after) {
					changed = true
				}
			}
			if n.skip != "" && i+1 < len(f.Nodes) && meet(&known[i+1], known[i]) {
				changed = true
			}
		}
	}
	for i, n := range f.Nodes {
		if known[i] != nil {
			l.mentions(f, n, known[i])
		}
	}
}

// learns adds what is known after a node was played.
func (l *loader) learns(f *Flow, n *Node, known map[string]bool) {
	switch n.Kind {
	case Ask:
		if !n.Optional {
			known[n.Field] = true
		}
	case QueryIt, Ticket:
		for _, fact := range f.facts[n.As] {
			known[n.As+"."+fact] = true
		}
	case Menu, Say, Review, End, use:
	}
}

// meet keeps in *at what is also in come; it reports whether *at changed.
func meet(at *map[string]bool, come map[string]bool) bool {
	if *at == nil {
		*at = maps.Clone(come)
		return true
	}
	before := len(*at)
	maps.DeleteFunc(*at, func(name string, _ bool) bool { return !come[name] })
	return len(*at) != before
}

// mentions checks the placeholders of a node's texts.
func (l *loader) mentions(f *Flow, n *Node, known map[string]bool) {
	visit := func(known map[string]bool) func(ref string, must bool, at place) {
		return func(ref string, must bool, at place) {
			if _, exists := f.symbols[ref]; !exists {
				at.bad("{%s} is neither a field nor a fact of flow %q", ref, f.Name)
			} else if must && !known[ref] {
				at.bad("{%s} may be unknown here; {%s?} may be missing", ref, ref)
			}
		}
	}
	n.Text.refs(visit(known))
	if n.File != nil {
		visit(known)(n.File.Of, true, n.File.at)
	}
	n.Hint.refs(visit(known))
	for _, c := range n.Options {
		c.label.refs(visit(known))
	}
	if n.Echo != nil {
		after := maps.Clone(known)
		after[n.Field] = true
		n.Echo.refs(visit(after))
	}
}
