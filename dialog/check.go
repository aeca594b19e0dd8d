package dialog

import (
	"maps"
	"slices"
	"strings"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// The limits of a text. WhatsApp itself shows 4,096 characters and folds a message behind "read more" long before;
// people read one thought of about 700.
const (
	maxMessage = 4096
	maxThought = 900
	// placeholderRoom is what a placeholder is counted as.
	placeholderRoom = 40
)

// check proves what a catalogue promises, over the whole graph: nothing unreachable, no dead end, no endless turn,
// nothing said that is not known.
func (l *loader) check() {
	l.missing()
	for _, name := range l.catalog.names {
		f := l.catalog.Flows[name]
		if f.shared {
			continue // checked where it is played
		}
		g := l.graph(f)
		l.reachable(f, g)
		l.leavable(f, g)
		l.knowledge(f, g)
		for _, n := range f.Nodes {
			l.lengths(n)
			l.distinct(n)
		}
		l.forms(f)
		l.decisions(f)
		l.asides(f)
	}
	l.circles()
	l.entered()
}

// graph is a flow's ways as indexes of its nodes; -1 leads out of the flow.
type graph struct{ next [][]int }

// out leads to another flow or home.
const out = -1

func (l *loader) graph(f *Flow) graph {
	g := graph{next: make([][]int, len(f.Nodes))}
	for i, n := range f.Nodes {
		for _, e := range n.ways() {
			to := out
			if !e.To.Home && !e.To.Begin {
				to = f.index[e.To.Node]
			}
			g.next[i] = append(g.next[i], to)
		}
		if n.skip != "" && i+1 < len(f.Nodes) {
			g.next[i] = append(g.next[i], i+1)
		}
	}
	return g
}

// ways are all edges out of a node.
func (n *Node) ways() []Edge {
	all := slices.Clone(n.Go)
	for _, c := range n.Options {
		all = append(all, c.Go...)
	}
	return all
}

func (l *loader) reachable(f *Flow, g graph) {
	seen := make([]bool, len(f.Nodes))
	todo := []int{0}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == out || seen[i] {
			continue
		}
		seen[i] = true
		todo = append(todo, g.next[i]...)
	}
	for i, n := range f.Nodes {
		if !seen[i] && !strings.HasSuffix(n.Name, "__end") {
			n.at.bad("nothing leads to node %q", n.Name)
		}
	}
}

// leavable proves that from every node the end, another flow or home can be reached.
func (l *loader) leavable(f *Flow, g graph) {
	good := make([]bool, len(f.Nodes))
	for changed := true; changed; {
		changed = false
		for i, n := range f.Nodes {
			ok := n.Kind == End || slices.ContainsFunc(g.next[i], func(to int) bool { return to == out || good[to] })
			if ok && !good[i] {
				good[i], changed = true, true
			}
		}
	}
	for i, n := range f.Nodes {
		if !good[i] {
			n.at.bad("node %q never comes to an end", n.Name)
		}
	}
}

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

// lengths keeps texts within what people read and WhatsApp shows.
func (l *loader) lengths(n *Node) {
	for _, t := range []*Text{n.Text, n.Hint, n.Echo} {
		if size, at := t.length(); size > maxThought {
			at.bad("the text has %d characters; one message is one thought of at most %d", size, maxThought)
		}
	}
	size, at := n.Text.length()
	for _, c := range n.Options {
		chars, _ := c.label.length()
		size += chars + placeholderRoom
	}
	if size > maxMessage {
		at.bad("text and options have %d characters; WhatsApp shows %d", size, maxMessage)
	}
}

// distinct keeps options apart: no name means two of them, and none is a word that works everywhere.
func (l *loader) distinct(n *Node) {
	taken := map[string]int{}
	for i, c := range n.Options {
		for _, name := range append(slices.Collect(maps.Values(c.Label)), c.Words...) {
			said := field.Normal(name)
			if first, ok := taken[said]; ok && first != i {
				c.at.bad("%q names two options", name)
			}
			taken[said] = i
			if w, ok := l.catalog.words[said]; ok && slices.Contains(everywhere, w) {
				c.at.bad("%q already means %q everywhere", name, w)
			}
		}
	}
}

// forms checks that a service's flow opens its ticket and asks what it names.
func (l *loader) forms(f *Flow) {
	if f.Service == nil {
		return
	}
	if !slices.ContainsFunc(f.Nodes, func(n *Node) bool { return n.Kind == Ticket }) {
		f.at.bad("service %q never opens a ticket", f.Name)
	}
	s := f.Service.Pipeline.Subject
	named := append([]string{s.Name, s.Number, s.BirthDate, s.Regency, s.Company}, f.Service.Keeps...)
	for _, st := range f.Service.Pipeline.Stages {
		named = append(named, st.Documents...)
	}
	for _, name := range named {
		if _, ok := f.question(name); name != "" && !ok {
			f.at.bad("service %q names the field %q, which it never asks", f.Name, name)
		}
	}
}

