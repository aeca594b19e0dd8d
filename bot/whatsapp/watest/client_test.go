package watest_test

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver of the clients' stores
	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"

	"sapa/bot/whatsapp/watest"
)

func TestMain(m *testing.M) {
	watest.Pardon()
	watest.Trust()
	var quiet logger.Loggable = silence{}
	logger.Setup(&quiet)
	os.Exit(m.Run())
}

// silence is where libsignal's own log goes.
type silence struct{}

func (silence) Debug(_, _ string)   {}
func (silence) Info(_, _ string)    {}
func (silence) Warning(_, _ string) {}
func (silence) Error(_, _ string)   {}
func (silence) Configure(string)    {}

// desk is an unmodified whatsmeow client and what it heard.
type desk struct {
	*whatsmeow.Client
	t      testing.TB
	stores *sqlstore.Container
	heard  chan any
	fails  atomic.Bool // the handler refuses messages
}

// dsn names whatsmeow's database in a directory, with the settings of the
// design but for _synchronous: nothing here survives the test.
func dsn(dir string) string {
	return "file:" + filepath.Join(dir, "wa.db") +
		"?_foreign_keys=on&_journal_mode=WAL&_busy_timeout=10000&_txlock=immediate&_synchronous=OFF"
}

// newStores opens whatsmeow's database.
func newStores(t testing.TB, dir string) *sqlstore.Container {
	t.Helper()
	stores, err := sqlstore.New(t.Context(), "sqlite3", dsn(dir), waLog.Noop)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stores.Close() })
	return stores
}

// newDesk makes a client for a device, pointed at the server.
func newDesk(t testing.TB, wa *watest.Server, stores *sqlstore.Container, device *store.Device) *desk {
	t.Helper()
	log := waLog.Noop
	if level := os.Getenv("WATEST_LOG"); level != "" {
		log = waLog.Stdout("client", level, false)
	}
	d := &desk{Client: whatsmeow.NewClient(device, log), t: t, stores: stores, heard: make(chan any, 4096)}
	d.EnableDecryptedEventBuffer = true
	d.UseRetryMessageStore = true
	wa.Configure(d.Client)
	d.AddEventHandlerWithSuccessStatus(func(event any) bool {
		_, message := event.(*events.Message)
		refused := message && d.fails.Load()
		select {
		case d.heard <- event:
		default: // a flood that no test listens to
		}
		return !refused
	})
	t.Cleanup(d.Disconnect)
	return d
}

// linkedDesk is a client that was linked to the line by QR code and is online.
func linkedDesk(t *testing.T, wa *watest.Server, line *watest.Number) *desk {
	t.Helper()
	stores := newStores(t, t.TempDir())
	d := newDesk(t, wa, stores, stores.NewDevice())
	d.linkTo(line)
	return d
}

func (d *desk) linkTo(line *watest.Number) {
	d.t.Helper()
	codes, err := d.GetQRChannel(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.Connect(); err != nil {
		d.t.Fatal(err)
	}
	line.ScanQR((<-codes).Code)
	if last := <-codes; last != whatsmeow.QRChannelSuccess {
		d.t.Fatalf("the QR channel ended in %+v", last)
	}
	line.AwaitOnline()
	d.hearSettings()
}

// hearSettings waits until the client is connected and has fetched all settings
// of its number's phone, in whichever order that comes about. Until then
// whatsmeow writes Store.PushName, and would race with itself if it were logged
// out.
func (d *desk) hearSettings() {
	d.t.Helper()
	connected, settled := false, map[appstate.WAPatchName]bool{}
	for !connected || len(settled) < len(appstate.AllPatchNames) {
		switch event := hear[any](d).(type) {
		case *events.Connected:
			connected = true
		case *events.AppStateSyncComplete:
			settled[event.Name] = true
		}
	}
}

// again is the client after a restart of its process: same store, new client.
func (d *desk) again(wa *watest.Server) *desk {
	d.t.Helper()
	d.Disconnect()
	device, err := d.stores.GetDevice(d.t.Context(), *d.Store.ID)
	if err != nil || device == nil {
		d.t.Fatalf("no device after restart: %v", err)
	}
	next := newDesk(d.t, wa, d.stores, device)
	if err := next.Connect(); err != nil {
		d.t.Fatal(err)
	}
	return next
}

// hear waits for the next event of a type, passing over others.
func hear[T any](d *desk) T {
	d.t.Helper()
	return hearWithin[T](d, 15*time.Second)
}

func hearWithin[T any](d *desk, patience time.Duration) T {
	d.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		select {
		case event := <-d.heard:
			if wanted, ok := event.(T); ok {
				return wanted
			}
		case <-timeout.C:
			var none T
			d.t.Fatalf("the client never heard a %T", none)
			return none
		}
	}
}

// hearMessage waits for the next message, passing over keys: the number's own
// phone shares those of its settings, a group's member those of the group.
func (d *desk) hearMessage() *events.Message {
	d.t.Helper()
	for {
		m := hear[*events.Message](d)
		if m.Message.GetProtocolMessage().GetAppStateSyncKeyShare() == nil && m.Message.GetSenderKeyDistributionMessage() == nil {
			return m
		}
	}
}

// say sends a text under a fixed ID.
func (d *desk) say(to types.JID, id, text string) {
	d.t.Helper()
	if err := d.trySay(to, id, text); err != nil {
		d.t.Fatalf("send %s: %v", id, err)
	}
}

func (d *desk) trySay(to types.JID, id, text string) error {
	ctx, cancel := context.WithTimeout(d.t.Context(), 20*time.Second)
	defer cancel()
	_, err := d.SendMessage(ctx, to, &waE2E.Message{Conversation: proto.String(text)}, whatsmeow.SendRequestExtra{ID: id})
	return err
}

// echoing makes the client answer every text of a person with the same text,
// under an ID derived from theirs.
func (d *desk) echoing() *desk {
	d.AddEventHandlerWithSuccessStatus(func(event any) bool {
		m, ok := event.(*events.Message)
		if !ok || m.Info.IsFromMe || m.Message.GetConversation() == "" {
			return true
		}
		return d.trySay(m.Info.Chat, "3EB0"+m.Info.ID[4:], m.Message.GetConversation()) == nil
	})
	return d
}
