package dialog

import (
	"errors"
	"slices"
	"strings"

	"sapa/dialog/field"
)

// offer is one option as it is offered now.
type offer struct {
	label   string
	value   string
	option  int // of the node's own options; -1: none of them
	pending int // of the session's pending list; -1: none of it
}

// offers are what a menu or a question offers at this moment, in the order of its numbers.
func (t *turn) offers(f *Flow, n *Node) []offer {
	var out []offer
	add := func(label, value string, option int) {
		out = append(out, offer{label: label, value: value, option: option, pending: -1})
	}
	switch {
	case n.List != "":
		return t.list(n).offers
	case n.Rows != "":
		for _, row := range t.s.Facts[n.Rows].Rows {
			add(t.row(n, row), row[n.RowVal], -1)
		}
	case n.TypeName == "consent":
		add(t.text("consent.yes"), "true", -1)
		add(t.text("consent.no"), "false", -1)
	case n.TypeName == "yesno":
		add(t.text("yes"), "true", -1)
		add(t.text("no"), "false", -1)
	default:
		out = make([]offer, 0, len(n.Options)+len(t.s.Pending))
		for i := range n.Options {
			c := &n.Options[i]
			if ok, err := t.holds(c.When); ok && err == nil {
				add(t.write(c.label), c.Value, i)
			}
		}
	}
	if n.Kind == Menu && f == t.entry && n == t.entry.home() {
		for i, p := range t.s.Pending {
			if !p.listed() {
				continue
			}
			out = append(out, offer{
				label: t.text("pending.option", "ref", p.Ref, "what", t.what(p)), option: -1, pending: i,
			})
		}
	}
	return out
}

// listKey is a list of the scheme as it is narrowed and spoken.
type listKey struct{ name, of, lang string }

// list is a list of the scheme made ready: the same offers for everybody, not to be changed.
type list struct {
	offers  []offer
	choices *field.Choices
}

func (t *turn) list(n *Node) *list {
	key := listKey{n.List, t.raw(n.Of), t.s.Lang}
	if l, ok := t.lists[key]; ok {
		return l
	}
	options := t.catalog.scheme.Lists[n.List](key.of)
	l := &list{choices: field.NewChoices(options), offers: make([]offer, len(options))}
	for i, o := range options {
		l.offers[i] = offer{label: o.Label[key.lang], value: o.Value, option: -1, pending: -1}
	}
	t.lists[key] = l
	return l
}

// row words one row of facts.
func (t *turn) row(n *Node, row Record) string {
	var b strings.Builder
	n.RowShow.write(&b, t.s.Lang, func(ref string) string {
		return t.catalog.show(t.rowType(n, ref), row[ref], t.s.Lang)
	})
	return strings.TrimSpace(b.String()) // what is said last may be nothing
}

func (t *turn) rowType(n *Node, fact string) string {
	for _, q := range n.flow.Nodes {
		if q.Kind == QueryIt && q.As == n.Rows {
			s, _ := t.catalog.signature(q.Query)
			return s.Rows[fact]
		}
	}
	return "text"
}

// pick finds the offer that is meant. Numbers reach as far as they were shown.
func (t *turn) pick(n *Node, offers []offer, text string) (offer, error) {
	if o, ok := t.called(n, offers, text); ok {
		return o, nil
	}
	var numbers field.Numbers // nil: all of them
	if shown := (t.s.Page + 1) * pageSize; n.long() && shown < len(offers) {
		numbers = make(field.Numbers, shown)
		for i := range numbers {
			numbers[i] = i
		}
	}
	i, err := t.choices(n, offers).Choose(text, t.s.Lang, numbers)
	if err != nil {
		return offer{}, err
	}
	return offers[i], nil
}

// called finds the row that a text names by the type of its value, where it is one alone.
func (t *turn) called(n *Node, offers []offer, text string) (found offer, ok bool) {
	if n.Rows == "" {
		return offer{}, false
	}
	of, known := t.catalog.typeOf(t.rowType(n, n.RowVal))
	if !known || of.Names == nil {
		return offer{}, false
	}
	for _, o := range offers {
		if !of.Names(text, o.value, t.now()) {
			continue
		}
		if ok {
			return offer{}, false
		}
		found, ok = o, true
	}
	return found, ok
}

// choices are the offers made ready; what does not depend on the session is made ready once.
func (t *turn) choices(n *Node, offers []offer) *field.Choices {
	if n.choices != nil && len(offers) == len(n.Options) {
		return n.choices
	}
	if n.choices != nil && !slices.ContainsFunc(offers, func(o offer) bool { return o.option < 0 }) {
		shown := make([]int, len(offers))
		for i, o := range offers {
			shown[i] = o.option
		}
		return n.choices.Only(shown)
	}
	if n.List != "" {
		return t.list(n).choices
	}
	options := make([]field.Option, len(offers))
	for i, o := range offers {
		switch {
		case o.option >= 0:
			options[i] = n.Options[o.option].Option
		case o.pending >= 0:
			p := t.s.Pending[o.pending]
			options[i] = field.Option{Label: map[string]string{t.s.Lang: o.label}, Words: []string{p.Ref}}
		default:
			options[i] = field.Option{Value: o.value, Label: map[string]string{t.s.Lang: o.label}, Words: []string{o.value}}
		}
	}
	return field.NewChoices(options)
}

