package dialog

import (
	"errors"
	"slices"
	"strings"

	"sapa/dialog/field"
)

// media handles a message that brings a file: where a document is wanted it is fetched, else its caption is what
// was said.
func (t *turn) media() error {
	t.count(t.in.Media)
	f := t.flow()
	n, waiting := f.Node(t.s.Node)
	if i, ok := t.pendingFile(); ok && (!waiting || n.Kind == Menu) {
		t.quietly(func() error { return t.openPending(i) })
		f = t.flow()
		n, waiting = f.Node(t.s.Node)
	}
	if waiting && n.Kind == Ask && (n.typ.Kind == FileValue || n.typ.Table) {
		t.s.Asking, t.s.Offered, t.s.Carry = AskingNothing, nil, ""
		t.fetch(n.Field)
		return nil
	}
	if k := t.s.Talk; k != nil {
		t.fetch("")
		t.s.Fetching.Ticket, t.s.Fetching.Words = k.Ref, field.Plain(t.in.Text)
		return nil
	}
	if waiting && t.wantsLater(f) {
		t.fetch("")
		return nil
	}
	if strings.TrimSpace(t.in.Text) != "" {
		t.in.Media = nil
		return t.message()
	}
	if t.s.Node == "" && t.s.Asking == AskingNothing {
		t.say(t.text("document.idle"), Keep)
		return t.greet("")
	}
	t.say(t.text("document.unneeded"), Keep)
	return t.again()
}

// fetch asks for the file; field is "" for one that came before its question.
func (t *turn) fetch(field string) {
	t.s.Fetching = &Fetching{Document: t.in.ID, Field: field}
	t.effects = append(t.effects, FetchDocument{ID: t.in.ID, Field: field, Media: *t.in.Media})
}

// wantsLater reports whether the form in hand will ask for a document: what comes early is kept for it.
func (t *turn) wantsLater(f *Flow) bool {
	return f.Service != nil && !t.s.Sent && t.s.Amend == "" && strings.TrimSpace(t.in.Text) == "" &&
		slices.ContainsFunc(f.questions(), func(n *Node) bool {
			_, answered := t.s.Answers[n.Field]
			return n.typ.Kind == FileValue && !answered
		})
}

// quietly does something without its replies: the file that came is the answer to what they would ask.
func (t *turn) quietly(do func() error) {
	said := len(t.effects)
	last := t.s.Last
	_ = do() // opening a question of a form asks nothing of the store and cannot fail
	t.effects, t.s.Last = t.effects[:said], last
}

// pendingFile finds the latest document that a ticket asks for again.
func (t *turn) pendingFile() (int, bool) {
	for i := len(t.s.Pending) - 1; i >= 0; i-- {
		f, ok := t.catalog.Flows[t.s.Pending[i].Service]
		if !ok || t.s.Pending[i].Field == "" {
			continue
		}
		if n, ok := f.question(t.s.Pending[i].Field); ok && n.typ.Kind == FileValue {
			return i, true
		}
	}
	return 0, false
}

// count keeps track of an album, so that the question after its last file is asked once.
func (t *turn) count(m *Media) {
	if m.Album == "" || m.Of < 2 {
		return
	}
	if t.s.Album == nil || t.s.Album.ID != m.Album {
		t.s.Album = &Album{ID: m.Album, Of: m.Of}
	}
	t.s.Album.Seen++
}

// waitsForAlbum reports whether more files of an album are to come; a timer asks on if they never do.
func (t *turn) waitsForAlbum() bool {
	a := t.s.Album
	if a == nil {
		return false
	}
	if a.Seen >= a.Of {
		t.s.Album = nil
		t.effects = append(t.effects, ClearTimer{Name: timerAlbum})
		return false
	}
	t.effects = append(t.effects, SetTimer{Name: timerAlbum, At: t.in.At.Add(albumWait)})
	return true
}

