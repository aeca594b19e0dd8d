package main

import (
	"strings"
	"testing"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// The measures themselves are no tests; that they run to their end is one.
func TestBench(t *testing.T) {
	out := works(t, t.TempDir(), "bench", "turn", "--turns", "640", "--sessions", "1500", "--members", "30", "--dir", t.TempDir())
	for _, measure := range []string{"fsync", "engine alone", "bare rows", "1500 sessions", "30 members"} {
		if !strings.Contains(out, measure) {
			t.Errorf("nothing about %q in\n%s", measure, out)
		}
	}
}

func TestBenchDesk(t *testing.T) {
	out := works(t, t.TempDir(), "bench", "desk", "--tickets", "400", "--members", "300", "--turns", "1000", "--dir", t.TempDir())
	for _, measure := range []string{"400 tickets", "300 members", "overdue", "an officer may see", "statistics", "take", "full : empty"} {
		if !strings.Contains(out, measure) {
			t.Errorf("nothing about %q in\n%s", measure, out)
		}
	}
}

// BenchmarkStep is the engine alone, averaged over the reference conversation: at most 10 µs and 60 allocations.
func BenchmarkStep(b *testing.B) {
	catalog, err := dialog.Load(jkn.Flows, jkn.Scheme())
	if err != nil {
		b.Fatal(err)
	}
	o, err := join(trialConfig(), catalog)
	if err != nil {
		b.Fatal(err)
	}
	inputs := spoken(0, b.N/len(referenceConversation)+1)
	b.ReportAllocs()
	b.ResetTimer()
	if _, _, err := rehearse(o.engine, inputs[:b.N]); err != nil {
		b.Fatal(err)
	}
}
