package dialog

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// Officers may work in a chat: a flow asks these queries, which the store answers by desk.May and desk.Decide for the
// officer whose number it is. Everybody else is nobody to them. A refusal is ok = false and what stands in its way.
const (
	QueryOfficer     = "officer.me"      // who writes
	QueryDeskTickets = "officer.tickets" // the most urgent of "mine", "free" or "overdue"
	QueryDeskShow    = "officer.show"    // a ticket with its answers, and what may be done: a look that is recorded
	QueryDeskAsks    = "officer.asks"    // what an action wants to be told
	QueryDeskAct     = "officer.act"     // carry it out: what the action does not take is passed over
	QueryNews        = "officer.news"    // what came since the last time; the engine asks it itself, for an alert
)

var officerQueries = map[string]Signature{
	QueryOfficer: {Facts: map[string]string{"known": "truth", "name": "text", "role": "officer_role"}},
	QueryDeskTickets: {
		Args:  map[string]string{"which": "text"},
		Facts: map[string]string{"count": "number"},
		Rows: map[string]string{
			"ref": "text", "service": "service", "stage": "ticket_stage", "since": "moment",
			"due":  "ticket_due",
			"name": "text", // of whom it is about, masked
		},
	},
	QueryDeskShow: {
		Args: map[string]string{"ref": "text"},
		Facts: map[string]string{
			"ok": "truth", "problem": "refusal", "ref": "text", "rev": "text", "service": "service", "stage": "ticket_stage",
			"sheet": "ticket_sheet",
		},
		Rows: map[string]string{"action": "ticket_action"},
	},
	QueryDeskAsks: {
		Args: map[string]string{"ref": "text", "action": "ticket_action"},
		Facts: map[string]string{
			"ok": "truth", "problem": "refusal",
			"decides": "truth",         // it is a decision of the stage
			"asks":    "truth",         // it is about one of the fields in the rows
			"words":   "truth",         // it takes words,
			"private": "truth",         // which the member does not read
			"sets":    "number",        // how many values it takes
			"wants":   "decision_sets", // which
		},
		Rows: map[string]string{"field": "text", "label": "form_field"},
	},
	QueryDeskAct: {
		Args: map[string]string{
			"ref": "text", "rev": "text", "action": "ticket_action", "field": "text", "text": "text", "values": "decision_values",
		},
		Facts: map[string]string{"ok": "truth", "problem": "refusal", "stage": "ticket_stage"},
	},
	QueryNews: {Facts: map[string]string{"new": "number", "late": "number", "heard": "number"}},
}

// officerTypes are the values of these queries in words. A ticket_action is "service/stage/action", a form_field
// "service/field"; for ticket_sheet see [Sheet], for ticket_due [Due], for refusal "code" and what it is about.
func (c *Catalog) officerTypes() map[string]Type {
	return map[string]Type{
		"officer_role":    {Kind: TextValue, Show: func(v, lang string) string { return c.text("role."+v, lang) }},
		"ticket_action":   {Kind: TextValue, Show: c.showAction},
		"form_field":      {Kind: TextValue, Show: c.showField},
		"ticket_sheet":    {Kind: TextValue, Show: c.showSheet, Brief: c.briefSheet},
		"ticket_due":      {Kind: TextValue, Show: c.showDue},
		"decision_sets":   {Kind: TextValue, Show: c.showSets},
		"decision_values": {Kind: TextValue, Read: c.readValues},
		"refusal":         {Kind: TextValue, Show: c.showRefusal},
	}
}

// Action puts an action's name together with where it is done, as ticket_action has it.
func Action(service, stage, name string) string { return service + "/" + stage + "/" + name }

// CutAction takes a ticket_action apart.
func CutAction(action string) (service, stage, name string) {
	service, rest, _ := strings.Cut(action, "/")
	stage, name, _ = strings.Cut(rest, "/")
	return service, stage, name
}

// showAction words what an officer does. A decision that the catalogue has no words for is told by where it leads.
func (c *Catalog) showAction(v, lang string) string {
	service, stage, name := CutAction(v)
	if _, ok := c.texts[actionTexts+name]; ok {
		return c.text(actionTexts+name, lang)
	}
	p, ok := c.Pipeline(service)
	if !ok {
		return name
	}
	if s, ok := p.Stage(stage); ok {
		if d, ok := s.Decision(name); ok {
			return c.text("action", lang, "name", name, "stage", c.showStage(service+"/"+d.To, lang))
		}
	}
	return name
}

