package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
)

// Settings of a child process whose WhatsApp is its parent's.
const (
	wireAddr  = "SAPA_TEST_WIRE"       // where the parent's server listens
	wireRoot  = "SAPA_TEST_WIRE_ROOT"  // the key that signs for it, in hexadecimal
	wireStop  = "SAPA_TEST_WIRE_STOP"  // "POINT:N": the child stops itself when it comes to the point for the N-th time
	wireData  = "SAPA_TEST_WIRE_DATA"  // the data directory, where the command line does not say
	wireFault = "SAPA_TEST_WIRE_FAULT" // what the child does wrong
)

// The points at which a child can stop itself, to be killed there, in the order in which a message comes to them.
const (
	beforeDecrypt = "before decrypt"
	inDecrypt     = "in decrypt" // decrypted, and not on whatsmeow's disk
	afterDecrypt  = "after decrypt"
	beforeCommit  = "before commit"
	afterCommit   = "after commit"
	beforeReceipt = "before receipt"
	beforeSend    = "before send"
	beforeMark    = "before mark-sent" // by a child that sends under fresh IDs
)

// soon is the message at which faults show: the first ones set up a session.
const soon = 5

// The faults of a child, which the crash test has to find out.
const (
	noBuffer     = "no event buffer"
	earlyReceipt = "receipt before commit"
	panics       = "handler panics"
	freshIDs     = "fresh IDs"
)

// A child is pointed at its parent's server; any other test process believes its own servers.
func init() {
	addr := os.Getenv(wireAddr)
	if addr == "" {
		watest.Trust()
		return
	}
	key, err := hex.DecodeString(os.Getenv(wireRoot))
	if err != nil || len(key) != 32 {
		panic("the parent's key is unreadable")
	}
	watest.TrustKey([32]byte(key))
	stopAt = newStopPoint(os.Getenv(wireStop))
	tuneLines = func(o *whatsapp.Options) {
		o.HTTP = mediaClient(addr)
		o.Configure = func(client *whatsmeow.Client) {
			watest.Point(client, addr)
			spoil(client, os.Getenv(wireFault))
			client.Store.EventBuffer = stoppingBuffer{client.Store.EventBuffer}
			client.AddEventHandler(func(e any) { // before our handler
				if m, ok := e.(*events.Message); ok && !m.Info.IsFromMe {
					stopAt.reached(beforeCommit)
				}
			})
		}
	}
}

// mediaClient fetches everything from the parent's server.
func mediaClient(addr string) *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, DialTLSContext: dial, DisableKeepAlives: true}}
}

// stopPoint is where a child stops itself: nowhere without a point.
type stopPoint struct {
	point string
	left  atomic.Int64
}

// stopAt is where this child stops itself.
var stopAt *stopPoint

// stopped is what a child logs that has come to its point.
const stopped = "stopped"

func newStopPoint(words string) *stopPoint {
	point, times, _ := strings.Cut(words, ":")
	s := &stopPoint{point: point}
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil && point != "" {
		panic(fmt.Sprintf("stop at %q: %v", words, err))
	}
	s.left.Store(n)
	return s
}

// reached stops the whole process at its point, so that the parent can look around before it kills.
func (s *stopPoint) reached(point string) {
	if s.point != point || s.left.Add(-1) != 0 {
		return
	}
	fmt.Fprintf(os.Stderr, "{\"message\":%q}\n", stopped)
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	select {} // nothing more is done while the signal is on its way
}

// stoppingBuffer is whatsmeow's buffer with the points that it passes.
type stoppingBuffer struct{ wastore.EventBuffer }

func (b stoppingBuffer) GetBufferedEvent(ctx context.Context, hash [32]byte) (*wastore.BufferedEvent, error) {
	stopAt.reached(beforeDecrypt)
	return b.EventBuffer.GetBufferedEvent(ctx, hash)
}

func (b stoppingBuffer) PutBufferedEvent(ctx context.Context, hash [32]byte, plain []byte, when time.Time) error {
	stopAt.reached(inDecrypt)
	return b.EventBuffer.PutBufferedEvent(ctx, hash, plain, when)
}

func (b stoppingBuffer) DoDecryptionTxn(ctx context.Context, do func(context.Context) error) error {
	err := b.EventBuffer.DoDecryptionTxn(ctx, do)
	stopAt.reached(afterDecrypt)
	return err
}

func (b stoppingBuffer) ClearBufferedEventPlaintext(ctx context.Context, hash [32]byte) error {
	stopAt.reached(afterCommit)
	err := b.EventBuffer.ClearBufferedEventPlaintext(ctx, hash)
	stopAt.reached(beforeReceipt)
	return err
}

func (b stoppingBuffer) AddOutgoingEvent(ctx context.Context, to types.JID, id types.MessageID, format string, body []byte) error {
	stopAt.reached(beforeSend)
	return b.EventBuffer.AddOutgoingEvent(ctx, to, id, format, body)
}

// spoil makes a client do something wrong.
func spoil(client *whatsmeow.Client, fault string) {
	switch fault {
	case noBuffer:
		// After New has wired the client: it is not asked again before it connects.
		client.EnableDecryptedEventBuffer = false
	case earlyReceipt:
		client.AddEventHandler(func(e any) {
			if m, ok := e.(*events.Message); ok && !m.Info.IsFromMe {
				stanza := &waBinary.Node{Attrs: waBinary.Attrs{"from": m.Info.Chat}}
				client.DangerousInternals().SendMessageReceipt(context.Background(), &m.Info, stanza) //nolint:staticcheck // a fault is dangerous
			}
		})
	case panics:
		var heard atomic.Int64
		client.AddEventHandler(func(e any) {
			if m, ok := e.(*events.Message); ok && !m.Info.IsFromMe && heard.Add(1) == soon {
				panic("seeded")
			}
		})
	}
}
