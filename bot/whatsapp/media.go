package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/bot"
	"sapa/dialog"
	"sapa/dialog/field"
)

const (
	// maxBody is the largest body that is taken from WhatsApp's media hosts: a document and what its encryption adds.
	maxBody = field.MaxBytes + 1<<10
	// reuploadWithin is how long a member's phone may take to upload a file again: it may be in a pocket.
	reuploadWithin = 45 * time.Second
	// upWithin is how long a fetch waits for its line; then another line's documents have the place.
	upWithin = 2 * time.Second
)

var errTooLarge = errors.New("the file is larger than a document may be")

// Fetch writes a file that came with a message. One that is gone from WhatsApp's hosts is asked for once more, of the
// phone that sent it; bot.ErrGone where that fails too.
func (l *Lines) Fetch(ctx context.Context, media dialog.Media, to io.Writer) error {
	r, err := decodeRef(media.Ref)
	if err != nil {
		return fmt.Errorf("the file's reference does not decode: %w", bot.ErrGone)
	}
	ln, err := l.line(r.Line)
	if err != nil {
		return err
	}
	if r.Size > field.MaxBytes {
		return tooLarge(to)
	}
	patient, cancel := context.WithTimeout(ctx, upWithin)
	defer cancel()
	client := ln.receiving(patient)
	if client == nil {
		return bot.ErrDown
	}
	body, err := ln.download(ctx, client, r)
	switch {
	case errors.Is(err, errTooLarge):
		return tooLarge(to)
	case err != nil:
		return err
	}
	_, err = to.Write(body)
	return err
}

// tooLarge writes more than a document may have, which the bot's own check then refuses with the right words.
func tooLarge(to io.Writer) error {
	_, err := io.CopyN(to, zeros{}, field.MaxBytes+1)
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// receiving gives the client once the line is connected, whether it may send or not; nil if ctx ends first.
func (l *line) receiving(ctx context.Context) *whatsmeow.Client {
	for {
		l.mu.Lock()
		client, up, changed := l.client, l.state == Online || l.state == Held, l.changed
		l.mu.Unlock()
		if up && client != nil {
			return client
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// download fetches a file, after a new upload where the first one is gone.
func (l *line) download(ctx context.Context, client *whatsmeow.Client, r ref) ([]byte, error) {
	body, err := fetch(ctx, client, r)
	if !gone(err) {
		return body, harmless(err)
	}
	l.log.Info().Str("message", r.ID).Msg("document.reupload")
	path, err := l.reupload(ctx, client, r)
	if err != nil {
		return nil, err
	}
	r.Path = path
	if body, err = fetch(ctx, client, r); gone(err) {
		return nil, bot.ErrGone
	}
	return body, harmless(err)
}

func fetch(ctx context.Context, client *whatsmeow.Client, r ref) ([]byte, error) {
	return client.DownloadMediaWithPath(ctx, r.Path, r.Enc, r.Sum, r.Key, whatsmeow.MediaType(r.Kind), "", false)
}

// gone reports that WhatsApp's hosts do not have a file any more.
func gone(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) || errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}

// harmless makes of whatsmeow's error one that says whether to try again and names nothing: theirs hold whole URLs.
func harmless(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.Is(err, whatsmeow.ErrInvalidMediaHMAC), errors.Is(err, whatsmeow.ErrInvalidMediaEncSHA256),
		errors.Is(err, whatsmeow.ErrInvalidMediaSHA256), errors.Is(err, whatsmeow.ErrTooShortFile):
		return fmt.Errorf("the file is not the one that was sent: %w", bot.ErrGone)
	}
	return errors.New("the file could not be fetched: " + kind(err))
}

// reupload asks the phone that sent a file to upload it again, and gives its new place.
func (l *line) reupload(ctx context.Context, client *whatsmeow.Client, r ref) (path string, err error) {
	answer := make(chan *events.MediaRetry, 1)
	l.mu.Lock()
	l.lost[r.ID] = answer
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.lost, r.ID)
	}()
	chat, err := types.ParseJID(r.Chat)
	if err != nil {
		return "", bot.ErrGone
	}
	info := types.MessageInfo{ID: r.ID, MessageSource: types.MessageSource{Chat: chat, Sender: chat}}
	if err := client.SendMediaRetryReceipt(ctx, &info, r.Key); err != nil {
		return "", harmless(err)
	}
	patience := time.NewTimer(reuploadWithin)
	defer patience.Stop()
	select {
	case e := <-answer:
		return renewed(e, r)
	case <-patience.C:
		return "", fmt.Errorf("the sender's phone did not upload the file again: %w", bot.ErrGone)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func renewed(e *events.MediaRetry, r ref) (path string, err error) {
	n, err := whatsmeow.DecryptMediaRetryNotification(e, r.Key)
	if err != nil || n.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS || n.GetDirectPath() == "" {
		return "", fmt.Errorf("the sender's phone has the file no more: %w", bot.ErrGone)
	}
	return n.GetDirectPath(), nil
}

// uploaded passes on a phone's answer.
func (l *line) uploaded(e *events.MediaRetry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if answer := l.lost[e.MessageID]; answer != nil {
		select {
		case answer <- e:
		default:
		}
	}
}

// capped is a client for media that reads no more than a document may have: whatsmeow knows no limit, and what a
// sender claims about a file's size is a claim.
func capped(c *http.Client) *http.Client {
	limited := *c
	limited.Transport = cappedTransport{c.Transport}
	return &limited
}

type cappedTransport struct{ next http.RoundTripper }

// RoundTrip limits the response's body.
func (c cappedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := c.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > maxBody {
		_ = resp.Body.Close()
		return nil, errTooLarge
	}
	resp.Body = &limitedBody{resp.Body, maxBody}
	return resp, nil
}

// limitedBody gives errTooLarge instead of a byte too many.
type limitedBody struct {
	io.ReadCloser
	left int
}

// Read reads what is allowed.
func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
