package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

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
		return errUnpaired // only of a request older than five minutes, and no round lasts so long: else whatsmeow goes on by itself
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
