package dialog

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"sapa/dialog/desk"
)

// Load reads every .yaml file of fsys, checks the whole against the scheme and itself, and gives the catalogue. The
// error, where there is one, is a Mistakes with everything that is wrong.
func Load(fsys fs.FS, scheme Scheme) (*Catalog, error) {
	l := &loader{
		scheme:  scheme,
		sources: map[string]*flowSource{},
		catalog: &Catalog{
			Flows: map[string]*Flow{}, texts: map[string]*Text{}, words: map[string]word{},
			replies: map[string]*Text{}, fields: map[string]*fieldUse{}, scheme: scheme,
			synonyms: newSynonyms(), anywhere: map[string]*Flow{}, speech: map[string]string{},
		},
	}
	l.catalog.types = l.catalog.ownTypes()
	if err := l.read(fsys); err != nil {
		return nil, err
	}
	if len(l.mistakes) == 0 {
		l.flows()
	}
	if len(l.mistakes) == 0 {
		l.resolve()
	}
	if len(l.mistakes) == 0 {
		l.check()
	}
	if len(l.mistakes) > 0 {
		return nil, l.mistakes.sorted()
	}
	return l.catalog, nil
}

// documentKinds are what a document may begin with.
var documentKinds = []string{"flow", "catalog", "texts", "replies", "synonyms"}

const documentBegins = "flow:, catalog:, texts:, replies: or synonyms:"

// loader is a catalogue in the making.
type loader struct {
	scheme   Scheme
	catalog  *Catalog
	mistakes Mistakes
	sources  map[string]*flowSource
	begun    place // the catalog document
}

// flowSource is a flow's document; a flow used inside others is read once for each.
type flowSource struct {
	doc   *document
	name  string
	body  *ast.MappingNode
	nodes ast.Node
	used  bool
}

// read parses all files and sorts them by kind. The catalog document comes first: it names the languages.
func (l *loader) read(fsys fs.FS) error {
	files, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return fmt.Errorf("dialog: list flows: %w", err)
	}
	kinds := map[string][]*flowSource{}
	for _, name := range files {
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("dialog: read flows: %w", err)
		}
		d := &document{name: path.Base(name), lines: strings.Split(string(source), "\n"), mistakes: &l.mistakes}
		body := d.parse(source)
		if body == nil || len(body.Values) == 0 {
			continue
		}
		kind := body.Values[0].Key.GetToken().Value
		if !slices.Contains(documentKinds, kind) {
			d.at(body.Values[0]).bad("a document begins with %s, not %q", documentBegins, kind)
			continue
		}
		kinds[kind] = append(kinds[kind], &flowSource{doc: d, name: d.text(body.Values[0].Value), body: body})
	}
	l.catalogs(kinds["catalog"], len(files))
	if len(l.catalog.Languages) == 0 {
		return nil
	}
	l.engineTexts()
	for _, s := range kinds["texts"] {
		l.texts(s.doc, s.body)
	}
	for _, s := range kinds["replies"] {
		l.replies(s.doc, s.body)
	}
	l.synonyms(kinds["synonyms"])
	for _, s := range kinds["flow"] {
		if first, twice := l.sources[s.name]; twice {
			s.doc.at(s.body).bad("flow %q is also in %s", s.name, first.doc.name)
			continue
		}
		l.sources[s.name] = s
		l.catalog.names = append(l.catalog.names, s.name)
	}
	return nil
}

// catalogs reads the one catalog document.
func (l *loader) catalogs(docs []*flowSource, files int) {
	if len(docs) != 1 {
		d := &document{name: "catalog.yaml", mistakes: &l.mistakes}
		d.note(1, 1, "a catalogue has one document that begins with catalog:, this has %d in %d files", len(docs), files)
		return
	}
	d := docs[0].doc
	l.begun = d.at(docs[0].body)
	found := d.mapping(docs[0].body, "the catalog document", keys{
		"catalog":   d.textInto(&l.catalog.Name),
		"languages": d.textsInto(&l.catalog.Languages),
		"words": func(n ast.Node) {
			c := l.catalog
			d.mapping(n, "words", keys{
				"officer": d.textInto(&c.officer), "tickets": d.textInto(&c.tickets), "rating": d.textInto(&c.rating),
				"desk": d.textInto(&c.desk), "doubt": d.textInto(&c.doubt),
			})
		},
	})
	if _, ok := found["languages"]; !ok {
		l.begun.bad("the catalogue names its languages: [id, en]")
	}
}

