package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"sapa/bot"
)

const (
	// sendWithin bounds one try. Without a deadline a frame that is repeated after a broken connection can wait for
	// ever, and with it everything else the client sends.
	sendWithin = 30 * time.Second
	// Typing takes typingBase and as much for each letter, up to typingMost.
	typingBase   = 400 * time.Millisecond
	typingLetter = 8 * time.Millisecond
	typingMost   = 2500 * time.Millisecond
)

// WhatsApp's codes in answer to a message.
const (
	codeTimelock = 463 // the number may not write to people for a while
	codeTooMuch  = 429
)

// send sends a reply under the ID it has for ever. What may have arrived and what has not are not told apart: either
// is sent again, and shows once.
func (l *line) send(ctx context.Context, out bot.Outbound) error {
	to, ok := jidOf(out.To)
	if !ok {
		return &bot.PermanentError{Err: errors.New("the address is none of WhatsApp's")}
	}
	l.mu.Lock()
	client, ready, late := l.client, l.state == Online, l.late[out.To]
	l.mu.Unlock()
	if !ready || client == nil {
		return bot.ErrDown
	}
	file, err := l.upload(ctx, client, out)
	if err != nil {
		return err
	}
	l.asPerson(ctx, client, to, out.Text)
	if sorry := l.lines.Words(AsideLate); late && sorry != "" {
		// A message of its own: what stands under a reply's ID never differs.
		if err := l.deliver(ctx, client, to, l.asideID(AsideLate, to, out.ID), sorry, nil); err != nil {
			return l.failed(client, err)
		}
	}
	if err := l.deliver(ctx, client, to, out.ID, out.Text, file); err != nil {
		return l.failed(client, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.late, out.To)
	delete(l.uploads, out.ID)
	l.flood.sent(out.To, out.Text)
	return nil
}

// deliver sends words, with a file or none, and waits for WhatsApp's word that it has them. errUnsealed: the phone got none.
func (l *line) deliver(ctx context.Context, client *whatsmeow.Client, to types.JID, id, words string, file *waE2E.DocumentMessage) error {
	c, err := l.chat(address(to))
	if err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	sealed := make(seals)
	sent, err := client.SendMessage(sealed.in(ctx), to, message(words, file, c.expires), whatsmeow.SendRequestExtra{ID: id, Timeout: sendWithin})
	if err != nil {
		return err
	}
	return sealed.check(ctx, client, sent.Chat)
}

// message is what goes over the wire: words, or a file with them below it. In a chat whose messages disappear ours has to
// say so, else phones warn of it.
func message(words string, file *waE2E.DocumentMessage, expires time.Duration) *waE2E.Message {
	var info *waE2E.ContextInfo
	if expires > 0 {
		info = &waE2E.ContextInfo{Expiration: proto.Uint32(uint32(expires / time.Second))} //nolint:gosec // it was one
	}
	switch {
	case file != nil:
		return captioned(file, words, info)
	case info != nil:
		return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(words), ContextInfo: info}}
	}
	return &waE2E.Message{Conversation: proto.String(words)}
}

// asPerson takes the time a person takes: a moment at random, and typing. It ends early where the line stops.
func (l *line) asPerson(ctx context.Context, client *whatsmeow.Client, to types.JID, words string) {
	s := l.sending()
	if s.Jitter > 0 {
		l.dwell(ctx, rand.N(s.Jitter)) //nolint:gosec // nobody gains by guessing it
	}
	if !s.Typing || l.lines.isStopping() {
		return
	}
	short, cancel := context.WithTimeout(ctx, typingMost)
	defer cancel()
	if err := client.SendChatPresence(short, to, types.ChatPresenceComposing, types.ChatPresenceMediaText); err != nil {
		return // it is but politeness
	}
	l.dwell(ctx, min(typingBase+time.Duration(len(words))*typingLetter, typingMost))
}

func (l *line) dwell(ctx context.Context, d time.Duration) {
	if l.lines.isStopping() {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-l.lines.halted:
	}
}

// failed makes of whatsmeow's error one that names nobody, and lets the line take the consequence.
func (l *line) failed(client *whatsmeow.Client, err error) error {
	switch code := serverCode(err); code {
	case 0:
	case codeTimelock:
		l.hold(unknownBan, "WhatsApp lets this number write to nobody (463); tried again at %s")
		return bot.ErrDown
	case codeTooMuch:
		l.hold(retryRefused, "WhatsApp finds that this number writes too much (429); tried again at %s")
		return bot.ErrDown
	default:
		return fmt.Errorf("WhatsApp refused the message (%d)", code)
	}
	var cut *whatsmeow.DisconnectedError
	if errors.As(err, &cut) || errors.Is(err, whatsmeow.ErrNotConnected) || errors.Is(err, whatsmeow.ErrNotLoggedIn) ||
		!client.IsConnected() {
		l.dropped(client)
		return bot.ErrDown
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, whatsmeow.ErrMessageTimedOut) {
		return errors.New("WhatsApp did not confirm the message in time")
	}
	return errors.New("sending failed: " + kind(err))
}

// dropped closes the gate where the connection is gone and its end was not reported yet.
func (l *line) dropped(client *whatsmeow.Client) {
	if state, _ := l.now(); state == Online && l.current(client) && !client.IsConnected() {
		l.set(Offline, "the connection broke; it comes back by itself")
		if client.IsConnected() && client.IsLoggedIn() { // it came back meanwhile, and that was reported before
			l.set(Online, "")
		}
	}
}

// serverCode is the code WhatsApp answered a message with; 0 none. whatsmeow has it in the error's words only.
func serverCode(err error) int {
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		return 0
	}
	words := err.Error()
	code, convErr := strconv.Atoi(words[strings.LastIndexByte(words, ' ')+1:])
	if convErr != nil {
		return -1
	}
	return code
}

// knownErrors are errors whose words are fixed and name nobody.
var knownErrors = []error{
	context.DeadlineExceeded, context.Canceled, whatsmeow.ErrNotConnected, whatsmeow.ErrNotLoggedIn,
	whatsmeow.ErrMessageTimedOut, whatsmeow.ErrIQTimedOut, whatsmeow.ErrNoSession, whatsmeow.ErrServerReturnedError,
	whatsmeow.ErrAlreadyConnected, whatsmeow.ErrUnknownServer, whatsmeow.ErrRecipientADJID,
	whatsmeow.ErrInvalidMediaHMAC, whatsmeow.ErrInvalidMediaEncSHA256, whatsmeow.ErrInvalidMediaSHA256,
	whatsmeow.ErrMediaNotAvailableOnPhone, whatsmeow.ErrUnknownMediaRetryError, whatsmeow.ErrTooShortFile,
	errTooLarge, errLeft, errUnsealed,
}
