package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// What people write while the service is down has its turn when it is back, all of it in order; and each of them reads
// every keep and one question, the last. 300 messages by default; 3,000 where SAPA_WIRE_KILLS is set, which is more
// than whatsmeow's queue of 2,048 holds.
func TestBacklogOnTheWire(t *testing.T) {
	rounds, people := 6, 5
	beyond := os.Getenv(wireKills) != ""
	if beyond {
		people = 55
	}
	w := newWire(t, "lines: [{id: utara, flow: pandawa}]\n")
	w.wa.SetPatience(5 * time.Minute) // two writes to disk for each message, beside whatever else the machine does
	line := w.wa.Number("6281100000001")
	w.linkHere(wireLines[0], line)
	says := slices.Concat([]string{"Pandawa"}, slices.Repeat(aRound, rounds))
	want := drained(quietDay(t, w, says))
	var members []*member
	for i := range people {
		members = append(members, &member{w.wa.Person(fmt.Sprintf("62812%08d", i)), t, line})
	}
	for some := range slices.Chunk(says, 5) {
		for _, m := range members {
			for _, text := range some {
				m.Sends(line, text)
			}
		}
	}
	s := w.serve()
	for _, m := range members {
		for i, text := range want {
			if reply := m.Reads(); undated(reply.Text) != text {
				t.Fatalf("reply %d to %s is %q, not %q\n%s", i, m.JID().User, reply.Text, text, s.log.all())
			}
		}
	}
	line.AwaitAllAcked()
	s.stop()
	if beyond && !strings.Contains(s.log.all(), "Handler queue is full") {
		t.Error("the queue was not full: nothing was shown")
	}
	for _, m := range members {
		for _, reply := range m.Unread() {
			t.Errorf("%s was also told %q", m.JID().User, reply.Text)
		}
	}
	inOrder(t, w.data, len(says)*people)
}

// drained is what a person reads of what is told on a quiet day, when all of it is said at once.
func drained(told [][]expected) (texts []string) {
	question := ""
	for _, e := range slices.Concat(told...) {
		if e.prompt {
			question = e.text
		} else {
			texts = append(texts, e.text)
		}
	}
	return append(texts, question)
}

// inOrder looks whether so many messages had their turn, in the order in which they were sent: the IDs that phones make
// here grow.
func inOrder(t *testing.T, data string, messages int) {
	t.Helper()
	before, n := "", 0
	withRows(t, data, "SELECT message_id FROM inbox WHERE kind = 'message' AND state = 'done' ORDER BY seq", func(id string) {
		if id < before {
			t.Errorf("message %s had its turn after %s", id, before)
		}
		before, n = id, n+1
	})
	if n != messages {
		t.Errorf("%d of %d messages had their turn", n, messages)
	}
}
