package watest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/groups"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/session"
	"go.mau.fi/libsignal/util/optional"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// signal is a phone's end of the Signal protocol: its keys and its sessions
// with our companions. It is locked around sealing and queueing together, so
// that messages are queued in the order of their ratchet.
type signal struct {
	sync.Mutex
	device *store.Device
	vault  *vault
	last   uint32 // the last one-time key handed out
}

func newSignal() *signal {
	v := &vault{
		NoopStore: &store.NoopStore{}, identities: map[string][32]byte{}, sessions: map[string][]byte{},
		preKeys: map[uint32]*keys.PreKey{}, senderKeys: map[string][]byte{},
		appKeys: map[string]store.AppStateSyncKey{}, appMACs: map[string][]byte{},
	}
	d := &store.Device{IdentityKey: keys.NewKeyPair(), NoiseKey: keys.NewKeyPair(), RegistrationID: 4242}
	d.SignedPreKey = d.IdentityKey.CreateSignedPreKey(1)
	d.SetAllStores(v)
	return &signal{device: d, vault: v}
}

// bundle is the answer to somebody who wants to write to this phone for the
// first time, with a fresh one-time key.
func (g *signal) bundle() []waBinary.Node {
	g.Lock()
	defer g.Unlock()
	g.last++
	once := keys.NewPreKey(g.last)
	g.vault.preKeys[g.last] = once
	signed := g.device.SignedPreKey
	return []waBinary.Node{
		{Tag: "registration", Content: binary.BigEndian.AppendUint32(nil, g.device.RegistrationID)},
		{Tag: "type", Content: []byte{ecc.DjbType}},
		{Tag: "identity", Content: g.device.IdentityKey.Pub[:]},
		{Tag: "skey", Content: []waBinary.Node{
			{Tag: "id", Content: keyID(signed.KeyID)},
			{Tag: "value", Content: signed.Pub[:]},
			{Tag: "signature", Content: signed.Signature[:]},
		}},
		{Tag: "key", Content: []waBinary.Node{{Tag: "id", Content: keyID(once.KeyID)}, {Tag: "value", Content: once.Pub[:]}}},
	}
}

// keyID is a key's number in three bytes, as WhatsApp writes it.
func keyID(id uint32) []byte { return binary.BigEndian.AppendUint32(nil, id)[1:] }

func parseKeyID(b []byte) uint32 {
	var four [4]byte
	copy(four[max(0, 4-len(b)):], b)
	return binary.BigEndian.Uint32(four[:])
}

