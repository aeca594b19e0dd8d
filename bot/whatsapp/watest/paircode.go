package watest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
)

// typedCode is the linking of a client by eight characters. The client wraps an
// ephemeral key with the code and sends it (companion_hello); the phone, on
// which the owner types the code, unwraps it and sends its own
// (primary_hello); the client then sends its identity under the key both now
// share (companion_finish).
type typedCode struct {
	number    *Number
	ref       []byte
	wrapped   []byte        // salt 32, IV 16, the client's wrapped ephemeral key 32
	ephemeral *keys.KeyPair // the phone's, once the code was typed
	client    []byte        // the client's, unwrapped
}

// companionHello starts it, for the number the client names.
func (c *conn) companionHello(stanza *waBinary.Node, hello waBinary.Node) {
	jid, _ := hello.Attrs["jid"].(types.JID)
	owner := c.s.find(jid)
	wrapped, _ := hello.GetChildByTag("link_code_pairing_wrapped_companion_ephemeral_pub").Content.([]byte)
	if c.pairing == nil || owner == nil || owner.number == nil || len(wrapped) != 80 {
		c.iqError(stanza, "400", "bad-request")
		return
	}
	typed := &typedCode{number: owner.number, ref: []byte(c.s.nextID("code-")), wrapped: wrapped}
	c.s.mu.Lock()
	c.pairing.typed = typed
	c.s.mu.Unlock()
	owner.number.ring(c.pairing)
	c.result(stanza, waBinary.Node{
		Tag: "link_code_companion_reg", Attrs: waBinary.Attrs{"stage": "companion_hello"},
		Content: []waBinary.Node{{Tag: "link_code_pairing_ref", Content: typed.ref}},
	})
}

// EnterCode is the owner typing the eight characters a client shows into the
// number's phone ("ABCD-1234" or without the dash). It fails the test if no
// client asked this number for a code.
func (n *Number) EnterCode(code string) {
	n.s.t.Helper()
	if err := n.TryEnterCode(code); err != nil {
		n.s.t.Fatalf("watest: enter pairing code: %v", err)
	}
}

// TryEnterCode is [Number.EnterCode] with the error returned. A wrong code is no
// error here: the client finds out.
func (n *Number) TryEnterCode(code string) error {
	n.Lock()
	p := n.ringing
	n.Unlock()
	if p == nil {
		return errors.New("no client asked for a code")
	}
	code = strings.ReplaceAll(code, "-", "")
	n.s.mu.Lock()
	typed := p.typed
	n.s.mu.Unlock()
	client := wrapWithCode(code, typed.wrapped[:32], typed.wrapped[32:48], typed.wrapped[48:])
	ephemeral := keys.NewKeyPair()
	salt, iv := make([]byte, 32), make([]byte, 16)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(iv)
	wrapped := append(append(salt[:32:32], iv...), wrapWithCode(code, salt, iv, ephemeral.Pub[:])...)
	n.s.mu.Lock()
	typed.client, typed.ephemeral = client, ephemeral
	n.s.mu.Unlock()
	p.conn.send(waBinary.Node{
		Tag:   "notification",
		Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "link_code_companion_reg", "id": n.s.nextID("code-"), "t": unixNow()},
		Content: []waBinary.Node{{Tag: "link_code_companion_reg", Attrs: waBinary.Attrs{"stage": "primary_hello"}, Content: []waBinary.Node{
			{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: wrapped},
			{Tag: "primary_identity_pub", Content: n.signal.device.IdentityKey.Pub[:]},
			{Tag: "link_code_pairing_ref", Content: typed.ref},
		}}},
	})
	return nil
}

// wrapWithCode en- or decrypts a key with the eight characters (AES-CTR under a
// PBKDF2 key of 2¹⁷ rounds).
func wrapWithCode(code string, salt, iv, key []byte) []byte {
	block := must(aes.NewCipher(must(pbkdf2.Key(sha256.New, code, salt, 2<<16, 32))))
	out := make([]byte, len(key))
	cipher.NewCTR(block, iv).XORKeyStream(out, key)
	return out
}

// companionFinish checks that the client knew the code, and links it.
func (c *conn) companionFinish(stanza *waBinary.Node, finish waBinary.Node) {
	secret, err := c.openKeyBundle(finish)
	if err != nil {
		c.iqError(stanza, "400", err.Error())
		return
	}
	c.result(stanza)
	if err := c.pairing.typed.number.link(c.pairing, secret); err != nil {
		c.s.wrong("link by code: %v", err)
	}
}

// openKeyBundle returns the secret that authenticates the pairing.
func (c *conn) openKeyBundle(finish waBinary.Node) ([]byte, error) {
	bundle, _ := finish.GetChildByTag("link_code_pairing_wrapped_key_bundle").Content.([]byte)
	if c.pairing == nil || len(bundle) < 44 {
		return nil, errors.New("companion_finish without a bundle")
	}
	c.s.mu.Lock()
	typed := c.pairing.typed
	var ephemeral *keys.KeyPair
	var client []byte
	if typed != nil {
		ephemeral, client = typed.ephemeral, typed.client
	}
	c.s.mu.Unlock()
	if ephemeral == nil {
		return nil, errors.New("companion_finish before the code was typed")
	}
	shared, err := curve25519.X25519(ephemeral.Priv[:], client)
	if err != nil {
		return nil, fmt.Errorf("shared key: %w", err)
	}
	key := must(hkdf.Key(sha256.New, shared, bundle[:32], "link_code_pairing_key_bundle_encryption_key", 32))
	plain, err := newGCM(key).Open(nil, bundle[32:44], bundle[44:], nil)
	if err != nil || len(plain) != 96 {
		return nil, errors.New("the key bundle does not open: wrong code")
	}
	account := typed.number.signal.device.IdentityKey
	identity, theirView, random := plain[:32], plain[32:64], plain[64:]
	if !hmac.Equal(theirView, account.Pub[:]) || !hmac.Equal(identity, c.pairing.keys.identity[:]) {
		return nil, errors.New("the key bundle names other identities")
	}
	identities, err := curve25519.X25519(account.Priv[:], identity)
	if err != nil {
		return nil, fmt.Errorf("identity key: %w", err)
	}
	return hkdf.Key(sha256.New, append(append(shared, identities...), random...), nil, "adv_secret", 32)
}
