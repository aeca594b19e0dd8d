package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Line is a line's link to WhatsApp as the service last saw it.
type Line struct {
	Line   string
	JID    string // of our linked device; "" none
	Phone  string // the line's own number, digits; "" none
	State  string // bot/whatsapp names them
	Reason string // why it is so; may be ""
	Since  time.Time
}

// Lines gives what is known of each line that was ever linked.
func (d *DB) Lines(ctx context.Context) ([]Line, error) {
	const query = "SELECT line, jid, phone, state, reason, since_ms FROM lines ORDER BY line"
	return read(ctx, d, query, nil, func(rows *sql.Rows) (l Line, err error) {
		var since int64
		err = rows.Scan(&l.Line, &l.JID, &l.Phone, &l.State, &l.Reason, &since)
		l.Since = fromMillis(since)
		return l, err
	})
}

// LineJID gives the linked device of a line; "" where there is none.
func (d *DB) LineJID(ctx context.Context, line string) (jid string, err error) {
	err = d.reader.QueryRowContext(ctx, "SELECT jid FROM lines WHERE line = ?", line).Scan(&jid)
	if none(err) {
		return "", nil
	}
	return jid, explain(err)
}

// LinkLine records which device a line is linked to; "" none any more. The state stays what it was.
func (d *DB) LinkLine(ctx context.Context, line, jid, phone string) error {
	return d.do(ctx, func(t *tx) error {
		return t.run(`INSERT INTO lines (line, jid, phone, state, reason, since_ms) VALUES (?, ?, ?, '', '', 0)
			ON CONFLICT (line) DO UPDATE SET jid = excluded.jid, phone = excluded.phone`, line, jid, phone)
	})
}

// SetLineState records how a line does and since when.
func (d *DB) SetLineState(ctx context.Context, line, state, reason string, since time.Time) error {
	return d.do(ctx, func(t *tx) error {
		return t.run(`INSERT INTO lines (line, jid, phone, state, reason, since_ms) VALUES (?, '', '', ?, ?, ?)
			ON CONFLICT (line) DO UPDATE SET state = excluded.state, reason = excluded.reason,
				since_ms = excluded.since_ms`, line, state, reason, since.UnixMilli())
	})
}

// Chat gives what is kept of a chat: how long its messages stay (0: for ever) and until when a person answers in it.
func (d *DB) Chat(ctx context.Context, line, address string) (expires time.Duration, paused time.Time, err error) {
	hash, err := d.chat(line, address)
	if err != nil {
		return 0, time.Time{}, err
	}
	var seconds, until int64
	err = d.reader.QueryRowContext(ctx, "SELECT expires_s, paused_ms FROM chats WHERE hash = ?", hash).Scan(&seconds, &until)
	if none(err) {
		return 0, time.Time{}, nil
	}
	return time.Duration(seconds) * time.Second, fromMillis(until), explain(err)
}

// PauseChat records until when a person answers in a chat instead of the bot.
func (d *DB) PauseChat(ctx context.Context, line, address string, until time.Time) error {
	return d.setChat(ctx, line, address, `INSERT INTO chats (hash, expires_s, paused_ms) VALUES (?, 0, ?)
		ON CONFLICT (hash) DO UPDATE SET paused_ms = excluded.paused_ms`, millis(until))
}

// SetChatExpiry records how long messages stay in a chat.
func (d *DB) SetChatExpiry(ctx context.Context, line, address string, expires time.Duration) error {
	return d.setChat(ctx, line, address, `INSERT INTO chats (hash, expires_s, paused_ms) VALUES (?, ?, 0)
		ON CONFLICT (hash) DO UPDATE SET expires_s = excluded.expires_s`, int64(expires/time.Second))
}

func (d *DB) setChat(ctx context.Context, line, address, query string, value int64) error {
	hash, err := d.chat(line, address)
	if err != nil {
		return err
	}
	return d.do(ctx, func(t *tx) error { return t.run(query, hash, value) })
}

func (d *DB) chat(line, address string) ([]byte, error) {
	return d.ring.hash("chat", line+"\x00"+address)
}

// SealAside seals something of a neighbouring file of the data directory (whatsmeow's) under a key made of the index,
// which stays when the master key changes: nobody wraps that file's values anew. It opens only under the same name.
func (d *DB) SealAside(name string, plain []byte) ([]byte, error) {
	cipher, err := d.ring.aside()
	if err != nil {
		return nil, err
	}
	sealed, err := cipher.Encrypt(plain, asideRow(name))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", name, err)
	}
	return sealed, nil
}

// OpenAside opens what SealAside sealed. Error: ErrSealed.
func (d *DB) OpenAside(name string, sealed []byte) ([]byte, error) {
	cipher, err := d.ring.aside()
	if err != nil {
		return nil, err
	}
	plain, err := cipher.Decrypt(sealed, asideRow(name))
	if err != nil { // schema 3 sealed under the master key
		plain, err = d.ring.decrypt(sealed, asideRow(name))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrSealed, name)
	}
	return plain, nil
}

func asideRow(name string) []byte { return []byte("aside\x00" + name) }
