package dialog

// Names of the queries the engine itself asks; the store answers them like any other.
const (
	QueryOpen   = "ticket.open"   // open a ticket of Args["service"] with the form's answers
	QueryAnswer = "ticket.answer" // give a field asked for again: Args ref, field, value
	QueryHear   = "ticket.hear"   // say something to the officer: Args ref, text
	QueryAdd    = "ticket.add"    // give a document nobody asked for: Args ref, value, and text, the words with it or ""
	QueryRate   = "ticket.rate"   // say how it was: Args ref, rating (1 to 5), and text or ""
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
	"line": "text", "phone": "phone", "lang": "text", "today": "date", "organisation": "text",
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