// actionTexts begins the keys of the texts that name what officers do. A catalogue adds those of its decisions.
const actionTexts = "action."

func (c *Catalog) showField(v, lang string) string {
	service, name, _ := strings.Cut(v, "/")
	return c.Show(service, name, "", lang).Label
}

// Due is how a ticket stands to its promise, as ticket_due has it: "" where none was made.
func Due(promised, now time.Time) string {
	switch {
	case promised.IsZero():
		return ""
	case promised.Before(now):
		return "late " + promised.Format(time.RFC3339)
	}
	return "by " + promised.Format(time.RFC3339)
}

func (c *Catalog) showDue(v, lang string) string {
	how, when, _ := strings.Cut(v, " ")
	at, err := time.Parse(time.RFC3339, when)
	if err != nil {
		return v
	}
	return c.text("due."+how, lang, "when", at.Format("2/1 15.04"))
}

// Sheet is what an officer reads of a ticket. Only the catalogue knows its words and the order of its form.
type Sheet struct {
	Service, Stage  string
	Promised, Since time.Time
	Late            bool
	Officer         string            // whose it is; "" nobody's
	Values          map[string]string // by field; of a document only whether it is there
	Words, Who      string            // what was said last, and by whom
}

// String is the sheet as a ticket_sheet has it.
func (s Sheet) String() string {
	plain, err := json.Marshal(s)
	if err != nil { // years beyond 9999
		return "{}"
	}
	return string(plain)
}

// maxShown is how many characters of one answer, or of what was said, an officer reads in a chat.
const maxShown = 300

func (c *Catalog) showSheet(v, lang string) string {
	text, _ := c.sheet(v, lang, false)
	return text
}

func (c *Catalog) briefSheet(v, lang string, _ func(string) string) (text string, whole bool) {
	return c.sheet(v, lang, true)
}

func (c *Catalog) sheet(v, lang string, brief bool) (text string, whole bool) {
	var s Sheet
	if err := json.Unmarshal([]byte(v), &s); err != nil {
		return "", true
	}
	lines := []string{c.text("sheet.stage", lang, "stage", c.showStage(s.Service+"/"+s.Stage, lang))}
	lines = append(lines, c.text("sheet.since", lang, "when", c.showMoment(s.Since.Format(time.RFC3339), lang)))
	if !s.Promised.IsZero() {
		key := "sheet.promised"
		if s.Late {
			key = "sheet.late"
		}
		lines = append(lines, c.text(key, lang, "when", c.showMoment(s.Promised.Format(time.RFC3339), lang)))
	}
	if s.Officer != "" {
		lines = append(lines, c.text("sheet.officer", lang, "officer", s.Officer))
	}
	answers, whole := c.answers(s, lang, brief)
	words := ""
	if s.Words != "" {
		who := s.Who
		if who == desk.NameMember {
			who = c.text("sheet.member", lang)
		}
		words = c.text("sheet.words", lang, "who", who, "words", clip(s.Words))
	}
	return paragraphs(strings.Join(lines, "\n"), strings.Join(answers, "\n"), words), whole
}

// answers are the sheet's values with their labels, as the form asks them, and then what came later.
func (c *Catalog) answers(s Sheet, lang string, brief bool) (lines []string, whole bool) {
	whole = true
	for _, name := range c.inOrder(s) {
		shown := c.Show(s.Service, name, s.Values[name], lang)
		text := shown.Text
		if shown.Type == "text" || shown.Type == "" {
			text = clip(text)
		}
		if typ, ok := c.typeOf(shown.Type); brief && ok && typ.Brief != nil {
			var all bool
			text, all = typ.Brief(s.Values[name], lang, func(field string) string { return s.Values[field] })
			whole = whole && all
		}
		if shown.Type == "document" || strings.HasPrefix(name, "tambahan") && shown.Type == "text" {
			text = c.text("sheet.document", lang)
		}
		lines = append(lines, shown.Label+": "+text)
	}
	return lines, whole
}

