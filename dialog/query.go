package dialog

import "fmt"

// Names of the queries the engine itself asks; the store answers them like any other.
const (
	QueryOpen   = "ticket.open"   // open a ticket of Args["service"] with the form's answers
	QueryAnswer = "ticket.answer" // give a field asked for again: Args ref, field, value
	QueryHear   = "ticket.hear"   // say something to the officer: Args ref, text
	QueryAdd    = "ticket.add"    // give a document nobody asked for: Args ref, value, and text, the words with it or ""
	QueryRate   = "ticket.rate"   // say how it was: Args ref, rating (1 to 5), and text or ""
	QueryProve  = "who.prove"     // prove to be whom we know from this number: ok settles an [Input.Doubt]
)

// engineQueries are known whatever the scheme. An argument whose type is "" may be anything; "*" allows further
// arguments, which are a decision's values.
var engineQueries = map[string]Signature{
	QueryOpen: {
		Args:  map[string]string{"service": "text", "*": ""},
		Facts: ticketFacts,
	},
	QueryAnswer: {
		Args:  map[string]string{"ref": "text", "field": "text", "value": ""},
		Facts: map[string]string{"ok": "truth", "status": "ticket_status"},
	},
	"ticket.list": {
		Facts: map[string]string{"count": "number"},
		Rows:  ticketFacts,
	},
	"ticket.show": {
		Args:  map[string]string{"ref": "text", "birth_date": "birth_date"},
		Facts: showFacts,
	},
	"ticket.decide": {
		Args: map[string]string{"ref": "text", "decision": "text", "*": ""},
		Facts: map[string]string{
			"ok": "truth", "status": "ticket_status", "stage": "ticket_stage", "promised": "moment",
		},
	},
	"ticket.cancel": {
		Args:  map[string]string{"ref": "text"},
		Facts: map[string]string{"ok": "truth"},
	},
	"ticket.reopen": {
		Args: map[string]string{"ref": "text", "text": "text"},
		Facts: map[string]string{
			"ok": "truth", "status": "ticket_status", "stage": "ticket_stage", "promised": "moment",
		},
	},
	QueryHear: {
		Args:  map[string]string{"ref": "text", "text": "text"},
		Facts: map[string]string{"ok": "truth"},
	},
	QueryAdd: {
		Args:  map[string]string{"ref": "text", "value": "document", "text": "text"},
		Facts: map[string]string{"ok": "truth"},
	},
	QueryRate: {
		Args:  map[string]string{"ref": "text", "rating": "number", "text": "text"},
		Facts: map[string]string{"ok": "truth"},
	},
	"who.known": {
		Facts: map[string]string{
			"has":    "truth", // there is a ticket whose birth date can be asked for
			"ticket": "truth", // or else one that they wait to hear of, whose number can be
		},
	},
	QueryProve: {
		Args:  map[string]string{"birth_date": "birth_date", "ref": "text"}, // ref counts where birth_date is ""
		Facts: map[string]string{"ok": "truth", "blocked": "truth"},         // ok settles a doubt
	},
	"data.mine": {
		Facts: map[string]string{
			"since":   "date", // when the contact first wrote
			"tickets": "number", "open": "number", "documents": "number", "messages": "number",
			"drafts": "number", "consents": "number",
		},
	},
	// data.export sends the contact a file with all that is kept of them. birth_date may be "" where who.known has not.
	"data.export": {
		Args:  map[string]string{"birth_date": "birth_date"},
		Facts: map[string]string{"ok": "truth", "blocked": "truth", "name": "text"}, // name is the file's
	},
}

var ticketFacts = map[string]string{
	"ref": "text", "service": "service", "status": "ticket_status", "stage": "ticket_stage",
	"opened": "moment", "promised": "moment", "branch": "text",
}

