package dialog

import (
	"strings"
	"time"
	"unicode"

	"sapa/dialog/field"
)

// talkQuiet is how long after the last word a talk is over by itself.
const talkQuiet = 12 * time.Hour

// talk tells an officer's own words: they are in the chat from then on. Only at the beginning it says how to leave.
func (t *turn) talk(ev *Event, title string) {
	words := t.text("ticket.say", "ref", ev.Ref, "title", title, "officer", t.officerNamed(ev.Who), "words", ev.Text)
	if k := t.s.Talk; k == nil || k.Ref != ev.Ref || k.Officer != ev.Who {
		t.s.Talk = &Talk{Ref: ev.Ref, Officer: ev.Who}
		words += "\n\n" + t.text("talk.how")
	}
	t.s.Talk.Until = t.in.At.Add(talkQuiet)
	t.say(words, Keep)
}

// tellOfficer hands a message that answers nothing to the officer in the chat. It is false where there is none, and for
// bare figures at a question or a menu: they were meant for that.
func (t *turn) tellOfficer() bool {
	k, words := t.s.Talk, field.Plain(t.in.Text)
	asked := t.s.Node != "" || t.s.Asking != AskingNothing
	if k == nil || t.in.Kind != Message || words == "" || asked && figures(words) {
		return false
	}
	t.unanswering() // an edit of it is said to the officer too
	t.tell(QueryHear, Record{"ref": k.Ref, "text": words})
	return true
}

// figures reports whether a text has digits and no letters.
func figures(s string) bool {
	return strings.ContainsFunc(s, unicode.IsDigit) && !strings.ContainsFunc(s, unicode.IsLetter)
}

func (t *turn) tell(query string, args Record) {
	t.s.Telling, t.query = query, &Query{Name: query, Args: args}
}

// told acknowledges what reached the officer: each file, of the words the first. All else is for the officer to answer.
func (t *turn) told() error {
	query, k := t.s.Telling, t.s.Talk
	t.s.Telling = ""
	if query == QueryNews {
		t.news()
		return nil
	}
	if t.in.Result.Facts["ok"] != "true" {
		t.s.Talk = nil
		t.say(t.text("talk.late"), Keep)
		return t.again()
	}
	key, officer := "talk.added", ""
	if k != nil {
		officer, k.Until = k.Officer, t.in.At.Add(talkQuiet)
	}
	if query == QueryHear {
		if k == nil || k.Heard {
			return nil
		}
		key, k.Heard = "talk.heard", true
	}
	t.say(t.text(key, "officer", t.officerNamed(officer)), Keep)
	return nil
}

// endTalk says that the assistant is back.
func (t *turn) endTalk() {
	t.s.Talk = nil
	t.say(t.text("talk.over"), Keep)
}

// handedBack ends the talk that the officer left, and asks again what was being asked.
func (t *turn) handedBack(ref string) error {
	if t.s.Talk == nil || t.s.Talk.Ref != ref {
		return nil
	}
	t.endTalk()
	return t.again()
}

// officerNamed is what members call an officer whose name is "budi.santoso": "Petugas Budi Santoso".
func (t *turn) officerNamed(who string) string {
	if who == "" {
		return t.text("officer")
	}
	return t.text("officer.named", "name", OfficerName(who))
}

// OfficerName writes the name an officer is registered by as people write names: "budi.santoso" is "Budi Santoso".
func OfficerName(who string) string {
	words := strings.FieldsFunc(who, func(r rune) bool { return strings.ContainsRune("._-", r) })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
