package dialog

import (
	"slices"
	"strings"

	"sapa/dialog/field"
)

// word finds what a text asks for in one of the words, courtesies aside.
func (c *Catalog) word(text string) (word, bool) {
	said := field.Normal(text)
	w, ok := c.words[said]
	if !ok {
		w, ok = c.words[field.Bare(said)]
	}
	return w, ok
}

// global finds a word that works everywhere. At a number's question 0 is a number. n may be nil.
func (t *turn) global(n *Node, said string) (word, bool) {
	w, ok := t.catalog.word(said)
	if !ok || !slices.Contains(everywhere, w) {
		return "", false
	}
	if n != nil && n.Kind == Ask && n.typ.Kind == NumberValue && said == "0" {
		return "", false
	}
	return w, true
}

// anywhereSaid finds the flow that a text begins whatever is being asked: unless it is the name of an option there, or
// said to somebody.
func (t *turn) anywhereSaid(n *Node, said string) (*Flow, bool) {
	f, ok := t.catalog.anywhere[said]
	if !ok {
		f, ok = t.catalog.anywhere[field.Bare(said)]
	}
	if !ok || f == t.flow() || t.s.Talk != nil || t.flow().Name == t.catalog.desk {
		return nil, false
	}
	if n != nil && n.choices != nil {
		_, option := n.choices.Exact(said)
		return f, !option
	}
	return f, true
}

func (t *turn) globalWord(w word) error {
	if t.s.Talk != nil && (w == wordMenu || w == wordCancel) {
		t.endTalk()
	}
	switch w {
	case wordBack:
		return t.back()
	case wordMenu:
		return t.home()
	case wordCancel:
		return t.cancel()
	case wordHelp:
		t.introduce()
		t.say(t.text("help.text"), Keep)
		return t.again()
	case wordEmergency:
		t.say(t.text("emergency.text"), Keep)
		if t.s.Node == "" && t.s.Asking == AskingNothing {
			return t.greet("")
		}
		return t.again()
	case wordOfficer:
		return t.officer()
	case wordIndonesian, wordEnglish:
		return t.speak(w)
	case wordRepeat:
		if t.s.Node == "" && t.s.Asking == AskingNothing {
			return t.greet("")
		}
		return t.again()
	case wordAnswer:
		if i, ok := t.latest(); ok {
			return t.openPending(i)
		}
		t.say(t.text("pending.none"), Keep)
		return t.again()
	case wordSkip, wordKeep, wordMore, wordSend, wordChange, wordThanks, wordUse, wordHello:
	}
	return nil
}

// again asks once more what is being asked; nothing, when nothing is.
func (t *turn) again() error {
	switch t.s.Asking {
	case AskingCancel:
		t.askCancel("")
	case AskingResume:
		t.askResume(t.s.Flow)
	case AskingChange, AskingMeant, AskingNothing:
		if t.s.Asking == AskingMeant && slices.Contains(t.s.Offered, offeredMenu) {
			t.say(t.proposals(), Prompt)
			return nil
		}
		t.s.Asking, t.s.Offered = AskingNothing, nil
		t.prompt("")
	}
	return nil
}

// back goes one step back; the earlier answer stands there as the default.
func (t *turn) back() error {
	if t.s.Asking != AskingNothing {
		if t.s.Node == "" {
			return t.home()
		}
		t.s.Asking, t.s.Offered = AskingNothing, nil
		return t.again()
	}
	if t.s.Amend != "" || len(t.s.Way) == 0 {
		return t.home()
	}
	last := len(t.s.Way) - 1
	flow, node, _ := strings.Cut(t.s.Way[last], "/")
	way := t.s.Way[:last]
	f, ok := t.catalog.Flows[flow]
	if !ok {
		return t.home()
	}
	n, ok := f.Node(node)
	if !ok {
		return t.home()
	}
	if flow != t.s.Flow && t.unsent() {
		t.setAside()
	}
	t.s.Way, t.s.Carry = way, ""
	t.s.Answered, t.s.Unclear = "", t.s.Answered // what was answered is open again
	t.wait(f, n)
	return nil
}

// cancel stops what is going on, after asking once where answers would be lost.
func (t *turn) cancel() error {
	if t.unsent() {
		t.askCancel("")
		return nil
	}
	if f, ok := t.catalog.Flows[t.s.Flow]; ok && f.Service != nil {
		t.say(t.text("cancel.done"), Keep)
	}
	t.clear()
	return t.home()
}

// officer opens the flow that brings a person; a form in hand is kept.
func (t *turn) officer() error {
	f, ok := t.catalog.Flows[t.catalog.officer]
	if !ok {
		return t.again()
	}
	t.introduce()
	t.setAside()
	if t.begin(f) {
		return nil
	}
	return t.play(f, f.Nodes[0])
}

// introduce says in one line whose chat this is to somebody whose very first words lead past the welcome.
func (t *turn) introduce() {
	if t.fresh && t.set.Organisation != "" {
		t.say(t.text("whose", "organisation", t.set.Organisation), Keep)
	}
}

// switchTo changes the language.
func (t *turn) switchTo(w word) {
	lang := map[word]string{wordIndonesian: "id", wordEnglish: "en"}[w]
	if slices.Contains(t.catalog.Languages, lang) {
		t.s.Lang = lang
	}
	t.say(t.text("language.chosen"), Keep)
}