func (c *Catalog) inOrder(s Sheet) []string {
	var names, rest []string
	if f := c.Flows[s.Service]; f != nil {
		for _, n := range f.questions() {
			if _, ok := s.Values[n.Field]; ok && n.TypeName != "consent" && !slices.Contains(names, n.Field) {
				names = append(names, n.Field)
			}
		}
	}
	for name := range s.Values {
		if n, ok := c.asked(s.Service, name); !slices.Contains(names, name) && (!ok || n.TypeName != "consent") {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}

// clip keeps a story from hiding everything else.
func clip(s string) string {
	if all := []rune(s); len(all) > maxShown {
		return string(all[:maxShown]) + "…"
	}
	return s
}

// showSets names the values that a decision takes, in the order in which they are to be typed.
func (c *Catalog) showSets(v, lang string) string {
	var labels []string
	for _, set := range c.sets(CutAction(v)) {
		label := set.Label[lang]
		if set.Optional {
			label = c.text("sets.optional", lang, "label", label)
		}
		labels = append(labels, label)
	}
	return strings.Join(labels, ", ")
}

// ownProblems are what the engine's own types refuse with, beside those of package field.
var ownProblems = map[string][]string{
	"sets.missing": {"label"},
	"sets.bad":     {"label", "why"},
}

// readValues reads the values of the decision that r.Of names, in their order, with commas or lines between; "-" is
// none. The value is their canonical form by name, in JSON. A refusal names the first that will not do.
func (c *Catalog) readValues(text string, r Reading) (string, []*field.Problem, error) {
	service, stage, name := CutAction(r.Of)
	sets := c.sets(service, stage, name)
	typed := map[string]string{}
	for i, part := range strings.SplitN(strings.ReplaceAll(text, "\n", ","), ",", max(len(sets), 1)) {
		if part = strings.TrimSpace(part); i < len(sets) && part != "-" {
			typed[sets[i].Name] = part
		}
	}
	values, err := c.readSets(service, stage, name, typed, r.Lang, r.Now)
	var e *SetsError
	switch {
	case errors.As(err, &e) && len(e.Bad) > 0:
		return "", nil, &field.Problem{
			Code: "sets.bad", Args: map[string]string{"label": e.Bad[0].Label[r.Lang], "why": e.Bad[0].Why},
		}
	case errors.As(err, &e) && len(e.Missing) > 0:
		return "", nil, &field.Problem{Code: "sets.missing", Args: map[string]string{"label": e.Missing[0].Label[r.Lang]}}
	case err != nil:
		return "", nil, err
	}
	canonical, err := json.Marshal(values)
	return string(canonical), nil, err
}

// showRefusal says why something could not be done: "taken rina", "documents reaktivasi/foto_ktp".
func (c *Catalog) showRefusal(v, lang string) string {
	code, about, _ := strings.Cut(v, " ")
	if code == "documents" || code == "sets" {
		var labels []string
		for name := range strings.FieldsSeq(about) {
			labels = append(labels, c.showField(name, lang))
		}
		about = strings.Join(labels, ", ")
	}
	return c.text("refusal."+code, lang, "about", about)
}

// news says in one message what came for an officer; nothing where nothing did.
func (t *turn) news() {
	var parts []string
	for _, what := range []string{"new", "late", "heard"} {
		if n, _ := strconv.Atoi(t.in.Result.Facts[what]); n > 0 {
			parts = append(parts, t.text("alert."+what, "n", strconv.Itoa(n)))
		}
	}
	if len(parts) == 0 {
		return
	}
	// Not said by say: two alerts may well be the same words, and each is news.
	words := strings.Join(append(parts, t.text("alert.how")), " ")
	t.s.Last = hash(words)
	t.effects = append(t.effects, Reply{Text: words, Weight: Keep})
}

// deskSaid finds the officers' flow where its words are all that was said. A form's question takes them as its answer;
// a question of that flow itself never does, for its answers are sent to members.
func (t *turn) deskSaid(n *Node, said string) (*Flow, bool) {
	f, ok := t.catalog.Flows[t.catalog.desk]
	if !ok || !f.intents[said] && !f.intents[field.Bare(said)] {
		return nil, false
	}
	typed := n != nil && n.Kind == Ask && n.TypeName != "choice" && n.flow != f
	return f, !typed
}
