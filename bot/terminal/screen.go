package terminal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// screen is where people read and write.
type screen interface {
	// open begins with a prompt; close gives the terminal back as it was.
	open(prompt string) error
	close()
	// ask sets the prompt of the next read.
	ask(prompt string)
	// read gives what was typed, or io.EOF.
	read() (string, error)
	// show shows a reply, tell words of the chat itself; both also while read waits.
	show(heading, text string) error
	tell(words string) error
	// waits reports that the next line is to be read only after the replies to the one before.
	waits() bool
}

func newScreen(in io.Reader, out io.Writer) screen {
	inFile, inOK := in.(*os.File)
	outFile, outOK := out.(*os.File)
	if inOK && outOK && term.IsTerminal(int(inFile.Fd())) && term.IsTerminal(int(outFile.Fd())) {
		size := func() (int, int, error) { return term.GetSize(int(outFile.Fd())) }
		return &display{in: inFile, editor: newEditor(in, out, size)}
	}
	return &pipe{in: bufio.NewReaderSize(in, 1<<16), out: out}
}

// pipe is a screen without a terminal: plain lines in, plain lines out.
type pipe struct {
	in *bufio.Reader

	mu  sync.Mutex
	out io.Writer
}

func (*pipe) open(string) error { return nil }
func (*pipe) close()            {}
func (*pipe) ask(string)        {}
func (*pipe) waits() bool       { return true }

func (p *pipe) read() (string, error) {
	l, err := readLine(p.in)
	switch {
	case l.long:
		return "", errLong
	case errors.Is(err, io.EOF) && len(l.text) > 0:
		return string(l.text), nil // the end comes with the next read
	}
	return string(l.text), err
}

func (p *pipe) show(_, text string) error { return p.tell(plain(text)) }

func (p *pipe) tell(words string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(p.out, words)
	return err
}

// display is a screen on a terminal in raw mode.
type display struct {
	*editor
	in  *os.File
	was *term.State
}

func (d *display) open(prompt string) error {
	was, err := term.MakeRaw(int(d.in.Fd()))
	if err != nil {
		return fmt.Errorf("preparing the terminal: %w", err)
	}
	d.was = was
	d.terminal.SetBracketedPasteMode(true)
	return d.editor.open(prompt)
}

func (d *display) close() {
	d.terminal.SetBracketedPasteMode(false)
	_ = term.Restore(int(d.in.Fd()), d.was) // nothing else could be done about it
}

// editor edits the line that is typed, and draws replies above it.
type editor struct {
	terminal *term.Terminal
	size     func() (width, height int, err error)
}

func newEditor(in io.Reader, out io.Writer, size func() (int, int, error)) *editor {
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, "")
	return &editor{terminal, size}
}

func (e *editor) open(prompt string) error {
	e.ask(prompt)
	return e.tell("Write as you would on WhatsApp. /help shows what else there is, /quit leaves.\n\n")
}

func (*editor) close()      {}
func (*editor) waits() bool { return false }

func (e *editor) ask(prompt string) { e.terminal.SetPrompt(prompt) }

// read gives a line, or several that were pasted together: they are one message, sent with the Enter that follows.
func (e *editor) read() (string, error) {
	var pasted []string
	for {
		line, err := e.terminal.ReadLine()
		switch {
		case errors.Is(err, term.ErrPasteIndicator):
			pasted = append(pasted, line)
		case err != nil:
			return "", err
		default:
			return strings.TrimRight(strings.Join(append(pasted, line), "\n"), "\n"), nil
		}
	}
}

func (e *editor) show(heading, text string) error {
	return e.tell(bubble(heading, text, e.fit()))
}

func (e *editor) tell(words string) error {
	e.fit()
	_, err := io.WriteString(e.terminal, words)
	return err
}

// fit follows the size of the terminal's window, and gives its width.
func (e *editor) fit() int {
	width, height, err := e.size()
	if err != nil || width <= 0 {
		return maxWidth
	}
	if err := e.terminal.SetSize(width, height); err != nil {
		return maxWidth
	}
	return width
}
