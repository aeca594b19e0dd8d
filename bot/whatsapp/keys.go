package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "github.com/mattn/go-sqlite3" // whatsmeow's keys are in SQLite
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// keysFile is whatsmeow's database: the identity of each linked device, and its sessions with every phone. It stands
// apart from ours because whatsmeow deletes from it, tables and all, when a number logs out.
const keysFile = "whatsapp.db"

// With anything less, four lines at once met "database is locked", and whatsmeow then acknowledges the message and
// asks for it again. whatsmeow prepares each statement anew: the driver keeps them.
const keysPragmas = "_foreign_keys=on&_journal_mode=WAL&_busy_timeout=10000&_txlock=immediate&_synchronous=FULL&_stmt_cache_size=64"

// keys are the linked devices. One process may use them at a time: two that send with the same keys destroy them.
type keys struct {
	container *sqlstore.Container
	store     Store
	veil      *veil

	mu      sync.Mutex
	buffers []*sealedBuffer // to be swept at the end
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
	db, err := sql.Open("sqlite3", source.String())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keysFile, err)
	}
	db.SetMaxOpenConns(1) // they queue for it; with more, SQLite has whoever finds the file locked sleep on it
	k := &keys{container: sqlstore.NewWithDB(db, "sqlite3", log), store: store, veil: newVeil(store)}
	if err = k.container.Upgrade(ctx); err == nil {
		err = k.veil.draw(ctx, db)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keysFile, errors.Join(err, k.close()))
	}
	return k, nil
}

func (k *keys) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for _, b := range k.buffers {
		errs = append(errs, b.sweep())
	}
	return errors.Join(append(errs, k.container.Close())...)
}

func (k *keys) keep(b *sealedBuffer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.buffers = append(k.buffers, b)
}

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
	k.guard(device, line)
	return device, nil
}

// guard puts what seals before a device's stores.
func (k *keys) guard(device *wastore.Device, line string) {
	buffer := &sealedBuffer{EventBuffer: device.EventBuffer, store: k.store, line: line}
	k.keep(buffer)
	device.EventBuffer = buffer
	device.PrivacyTokens = &knownTokens{PrivacyTokenStore: device.PrivacyTokens, known: make(map[types.JID]wastore.PrivacyToken)}
	device.Container = leaver{device.Container}
	k.veil.dress(device)
}

// fresh makes a device to link. It is saved once it is linked.
func (k *keys) fresh(line string) *wastore.Device {
	device := k.container.NewDevice()
	device.Container = guarding{device.Container, k, line}
	return device
}

// guarding is what a device that is being linked is saved to: its stores are made then.
type guarding struct {
	wastore.DeviceContainer
	keys *keys
	line string
}

// PutDevice saves a device, and guards its stores.
func (g guarding) PutDevice(ctx context.Context, device *wastore.Device) error {
	if err := g.DeviceContainer.PutDevice(ctx, device); err != nil {
		return err
	}
	g.keys.guard(device, g.line)
	return nil
}

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
