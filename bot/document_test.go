package bot_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sapa/bot"
	"sapa/bot/bottest"
	"sapa/dialog"
)

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *house) file(from, id string) dialog.Input {
	in := h.message(from, id, "")
	in.Media = &dialog.Media{Ref: id, Name: "ktp.jpg"}
	return in
}

func giving(body []byte) func(context.Context, dialog.Media, io.Writer) error {
	return func(_ context.Context, _ dialog.Media, to io.Writer) error {
		_, err := io.Copy(to, bytes.NewReader(body))
		return err
	}
}

func TestADocumentComesBackAsWhatItIs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fetch func(context.Context, dialog.Media, io.Writer) error
		want  string
	}{
		"photo":     {giving(photo(t)), "ready: image/jpeg"},
		"text":      {giving([]byte("not a photo")), "bad: document.kind"},
		"broken":    {giving(photo(t)[:100]), "bad: document.broken"},
		"too large": {giving(make([]byte, 17<<20)), "bad: document.bytes"},
		"endless": {func(_ context.Context, _ dialog.Media, to io.Writer) error {
			for {
				if _, err := to.Write(make([]byte, 1<<20)); err != nil {
					return err
				}
			}
		}, "bad: document.bytes"},
		"gone":          {nil, "lost"},
		"never answers": {func(ctx context.Context, _ dialog.Media, _ io.Writer) error { <-ctx.Done(); return ctx.Err() }, "lost"},
		"always fails":  {func(context.Context, dialog.Media, io.Writer) error { return errors.New("no network") }, "lost"},
		"panics":        {func(context.Context, dialog.Media, io.Writer) error { panic("a transport's mistake") }, "lost"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, &bottest.Phone{Fetching: test.fetch}, func(_ *testing.T, h *house) {
				h.handle(h.file(siti, "m1"))
				h.handle(h.message(siti, "m2", "sudah ya?"))
				h.quiet()
				h.shows(siti, test.want, "sudah ya?")
			})
		})
	}
}

func TestADocumentThatFailsAtFirstIsTriedAgain(t *testing.T) {
	t.Parallel()
	body := photo(t)
	var tries atomic.Int64
	p := &bottest.Phone{Fetching: func(ctx context.Context, media dialog.Media, to io.Writer) error {
		if tries.Add(1) < 4 {
			return errors.New("no network")
		}
		return giving(body)(ctx, media, to)
	}}
	inBubble(t, p, func(_ *testing.T, h *house) {
		h.handle(h.file(siti, "m1"))
		h.quiet()
		h.shows(siti, "ready: image/jpeg")
	})
}

func TestADocumentOfOneContactHoldsBackNobodyElse(t *testing.T) {
	t.Parallel()
	p := &bottest.Phone{Fetching: func(context.Context, dialog.Media, io.Writer) error {
		time.Sleep(time.Minute)
		return bot.ErrGone
	}}
	inBubble(t, p, func(_ *testing.T, h *house) {
		h.handle(h.file(siti, "m1"))
		h.handle(h.message(budi, "m1", "halo"))
		synctest.Wait()
		h.shows(budi, "halo")
		h.shows(siti)
		h.quiet()
		h.shows(siti, "lost")
	})
}

func TestADocumentCutOffByTheStopIsFetchedByTheNextRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	body := photo(t)
	synctest.Test(t, func(t *testing.T) {
		h := open(t, dir, &bottest.Phone{Fetching: func(ctx context.Context, _ dialog.Media, _ io.Writer) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		h.handle(h.file(siti, "m1"))
		h.handle(h.message(siti, "m2", "sudah ya?"))
		time.Sleep(time.Second)
		h.leave()
		h.shows(siti)

		h = open(t, dir, &bottest.Phone{Fetching: giving(body)})
		h.quiet()
		h.shows(siti, "ready: image/jpeg", "sudah ya?")
		h.leave()
	})
}

func TestALineThatIsDownUsesUpNoneOfADocumentsTime(t *testing.T) {
	t.Parallel()
	var up time.Time
	body := photo(t)
	p := &bottest.Phone{Fetching: func(ctx context.Context, media dialog.Media, to io.Writer) error {
		if time.Now().Before(up) {
			return bot.ErrDown
		}
		return giving(body)(ctx, media, to)
	}}
	inBubble(t, p, func(_ *testing.T, h *house) {
		up = time.Now().Add(5 * time.Hour)
		h.handle(h.file(siti, "m1"))
		h.quiet()
		h.shows(siti, "ready: image/jpeg")
	})
}