// menuReply handles what is typed at a menu.
func (t *turn) menuReply(f *Flow, n *Node, said string) error {
	offers := t.offers(f, n)
	o, err := t.pick(n, offers, t.in.Text)
	if err == nil {
		return t.chosen(f, n, o)
	}
	if d := t.draft(""); d != nil && t.catalog.words[field.Bare(said)] == wordKeep {
		return t.resume(*d)
	}
	if tickets, ok := t.ticketsSaid(said); ok && tickets != f && f.Name != t.catalog.desk && t.hidden == nil {
		return t.enter(tickets)
	}
	return t.unchosen(f, n, offers, err)
}

// chosen goes where an offer of a menu leads.
func (t *turn) chosen(f *Flow, n *Node, o offer) error {
	if o.pending >= 0 {
		return t.openPending(o.pending)
	}
	t.leave(f, n)
	if o.option < 0 {
		return t.onward(f, n, n.Go)
	}
	return t.onward(f, n, n.Options[o.option].Go)
}

// unchosen asks back: among the options that fit equally, or among the services that free text may mean.
func (t *turn) unchosen(f *Flow, n *Node, offers []offer, err error) error {
	var tie *field.Tie
	if errors.As(err, &tie) {
		t.askMeant(offers, tie)
		return nil
	}
	if n.long() && t.catalog.words[field.Bare(field.Normal(t.in.Text))] == wordMore {
		t.s.Page = (t.s.Page + 1) % max(1, (len(offers)+pageSize-1)/pageSize)
		t.prompt("")
		return nil
	}
	said := field.Normal(t.in.Text)
	w := t.catalog.words[field.Bare(said)]
	switch {
	case (n.Kind == Menu || f.Service == nil) && (f.intents[said] || f.intents[field.Bare(said)]):
		t.prompt("") // they are where they ask to go
	case n.Kind == Menu && t.s.Talk == nil && w == wordHello:
		t.prompt("")
	case n.Kind == Menu && t.s.Talk == nil && w == wordThanks && t.s.Misses == 0:
		t.s.Misses++ // said again it is no answer
		t.say(t.text("welcome"), Keep)
	default:
		return t.miss(f, n, err)
	}
	return nil
}

// askMeant asks which of the options that fit equally is meant.
func (t *turn) askMeant(offers []offer, tie *field.Tie) {
	t.s.Offered = nil
	var labels []string
	for _, i := range tie.Options[:min(len(tie.Options), pageSize)] {
		t.s.Offered = append(t.s.Offered, offeredOption+offers[i].key())
		labels = append(labels, offers[i].label)
	}
	t.s.Asking = AskingMeant
	t.unanswering()
	t.say(numbered(t.text("meant"), labels), Keep)
}

// key tells an offer apart from the others of its node.
func (o offer) key() string {
	if o.value != "" {
		return o.value
	}
	return o.label
}

// What Offered holds: options of the node, flows, or the menu itself, which a first message has not shown yet.
const (
	offeredOption = "option:"
	offeredFlow   = "flow:"
	offeredMenu   = "menu"
)

// meant takes one of what was proposed.
func (t *turn) meant(offered string) error {
	t.s.Asking, t.s.Offered = AskingNothing, nil
	if name, ok := strings.CutPrefix(offered, offeredFlow); ok {
		f, ok := t.catalog.Flows[name]
		if !ok {
			return t.home()
		}
		return t.enter(f)
	}
	f := t.flow()
	n, ok := f.Node(t.s.Node)
	if !ok {
		return t.home()
	}
	if offered == offeredMenu {
		t.wait(f, n)
		return nil
	}
	offers := t.offers(f, n)
	i := slices.IndexFunc(offers, func(o offer) bool { return offeredOption+o.key() == offered })
	if i < 0 {
		t.prompt("")
		return nil
	}
	if n.Kind == Menu {
		return t.chosen(f, n, offers[i])
	}
	err := t.accept(f, n, offers[i].value, nil)
	t.s.Answered = "" // what was typed chose among the proposals: read as the question's answer it would be another
	return err
}

// enter begins a flow that was asked for by name; a form in hand is kept.
func (t *turn) enter(f *Flow) error {
	t.introduce()
	// What an officer read of others is no part of what they go on to, nor is what a ticket asked for.
	if t.unsent() || t.s.Amend != "" || t.s.Flow == t.catalog.desk {
		t.setAside()
	} else if n, ok := t.flow().Node(t.s.Node); ok {
		t.leave(t.flow(), n)
	}
	if t.begin(f) {
		return nil
	}
	return t.play(f, f.Nodes[0])
}

// numbered is a question with numbered lines.
func numbered(question string, lines []string) string {
	var b strings.Builder
	b.WriteString(question + "\n")
	for i, l := range lines {
		b.WriteString("\n" + itoa(i+1) + ". " + l)
	}
	return b.String()
}
