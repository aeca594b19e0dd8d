package bottest

import (
	"context"
	"io"
	"sync"
	"time"

	"sapa/bot"
	"sapa/dialog"
)

// Phone is a transport that shows what it is sent. Like a real phone it shows a repeated ID once. A test may put its
// own doings before a send and in place of a fetch.
type Phone struct {
	// Sending is called before a reply is shown; its error is Send's.
	Sending func(bot.Outbound) error
	// Opening is Open; without it the gate is always open.
	Opening func(bot.Outbound) (open bool, wait time.Duration, changed <-chan struct{})
	// Fetching is Fetch; without it every file is gone.
	Fetching func(ctx context.Context, media dialog.Media, to io.Writer) error

	mu    sync.Mutex
	ids   map[string]bool
	shown []bot.Outbound
}

// Send shows a reply.
func (p *Phone) Send(_ context.Context, out bot.Outbound) error {
	if p.Sending != nil {
		if err := p.Sending(out); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ids == nil {
		p.ids = make(map[string]bool)
	}
	if !p.ids[out.ID] {
		p.ids[out.ID] = true
		p.shown = append(p.shown, out)
	}
	return nil
}

// Open is the phone's gate.
func (p *Phone) Open(out bot.Outbound) (open bool, wait time.Duration, changed <-chan struct{}) {
	if p.Opening == nil {
		return true, 0, nil
	}
	return p.Opening(out)
}

// Fetch fetches a file.
func (p *Phone) Fetch(ctx context.Context, media dialog.Media, to io.Writer) error {
	if p.Fetching == nil {
		return bot.ErrGone
	}
	return p.Fetching(ctx, media, to)
}

// Shown gives the replies shown to an address, in order.
func (p *Phone) Shown(to string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []string
	for _, out := range p.shown {
		if out.To == to {
			texts = append(texts, out.Text)
		}
	}
	return texts
}
