package store

import (
	"encoding/hex"
	"fmt"
	"slices"

	daead "github.com/tink-crypto/tink-go/v2/daead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// makeVeil makes the cipher (AES-SIV, RFC 5297) of what must be sealed and yet be looked up by: the same always seals
// to the same. Its key comes from the index, which is what finds things again.
func (r *ring) makeVeil() (tink.DeterministicAEAD, error) {
	var halves [2][]byte
	for i := range halves {
		half, err := r.index.ComputePrimaryPRF(fmt.Appendf(nil, "veil\x00%d", i), daead.AESSIVKeySize/2)
		if err != nil {
			return nil, fmt.Errorf("make the veil: %w", err)
		}
		halves[i] = half
	}
	return daead.NewAESSIV(slices.Concat(halves[:]...))
}

// VeilAside seals a word of a neighbouring file of the data directory (whatsmeow's) so that it can still be looked up
// by and compared: the same word under the same name gives the same, in lower-case hexadecimal. That two are the same
// is all it tells.
func (d *DB) VeilAside(name, word string) (string, error) {
	veil, err := d.ring.veil()
	if err != nil {
		return "", err
	}
	sealed, err := veil.EncryptDeterministically([]byte(word), []byte("aside\x00"+name))
	if err != nil {
		return "", fmt.Errorf("veil %s: %w", name, err)
	}
	return hex.EncodeToString(sealed), nil
}

// UnveilAside gives the word that VeilAside sealed. Error: ErrSealed.
func (d *DB) UnveilAside(name, veiled string) (string, error) {
	veil, err := d.ring.veil()
	if err != nil {
		return "", err
	}
	sealed, err := hex.DecodeString(veiled)
	if err != nil {
		return "", fmt.Errorf("%w: %s", ErrSealed, name)
	}
	word, err := veil.DecryptDeterministically(sealed, []byte("aside\x00"+name))
	if err != nil {
		return "", fmt.Errorf("%w: %s", ErrSealed, name)
	}
	return string(word), nil
}
