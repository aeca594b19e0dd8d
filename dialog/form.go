package dialog

import (
	"slices"
	"strconv"
	"strings"

	"sapa/dialog/field"
)

// questions are a form's questions in order, consents apart: those are proofs, not answers.
func (f *Flow) questions() []*Node {
	var out []*Node
	for _, n := range f.Nodes {
		if n.Kind == Ask && n.TypeName != "consent" {
			out = append(out, n)
		}
	}
	return out
}

// counts reports whether a question belongs to this form as it is answered so far. Whether a sub-flow is played at
// all is decided at its way in.
func (t *turn) counts(n *Node) bool {
	if ok, err := t.holds(n.When); err != nil || !ok {
		return false
	}
	for _, gate := range n.gates {
		if ok, err := t.holds(gate); err != nil || !ok {
			return false
		}
	}
	return true
}

// progress is the question's place among those that count, "3 of 9". Outside a form there is none.
func (t *turn) progress(f *Flow, n *Node) (at, of int) {
	if f.Service == nil || n.Kind != Ask || !n.Counted || t.s.Amend != "" {
		return 0, 0
	}
	for _, q := range f.asks {
		if q != n && !t.counts(q) {
			continue
		}
		of++
		if q == n {
			at = of
		}
	}
	return at, of
}

// reviewed are the questions a review lists: those that count and were answered or passed over.
func (t *turn) reviewed(f *Flow) []*Node {
	var out []*Node
	for _, n := range f.asks {
		if _, ok := t.s.Answers[n.Field]; ok && n.TypeName != "consent" && t.counts(n) {
			out = append(out, n)
		}
	}
	return out
}

// review shows every answer under its number.
func (t *turn) review(f *Flow, n *Node) string {
	var b strings.Builder
	if n.Text != nil {
		n.Text.write(&b, t.s.Lang, t.show)
	} else {
		b.WriteString(t.text("review.title"))
	}
	b.WriteByte('\n')
	for i, q := range t.reviewed(f) {
		b.WriteString("\n" + strconv.Itoa(i+1) + ". " + q.Label[t.s.Lang] + ": " + t.showAnswer(q, t.s.Answers[q.Field]))
	}
	b.WriteString("\n\n" + t.text("review.how"))
	return b.String()
}

// reviewReply handles what is typed at the review.
func (t *turn) reviewReply(f *Flow, n *Node, said string) error {
	bare := field.Bare(said)
	w := t.reviewWord(bare)
	if w == wordSend {
		t.leave(f, n)
		return t.onward(f, n, n.Go)
	}
	if w == wordChange {
		t.s.Asking = AskingChange
		t.say(t.text("review.which"), Prompt)
		return nil
	}
	if word, rest, ok := strings.Cut(bare, " "); ok && t.catalog.words[word] == wordChange {
		bare = field.Bare(rest)
	}
	list := t.reviewed(f)
	i, err := field.Number(bare, 0, 0)
	if err != nil {
		i = t.labelled(list, bare)
	}
	switch {
	case i >= 1 && int(i) <= len(list):
		t.leave(f, n)
		t.s.Editing = true
		t.wait(f, list[i-1])
		return nil
	case err == nil:
		return t.complain(f, n, t.text("review.range", "max", strconv.Itoa(len(list))))
	}
	return t.miss(f, n, nil)
}

// reviewWord finds Kirim or Ubah, misspelt too: this is where a slip would cost the most.
func (t *turn) reviewWord(bare string) word {
	if w, ok := t.catalog.words[bare]; ok {
		return w
	}
	options := []field.Option{{Words: []string{"kirim", "send"}}, {Words: []string{"ubah", "change"}}}
	i, err := field.Choose(bare, t.s.Lang, options, field.Numbers{})
	if err != nil {
		return ""
	}
	return []word{wordSend, wordChange}[i]
}

