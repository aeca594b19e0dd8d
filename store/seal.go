package store

import (
	"bytes"
	"container/list"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	dataKeyBytes = 32 // AES-256
	hashBytes    = 16 // of an address: no two of a country's phone numbers meet
	cachedKeys   = 4096
)

// ring holds the keys. It is safe for concurrent use.
type ring struct {
	dir    string                 // of the keys
	master atomic.Pointer[master] // what wraps; another process may have made a newer one
	index  *prf.Set
	// recognise refuses a newer keyset that is another database's; nil while one is being opened.
	recognise func(*master) error

	// What is made of the index when it is first asked for.
	veil   func() (tink.DeterministicAEAD, error)
	aside  func() (tink.AEAD, error) // of neighbouring files
	erased func() (tink.AEAD, error) // of the list of erasures

	mu    sync.Mutex
	keys  map[int64]*list.Element // of *contactKey
	order *list.List              // most recently used first
}

func newRing(dir string, m *master, index *prf.Set) *ring {
	r := &ring{dir: dir, index: index, keys: map[int64]*list.Element{}, order: list.New()}
	r.master.Store(m)
	r.veil = sync.OnceValues(r.makeVeil)
	r.aside = sync.OnceValues(func() (tink.AEAD, error) { return r.derive("aside") })
	r.erased = sync.OnceValues(func() (tink.AEAD, error) { return r.derive("erased") })
	return r
}

// derive makes a cipher of the index, for what no data key can be stored beside.
func (r *ring) derive(what string) (tink.AEAD, error) {
	key, err := r.index.ComputePrimaryPRF([]byte(what+"\x00key"), dataKeyBytes)
	if err != nil {
		return nil, fmt.Errorf("make the key of %s: %w", what, err)
	}
	return subtle.NewAESGCM(key)
}

// hash is how a value is found again without being readable: what the hash is of comes in as its kind.
func (r *ring) hash(kind, value string) ([]byte, error) {
	h, err := r.index.ComputePrimaryPRF([]byte(kind+"\x00"+value), hashBytes)
	if err != nil {
		return nil, fmt.Errorf("hash %s: %w", kind, err)
	}
	return h, nil
}

// fingerprint recognises a data key without giving it away. It stays the same when the master key changes, and no other
// row's is the same, whatever number the row has.
func (r *ring) fingerprint(plain []byte) ([]byte, error) {
	h, err := r.index.ComputePrimaryPRF(append([]byte("fingerprint\x00"), plain...), hashBytes)
	if err != nil {
		return nil, fmt.Errorf("fingerprint of a key: %w", err)
	}
	return h, nil
}

// contactKey seals what belongs to one contact: all of it under their data key, or what a ticket of theirs holds under
// the ticket's. A nil one is of somebody who was erased: it seals and opens nothing.
type contactKey struct {
	contact int64
	wrapped []byte // as it lies in its row
	aead    *subtle.AESGCM
}

func newContactKey(contact int64, wrapped, plain []byte) (*contactKey, error) {
	gcm, err := subtle.NewAESGCM(plain)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	return &contactKey{contact, wrapped, gcm}, nil
}

func newDataKey() ([]byte, error) {
	plain := make([]byte, dataKeyBytes)
	if _, err := rand.Read(plain); err != nil {
		return nil, fmt.Errorf("make data key: %w", err)
	}
	return plain, nil
}

// make gives a contact a fresh key, inside a write transaction.
func (r *ring) make(contact int64) (*contactKey, error) {
	plain, err := newDataKey()
	if err != nil {
		return nil, err
	}
	wrapped, err := r.wrap(plain, keyRow(contact))
	if err != nil {
		return nil, err
	}
	return r.remember(contact, wrapped, plain)
}

// unwrap opens a contact's wrapped key. The caller has just read wrapped from its row, so a destroyed key is never
// served from memory.
func (r *ring) unwrap(contact int64, wrapped []byte) (*contactKey, error) {
	if k := r.recall(contact, wrapped); k != nil {
		return k, nil
	}
	if len(wrapped) == 0 {
		return nil, fmt.Errorf("%w: contact %d has no key", ErrErased, contact)
	}
	plain, err := r.decrypt(wrapped, keyRow(contact))
	if err != nil {
		return nil, fmt.Errorf("%w: key of contact %d", ErrSealed, contact)
	}
	return r.remember(contact, wrapped, plain)
}

