package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"sapa/bot"
	"sapa/dialog"
)

const help = `Write as you would on WhatsApp. Commands of this chat:
  /file PATH [CAPTION]   send a file (a path with spaces: "in quotes")
  /line ID               talk to another line
  /as PHONE              talk as somebody else
  /at TIME               move the clock: 15:04, 2026-11-23 09:00 or 2026-11-23T09:00:00+07:00
  /help, /quit
`

// Chat is `sapa chat` for people. Register it as the transport Name.
type Chat struct {
	files
	Options
	newID  func(string) string
	screen screen

	mu   sync.Mutex
	line string // talked to
	from string // talked as
}

// NewChat makes the chat. It refuses a line that is not there and a sender that is no phone number. On a terminal it
// draws; where the input or the output is none it reads and writes plain lines.
func NewChat(options Options) (*Chat, error) {
	o, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Chat{
		Options: o,
		newID:   NewID(o.Random),
		screen:  newScreen(o.In, o.Out),
		line:    o.Line,
		from:    o.From,
	}, nil
}

// Send shows a reply, also while somebody is typing.
func (c *Chat) Send(_ context.Context, out bot.Outbound) error {
	line, from := c.talking()
	heading := out.Line
	if out.Line != line || out.To != from {
		heading += " → " + out.To
	}
	if err := c.screen.show(heading, reading(out)); err != nil {
		return fmt.Errorf("showing a reply: %w", err)
	}
	return nil
}

func (c *Chat) talking() (line, from string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.line, c.from
}

// Run talks until /quit, the end of the input, or the end of ctx. The bot must be running.
func (c *Chat) Run(ctx context.Context, b *bot.Bot) error {
	select {
	case <-b.Ready():
	case <-ctx.Done():
		return nil
	}
	if err := c.screen.open(c.prompt()); err != nil {
		return err
	}
	defer c.screen.close()
	typed := make(chan typing)
	go c.read(ctx, typed)
	for {
		select {
		case t := <-typed:
			if errors.Is(t.err, io.EOF) {
				return quiet(ctx, b)
			}
			if t.err != nil && !errors.Is(t.err, errLong) {
				return fmt.Errorf("reading: %w", t.err)
			}
			quit, err := c.take(ctx, b, t)
			if err != nil || quit {
				return err
			}
			c.screen.ask(c.prompt())
			close(t.done)
		case <-ctx.Done():
			return nil
		}
	}
}

// quiet waits for what is in hand; that ctx ends meanwhile is no error.
func quiet(ctx context.Context, b *bot.Bot) error {
	if err := b.Quiet(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// typing is something typed; reading goes on once it was taken.
type typing struct {
	text string
	err  error
	done chan struct{}
}

func (c *Chat) read(ctx context.Context, typed chan<- typing) {
	for {
		text, err := c.screen.read()
		t := typing{text, err, make(chan struct{})}
		select {
		case typed <- t:
		case <-ctx.Done():
			return
		}
		select {
		case <-t.done:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Chat) prompt() string {
	line, from := c.talking()
	if from == c.From {
		return line + "> "
	}
	return line + " as " + from + "> "
}

func (c *Chat) take(ctx context.Context, b *bot.Bot, t typing) (quit bool, err error) {
	if t.err != nil {
		return false, c.screen.tell(t.err.Error() + "\n")
	}
	return c.typed(ctx, b, t.text)
}

// typed does what was typed: a command, or a message. What is wrong with a command is told; an error ends the chat.
func (c *Chat) typed(ctx context.Context, b *bot.Bot, text string) (quit bool, err error) {
	command, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	rest = strings.TrimSpace(rest)
	switch command {
	case "":
		return false, nil
	case "/quit":
		return true, quiet(ctx, b)
	case "/help":
		return false, c.screen.tell(help)
	case "/line":
		err = c.useLine(rest)
	case "/as":
		err = c.useFrom(rest)
	case "/at":
		err = c.moveClock(ctx, b, rest)
	case "/file":
		err = c.sendFile(ctx, b, rest)
	default:
		err = c.send(ctx, b, text, nil)
	}
	if ctx.Err() != nil {
		return true, nil
	}
	var failed *commitError
	if err == nil || errors.As(err, &failed) {
		return false, err
	}
	return false, c.screen.tell(err.Error() + "\n")
}

// commitError is a message that did not come to disk.
type commitError struct{ err error }

func (e *commitError) Error() string { return "the message was not stored: " + e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

func (c *Chat) send(ctx context.Context, b *bot.Bot, text string, file *dialog.Media) error {
	line, from := c.talking()
	err := b.Handle(ctx, dialog.Input{
		ID:        c.newID(line),
		Kind:      dialog.Message,
		Line:      line,
		Transport: Name,
		From:      from,
		Phone:     "+" + from,
		At:        b.Clock.Now(),
		Text:      text,
		Media:     file,
	})
	if err != nil {
		return &commitError{err}
	}
	if c.screen.waits() {
		return quiet(ctx, b)
	}
	return nil
}

func (c *Chat) sendFile(ctx context.Context, b *bot.Bot, rest string) error {
	path, caption := rest, ""
	if quoted, found := strings.CutPrefix(rest, `"`); found {
		path, caption, _ = strings.Cut(quoted, `"`)
	} else if _, err := media(rest, ""); err != nil {
		path, caption, _ = strings.Cut(rest, " ")
	}
	if path == "" {
		return errors.New("which file? /file PATH")
	}
	file, err := media(path, "")
	if err != nil {
		return err
	}
	return c.send(ctx, b, strings.TrimSpace(caption), file)
}

func (c *Chat) useLine(id string) error {
	if !slices.Contains(c.Lines, id) {
		return fmt.Errorf("there is no such line; there are: %s", strings.Join(c.Lines, ", "))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.line = id
	return nil
}

func (c *Chat) useFrom(phone string) error {
	from, err := Phone(phone)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = from
	return nil
}

func (c *Chat) moveClock(ctx context.Context, b *bot.Bot, when string) error {
	if err := c.Fixed(); err != nil {
		return err
	}
	at, err := parseTime(when, b.Clock.Now())
	if err != nil {
		return err
	}
	if err := b.MoveClock(ctx, at); err != nil {
		return err
	}
	return c.screen.tell("It is " + b.Clock.Now().Format(time.RFC3339) + ".\n")
}

// parseTime reads a time as people type it; what they leave out is as it is now.
func parseTime(when string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, when); err == nil {
		return at, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, when, now.Location()); err == nil {
			return at, nil
		}
	}
	if at, err := time.Parse("15:04", when); err == nil {
		y, m, d := now.Date()
		return time.Date(y, m, d, at.Hour(), at.Minute(), 0, 0, now.Location()), nil
	}
	return time.Time{}, errors.New("not a time like 15:04 or 2026-11-23 09:00")
}
