package dialog

import (
	"cmp"
	"errors"
	"strings"

	"sapa/dialog/field"
)

// everyPage is a page beyond any list's last.
const everyPage = 1 << 20

// edit handles a message that changes the text of an earlier one. The last answer of a form is corrected while the form
// waits at what comes next. done is false where the changed message had answered nothing: its text is then taken like
// any other. All other messages were handled for good: what was agreed to or sent cannot be taken back by rewriting it.
func (t *turn) edit() (done bool, err error) {
	f, n := t.correctable()
	said := field.Normal(t.in.Text)
	switch {
	case n == nil && t.in.Edits == t.s.Unclear:
		return false, nil
	case n == nil, said == "":
		t.say(t.text(t.handled()), Keep)
		return true, nil
	}
	if w, ok := t.global(n, said); ok {
		return true, t.globalWord(w)
	}
	return true, t.correct(f, n, said)
}

// correctable finds the question that the changed message answered, where the answer may still be corrected; nil: nowhere.
func (t *turn) correctable() (*Flow, *Node) {
	f := t.flow()
	at, waiting := f.Node(t.s.Node)
	if t.in.Edits != t.s.Answered || !waiting || at.Kind == Menu || t.s.Sent || len(t.s.Way) == 0 {
		return nil, nil
	}
	flow, name, _ := strings.Cut(t.s.Way[len(t.s.Way)-1], "/")
	n, ok := f.Node(name)
	if flow != f.Name || !ok || n.Kind != Ask {
		return nil, nil // the catalogue changed
	}
	return f, n
}

// handled says that a message was handled already, and how to change what came of it.
func (t *turn) handled() string {
	n, waiting := t.flow().Node(t.s.Node)
	switch {
	case !waiting || t.s.Sent || t.s.Amend != "":
	case n.Kind == Ask:
		return "edit.asked"
	case n.Kind == Review:
		return "edit.review"
	}
	return "edit.over"
}

// correct puts another answer in the place of the last one, and goes on from there as after a change at the review:
// other questions may follow now. An answer that cannot be read leaves the earlier one.
func (t *turn) correct(f *Flow, n *Node, said string) error {
	earlier := t.s.Answers[n.Field]
	a, notes, err := t.reread(n, said)
	var p *field.Problem
	if errors.As(err, &p) {
		t.say(paragraphs(t.problem(p), t.stands("edit.kept", n, earlier)), Keep)
		return t.again()
	}
	if err != nil {
		return err
	}
	delete(t.s.Answers, n.Field) // with what the message's text said beside it, the regency of a province
	t.record(n, a)
	key := "edit.changed"
	if a.Value == earlier.Value && a.Skipped == earlier.Skipped {
		key = "edit.kept"
	}
	lines := []string{t.stands(key, n, a)}
	for _, p := range notes {
		lines = append(lines, t.problem(p))
	}
	t.say(strings.Join(lines, "\n"), Keep)
	t.s.Editing, t.s.Carry = true, ""
	return t.onward(f, n, n.Go)
}

// reread reads the changed text as what the first one was: the answer to that question.
func (t *turn) reread(n *Node, said string) (Answer, []*field.Problem, error) {
	switch w := t.catalog.words[field.Bare(said)]; {
	case w == wordSkip && n.Optional:
		return Answer{Skipped: true}, nil, nil
	case w == wordKeep:
		return t.s.Answers[n.Field], nil, nil
	}
	page := t.s.Page
	t.s.Page = everyPage // which pages were shown is forgotten
	value, notes, err := t.read(n, said)
	t.s.Page = page
	return Answer{Value: value}, notes, err
}

// stands words what a question's answer is now.
func (t *turn) stands(key string, n *Node, a Answer) string {
	return t.text(key, "label", n.Label[t.s.Lang], "value", t.showAnswer(n, a))
}

// origin is the message whose text the input is: later edits of it name the first.
func (t *turn) origin() string { return cmp.Or(t.in.Edits, t.in.ID) }

// unanswering notes that the message in hand answered nothing.
func (t *turn) unanswering() {
	if t.in.Kind == Message {
		t.s.Unclear = t.origin()
	}
}