// seal encrypts a message for a companion, in a new session if there is none.
// The signal must be locked.
func (g *signal) seal(ctx context.Context, to *companion, message *waE2E.Message) (waBinary.Node, error) {
	plain, err := proto.Marshal(message)
	if err != nil {
		return waBinary.Node{}, fmt.Errorf("marshal message: %w", err)
	}
	address := to.lid.SignalAddress()
	builder := session.NewBuilderFromSignal(g.device, address, store.SignalProtobufSerializer)
	if known, _ := g.device.ContainsSession(ctx, address); !known {
		if err = builder.ProcessBundle(ctx, to.bundle()); err != nil {
			return waBinary.Node{}, fmt.Errorf("start session: %w", err)
		}
	}
	sealed, err := session.NewCipher(builder, address).Encrypt(ctx, pad(plain))
	if err != nil {
		return waBinary.Node{}, fmt.Errorf("encrypt: %w", err)
	}
	kind := "msg"
	if sealed.Type() == protocol.PREKEY_TYPE {
		kind = "pkmsg"
	}
	return waBinary.Node{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": kind}, Content: sealed.Serialize()}, nil
}

// sealGroup encrypts a message for a group, and the key to read it with, which
// goes to each member in a message of its own. The signal must be locked.
func (g *signal) sealGroup(ctx context.Context, group, sender types.JID, message *waE2E.Message) (key []byte, enc waBinary.Node, err error) {
	plain, err := proto.Marshal(message)
	if err != nil {
		return nil, enc, fmt.Errorf("marshal message: %w", err)
	}
	name := protocol.NewSenderKeyName(group.String(), sender.SignalAddress())
	builder := groups.NewGroupSessionBuilder(g.device, store.SignalProtobufSerializer)
	distribution, err := builder.Create(ctx, name)
	if err != nil {
		return nil, enc, fmt.Errorf("make sender key: %w", err)
	}
	sealed, err := groups.NewGroupCipher(builder, name, g.device).Encrypt(ctx, pad(plain))
	if err != nil {
		return nil, enc, fmt.Errorf("encrypt for group: %w", err)
	}
	enc = waBinary.Node{
		Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": "skmsg"},
		Content: sealed.(*protocol.SenderKeyMessage).SignedSerialize(),
	}
	return distribution.Serialize(), enc, nil
}

// open decrypts what a companion sealed for this phone.
func (g *signal) open(ctx context.Context, from types.JID, enc waBinary.Node) (*waE2E.Message, error) {
	sealed, ok := enc.Content.([]byte)
	if !ok {
		return nil, fmt.Errorf("<enc> holds %T", enc.Content)
	}
	g.Lock()
	defer g.Unlock()
	form := store.SignalProtobufSerializer
	cipher := session.NewCipher(session.NewBuilderFromSignal(g.device, from.SignalAddress(), form), from.SignalAddress())
	var plain []byte
	var err error
	if enc.Attrs["type"] == "pkmsg" {
		var m *protocol.PreKeySignalMessage
		if m, err = protocol.NewPreKeySignalMessageFromBytes(sealed, form.PreKeySignalMessage, form.SignalMessage); err == nil {
			plain, err = cipher.DecryptMessage(ctx, m)
		}
	} else {
		var m *protocol.SignalMessage
		if m, err = protocol.NewSignalMessageFromBytes(sealed, form.SignalMessage); err == nil {
			plain, err = cipher.Decrypt(ctx, m)
		}
	}
	if err != nil {
		return nil, err
	}
	message := &waE2E.Message{}
	return message, proto.Unmarshal(unpad(plain), message)
}

// forget drops the session with a companion, so that the next message starts a
// new one. The signal must be locked.
func (g *signal) forget(to *companion) { delete(g.vault.sessions, to.lid.SignalAddress().String()) }

// pad appends n bytes of value n, 1 to 15 of them, as WhatsApp does.
func pad(plain []byte) []byte {
	var b [1]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	n := b[0]%15 + 1
	return append(plain, bytes.Repeat([]byte{n}, int(n))...)
}

func unpad(plain []byte) []byte {
	if len(plain) == 0 {
		return plain
	}
	return plain[:max(0, len(plain)-int(plain[len(plain)-1]))]
}

// companionKeys is what a companion published about itself: when it asked to be
// paired, and later as one-time keys.
type companionKeys struct {
	registration uint32
	identity     [32]byte
	signedID     uint32
	signed       [32]byte
	signature    [64]byte
	oneTime      []oneTimeKey
}

type oneTimeKey struct {
	id     uint32
	public [32]byte
}

// bundle makes what a phone needs for its first message, using up a one-time
// key if any is left.
func (k *companionKeys) bundle(device uint16) *prekey.Bundle {
	id, once := optional.NewEmptyUint32(), ecc.ECPublicKeyable(nil)
	if len(k.oneTime) > 0 {
		id, once = optional.NewOptionalUint32(k.oneTime[0].id), ecc.NewDjbECPublicKey(k.oneTime[0].public)
		k.oneTime = k.oneTime[1:]
	}
	return prekey.NewBundle(k.registration, uint32(device), id, k.signedID, once,
		ecc.NewDjbECPublicKey(k.signed), k.signature, identity.NewKey(ecc.NewDjbECPublicKey(k.identity)))
}
