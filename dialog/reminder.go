package dialog

import (
	"slices"
	"time"

	"sapa/dialog/worktime"
)

// remindAfter is how long a form lies before its member is reminded of it. With the longest night that any zone adds it
// stays within the 24 hours after their last message.
const remindAfter = 6 * time.Hour

// The ends of Indonesia. Where somebody lives is not known here: it has to be day in both.
var (
	west = time.FixedZone("WIB", 7*60*60)
	east = time.FixedZone("WIT", 9*60*60)
)

// remindLater sets the one timer for all forms set aside.
func (t *turn) remindLater() {
	at := worktime.Waking(worktime.Waking(t.in.At.Add(remindAfter), east), west)
	t.effects = append(t.effects, SetTimer{Name: timerDraft, At: at})
}

func unreminded(d Draft) bool { return !d.Reminded }

// remindOfDraft reminds once of what was set aside, but never somebody in the middle of something else.
func (t *turn) remindOfDraft() {
	t.forget()
	if !slices.ContainsFunc(t.s.Drafts, unreminded) {
		return
	}
	if t.s.Node != "" || t.s.Asking != AskingNothing || t.s.Talk != nil {
		t.remindLater()
		return
	}
	for i := range t.s.Drafts {
		t.s.Drafts[i].Reminded = true
	}
	d := t.s.Drafts[len(t.s.Drafts)-1]
	f, ok := t.catalog.Flows[d.Flow]
	if !ok {
		return
	}
	until := t.catalog.showMoment(d.At.Add(t.set.Draft).In(t.set.Zone).Format(time.RFC3339), t.s.Lang)
	t.say(t.text("draft.remind", "title", f.Title[t.s.Lang], "until", until), Keep)
}
