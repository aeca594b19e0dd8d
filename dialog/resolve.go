package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// resolve ties every name to what it names: types, queries, targets, conditions.
func (l *loader) resolve() {
	for _, name := range l.catalog.names {
		f := l.catalog.Flows[name]
		l.symbols(f)
		for _, n := range f.Nodes {
			l.node(f, n)
		}
		l.edges(f)
		l.conditions(f)
		l.intents(f)
	}
	l.proposable()
	l.services()
	l.wordFlows()
}

// wordFlows checks the flows that the catalog document names.
func (l *loader) wordFlows() {
	c := l.catalog
	for _, w := range [][2]string{{"officer", c.officer}, {"tickets", c.tickets}, {"rating", c.rating}, {"desk", c.desk}, {"doubt", c.doubt}} {
		if w[1] != "" && c.Flows[w[1]] == nil {
			l.begun.bad("words: %s opens the unknown flow %q", w[0], w[1])
		}
	}
	if f := c.Flows[c.rating]; f != nil && (f.Given == nil || len(f.Given) > 0) {
		f.at.bad("flow %q rates the tickets of every service, so it is given nothing but the ticket: given: {}", f.Name)
	}
}

// symbols collects the names a flow's texts and conditions may use.
func (l *loader) symbols(f *Flow) {
	f.facts = map[string][]string{}
	add := func(name, typeName string, n *Node) {
		root, fact, isFact := strings.Cut(name, ".")
		if _, twice := f.symbols[name]; isFact && !twice {
			f.facts[root] = append(f.facts[root], fact)
		}
		f.symbols[name] = symbol{typeName: typeName, node: n}
	}
	for name, t := range builtins {
		add(name, t, nil)
	}
	for _, given := range []map[string]string{f.Given, f.Recognises} {
		for name, t := range given {
			add(name, t, nil)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(f.Recognises)) {
		t, _ := l.typeOf(f.Recognises[field])
		l.catalog.knows = append(l.catalog.knows, recognised{flow: f, field: field, typ: t})
	}
	if f.Given != nil {
		for name, t := range followUpFacts {
			add(name, t, nil)
		}
	}
	for _, n := range f.Nodes {
		switch n.Kind {
		case Ask:
			if _, known := f.symbols[n.Field]; !known || f.symbols[n.Field].node == nil {
				add(n.Field, n.TypeName, n)
			}
			if n.Counted && f.Service != nil {
				f.count(n)
			}
		case QueryIt, Ticket:
			s, _ := l.catalog.signature(n.queryName())
			for fact, t := range s.Facts {
				add(n.As+"."+fact, t, nil)
			}
		case Menu, Say, Review, End, use:
		}
	}
}

// count makes a question one of those that members see the number of. A field asked at several places is one.
func (f *Flow) count(n *Node) {
	for _, q := range f.asks {
		if q.Field == n.Field {
			n.bit = q.bit
		}
	}
	if n.bit == 0 {
		n.bit = 1 << len(f.asks) // those beyond the 64th are not told apart
	}
	f.asks = append(f.asks, n)
}

// queryName is the query a node asks.
func (n *Node) queryName() string {
	if n.Kind == Ticket {
		return QueryOpen
	}
	return n.Query
}

func (l *loader) node(f *Flow, n *Node) {
	if n.Kind == Ask {
		l.question(n)
	}
	if n.Kind == Ask && n.TypeName == "choice" || n.Kind == Menu {
		l.source(f, n)
	}
	if n.Kind == QueryIt {
		l.query(f, n)
	}
	if n.Kind == Ticket && f.Service == nil {
		n.at.bad("flow %q opens a ticket, so it needs a service section", f.Name)
	}
	if len(n.Options) > 0 {
		n.choices = field.NewChoices(n.options())
	}
}

func (l *loader) question(n *Node) {
	t, ok := l.typeOf(n.TypeName)
	if !ok {
		n.at.bad("question %q has the unknown type %q", n.Name, n.TypeName)
		return
	}
	n.typ = t
	if t.Read == nil && t.Kind != FileValue && n.TypeName != "choice" {
		n.at.bad("question %q has the type %q, which facts have but nobody can type", n.Name, n.TypeName)
	}
	if first, ok := l.catalog.fields[n.Field]; !ok {
		l.catalog.fields[n.Field] = &fieldUse{typeName: n.TypeName, node: n}
	} else if first.typeName != n.TypeName {
		n.at.bad("field %q is a %s here and a %s in flow %q: one field has one type",
			n.Field, n.TypeName, first.typeName, first.node.flow.Name)
	}
}

// source checks where a choice's options come from.
func (l *loader) source(f *Flow, n *Node) {
	sources := 0
	for _, has := range []bool{len(n.Options) > 0, n.List != "", n.Rows != ""} {
		if has {
			sources++
		}
	}
	if sources != 1 {
		n.at.bad("%s %q offers either options, or a list, or rows", n.Kind, n.Name)
	}
	if n.List != "" {
		if _, ok := l.scheme.Lists[n.List]; !ok {
			n.at.bad("the scheme has no list %q; it has %s", n.List, names(l.scheme.Lists))
		}
		if _, known := f.symbols[n.Of]; n.Of != "" && !known {
			n.at.bad("the list is narrowed by %q, which this flow never asks", n.Of)
		}
	}
	if n.Rows != "" {
		l.rows(f, n)
	}
}

func (l *loader) rows(f *Flow, n *Node) {
	for _, q := range f.Nodes {
		if (q.Kind == QueryIt) && q.As == n.Rows {
			s, _ := l.catalog.signature(q.Query)
			if s.Rows == nil {
				n.at.bad("query %q gives no rows", q.Query)
			}
			if _, ok := s.Rows[n.RowVal]; !ok {
				n.at.bad("rows of %q have no %q; they have %s", q.Query, n.RowVal, names(s.Rows))
			}
			n.RowShow.refs(func(ref string, _ bool, at place) {
				if _, ok := s.Rows[ref]; !ok {
					at.bad("rows of %q have no %q; they have %s", q.Query, ref, names(s.Rows))
				}
			})
			return
		}
	}
	n.at.bad("no query of this flow gives %q", n.Rows)
}

func names[V any](m map[string]V) string { return strings.Join(slices.Sorted(maps.Keys(m)), ", ") }

func (l *loader) query(f *Flow, n *Node) {
	s, ok := l.catalog.signature(n.Query)
	if !ok {
		n.at.bad("there is no query %q; there are %s, %s, %s", n.Query,
			names(engineQueries), names(l.scheme.Queries), names(l.scheme.Rules))
		return
	}
	_, open := s.Args["*"]
	given := map[string]bool{}
	for _, a := range n.Args {
		given[a.Name] = true
		if _, known := s.Args[a.Name]; !known && !open {
			a.at.bad("query %q takes no %q; it takes %s", n.Query, a.Name, names(s.Args))
		}
		if _, known := f.symbols[a.Ref]; a.Ref != "" && !known {
			a.at.bad("%q is neither a field nor a fact of this flow; a literal stands in quotes: '\"…\"'", a.Ref)
		}
	}
	for arg := range s.Args {
		if arg != "*" && !given[arg] {
			n.at.bad("query %q needs %q", n.Query, arg)
		}
	}
}

// edges gives every node its ways on, resolves where they lead, and names each for the flow's machine.
func (l *loader) edges(f *Flow) {
	for i, n := range f.Nodes {
		next := Target{}
		if i+1 < len(f.Nodes) {
			next = Target{Flow: f.Name, Node: f.Nodes[i+1].Name}
		}
		if n.Kind != End {
			n.Go = l.ways(n, n.Go, next, len(n.Options) > 0 && n.Kind == Menu)
		}
		for j := range n.Options {
			c := &n.Options[j]
			if n.Kind == Menu {
				c.Go = l.ways(n, c.Go, next, false)
				l.name(n, c.Go, fmt.Sprintf("#%d", j+1))
			}
		}
		l.name(n, n.Go, "")
		if n.When != nil {
			n.skip = n.Name + " skip"
			if next.Node == "" {
				n.at.bad("node %q may be passed over, but nothing follows it", n.Name)
			}
		}
	}
}

// ways completes a list of edges: without one, on to the next node; a list whose last has a condition falls through
// to the next node too.
func (l *loader) ways(n *Node, edges []Edge, next Target, never bool) []Edge {
	if never {
		return nil // a menu's options lead on, the menu itself does not
	}
	if len(edges) == 0 || edges[len(edges)-1].If != nil {
		if next.Node == "" {
			n.at.bad("nothing follows node %q: it needs go", n.Name)
			return edges
		}
		edges = append(edges, Edge{To: next, at: n.at})
	}
	for i := range edges {
		e := &edges[i]
		if e.If == nil && i < len(edges)-1 {
			e.at.bad("the ways after this one are never tried: it has no condition")
		}
		l.target(e)
	}
	return edges
}

func (l *loader) target(e *Edge) {
	if e.To.Home {
		return
	}
	f, ok := l.catalog.Flows[e.To.Flow]
	if !ok {
		e.at.bad("there is no flow %q", e.To.Flow)
		return
	}
	if e.To.Node == "" {
		if f.shared {
			e.at.bad("flow %q is played inside others with use; nobody goes to it", f.Name)
		}
		e.To.Node, e.To.Begin = f.Nodes[0].Name, true
		return
	}
	if _, ok := f.Node(e.To.Node); !ok {
		e.at.bad("flow %q has no node %q", f.Name, e.To.Node)
	}
}

func (l *loader) name(n *Node, edges []Edge, suffix string) {
	for i := range edges {
		edges[i].event = fmt.Sprintf("%s%s →%d", n.Name, suffix, i+1)
	}
}

// conditions compiles every condition of the flow against its symbols.
func (l *loader) conditions(f *Flow) {
	env := f.environment(l.typeOf)
	compile := func(c *Condition) {
		if c == nil {
			return
		}
		if err := c.compile(env); err != nil {
			c.at.bad("condition: %s", err)
		}
	}
	for _, n := range f.Nodes {
		compile(n.When)
		for i := range n.Go {
			compile(n.Go[i].If)
		}
		for i := range n.Options {
			compile(n.Options[i].When)
			for j := range n.Options[i].Go {
				compile(n.Options[i].Go[j].If)
			}
		}
	}
}

// intents normalises what people say when they mean the flow; its title is among it.
func (l *loader) intents(f *Flow) {
	f.intents = map[string]bool{}
	for _, s := range f.Intents {
		f.intents[field.Normal(s)] = true
	}
	for _, s := range f.Title {
		f.intents[field.Normal(s)] = true
	}
	if !f.Anywhere {
		return
	}
	for _, said := range slices.Sorted(maps.Keys(f.intents)) {
		other := l.catalog.anywhere[said]
		w, global := l.catalog.words[said]
		switch {
		case global:
			f.at.bad("flow %q is begun anywhere by %q, which already means %q", f.Name, said, w)
		case other != nil && other != f:
			f.at.bad("flow %q is begun anywhere by %q, and so is flow %q", f.Name, said, other.Name)
		}
		l.catalog.anywhere[said] = f
	}
}

// services checks what pipelines name outside themselves: follow-up flows and what these are given.
func (l *loader) services() {
	for _, name := range l.catalog.names {
		f := l.catalog.Flows[name]
		if f.Service == nil {
			continue
		}
		for _, follow := range f.followUps() {
			l.followUp(f, follow.flow, follow.after)
		}
		for _, err := range f.Service.Pipeline.Check(l.catalog.Languages) {
			f.at.bad("service %q: %s", f.Name, err)
		}
	}
}

// followUp is a flow that members are offered after something happened to a ticket.
type followUp struct{ after, flow string }

// followUps are the flows that follow a service's decisions and the ends of its tickets.
func (f *Flow) followUps() []followUp {
	if f.Service == nil {
		return nil
	}
	var all []followUp
	for _, s := range f.Service.Pipeline.Stages {
		for _, d := range s.Decisions {
			all = append(all, followUp{d.Name, d.Flow})
		}
		for i, follow := range s.Follow {
			all = append(all, followUp{desk.FollowName(i), follow.Flow})
		}
	}
	return slices.DeleteFunc(all, func(u followUp) bool { return u.flow == "" })
}

func (l *loader) followUp(f *Flow, name, decision string) {
	to, ok := l.catalog.Flows[name]
	if !ok {
		f.at.bad("decision %q opens the unknown flow %q", decision, name)
		return
	}
	if to.Given == nil {
		to.at.bad("flow %q follows decision %q of %q, so it says what it is given", name, decision, f.Name)
	}
	sets := map[string]string{}
	for _, s := range f.Service.Pipeline.Stages {
		for _, d := range s.Decisions {
			for _, set := range d.Sets {
				sets[set.Name] = set.Type
			}
		}
	}
	for given, t := range to.Given {
		asked, isField := f.symbols[given]
		if set, ok := sets[given]; ok && set == t || isField && asked.typeName == t {
			continue
		}
		to.at.bad("flow %q wants %q (%s), which service %q neither asks nor sets", name, given, t, f.Name)
	}
}
