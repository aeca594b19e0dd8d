package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// StepKind says what an operator who links a line has to do. The values are stored while a link is under way.
type StepKind string

// The steps.
const (
	StepQR      StepKind = "qr"      // scan this with the number's phone: Step.Detail is what the code holds
	StepCode    StepKind = "code"    // type this on the number's phone
	StepPasskey StepKind = "passkey" // the account has a passkey: answer this request (WebAuthn, JSON) with it
	StepUnread  StepKind = "unread"  // what was answered is no passkey's: paste the whole line
	StepConfirm StepKind = "confirm" // the phone shows this too: answer "ya"
	StepUpdate  StepKind = "update"  // the phone's WhatsApp is too old for linked devices
	StepPaired  StepKind = "paired"  // the phone has agreed; the line is on its way
	StepLinked  StepKind = "linked"  // done: Detail is the number
	StepFailed  StepKind = "failed"  // Detail says why
)

// Step is where a link stands.
type Step struct {
	Kind   StepKind
	Detail string
	Until  time.Time // how long the code holds; zero: it does not matter
}

const (
	// linkRounds is how often codes are asked for: each round's last two minutes and forty seconds.
	linkRounds = 3
	// codeHolds is how long WhatsApp takes the eight characters, and a passkey's answer: for as long as it would show
	// QR codes.
	codeHolds = 160 * time.Second
	// pairedWithin is how long the phone's yes may take to become a working line.
	pairedWithin = time.Minute
)

// Why a link fails, for the operator.
var (
	ErrLinked    = errors.New("this line is linked already: log it out on the phone first (Linked devices), then link it again")
	errLinking   = errors.New("this line is being linked already")
	errUnscanned = errors.New("nobody scanned the code in time: try again")
	errUnpaired  = errors.New("WhatsApp broke off: try again")
	errTaken     = errors.New("this number is linked to another line already")
	errNoPasskey = errors.New("the passkey's answer did not come in time: try again, with the passkey at hand")
	errNotOnline = errors.New("the number is linked, but the line did not come online in a minute: look at sapa lines")
)

// Link links a line: by a QR code that the number's phone scans or, where phone is given, by a code typed there. Show
// is called with each step to be shown to the operator, what they type in return comes by answers. The line is online
// when Link returns nil.
func (l *Lines) Link(ctx context.Context, id, phone string, show func(Step), answers <-chan string) error {
	if l.Unlinkable != nil {
		return l.Unlinkable
	}
	ln, err := l.line(id)
	if err != nil {
		return err
	}
	if !l.beginLink(id) {
		return errLinking
	}
	defer l.endLink(id)
	if device, err := ln.device(ctx); err != nil {
		return err
	} else if device != nil {
		return ErrLinked
	}
	p := &pairing{line: ln, phone: phone, show: show, answers: answers}
	for range linkRounds {
		if err = p.round(ctx); !errors.Is(err, errUnscanned) {
			break
		}
	}
	if err != nil {
		return errors.Join(err, p.unreserve())
	}
	show(Step{Kind: StepPaired})
	return ln.first(ctx, show)
}

func (l *Lines) beginLink(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.linking[id] {
		return false
	}
	l.linking[id] = true
	return true
}

func (l *Lines) endLink(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.linking, id)
}

// first brings a line up that was just paired.
func (l *line) first(ctx context.Context, show func(Step)) error {
	if err := l.start(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, pairedWithin)
	defer cancel()
	client := l.receiving(ctx)
	if client == nil {
		return errNotOnline
	}
	show(Step{Kind: StepLinked, Detail: client.Store.GetJID().User})
	return nil
}

// pairing is one link under way. Its client is thrown away at the end: the line begins with a new one from the stored
// keys, as it does after each restart.
type pairing struct {
	line    *line
	phone   string
	show    func(Step)
	answers <-chan string

	ends     time.Time     // of the round
	over     chan struct{} // closed when the round's connection ends
	passkeys bool          // WhatsApp asks for a passkey: no code is scanned any more

	mu     sync.Mutex
	failed error // from a callback of whatsmeow's
	asked  bool  // the eight characters were
	held   bool  // a device is recorded as the line's, before it is one
}