// flows reads every flow's document, sub-flows in their place.
func (l *loader) flows() {
	for _, name := range l.catalog.names {
		s := l.sources[name]
		f := &Flow{Name: name, at: s.doc.at(s.body), index: map[string]int{}, symbols: map[string]symbol{}}
		l.header(f, s)
		if s.nodes == nil {
			f.at.bad("a flow has nodes")
			continue
		}
		r := &nodeReader{loader: l, flow: f, doc: s.doc}
		r.nodes(s.nodes)
		if len(f.Nodes) == 0 {
			f.at.bad("a flow has at least one node")
			continue
		}
		l.catalog.Flows[name] = f
	}
	followed := map[string]bool{l.catalog.rating: true}
	for _, f := range l.catalog.Flows {
		for _, follow := range f.followUps() {
			followed[follow.flow] = true
		}
	}
	for name, f := range l.catalog.Flows {
		f.shared = l.sources[name].used && !followed[name]
	}
}

func (l *loader) header(f *Flow, s *flowSource) {
	d := s.doc
	found := d.mapping(s.body, "a flow", keys{
		"flow":     func(ast.Node) {},
		"title":    func(n ast.Node) { f.Title, _ = d.words(n, l.catalog.Languages) },
		"intents":  d.textsInto(&f.Intents),
		"anywhere": d.truthInto(&f.Anywhere),
		"given":    func(n ast.Node) { f.Given = l.typeNames(d, n, "given") },
		"recognises": func(n ast.Node) {
			f.Recognises = l.typeNames(d, n, "recognises")
		},
		"service": func(n ast.Node) { f.Service = l.service(d, n, s.name) },
		"nodes":   func(n ast.Node) { s.nodes = n },
	})
	if _, ok := found["title"]; !ok {
		f.at.bad("flow %q has no title", s.name)
	}
	if f.Service != nil {
		f.Service.Pipeline.Title = f.Title
	}
}

// typeNames reads {FIELD: TYPE}.
func (l *loader) typeNames(d *document, n ast.Node, what string) map[string]string {
	types := map[string]string{}
	for _, kv := range d.pairs(n, what) {
		name, typ := kv.Key.GetToken().Value, d.text(kv.Value)
		if _, ok := l.typeOf(typ); !ok {
			d.at(kv).bad("%q has the unknown type %q", name, typ)
		}
		types[name] = typ
	}
	return types
}

// service reads the service section: what happens to the ticket.
func (l *loader) service(d *document, n ast.Node, name string) *Service {
	s := &Service{Pipeline: desk.Pipeline{Service: name}, says: map[string]*Text{}, unrated: map[string]bool{}}
	d.mapping(n, "a service", keys{
		"keeps":  d.textsInto(&s.Keeps),
		"reopen": d.durationInto(&s.Pipeline.Reopen),
		"subject": func(n ast.Node) {
			p := &s.Pipeline.Subject
			d.mapping(n, "subject", keys{
				"name": d.textInto(&p.Name), "number": d.textInto(&p.Number),
				"birth_date": d.textInto(&p.BirthDate), "regency": d.textInto(&p.Regency), "company": d.textInto(&p.Company),
			})
		},
		"stages": func(n ast.Node) {
			d.list(n, "stages", func(n ast.Node) { s.Pipeline.Stages = append(s.Pipeline.Stages, l.stage(d, n, s)) })
		},
	})
	if len(s.Pipeline.Stages) == 0 {
		d.at(n).bad("a service has stages")
	}
	return s
}

