package dialog

import (
	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// Words are a text in each language of the catalogue: language code → text.
type Words map[string]string

// Catalog is every flow a service desk knows, checked and immutable: safe for any number of engines.
type Catalog struct {
	Name      string
	Languages []string // the first is spoken until somebody chooses
	Flows     map[string]*Flow

	names    []string // of flows, in the order they were read
	officer  string   // the flow the word "petugas" opens
	tickets  string   // the flow that shows somebody's tickets, by its intents or a ticket's number; "": none does
	rating   string   // the follow-up flow that rates a ticket; "": none does
	desk     string   // the flow in which officers work, by its intents; "": none does
	doubt    string   // the flow that finds out who writes from a number that may have changed hands; "": none does
	knows    []recognised
	anywhere map[string]*Flow // by what begins it, normalised
	texts    map[string]*Text
	replies  map[string]*Text
	words    map[string]word   // global words, normalised
	speech   map[string]string // words that only one language has → its code
	fields   map[string]*fieldUse
	scheme   Scheme
	// What free text may mean.
	synonyms *synonyms
	meant    *intents
	types    map[string]Type
}

// Flow is one conversation as data.
type Flow struct {
	Name    string
	Title   Words
	Intents []string // what people say when they mean this flow
	// Anywhere: its title and intents begin it whatever is being asked, where they are all that is said. A form in hand
	// is kept.
	Anywhere bool
	Given    map[string]string // what a follow-up flow is handed: type names by field
	// Recognises are the messages that begin this flow wherever the conversation stands: type names by the field that
	// a message of nothing else answers.
	Recognises map[string]string
	Service    *Service // nil where no ticket is opened
	Nodes      []*Node  // sub-flows inlined; the first is the start

	at      place
	index   map[string]int
	shared  bool // only ever used inside other flows, and no ticket is followed up by it
	intents map[string]bool
	symbols map[string]symbol
	facts   map[string][]string // the facts known under each name
	asks    []*Node             // the counted questions, in order
}

// Service is what makes a flow a form: what happens to the ticket it opens.
type Service struct {
	Pipeline desk.Pipeline
	// Keeps are answers from earlier in the conversation that a new form may take over.
	Keeps []string
	says  map[string]*Text // by "stage/decision"
	// unrated are the decisions, "stage/decision", after which nobody is asked how it was: a death.
	unrated map[string]bool
}

// NodeKind is what a node does.
type NodeKind string

// The node kinds.
const (
	Menu    NodeKind = "menu"
	Ask     NodeKind = "ask"
	Say     NodeKind = "say"
	Ticket  NodeKind = "ticket"
	Review  NodeKind = "review"
	End     NodeKind = "end"
	QueryIt NodeKind = "query"
	use     NodeKind = "use" // gone after loading
)

// Node is one state of a conversation.
type Node struct {
	Kind NodeKind
	Name string
	Text *Text
	When *Condition // nil: always played
	Go   []Edge     // tried in order; the last has no condition

	// Choices, for menus and questions of type choice.
	Options []Choice
	List    string // a list of the scheme, narrowed by the value of the field Of
	Of      string
	Rows    string // facts whose rows are the options: RowValue names the value, RowShow words it
	RowVal  string
	RowShow *Text

	// Questions.
	Field    string
	TypeName string
	Label    Words
	Hint     *Text
	Echo     *Text
	Optional bool
	Counted  bool
	Min, Max int64
	Version  string // of a consent's text

	Weight Weight // of what a say says
	File   *Whole // what a say sends with it; nil: nothing
	Anew   bool   // after this end whoever writes is somebody new: see [StartAnew]

	// Queries.
	Query string
	Args  []Arg
	As    string

	at      place
	flow    *Flow
	typ     Type
	bit     uint64         // of its field among the form's counted questions; 0: not counted
	choices *field.Choices // among its declared options
	skip    string         // the fsm event that passes the node over
	gates   []*Condition   // under which the sub-flows around the node are played at all
}

// Choice is an option of a menu or a question.
type Choice struct {
	field.Option
	When  *Condition
	Go    []Edge
	label *Text
	at    place
}

// Edge is a way on.
type Edge struct {
	If *Condition // nil: always
	To Target

	event string // its name in the flow's machine, unique per edge
	at    place
}

// Target is where an edge leads: a node of the same flow, the start of another flow, or the line's home.
type Target struct {
	Flow  string
	Node  string
	Begin bool // the flow is begun afresh, even from inside itself
	Home  bool
}

// Whole is a value that a say sends as a text file, where a chat has room for a part of it only; else the say is passed
// over.
type Whole struct {
	Name string // of the file
	Of   string // the field or fact
	at   place
}

// Arg is what a query is given: the value of a field or fact, or a literal.
type Arg struct {
	Name    string
	Literal string
	Ref     string // "" for a literal
	at      place
}

// Waits reports whether the node stops for a reply.
func (n *Node) Waits() bool { return n.Kind == Menu || n.Kind == Ask || n.Kind == Review }

// place is where in the documents something stands.
type place struct {
	file      *document
	line, col int
}

// symbol is a name that texts and conditions of a flow may use.
type symbol struct {
	typeName string
	node     *Node // the question, nil for facts and given values
}

// fieldUse remembers the first question of a field: every other must read the same type.
type fieldUse struct {
	typeName string
	node     *Node
}

// Order gives the names of the flows in the order their documents were read.
func (c *Catalog) Order() []string { return c.names }

// Pipeline gives the stages of a service; a service is named after its flow.
func (c *Catalog) Pipeline(service string) (*desk.Pipeline, bool) {
	f, ok := c.Flows[service]
	if !ok || f.Service == nil {
		return nil, false
	}
	return &f.Service.Pipeline, true
}

// Node gives a node of the flow.
func (f *Flow) Node(name string) (*Node, bool) {
	i, ok := f.index[name]
	if !ok {
		return nil, false
	}
	return f.Nodes[i], true
}

// question gives the node that asks for a field.
func (f *Flow) question(name string) (*Node, bool) {
	s, ok := f.symbols[name]
	return s.node, ok && s.node != nil
}

// home is the flow's first menu, where "menu" leads; a flow without one starts over.
func (f *Flow) home() *Node {
	for _, n := range f.Nodes {
		if n.Kind == Menu {
			return n
		}
	}
	return f.Nodes[0]
}
