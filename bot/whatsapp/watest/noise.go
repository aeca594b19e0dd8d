package watest

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// noise is the responder's side of Noise_XX_25519_AESGCM_SHA256 (the Noise
// Protocol Framework, revision 34, sections 5 and 7.5), written apart from
// whatsmeow's so that each checks the other.
type noise struct {
	hash, salt []byte
	aead       cipher.AEAD
	counter    uint32
}

// newNoise starts from the protocol's name, which is exactly 32 bytes long and
// therefore hash, salt and first key as it stands; then the connection header
// is mixed in as prologue.
func newNoise() *noise {
	name := []byte(socket.NoiseStartPattern)
	n := &noise{hash: name, salt: name, aead: newGCM(name)}
	n.mixHash(socket.WAConnHeader)
	return n
}

func (n *noise) mixHash(data []byte) {
	h := sha256.New()
	h.Write(n.hash)
	h.Write(data)
	n.hash = h.Sum(nil)
}

// mixKey runs a Diffie-Hellman exchange and takes the next key from it.
func (n *noise) mixKey(private *[32]byte, public []byte) error {
	secret, err := curve25519.X25519(private[:], public)
	if err != nil {
		return fmt.Errorf("key exchange: %w", err)
	}
	var key []byte
	n.salt, key = n.split(secret)
	n.aead, n.counter = newGCM(key), 0
	return nil
}

func (n *noise) split(secret []byte) (first, second []byte) {
	out := must(hkdf.Key(sha256.New, secret, n.salt, "", 64))
	return out[:32], out[32:]
}

func (n *noise) encrypt(plain []byte) []byte {
	sealed := n.aead.Seal(nil, nonce(n.counter), plain, n.hash)
	n.counter++
	n.mixHash(sealed)
	return sealed
}

func (n *noise) decrypt(sealed []byte) ([]byte, error) {
	plain, err := n.aead.Open(nil, nonce(n.counter), sealed, n.hash)
	if err != nil {
		return nil, fmt.Errorf("open handshake payload: %w", err)
	}
	n.counter++
	n.mixHash(sealed)
	return plain, nil
}

// greet answers the handshake on a fresh connection: it returns the client's
// static key and what it asks for (to be paired, or to log in), and leaves the
// frames encrypted in both directions.
func greet(ctx context.Context, f *frames, certs *certificates) (clientKey []byte, hello *waWa6.ClientPayload, err error) {
	first, err := readHandshake(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	theirs := first.GetClientHello().GetEphemeral()
	n, ours := newNoise(), keys.NewKeyPair()
	n.mixHash(theirs)
	n.mixHash(ours.Pub[:])
	if err = n.mixKey(ours.Priv, theirs); err != nil {
		return nil, nil, err
	}
	sealedStatic := n.encrypt(certs.static.Pub[:])
	if err = n.mixKey(certs.static.Priv, theirs); err != nil {
		return nil, nil, err
	}
	answer, err := proto.Marshal(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{
		Ephemeral: ours.Pub[:], Static: sealedStatic, Payload: n.encrypt(certs.chain),
	}})
	if err != nil {
		return nil, nil, fmt.Errorf("marshal server hello: %w", err)
	}
	if err = f.write(ctx, answer); err != nil {
		return nil, nil, err
	}
	last, err := readHandshake(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	return n.finish(f, ours, last.GetClientFinish())
}

// finish opens the client's static key and payload and switches the frames to
// the keys both sides now share.
func (n *noise) finish(f *frames, ours *keys.KeyPair, last *waWa6.HandshakeMessage_ClientFinish) ([]byte, *waWa6.ClientPayload, error) {
	clientKey, err := n.decrypt(last.GetStatic())
	if err != nil {
		return nil, nil, err
	}
	if err = n.mixKey(ours.Priv, clientKey); err != nil {
		return nil, nil, err
	}
	plain, err := n.decrypt(last.GetPayload())
	if err != nil {
		return nil, nil, err
	}
	hello := &waWa6.ClientPayload{}
	if err = proto.Unmarshal(plain, hello); err != nil {
		return nil, nil, fmt.Errorf("client payload: %w", err)
	}
	fromClient, toClient := n.split(nil)
	f.secure(newGCM(fromClient), newGCM(toClient))
	return clientKey, hello, nil
}

func readHandshake(ctx context.Context, f *frames) (*waWa6.HandshakeMessage, error) {
	raw, err := f.read(ctx)
	if err != nil {
		return nil, err
	}
	message := &waWa6.HandshakeMessage{}
	if err = proto.Unmarshal(raw, message); err != nil {
		return nil, fmt.Errorf("handshake message: %w", err)
	}
	return message, nil
}

// newGCM panics on a key of a wrong length, which only a mistake in this
// package can produce.
func newGCM(key []byte) cipher.AEAD { return must(cipher.NewGCM(must(aes.NewCipher(key)))) }

// nonce is the 12-byte counter of Noise: eight zero bytes and the count.
func nonce(count uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], count)
	return iv
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Errorf("watest: %w", err))
	}
	return v
}
