package watest

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// pairing is a client without an account, showing its codes.
type pairing struct {
	conn     *conn
	noiseKey []byte
	keys     *companionKeys
	refs     []string
	typed    *typedCode   // if it asked for a code to type instead
	passkey  *passkeyLink // if the account's passkey is asked for
	linked   *companion   // after the scan
	vain     bool         // the client is to refuse the number
}

// offerPairing sends the references that the client shows as QR codes: the
// first for a minute, each of the others for 20 s.
func (c *conn) offerPairing(noiseKey []byte, data *waWa6.ClientPayload_DevicePairingRegistrationData) {
	p := &pairing{conn: c, noiseKey: noiseKey, keys: &companionKeys{
		registration: parseKeyID(data.GetERegid()), signedID: parseKeyID(data.GetESkeyID()),
	}}
	copy(p.keys.identity[:], data.GetEIdent())
	copy(p.keys.signed[:], data.GetESkeyVal())
	copy(p.keys.signature[:], data.GetESkeySig())
	var refs []waBinary.Node
	c.s.mu.Lock()
	for range 6 {
		random := make([]byte, 12)
		_, _ = rand.Read(random)
		ref := "2@" + base64.StdEncoding.EncodeToString(random)
		c.s.pairings[ref] = p
		p.refs = append(p.refs, ref)
		refs = append(refs, waBinary.Node{Tag: "ref", Content: []byte(ref)})
	}
	c.s.mu.Unlock()
	c.pairing = p
	c.send(serverIQ(c.s.nextID("pair-"), waBinary.Node{Tag: "pair-device", Content: refs}))
}

func serverIQ(id string, child waBinary.Node) waBinary.Node {
	return waBinary.Node{
		Tag:     "iq",
		Attrs:   waBinary.Attrs{"from": types.ServerJID, "type": "set", "id": id, "xmlns": "md", "t": unixNow()},
		Content: []waBinary.Node{child},
	}
}

// withdraw forgets a client that went away without being linked.
func (s *Server) withdraw(p *pairing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ref := range p.refs {
		delete(s.pairings, ref)
	}
}

// ScanQR is the owner pointing the number's phone at the code a client shows;
// the text is what the QR code holds. It fails the test if the code is not one
// of ours or no longer shown. The client is online after [Number.AwaitOnline].
func (n *Number) ScanQR(code string) {
	n.s.t.Helper()
	if err := n.TryScanQR(code); err != nil {
		n.s.t.Fatalf("watest: scan QR code: %v", err)
	}
}

// TryScanQR is [Number.ScanQR] with the error returned.
func (n *Number) TryScanQR(code string) error {
	p, secret, err := n.s.readQR(code)
	if err != nil {
		return err
	}
	return n.link(p, secret)
}

// ScanQRInVain is [Number.ScanQR] where the client is to refuse this number:
// then the number has no device more than before, and a client that takes it
// fails the test.
func (n *Number) ScanQRInVain(code string) {
	n.s.t.Helper()
	p, secret, err := n.s.readQR(code)
	if err == nil {
		n.s.mu.Lock()
		p.vain = true
		n.s.mu.Unlock()
		err = n.link(p, secret)
	}
	if err != nil {
		n.s.t.Fatalf("watest: scan QR code: %v", err)
	}
}

// refused unlinks a client that would not have the number; false where it was
// to take it.
func (c *conn) refused() bool {
	if c.pairing == nil {
		return false
	}
	c.s.mu.Lock()
	linked, vain := c.pairing.linked, c.pairing.vain
	c.s.mu.Unlock()
	if linked == nil || !vain {
		return false
	}
	linked.forget()
	linked.number.Lock()
	linked.number.announce()
	linked.number.Unlock()
	return true
}

// readQR returns the client that shows a code, and the secret in the code.
func (s *Server) readQR(code string) (p *pairing, secret []byte, err error) {
	_, fields, ok := strings.Cut(code, "#")
	if !ok {
		return nil, nil, errors.New("the code is not a link with a fragment")
	}
	parts := strings.Split(fields, ",") // reference, noise key, identity key, secret, kind of client
	if len(parts) < 5 {
		return nil, nil, fmt.Errorf("the code has %d parts, not 5", len(parts))
	}
	s.mu.Lock()
	p = s.pairings[parts[0]]
	s.mu.Unlock()
	if p == nil {
		return nil, nil, errors.New("no client shows this code, or no longer")
	}
	noiseKey, identity := decode(parts[1]), decode(parts[2])
	if !hmac.Equal(noiseKey, p.noiseKey) || !hmac.Equal(identity, p.keys.identity[:]) {
		return nil, nil, errors.New("the keys in the code are not those the client registered")
	}
	return p, decode(parts[3]), nil
}

