package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"sapa/dialog"
)

// maxQueries is how many queries one turn may ask: more is a loop in the catalogue.
const maxQueries = 8

// fallback is what a member reads where the catalogue gives no words for it.
const fallback = "Maaf, pesan ini belum bisa diproses. Petugas sudah diberi tahu; ketik menu untuk mulai lagi."

// The states of an inbox row.
const (
	done    = "done"
	waiting = "waiting"
	failed  = "failed"
)

var (
	errNoEngine = errors.New("the database was opened without an engine")
	errQueries  = fmt.Errorf("more than %d queries in one turn", maxQueries)
)

// input handles one input with everything it causes. An input the engine cannot handle twice is poison: it is stored
// as failed, with a reply and an alert, and the line goes on.
func (t *tx) input(in dialog.Input) (rec dialog.Receipt, err error) {
	for range 2 {
		err = t.saved(func() (err error) {
			rec, err = t.turn(in)
			return err
		})
		if err == nil || storage(err) {
			return rec, err
		}
	}
	cause := err
	err = t.saved(func() (err error) {
		rec, err = t.poison(in, cause)
		return err
	})
	return rec, err
}

func (t *tx) turn(in dialog.Input) (dialog.Receipt, error) {
	v, err := t.visit(in)
	if errors.Is(err, errGone) {
		return dialog.Receipt{}, nil
	}
	if err != nil {
		return dialog.Receipt{}, err
	}
	if ofTicket(in) {
		err := v.elapse(in)
		return v.rec, err
	}
	if stale, err := v.stale(in); err != nil || stale {
		return v.rec, err
	}
	stranger, err := v.weigh(in)
	if err != nil {
		return v.rec, err
	}
	state := done
	if !stranger && v.mustWait(in) {
		state = waiting
	}
	in.Doubt = v.why
	if v.rec.Fresh, err = v.receive(in, state, nil); err != nil || !v.rec.Fresh {
		return v.rec, err
	}
	if err := v.greet(in, stranger); err != nil {
		return v.rec, err
	}
	if state == waiting {
		return v.rec, v.reachable()
	}
	if v.broken != nil {
		return v.rec, v.broken
	}
	if err := v.takeDocument(in); err != nil {
		return v.rec, err
	}
	wasFetching := v.session.Fetching != nil
	if err := v.step(in); err != nil {
		return v.rec, err
	}
	v.settle(in)
	if wasFetching {
		err = v.drain()
	}
	return v.rec, err
}

// mustWait reports whether a message comes while a document of its session is being fetched.
func (v *visit) mustWait(in dialog.Input) bool {
	if v.session.Fetching == nil || in.Kind != dialog.Message {
		return false
	}
	e, ok := v.db.opts.Engine.(Interrupter)
	return !ok || !e.Interrupts(v.session, in)
}

// reachable keeps up where the contact writes from, though the session stands still.
func (v *visit) reachable() error {
	if v.broken != nil {
		return nil
	}
	return v.saveSession(v.session)
}

// stale reports an input that events have overtaken: a timer that was cleared or set anew, a result of a document
// that is no longer being fetched. Nothing is done for it.
func (v *visit) stale(in dialog.Input) (bool, error) {
	switch in.Kind {
	case dialog.TimerDue:
		take := v.takeTimer
		if ofTicket(in) {
			take = v.takeTicketTimer
		}
		taken, err := take(in)
		return !taken, err
	case dialog.DocumentReady, dialog.DocumentBad, dialog.DocumentLost:
		fetching, err := v.fetching(in)
		return !fetching, err
	case dialog.Message, dialog.TicketEvent:
		return false, nil
	}
	return false, fmt.Errorf("input of unknown kind %q", in.Kind)
}

