package dialog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sapa/dialog/field"
)

func itoa(n int) string { return strconv.Itoa(n) }

// reply handles what is typed where the session waits.
func (t *turn) reply(said string) error {
	f := t.flow()
	n, ok := f.Node(t.s.Node)
	if !ok {
		return fmt.Errorf("dialog: flow %s has no node %s", f.Name, t.s.Node)
	}
	switch n.Kind {
	case Review:
		return t.reviewReply(f, n, said)
	case Menu:
		return t.menuReply(f, n, said)
	case Ask:
		return t.answer(f, n, said)
	case Say, QueryIt, Ticket, End, use:
	}
	return t.play(f, n) // a node that used to wait, before the catalogue changed
}

// answer reads the answer to a question.
func (t *turn) answer(f *Flow, n *Node, said string) error {
	w := t.catalog.words[field.Bare(said)]
	earlier, answered := t.s.Answers[n.Field]
	switch {
	case w == wordSkip && n.Optional && t.s.Amend == "":
		t.record(n, Answer{Skipped: true})
		t.leave(f, n)
		return t.onward(f, n, n.Go)
	case w == wordKeep && answered && t.s.Amend == "":
		t.record(n, earlier)
		t.leave(f, n)
		return t.onward(f, n, n.Go)
	case n.typ.Kind == FileValue && w == wordUse && len(t.s.Early) > 0:
		id := t.s.Early[0]
		t.s.Early = slices.Clone(t.s.Early[1:])
		return t.accept(f, n, id, nil)
	case n.typ.Kind == FileValue:
		return t.complain(f, n, t.text("document.wanted"))
	}
	value, notes, err := t.read(n, said)
	switch {
	case err != nil && n.TypeName == "choice":
		return t.unchosen(f, n, t.offers(f, n), err)
	case err != nil:
		return t.miss(f, n, err)
	}
	return t.accept(f, n, value, notes)
}

// read reads what was typed as the value of a question.
func (t *turn) read(n *Node, said string) (value string, notes []*field.Problem, err error) {
	if n.TypeName != "choice" {
		value, notes, err = n.typ.Read(t.in.Text, Reading{
			Lang: t.s.Lang, Now: t.now(), Answer: func(name string) string { return t.s.Answers[name].Value },
			Min: n.Min, Max: n.Max, Of: t.raw(n.Of),
		})
		if !n.Counted {
			notes = nil // a question that no form counts may be a proof: what it should have been is not told
		}
		return value, notes, err
	}
	o, err := t.pick(n, t.offers(n.flow, n), t.in.Text)
	if err != nil {
		return "", nil, err
	}
	if _, err := field.Number(said, 0, 0); err != nil && n.List != "" {
		t.named = n.Field
	}
	return o.value, nil, nil
}

// accept records an answer and goes on.
func (t *turn) accept(f *Flow, n *Node, value string, notes []*field.Problem) error {
	t.record(n, Answer{Value: value})
	if t.s.Amend != "" {
		t.query = &Query{Name: QueryAnswer, Args: Record{"ref": t.s.Ticket, "field": t.s.Amend, "value": value}}
		return nil
	}
	if n.TypeName == "consent" && value == "true" {
		t.consent(n)
	}
	lines := make([]string, 0, 1+len(notes))
	if n.Echo != nil {
		lines = append(lines, t.write(n.Echo))
	}
	for _, p := range notes {
		lines = append(lines, t.problem(p))
	}
	t.s.Carry = strings.Join(lines, "\n")
	t.leave(f, n)
	return t.onward(f, n, n.Go)
}

// onward takes the first way whose condition holds, and plays on.
func (t *turn) onward(f *Flow, n *Node, edges []Edge) error {
	e, err := t.way(n, edges)
	if err != nil {
		return err
	}
	f, n, arrived, err := t.follow(f, n, e)
	if err != nil || arrived {
		return err
	}
	return t.play(f, n)
}

// problem words a refusal or a note.
func (t *turn) problem(p *field.Problem) string { return t.catalog.problem(p, t.s.Lang) }

// miss answers what could not be read: with the services it may mean, or with the reason.
func (t *turn) miss(f *Flow, n *Node, err error) error {
	if t.tellOfficer() {
		return nil
	}
	var p *field.Problem
	lead := ""
	if errors.As(err, &p) && !strings.HasPrefix(p.Code, "choice.unclear") {
		lead = t.problem(p)
	}
	if err != nil && p == nil {
		return err
	}
	if t.catalog.urgent(field.Normal(t.in.Text)) {
		t.say(t.text("emergency.text"), Keep)
	}
	if t.propose(f, n, lead) {
		t.s.Misses++
		return nil
	}
	if lead == "" {
		lead = t.text([]string{"unclear.text", "unclear.again"}[t.s.Misses%2])
	}
	return t.complain(f, n, lead)
}

// complain says what is wrong and the way on: first a clearer question, then the whole question with its options,
// then the offer of a person.
func (t *turn) complain(f *Flow, n *Node, lead string) error {
	if t.tellOfficer() {
		return nil
	}
	t.s.Misses++
	t.unanswering()
	var more string
	hint := t.write(orNone(n.Hint))
	if hint == "" && (n.Kind == Menu || n.TypeName == "choice") {
		hint = t.text("pick")
	}
	switch {
	case t.s.Misses == 1 && hint != "":
		more = hint
	case t.s.Misses <= 2 || t.hidden != nil:
		more = t.question(f, n)
	default:
		more = paragraphs(t.question(f, n), t.text("unclear.person"))
	}
	t.say(paragraphs(lead, more), Keep)
	return nil
}

func orNone(t *Text) *Text {
	if t == nil {
		return &Text{}
	}
	return t
}
