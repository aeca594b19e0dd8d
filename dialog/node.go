package dialog

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"sapa/dialog/field"
)

// nodeReader reads a list of nodes into a flow. Reading a sub-flow it works with a prefix, so that the same
// document can be played in several places.
type nodeReader struct {
	*loader
	flow   *Flow
	doc    *document
	prefix string // "caller__", "" at the top
	gates  []*Condition
	within []string // the sub-flows being read, against circles
}

func (r *nodeReader) nodes(n ast.Node) {
	r.doc.list(n, "nodes", func(n ast.Node) {
		pairs := r.doc.pairs(n, "a node")
		if len(pairs) == 0 {
			return
		}
		kind := NodeKind(pairs[0].Key.GetToken().Value)
		node := &Node{
			Kind: kind, Name: r.prefix + r.doc.text(pairs[0].Value), at: r.doc.at(pairs[0]), flow: r.flow,
			Weight: Keep, Counted: true, gates: r.gates,
		}
		if !isName(strings.ReplaceAll(node.Name, "-", "_")) || strings.Contains(node.Name, ".") {
			node.at.bad("a node's name is letters, digits and _: %q", node.Name)
			return
		}
		r.node(node, n)
	})
}

// node reads one node by its kind and adds it, or the nodes it stands for, to the flow.
func (r *nodeReader) node(n *Node, source ast.Node) {
	d := r.doc
	known := keys{
		string(n.Kind): func(ast.Node) {},
		"when":         func(v ast.Node) { n.When = r.condition(v) },
		"go":           func(v ast.Node) { n.Go = r.edges(v) },
	}
	switch n.Kind {
	case Menu:
		r.choiceKeys(known, n)
		known["text"], known["hint"] = r.textInto(&n.Text), r.textInto(&n.Hint)
	case Ask:
		r.choiceKeys(known, n)
		r.askKeys(known, n)
	case Say:
		known["text"] = r.textInto(&n.Text)
		known["weight"] = func(v ast.Node) { n.Weight = r.weight(v) }
		known["file"] = func(v ast.Node) { n.File = r.whole(v) }
	case QueryIt:
		known["name"], known["as"] = d.textInto(&n.Query), d.textInto(&n.As)
		known["args"] = func(v ast.Node) { n.Args = r.args(v) }
	case Review:
		known["text"] = r.textInto(&n.Text)
	case Ticket:
		known["as"] = d.textInto(&n.As)
	case End:
		known["text"], known["anew"] = r.textInto(&n.Text), d.truthInto(&n.Anew)
	case use:
		caller := d.text(r.doc.pairs(source, "a node")[0].Value)
		known["as"] = func(v ast.Node) { n.Name = r.prefix + d.text(v) }
		d.mapping(source, "a use", known)
		r.inline(n, caller)
		return
	default:
		n.at.bad("a node is menu, ask, say, query, review, ticket, end or use, not %q", n.Kind)
		return
	}
	found := d.mapping(source, "a "+string(n.Kind)+" node", known)
	r.required(n, found)
	if n.Kind == Ask && n.Field == "" {
		n.Field = strings.TrimPrefix(n.Name, r.prefix)
	}
	if n.Kind == End && r.prefix != "" {
		r.leave(n)
	}
	r.add(n)
}

func (r *nodeReader) choiceKeys(known keys, n *Node) {
	d := r.doc
	known["options"] = func(v ast.Node) {
		d.list(v, "options", func(v ast.Node) { n.Options = append(n.Options, r.choice(v, n.Kind)) })
	}
	known["list"], known["of"] = d.textInto(&n.List), d.textInto(&n.Of)
	known["rows"], known["value"] = d.textInto(&n.Rows), d.textInto(&n.RowVal)
	known["show"] = r.textInto(&n.RowShow)
}

func (r *nodeReader) askKeys(known keys, n *Node) {
	d := r.doc
	known["text"], known["hint"], known["echo"] = r.textInto(&n.Text), r.textInto(&n.Hint), r.textInto(&n.Echo)
	known["label"] = func(v ast.Node) { n.Label, _ = d.words(v, r.catalog.Languages) }
	known["type"], known["field"], known["version"] = d.textInto(&n.TypeName), d.textInto(&n.Field), d.textInto(&n.Version)
	known["optional"], known["counted"] = d.truthInto(&n.Optional), d.truthInto(&n.Counted)
	known["min"], known["max"] = d.numberInto(&n.Min), d.numberInto(&n.Max)
}

// required notes what a node of this kind cannot do without.
func (r *nodeReader) required(n *Node, found map[string]place) {
	wants := map[NodeKind][]string{
		Menu: {"text"}, Ask: {"text", "type", "label"}, QueryIt: {"name", "as"}, Ticket: {"as"},
	}
	for _, key := range wants[n.Kind] {
		if _, ok := found[key]; !ok {
			n.at.bad("%s %q needs %s", n.Kind, n.Name, key)
		}
	}
	if n.File != nil && n.Text == nil {
		n.at.bad("say %q sends a file and needs the text that goes with it", n.Name)
	}
	if n.Kind == Ask && n.TypeName == "consent" {
		n.Counted = n.Counted && found["counted"].line > 0
		if n.Version == "" {
			n.at.bad("consent %q needs the version of its text", n.Name)
		}
	}
}

