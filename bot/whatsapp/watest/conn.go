package watest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// conn is one connection of a client, from handshake to end. Its reading
// goroutine handles stanzas one after another; its writing goroutine sends what
// was queued, so that nobody who sends ever waits for the network.
type conn struct {
	s      *Server
	frames *frames
	ctx    context.Context
	cancel context.CancelFunc
	frozen atomic.Bool

	// Who it is; only the reading goroutine looks at these.
	companion *companion
	pairing   *pairing

	mu    sync.Mutex
	queue []outgoing
	wake  chan struct{} // holds one token when the queue has grown
}

// outgoing is a marshalled stanza, and when the network lets it through.
type outgoing struct {
	stanza []byte
	due    time.Time
}

func newConn(s *Server, f *frames) *conn {
	ctx, cancel := context.WithCancel(context.Background())
	return &conn{s: s, frames: f, ctx: ctx, cancel: cancel, wake: make(chan struct{}, 1)}
}

// talk is the connection's life.
func (c *conn) talk() {
	key, hello, err := greet(c.ctx, c.frames, c.s.certs)
	if err != nil {
		return // a client that went away, or does not trust us
	}
	c.s.spawn(c.write)
	if data := hello.GetDevicePairingData(); data != nil {
		c.offerPairing(key, data)
	} else {
		c.login(key, types.JID{
			User:   formatUser(hello.GetUsername()),
			Device: uint16(hello.GetDevice()), //nolint:gosec // G115: a device number is one byte on the wire
			Server: types.DefaultUserServer,
		})
	}
	for c.read() {
	}
	if c.companion != nil {
		c.companion.disconnected(c)
	}
	if c.pairing != nil {
		c.s.withdraw(c.pairing)
	}
}

// read handles one stanza; false when the connection has ended.
func (c *conn) read() bool {
	frame, err := c.frames.read(c.ctx)
	if err != nil {
		return false
	}
	raw, err := waBinary.Unpack(frame)
	if err != nil {
		c.s.wrong("a frame does not unpack: %v", err)
		return false
	}
	stanza, err := waBinary.Unmarshal(raw)
	if err != nil {
		c.s.wrong("a stanza does not parse: %v", err)
		return false
	}
	if c.frozen.Load() {
		return true
	}
	if c.companion != nil {
		c.companion.number.witness(stanza)
	}
	c.handle(stanza)
	return true
}

// handle answers one stanza from the client.
func (c *conn) handle(stanza *waBinary.Node) {
	if c.companion == nil && stanza.Tag != "iq" && stanza.Tag != "ib" {
		return // an unpaired client has nothing else to say
	}
	switch stanza.Tag {
	case "iq":
		c.answer(stanza)
	case "message":
		c.accept(stanza)
	case "receipt":
		c.receipt(stanza)
	case "ack":
		c.companion.acked(stanza)
	case "chatstate":
		c.typing(stanza)
	case "presence":
		c.companion.number.present(stanza)
	}
}

// send queues a stanza for the client.
func (c *conn) send(stanza waBinary.Node) {
	if c.frozen.Load() {
		return
	}
	raw, err := waBinary.Marshal(stanza)
	if err != nil {
		c.s.wrong("a stanza does not marshal: %v", err)
		return
	}
	c.mu.Lock()
	c.queue = append(c.queue, outgoing{stanza: raw, due: time.Now().Add(c.s.network.latency())})
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write sends what is queued until the connection ends.
func (c *conn) write() {
	for {
		select {
		case <-c.wake:
		case <-c.ctx.Done():
			return
		}
		c.mu.Lock()
		batch := c.queue
		c.queue = nil
		c.mu.Unlock()
		for _, o := range batch {
			if !c.waitUntil(o.due) || c.frames.write(c.ctx, o.stanza) != nil {
				return // the reader notices the end of the connection by itself
			}
		}
	}
}

// waitUntil is the network's latency; false when the connection ended meanwhile.
func (c *conn) waitUntil(due time.Time) bool {
	wait := time.Until(due)
	if wait <= 0 {
		return c.ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// close breaks the connection without a goodbye.
func (c *conn) close() {
	c.cancel()
	_ = c.frames.ws.CloseNow()
}

// closeSoon leaves the client the network's gap to read what was just sent.
func (c *conn) closeSoon() {
	c.s.later(time.Duration(c.s.network.gap.Load())+c.s.network.latency(), c.close)
}
