package dialog

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// consentVersions gives every consent the version that it is recorded and looked up under: that of its author, and the
// last 8 hexadecimal digits of the SHA-256 of its text in the catalogue's first language, as this organisation words it.
// Another text, organisation or time of keeping is another agreement and is asked for again. What differs from one
// member to the next stays a placeholder.
func (e *Engine) consentVersions() map[*Node]string {
	versions := map[*Node]string{}
	lang := e.catalog.Languages[0]
	for _, f := range e.catalog.Flows {
		for _, n := range f.Nodes {
			if n.Kind != Ask || n.TypeName != "consent" {
				continue
			}
			var b strings.Builder
			n.Text.write(&b, lang, func(ref string) string {
				if words, ok := e.own[lang][ref]; ok {
					return words
				}
				return "{" + ref + "}"
			})
			sum := sha256.Sum256([]byte(b.String()))
			versions[n] = n.Version + "/" + hex.EncodeToString(sum[len(sum)-4:])
		}
	}
	return versions
}

// consented gives when a consent was given; ok is false where it was not, or to another text.
func (t *turn) consented(n *Node) (at time.Time, ok bool) {
	at, ok = t.s.Consents[t.consents[n]]
	return at, ok
}

// consent keeps the proof of what was agreed to.
func (t *turn) consent(n *Node) {
	if t.s.Consents == nil {
		t.s.Consents = map[string]time.Time{}
	}
	version := t.consents[n]
	t.s.Consents[version] = t.in.At
	t.effects = append(t.effects, RecordConsent{Version: version, Lang: t.s.Lang, Text: t.write(n.Text), At: t.in.At})
}