// decisions checks what members read of an officer's decisions.
func (l *loader) decisions(f *Flow) {
	if f.Service == nil {
		return
	}
	for _, s := range f.Service.Pipeline.Stages {
		for _, d := range s.Decisions {
			l.said(f, s.Name, d.Name, d.Reason)
			if slices.Contains(noticeNames, d.Name) || strings.HasPrefix(d.Name, desk.TimerFollow) {
				f.at.bad("service %q: stage %q: %q is a notice of every ticket and cannot be a decision's name",
					f.Name, s.Name, d.Name)
			}
		}
		for i := range s.Follow {
			l.said(f, s.Name, desk.FollowName(i), false)
		}
	}
}

// noticeNames are what members are told of any ticket, whatever its service says.
var noticeNames = []string{desk.TimerRemind, desk.TimerExpire, DecisionBack}

// asides checks a flow that recognises messages: it is played while something else is being asked, so it comes to its
// end within the same turn, and stays in itself.
func (l *loader) asides(f *Flow) {
	if f.Recognises == nil {
		return
	}
	for field, name := range f.Recognises {
		if t, _ := l.typeOf(name); t.Read == nil {
			f.at.bad("flow %q recognises %q, but a value of type %q cannot be written", f.Name, field, name)
		}
	}
	for _, n := range f.Nodes {
		if n.Waits() || n.Kind == Ticket {
			n.at.bad("flow %q recognises messages, so it does not wait at a node like %q", f.Name, n.Name)
		}
		for _, e := range n.ways() {
			if e.To.Home || e.To.Begin {
				e.at.bad("flow %q recognises messages, so it goes on to its own end only", f.Name)
			}
		}
	}
}

// said checks the placeholders of what members read at a stage.
func (l *loader) said(f *Flow, stage, name string, reason bool) {
	f.Service.says[stage+"/"+name].refs(func(ref string, _ bool, at place) {
		known := ref == "ref" || ref == "title" || ref == "reason" && reason
		_, asked := f.symbols[ref]
		if !known && !asked && !slices.Contains(f.Service.sets(), ref) {
			at.bad("decision %q knows no {%s}", name, ref)
		}
	})
}

// sets are the names of all values that decisions set.
func (s *Service) sets() []string {
	var names []string
	for _, st := range s.Pipeline.Stages {
		for _, d := range st.Decisions {
			for _, set := range d.Sets {
				names = append(names, set.Name)
			}
		}
	}
	return names
}

// circles proves that every turn comes to rest: no way leads in a circle, through whatever flows, without waiting.
func (l *loader) circles() {
	const (
		unseen = iota
		open
		done
	)
	state := map[*Node]int{}
	var walk func(n *Node) bool
	walk = func(n *Node) bool {
		if n.Kind == End || n.Waits() && n.skip == "" {
			return false
		}
		switch state[n] {
		case open:
			return true
		case done:
			return false
		}
		state[n] = open
		for _, next := range l.after(n) {
			if walk(next) {
				if state[n] == open {
					n.at.bad("node %q goes in a circle without waiting", n.Name)
				}
				state[n] = done
				return false
			}
		}
		state[n] = done
		return false
	}
	for _, name := range l.catalog.names {
		for _, n := range l.catalog.Flows[name].Nodes {
			walk(n)
		}
	}
}

// after are the nodes a node may lead to, in any flow; home waits.
func (l *loader) after(n *Node) []*Node {
	var out []*Node
	for _, e := range n.ways() {
		if e.To.Home || n.Waits() {
			continue
		}
		if to, ok := l.catalog.Flows[e.To.Flow].Node(e.To.Node); ok {
			out = append(out, to)
		}
	}
	if i := n.flow.index[n.Name]; n.skip != "" && i+1 < len(n.flow.Nodes) {
		out = append(out, n.flow.Nodes[i+1])
	}
	return out
}

// entered proves that every flow can be come to: from another, by the word for an officer, after a decision, by what
// people say, or as a line's own. A flow that proposals may name is entered so.
func (l *loader) entered() {
	come := map[string]bool{l.catalog.officer: true, l.catalog.tickets: true, l.catalog.rating: true, l.catalog.desk: true}
	for _, r := range l.catalog.knows {
		come[r.flow.Name] = true
	}
	for _, f := range l.catalog.Flows {
		for _, n := range f.Nodes {
			for _, e := range n.ways() {
				come[e.To.Flow] = come[e.To.Flow] || e.To.Flow != f.Name
			}
		}
		for _, follow := range f.followUps() {
			come[follow.flow] = true
		}
	}
	for _, name := range l.catalog.names {
		f := l.catalog.Flows[name]
		begins := slices.ContainsFunc(f.Nodes, func(n *Node) bool { return n.Kind == Menu })
		if !come[name] && !f.shared && !begins {
			f.at.bad("nothing leads to flow %q, and without a menu no line can begin with it", name)
		}
	}
}
