package watest

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// answer handles an <iq>: a question, or the answer to one of ours. Questions
// we know nothing about get an empty result.
func (c *conn) answer(stanza *waBinary.Node) {
	switch stanza.Attrs["type"] {
	case "result":
		c.signed(stanza)
		return
	case "error":
		if c.refused() {
			return
		}
		c.s.wrong("the client answered %v with an error: %s", stanza.Attrs["id"], stanza)
		return
	}
	var question waBinary.Node
	if children := stanza.GetChildren(); len(children) > 0 {
		question = children[0]
	}
	namespace, _ := stanza.Attrs["xmlns"].(string)
	switch {
	case namespace == "md" && question.Attrs["stage"] == "companion_hello":
		c.companionHello(stanza, question)
	case namespace == "md" && question.Attrs["stage"] == "companion_finish":
		c.companionFinish(stanza, question)
	case namespace == "md" && c.passkeyLink() != nil:
		c.passkeyStep(stanza, c.passkeyLink(), question)
	case c.companion == nil:
		c.result(stanza)
	default:
		c.answerLinked(stanza, namespace, question)
	}
}

// answerLinked handles what only a linked device asks.
func (c *conn) answerLinked(stanza *waBinary.Node, namespace string, question waBinary.Node) {
	switch namespace + " " + question.Tag {
	case "encrypt count":
		c.result(stanza, waBinary.Node{Tag: "count", Attrs: waBinary.Attrs{"value": strconv.Itoa(c.companion.oneTimeKeys())}})
	case "encrypt registration":
		c.companion.upload(stanza)
		c.result(stanza)
	case "encrypt key":
		c.result(stanza, waBinary.Node{Tag: "list", Content: c.bundles(question)})
	case "usync usync":
		c.result(stanza, waBinary.Node{Tag: "usync", Content: []waBinary.Node{{Tag: "list", Content: c.devices(question)}}})
	case "passive active":
		c.result(stanza)
		c.companion.activate(c)
		c.companion.number.welcome(c.companion)
	case "w:m media_conn":
		c.result(stanza, mediaHosts())
	case "w:sync:app:state sync":
		c.result(stanza, c.companion.number.settings(question))
	case "privacy privacy":
		c.result(stanza, waBinary.Node{Tag: "privacy", Content: []waBinary.Node{
			{Tag: "category", Attrs: waBinary.Attrs{"name": "readreceipts", "value": "all"}},
		}})
	case "md remove-companion-device":
		c.result(stanza)
		c.companion.forget()
	default:
		c.result(stanza)
	}
}

func (c *conn) result(stanza *waBinary.Node, children ...waBinary.Node) {
	answer := waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "result", "id": stanza.Attrs["id"]}}
	if len(children) > 0 {
		answer.Content = children
	}
	c.send(answer)
}

func (c *conn) iqError(stanza *waBinary.Node, code, text string) {
	c.send(waBinary.Node{
		Tag:     "iq",
		Attrs:   waBinary.Attrs{"from": types.ServerJID, "type": "error", "id": stanza.Attrs["id"]},
		Content: []waBinary.Node{{Tag: "error", Attrs: waBinary.Attrs{"code": code, "text": text}}},
	})
}

// oneTimeKeys says how many of the companion's one-time keys are left. Before
// the first upload it claims one: told none, whatsmeow would make 812 of them,
// which costs each test most of a second; told one, it makes 50.
func (c *companion) oneTimeKeys() int {
	c.Lock()
	defer c.Unlock()
	if c.uploads == 0 {
		return 1
	}
	return len(c.keys.oneTime)
}

// upload keeps the one-time keys a companion sends.
func (c *companion) upload(stanza *waBinary.Node) {
	c.Lock()
	defer c.Unlock()
	c.uploads++
	list := stanza.GetChildByTag("list")
	for _, key := range list.GetChildren() {
		id, _ := key.GetChildByTag("id").Content.([]byte)
		public, _ := key.GetChildByTag("value").Content.([]byte)
		if len(public) != 32 {
			c.s.wrong("a one-time key of %d bytes", len(public))
			continue
		}
		c.keys.oneTime = append(c.keys.oneTime, oneTimeKey{parseKeyID(id), [32]byte(public)})
	}
}

// bundles answers for the keys of phones.
func (c *conn) bundles(question waBinary.Node) []waBinary.Node {
	var users []waBinary.Node
	for _, user := range question.GetChildren() {
		jid, _ := user.Attrs["jid"].(types.JID)
		owner := c.s.find(jid)
		if owner == nil || jid.Device != 0 {
			users = append(users, waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": jid}, Content: []waBinary.Node{
				{Tag: "error", Attrs: waBinary.Attrs{"code": "404", "text": "item-not-found"}},
			}})
			continue
		}
		users = append(users, waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": jid, "t": unixNow()}, Content: owner.signal.bundle()})
	}
	return users
}

// devices answers which devices accounts have, and what their LIDs are.
func (c *conn) devices(question waBinary.Node) []waBinary.Node {
	var users []waBinary.Node
	list := question.GetChildByTag("list")
	for _, user := range list.GetChildren() {
		jid, _ := user.Attrs["jid"].(types.JID)
		owner := c.s.find(jid)
		if owner == nil {
			continue
		}
		devices := []waBinary.Node{{Tag: "device", Attrs: waBinary.Attrs{"id": "0"}}}
		if owner.number != nil {
			for _, linked := range owner.number.linked() {
				devices = append(devices, waBinary.Node{Tag: "device", Attrs: waBinary.Attrs{
					"id": strconv.Itoa(int(linked.jid.Device)), "key-index": "1",
				}})
			}
		}
		users = append(users, waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": jid}, Content: []waBinary.Node{
			{Tag: "devices", Content: []waBinary.Node{{Tag: "device-list", Content: devices}}},
			{Tag: "lid", Attrs: waBinary.Attrs{"val": owner.lid}},
		}})
	}
	return users
}
