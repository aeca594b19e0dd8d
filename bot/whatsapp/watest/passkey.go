package watest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// Passkey is the only passkey that the accounts here have, as browsers write
// its ID.
const Passkey = "d2F0ZXN0" //nolint:gosec // of made-up accounts

// passkeyLink is the linking of a client whose account has a passkey. The
// server asks for it (passkey_prologue_request). The client answers with what
// the passkey signed, and an ephemeral key (passkey_prologue); the phone sends
// its own (crsc_continuation), the client opens its commitment
// (companion_nonce), and sends its identity under the key both now share
// (encrypted_pairing_request).
type passkeyLink struct {
	number    *Number
	secret    []byte // from the code that was scanned: what it gives proves that it is the same client
	ref       string
	identity  []byte // the client's CompanionEphemeralIdentity
	hash      []byte // what it has committed to
	ephemeral *keys.KeyPair
}

// AsksForPasskey is a scan after which WhatsApp wants the account's [Passkey]
// before it links the client, as it does for some accounts since 2026.
func (n *Number) AsksForPasskey(code string) {
	n.s.t.Helper()
	p, secret, err := n.s.readQR(code)
	if err != nil {
		n.s.t.Fatalf("watest: scan QR code: %v", err)
	}
	link := &passkeyLink{number: n, secret: secret, ref: n.s.nextID("ref-"), ephemeral: keys.NewKeyPair()}
	n.s.mu.Lock()
	p.passkey = link
	n.s.mu.Unlock()
	p.conn.send(waBinary.Node{
		Tag:   "notification",
		Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "passkey_prologue_request", "id": n.s.nextID("passkey-"), "t": unixNow()},
		Content: []waBinary.Node{{Tag: "passkey_request_options", Content: []byte(
			`{"challenge":"d2F0ZXN0","rpId":"whatsapp.com","timeout":60000,"allowCredentials":[{"id":"` + Passkey + `","type":"public-key"}]}`,
		)}},
	})
}

// passkeyLink gives the link with a passkey that the client is in, or nil.
func (c *conn) passkeyLink() *passkeyLink {
	if c.pairing == nil {
		return nil
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.pairing.passkey
}

// passkeyStep answers what a client asks on its way.
func (c *conn) passkeyStep(stanza *waBinary.Node, link *passkeyLink, question waBinary.Node) {
	var err error
	switch question.Tag {
	case "ref":
		c.result(stanza, waBinary.Node{Tag: "ref", Content: []byte(link.ref)})
		return
	case "passkey_prologue":
		err = link.prologue(question)
	case "companion_nonce":
		err = link.opened(question)
	case "encrypted_pairing_request":
		err = link.request(c.pairing, question)
	}
	if err != nil {
		c.iqError(stanza, "400", err.Error())
		return
	}
	c.result(stanza)
	if question.Tag == "passkey_prologue" {
		c.continuePasskey(link)
	}
}

// prologue checks what the passkey signed and that it is the client whose code
// was scanned.
func (l *passkeyLink) prologue(q waBinary.Node) error {
	credential, _ := q.GetChildByTag("credential_id").Content.([]byte)
	signed, _ := q.GetChildByTag("webauthn_assertion").Content.([]byte)
	payload, _ := q.GetChildByTag("prologue_payload").Content.([]byte)
	proof, _ := q.GetChildByTag("pairing_handoff_proof").Content.([]byte)
	var answer types.WebAuthnResponse
	if err := json.Unmarshal(signed, &answer); err != nil || string(credential) != "watest" || len(answer.Response.Signature) == 0 {
		return errors.New("none of this account's passkeys")
	}
	mac := hmac.New(sha256.New, must(hkdf.Key(sha256.New, l.secret, nil, "shortcake-passkey-handoff-v1", 32)))
	mac.Write(payload)
	if !hmac.Equal(mac.Sum(nil), proof) {
		return errors.New("not the client whose code was scanned")
	}
	var prologue waCompanionReg.ProloguePayload
	if err := proto.Unmarshal(payload, &prologue); err != nil {
		return fmt.Errorf("prologue: %w", err)
	}
	l.identity, l.hash = prologue.GetCompanionEphemeralIdentity(), prologue.GetCommitment().GetHash()
	return nil
}

// continuePasskey is the phone's part.
func (c *conn) continuePasskey(l *passkeyLink) {
	random := make([]byte, 32)
	_, _ = rand.Read(random)
	c.send(waBinary.Node{
		Tag:   "notification",
		Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "crsc_continuation", "id": c.s.nextID("passkey-"), "t": unixNow()},
		Content: []waBinary.Node{{Tag: "primary_ephemeral_identity", Content: must(proto.Marshal(
			&waCompanionReg.PrimaryEphemeralIdentity{PublicKey: l.ephemeral.Pub[:], Nonce: random},
		))}},
	})
}

// opened checks that the client opens what it has committed to.
func (l *passkeyLink) opened(q waBinary.Node) error {
	nonce, _ := q.Content.([]byte)
	if sum := sha256.Sum256(append(append([]byte{}, l.identity...), nonce...)); !hmac.Equal(sum[:], l.hash) {
		return errors.New("not what the client has committed to")
	}
	return nil
}

// request opens the client's identity and links it.
func (l *passkeyLink) request(p *pairing, q waBinary.Node) error {
	raw, _ := q.Content.([]byte)
	var sealed waCompanionReg.EncryptedPairingRequest
	var client waCompanionReg.CompanionEphemeralIdentity
	if err := errors.Join(proto.Unmarshal(raw, &sealed), proto.Unmarshal(l.identity, &client)); err != nil {
		return fmt.Errorf("pairing request: %w", err)
	}
	shared, err := curve25519.X25519(l.ephemeral.Priv[:], client.GetPublicKey())
	if err != nil || client.GetRef() != l.ref || len(sealed.GetIV()) != 12 {
		return errors.New("pairing request without its prologue")
	}
	salt := fmt.Sprintf("Companion Pairing %d with ref %s", client.GetDeviceType(), l.ref)
	key := must(hkdf.Key(sha256.New, shared, []byte(salt), "Pairing Information Encryption Key", 32))
	plain, err := newGCM(key).Open(nil, sealed.GetIV(), sealed.GetEncryptedPayload(), nil)
	if err != nil {
		return fmt.Errorf("pairing request does not open: %w", err)
	}
	var request waCompanionReg.PairingRequest
	if err := proto.Unmarshal(plain, &request); err != nil {
		return fmt.Errorf("pairing request: %w", err)
	}
	if !hmac.Equal(request.GetCompanionPublicKey(), p.noiseKey) || !hmac.Equal(request.GetCompanionIdentityKey(), p.keys.identity[:]) {
		return errors.New("the pairing request names another client")
	}
	return l.number.link(p, request.GetAdvSecret())
}
