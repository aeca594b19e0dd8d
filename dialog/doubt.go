package dialog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/field"
)

// A number changes hands, and whoever has it now must not read what was its former owner's. While [Input.Doubt] says
// that this may be so, a session shows nothing of what it holds: what is written leads into one flow, which finds out
// who writes; what happens to tickets is told once the doubt is settled, and until then only that something did; timers
// say nothing. It is settled by the answer to [QueryProve], or by an end that begins anew.

// maxHeld bounds the ticket events that wait for a doubt to be settled. The tickets themselves show what is dropped.
const maxHeld = 20

// hidden is what a session holds of its contact beside where they stand, out of reach of the flow that asks who writes.
type hidden struct {
	drafts   []Draft
	pending  []Pending
	held     []Event
	consents map[string]time.Time
	talk     *Talk
}

func (t *turn) hide() {
	s := &t.s
	t.hidden = &hidden{s.Drafts, s.Pending, s.Held, s.Consents, s.Talk}
	s.Drafts, s.Pending, s.Held, s.Consents, s.Talk = nil, nil, nil, nil, nil
}

// reveal gives the session back what it holds; nothing, where somebody new began one.
func (t *turn) reveal() {
	if h := t.hidden; h != nil {
		t.s.Drafts, t.s.Pending, t.s.Held, t.s.Consents, t.s.Talk = h.drafts, h.pending, h.held, h.consents, h.talk
		t.hidden = nil
	}
}

// doubtful handles an input while it is in doubt whose it is. What was under way goes on, unseen.
func (t *turn) doubtful() error {
	switch t.in.Kind {
	case Message:
		return t.stranger()
	case TicketEvent:
		t.hold()
		return nil
	case TimerDue:
		if t.in.Timer != timerIdle {
			return nil
		}
	case DocumentReady, DocumentBad, DocumentLost:
	}
	t.silent = true
	return t.known()
}

// hold keeps what happened to a ticket for whom it is about. Not even its number is told: it may be what proves who
// writes.
func (t *turn) hold() {
	if over := len(t.s.Held) - maxHeld + 1; over > 0 {
		t.s.Held = slices.Delete(t.s.Held, 0, over)
	}
	t.s.Held = append(t.s.Held, *t.in.Event)
	t.say(t.text("doubt.event", "n", strconv.Itoa(len(t.s.Held))), Keep)
}

// deliver tells what was held. What the catalogue has no words for any more is left to the ticket.
func (t *turn) deliver() {
	in, held := t.in, t.s.Held
	t.s.Held = nil
	for i := range held {
		t.in.Event = &held[i]
		_ = t.event()
	}
	t.in = in
}

// stranger has whoever writes answer who they are. Without a flow for it they are somebody new.
func (t *turn) stranger() error {
	f, asks := t.catalog.Flows[t.catalog.doubt]
	switch {
	case t.in.Result != nil:
	case !asks:
		return t.anew()
	case t.s.Flow != f.Name:
		t.setAside()
		t.s.Home, t.s.Album = false, nil
	}
	t.hide()
	defer t.reveal()
	if t.in.Result != nil {
		return t.result()
	}
	return t.askWho(f)
}

// askWho handles what a stranger writes: an answer to what the flow asks, or one of the few words that work even now.
func (t *turn) askWho(f *Flow) error {
	if t.in.Unread != "" {
		t.unread()
		return nil
	}
	n, waiting := f.Node(t.s.Node)
	said := field.Normal(t.in.Text)
	w, everywhere := t.global(n, said)
	switch {
	case t.in.Media != nil && strings.TrimSpace(t.in.Text) == "":
		t.say(t.text("doubt.file"), Keep)
	case w == wordEmergency, !waiting && t.catalog.urgent(said):
		t.say(t.text("emergency.text"), Keep)
	case w == wordIndonesian, w == wordEnglish:
		t.switchTo(w)
	case w == wordBack && len(t.s.Way) > 0:
		return t.back()
	case waiting && !everywhere:
		return t.toldWho(said)
	}
	if waiting {
		return t.again()
	}
	if w != wordEmergency && w != wordIndonesian && w != wordEnglish {
		t.s.First = t.in.Text
	}
	return t.play(f, f.Nodes[0])
}

// toldWho takes an answer. An edited message is another try.
func (t *turn) toldWho(said string) error {
	t.in.Edits, t.s.Unclear = "", ""
	if t.s.Asking != AskingNothing {
		if done, err := t.ownReply(said); done || err != nil {
			return err
		}
	}
	return t.reply(said)
}

// settled goes on with whom we know: with what happened meanwhile, and then with what they wrote first.
func (t *turn) settled() error {
	first := t.s.First
	t.clear()
	t.forget()
	t.deliver()
	if first == "" || t.catalog.words[field.Bare(field.Normal(first))] == wordHello {
		if len(t.s.Drafts) > 0 {
			t.askResume("")
			return nil
		}
		return t.home()
	}
	t.in.Text, t.in.Media, t.in.Edits = first, nil, ""
	return t.message()
}

// anew greets somebody new on a number that another had.
func (t *turn) anew() error {
	t.hidden = nil
	t.effects = append(t.effects, StartAnew{})
	t.s = Session{Lang: t.s.Lang, Last: t.s.Last, Timed: t.s.Timed, Greeted: true}
	return t.play(t.entry, t.entry.Nodes[0])
}

// doubt checks the flow that asks who writes: it is played to whoever has the number now, so it stays in itself, shows
// nothing that the store knows, and can be left by both, whom we know and whom we do not.
func (l *loader) doubt() {
	f, ok := l.catalog.Flows[l.catalog.doubt]
	if !ok {
		return
	}
	if f.Service != nil {
		f.at.bad("flow %q asks who writes, so it is no form", f.Name)
	}
	proves, anew := false, false
	for _, n := range f.Nodes {
		proves, anew = proves || n.Query == QueryProve, anew || n.Anew
		_, rule := l.scheme.Rules[n.Query]
		if n.Kind == QueryIt && !strings.HasPrefix(n.Query, "who.") && !rule {
			n.at.bad("flow %q asks who writes, so it asks nothing like %q before it knows", f.Name, n.Query)
		}
		l.staying(f, n, "asks who writes")
	}
	if !proves {
		f.at.bad("flow %q asks who writes, but never asks the query %s", f.Name, QueryProve)
	}
	if !anew {
		f.at.bad("flow %q asks who writes, but has no end for somebody new: anew: true", f.Name)
	}
}
