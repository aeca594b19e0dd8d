package whatsapp

import (
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// What comes once the queue is full waits for the next login, however much of it there is room for later.
func TestMessagesThatMayHaveOvertakenOthers(t *testing.T) {
	o := &order{astray: make(map[string]bool)}
	log := eavesdropper{waLog.Noop, o}
	comes := func(tag, id string) {
		log.Sub("Recv").Debugf("%s", &waBinary.Node{Tag: tag, Attrs: waBinary.Attrs{"id": id}})
	}
	overtook := func(id string, want bool) {
		t.Helper()
		if o.overtook(id) != want {
			t.Errorf("%s overtook others: %v", id, !want)
		}
	}
	comes("success", "")
	comes("message", "A")
	comes("receipt", "R")
	log.Warnf(queueFull + ", and that was a receipt")
	comes("message", "B")
	overtook("B", false)
	log.Warnf(queueFull)
	comes("message", "C")
	overtook("A", false)
	overtook("B", true)
	overtook("C", true)
	if !o.isLost() {
		t.Error("the order is not lost")
	}

	comes("success", "")
	comes("message", "B")
	overtook("B", false)
	overtook("C", true) // from the old connection, until it comes on this one
	comes("message", "C")
	overtook("C", false)
	if o.isLost() {
		t.Error("the order is still lost")
	}
}

// However long the backlog is, nothing is sent while it still comes. Where it only fails to be called over, it is over
// after a minute without a message from before.
func TestALongBacklogIsNotCutShort(t *testing.T) {
	for _, c := range []struct {
		comes    string
		sent     time.Duration // after the login
		draining bool
	}{
		{"", 0, false},
		{"an old message", -time.Hour, true},
		{"a new message", time.Second, false},
	} {
		l := newLine(&Lines{}, "chika")
		l.state, l.since, l.draining, l.knocked = Online, start, true, time.Now().Add(-2*drainAtMost)
		if c.comes != "" {
			l.event(nil, &events.Message{Info: types.MessageInfo{Timestamp: start.Add(c.sent)}})
		}
		l.look()
		if l.draining != c.draining {
			t.Errorf("after %q the backlog still comes: %v", c.comes, l.draining)
		}
	}
}