// speak changes the language and asks again in it.
func (t *turn) speak(w word) error {
	t.switchTo(w)
	if t.s.Node == "" && t.s.Asking == AskingNothing {
		return t.greet("")
	}
	return t.again()
}

// ownReply handles what is typed at a question of the engine's own. done is false where it answers the node instead.
func (t *turn) ownReply(said string) (done bool, err error) {
	switch t.s.Asking {
	case AskingCancel:
		return true, t.cancelReply(said)
	case AskingResume:
		return true, t.resumeReply(said)
	case AskingMeant:
		i, err := field.Number(said, 0, 0)
		if err == nil && i >= 1 && int(i) <= len(t.s.Offered) {
			return true, t.meant(t.s.Offered[i-1])
		}
		if i, ok := t.meantByName(said); ok {
			return true, t.meant(t.s.Offered[i])
		}
		if slices.Contains(t.s.Offered, offeredMenu) {
			if err == nil {
				return true, t.meant(offeredMenu) // a number of a menu that nobody was shown chooses nothing
			}
			t.s.Misses = 1 // so that the menu itself is shown, should this be unclear too
		}
	case AskingChange, AskingNothing:
	}
	t.s.Asking, t.s.Offered = AskingNothing, nil
	return false, nil
}

// meantByName finds which of the proposals a text names.
func (t *turn) meantByName(said string) (int, bool) {
	f := t.flow()
	n, ok := f.Node(t.s.Node)
	if !ok {
		return 0, false
	}
	offers := t.offers(f, n)
	options := make([]field.Option, len(t.s.Offered))
	for i, offered := range t.s.Offered {
		if to, ok := t.catalog.Flows[strings.TrimPrefix(offered, offeredFlow)]; ok {
			options[i] = field.Option{Label: to.Title, Words: to.Intents}
		}
		for _, o := range offers {
			if offeredOption+o.key() == offered {
				options[i] = field.Option{Label: map[string]string{t.s.Lang: o.label}}
			}
		}
		if offered == offeredMenu {
			options[i] = field.Option{Label: map[string]string{t.s.Lang: t.text("meant.none")}}
		}
	}
	i, err := field.Choose(said, t.s.Lang, options, nil)
	return i, err == nil
}

func (t *turn) askCancel(lead string) {
	t.s.Asking = AskingCancel
	title := t.flow().Title[t.s.Lang]
	lines := []string{t.text("cancel.yes"), t.text("cancel.no")}
	t.say(paragraphs(lead, numbered(t.text("cancel.ask", "title", title), lines)), Prompt)
}

func (t *turn) cancelReply(said string) error {
	i, err := t.oneOf(said, "cancel.yes", "cancel.no")
	if err != nil && t.tellOfficer() {
		return nil
	}
	if err != nil {
		t.askCancel(t.text("unclear.text"))
		return nil
	}
	t.s.Asking = AskingNothing
	if i == 1 {
		t.prompt("")
		return nil
	}
	t.dropDraft(t.s.Flow)
	t.say(t.text("cancel.done"), Keep)
	t.clear()
	return t.home()
}

// askResume offers the draft of a flow; of any, the latest, when flow is "".
func (t *turn) askResume(flow string) {
	d := t.draft(flow)
	if d == nil {
		return
	}
	t.s.Asking = AskingResume
	title := ""
	if f, ok := t.catalog.Flows[d.Flow]; ok {
		title = f.Title[t.s.Lang]
	}
	lines := []string{t.text("resume.yes"), t.text("resume.later"), t.text("resume.drop")}
	t.say(numbered(t.text("resume.ask", "title", title), lines), Prompt)
}

func (t *turn) draft(flow string) *Draft {
	for i := len(t.s.Drafts) - 1; i >= 0; i-- {
		if flow == "" || t.s.Drafts[i].Flow == flow {
			return &t.s.Drafts[i]
		}
	}
	return nil
}

func (t *turn) resumeReply(said string) error {
	entered := t.s.Flow // the form being entered anew; "" when the conversation begins
	d := t.draft(entered)
	i, err := t.oneOf(said, "resume.yes", "resume.later", "resume.drop")
	if err != nil && t.tellOfficer() {
		return nil
	}
	if err != nil || d == nil {
		t.say(t.text("unclear.text"), Keep)
		return t.again()
	}
	t.s.Asking = AskingNothing
	switch i {
	case 0:
		return t.resume(*d)
	case 1:
		t.clear()
		return t.home()
	}
	t.say(t.text("resume.dropped"), Keep)
	t.dropDraft(d.Flow)
	if f, ok := t.catalog.Flows[entered]; ok {
		return t.play(f, f.Nodes[0])
	}
	return t.home()
}

// oneOf picks among the engine's own options, by number, words, or yes (the first) and no (the second).
func (t *turn) oneOf(said string, keys ...string) (int, error) {
	options := make([]field.Option, len(keys))
	for i, key := range keys {
		options[i] = field.Option{Label: map[string]string{t.s.Lang: t.text(key)}}
	}
	i, err := field.Choose(said, t.s.Lang, options, nil)
	if err == nil {
		return i, nil
	}
	if t.catalog.words[field.Bare(said)] == wordKeep {
		return 0, nil
	}
	yes, err := field.YesNo(said)
	if err != nil {
		t.unanswering()
		return 0, err
	}
	if yes {
		return 0, nil
	}
	return 1, nil
}
