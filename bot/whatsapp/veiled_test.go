package whatsapp

import (
	"context"
	"errors"
	"slices"
	"testing"

	wastore "go.mau.fi/whatsmeow/store"
)

// plainly is a store that veils nothing.
type plainly struct{ Store }

func (plainly) VeilAside(_, word string) (string, error) { return word, nil }

// identities notes what is deleted from it.
type identities struct {
	*wastore.NoopStore
	noted *[]string
}

func (i identities) DeleteAllIdentities(_ context.Context, user string) error {
	*i.noted = append(*i.noted, "deleted "+user)
	return nil
}

// WhatsApp's notice of another key is handled beside messages: were the old key dropped first, a message under the new
// one could come in between, as of somebody who was never met.
func TestAKeyIsDroppedOnlyOnceItsOwnerIsDoubted(t *testing.T) {
	var noted []string
	var fails error
	s := veiledIdentities{
		identities{noted: &noted},
		newVeil(plainly{}),
		func(_ context.Context, user string) error {
			noted = append(noted, "doubted "+user)
			return fails
		},
	}
	if err := s.DeleteAllIdentities(t.Context(), "187_1"); err != nil {
		t.Fatal(err)
	}
	fails = errors.New("no room")
	if err := s.DeleteAllIdentities(t.Context(), "188"); !errors.Is(err, fails) {
		t.Errorf("a doubt that failed: %v", err)
	}
	if want := []string{"doubted 187", "deleted 187_1", "doubted 188"}; !slices.Equal(noted, want) {
		t.Errorf("noted %q, want %q", noted, want)
	}
}

// trusts is asked whether keys are trusted, and keeps them.
type trusts struct {
	*wastore.NoopStore
	trusted bool
	full    error
}

func (s *trusts) IsTrustedIdentity(context.Context, string, [32]byte) (bool, error) {
	return s.trusted, nil
}
func (s *trusts) PutIdentity(context.Context, string, [32]byte) error { return s.full }

func TestAMessageIsSealedWhereThePhonesKeyWasTrustedAndKeptLast(t *testing.T) {
	full := errors.New("no room")
	for _, c := range []struct {
		name   string
		before bool // a session was begun before
		asked  bool
		last   trusts
		sealed bool
	}{
		{"trusted and kept", false, true, trusts{trusted: true}, true},
		{"in a new session", true, true, trusts{trusted: true}, true},
		{"no session", false, false, trusts{}, false},
		{"another key", false, true, trusts{}, false},
		{"another key since the session was begun", true, true, trusts{}, false},
		{"not kept", true, true, trusts{trusted: true, full: full}, false},
	} {
		sealed, kept := make(seals), &trusts{trusted: true}
		s := veiledIdentities{kept, newVeil(plainly{}), func(context.Context, string) error { return nil }}
		seal := func() {
			trusted, err := s.IsTrustedIdentity(sealed.in(t.Context()), "187_1:0", [32]byte{})
			if err == nil && trusted {
				_ = s.PutIdentity(sealed.in(t.Context()), "187_1:0", [32]byte{}) // noted if it fails
			}
		}
		if c.before {
			seal()
		}
		if *kept = c.last; c.asked {
			seal()
		}
		if sealed["187_1:0"] != c.sealed || sealed["187_1:1"] {
			t.Errorf("%s: noted %v", c.name, sealed)
		}
	}
}
