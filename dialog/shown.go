package dialog

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
	if f := c.Flows[service]; f != nil && f.Service != nil {
		for _, st := range f.Service.Pipeline.Stages {
			for _, d := range st.Decisions {
				for _, set := range d.Sets {
					if set.Name == name {
						return Shown{Label: set.Label[lang], Type: set.Type, Text: c.show(set.Type, value, lang)}
					}
				}
			}
		}
	}
	return Shown{Label: name, Type: "text", Text: value}
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
