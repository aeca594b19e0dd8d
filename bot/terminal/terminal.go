// Package terminal is `sapa chat`: the bot, talked to in a terminal or through a pipe. It is a transport like
// WhatsApp is: the same engine, store and files stand behind it, messages have IDs that are recognised when repeated,
// and replies have IDs fixed when they were committed.
//
// [Chat] is for people: a prompt, and replies as bubbles. [JSON] is for programs: a message a line in, replies and a
// line that says "done" out, in the order of the messages, while many are on their way at once.
package terminal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"sapa/bot"
	"sapa/dialog"
)

// Name is the transport's name in inputs and in the outbox.
const Name = "terminal"

// What --line and --from fall back to.
const (
	DefaultLine = "chika"
	DefaultFrom = "6280000000001"
)

// idBytes is how much chance an ID holds; with the prefix it looks as a WhatsApp client's does.
const idBytes = 9

// NewID gives a maker of message IDs in WhatsApp's form ("3EB0" and 18 hexadecimal digits) from a random source. The
// maker takes the line, which does not matter here. It is safe for concurrent use.
func NewID(random io.Reader) func(line string) string {
	var mu sync.Mutex
	return func(string) string {
		mu.Lock()
		defer mu.Unlock()
		var b [idBytes]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			panic(fmt.Sprintf("the random source ended: %v", err)) // going on would repeat IDs
		}
		return "3EB0" + strings.ToUpper(hex.EncodeToString(b[:]))
	}
}

// files fetches what was sent by naming a local file: Media.Ref is its path.
type files struct{}

// Fetch writes the file's bytes. A file that cannot be read now will not be readable later.
func (files) Fetch(_ context.Context, media dialog.Media, to io.Writer) error {
	f, err := os.Open(media.Ref)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return bot.ErrGone
	}
	if err != nil {
		return fmt.Errorf("opening the file: %w", pathless(err))
	}
	defer func() { _ = f.Close() }() // only read
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return bot.ErrGone
	}
	if _, err := io.Copy(to, f); err != nil {
		return fmt.Errorf("reading the file: %w", pathless(err))
	}
	return nil
}

// pathless drops the path from an error: a file's name may hold a person's.
func pathless(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
