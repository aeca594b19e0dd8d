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
	wireKill  = "SAPA_TEST_WIRE_KILL"  // "POINT:N": the child kills itself when it comes to the point for the N-th time
	wireData  = "SAPA_TEST_WIRE_DATA"  // the data directory, where the command line does not say
	wireFault = "SAPA_TEST_WIRE_FAULT" // what the child does wrong
)

// The points at which a child can kill itself, in the order in which a message comes to them.
const (
	beforeDecrypt = "before decrypt"
	inDecrypt     = "in decrypt" // decrypted, and not on whatsmeow's disk
	afterDecrypt  = "after decrypt"
	beforeCommit  = "before commit"
	afterCommit   = "after commit"
	beforeReceipt = "before receipt"
	beforeSend    = "before send"
)

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
	at := newKillPoint(os.Getenv(wireKill))
	tuneLines = func(o *whatsapp.Options) {
		o.HTTP = mediaClient(addr)
		o.Configure = func(client *whatsmeow.Client) {
			watest.Point(client, addr)
			spoil(client, os.Getenv(wireFault))
			client.Store.EventBuffer = killingBuffer{client.Store.EventBuffer, at}
			client.AddEventHandler(func(e any) { // before our handler
				if _, ok := e.(*events.Message); ok {
					at.reached(beforeCommit)
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

// killPoint is where a child kills itself: nowhere without a point.
type killPoint struct {
	point string
	left  atomic.Int64
}

func newKillPoint(words string) *killPoint {
	point, times, _ := strings.Cut(words, ":")
	k := &killPoint{point: point}
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil && point != "" {
		panic(fmt.Sprintf("kill at %q: %v", words, err))
	}
	k.left.Store(n)
	return k
}

func (k *killPoint) reached(point string) {
	if k.point == point && k.left.Add(-1) == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more is done while the signal is on its way
	}
}

// killingBuffer is whatsmeow's buffer with the points that it passes.
type killingBuffer struct {
	wastore.EventBuffer
	at *killPoint
}

func (b killingBuffer) GetBufferedEvent(ctx context.Context, hash [32]byte) (*wastore.BufferedEvent, error) {
	b.at.reached(beforeDecrypt)
	return b.EventBuffer.GetBufferedEvent(ctx, hash)
}

func (b killingBuffer) PutBufferedEvent(ctx context.Context, hash [32]byte, plain []byte, at time.Time) error {
	b.at.reached(inDecrypt)
	return b.EventBuffer.PutBufferedEvent(ctx, hash, plain, at)
}

func (b killingBuffer) DoDecryptionTxn(ctx context.Context, do func(context.Context) error) error {
	err := b.EventBuffer.DoDecryptionTxn(ctx, do)
	b.at.reached(afterDecrypt)
	return err
}

func (b killingBuffer) ClearBufferedEventPlaintext(ctx context.Context, hash [32]byte) error {
	b.at.reached(afterCommit)
	err := b.EventBuffer.ClearBufferedEventPlaintext(ctx, hash)
	b.at.reached(beforeReceipt)
	return err
}

func (b killingBuffer) AddOutgoingEvent(ctx context.Context, to types.JID, id types.MessageID, format string, body []byte) error {
	b.at.reached(beforeSend)
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
			if m, ok := e.(*events.Message); ok {
				stanza := &waBinary.Node{Attrs: waBinary.Attrs{"from": m.Info.Chat}}
				client.DangerousInternals().SendMessageReceipt(context.Background(), &m.Info, stanza) //nolint:staticcheck // a fault is dangerous
			}
		})
	case panics:
		var heard atomic.Int64
		client.AddEventHandler(func(e any) {
			if _, ok := e.(*events.Message); ok && heard.Add(1)%5 == 0 {
				panic("seeded")
			}
		})
	}
}
