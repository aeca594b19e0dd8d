package watest

import (
	"crypto/hmac"
	"maps"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// login admits a linked device: success, then a preview of what waits for it.
// The queue itself follows when the client turns active.
func (c *conn) login(noiseKey []byte, jid types.JID) {
	c.s.mu.Lock()
	companion := c.s.companions[jid]
	c.s.mu.Unlock()
	if companion == nil || !hmac.Equal(companion.noiseKey, noiseKey) {
		c.refuse(waBinary.Attrs{"reason": "401"})
		return
	}
	if refusal := companion.number.refusal(); refusal != nil {
		c.refuse(refusal)
		return
	}
	companion.Lock()
	if companion.gone {
		companion.Unlock()
		c.refuse(waBinary.Attrs{"reason": "401"})
		return
	}
	before := companion.conn
	companion.conn, companion.active, companion.next = c, false, nil
	companion.logins++
	waiting := strconv.Itoa(companion.queue.Len())
	messages := strconv.Itoa(companion.messages)
	companion.announce()
	companion.Unlock()

	c.companion = companion
	if before != nil {
		before.fail("409", "replaced")
	}
	c.send(waBinary.Node{Tag: "success", Attrs: waBinary.Attrs{"t": unixNow(), "lid": companion.lid, "props": "1", "location": "watest"}})
	c.send(waBinary.Node{Tag: "ib", Attrs: waBinary.Attrs{"from": types.ServerJID}, Content: []waBinary.Node{{
		Tag:   "offline_preview",
		Attrs: waBinary.Attrs{"count": waiting, "message": messages, "appdata": "0", "notification": "0", "receipt": "0"},
	}}})
}

// refuse ends a login with a failure.
func (c *conn) refuse(attrs waBinary.Attrs) {
	attrs = maps.Clone(attrs)
	attrs["location"] = "watest"
	c.send(waBinary.Node{Tag: "failure", Attrs: attrs})
	c.closeSoon()
}

// fail ends the stream with an error, and an optional conflict.
func (c *conn) fail(code, conflict string) {
	stanza := waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{"code": code}}
	if conflict != "" {
		stanza.Content = []waBinary.Node{{Tag: "conflict", Attrs: waBinary.Attrs{"type": conflict}}}
	}
	c.send(stanza)
	c.closeSoon()
}

// FailConnect refuses the line's logins with a reason until
// [Server.AllowConnect], and cuts its connection so that it finds out. Reasons:
// 401, 403 and 406 log the device out; 405 says the client is outdated; 500 and
// 503 ask it to try again.
func (s *Server) FailConnect(line *Number, reason int) {
	line.refuse(waBinary.Attrs{"reason": strconv.Itoa(reason)})
	s.Cut(line)
}

// Ban refuses the line's logins with a temporary ban (reason 402): code says why
// (101 to 106), expire how long it claims to last. It lasts until
// [Server.AllowConnect].
func (s *Server) Ban(line *Number, code int, expire time.Duration) {
	line.refuse(waBinary.Attrs{
		"reason": "402", "code": strconv.Itoa(code), "expire": strconv.Itoa(int(expire / time.Second)),
	})
	s.Cut(line)
}

// AllowConnect ends [Server.FailConnect] and [Server.Ban].
func (s *Server) AllowConnect(line *Number) { line.refuse(nil) }

// StreamError ends the line's present stream with an error code, such as "503"
// when the server restarts.
func (s *Server) StreamError(line *Number, code string) { s.failLive(line, code, "") }

// Replace ends the line's present stream as if another process had logged in
// with the same keys. How soon the connection closes behind that is
// [Server.SetGap].
func (s *Server) Replace(line *Number) { s.failLive(line, "409", "replaced") }

// Logout unlinks the line's devices, as its owner may do on the phone: a device
// that is connected is told at once, one that is not at its next login.
func (s *Server) Logout(line *Number) {
	for _, c := range line.linked() {
		live := c.live()
		c.forget()
		if live != nil {
			live.fail("401", "device_removed")
		}
	}
}

func (s *Server) failLive(line *Number, code, conflict string) {
	for _, c := range line.linked() {
		if live := c.live(); live != nil {
			live.fail(code, conflict)
		}
	}
}
