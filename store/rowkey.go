package store

import (
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// rowKey is the data key of a row that belongs to no contact: a member's, a payment's, an officer's. It lies in the
// row itself, wrapped by the master key, so deleting the row destroys it.
type rowKey struct {
	wrapped []byte
	aead    *subtle.AESGCM
}

// makeRowKey makes a fresh key for the row at a place, inside a write transaction; the place's column is the one that
// holds the wrapped key.
func (r *ring) makeRowKey(row place) (rowKey, error) {
	plain, err := newDataKey()
	if err != nil {
		return rowKey{}, err
	}
	wrapped, err := r.wrap(plain, row.bytes())
	if err != nil {
		return rowKey{}, err
	}
	return newRowKey(wrapped, plain)
}

// rowKey opens the wrapped key of the row at a place.
func (r *ring) rowKey(row place, wrapped []byte) (rowKey, error) {
	plain, err := r.decrypt(wrapped, row.bytes())
	if err != nil {
		return rowKey{}, fmt.Errorf("%w: %s", ErrSealed, row.column)
	}
	return newRowKey(wrapped, plain)
}

func newRowKey(wrapped, plain []byte) (rowKey, error) {
	gcm, err := subtle.NewAESGCM(plain)
	if err != nil {
		return rowKey{}, fmt.Errorf("data key: %w", err)
	}
	return rowKey{wrapped, gcm}, nil
}

func (k rowKey) seal(p place, plain []byte) ([]byte, error) {
	sealed, err := k.aead.Encrypt(plain, p.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", p.column, err)
	}
	return sealed, nil
}

func (k rowKey) open(p place, sealed []byte) ([]byte, error) {
	plain, err := k.aead.Decrypt(sealed, p.bytes())
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrSealed, p.column)
	}
	return plain, nil
}