// document goes on when a file was fetched, or could not be.
func (t *turn) document() error {
	doc, fetched := t.in.Document, t.s.Fetching
	t.s.Fetching = nil
	f := t.flow()
	n, ok := f.Node(t.s.Node)
	here := ok && n.Kind == Ask && n.Field == doc.Field && t.s.Asking == AskingNothing
	table := t.wantsTable(f, doc)
	if t.in.Kind != DocumentReady || table != (doc.MIME == field.TableMIME) || table && !here {
		lead := t.unusable(f, doc)
		if here {
			return t.complain(f, n, lead)
		}
		t.say(lead, Keep)
		return nil
	}
	switch {
	case table:
		return t.readTable(f, n, string(doc.Body))
	case fetched != nil && fetched.Ticket != "":
		t.tell(QueryAdd, Record{"ref": fetched.Ticket, "value": doc.ID, "text": fetched.Words})
	case doc.Field == "":
		t.s.Early = append(t.s.Early, doc.ID)
		t.say(t.text("document.early"), Keep)
		return t.again()
	case here:
		t.say(t.text("document.received", "label", n.Label[t.s.Lang]), Keep)
		return t.accept(f, n, doc.ID, nil)
	default:
		t.shelve(doc)
	}
	return nil
}

// wantsTable reports whether a document was sent where a table is read. A table is kept nowhere else: what it says
// becomes an answer.
func (t *turn) wantsTable(f *Flow, doc *Document) bool {
	n, ok := f.question(doc.Field)
	return ok && n.typ.Table
}

// unusable says why a file will not do: it could not be fetched, it is no document, or not of the kind wanted here.
func (t *turn) unusable(f *Flow, doc *Document) string {
	table := doc.MIME == field.TableMIME
	switch {
	case t.in.Kind == DocumentBad && doc.Problem != nil:
		return t.problem(&field.Problem{Code: doc.Problem.Code, Args: doc.Problem.Args})
	case t.in.Kind == DocumentReady && table && !t.wantsTable(f, doc):
		return t.problem(&field.Problem{Code: "document.kind", Args: map[string]string{"kind": "CSV"}})
	case t.in.Kind == DocumentReady && !table:
		return t.text("document.table")
	}
	return t.text("document.lost", "label", t.labelOf(f, doc.Field))
}

// readTable takes a table as if its text had been typed. One that cannot be read is not missed as words are: what it
// says means no service.
func (t *turn) readTable(f *Flow, n *Node, text string) error {
	t.in.Text = text
	value, notes, err := t.read(n, "")
	t.in.Text = ""
	var p *field.Problem
	switch {
	case errors.As(err, &p):
		return t.complain(f, n, t.problem(p))
	case err != nil:
		return err
	}
	t.say(t.text("document.received", "label", n.Label[t.s.Lang]), Keep)
	return t.accept(f, n, value, notes)
}

// shelve keeps a document whose question was left while it was fetched: with the form, wherever that is now.
func (t *turn) shelve(doc *Document) {
	a := Answer{Value: doc.ID, At: t.in.At}
	label := doc.Field
	if f, ok := t.catalog.Flows[t.s.Flow]; ok && f.Service != nil {
		if n, ok := f.question(doc.Field); ok {
			label = n.Label[t.s.Lang]
			t.record(n, a)
		}
	}
	for i := range t.s.Drafts {
		f, ok := t.catalog.Flows[t.s.Drafts[i].Flow]
		if !ok {
			continue
		}
		if n, ok := f.question(doc.Field); ok {
			label = n.Label[t.s.Lang]
			answers := map[string]Answer{doc.Field: a}
			for name, given := range t.s.Drafts[i].Answers {
				if name != doc.Field {
					answers[name] = given
				}
			}
			t.s.Drafts[i].Answers = answers
		}
	}
	t.say(t.text("document.received", "label", label), Keep)
}

func (t *turn) labelOf(f *Flow, name string) string {
	if n, ok := f.question(name); ok {
		return n.Label[t.s.Lang]
	}
	return t.text("document.any")
}
