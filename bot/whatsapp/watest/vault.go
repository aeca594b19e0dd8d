package watest

import (
	"context"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/util/keys"
)

// vault keeps what a simulated phone must remember, in memory. whatsmeow's store
// interfaces ask for much more; the rest does nothing. Its signal's lock guards
// it.
type vault struct {
	*store.NoopStore
	identities map[string][32]byte
	sessions   map[string][]byte
	preKeys    map[uint32]*keys.PreKey
	senderKeys map[string][]byte
	appKeys    map[string]store.AppStateSyncKey
	appMACs    map[string][]byte
}

// PutIdentity remembers whose key an address has.
func (v *vault) PutIdentity(_ context.Context, address string, key [32]byte) error {
	v.identities[address] = key
	return nil
}

// IsTrustedIdentity trusts an address on first use.
func (v *vault) IsTrustedIdentity(_ context.Context, address string, key [32]byte) (bool, error) {
	known, ok := v.identities[address]
	return !ok || known == key, nil
}

// GetSession returns the session with an address, nil if there is none.
func (v *vault) GetSession(_ context.Context, address string) ([]byte, error) {
	return v.sessions[address], nil
}

// HasSession says whether there is a session with an address.
func (v *vault) HasSession(_ context.Context, address string) (bool, error) {
	return v.sessions[address] != nil, nil
}

// PutSession keeps the session with an address.
func (v *vault) PutSession(_ context.Context, address string, session []byte) error {
	v.sessions[address] = session
	return nil
}

// GetPreKey returns a one-time key handed out before.
func (v *vault) GetPreKey(_ context.Context, id uint32) (*keys.PreKey, error) {
	return v.preKeys[id], nil
}

// RemovePreKey forgets a one-time key: it was used.
func (v *vault) RemovePreKey(_ context.Context, id uint32) error {
	delete(v.preKeys, id)
	return nil
}

// PutSenderKey keeps the key for writing to a group.
func (v *vault) PutSenderKey(_ context.Context, group, user string, key []byte) error {
	v.senderKeys[group+" "+user] = key
	return nil
}

// GetSenderKey returns the key for writing to a group.
func (v *vault) GetSenderKey(_ context.Context, group, user string) ([]byte, error) {
	return v.senderKeys[group+" "+user], nil
}

// PutAppStateSyncKey keeps a key for settings shared between own devices.
func (v *vault) PutAppStateSyncKey(_ context.Context, id []byte, key store.AppStateSyncKey) error {
	v.appKeys[string(id)] = key
	return nil
}

// GetAppStateSyncKey returns a key for settings shared between own devices.
func (v *vault) GetAppStateSyncKey(_ context.Context, id []byte) (*store.AppStateSyncKey, error) {
	if key, ok := v.appKeys[string(id)]; ok {
		return &key, nil
	}
	return nil, nil
}

// GetAppStateMutationMAC returns the MAC of a setting's last value.
func (v *vault) GetAppStateMutationMAC(_ context.Context, name string, index []byte) ([]byte, error) {
	return v.appMACs[name+" "+string(index)], nil
}