// choice reads an option. Its value is what a question records; a menu needs none.
func (r *nodeReader) choice(n ast.Node, kind NodeKind) Choice {
	d := r.doc
	c := Choice{at: d.at(n)}
	known := keys{
		"label": func(v ast.Node) {
			w, at := d.words(v, r.catalog.Languages)
			c.Label, c.label = w, template(w, at)
		},
		"words": d.textsInto(&c.Words),
		"when":  func(v ast.Node) { c.When = r.condition(v) },
		"value": d.textInto(&c.Value),
	}
	if kind == Menu {
		known["go"] = func(v ast.Node) { c.Go = r.edges(v) }
	}
	found := d.mapping(n, "an option", known)
	if _, ok := found["label"]; !ok {
		c.at.bad("an option has a label")
	}
	if _, ok := found["value"]; !ok && kind == Ask {
		c.at.bad("an option of a question has a value")
	}
	return c
}

func (r *nodeReader) textInto(t **Text) func(ast.Node) {
	return func(n ast.Node) {
		w, at := r.doc.words(n, r.catalog.Languages)
		*t = template(w, at)
	}
}

func (r *nodeReader) whole(n ast.Node) *Whole {
	w := &Whole{at: r.doc.at(n)}
	r.doc.mapping(n, "a file", keys{"name": r.doc.textInto(&w.Name), "of": r.doc.textInto(&w.Of)})
	if w.Name == "" || w.Of == "" {
		w.at.bad("a file has a name, and what it is of")
	}
	return w
}

func (r *nodeReader) weight(n ast.Node) Weight {
	w := Weight(r.doc.text(n))
	if w != Keep && w != Prompt {
		r.doc.at(n).bad("a weight is keep or prompt")
	}
	return w
}

func (r *nodeReader) condition(n ast.Node) *Condition {
	return &Condition{Source: r.doc.text(n), at: r.doc.at(n)}
}

// edges reads go: one target, or a list of {if, to}.
func (r *nodeReader) edges(n ast.Node) []Edge {
	if _, ok := n.(*ast.SequenceNode); !ok {
		return []Edge{{To: r.target(n), at: r.doc.at(n)}}
	}
	var out []Edge
	r.doc.list(n, "go", func(v ast.Node) {
		e := Edge{at: r.doc.at(v)}
		found := r.doc.mapping(v, "a way on", keys{
			"if": func(v ast.Node) { e.If = r.condition(v) },
			"to": func(v ast.Node) { e.To = r.target(v) },
		})
		if _, ok := found["to"]; !ok {
			e.at.bad("a way on has to: NODE")
		}
		out = append(out, e)
	})
	return out
}

func (r *nodeReader) target(n ast.Node) Target {
	s := r.doc.text(n)
	if s == "/" {
		return Target{Home: true}
	}
	if flow, ok := strings.CutPrefix(s, "/"); ok {
		return Target{Flow: flow}
	}
	return Target{Flow: r.flow.Name, Node: r.prefix + s}
}

// args reads what a query is given: names, or literals in quotes of their own.
func (r *nodeReader) args(n ast.Node) []Arg {
	var out []Arg
	for _, kv := range r.doc.pairs(n, "args") {
		a := Arg{Name: kv.Key.GetToken().Value, at: r.doc.at(kv)}
		v := r.doc.text(kv.Value)
		if lit, ok := strings.CutPrefix(v, "="); ok {
			a.Literal = lit
		} else if len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
			a.Literal = v[1 : len(v)-1]
		} else {
			a.Ref = v
		}
		out = append(out, a)
	}
	return out
}

// inline plays another flow here: a way in that may pass it over, its nodes, and a way out its ends lead to.
func (r *nodeReader) inline(n *Node, name string) {
	s, ok := r.sources[name]
	if !ok {
		n.at.bad("there is no flow %q to use", name)
		return
	}
	if slices.Contains(r.within, name) || name == r.flow.Name {
		n.at.bad("flow %q would use itself", name)
		return
	}
	s.used = true
	if s.nodes == nil {
		r.header(&Flow{at: s.doc.at(s.body)}, s)
	}
	out := &Node{Kind: Say, Name: n.Name + "__end", at: n.at, flow: r.flow, Go: n.Go}
	n.Kind, n.Go = Say, nil
	if n.When != nil {
		n.Go = []Edge{
			{If: n.When, To: Target{Flow: r.flow.Name, Node: ""}, at: n.at},
			{To: Target{Flow: r.flow.Name, Node: out.Name}, at: n.at},
		}
	}
	r.add(n)
	sub := &nodeReader{
		loader: r.loader, flow: r.flow, doc: s.doc, prefix: n.Name + "__", within: append(slices.Clone(r.within), name),
		gates: slices.Clone(r.gates),
	}
	if n.When != nil {
		sub.gates, n.When = append(sub.gates, n.When), nil
	}
	first := len(r.flow.Nodes)
	sub.nodes(s.nodes)
	if len(n.Go) > 0 && len(r.flow.Nodes) > first {
		n.Go[0].To.Node = r.flow.Nodes[first].Name
	}
	r.add(out)
}

// leave turns a sub-flow's end into the way back to the flow that uses it.
func (r *nodeReader) leave(n *Node) {
	if n.Anew {
		n.at.bad("flow %q plays this end inside itself, so nothing begins anew after it", r.flow.Name)
	}
	n.Kind = Say
	n.Go = []Edge{{To: Target{Flow: r.flow.Name, Node: strings.TrimSuffix(r.prefix, "__") + "__end"}, at: n.at}}
}

func (r *nodeReader) add(n *Node) {
	if _, twice := r.flow.index[n.Name]; twice {
		n.at.bad("flow %q has two nodes named %q", r.flow.Name, n.Name)
		return
	}
	r.flow.index[n.Name] = len(r.flow.Nodes)
	r.flow.Nodes = append(r.flow.Nodes, n)
}

// options are the node's declared options as the field package chooses among them.
func (n *Node) options() []field.Option {
	out := make([]field.Option, len(n.Options))
	for i := range n.Options {
		out[i] = n.Options[i].Option
	}
	return out
}
