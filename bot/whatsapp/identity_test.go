package whatsapp_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/dialog"
)

// doubts notes in one order what the store is told to doubt and what the bot is handed.
type doubts struct {
	whatsapp.Store
	whatsapp.Handler

	mu     sync.Mutex
	events []string
	fails  int // so many times the store cannot be told
}

func (d *doubts) Doubt(ctx context.Context, address, why string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails > 0 {
		d.fails--
		return errors.New("no room")
	}
	if why != dialog.DoubtIdentity {
		return errors.New("not for this")
	}
	d.events = append(d.events, address)
	return d.Store.Doubt(ctx, address, why)
}

func (d *doubts) Handle(ctx context.Context, in dialog.Input) error {
	d.mu.Lock()
	d.events = append(d.events, in.Text)
	d.mu.Unlock()
	return d.Handler.Handle(ctx, in)
}

// after gives what was noted since, without repetitions, once it holds words.
func (d *doubts) after(t *testing.T, words string, all ...string) (before []string) {
	t.Helper()
	await(t, words, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		before = slices.Clone(d.events)
		return !slices.ContainsFunc(append(all, words), func(s string) bool { return !slices.Contains(before, s) })
	})
	d.mu.Lock()
	d.events = nil
	d.mu.Unlock()
	return before[:slices.Index(before, words)]
}

func doubting(t *testing.T) (*watest.Server, *watest.Number, *watest.Person, *doubts) {
	t.Helper()
	wa := watest.New(t)
	number, siti, noted := wa.Number("6281100000001"), wa.Person("6281200000001"), &doubts{}
	between := func(h whatsapp.Handler) whatsapp.Handler {
		noted.Handler = h
		return noted
	}
	d := runWith(t, wa, t.TempDir(), between, func(o *whatsapp.Options) { noted.Store, o.Store = o.Store, noted })
	d.link("chika", number)
	return wa, number, siti, noted
}

func TestANewPhoneIsDoubtedBeforeItsFirstMessageIsHandled(t *testing.T) {
	t.Parallel()
	for name, reinstall := range map[string]func(*watest.Person){
		"told":   (*watest.Person).Reinstalls,
		"untold": (*watest.Person).ReinstallsUntold,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, number, siti, noted := doubting(t)
			phone, lid := siti.JID().User, siti.LID().String()
			siti.Sends(number, "satu")
			siti.Reads()
			siti.Sends(number, "dua")
			siti.Reads()
			if before := noted.after(t, "dua"); slices.Contains(before, lid) || slices.Contains(before, phone) {
				t.Errorf("doubted on first contact: %q", before)
			}
			for _, words := range []string{"telepon baru", "dan satu lagi"} {
				reinstall(siti)
				siti.Sends(number, words)
				equal(t, "answer", siti.Reads().Text, words)
				if before := noted.after(t, words, phone); !slices.Contains(before, lid) {
					t.Errorf("%s: before the message only %q", words, before)
				}
			}
			siti.Sends(number, "tiga")
			siti.Reads()
			equal(t, "doubts after that", len(noted.after(t, "tiga")), 0)
		})
	}
}

func TestAPhoneUnderItsNumberAloneIsDoubtedByIt(t *testing.T) {
	t.Parallel()
	wa, number, _, noted := doubting(t)
	budi := wa.Person("6281200000002", watest.Arrives(watest.AsNumberOnly))
	budi.Sends(number, "satu")
	budi.Reads()
	budi.ReinstallsUntold()
	budi.Sends(number, "dua")
	budi.Reads()
	// Sending to him has taught us his LID; either of his addresses was doubted in time.
	before := noted.after(t, "dua", budi.JID().User)
	if !slices.Contains(before, budi.JID().User) && !slices.Contains(before, budi.LID().String()) {
		t.Errorf("before the message only %q", before)
	}
}

func TestWhatCannotBeDoubtedIsNotReadYet(t *testing.T) {
	t.Parallel()
	_, number, siti, noted := doubting(t)
	siti.Sends(number, "satu")
	siti.Reads()
	siti.ReinstallsUntold()
	noted.mu.Lock()
	noted.fails = 1
	noted.mu.Unlock()
	siti.Sends(number, "dua") // her phone is asked for it again
	equal(t, "answer", siti.Reads().Text, "dua")
	if before := noted.after(t, "dua"); !slices.Contains(before, siti.LID().String()) {
		t.Errorf("before the message only %q", before)
	}
}

func TestOurOwnPhoneIsNotDoubted(t *testing.T) {
	t.Parallel()
	_, number, siti, noted := doubting(t)
	siti.Sends(number, "satu")
	siti.Reads()
	number.TellsIdentity()
	siti.Reinstalls() // the notice behind it
	before := noted.after(t, siti.LID().String())
	for _, own := range []string{number.JID().User, number.LID().String(), number.LID().User} {
		if slices.Contains(before, own) {
			t.Errorf("doubted: %q", before)
		}
	}
}
