package watest

import (
	"bytes"
	"context"
	"crypto/cipher"
	"errors"
	"fmt"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/socket"
)

// frames reads and writes WhatsApp's frames (3 bytes of length, then the body)
// inside a websocket's binary messages. One goroutine may read while another
// writes.
type frames struct {
	ws      *websocket.Conn
	pending []byte // read from the socket, not yet returned
	greeted bool   // the connection header was seen

	opener, sealer cipher.AEAD // nil until the handshake is over
	opened, sealed uint32      // frames so far in each direction: the nonces
}

func newFrames(ws *websocket.Conn) *frames {
	ws.SetReadLimit(socket.FrameMaxSize)
	return &frames{ws: ws}
}

// secure encrypts everything that follows.
func (f *frames) secure(opener, sealer cipher.AEAD) { f.opener, f.sealer = opener, sealer }

// read returns the body of the next frame.
func (f *frames) read(ctx context.Context) ([]byte, error) {
	if !f.greeted {
		header, err := f.take(ctx, len(socket.WAConnHeader))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(header, socket.WAConnHeader) {
			return nil, fmt.Errorf("connection header is %x, not %x", header, socket.WAConnHeader)
		}
		f.greeted = true
	}
	length, err := f.take(ctx, 3)
	if err != nil {
		return nil, err
	}
	body, err := f.take(ctx, int(length[0])<<16|int(length[1])<<8|int(length[2]))
	if err != nil || f.opener == nil {
		return body, err
	}
	plain, err := f.opener.Open(nil, nonce(f.opened), body, nil)
	if err != nil {
		return nil, fmt.Errorf("open frame %d: %w", f.opened, err)
	}
	f.opened++
	return plain, nil
}

// take returns the next n bytes, reading websocket messages as needed.
func (f *frames) take(ctx context.Context, n int) ([]byte, error) {
	for len(f.pending) < n {
		kind, data, err := f.ws.Read(ctx)
		if err != nil {
			return nil, err
		}
		if kind != websocket.MessageBinary {
			return nil, errors.New("a websocket message that is not binary")
		}
		f.pending = append(f.pending, data...)
	}
	taken := f.pending[:n:n]
	f.pending = f.pending[n:]
	return taken, nil
}

// write sends one frame.
func (f *frames) write(ctx context.Context, body []byte) error {
	if f.sealer != nil {
		body = f.sealer.Seal(nil, nonce(f.sealed), body, nil)
		f.sealed++
	}
	n := len(body)
	length := []byte{byte(n >> 16), byte(n >> 8), byte(n)} //nolint:gosec // G115: split into bytes on purpose
	return f.ws.Write(ctx, websocket.MessageBinary, append(length, body...))
}
