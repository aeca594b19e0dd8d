package whatsapp

import (
	"context"
	"errors"
	"time"
)

// StepKind says what an operator who links a line has to do. The values are stored while a link is under way.
type StepKind string

// The steps.
const (
	StepQR      StepKind = "qr"      // scan this with the number's phone: Step.Detail is what the code holds
	StepCode    StepKind = "code"    // type this on the number's phone
	StepPasskey StepKind = "passkey" // the account has a passkey: answer this request (WebAuthn, JSON) with it
	StepUnread  StepKind = "unread"  // what was answered is no passkey's: paste the whole line
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
