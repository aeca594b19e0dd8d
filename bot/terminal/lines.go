package terminal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

var errLong = errors.New("longer than 1 MiB")

// line is a line as it was read.
type line struct {
	no     int
	text   []byte
	long   bool
	waited bool  // reading it asked the input for more: time may have passed since the line before
	err    error // the input cannot be read any more
}

// asked notes that the input was asked for more.
type asked struct {
	io.Reader
	more bool
}

func (a *asked) Read(p []byte) (int, error) {
	a.more = true
	return a.Reader.Read(p)
}

// readLines reads until the input ends; the channel is then closed. Where the input itself cannot be interrupted, as
// a pipe cannot, the reading goroutine ends with it or with the process.
func readLines(ctx context.Context, in io.Reader) <-chan line {
	lines := make(chan line, window)
	go func() {
		defer close(lines)
		source := &asked{Reader: in}
		r := bufio.NewReaderSize(source, 1<<16)
		for no := 1; ; no++ {
			l, err := readLine(r)
			if err != nil && !errors.Is(err, io.EOF) {
				l.err = err
			} else if err != nil && len(l.text) == 0 && !l.long {
				return
			}
			l.no, l.waited = no, source.more
			source.more = false
			select {
			case lines <- l:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// readLine reads one line without its end. Of one that is too long nothing is kept.
func readLine(r *bufio.Reader) (l line, err error) {
	for {
		chunk, err := r.ReadSlice('\n')
		if l.long = l.long || len(l.text)+len(bytes.TrimRight(chunk, "\r\n")) > maxLine; l.long {
			l.text = nil
		} else {
			l.text = append(l.text, chunk...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			l.text = bytes.TrimRight(l.text, "\r\n")
			return l, err
		}
	}
}