func (l *loader) stage(d *document, n ast.Node, s *Service) desk.Stage {
	var st desk.Stage
	var status, role string
	d.mapping(n, "a stage", keys{
		"stage":     d.textInto(&st.Name),
		"title":     func(n ast.Node) { st.Title, _ = d.words(n, l.catalog.Languages) },
		"status":    d.textInto(&status),
		"role":      d.textInto(&role),
		"second":    d.truthInto(&st.Second),
		"documents": d.textsInto(&st.Documents),
		"promise":   d.durationInto(&st.Promise),
		"within":    d.durationInto(&st.Within),
		"auto": func(n ast.Node) {
			d.mapping(n, "auto", keys{
				"after": d.durationInto(&st.Auto.After), "decision": d.textInto(&st.Auto.Decision),
			})
		},
		"remind": d.durationInto(&st.Remind),
		"expire": d.durationInto(&st.Expire),
		"follow": func(n ast.Node) {
			d.list(n, "follow", func(n ast.Node) { st.Follow = append(st.Follow, l.follow(d, n, s, &st)) })
		},
		"decisions": func(n ast.Node) {
			d.list(n, "decisions", func(n ast.Node) { st.Decisions = append(st.Decisions, l.decision(d, n, s, &st)) })
		},
	})
	st.Status, st.Role = desk.Status(status), desk.Role(role)
	if st.Title == nil {
		d.at(n).bad("stage %q has no title", st.Name)
	}
	return st
}

// follow reads a follow-up of a stage.
func (l *loader) follow(d *document, n ast.Node, s *Service, st *desk.Stage) desk.Follow {
	var out desk.Follow
	d.mapping(n, "a follow-up", keys{
		"after": d.durationInto(&out.After),
		"flow":  d.textInto(&out.Flow),
		"say": func(n ast.Node) {
			w, at := d.words(n, l.catalog.Languages)
			out.Say, s.says[st.Name+"/"+desk.FollowName(len(st.Follow))] = w, template(w, at)
		},
	})
	return out
}

// decision reads "- NAME: the stage it leads to" with what belongs to it.
func (l *loader) decision(d *document, n ast.Node, s *Service, st *desk.Stage) desk.Decision {
	var out desk.Decision
	pairs := d.pairs(n, "a decision")
	if len(pairs) == 0 {
		return out
	}
	out.Name = pairs[0].Key.GetToken().Value
	rates := true
	d.mapping(n, "a decision", keys{
		out.Name: d.textInto(&out.To),
		"member": d.truthInto(&out.Member),
		"reason": d.truthInto(&out.Reason),
		"flow":   d.textInto(&out.Flow),
		"rating": d.truthInto(&rates),
		"erases": d.truthInto(&out.Erases),
		"say": func(n ast.Node) {
			w, at := d.words(n, l.catalog.Languages)
			out.Say, s.says[st.Name+"/"+out.Name] = w, template(w, at)
		},
		"sets": func(n ast.Node) {
			d.list(n, "sets", func(n ast.Node) { out.Sets = append(out.Sets, l.set(d, n)) })
		},
	})
	s.unrated[st.Name+"/"+out.Name] = !rates || out.Erases // the answer would be lost at once
	return out
}

func (l *loader) set(d *document, n ast.Node) desk.Set {
	var set desk.Set
	d.mapping(n, "a value", keys{
		"name": d.textInto(&set.Name), "type": d.textInto(&set.Type), "optional": d.truthInto(&set.Optional),
		"min": d.numberInto(&set.Min), "max": d.numberInto(&set.Max),
		"label": func(n ast.Node) { set.Label, _ = d.words(n, l.catalog.Languages) },
	})
	if t, ok := l.typeOf(set.Type); !ok {
		d.at(n).bad("%q has the unknown type %q", set.Name, set.Type)
	} else if t.Read == nil {
		d.at(n).bad("%q has the type %q, which nobody can type", set.Name, set.Type)
	}
	if set.Label == nil {
		d.at(n).bad("%q has no label", set.Name)
	}
	return set
}

// typeOf gives a field type by name: the engine's own or the scheme's.
func (l *loader) typeOf(name string) (Type, bool) { return l.catalog.typeOf(name) }
