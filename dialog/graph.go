package dialog

import (
	"fmt"
	"strings"

	"sapa/dialog/desk"
)

// Graph draws a flow as a Mermaid flowchart with the words members read; the stages of a service follow below.
func (c *Catalog) Graph(name, lang string) (string, error) {
	f, ok := c.Flows[name]
	if !ok {
		return "", fmt.Errorf("there is no flow %q; there are %s", name, strings.Join(c.names, ", "))
	}
	d := drawing{lang: lang}
	d.line("flowchart TD")
	d.flow(f)
	if f.Service != nil {
		d.pipeline(f)
	}
	return d.String(), nil
}

// Overview draws how the flows lead to each other.
func (c *Catalog) Overview(lang string) string {
	d := drawing{lang: lang}
	d.line("flowchart LR")
	for _, name := range c.names {
		f := c.Flows[name]
		if f.shared {
			continue
		}
		shape := [2]string{"[", "]"}
		if f.Service != nil {
			shape = [2]string{"[[", "]]"}
		}
		d.line("    %s%s%s%s", id(name), shape[0], quoted(f.Title[lang]), shape[1])
		drawn := map[string]bool{}
		for _, n := range f.Nodes {
			for _, e := range n.ways() {
				if e.To.Home || e.To.Flow == name || drawn[e.To.Flow] {
					continue
				}
				drawn[e.To.Flow] = true
				d.line("    %s --> %s", id(name), id(e.To.Flow))
			}
		}
		d.followUps(f)
	}
	return d.String()
}

// drawing is Mermaid text in the making.
type drawing struct {
	strings.Builder
	lang string
}

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

func (d *drawing) followUps(f *Flow) {
	for _, follow := range f.followUps() {
		d.line("    %s -. %s .-> %s", id(f.Name), quoted(follow.after), id(follow.flow))
	}
}

func (d *drawing) flow(f *Flow) {
	for i, n := range f.Nodes {
		open, closed := n.shape()
		d.line("    %s%s%s%s", id(n.Name), open, quoted(d.title(n)), closed)
		for j, c := range n.Options {
			for _, e := range c.Go {
				d.edge(f, n, e, fmt.Sprintf("%d. %s", j+1, c.Label[d.lang]))
			}
		}
		for _, e := range n.Go {
			label := ""
			if e.If != nil {
				label = e.If.Source
			}
			d.edge(f, n, e, label)
		}
		if n.skip != "" && i+1 < len(f.Nodes) {
			d.line("    %s -. %s .-> %s", id(n.Name), quoted("not: "+n.When.Source), id(f.Nodes[i+1].Name))
		}
	}
}

func (d *drawing) edge(f *Flow, n *Node, e Edge, label string) {
	to := id(e.To.Node)
	switch {
	case e.To.Home:
		to = "home([" + quoted("home") + "])"
	case e.To.Flow != f.Name:
		to = "to_" + e.To.Flow + "([" + quoted(e.To.Flow) + "])"
	}
	if label == "" {
		d.line("    %s --> %s", id(n.Name), to)
		return
	}
	d.line("    %s -- %s --> %s", id(n.Name), quoted(label), to)
}

// shape tells the kinds of node apart.
func (n *Node) shape() (open, closed string) {
	switch n.Kind {
	case Menu:
		return "{{", "}}"
	case Ask:
		return "[/", "/]"
	case QueryIt:
		return "[(", ")]"
	case Ticket:
		return "[[", "]]"
	case End:
		return "([", "])"
	case Say, Review, use:
	}
	return "[", "]"
}

// title is a node's label, or the beginning of what it says.
func (d *drawing) title(n *Node) string {
	switch {
	case n.Kind == Ask:
		return n.Label[d.lang]
	case n.Kind == QueryIt:
		return n.Query
	case n.Kind == Ticket:
		return "ticket: " + n.flow.Title[d.lang]
	case n.Text == nil:
		return n.Name
	}
	var b strings.Builder
	n.Text.write(&b, d.lang, func(ref string) string { return "{" + ref + "}" })
	first, _, _ := strings.Cut(b.String(), "\n")
	if r := []rune(first); len(r) > 60 {
		first = string(r[:59]) + "…"
	}
	return first
}

// pipeline draws what happens to the ticket.
func (d *drawing) pipeline(f *Flow) {
	p := f.Service.Pipeline
	d.line("    subgraph ticket_stages [%s]", quoted(p.Title[d.lang]))
	for _, s := range p.Stages {
		d.line("    stage_%s(%s)", s.Name, quoted(stageLabel(s, d.lang)))
	}
	for _, s := range p.Stages {
		for _, dec := range s.Decisions {
			by := ""
			switch {
			case dec.Member:
				by = " (member)"
			case s.Auto.Decision == dec.Name:
				by = fmt.Sprintf(" (by itself after %gh)", s.Auto.After.Hours())
			}
			d.line("    stage_%s -- %s --> stage_%s", s.Name, quoted(dec.Name+by), dec.To)
		}
	}
	d.line("    end")
}

// stageLabel says what a stage is to the member and whose work it is: "Diperiksa petugas · open · branch · 7h".
func stageLabel(s desk.Stage, lang string) string {
	parts := []string{s.Title[lang], string(s.Status)}
	if s.Role != "" {
		parts = append(parts, string(s.Role))
	}
	if s.Second {
		parts = append(parts, "second person")
	}
	if s.Promise > 0 {
		parts = append(parts, fmt.Sprintf("%gh", s.Promise.Hours()))
	}
	if s.Within > 0 {
		parts = append(parts, fmt.Sprintf("within %gh", s.Within.Hours()))
	}
	return strings.Join(parts, " · ")
}

// id makes a name safe for Mermaid, which has words of its own: a node may be called "class" or "end".
func id(name string) string { return name + "_" }

// quoted makes a Mermaid label of any text.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`"`, "#quot;", "\n", " ", "*", "").Replace(s) + `"`
}
