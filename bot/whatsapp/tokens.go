package whatsapp

import (
	"context"
	"sync"
	"time"

	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// knownTokens remembers what allows us to write to people. whatsmeow asks for it before each reply, by a query that
// SQLite plans anew each time: a twentieth of what a message and its reply cost.
type knownTokens struct {
	wastore.PrivacyTokenStore

	mu    sync.Mutex // held while the database is asked, so that what is put meanwhile is not missed
	known map[types.JID]wastore.PrivacyToken
}

// PutPrivacyTokens keeps tokens.
func (s *knownTokens) PutPrivacyTokens(ctx context.Context, tokens ...wastore.PrivacyToken) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.known) // a token may be another address's of the same person too
	return s.PrivacyTokenStore.PutPrivacyTokens(ctx, tokens...)
}

// DeleteExpiredPrivacyTokens drops tokens from before a time.
func (s *knownTokens) DeleteExpiredPrivacyTokens(ctx context.Context, cutoff time.Time) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.known)
	return s.PrivacyTokenStore.DeleteExpiredPrivacyTokens(ctx, cutoff)
}

// GetPrivacyToken gives the token of a person; nil where there is none.
func (s *knownTokens) GetPrivacyToken(ctx context.Context, user types.JID) (*wastore.PrivacyToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token, ok := s.known[user]; ok {
		return given(token), nil
	}
	token, err := s.PrivacyTokenStore.GetPrivacyToken(ctx, user)
	if err != nil {
		return nil, err
	}
	if len(s.known) >= remembered {
		clear(s.known)
	}
	if token == nil {
		token = &wastore.PrivacyToken{}
	}
	s.known[user] = *token
	return given(*token), nil
}

// forget empties the memory.
func (s *knownTokens) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.known)
}

// given is a token to give away: whoever gets it changes it. An empty one stands for none.
func given(token wastore.PrivacyToken) *wastore.PrivacyToken {
	if token.User.IsEmpty() {
		return nil
	}
	return &token
}
