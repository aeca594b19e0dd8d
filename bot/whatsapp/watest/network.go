package watest

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// network is what can go wrong between the client and the server.
type network struct {
	delay        atomic.Int64 // of every frame to a client, nanoseconds
	gap          atomic.Int64 // between a stream error and the end of the stream, nanoseconds
	down         atomic.Bool
	lostAcks     allowance
	lostSends    allowance
	lostReceipts allowance
}

func (n *network) latency() time.Duration { return time.Duration(n.delay.Load()) }

// allowance counts down how often something is still to go wrong.
type allowance struct{ n atomic.Int64 }

func (a *allowance) take() bool {
	for {
		n := a.n.Load()
		if n <= 0 {
			return false
		}
		if a.n.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// Cut breaks the line's connection, as a lost network would: no goodbye. The
// client reconnects by itself.
func (s *Server) Cut(line *Number) {
	for _, c := range line.linked() {
		if live := c.live(); live != nil {
			live.close()
		}
	}
}

// Freeze makes the line's present connection dead but open: nothing the client
// sends is heard and nothing is sent to it, until it gives up and reconnects.
func (s *Server) Freeze(line *Number) {
	for _, c := range line.linked() {
		if live := c.live(); live != nil {
			live.frozen.Store(true)
		}
	}
}

// Down makes the server unreachable: present connections break and new ones are
// refused until [Server.Up].
func (s *Server) Down() {
	s.network.down.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.close()
	}
}

// Up ends [Server.Down].
func (s *Server) Up() { s.network.down.Store(false) }

// Delay makes every frame to a client take d longer from now on.
func (s *Server) Delay(d time.Duration) { s.network.delay.Store(int64(d)) }

// SetGap sets how long after a stream error or a refused login the server
// closes the connection; 100 ms to begin with. With 0 the client often sees the
// connection end before it has handled the error, which is a race worth testing.
func (s *Server) SetGap(d time.Duration) { s.network.gap.Store(int64(d)) }

// LoseAcks lets the next n messages from clients reach their phones without the
// client ever hearing so: the ack is lost.
func (s *Server) LoseAcks(n int) { s.network.lostAcks.n.Store(int64(n)) }

// LoseSends loses the next n messages from clients: neither does a phone get
// them nor the client an ack.
func (s *Server) LoseSends(n int) { s.network.lostSends.n.Store(int64(n)) }

// LoseReceipts loses the next n receipts and acks of messages from clients, so
// that those messages stay queued and come again on the next connection.
func (s *Server) LoseReceipts(n int) { s.network.lostReceipts.n.Store(int64(n)) }

// flaky is a listener that hangs up on everybody while the network is down.
type flaky struct {
	net.Listener
	network *network
}

// Accept waits for the next connection that the network lets through.
func (f flaky) Accept() (net.Conn, error) {
	for {
		c, err := f.Listener.Accept()
		if err != nil || !f.network.down.Load() {
			return c, err
		}
		_ = c.Close()
	}
}

// pipes is a listener whose connections are made in memory by dial.
type pipes struct {
	offered chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{offered: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.offered <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next dial.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.offered:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and every dial.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is a placeholder: nobody can dial a pipe by address.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