var showFacts = map[string]string{
	"found": "truth", "match": "truth", "blocked": "truth",
	"asked": "ticket_field", // what the member is to give next; "" nothing
	"ref":   "text", "service": "service", "status": "ticket_status", "stage": "ticket_stage",
	"opened": "moment", "promised": "moment", "branch": "text",
	"late":    "truth",  // what was promised is past
	"place":   "number", // how many tickets are before it; 0: it is next, or being worked on
	"reopens": "truth",  // the member may still bring it back
	"rates":   "truth",  // it has ended, and the member has not said how it was
}

// given facts every flow knows: who is served and by whom.
var builtins = map[string]string{
	"line": "text", "phone": "phone", "lang": "text", "today": "date",
	// Of whoever runs the desk; for {keep_…} see [Kept]. The phone may be "".
	"organisation": "text", "organisation_phone": "text",
	"keep_documents": "text", "keep_tickets": "text", "keep_messages": "text", "keep_drafts": "text",
}

// followUpFacts are what a follow-up flow knows of its ticket.
var followUpFacts = map[string]string{"tiket.ref": "text", "tiket.service": "service"}

// signature finds a query or rule by name.
func (c *Catalog) signature(name string) (Signature, bool) {
	for _, own := range []map[string]Signature{engineQueries, officerQueries} {
		if s, ok := own[name]; ok {
			return s, true
		}
	}
	if s, ok := c.scheme.Queries[name]; ok {
		return s, true
	}
	r, ok := c.scheme.Rules[name]
	return r.Signature, ok
}

// ask starts a query node. Rules are answered at once; asked says that the store is to answer.
func (t *turn) ask(n *Node) (asked bool, err error) {
	args := t.args(n)
	rule, ok := t.catalog.scheme.Rules[n.Query]
	if !ok {
		t.query = &Query{Name: n.Query, Args: args}
		return true, nil
	}
	facts, err := rule.Run(args, t.now(), t.s.Lang)
	if err != nil {
		return false, fmt.Errorf("dialog: rule %s: %w", n.Query, err)
	}
	t.know(n.As, Facts{Record: facts})
	return false, nil
}

// args are what a query node is given.
func (t *turn) args(n *Node) Record {
	args := Record{}
	for _, a := range n.Args {
		args[a.Name] = a.Literal
		if a.Ref != "" {
			args[a.Name] = t.raw(a.Ref)
		}
	}
	return args
}

// open is the query that opens the form's ticket: the answers that count now, whatever was answered and then made
// moot by another answer left out.
func (t *turn) open(f *Flow) *Query {
	args := Record{}
	for _, n := range f.questions() {
		if a, ok := t.s.Answers[n.Field]; ok && !a.Skipped && t.counts(n) {
			args[n.Field] = a.Value
		}
	}
	args["service"] = f.Name
	return &Query{Name: QueryOpen, Args: args}
}

// result goes on where a query waited for what the store found.
func (t *turn) result() error {
	switch {
	case t.s.Telling != "":
		return t.told()
	case t.s.Amend != "" && t.s.Aside == nil:
		return t.amended()
	}
	f, ok := t.catalog.Flows[t.s.Flow]
	if !ok {
		return ErrResult
	}
	n, ok := f.Node(t.s.Node)
	if !ok || n.Kind != QueryIt && n.Kind != Ticket {
		return ErrResult
	}
	r := t.in.Result
	t.know(n.As, Facts{Record: r.Facts, Rows: r.Rows, Sample: r.Sample})
	if n.Kind == Ticket {
		t.s.Sent = true
		t.dropDraft(f.Name)
		t.effects = append(t.effects, Asked{Flow: f.Name})
	}
	if r.Facts["ok"] == "true" {
		t.fulfil(n)
	}
	e, err := t.way(n, n.Go)
	if err != nil {
		return err
	}
	f, n, arrived, err := t.follow(f, n, e)
	if err != nil || arrived {
		return err
	}
	return t.play(f, n)
}

func (t *turn) know(as string, facts Facts) {
	if t.s.Facts == nil {
		t.s.Facts = map[string]Facts{}
	}
	t.s.Facts[as] = facts
}
