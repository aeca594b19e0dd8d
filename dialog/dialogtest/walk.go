package dialogtest

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// Said is what a walker types.
type Said struct {
	Anywhere []string
	// Fitting is what answers a question, by its type; "menu" for menus and choices, "review" for a form's end.
	Fitting map[string][]string
}

// Walk lets a walker with a seed wander through the catalogue, typing options, nonsense and everything in said, while
// officers act on what they send, and fails the test on what no member should ever meet: an error, silence where nobody
// else listens, a placeholder left open, an empty line of options, the same text twice running, a secret of somebody
// else, or a place that the word "menu" does not lead out of. It gives the nodes that it was asked to answer at, as
// "flow/node", so that the test can tell how far it came.
func Walk(
	t testing.TB, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk, seed uint64, inputs int, said Said,
) map[string]bool {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // a test's walk is to be repeatable, not secret
	p := newPlayer(t, catalog, settings, desk)
	last, been := "", map[string]bool{}
	for n := range inputs {
		text := said.Anywhere[r.IntN(len(said.Anywhere))]
		switch r.IntN(12) {
		case 0:
			p.clock([]string{"+1m", "+31m", "+200h"}[r.IntN(3)])
		case 1:
			text = "[foto.jpg]"
		case 2:
			text = "[rusak.jpg]"
		case 3, 4:
			text = strconv.Itoa(r.IntN(10))
		case 5:
			p.interfere(r)
		case 6, 7, 8, 9, 10:
			if fitting := said.Fitting[p.asked(catalog, been)]; len(fitting) > 0 {
				text = fitting[r.IntN(len(fitting))]
			}
		}
		if len(p.replies) > 0 {
			last = p.replies[len(p.replies)-1]
		}
		p.replies, p.steps = nil, p.steps[:0]
		before, talked := p.now, p.session().Talk != nil
		if n := r.IntN(12); n == 0 && len(p.written) > 1 {
			p.edit(1+r.IntN(2), text)
		} else {
			p.message(text)
		}
		if len(p.replies) == 0 && !talked {
			t.Errorf("%q was met with silence", text)
		}
		for _, reply := range p.replies {
			judge(t, text, last, reply)
			if secret := p.desk.reveals(reply); secret != "" {
				t.Errorf("%q was answered with what is not theirs to read (%s):\n%s", text, secret, reply)
			}
			last = reply
		}
		if n%homeEvery == 0 {
			last = p.goHome(last)
		}
		if p.now = before.Add(time.Second); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	return been
}

// asked is the type of the question that waits for an answer, "" where none does, and notes that the walker was there.
func (p *player) asked(catalog *dialog.Catalog, been map[string]bool) string {
	s := p.session()
	flow, ok := catalog.Flows[s.Flow]
	if !ok {
		return ""
	}
	for _, n := range flow.Nodes {
		if n.Name != s.Node {
			continue
		}
		been[s.Flow+"/"+s.Node] = true
		if n.Kind == dialog.Ask && len(n.Options) == 0 && n.List == "" && n.Rows == "" {
			return n.TypeName
		}
		if n.Kind == dialog.Review {
			return "review"
		}
		return "menu"
	}
	return ""
}

// homeEvery is after how many inputs a walker goes home.
const homeEvery = 50

// goHome types the word that leads out of everything, and gives the last reply to it, the menu; last is the reply before.
func (p *player) goHome(last string) string {
	p.t.Helper()
	for range 2 { // an officer who is talking is told goodbye first
		p.replies = nil
		p.message("menu")
	}
	if len(p.replies) == 0 || !strings.Contains(p.replies[len(p.replies)-1], "\n1. ") {
		p.t.Errorf("\"menu\" leads nowhere after:\n%s\nbut to %q", last, p.replies)
	}
	return ""
}

// interfere lets an officer do something that needs no values to the ticket opened last.
func (p *player) interfere(r *rand.Rand) {
	a := desk.Action{Name: []string{"say", "say", "ask", "approve", "reject", "close"}[r.IntN(6)], Text: "Sebentar ya."}
	if a.Name == desk.ActionAsk {
		a.Field = "foto_ktp"
	}
	_ = p.act(a) // what the desk refuses, nobody hears of
}

func judge(t testing.TB, text, last, reply string) {
	t.Helper()
	switch {
	case strings.TrimSpace(reply) == "":
		t.Errorf("%q was answered with nothing", text)
	case strings.ContainsAny(reply, "{}") || strings.Contains(reply, "problem."):
		t.Errorf("%q was answered with an open placeholder:\n%s", text, reply)
	case reply == last:
		t.Errorf("%q was answered with the same text again:\n%s", text, reply)
	case len([]rune(reply)) > 4096:
		t.Errorf("%q was answered with more than WhatsApp shows", text)
	}
}
