package watest

import (
	"container/list"
	"maps"
	"strconv"

	"go.mau.fi/libsignal/keys/prekey"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// companion is a device linked to a number: our client, as the server sees it.
// Its one lock covers its queue and whatever is sent from it, so that flushing
// after a login and delivering live never reorder.
type companion struct {
	gate
	s        *Server
	number   *Number
	jid, lid types.JID // both with the device number
	noiseKey []byte
	keys     *companionKeys
	uploads  int // of one-time keys

	conn    *conn // nil while offline
	active  bool  // logged in and asking for messages
	gone    bool  // logged out for good
	logins  int
	greeted bool // the phone has shared its settings

	queue      list.List // of *queued, oldest first
	index      map[string][]*list.Element
	next       *list.Element // the next to be sent on this connection
	offlineEnd *list.Element // the last of what waited at login
	offline    int           // how many waited at login
	inFlight   int
	window     int // how many may be in flight; 0 means any number
	messages   int // of the queued, how many are messages
	duplicates int // how many messages are still to be sent twice
}

// queued is a stanza that waits for the companion's acknowledgement.
type queued struct {
	key    string
	stanza waBinary.Node
	sent   bool // on the present connection
}

// enqueue keeps a stanza until it is acknowledged, and sends it if the
// companion is there.
func (c *companion) enqueue(stanza waBinary.Node) {
	c.Lock()
	defer c.Unlock()
	if c.gone {
		return
	}
	q := &queued{key: stanzaKey(stanza), stanza: stanza}
	e := c.queue.PushBack(q)
	c.index[q.key] = append(c.index[q.key], e)
	if stanza.Tag == "message" {
		c.messages++
	}
	if c.next == nil && c.active {
		c.next = e
	}
	c.pump()
}

// stanzaKey is what an acknowledgement will name this stanza by.
func stanzaKey(n waBinary.Node) string {
	if n.Tag == "message" {
		return ackKey("message", n.Attrs["from"], n.Attrs["id"], nil)
	}
	return ackKey(n.Tag, n.Attrs["from"], n.Attrs["id"], n.Attrs["type"])
}

func ackKey(class string, from, id, kind any) string {
	jid, _ := from.(types.JID)
	text, _ := id.(string)
	sort, _ := kind.(string)
	return class + " " + jid.String() + " " + text + " " + sort
}

// pump sends what may be sent. The companion must be locked.
func (c *companion) pump() {
	for c.active && c.next != nil && (c.window == 0 || c.inFlight < c.window) {
		e := c.next
		c.next = e.Next()
		q := e.Value.(*queued)
		stanza := q.stanza
		if c.offlineEnd != nil {
			stanza.Attrs = maps.Clone(stanza.Attrs)
			stanza.Attrs["offline"] = strconv.Itoa(c.inFlight)
		}
		q.sent = true
		c.inFlight++
		c.conn.send(stanza)
		if stanza.Tag == "message" && c.duplicates > 0 {
			c.duplicates--
			c.conn.send(stanza)
		}
		if e == c.offlineEnd {
			c.endOffline()
		}
	}
}

// endOffline tells the client that everything that had waited is delivered.
func (c *companion) endOffline() {
	c.offlineEnd = nil
	c.conn.send(waBinary.Node{Tag: "ib", Attrs: waBinary.Attrs{"from": types.ServerJID}, Content: []waBinary.Node{
		{Tag: "offline", Attrs: waBinary.Attrs{"count": strconv.Itoa(c.offline)}},
	}})
}

// activate delivers the offline queue on the present connection, in order, and
// goes live behind it.
func (c *companion) activate(on *conn) {
	c.Lock()
	defer c.Unlock()
	if c.conn != on {
		return
	}
	c.active, c.inFlight = true, 0
	c.next, c.offlineEnd, c.offline = c.queue.Front(), c.queue.Back(), c.queue.Len()
	for e := c.next; e != nil; e = e.Next() {
		e.Value.(*queued).sent = false
	}
	if c.offlineEnd == nil {
		c.endOffline()
	}
	c.pump()
	c.announce()
}

// done takes the oldest stanza with this key off the queue.
func (c *companion) done(key string) {
	c.Lock()
	defer c.Unlock()
	elements := c.index[key]
	if len(elements) == 0 {
		return
	}
	e := elements[0]
	if len(elements) == 1 {
		delete(c.index, key)
	} else {
		c.index[key] = elements[1:]
	}
	q := e.Value.(*queued)
	if e == c.next {
		c.next = e.Next()
	}
	if e == c.offlineEnd { // acknowledged late, from an earlier connection, before it was sent on this one
		if c.offlineEnd = e.Prev(); c.offlineEnd == nil || c.offlineEnd.Value.(*queued).sent {
			c.endOffline()
		}
	}
	c.queue.Remove(e)
	if q.stanza.Tag == "message" {
		c.messages--
	}
	if q.sent {
		c.inFlight--
	}
	if c.active {
		c.pump()
	}
	c.announce()
}

// waiting says whether a stanza with this key is still queued. The companion
// must be locked.
func (c *companion) waiting(key string) bool { return !c.gone && len(c.index[key]) > 0 }

// live returns the present connection, nil while offline.
func (c *companion) live() *conn {
	c.Lock()
	defer c.Unlock()
	return c.conn
}

// disconnected notes that a connection has ended.
func (c *companion) disconnected(ended *conn) {
	c.Lock()
	defer c.Unlock()
	if c.conn == ended {
		c.conn, c.active, c.next, c.offlineEnd = nil, false, nil, nil
		c.announce()
	}
}

// forget logs the companion out for good.
func (c *companion) forget() {
	c.Lock()
	defer c.Unlock()
	c.gone = true
	c.queue.Init()
	c.messages, c.next, c.offlineEnd = 0, nil, nil
	clear(c.index)
	c.announce()
}

// bundle is what a phone needs to write to this companion for the first time.
// When one-time keys run low the companion is told, once for each upload.
func (c *companion) bundle() *prekey.Bundle {
	c.Lock()
	b := c.keys.bundle(c.lid.Device)
	left := len(c.keys.oneTime)
	c.Unlock()
	if left == fewOneTimeKeys {
		c.enqueue(waBinary.Node{
			Tag:     "notification",
			Attrs:   waBinary.Attrs{"from": types.ServerJID, "type": "encrypt", "id": c.s.nextID("keys-"), "t": unixNow()},
			Content: []waBinary.Node{{Tag: "count", Attrs: waBinary.Attrs{"value": strconv.Itoa(left)}}},
		})
	}
	return b
}

// fewOneTimeKeys is one less than the number below which whatsmeow uploads more.
const fewOneTimeKeys = 4
