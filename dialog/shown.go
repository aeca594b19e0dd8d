package dialog

import (
	"cmp"
	"slices"
	"strings"
)

// Shown is a value of a ticket as officers read it.
type Shown struct {
	Label string // what it is called; its name where nobody worded it
	Text  string
	Type  string // the name of its type
}

// Show words a value of a service's ticket: an answer of its form, what a follow-up asked, or what a decision set.
func (c *Catalog) Show(service, name, value, lang string) Shown {
	n, ok := c.asked(service, name)
	if ok {
		shown := Shown{Label: n.Label[lang], Type: n.TypeName, Text: c.show(n.TypeName, value, lang)}
		if n.TypeName == "choice" {
			shown.Text = c.showChoice(n, value, lang)
		}
		return shown
	}
	return c.showSet(service, name, value, lang)
}

// Fields gives the fields of a service's form in the order it asks for them; none for an unknown service.
func (c *Catalog) Fields(service string) (fields []string) {
	f := c.Flows[service]
	if f == nil {
		return nil
	}
	for _, n := range f.questions() {
		if n.TypeName != "consent" && !slices.Contains(fields, n.Field) {
			fields = append(fields, n.Field)
		}
	}
	return fields
}

// showSet words what a decision set. Where several set a value of the same name, its label is all of theirs.
func (c *Catalog) showSet(service, name, value, lang string) Shown {
	shown := Shown{Type: "text", Text: value}
	var labels []string
	if p, ok := c.Pipeline(service); ok {
		for _, st := range p.Stages {
			for _, d := range st.Decisions {
				for _, set := range d.Sets {
					if set.Name != name {
						continue
					}
					shown.Type, shown.Text = set.Type, c.show(set.Type, value, lang)
					if !slices.Contains(labels, set.Label[lang]) {
						labels = append(labels, set.Label[lang])
					}
				}
			}
		}
	}
	shown.Label = cmp.Or(strings.Join(labels, " / "), name)
	return shown
}

// asked gives the question of a field: the service's own, or else that of any other flow.
func (c *Catalog) asked(service, name string) (*Node, bool) {
	if f := c.Flows[service]; f != nil {
		if n, ok := f.question(name); ok {
			return n, true
		}
	}
	if use, ok := c.fields[name]; ok && use.node != nil {
		return use.node, true
	}
	return nil, false
}

// showChoice gives the label of the option that was chosen.
func (c *Catalog) showChoice(n *Node, value, lang string) string {
	for _, o := range n.Options {
		if o.Value == value {
			return o.Label[lang]
		}
	}
	if list := c.scheme.Lists[n.List]; list != nil {
		for _, o := range list("") {
			if o.Value == value {
				return o.Label[lang]
			}
		}
	}
	return value
}