func decode(text string) []byte {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return raw
}

// link signs the client's identity with the account's key and tells the client
// so, authenticated with the secret that only the phone and the client know.
func (n *Number) link(p *pairing, secret []byte) error {
	account := n.signal.device.IdentityKey
	linkedAt := uint64(time.Now().Unix()) //nolint:gosec // G115: the clock is past 1970
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID: proto.Uint32(77), Timestamp: proto.Uint64(linkedAt), KeyIndex: proto.Uint32(1),
	})
	if err != nil {
		return fmt.Errorf("marshal device identity: %w", err)
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*account.Priv), accountClaim(details, p.keys.identity))
	signed, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentity{
		Details: details, AccountSignatureKey: account.Pub[:], AccountSignature: signature[:],
	})
	if err != nil {
		return fmt.Errorf("marshal signed identity: %w", err)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(signed)
	sealed, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: signed, HMAC: mac.Sum(nil)})
	if err != nil {
		return fmt.Errorf("marshal authenticated identity: %w", err)
	}
	c := n.adopt(p)
	p.conn.send(serverIQ(n.s.nextID("paired-"), waBinary.Node{Tag: "pair-success", Content: []waBinary.Node{
		{Tag: "device-identity", Content: sealed},
		{Tag: "device", Attrs: waBinary.Attrs{"jid": c.jid, "lid": c.lid}},
		{Tag: "platform", Attrs: waBinary.Attrs{"name": "android"}},
	}}))
	return nil
}

// accountClaim is what the account signs: this device is mine.
func accountClaim(details []byte, identity [32]byte) []byte {
	return append(append([]byte{6, 0}, details...), identity[:]...)
}

// deviceClaim is what the device signs in return: that account is mine.
func deviceClaim(details []byte, identity, account [32]byte) []byte {
	return append(append(append([]byte{6, 1}, details...), identity[:]...), account[:]...)
}

// adopt records the client as a device of this number.
func (n *Number) adopt(p *pairing) *companion {
	c := &companion{s: n.s, number: n, jid: n.pn, lid: n.lid, noiseKey: p.noiseKey, keys: p.keys, index: map[string][]*list.Element{}}
	n.Lock()
	n.lastDevice++ // one byte on the wire, so it is counted for each account
	c.jid.Device, c.lid.Device = n.lastDevice, n.lastDevice
	c.window = n.window
	n.companions = append(n.companions, c)
	n.announce()
	n.Unlock()

	n.s.withdraw(p)
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	p.linked = c
	n.s.companions[c.jid] = c
	return c
}

// signed checks the client's half of the pairing and sends it off to log in.
func (c *conn) signed(stanza *waBinary.Node) {
	if c.pairing == nil {
		return
	}
	c.s.mu.Lock()
	linked, vain := c.pairing.linked, c.pairing.vain
	c.s.mu.Unlock()
	child, ok := stanza.GetOptionalChildByTag("pair-device-sign", "device-identity")
	if !ok || linked == nil {
		return // the plain result that answers pair-device
	}
	if vain {
		c.s.wrong("the client took a number that it was to refuse")
	}
	raw, _ := child.Content.([]byte)
	identity := &waAdv.ADVSignedDeviceIdentity{}
	if err := proto.Unmarshal(raw, identity); err != nil {
		c.s.wrong("pair-device-sign: %v", err)
		return
	}
	claim := deviceClaim(identity.GetDetails(), linked.keys.identity, *linked.number.signal.device.IdentityKey.Pub)
	signature := identity.GetDeviceSignature()
	if len(signature) != 64 || !ecc.VerifySignature(ecc.NewDjbECPublicKey(linked.keys.identity), claim, [64]byte(signature)) {
		c.s.wrong("pair-device-sign: the device's signature does not verify")
		return
	}
	// Not at once: whatsmeow announces PairSuccess only after this stanza, and on loopback its reconnect can
	// overtake that (GetQRChannel then ends in "err-unexpected-state").
	c.s.later(pairingGap, func() {
		c.send(waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{"code": "515"}})
	})
}

// pairingGap is how long WhatsApp takes between the pairing and the restart of
// the stream that follows it.
const pairingGap = 30 * time.Millisecond
