package watest

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// Server is WhatsApp. Make one with [New] or [NewPiped]; all methods are safe
// for concurrent use, but those that may fail the test (and say so, or start
// with Await) belong on the test's own goroutine.
type Server struct {
	t        testing.TB
	certs    *certificates
	listener net.Listener
	dial     func(context.Context) (net.Conn, error)
	http     *http.Server

	mu         sync.Mutex
	phones     map[types.JID]*phone     // by phone number and by LID, device 0
	companions map[types.JID]*companion // linked devices, by phone number and device
	pairings   map[string]*pairing      // clients showing codes, by reference
	conns      map[*conn]struct{}
	media      map[string]*blob // by path, without the query
	uploads    int              // of our clients, tries included

	uploadFails struct{ status, times int }

	patience atomic.Int64 // nanoseconds
	ids      atomic.Uint64
	lids     atomic.Uint64
	network  network

	closing sync.RWMutex // held while a goroutine is added
	closed  bool
	done    chan struct{}
	running sync.WaitGroup
}

// New starts a server on a loopback port; it ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := newServer(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("watest: listen: %v", err)
	}
	addr := listener.Addr().String()
	s.dial = func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "tcp", addr) }
	s.serve(listener)
	return s
}

// NewPiped starts a server on in-memory pipes, for a test that runs inside
// synctest.Test: nothing in it waits for the real world.
func NewPiped(t testing.TB) *Server {
	t.Helper()
	s := newServer(t)
	pipes := newPipes()
	s.dial = pipes.dial
	s.serve(pipes)
	return s
}

func newServer(t testing.TB) *Server {
	t.Helper()
	mustBeTest()
	certs, err := newCertificates()
	if err != nil {
		t.Fatalf("watest: %v", err)
	}
	s := &Server{
		t: t, certs: certs, done: make(chan struct{}),
		phones: map[types.JID]*phone{}, companions: map[types.JID]*companion{},
		pairings: map[string]*pairing{}, conns: map[*conn]struct{}{}, media: map[string]*blob{},
	}
	s.SetPatience(15 * time.Second)
	s.SetGap(100 * time.Millisecond)
	t.Cleanup(s.Close)
	return s
}

func (s *Server) serve(l net.Listener) {
	s.listener = flaky{l, &s.network}
	mux := http.NewServeMux()
	mux.HandleFunc("/ws/chat", s.chat)
	mux.HandleFunc("/mms/", s.upload)
	mux.HandleFunc("/v/", s.download)
	s.http = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.run(func() { mux.ServeHTTP(w, r) }) }),
		ReadHeaderTimeout: time.Minute,
	}
	s.spawn(func() { _ = s.http.Serve(s.listener) }) // returns when Close closes the listener
}

// Addr is the loopback address ("127.0.0.1:41234") for a child process and
// [Point]; it is meaningless for a piped server.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Configure points an unmodified whatsmeow client at this server. Call it before
// the client connects.
func (s *Server) Configure(client *whatsmeow.Client) { pointAt(client, s.dial) }

// Point is [Server.Configure] for a client in a child process, given the
// parent's [Server.Addr]. The child also needs [TrustKey].
func Point(client *whatsmeow.Client, addr string) {
	mustBeTest()
	pointAt(client, func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	})
}

func pointAt(client *whatsmeow.Client, dial func(context.Context) (net.Conn, error)) {
	h := httpClient(dial)
	client.SetPreLoginHTTPClient(h)
	client.SetWebsocketHTTPClient(h)
	client.SetMediaHTTPClient(h)
}

// HTTPClient returns a client whose every request, https too, comes to this
// server in plain text: for code under test that wraps its own transport around
// whatsmeow's media downloads.
func (s *Server) HTTPClient() *http.Client { return httpClient(s.dial) }

func httpClient(dial func(context.Context) (net.Conn, error)) *http.Client {
	plain := func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
	return &http.Client{Transport: &http.Transport{DialContext: plain, DialTLSContext: plain, DisableKeepAlives: true}}
}

// Close cuts every connection and waits until the server has come to rest. The
// test's cleanup calls it; calling it again does nothing.
func (s *Server) Close() {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return
	}
	s.closed = true
	close(s.done)
	s.closing.Unlock()

	_ = s.http.Close() // the listener and media requests; hijacked websockets are ours to close
	s.mu.Lock()
	for c := range s.conns {
		c.close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// run runs f unless the server is closing; Close waits for it.
func (s *Server) run(f func()) {
	s.closing.RLock()
	if s.closed {
		s.closing.RUnlock()
		return
	}
	s.running.Add(1)
	s.closing.RUnlock()
	defer s.running.Done()
	f()
}

func (s *Server) spawn(f func()) { go s.run(f) }

// later runs f after d, unless the server closes first.
func (s *Server) later(d time.Duration, f func()) {
	s.spawn(func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			f()
		case <-s.done:
		}
	})
}

// wrong fails the test because a client broke the protocol.
func (s *Server) wrong(format string, args ...any) { s.t.Errorf("watest: "+format, args...) }

// chat is the websocket endpoint.
func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // not a websocket; Accept has answered
	}
	c := newConn(s, newFrames(ws))
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	c.talk()
	c.close()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// find returns the phone behind a JID of either kind, whatever its device.
func (s *Server) find(jid types.JID) *phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phones[jid.ToNonAD()]
}

// nextID makes a stanza ID, unique on this server.
func (s *Server) nextID(prefix string) string {
	return prefix + strconv.FormatUint(s.ids.Add(1), 10)
}

func unixNow() string { return strconv.FormatInt(time.Now().Unix(), 10) }