// labelled finds the review's line that a label names ("ubah nama"); 0: none.
func (t *turn) labelled(list []*Node, said string) int64 {
	options := make([]field.Option, len(list))
	for i, n := range list {
		options[i] = field.Option{Value: n.Field, Label: n.Label}
	}
	i, err := field.NewChoices(options).Choose(said, "", nil)
	if err != nil {
		return 0
	}
	return int64(i) + 1
}

// unsent reports whether leaving now would lose answers of a form.
func (t *turn) unsent() bool {
	f, ok := t.catalog.Flows[t.s.Flow]
	if !ok || f.Service == nil || t.s.Sent || t.s.Amend != "" {
		return false
	}
	return slices.ContainsFunc(f.asks, func(n *Node) bool {
		_, answered := t.s.Answers[n.Field]
		return answered && !slices.Contains(f.Service.Keeps, n.Field)
	})
}

// setAside keeps an unsent form as a draft and empties the table.
func (t *turn) setAside() {
	if t.unsent() {
		t.dropDraft(t.s.Flow)
		t.s.Drafts = append(t.s.Drafts, Draft{
			Flow: t.s.Flow, Node: t.s.Node, Way: t.s.Way, Answers: t.s.Answers, Facts: t.s.Facts, Early: t.s.Early,
			Reached: t.s.Reached, At: t.in.At,
		})
		t.remindLater()
	}
	t.clear()
}

// forget drops what was kept long enough: drafts, offers, and a talk that fell silent.
func (t *turn) forget() {
	t.s.Drafts = slices.DeleteFunc(t.s.Drafts, func(d Draft) bool { return t.in.At.Sub(d.At) > t.set.Draft })
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.passing() && !t.in.At.Before(p.Until) })
	if k := t.s.Talk; k != nil && !t.in.At.Before(k.Until) {
		t.s.Talk = nil
	}
}

func (t *turn) dropDraft(flow string) {
	before := len(t.s.Drafts)
	t.s.Drafts = slices.DeleteFunc(t.s.Drafts, func(d Draft) bool { return d.Flow == flow })
	if len(t.s.Drafts) < before && !slices.ContainsFunc(t.s.Drafts, unreminded) {
		t.effects = append(t.effects, ClearTimer{Name: timerDraft})
	}
}

// resume puts a draft back on the table where it was left.
func (t *turn) resume(d Draft) error {
	t.dropDraft(d.Flow)
	t.clear()
	t.s.Flow, t.s.Node, t.s.Way, t.s.Answers, t.s.Facts = d.Flow, d.Node, d.Way, d.Answers, d.Facts
	t.s.Early, t.s.Reached = d.Early, d.Reached
	if moved, err := t.repair(); moved || err != nil {
		return err
	}
	f := t.flow()
	n, _ := f.Node(t.s.Node)
	return t.play(f, n) // its question may have been answered since: by a photo that was still on its way
}

// repair brings a session whose node is gone (the catalogue changed) to its form's first unanswered question.
func (t *turn) repair() (moved bool, err error) {
	if t.s.Flow == "" && t.s.Node == "" {
		return false, nil
	}
	f, ok := t.catalog.Flows[t.s.Flow]
	if ok {
		if _, ok = f.Node(t.s.Node); ok {
			return false, nil
		}
	}
	t.s.Asking, t.s.Editing, t.s.Way = AskingNothing, true, nil
	if f == nil || f.Service == nil {
		t.clear()
		return true, t.home()
	}
	t.s.Carry = t.text("moved")
	return true, t.play(f, f.Nodes[0])
}

// record keeps an answer.
func (t *turn) record(n *Node, a Answer) {
	if t.s.Answers == nil {
		t.s.Answers = map[string]Answer{}
	}
	if a.At.IsZero() {
		a.At = t.in.At
	}
	changed := t.s.Answers[n.Field].Value != a.Value
	t.s.Answers[n.Field] = a
	for _, q := range n.flow.Nodes {
		if changed && q.Kind == Ask && q.Of == n.Field {
			delete(t.s.Answers, q.Field) // a regency of the former province
		}
	}
}