// receive notes an input in the inbox; false where it is there already.
func (v *visit) receive(in dialog.Input, state string, code *string) (bool, error) {
	plain, err := json.Marshal(in)
	if err != nil {
		return false, fmt.Errorf("input %s: %w", in.ID, err)
	}
	sealed, err := v.key.seal(inboxPlace(v.who, in.Line, in.ID), plain)
	if err != nil {
		return false, err
	}
	res, err := v.exec(`INSERT INTO inbox (contact, line, message_id, kind, state, at_ms, seed, error, sealed_input)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (contact, line, message_id) DO NOTHING`,
		v.who, in.Line, in.ID, string(in.Kind), state, in.At.UnixMilli(), int64(in.Seed), code, sealed) //nolint:gosec // the bits are kept
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// step plays one input to its end: engine and queries in turn, then what they asked for.
func (v *visit) step(in dialog.Input) error {
	engine := v.db.opts.Engine
	if engine == nil {
		return errNoEngine
	}
	in.Doubt = v.why
	turn, err := engine.Step(v.session, in)
	effects := turn.Effects
	for asked := 0; err == nil && turn.Query != nil; asked++ {
		if asked == maxQueries {
			return errQueries
		}
		v.session = turn.Session
		again := in
		if again.Result, err = v.answer(*turn.Query, in); err != nil {
			return fmt.Errorf("query %s: %w", turn.Query.Name, err)
		}
		again.Doubt = v.why // the answer may have settled it
		turn, err = engine.Step(turn.Session, again)
		effects = append(effects, turn.Effects...)
	}
	if err != nil {
		return fmt.Errorf("step: %w", err)
	}
	if beginsAnew(effects) {
		if err := v.anew(in); err != nil {
			return err
		}
	}
	if err := v.saveSession(turn.Session); err != nil {
		return err
	}
	return v.perform(effects, in)
}

// settle notes which messages have no consequence left: one that began a fetch has, until the document's result.
func (v *visit) settle(in dialog.Input) {
	switch in.Kind {
	case dialog.Message:
		if v.rec.Fetch == nil || v.rec.Fetch.ID != in.ID {
			v.rec.Settled = append(v.rec.Settled, in.ID)
		}
	case dialog.DocumentReady, dialog.DocumentBad, dialog.DocumentLost:
		if in.Document != nil {
			v.rec.Settled = append(v.rec.Settled, in.Document.ID)
		}
	case dialog.TimerDue, dialog.TicketEvent:
	}
}

const nextWaiting = `SELECT seq, message_id, sealed_input FROM inbox
WHERE contact = ? AND line = ? AND state = 'waiting' ORDER BY seq LIMIT 1`

// drain steps the messages that waited for a document, in order, until one of them begins to fetch another.
func (v *visit) drain() error {
	for v.session.Fetching == nil {
		var seq int64
		var id string
		var sealed []byte
		err := v.get(nextWaiting, []any{v.who, v.line}, &seq, &id, &sealed)
		if none(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := v.drainOne(seq, id, sealed); err != nil {
			return err
		}
	}
	return nil
}

// drainOne steps a message that waited. It has its own savepoint and its own poisoning: the document's result before
// it stands.
func (v *visit) drainOne(seq int64, id string, sealed []byte) error {
	var in dialog.Input
	plain, cause := v.key.open(inboxPlace(v.who, v.line, id), sealed)
	if cause == nil && json.Unmarshal(plain, &in) != nil {
		cause = fmt.Errorf("%w: input %s", ErrSealed, id)
	}
	for try := 0; try < 2 && cause == nil; try++ {
		before := *v
		err := v.saved(func() error { return v.step(in) })
		if err == nil {
			v.settle(in)
			return v.run("UPDATE inbox SET state = 'done' WHERE seq = ?", seq)
		}
		*v = before
		if storage(err) {
			return err
		}
		if try == 1 {
			cause = err
		}
	}
	in.ID, in.Kind = id, dialog.Message
	if err := v.run("UPDATE inbox SET state = 'failed', error = ? WHERE seq = ?", code(cause), seq); err != nil {
		return err
	}
	v.rec.Settled = append(v.rec.Settled, id)
	return v.apologise(in, cause)
}

// poison stores an input that cannot be handled, undoes what would keep its session waiting for it, and tells the
// member and the officers.
func (t *tx) poison(in dialog.Input, cause error) (dialog.Receipt, error) {
	v, err := t.visit(in)
	if err != nil {
		return dialog.Receipt{}, errors.Join(cause, err)
	}
	if _, err := v.stale(in); err != nil {
		return dialog.Receipt{}, errors.Join(cause, err)
	}
	reason := code(cause)
	if v.rec.Fresh, err = v.receive(in, failed, &reason); err != nil || !v.rec.Fresh {
		return v.rec, err
	}
	v.rec.Failed = true
	if in.Document != nil && v.broken == nil {
		if err := v.dropDocument(in); err != nil {
			return v.rec, err
		}
	}
	if err := v.apologise(in, cause); err != nil {
		return v.rec, err
	}
	v.settle(in)
	if in.Document != nil && v.broken == nil {
		err = v.drain()
	}
	return v.rec, err
}

// dropDocument lets a session go on without the document whose result could not be handled.
func (v *visit) dropDocument(in dialog.Input) error {
	if err := v.run(`UPDATE documents SET state = 'lost' WHERE contact = ? AND line = ? AND message_id = ?`,
		v.who, v.line, in.Document.ID); err != nil {
		return err
	}
	s := v.session
	if s.Fetching == nil || s.Fetching.Document != in.Document.ID {
		return nil
	}
	s.Fetching = nil
	return v.saveSession(s)
}

// apologise answers a message that failed and leaves an alert. What no member wrote gets no reply.
func (v *visit) apologise(in dialog.Input, cause error) error {
	if err := v.alert(in, cause); err != nil {
		return err
	}
	if in.Kind == dialog.TimerDue || in.Kind == dialog.TicketEvent {
		return nil
	}
	text := fallback
	if words := v.db.opts.Fallback; words != nil {
		text = words(v.session.Lang)
	}
	return v.perform([]dialog.Effect{dialog.Reply{Text: text, Weight: dialog.Keep}}, in)
}

// code is what the inbox keeps of a failure: nothing that could be personal.
func code(err error) string {
	if errors.Is(err, errPanic) {
		return "panic"
	}
	return "error"
}
