package dialog

import "strings"

// urgent reports whether a text speaks of an emergency.
func (c *Catalog) urgent(normal string) bool {
	for _, means := range c.synonyms.read(normal) {
		if c.words[means] == wordEmergency {
			return true
		}
	}
	return false
}

// propose answers what could not be read with at most three services that it may mean.
func (t *turn) propose(f *Flow, n *Node, lead string) bool {
	if t.hidden != nil {
		return false
	}
	least := leastSaid
	if n.Kind != Menu {
		least = whollySaid
	}
	names := t.catalog.mean(t.in.Text, f.Name, least)
	if len(names) == 0 || n.Kind == Ask && t.s.Misses == 0 && lead != "" && len(strings.Fields(t.in.Text)) < 2 {
		return false
	}
	t.unanswering()
	t.offerFlows(names)
	t.say(paragraphs(lead, t.proposals()), Keep)
	return true
}

// offerFlows waits for a choice among flows.
func (t *turn) offerFlows(names []string) {
	t.s.Asking, t.s.Offered = AskingMeant, nil
	for _, name := range names {
		t.s.Offered = append(t.s.Offered, offeredFlow+name)
	}
}

// proposals asks which of the flows offered is meant, or the menu.
func (t *turn) proposals() string {
	var labels []string
	for _, offered := range t.s.Offered {
		if f, ok := t.catalog.Flows[strings.TrimPrefix(offered, offeredFlow)]; ok {
			labels = append(labels, f.Title[t.s.Lang])
		} else {
			labels = append(labels, t.text("meant.none"))
		}
	}
	return numbered(t.text("meant.flow"), labels)
}

// first answers a first message where it comes to the home menu: with the ways of the option that it names, else with
// services that it may mean, and the menu as the last choice.
func (t *turn) first(f *Flow, n *Node) (edges []Edge, proposed bool) {
	said := t.choose
	t.choose = ""
	if said == "" || f != t.entry || n != t.entry.home() {
		return nil, false
	}
	if edges := t.chosenAtHome(f, n, said); edges != nil {
		return edges, false
	}
	names := t.catalog.mean(said, f.Name, leastSaid)
	if len(names) == 0 {
		return nil, false
	}
	t.offerFlows(names)
	t.s.Offered = append(t.s.Offered, offeredMenu)
	t.s.Misses = 0
	t.say(t.proposals(), Prompt)
	return nil, true
}

// chosenAtHome gives the ways of the option that a first message names; numbers count only while the menu they belong
// to was the last thing shown.
func (t *turn) chosenAtHome(f *Flow, n *Node, said string) []Edge {
	i, ok := n.choices.Exact(said)
	if !ok && t.s.Home {
		var err error
		i, err = n.choices.Choose(said, t.s.Lang, nil)
		ok = err == nil
	}
	if !ok || n.Options[i].When != nil {
		return nil
	}
	t.s.Home = false
	t.leave(f, n)
	return n.Options[i].Go
}
