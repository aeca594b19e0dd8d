package whatsapp

import (
	"strings"
	"sync"

	waBinary "go.mau.fi/whatsmeow/binary"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// queueFull begins what whatsmeow logs, and says nowhere else, when messages come faster than they are stored and its
// queue of 2,048 is full: from then on they overtake each other.
const queueFull = "Handler queue is full"

// order notices messages that may have overtaken others. They are left to WhatsApp, which sends them again, behind what
// they overtook, at the next login.
type order struct {
	mu     sync.Mutex
	last   string          // the message that was received last; "": something else was
	lost   bool            // in this login
	astray map[string]bool // messages received since
}

// received follows what comes, in the order in which it comes.
func (o *order) received(n *waBinary.Node) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = ""
	switch n.Tag {
	case "success": // a new login
		o.lost = false
	case "message":
		o.last, _ = n.Attrs["id"].(string)
		if o.lost {
			o.astray[o.last] = true
		} else {
			delete(o.astray, o.last)
		}
	}
}

// full notes that there was no room in the queue for what was received last.
func (o *order) full() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last != "" {
		o.lost = true
		o.astray[o.last] = true
	}
}

// isLost reports that messages of this login overtake each other.
func (o *order) isLost() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lost
}

// overtook reports whether a message may have overtaken others.
func (o *order) overtook(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.astray[id]
}

// eavesdropper is whatsmeow's log, in which the order hears what it is told nowhere else.
type eavesdropper struct {
	waLog.Logger
	order *order
}

// Warnf listens for the full queue.
func (e eavesdropper) Warnf(format string, args ...any) {
	if strings.HasPrefix(format, queueFull) {
		e.order.full()
	}
	e.Logger.Warnf(format, args...)
}

// Sub gives a part's log.
func (e eavesdropper) Sub(module string) waLog.Logger {
	if module == "Recv" {
		return arrivals{e.Logger.Sub(module), e.order}
	}
	return e.Logger.Sub(module)
}

// arrivals is the log of all stanzas that come.
type arrivals struct {
	waLog.Logger
	order *order
}

// Debugf listens to stanzas.
func (r arrivals) Debugf(format string, args ...any) {
	for _, arg := range args {
		if n, ok := arg.(*waBinary.Node); ok {
			r.order.received(n)
		}
	}
	r.Logger.Debugf(format, args...)
}