func (r *ring) recall(contact int64, wrapped []byte) *contactKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.keys[contact]
	if !ok {
		return nil
	}
	k := e.Value.(*contactKey) //nolint:forcetypeassert // the list holds nothing else
	if !bytes.Equal(k.wrapped, wrapped) {
		r.order.Remove(e)
		delete(r.keys, contact)
		return nil
	}
	r.order.MoveToFront(e)
	return k
}

func (r *ring) remember(contact int64, wrapped, plain []byte) (*contactKey, error) {
	k, err := newContactKey(contact, wrapped, plain)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.keys[contact]; ok {
		r.order.Remove(old)
	}
	r.keys[contact] = r.order.PushFront(k)
	if r.order.Len() > cachedKeys {
		last := r.order.Back()
		r.order.Remove(last)
		delete(r.keys, last.Value.(*contactKey).contact) //nolint:forcetypeassert // the list holds nothing else
	}
	return k, nil
}

// forget drops a contact's key from memory.
func (r *ring) forget(contact int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.keys[contact]; ok {
		r.order.Remove(e)
		delete(r.keys, contact)
	}
}

func keyRow(contact int64) []byte {
	return binary.BigEndian.AppendUint64([]byte("keys.wrapped\x00"), uint64(contact)) //nolint:gosec // a row number
}

// place is where a sealed value lives: table and column, and the row's key. A value opens only in its place.
type place struct {
	column  string // "outbox.body"
	a, b, c string // the row's key
}

func (p place) bytes() []byte {
	parts := [...]string{p.column, p.a, p.b, p.c}
	out := make([]byte, 0, len(p.column)+len(p.a)+len(p.b)+len(p.c)+2*len(parts))
	for _, s := range parts {
		out = binary.AppendUvarint(out, uint64(len(s))) // no two places read the same
		out = append(out, s...)
	}
	return out
}

func (k *contactKey) seal(p place, plain []byte) ([]byte, error) {
	if k == nil {
		return nil, fmt.Errorf("%w: %s", ErrErased, p.column)
	}
	sealed, err := k.aead.Encrypt(plain, p.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", p.column, err)
	}
	return sealed, nil
}

func (k *contactKey) open(p place, sealed []byte) ([]byte, error) {
	if k == nil {
		return nil, fmt.Errorf("%w: %s", ErrErased, p.column)
	}
	plain, err := k.aead.Decrypt(sealed, p.bytes())
	if err != nil {
		return nil, fmt.Errorf("%w: %s of contact %d", ErrSealed, p.column, k.contact)
	}
	return plain, nil
}

// The places of sealed values.

func addressPlace(hash []byte) place {
	return place{column: "addresses.address", a: hex.EncodeToString(hash)}
}

func inboxPlace(contact int64, line, id string) place {
	return place{column: "inbox.input", a: number(contact), b: line, c: id}
}

func sessionPlace(contact int64, line string) place {
	return place{column: "sessions.session", a: number(contact), b: line}
}

func outboxPlace(id string) place { return place{column: "outbox.body", a: id} }

func outboxFilePlace(id string) place { return place{column: "outbox.file", a: id} }

func mediaPlace(contact int64, line, id string) place {
	return place{column: "documents.media", a: number(contact), b: line, c: id}
}

// A body under a key of its own stays where it is, whosever the document becomes.
func documentKeyPlace(line, id string) place {
	return place{column: "documents.wrapped", a: line, b: id}
}

func ownBodyPlace(line, id string) place {
	return place{column: "document_bodies.own", a: line, b: id}
}

func bodyPlace(contact int64, line, id string) place {
	return place{column: "document_bodies.body", a: number(contact), b: line, c: id}
}

func answerPlace(ticket, field string) place {
	return place{column: "answers.value", a: ticket, b: field}
}

func activityPlace(id int64) place { return place{column: "activity.text", a: number(id)} }

func number(n int64) string { return strconv.FormatInt(n, 10) }
