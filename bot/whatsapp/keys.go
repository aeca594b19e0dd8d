package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // whatsmeow's keys are in SQLite
	"go.mau.fi/whatsmeow/proto/waE2E"
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// keysFile is whatsmeow's database: the identity of each linked device, and its sessions with every phone. It stands
// apart from ours because whatsmeow deletes from it, tables and all, when a number logs out.
const keysFile = "whatsapp.db"

// With anything less, four lines at once met "database is locked", and whatsmeow then acknowledges the message and
// asks for it again.
const keysPragmas = "_foreign_keys=on&_journal_mode=WAL&_busy_timeout=10000&_txlock=immediate&_synchronous=FULL"

// keys are the linked devices. One process may use them at a time: two that send with the same keys destroy them.
type keys struct {
	container *sqlstore.Container
	store     Store
}

func openKeys(ctx context.Context, dir string, store Store, log waLog.Logger) (*keys, error) {
	file := filepath.Join(dir, keysFile)
	// Made first with its mode: SQLite gives its companions the same.
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // in the operator's own directory
	if err != nil {
		return nil, fmt.Errorf("%s in the data directory cannot be written", keysFile)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("%s: %w", keysFile, err)
	}
	source := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: keysPragmas}
	container, err := sqlstore.New(ctx, "sqlite3", source.String(), log)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keysFile, err)
	}
	return &keys{container, store}, nil
}

func (k *keys) close() error { return k.container.Close() }

// device gives a linked device by its address; nil where there is none, because it was logged out say.
func (k *keys) device(ctx context.Context, line, address string) (*wastore.Device, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // as whatsmeow's own
	}
	jid, err := types.ParseJID(address)
	if err != nil {
		return nil, fmt.Errorf("line %s is linked to something unreadable", line)
	}
	device, err := k.container.GetDevice(ctx, jid)
	if err != nil || device == nil {
		return nil, err
	}
	device.EventBuffer = &sealedBuffer{device.EventBuffer, k.store, line}
	device.Container = leaver{device.Container}
	device.Contacts = &wastore.NoopStore{} // the names people give themselves are none of our business
	return device, nil
}

// fresh makes a device to link. It is saved once it is linked.
func (k *keys) fresh() *wastore.Device { return k.container.NewDevice() }

// forget deletes a device that the phone has unlinked, if whatsmeow has not yet.
func (k *keys) forget(ctx context.Context, address string) error {
	jid, err := types.ParseJID(address)
	if err != nil || address == "" {
		return err
	}
	return k.container.DeleteDevice(ctx, &wastore.Device{ID: &jid})
}

// leaver deletes a logged-out device and leaves the client that still holds it alone: whatsmeow would empty the device's
// fields while other goroutines of that client read them.
type leaver struct{ wastore.DeviceContainer }

var errLeft = errors.New("deleted, and the client is let go as it is")

// DeleteDevice deletes, and then says no, which ends whatsmeow's own clearing up.
func (l leaver) DeleteDevice(ctx context.Context, device *wastore.Device) error {
	if err := l.DeviceContainer.DeleteDevice(ctx, device); err != nil {
		return err
	}
	return errLeft
}

// sealedBuffer is whatsmeow's buffer of decrypted messages, sealed, and its store of sent ones, served from our outbox:
// there they are sealed already, and for as long as the outbox keeps them.
type sealedBuffer struct {
	wastore.EventBuffer
	store Store
	line  string
}

const bufferName = "whatsmeow.event_buffer"

// GetBufferedEvent gives a message that was decrypted before and not handled yet.
func (b *sealedBuffer) GetBufferedEvent(ctx context.Context, hash [32]byte) (*wastore.BufferedEvent, error) {
	e, err := b.EventBuffer.GetBufferedEvent(ctx, hash)
	if err != nil || e == nil || e.Plaintext == nil {
		return e, err
	}
	e.Plaintext, err = b.store.OpenAside(bufferName, e.Plaintext)
	return e, err
}

// PutBufferedEvent keeps a decrypted message until it is handled.
func (b *sealedBuffer) PutBufferedEvent(ctx context.Context, hash [32]byte, plain []byte, at time.Time) error {
	sealed, err := b.store.SealAside(bufferName, plain)
	if err != nil {
		return err
	}
	return b.EventBuffer.PutBufferedEvent(ctx, hash, sealed, at)
}

// AddOutgoingEvent does nothing: the outbox has it.
func (b *sealedBuffer) AddOutgoingEvent(context.Context, types.JID, types.MessageID, string, []byte) error {
	return nil
}

// DeleteOldOutgoingEvents does nothing: the outbox keeps its own time.
func (b *sealedBuffer) DeleteOldOutgoingEvents(context.Context) error { return nil }

// GetOutgoingEvent gives a reply that a phone could not read. Only to whom it was sent.
func (b *sealedBuffer) GetOutgoingEvent(ctx context.Context, chat, alt types.JID, id types.MessageID) (format string, body []byte, err error) {
	m, err := b.sent(ctx, chat, alt, id)
	if err != nil {
		return "", nil, err
	}
	body, err = proto.Marshal(m)
	return "wa", body, err
}

func (b *sealedBuffer) sent(ctx context.Context, chat, alt types.JID, id types.MessageID) (*waE2E.Message, error) {
	out, ok, err := b.store.Reply(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok || out.Transport != Name || out.Line != b.line || (out.To != address(chat) && out.To != address(alt)) {
		return nil, fmt.Errorf("message %s is none of ours to this phone", id)
	}
	expires, _, err := b.store.Chat(ctx, out.Line, out.To)
	if err != nil {
		return nil, err
	}
	return text(out.Text, expires), nil
}
