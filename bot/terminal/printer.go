package terminal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sapa/bot"
)

// fullBatch is how many replies are printed at most before the output is flushed and they are marked as sent.
const fullBatch = 512

// timeLayout is RFC 3339 with the milliseconds that the store keeps, where there are any.
const timeLayout = "2006-01-02T15:04:05.999Z07:00"

type replyLine struct {
	ID      string    `json:"id"`
	ReplyTo string    `json:"reply_to,omitempty"`
	Line    string    `json:"line"`
	To      string    `json:"to"`
	Text    string    `json:"text"`
	File    *fileLine `json:"file,omitempty"`
	At      string    `json:"at"`
}

type fileLine struct {
	Name string `json:"name"`
	MIME string `json:"mime"`
	Body []byte `json:"body"` // base64
}

type doneLine struct {
	Done  string `json:"done"`
	Fresh bool   `json:"fresh"`
}

type errorLine struct {
	Error  string `json:"error"`
	LineNo int    `json:"line_no"`
}

// page is what can be printed now.
type page struct {
	loose []bot.Outbound
	parts []part
	next  <-chan bot.Receipt // of the first slot, if that is what is missing
	last  bool               // nothing more will come
}

// part is what can be printed of a slot; over says that it is all of it.
type part struct {
	*slot
	replies []bot.Outbound
	over    bool
}

// ready takes what can be printed: replies that wait for no slot, then the slots that are complete, and what there is
// of the first that is not.
func (j *JSON) ready() page {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := page{loose: j.loose}
	j.loose = nil
	for len(j.slots) > 0 {
		s := j.slots[0]
		s.receive()
		over := s.over()
		if over || len(s.replies) > 0 {
			p.parts = append(p.parts, part{s, s.replies, over})
			s.replies = nil
		}
		if !over {
			p.next = s.receipt
			return p
		}
		j.drop(s)
	}
	if j.empty != nil {
		close(j.empty)
		j.empty = nil
	}
	p.last = j.ended && len(p.loose)+len(p.parts) == 0
	return p
}

// drop takes the first slot away.
func (j *JSON) drop(s *slot) {
	j.slots = j.slots[1:]
	if j.byKey[s.key()] == s {
		delete(j.byKey, s.key())
	}
	<-j.space
}

// receive takes the receipt if it is there.
func (s *slot) receive() {
	select {
	case r := <-s.receipt:
		s.fresh, s.err, s.answered, s.receipt = r.Fresh, r.Err, true, nil
	default:
	}
}

// over reports whether everything the slot's input causes is known. A repeated input causes nothing.
func (s *slot) over() bool {
	return s.err != nil || s.answered && (s.settled || !s.fresh)
}

// ending is the slot's last line.
func (s *slot) ending() any {
	if s.err != nil {
		return errorLine{s.err.Error(), s.lineNo}
	}
	return doneLine{s.in.ID, s.fresh}
}

// printer writes to the output.
type printer struct {
	json    *JSON
	bot     *bot.Bot
	out     *bufio.Writer
	encoder *json.Encoder
	sent    []int64 // written, perhaps still in the buffer
}

// print writes what is ready until nothing more will come, or the output fails. It flushes when nothing more is
// ready: under load many lines go out together.
func (j *JSON) print(ctx context.Context, b *bot.Bot) error {
	out := bufio.NewWriterSize(j.Out, 1<<16)
	p := &printer{json: j, bot: b, out: out, encoder: json.NewEncoder(out)}
	p.encoder.SetEscapeHTML(false)
	for {
		page := j.ready()
		if err := p.page(page); err != nil {
			return fmt.Errorf("printing: %w", err)
		}
		if len(page.loose)+len(page.parts) > 0 {
			continue
		}
		if page.last {
			return nil
		}
		select {
		case <-j.poke:
		case r := <-page.next:
			j.put(r)
		case <-ctx.Done():
			return nil
		}
	}
}

// put gives the first slot its receipt.
func (j *JSON) put(r bot.Receipt) {
	j.mu.Lock()
	defer j.mu.Unlock()
	given := make(chan bot.Receipt, 1)
	given <- r
	j.slots[0].receipt = given
}

// page writes what is ready, or flushes when nothing is.
func (p *printer) page(page page) error {
	for _, row := range page.loose {
		if err := p.reply(row, p.bot.Clock.Now().Location()); err != nil {
			return err
		}
	}
	for _, part := range page.parts {
		for _, row := range part.replies {
			if err := p.reply(row, part.in.At.Location()); err != nil {
				return err
			}
		}
		if part.over {
			if err := p.encoder.Encode(part.ending()); err != nil {
				return err
			}
		}
	}
	if len(page.loose)+len(page.parts) > 0 && len(p.sent) < fullBatch {
		return nil
	}
	return p.flush()
}

func (p *printer) reply(row bot.Outbound, zone *time.Location) error {
	p.sent = append(p.sent, row.Seq)
	return p.encoder.Encode(replyLine{
		ID:      row.ID,
		ReplyTo: row.Cause,
		Line:    row.Line,
		To:      row.To,
		Text:    row.Text,
		File:    (*fileLine)(row.File),
		At:      row.At.In(zone).Format(timeLayout),
	})
}

// flush brings what was written out, and only then has it marked as sent.
func (p *printer) flush() error {
	if err := p.out.Flush(); err != nil {
		return err
	}
	if len(p.sent) > 0 {
		p.bot.Sent(Name, p.sent...)
		p.sent = p.sent[:0]
	}
	return nil
}
