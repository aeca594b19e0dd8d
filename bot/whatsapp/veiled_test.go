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
