package dialog

import (
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"sapa/dialog/field"
)

// The limits of what is read of a message.
const (
	maxRead      = 120 // words
	misspellable = 5   // letters from which a word may be misspelt
	stemmed      = 4   // letters that a word keeps at least when its affixes are cut off
)

// synonyms are how words become meanings: a word's own, that of the group it stands in, or none.
type synonyms struct {
	words    map[string]string // a word → what it means; "" for one that says nothing
	phrases  map[string]string // meanings in a row → the one they have together
	longest  int               // phrase, in meanings
	within   map[string]bool   // meanings that count within phrases only
	prefixes []string          // the first is "", as of the suffixes
	suffixes []string
	similar  map[byte][]string // words that may be misspelt, by their first letter
}

func newSynonyms() *synonyms {
	return &synonyms{
		words: map[string]string{}, phrases: map[string]string{}, within: map[string]bool{}, similar: map[byte][]string{},
		prefixes: []string{""}, suffixes: []string{""},
	}
}

// read gives what a normal text means, each meaning once. Of phrases the longest counts, in place of its words.
func (s *synonyms) read(normal string) []string {
	row := s.meanings(normal)
	all := make([]string, 0, len(row))
	for i := 0; i < len(row); {
		means, n := row[i], min(s.longest, len(row)-i)
		for ; n > 1; n-- {
			if joined, ok := s.phrases[strings.Join(row[i:i+n], " ")]; ok {
				means = joined
				break
			}
		}
		if !s.within[means] && !slices.Contains(all, means) {
			all = append(all, means)
		}
		i += max(n, 1)
	}
	return all
}

// meanings are those of the words that have one, in their order.
func (s *synonyms) meanings(normal string) []string {
	said := words(normal)
	row := make([]string, 0, len(said))
	for _, w := range said[:min(len(said), maxRead)] {
		means, known := s.known(w)
		if !known {
			means = s.misspelt(w)
		}
		if means != "" {
			row = append(row, means)
		}
	}
	return row
}

// known is what a word means as it is typed, or without its affixes.
func (s *synonyms) known(word string) (means string, ok bool) {
	if means, ok = s.words[word]; ok {
		return means, true
	}
	for _, suffix := range s.suffixes {
		begin, ended := strings.CutSuffix(word, suffix)
		if !ended {
			continue
		}
		for _, prefix := range s.prefixes {
			stem, begun := strings.CutPrefix(begin, prefix)
			if means, ok = s.words[stem]; ok && begun && len(stem) >= stemmed {
				return means, true
			}
		}
	}
	return "", false
}

// misspelt is what the nearest known word means, of those that begin with the same letter.
func (s *synonyms) misspelt(word string) string {
	if len(word) < misspellable {
		return ""
	}
	best, nearest := "", len(word)
	for _, known := range s.similar[word[0]] {
		if slips, ok := field.Near(word, known); ok && slips < nearest {
			best, nearest = s.words[known], slips
		}
	}
	return best
}

// learn makes a word known.
func (s *synonyms) learn(word, means string) {
	if _, known := s.words[word]; !known && len(word) >= misspellable {
		s.similar[word[0]] = append(s.similar[word[0]], word)
	}
	s.words[word] = means
}

// teach makes the words of a text known that are not: they mean themselves.
func (s *synonyms) teach(normal string) {
	for _, w := range words(normal) {
		if _, known := s.known(w); !known {
			s.learn(w, w)
		}
	}
}

// words are the words of a normal text. A letter drawn out ("matiii") counts once.
func words(normal string) []string {
	short := make([]byte, 0, len(normal))
	for i, end := 0, 0; i < len(normal); i = end {
		c := normal[i]
		end = i + 1
		for end < len(normal) && normal[end] == c {
			end++
		}
		if end-i > 2 && 'a' <= c && c <= 'z' {
			short = append(short, c)
		} else {
			short = append(short, normal[i:end]...)
		}
	}
	return strings.FieldsFunc(string(short), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// sayings are words and phrases that mean the same.
type sayings struct {
	means string   // the first of them; "": nothing
	texts []string // normal
	at    []place
}

// synonyms reads the documents of what means the same. One of them is
//
//	synonyms: jkn
//	nothing: [saya, mau, tolong]        # words that say nothing
//	within: [tidak, bisa]               # meanings that count within phrases only
//	prefixes: [di, me]                  # cut off where a word is not known with them
//	suffixes: [nya, kan]
//	same:
//	  - [nonaktif, mati, tidak aktif]   # the first is what the others, words or phrases, mean
func (l *loader) synonyms(docs []*flowSource) {
	var groups []sayings
	for _, doc := range docs {
		d, s := doc.doc, l.catalog.synonyms
		d.mapping(doc.body, "a synonyms document", keys{
			"synonyms": func(ast.Node) {},
			"prefixes": d.textsInto(&s.prefixes),
			"suffixes": d.textsInto(&s.suffixes),
			"nothing":  func(n ast.Node) { groups = append(groups, d.sayings(n)) },
			"within": func(n ast.Node) {
				for _, means := range d.sayings(n).texts {
					s.within[means] = true
				}
			},
			"same": func(n ast.Node) {
				d.list(n, "same", func(n ast.Node) {
					g := d.sayings(n)
					if len(g.texts) > 0 {
						g.means = g.texts[0]
					}
					groups = append(groups, g)
				})
			},
		})
	}
	for _, g := range groups {
		l.singly(g)
	}
	for _, g := range groups { // once every word has its meaning
		l.together(g)
	}
}

func (d *document) sayings(n ast.Node) sayings {
	var g sayings
	d.list(n, "this", func(n ast.Node) {
		g.texts, g.at = append(g.texts, field.Normal(d.text(n))), append(g.at, d.at(n))
	})
	return g
}

// singly learns the words of a group.
func (l *loader) singly(g sayings) {
	s := l.catalog.synonyms
	for i, text := range g.texts {
		if len(words(text)) != 1 {
			if i == 0 || g.means == "" {
				g.at[i].bad("%q is not one word", text)
			}
			continue
		}
		if other, taken := s.words[text]; taken {
			g.at[i].bad("%q already means %q", text, other)
		}
		s.learn(text, g.means)
	}
}

// together learns the phrases of a group.
func (l *loader) together(g sayings) {
	s := l.catalog.synonyms
	for i, text := range g.texts {
		if len(words(text)) == 1 {
			continue
		}
		s.teach(text)
		row := s.meanings(text)
		key := strings.Join(row, " ")
		if other, taken := s.phrases[key]; taken && other != g.means {
			g.at[i].bad("%q already means %q", text, other)
		}
		if len(row) < 2 && key != g.means {
			g.at[i].bad("%q says no more than one word of it", text)
		}
		s.phrases[key], s.longest = g.means, max(s.longest, len(row))
	}
}
