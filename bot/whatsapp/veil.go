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

func (v *veil) unveil(veiled string) (string, error) {
	if veiled == "" {
		return "", nil
	}
	return v.store.UnveilAside(veilName, veiled)
}

// address veils what begins with a user: an address of Signal's ("187_1:0"), a JID.
func (v *veil) address(address string) (string, error) {
	end := strings.IndexAny(address, "_:.@")
	if end < 0 {
		end = len(address)
	}
	user, err := v.user(address[:end])
	return user + address[end:], err
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
// all: they are none of our business.
func (v *veil) dress(device *wastore.Device) {
	device.Identities = veiledIdentities{device.Identities, v}
	device.Sessions = veiledSessions{device.Sessions, v}
	device.SenderKeys = veiledSenderKeys{device.SenderKeys, v}
	device.MsgSecrets = veiledSecrets{device.MsgSecrets, v}
	device.PrivacyTokens = veiledTokens{device.PrivacyTokens, v}
	device.LIDs = veiledLIDs{device.LIDs, v}
	device.Contacts, device.ChatSettings = &wastore.NoopStore{}, &wastore.NoopStore{}
}

// veilings are where people stand in whatsmeow's database.
var veilings = []string{
	"UPDATE OR REPLACE whatsmeow_lid_map SET lid = veil(lid), pn = veil(pn)",
	"UPDATE OR REPLACE whatsmeow_identity_keys SET their_id = veil(their_id)",
	"UPDATE OR REPLACE whatsmeow_sessions SET their_id = veil(their_id)",
	"UPDATE OR REPLACE whatsmeow_sender_keys SET chat_id = veil(chat_id), sender_id = veil(sender_id)",
	"UPDATE OR REPLACE whatsmeow_message_secrets SET chat_jid = veil(chat_jid), sender_jid = veil(sender_jid)",
	"UPDATE OR REPLACE whatsmeow_privacy_tokens SET their_jid = veil(their_jid)",
	"DELETE FROM whatsmeow_contacts",
	"DELETE FROM whatsmeow_chat_settings",
	"DELETE FROM whatsmeow_retry_buffer",
}

// veiledVersion is the user_version of a database in which nobody is named any more; whatsmeow counts its own versions
// in a table.
const veiledVersion = 1

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
	for _, statement := range veilings {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			_ = tx.Rollback() // the first error tells
			return err
		}
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

// once is address for what may be veiled already.
func (v *veil) once(address string) (string, error) {
	end := strings.IndexAny(address, "_:.@")
	if end < 0 {
		end = len(address)
	}
	if _, err := v.unveil(address[:end]); err == nil {
		return address, nil
	}
	return v.address(address)
}
