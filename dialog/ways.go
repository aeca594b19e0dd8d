package dialog

import (
	"slices"
	"strings"
)

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
