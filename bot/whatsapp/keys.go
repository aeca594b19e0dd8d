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
	"sync/atomic"

	_ "github.com/mattn/go-sqlite3" // whatsmeow's keys are in SQLite
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
)

// keysFile is whatsmeow's database: the identity of each linked device, and its sessions with every phone. It stands
// apart from ours because whatsmeow deletes from it, tables and all, when a number logs out.
const keysFile = "whatsapp.db"

// What is deleted is overwritten: whom we forget is to be nowhere in the file. With anything less than the rest, four
// lines at once met "database is locked", and whatsmeow then acknowledges the message and asks for it again. whatsmeow
// prepares each statement anew: the driver keeps them.
const keysPragmas = "_foreign_keys=on&_journal_mode=WAL&_busy_timeout=10000&_txlock=immediate&_synchronous=FULL&_secure_delete=on&_stmt_cache_size=64"

// keys are the linked devices. One process may use them at a time: two that send with the same keys destroy them.
type keys struct {
	lines     *Lines
	container *sqlstore.Container
	db        *sql.DB
	veil      *veil

	// lids remembers what it has read: forgetting somebody makes a new one.
	lids atomic.Pointer[sqlstore.CachedLIDMap]

	mu      sync.Mutex
	buffers []*sealedBuffer // to be swept at the end
	tokens  []*knownTokens
}

func openKeys(ctx context.Context, lines *Lines) (*keys, error) {
	file := filepath.Join(lines.Dir, keysFile)
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
	k := &keys{lines: lines, container: sqlstore.NewWithDB(db, "sqlite3", waLogger(lines.Log)), db: db, veil: newVeil(lines.Store)}
	k.lids.Store(k.container.LIDMap)
	if err = k.container.Upgrade(ctx); err == nil {
		err = k.veil.draw(ctx, db)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keysFile, errors.Join(err, k.close()))
	}
	return k, nil
}

func (k *keys) close() error { return errors.Join(k.sweep(), k.container.Close()) }

// sweep clears the words of all messages that were handled.
func (k *keys) sweep() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for _, b := range k.buffers {
		errs = append(errs, b.sweep())
	}
	return errors.Join(errs...)
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
	buffer := &sealedBuffer{EventBuffer: device.EventBuffer, lines: k.lines, line: line}
	tokens := &knownTokens{PrivacyTokenStore: device.PrivacyTokens, known: make(map[types.JID]wastore.PrivacyToken)}
	k.mu.Lock()
	k.buffers, k.tokens = append(k.buffers, buffer), append(k.tokens, tokens)
	k.mu.Unlock()
	device.EventBuffer, device.PrivacyTokens = buffer, tokens
	device.Container = leaver{device.Container}
	changed := func(ctx context.Context, user string) error { return k.lines.doubt(ctx, device, user) }
	k.veil.dress(device, func() wastore.LIDStore { return k.lids.Load() }, changed)
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
