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
	l.doubt()
	l.circles()
	l.entered()
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
var noticeNames = []string{desk.TimerRemind, desk.TimerExpire, DecisionBack, DecisionErased}

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

// entered proves that every flow can be come to: from another, by the word for an officer, after a decision, by what
// people say, or as a line's own. A flow that proposals may name is entered so.
func (l *loader) entered() {
	come := map[string]bool{}
	for _, name := range []string{l.catalog.officer, l.catalog.tickets, l.catalog.rating, l.catalog.desk, l.catalog.doubt} {
		come[name] = true
	}
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
		if !come[name] && !f.shared && !begins && !f.Anywhere {
			f.at.bad("nothing leads to flow %q, and without a menu no line can begin with it", name)
		}
	}
}
