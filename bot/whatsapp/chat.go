package whatsapp

import (
	"context"
	"time"
)

// chat is what is kept of a chat beside its conversation.
type chat struct {
	expires time.Duration // how long its messages stay; 0: for ever
	paused  time.Time     // until then a person answers
}

// chat gives what is kept of a chat. The store is asked once: nobody else writes it while a line runs.
func (l *line) chat(address string) (chat, error) {
	l.mu.Lock()
	c, ok := l.chats[address]
	l.mu.Unlock()
	if ok {
		return c, nil
	}
	var err error
	if c.expires, c.paused, err = l.lines.Store.Chat(context.Background(), l.id, address); err != nil {
		return chat{}, err
	}
	l.remember(address, c)
	return c, nil
}

// remember notes what is stored of a chat.
func (l *line) remember(address string, c chat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.chats) >= remembered {
		clear(l.chats)
	}
	l.chats[address] = c
}

// expiring keeps up how long a chat's messages stay: ours have to say the same.
func (l *line) expiring(h heard) error {
	if !h.told {
		return nil
	}
	c, err := l.chat(h.in.From)
	if err != nil || c.expires == h.expires {
		return err
	}
	if err := l.lines.Store.SetChatExpiry(context.Background(), l.id, h.in.From, h.expires); err != nil {
		return err
	}
	c.expires = h.expires
	l.remember(h.in.From, c)
	return nil
}

// pause keeps the bot out of a chat in which somebody answered from the number's phone: two who answer at once confuse
// everybody. What the member writes meanwhile is on that phone, for the person there.
func (l *line) pause(from string) error {
	pause := l.sending().Pause
	if pause < 0 || from == "" {
		return nil
	}
	c, err := l.chat(from)
	if err != nil {
		return err
	}
	c.paused = l.lines.Clock.Now().Add(pause)
	if err := l.lines.Store.PauseChat(context.Background(), l.id, from, c.paused); err != nil {
		return err
	}
	l.remember(from, c)
	l.log.Info().Time("until", c.paused).Msg("chat.paused")
	return nil
}

// paused reports whether a person has the chat.
func (l *line) paused(from string) (bool, error) {
	if l.sending().Pause < 0 {
		return false, nil
	}
	c, err := l.chat(from)
	return err == nil && l.lines.Clock.Now().Before(c.paused), err
}
