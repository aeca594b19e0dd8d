package bot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"sapa/dialog"
	"sapa/dialog/field"
)

const (
	// maxDocument is the largest file that is taken. One byte more is read, so that a larger one is seen to be
	// larger, and field.Document refuses it.
	maxDocument = field.MaxBytes
	// atOnce is how many documents are fetched side by side; each may take so much memory.
	atOnce = 4

	firstRefetch = time.Second
	lastRefetch  = 30 * time.Second
)

// errFull ends a fetch that has brought more than maxDocument bytes.
var errFull = errors.New("larger than a document may be")

// documents fetch and check the files people sent, outside any transaction, and hand in what came of it as a second
// input. What is asked for is kept in the store until then: a stop or a crash only means fetching again.
type documents struct {
	bot      *Bot
	fetching chan struct{} // a place for each fetch
	decoding chan struct{} // one place: a decoded image takes far more memory than its file

	ctx  context.Context
	halt context.CancelFunc
	busy sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	begun   map[fetchKey]bool
}

// fetchKey is what a message's ID is unique within.
type fetchKey struct {
	contact  int64
	line, id string
}

func newDocuments(b *Bot) *documents {
	d := &documents{
		bot:      b,
		fetching: make(chan struct{}, atOnce),
		decoding: make(chan struct{}, 1),
		begun:    make(map[fetchKey]bool),
	}
	d.ctx, d.halt = context.WithCancel(context.Background())
	return d
}

// fetch begins a document, unless it has begun.
func (d *documents) fetch(f dialog.Fetch) {
	key := fetchKey{f.Contact, f.Line, f.ID}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped || d.begun[key] {
		return
	}
	d.begun[key] = true
	d.bot.inHand.add(1)
	d.busy.Go(func() {
		defer d.bot.inHand.add(-1)
		d.work(f)
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.begun, key)
	})
}

// stop cuts off what is being fetched: it is fetched again by the next run.
func (d *documents) stop() {
	d.mu.Lock()
	d.stopped = true
	d.mu.Unlock()
	d.halt()
	d.busy.Wait()
}

// work takes a document from being asked for to being on disk.
func (d *documents) work(f dialog.Fetch) {
	log := d.bot.Log.With().Str("line", f.Line).Str("transport", f.Transport).Str("document", f.ID).Logger()
	in := dialog.Input{
		ID:        "document:" + f.ID,
		Kind:      dialog.DocumentLost,
		Line:      f.Line,
		Transport: f.Transport,
		From:      f.From,
		Cause:     f.ID,
		Document:  &dialog.Document{ID: f.ID, Field: f.Field, Name: f.Media.Name},
	}
	body, err := d.bring(f)
	switch {
	case d.ctx.Err() != nil:
		return
	case err != nil:
		log.Warn().Err(err).Msg("document.lost")
	default:
		in.Kind = d.check(body, in.Document)
		if in.Kind == dialog.DocumentBad {
			log.Info().Str("problem", in.Document.Problem.Code).Msg("document.bad")
		}
	}
	d.handIn(in, f.At, log.Error)
}

// bring fetches a document, trying again until the time for it is up. The time is the wall clock's: a clock that was
// moved by hand stands still and would never end the waiting. A line that is down uses up no time.
func (d *documents) bring(f dialog.Fetch) ([]byte, error) {
	left := d.bot.FetchTimeout
	for wait := firstRefetch; ; wait = min(2*wait, lastRefetch) {
		body, took, err := d.atMost(left, f)
		if err == nil || errors.Is(err, ErrGone) || d.ctx.Err() != nil {
			return body, err
		}
		if !errors.Is(err, ErrDown) {
			if left -= took + wait; left <= 0 {
				return nil, err
			}
		}
		sleep(d.ctx, wait)
	}
}

// atMost is one try within so much time, once there is a place for it; took is how long it was.
func (d *documents) atMost(left time.Duration, f dialog.Fetch) (body []byte, took time.Duration, err error) {
	select {
	case d.fetching <- struct{}{}:
		defer func() { <-d.fetching }()
	case <-d.ctx.Done():
		return nil, 0, d.ctx.Err()
	}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(d.ctx, left)
	defer cancel()
	body, err = d.once(ctx, f)
	return body, time.Since(begun), err
}

// once is one try. A transport that panics has failed, no more.
func (d *documents) once(ctx context.Context, f dialog.Fetch) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s panicked while fetching: %T", f.Transport, p)
		}
	}()
	t := d.bot.Transports[f.Transport]
	if t == nil {
		return nil, fmt.Errorf("no transport %q: %w", f.Transport, ErrGone)
	}
	to := &capped{left: maxDocument + 1}
	if err := t.Fetch(ctx, f.Media, to); err != nil && !errors.Is(err, errFull) {
		return nil, err
	}
	return to.Bytes(), nil
}

// capped is a buffer that takes so many bytes and no more.
type capped struct {
	bytes.Buffer
	left int
}

func (c *capped) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	c.Buffer.Write(p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// ReadFrom keeps io.Copy to Write: the buffer's own ReadFrom knows no limit.
func (c *capped) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{c}, r)
}

// check looks at a document's bytes, one document at a time, and fills in what it is or why it is none.
func (d *documents) check(body []byte, doc *dialog.Document) dialog.InputKind {
	select {
	case d.decoding <- struct{}{}:
		defer func() { <-d.decoding }()
	case <-d.ctx.Done():
		return dialog.DocumentLost // never handed in: stop refuses it
	}
	checked, err := decode(doc.Name, body)
	if err != nil {
		var problem *field.Problem
		if !errors.As(err, &problem) {
			problem = &field.Problem{Code: "document.broken"}
		}
		doc.Problem = &dialog.Reason{Code: problem.Code, Args: problem.Args}
		return dialog.DocumentBad
	}
	sum := sha256.Sum256(checked.Body)
	doc.MIME, doc.Body, doc.Bytes = checked.MIME, checked.Body, len(checked.Body)
	doc.SHA256 = hex.EncodeToString(sum[:])
	return dialog.DocumentReady
}

// decode is field.Document, for which a file that makes a decoder panic is a broken file.
func decode(name string, body []byte) (checked field.Checked, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decoding panicked: %T", p)
		}
	}()
	return field.Document(name, body)
}

// handIn submits a document's result until the store has taken it: until then its contact's later messages wait. The
// result is never older than the message that brought the document, which a former run may have been told a later
// time for than it is now.
func (d *documents) handIn(in dialog.Input, sent time.Time, log func() *zerolog.Event) {
	for wait := firstRefetch; d.ctx.Err() == nil; wait = min(2*wait, lastRefetch) {
		if in.At = d.bot.Clock.Now(); sent.After(in.At) {
			in.At = sent
		}
		r := <-d.bot.Submit(in)
		if r.Err == nil || errors.Is(r.Err, ErrStopped) {
			return
		}
		log().Err(r.Err).Msg("document.refused")
		sleep(d.ctx, wait)
	}
}