// round shows the codes of one connection, until one is used or they run out.
func (p *pairing) round(ctx context.Context) error {
	p.asked = false
	client := p.line.lines.client(p.line.lines.keys.fresh(p.line.id), waLogger(p.line.log))
	client.EnableAutoReconnect = false
	client.DisableLoginAutoReconnect = true
	client.PrePairCallback = func(jid types.JID, _, _ string) bool { return p.reserve(jid) }
	over := make(chan struct{})
	p.over, p.ends = over, time.Now().Add(codeHolds)
	var once sync.Once
	client.AddEventHandler(func(e any) {
		switch e.(type) {
		case *events.ManualLoginReconnect, *events.Disconnected: // pairing is through: the line logs in by itself
			once.Do(func() { close(over) })
		}
	})
	defer client.Disconnect()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	items, err := client.GetQRChannel(ctx)
	if err != nil {
		return fmt.Errorf("asking for codes: %w", err)
	}
	if err := client.Connect(); err != nil {
		return errors.New("WhatsApp is not reached: " + kind(err))
	}
	for item := range items {
		if err := p.item(ctx, client, item); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := p.outcome(client); err != nil {
		return err
	}
	select { // the server ends the stream once it has our signature
	case <-over:
	case <-time.After(5 * time.Second):
	case <-ctx.Done():
	}
	return nil
}

// outcome is how a round ended: the keys say whether a phone agreed, whatever the last event was.
func (p *pairing) outcome(client *whatsmeow.Client) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.failed != nil:
		return p.failed
	case client.Store.ID == nil:
		return errUnscanned
	}
	return nil
}

// reserve records which device the line becomes, before it is one: a crash in between leaves a line whose device does
// not exist, and never a device without a line.
func (p *pairing) reserve(jid types.JID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx := context.Background()
	lines := p.line.lines
	for _, other := range lines.all() {
		if other == p.line {
			continue
		}
		device, err := other.device(ctx)
		if err != nil {
			p.failed = err
			return false
		}
		if device != nil && device.GetJID().User == jid.User {
			p.failed = fmt.Errorf("%w, %s: use it there; or log that line out on the phone (Linked devices) and try again",
				errTaken, other.id)
			return false
		}
	}
	p.failed = lines.Store.LinkLine(ctx, p.line.id, jid.String(), jid.User)
	p.held = true
	return p.failed == nil
}

// unreserve takes the record back where the phone's yes came to nothing.
func (p *pairing) unreserve() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.held {
		return nil
	}
	return p.line.lines.Store.LinkLine(context.Background(), p.line.id, "", "")
}

// item shows one of whatsmeow's steps to the operator, and takes the answer where there is one to give.
func (p *pairing) item(ctx context.Context, client *whatsmeow.Client, item whatsmeow.QRChannelItem) error {
	switch item.Event {
	case whatsmeow.QRChannelEventCode:
		if p.passkeys {
			return nil
		}
		if p.phone == "" {
			p.show(Step{Kind: StepQR, Detail: item.Code, Until: time.Now().Add(item.Timeout)})
			return nil
		}
		return p.characters(ctx, client)
	case whatsmeow.QRChannelEventPasskeyRequest:
		return p.passkey(ctx, client, item.PasskeyRequest)
	case whatsmeow.QRChannelEventPasskeyResponse:
		p.show(Step{Kind: StepConfirm, Detail: item.PasskeyConfirmation.Code})
		answer, err := p.answer(ctx)
		if err != nil || answer != "ya" {
			return errors.Join(errUnpaired, err)
		}
		return client.SendPasskeyConfirmation(ctx)
	case whatsmeow.QRChannelEventError:
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.failed != nil {
			return p.failed
		}
		return fmt.Errorf("%w (%s)", errUnpaired, kind(item.Error))
	case whatsmeow.QRChannelClientOutdated.Event:
		return ErrOutdated
	case whatsmeow.QRChannelScannedWithoutMultidevice.Event:
		p.show(Step{Kind: StepUpdate})
	}
	return nil // success, timeout and the unexpected: outcome knows
}

