package whatsapp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// Aside names a short answer to what is no message of a conversation. It is sent once, beside the outbox: nothing is
// lost where it is. What somebody sends that cannot be read is an input like any other (dialog.Input.Unread).
type Aside string

// The asides.
const (
	AsideOnce Aside = "once" // a photo to be seen once: it does not reach linked devices
	AsideCall Aside = "call" // a call
	AsideLate Aside = "late" // we were away; what was written meanwhile is answered now
)

// words are the asides as members read them where Options.Words says nothing else: in both languages, for nobody here
// knows which of them a conversation is in.
func words(a Aside) string {
	switch a {
	case AsideOnce:
		return "Maaf, foto sekali lihat tidak sampai ke kami. Silakan kirim sebagai foto biasa.\n\n" +
			"Sorry, photos to be viewed once do not reach us. Please send it as an ordinary photo."
	case AsideCall:
		return "Maaf, nomor ini tidak menerima panggilan. Silakan tulis pesan; ketik *petugas* untuk bicara dengan petugas.\n\n" +
			"Sorry, this number takes no calls. Please write; type *officer* to talk to an officer."
	case AsideLate:
		return "Maaf, pesan Anda baru bisa kami balas sekarang.\n\nSorry, we can only answer your message now."
	}
	return ""
}

const (
	// asideAgain is how soon the same person may get the same aside again.
	asideAgain = 10 * time.Minute
	// asideWait is how long an aside waits for the line before it is not worth saying any more.
	asideWait = 2 * time.Minute
)

// asideKey is who was told what.
type asideKey struct {
	to string
	a  Aside
}

// whisper answers something in passing, once in a while. cause is what it answers: the same cause gives the same
// message ID, so that a phone shows it once however often the cause is delivered.
func (l *line) whisper(to types.JID, a Aside, cause string) {
	words := l.lines.Words(a)
	if words == "" || !l.mayWhisper(asideKey{address(to), a}) {
		return
	}
	id := l.asideID(a, to, cause)
	l.background(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, asideWait)
		defer cancel()
		if client := l.await(ctx); client != nil {
			if err := l.deliver(ctx, client, to, id, words, nil); err != nil {
				l.log.Debug().Str("aside", string(a)).Str("reason", kind(err)).Msg("aside.unsent")
			}
		}
	})
}

// asideID is the ID of an aside to somebody for a cause, in the form WhatsApp's clients use.
func (l *line) asideID(a Aside, to types.JID, cause string) string {
	sum := sha256.Sum256([]byte(l.id + "\x00" + string(a) + "\x00" + address(to) + "\x00" + cause))
	return whatsmeow.WebMessageIDPrefix + strings.ToUpper(hex.EncodeToString(sum[:9]))
}

func (l *line) mayWhisper(key asideKey) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Sub(l.asides[key]) < asideAgain {
		return false
	}
	if len(l.asides) >= remembered {
		for k, at := range l.asides {
			if now.Sub(at) >= asideAgain {
				delete(l.asides, k)
			}
		}
	}
	l.asides[key] = now
	return true
}
