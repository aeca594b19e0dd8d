package dialog

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"sapa/dialog/field"
)

//go:embed texts.yaml
var engineTexts string

// word is what a global or local word asks for: the part after "word." of its key.
type word string

// The words. Those up to wordAnswer work everywhere, the rest where the node knows them.
const (
	wordBack       word = "back"
	wordMenu       word = "menu"
	wordCancel     word = "cancel"
	wordHelp       word = "help"
	wordOfficer    word = "officer"
	wordEmergency  word = "emergency"
	wordIndonesian word = "indonesian"
	wordEnglish    word = "english"
	wordRepeat     word = "repeat"
	wordAnswer     word = "answer"
	wordSkip       word = "skip"
	wordKeep       word = "keep"
	wordMore       word = "more"
	wordSend       word = "send"
	wordChange     word = "change"
	wordThanks     word = "thanks"
	wordHello      word = "hello"
	wordUse        word = "use"
)

// everywhere are the words that work whatever is being asked.
var everywhere = []word{
	wordBack, wordMenu, wordCancel, wordHelp, wordOfficer, wordEmergency, wordIndonesian, wordEnglish, wordRepeat,
	wordAnswer,
}

// engineTexts reads the engine's own wording; what the catalogue says in its texts documents replaces it.
func (l *loader) engineTexts() {
	d := &document{name: "engine texts.yaml", lines: strings.Split(engineTexts, "\n"), mistakes: &l.mistakes}
	if body := d.parse([]byte(engineTexts)); body != nil {
		l.textsOf(d, body, nil)
	}
}

// texts reads a texts document of the catalogue.
func (l *loader) texts(d *document, body *ast.MappingNode) {
	problems := map[string]bool{}
	for code := range l.scheme.Problems {
		problems["problem."+code] = true
	}
	l.textsOf(d, body, problems)
}

// textsOf reads key: {lang: text}. Where extra is not nil, a key must be the engine's, among extra, or an action's.
func (l *loader) textsOf(d *document, body *ast.MappingNode, extra map[string]bool) {
	for _, kv := range d.pairs(body, "a texts document")[1:] {
		key := kv.Key.GetToken().Value
		if _, known := l.catalog.texts[key]; extra != nil && !known && !extra[key] && !strings.HasPrefix(key, actionTexts) {
			d.at(kv).bad("nothing says %q", key)
			continue
		}
		w, at := d.words(kv.Value, l.catalog.Languages)
		if name, ok := strings.CutPrefix(key, "word."); ok {
			l.word(word(name), w, d.at(kv))
			continue
		}
		if key == "speech" {
			l.speech(w)
			continue
		}
		t := template(w, at)
		l.arguments(key, t)
		l.catalog.texts[key] = t
	}
}

// word adds the ways of saying a word, in every language: people mix them.
func (l *loader) word(name word, w Words, at place) {
	for _, said := range w {
		for s := range strings.SplitSeq(said, ",") {
			s = field.Normal(s)
			if other, taken := l.catalog.words[s]; taken && other != name {
				at.bad("%q already means %q", s, other)
			}
			l.catalog.words[s] = name
		}
	}
}

// speech adds the words by which a language is known. One that two languages have tells nothing.
func (l *loader) speech(w Words) {
	for lang, said := range w {
		for s := range strings.SplitSeq(said, ",") {
			s = field.Normal(s)
			if other, ok := l.catalog.speech[s]; ok && other != lang {
				l.catalog.speech[s] = ""
				continue
			}
			l.catalog.speech[s] = lang
		}
	}
}

// arguments checks a problem's wording against the arguments the problem has.
func (l *loader) arguments(key string, t *Text) {
	code, ok := strings.CutPrefix(key, "problem.")
	if !ok {
		return
	}
	args, ok := field.Problems()[code]
	if !ok {
		args, ok = ownProblems[code]
	}
	if !ok {
		args = l.scheme.Problems[code]
	}
	t.refs(func(ref string, _ bool, at place) {
		if !slices.Contains(args, ref) {
			at.bad("problem %q has no argument %q; it has %s", code, ref, strings.Join(args, ", "))
		}
	})
}

// missing notes problems that nobody worded.
func (l *loader) missing() {
	for _, codes := range []map[string][]string{field.Problems(), l.scheme.Problems} {
		for code := range codes {
			if _, ok := l.catalog.texts["problem."+code]; !ok {
				l.begun.bad("nothing says what to do about the problem %q: a texts document needs problem.%s", code, code)
			}
		}
	}
}
