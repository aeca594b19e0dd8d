package whatsapp

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/mattn/go-sqlite3"
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// veil hides in whatsmeow's database who people are. whatsmeow finds everything there by the user of an address (a
// number, a LID, a group), and its SQL joins and renames by it: so each user is sealed such that the same gives the
// same, and whatsmeow's own tables, caches and transactions work on veiled users as they would on plain ones.
type veil struct {
	store Store

	mu    sync.Mutex
	known map[string]string // users and their veiled forms: a message asks some twenty times for the same few
}

func newVeil(store Store) *veil { return &veil{store: store, known: make(map[string]string)} }

const veilName = "whatsmeow.user"

func (v *veil) user(user string) (string, error) {
	if user == "" {
		return "", nil
	}
	v.mu.Lock()
	veiled, ok := v.known[user]
	v.mu.Unlock()
	if ok {
		return veiled, nil
	}
	veiled, err := v.store.VeilAside(veilName, user)
	if err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.known) >= remembered {
		clear(v.known)
	}
	v.known[user] = veiled
	return veiled, nil
}

// forget drops a user from memory.
func (v *veil) forget(user string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.known, user)
}

func (v *veil) unveil(veiled string) (string, error) {
	if veiled == "" {
		return "", nil
	}
	return v.store.UnveilAside(veilName, veiled)
}

// address veils what begins with a user: an address of Signal's ("187_1:0"), a JID.
func (v *veil) address(address string) (string, error) {
	plain := userOf(address)
	user, err := v.user(plain)
	return user + address[len(plain):], err
}

// userOf is the user that an address begins with.
func userOf(address string) string {
	if end := strings.IndexAny(address, "_:.@"); end >= 0 {
		return address[:end]
	}
	return address
}

func (v *veil) jid(jid types.JID) (types.JID, error) {
	user, err := v.user(jid.User)
	jid.User = user
	return jid, err
}

func (v *veil) plain(jid types.JID) (types.JID, error) {
	user, err := v.unveil(jid.User)
	jid.User = user
	return jid, err
}

// both veils two addresses.
func (v *veil) both(a, b types.JID) (types.JID, types.JID, error) {
	a, err := v.jid(a)
	if err != nil {
		return a, b, err
	}
	b, err = v.jid(b)
	return a, b, err
}

// dress puts the veil before the stores of a device that are about people. Names and chat settings are not kept at
// all: they are none of our business. lids gives the numbers behind LIDs; changed is told whose identity key is another
// than before.
func (v *veil) dress(device *wastore.Device, lids func() wastore.LIDStore, changed func(ctx context.Context, user string) error) {
	device.Identities = veiledIdentities{device.Identities, v, changed}
	device.Sessions = veiledSessions{device.Sessions, v}
	device.SenderKeys = veiledSenderKeys{device.SenderKeys, v}
	device.MsgSecrets = veiledSecrets{device.MsgSecrets, v}
	device.PrivacyTokens = veiledTokens{device.PrivacyTokens, v}
	device.LIDs = veiledLIDs{lids, v}
	device.Contacts, device.ChatSettings = &wastore.NoopStore{}, &wastore.NoopStore{}
}

// traces are where people stand in whatsmeow's database: columns that begin with a user.
var traces = []struct{ table, column string }{
	{"whatsmeow_lid_map", "lid"},
	{"whatsmeow_lid_map", "pn"},
	{"whatsmeow_identity_keys", "their_id"},
	{"whatsmeow_sessions", "their_id"},
	{"whatsmeow_sender_keys", "chat_id"},
	{"whatsmeow_sender_keys", "sender_id"},
	{"whatsmeow_message_secrets", "chat_jid"},
	{"whatsmeow_message_secrets", "sender_jid"},
	{"whatsmeow_privacy_tokens", "their_jid"},
}

// unkept are the tables about people in which we keep nothing.
var unkept = []string{"whatsmeow_contacts", "whatsmeow_chat_settings", "whatsmeow_retry_buffer"}

// veiledVersion is the user_version of a database in which nobody is named any more, nor left over from what was deleted
// (before 2 that was not overwritten); whatsmeow counts its own versions in a table.
const veiledVersion = 2

// draw veils a database that was used before there was a veil, once, and leaves nothing of the old rows in the file.
func (v *veil) draw(ctx context.Context, db *sql.DB) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the pool
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil || version >= veiledVersion {
		return err
	}
	var used bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM whatsmeow_device)").Scan(&used); err != nil {
		return err
	}
	if used {
		if err := v.drawOver(ctx, conn); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", veiledVersion))
	return err
}

// drawOver may be broken off anywhere and begun again: what is veiled stays as it is.
func (v *veil) drawOver(ctx context.Context, conn *sql.Conn) error {
	err := conn.Raw(func(c any) error {
		return c.(*sqlite3.SQLiteConn).RegisterFunc("veil", v.once, true) //nolint:forcetypeassert // it is one
	})
	if err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	err = clearUnkept(ctx, tx)
	for _, t := range traces {
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("UPDATE OR REPLACE %[1]s SET %[2]s = veil(%[2]s)", t.table, t.column))
		}
	}
	if err != nil {
		_ = tx.Rollback() // the first error tells
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func clearUnkept(ctx context.Context, tx *sql.Tx) error {
	for _, table := range unkept {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s", table)); err != nil {
			return err
		}
	}
	return nil
}

// once is address for what may be veiled already.
func (v *veil) once(address string) (string, error) {
	if _, err := v.unveil(userOf(address)); err == nil {
		return address, nil
	}
	return v.address(address)
}
