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

// Walk lets a walker with a seed wander through the catalogue, typing options, nonsense and everything in said, while
// officers act on what they send, and fails the test on what no member should ever meet: an error, silence where nobody
// else listens, a placeholder left open, an empty line of options, or the same text twice running.
func Walk(t testing.TB, catalog *dialog.Catalog, settings dialog.Settings, desk *Desk, seed uint64, inputs int, said []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // a test's walk is to be repeatable, not secret
	p := newPlayer(t, catalog, settings, desk)
	last := ""
	for range inputs {
		text := said[r.IntN(len(said))]
		switch r.IntN(12) {
		case 0:
			p.clock([]string{"+1m", "+31m", "+200h"}[r.IntN(3)])
		case 1:
			text = "[foto.jpg]"
		case 2:
			text = "[rusak.jpg]"
		case 3, 4, 5:
			text = strconv.Itoa(r.IntN(10))
		case 6:
			p.interfere(r)
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
			last = reply
		}
		if p.now = before.Add(time.Second); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
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
