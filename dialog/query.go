package dialog

// Names of the queries the engine itself asks; the store answers them like any other.
const (
	QueryOpen   = "ticket.open"   // open a ticket of Args["service"] with the form's answers
	QueryAnswer = "ticket.answer" // give a field asked for again: Args ref, field, value
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
}

var ticketFacts = map[string]string{
	"ref": "text", "service": "service", "status": "ticket_status", "stage": "ticket_stage",
	"opened": "moment", "promised": "moment", "branch": "text",
}

var showFacts = map[string]string{
	"found": "truth", "match": "truth", "blocked": "truth", "asked": "text",
	"ref": "text", "service": "service", "status": "ticket_status", "stage": "ticket_stage",
	"opened": "moment", "promised": "moment", "branch": "text",
}

// given facts every flow knows: who is served and by whom.
var builtins = map[string]string{
	"line": "text", "phone": "phone", "lang": "text", "today": "date", "organisation": "text",
}

// followUpFacts are what a follow-up flow knows of its ticket.
var followUpFacts = map[string]string{"tiket.ref": "text", "tiket.service": "service"}

// signature finds a query or rule by name.
func (c *Catalog) signature(name string) (Signature, bool) {
	if s, ok := engineQueries[name]; ok {
		return s, true
	}
	if s, ok := c.scheme.Queries[name]; ok {
		return s, true
	}
	r, ok := c.scheme.Rules[name]
	return r.Signature, ok
}
