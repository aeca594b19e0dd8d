package whatsapp

import (
	"context"

	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// The stores of whatsmeow's that are about people, each behind the veil.

type veiledIdentities struct {
	wastore.IdentityStore
	veil *veil
	// changed is told of each user of whom another key than the one that is kept has come, before the other is taken. Its
	// error keeps the old one: the message is not read, and comes again.
	changed func(ctx context.Context, user string) error
}

// PutIdentity keeps the key of somebody's phone.
func (s veiledIdentities) PutIdentity(ctx context.Context, address string, key [32]byte) error {
	veiled, err := s.veil.address(address)
	if err != nil {
		return err
	}
	if err := s.IdentityStore.PutIdentity(ctx, veiled, key); err != nil {
		return err
	}
	noteSeal(ctx, address, true)
	return nil
}

// DeleteAllIdentities forgets the keys of all of somebody's phones: WhatsApp said that they are others now.
func (s veiledIdentities) DeleteAllIdentities(ctx context.Context, user string) error {
	if err := s.changed(ctx, userOf(user)); err != nil {
		return err
	}
	veiled, err := s.veil.address(user)
	if err != nil {
		return err
	}
	return s.IdentityStore.DeleteAllIdentities(ctx, veiled)
}

// DeleteIdentity forgets the key of one phone.
func (s veiledIdentities) DeleteIdentity(ctx context.Context, address string) error {
	veiled, err := s.veil.address(address)
	if err != nil {
		return err
	}
	return s.IdentityStore.DeleteIdentity(ctx, veiled)
}

// IsTrustedIdentity reports whether a phone's key is the one that is kept, or none is.
func (s veiledIdentities) IsTrustedIdentity(ctx context.Context, address string, key [32]byte) (bool, error) {
	noteSeal(ctx, address, false)
	veiled, err := s.veil.address(address)
	if err != nil {
		return false, err
	}
	trusted, err := s.IdentityStore.IsTrustedIdentity(ctx, veiled, key)
	if err == nil && !trusted { // it is trusted from here on: whatsmeow drops the old one and asks again
		err = s.changed(ctx, userOf(address))
	}
	return trusted, err
}

type veiledSessions struct {
	wastore.SessionStore
	veil *veil
}

// GetSession gives the session with a phone; nil where there is none.
func (s veiledSessions) GetSession(ctx context.Context, address string) ([]byte, error) {
	veiled, err := s.veil.address(address)
	if err != nil {
		return nil, err
	}
	return s.SessionStore.GetSession(ctx, veiled)
}

// HasSession reports whether there is a session with a phone.
func (s veiledSessions) HasSession(ctx context.Context, address string) (bool, error) {
	veiled, err := s.veil.address(address)
	if err != nil {
		return false, err
	}
	return s.SessionStore.HasSession(ctx, veiled)
}

// GetManySessions gives the sessions with phones, nil for those without one.
func (s veiledSessions) GetManySessions(ctx context.Context, addresses []string) (map[string][]byte, error) {
	veiled := make([]string, len(addresses))
	for i, address := range addresses {
		var err error
		if veiled[i], err = s.veil.address(address); err != nil {
			return nil, err
		}
	}
	found, err := s.SessionStore.GetManySessions(ctx, veiled)
	if err != nil || found == nil {
		return nil, err
	}
	sessions := make(map[string][]byte, len(addresses))
	for i, address := range addresses {
		sessions[address] = found[veiled[i]]
	}
	return sessions, nil
}

// PutSession keeps the session with a phone.
func (s veiledSessions) PutSession(ctx context.Context, address string, session []byte) error {
	veiled, err := s.veil.address(address)
	if err != nil {
		return err
	}
	return s.SessionStore.PutSession(ctx, veiled, session)
}

// PutManySessions keeps sessions with phones.
func (s veiledSessions) PutManySessions(ctx context.Context, sessions map[string][]byte) error {
	veiled := make(map[string][]byte, len(sessions))
	for address, session := range sessions {
		hidden, err := s.veil.address(address)
		if err != nil {
			return err
		}
		veiled[hidden] = session
	}
	return s.SessionStore.PutManySessions(ctx, veiled)
}

// DeleteAllSessions forgets the sessions with all of somebody's phones.
func (s veiledSessions) DeleteAllSessions(ctx context.Context, user string) error {
	veiled, err := s.veil.address(user)
	if err != nil {
		return err
	}
	return s.SessionStore.DeleteAllSessions(ctx, veiled)
}

// DeleteSession forgets the session with a phone.
func (s veiledSessions) DeleteSession(ctx context.Context, address string) error {
	veiled, err := s.veil.address(address)
	if err != nil {
		return err
	}
	return s.SessionStore.DeleteSession(ctx, veiled)
}

// MigratePNToLID moves what is kept under a number to its LID.
func (s veiledSessions) MigratePNToLID(ctx context.Context, pn, lid types.JID) error {
	pn, lid, err := s.veil.both(pn, lid)
	if err != nil {
		return err
	}
	return s.SessionStore.MigratePNToLID(ctx, pn, lid)
}

type veiledSenderKeys struct {
	wastore.SenderKeyStore
	veil *veil
}

// PutSenderKey keeps the key that somebody uses in a group.
func (s veiledSenderKeys) PutSenderKey(ctx context.Context, group, user string, session []byte) error {
	group, user, err := s.both(group, user)
	if err != nil {
		return err
	}
	return s.SenderKeyStore.PutSenderKey(ctx, group, user, session)
}

// GetSenderKey gives it; nil where there is none.
func (s veiledSenderKeys) GetSenderKey(ctx context.Context, group, user string) ([]byte, error) {
	group, user, err := s.both(group, user)
	if err != nil {
		return nil, err
	}
	return s.SenderKeyStore.GetSenderKey(ctx, group, user)
}

func (s veiledSenderKeys) both(group, user string) (string, string, error) {
	group, err := s.veil.address(group)
	if err != nil {
		return "", "", err
	}
	user, err = s.veil.address(user)
	return group, user, err
}

type veiledSecrets struct {
	wastore.MsgSecretStore
	veil *veil
}

// PutMessageSecrets keeps secrets of messages.
func (s veiledSecrets) PutMessageSecrets(ctx context.Context, inserts []wastore.MessageSecretInsert) error {
	veiled := make([]wastore.MessageSecretInsert, len(inserts))
	for i, insert := range inserts {
		var err error
		if insert.Chat, insert.Sender, err = s.veil.both(insert.Chat, insert.Sender); err != nil {
			return err
		}
		veiled[i] = insert
	}
	return s.MsgSecretStore.PutMessageSecrets(ctx, veiled)
}

// PutMessageSecret keeps the secret of a message, which later ones about it are sealed with.
func (s veiledSecrets) PutMessageSecret(ctx context.Context, chat, sender types.JID, id types.MessageID, secret []byte) error {
	chat, sender, err := s.veil.both(chat, sender)
	if err != nil {
		return err
	}
	return s.MsgSecretStore.PutMessageSecret(ctx, chat, sender, id, secret)
}

// GetMessageSecret gives it, and under which address its sender wrote.
func (s veiledSecrets) GetMessageSecret(ctx context.Context, chat, sender types.JID, id types.MessageID) ([]byte, types.JID, error) {
	chat, sender, err := s.veil.both(chat, sender)
	if err != nil {
		return nil, types.EmptyJID, err
	}
	secret, sender, err := s.MsgSecretStore.GetMessageSecret(ctx, chat, sender, id)
	if err != nil {
		return nil, types.EmptyJID, err
	}
	sender, err = s.veil.plain(sender)
	return secret, sender, err
}

type veiledTokens struct {
	wastore.PrivacyTokenStore
	veil *veil
}

// PutPrivacyTokens keeps what allows us to write to people.
func (s veiledTokens) PutPrivacyTokens(ctx context.Context, tokens ...wastore.PrivacyToken) error {
	veiled := make([]wastore.PrivacyToken, len(tokens))
	for i, token := range tokens {
		var err error
		if token.User, err = s.veil.jid(token.User); err != nil {
			return err
		}
		veiled[i] = token
	}
	return s.PrivacyTokenStore.PutPrivacyTokens(ctx, veiled...)
}

// GetPrivacyToken gives it; nil where there is none.
func (s veiledTokens) GetPrivacyToken(ctx context.Context, user types.JID) (*wastore.PrivacyToken, error) {
	veiled, err := s.veil.jid(user)
	if err != nil {
		return nil, err
	}
	token, err := s.PrivacyTokenStore.GetPrivacyToken(ctx, veiled)
	if err != nil || token == nil {
		return nil, err
	}
	token.User = user.ToNonAD()
	return token, nil
}

type veiledLIDs struct {
	store func() wastore.LIDStore // at present: it is another once somebody was forgotten
	veil  *veil
}

// PutLIDMapping notes that a LID and a number are one person's.
func (s veiledLIDs) PutLIDMapping(ctx context.Context, lid, pn types.JID) error {
	lid, pn, err := s.veil.both(lid, pn)
	if err != nil {
		return err
	}
	return s.store().PutLIDMapping(ctx, lid, pn)
}

// PutManyLIDMappings notes many.
func (s veiledLIDs) PutManyLIDMappings(ctx context.Context, mappings []wastore.LIDMapping) error {
	veiled := make([]wastore.LIDMapping, len(mappings))
	for i, m := range mappings {
		var err error
		if m.LID, m.PN, err = s.veil.both(m.LID, m.PN); err != nil {
			return err
		}
		veiled[i] = m
	}
	return s.store().PutManyLIDMappings(ctx, veiled)
}

// GetPNForLID gives the number behind a LID; empty where it is not known.
func (s veiledLIDs) GetPNForLID(ctx context.Context, lid types.JID) (types.JID, error) {
	return s.get(ctx, lid, s.store().GetPNForLID)
}

// GetLIDForPN gives the LID of a number; empty where it is not known.
func (s veiledLIDs) GetLIDForPN(ctx context.Context, pn types.JID) (types.JID, error) {
	return s.get(ctx, pn, s.store().GetLIDForPN)
}

func (s veiledLIDs) get(ctx context.Context, of types.JID, from func(context.Context, types.JID) (types.JID, error)) (types.JID, error) {
	veiled, err := s.veil.jid(of)
	if err != nil {
		return types.EmptyJID, err
	}
	found, err := from(ctx, veiled)
	if err != nil {
		return types.EmptyJID, err
	}
	return s.veil.plain(found)
}

// GetManyLIDsForPNs gives the LIDs of numbers, as far as they are known.
func (s veiledLIDs) GetManyLIDsForPNs(ctx context.Context, pns []types.JID) (map[types.JID]types.JID, error) {
	veiled := make([]types.JID, len(pns))
	for i, pn := range pns {
		var err error
		if veiled[i], err = s.veil.jid(pn); err != nil {
			return nil, err
		}
	}
	found, err := s.store().GetManyLIDsForPNs(ctx, veiled)
	if err != nil {
		return nil, err
	}
	lids := make(map[types.JID]types.JID, len(found))
	for i, pn := range pns {
		lid, ok := found[veiled[i]]
		if !ok {
			continue
		}
		if lids[pn], err = s.veil.plain(lid); err != nil {
			return nil, err
		}
	}
	return lids, nil
}