// characters asks once for the code that is typed on the phone.
func (p *pairing) characters(ctx context.Context, client *whatsmeow.Client) error {
	if p.asked {
		return nil
	}
	p.asked = true
	code, err := client.PairPhone(ctx, p.phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	switch {
	case errors.Is(err, whatsmeow.ErrPhoneNumberTooShort), errors.Is(err, whatsmeow.ErrPhoneNumberIsNotInternational):
		return errors.New("the phone number must be international: 62…")
	case err != nil:
		return errors.New("WhatsApp gave no code for this number: " + kind(err))
	}
	p.show(Step{Kind: StepCode, Detail: code, Until: time.Now().Add(codeHolds)})
	return nil
}

// passkey has the operator's browser answer for the account's passkey: only a page of WhatsApp's may use it.
func (p *pairing) passkey(ctx context.Context, client *whatsmeow.Client, request *events.PairPasskeyRequest) error {
	ask, err := forBrowser(request.PublicKey)
	if err != nil {
		return fmt.Errorf("the passkey's request: %w", err)
	}
	p.passkeys = true
	p.show(Step{Kind: StepPasskey, Detail: ask, Until: p.ends})
	for {
		answer, err := p.answer(ctx)
		if err != nil {
			return err
		}
		var response types.WebAuthnResponse
		if json.Unmarshal([]byte(answer), &response) == nil && response.RawID != nil {
			if err := client.SendPasskeyResponse(ctx, &response); err != nil {
				return errors.New("WhatsApp did not take the passkey's answer: try again, and use the passkey of this very account")
			}
			return nil
		}
		p.show(Step{Kind: StepUnread, Detail: fmt.Sprint(len(answer), " letters"), Until: p.ends})
	}
}

// forBrowser writes a passkey's request as browsers read it (WebAuthn, PublicKeyCredentialRequestOptionsJSON): what it
// does not say is left out, for they take no null.
func forBrowser(request *types.WebAuthnPublicKey) (string, error) {
	plain, err := json.Marshal(request)
	if err != nil {
		return "", err
	}
	var said any
	if err := json.Unmarshal(plain, &said); err != nil {
		return "", err
	}
	plain, err = json.Marshal(withoutNulls(said))
	return string(plain), err
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if v[name] = withoutNulls(inner); inner == nil {
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

// answer gives what the operator typed, while it is of use.
func (p *pairing) answer(ctx context.Context) (string, error) {
	late := time.NewTimer(time.Until(p.ends))
	defer late.Stop()
	select {
	case a := <-p.answers:
		return a, nil
	case <-late.C:
		return "", errNoPasskey
	case <-p.over:
		return "", errUnpaired
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fulfil links lines that commands beside this process ask for, until ctx ends.
func (l *Lines) fulfil(ctx context.Context) {
	var parts sync.WaitGroup
	defer parts.Wait()
	tick := time.NewTicker(l.Poll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		id, line, phone, err := l.Store.NextLink(ctx, time.Now())
		if err != nil || id == 0 {
			if err != nil && ctx.Err() == nil {
				l.Log.Error().Err(err).Msg("link.unreadable")
			}
			continue
		}
		// Taken up: it is not found again.
		if err := l.Store.ShowLink(ctx, id, "begun", "", time.Time{}); err != nil {
			l.Log.Error().Err(err).Msg("link.unrecorded")
			continue
		}
		parts.Go(func() { l.fulfilOne(ctx, id, line, phone) })
	}
}

func (l *Lines) fulfilOne(ctx context.Context, id int64, line, phone string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	log := l.Log.With().Str("line", line).Logger()
	log.Info().Msg("link.begun")
	show := func(s Step) {
		if err := l.Store.ShowLink(context.WithoutCancel(ctx), id, string(s.Kind), s.Detail, s.Until); err != nil {
			log.Error().Err(err).Msg("link.unrecorded")
		}
	}
	answers := make(chan string)
	var parts sync.WaitGroup
	parts.Go(func() { l.listen(ctx, cancel, id, answers) })
	err := l.Link(ctx, line, phone, show, answers)
	cancel()
	parts.Wait()
	if err != nil {
		log.Warn().Err(err).Msg("link.failed")
		show(Step{Kind: StepFailed, Detail: err.Error()})
		return
	}
	log.Info().Msg("link.done")
}

// listen passes on what the operator types, and ends the link when nobody waits for it any more.
func (l *Lines) listen(ctx context.Context, cancel func(), id int64, answers chan<- string) {
	tick := time.NewTicker(l.Poll)
	defer tick.Stop()
	before := ""
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		answer, waited, err := l.Store.LinkAnswer(ctx, id, time.Now())
		switch {
		case err != nil:
			continue
		case !waited:
			cancel()
			return
		case answer == "" || answer == before:
			before = answer
			continue
		}
		before = answer
		select {
		case answers <- answer:
		case <-ctx.Done():
			return
		}
	}
}
