package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot/terminal"
	"sapa/dialog"
	"sapa/store"
)

// office is a trial of its own for one measure. Its keys lie with its data, whatever the machine is set to.
func (b *bench) office(dir string) (*office, error) {
	c := trialConfig()
	c.keys = filepath.Join(dir, "keys")
	return join(c, b.catalogue)
}

// answerAlone answers the queries of the reference conversation without a database.
func answerAlone(q *dialog.Query) *dialog.Result {
	if q.Name == "branch_of" {
		return &dialog.Result{Facts: dialog.Record{"known": "false", "own": "false", "hours": "08.00–15.00 WIB"}}
	}
	return &dialog.Result{Facts: dialog.Record{"count": "0"}}
}

// spoken is what a member says who has the reference conversation so many times.
func spoken(member, times int) []dialog.Input {
	inputs := make([]dialog.Input, times*len(referenceConversation))
	for n := range inputs {
		inputs[n] = benchInput(member, n)
	}
	return inputs
}

// rehearse plays a conversation on the engine alone. It gives what a store would have written, and how many steps it
// took.
func rehearse(engine *dialog.Engine, inputs []dialog.Input) (turns []store.RawTurn, steps int, err error) {
	turns = make([]store.RawTurn, 0, len(inputs))
	sessions := map[string]dialog.Session{}
	for _, in := range inputs {
		turn := store.RawTurn{Input: in, Session: sessions[in.Line]}
		for more := true; more; steps++ {
			t, err := engine.Step(turn.Session, in)
			if err != nil {
				return nil, 0, err
			}
			keep(&turn, t)
			if more = t.Query != nil; more {
				in.Result = answerAlone(t.Query)
			}
		}
		sessions[in.Line] = turn.Session
		turns = append(turns, turn)
	}
	return turns, steps, nil
}

func keep(turn *store.RawTurn, t dialog.Turn) {
	turn.Session = t.Session
	for _, e := range t.Effects {
		switch e := e.(type) {
		case dialog.Reply:
			turn.Replies = append(turn.Replies, e)
		case dialog.SetTimer:
			turn.Timer = e.At
		default: // a consent once in a conversation, a timer that ends
		}
	}
}

// engineAlone measures a step without anything around it.
func (b *bench) engineAlone(context.Context) error {
	o, err := b.office(b.dir)
	if err != nil {
		return err
	}
	inputs := spoken(0, max(1, b.turns/len(referenceConversation)))
	if _, _, err := rehearse(o.engine, inputs[:len(referenceConversation)]); err != nil { // lists and machines are made once
		return err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	_, steps, err := rehearse(o.engine, inputs)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	b.note("engine alone: a step", "≤ 10 µs", "%.1f µs", took.Seconds()*1e6/float64(steps))
	b.note("engine alone: allocations of a step", "≤ 60", "%.0f", float64(after.Mallocs-before.Mallocs)/float64(steps))
	return nil
}

// wholeTurns measures turns of 64 contacts at once, on disk with synchronous=FULL, against their bare rows.
func (b *bench) wholeTurns(ctx context.Context) error {
	raw, err := b.baseline(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(b.dir, "turns")
	return b.withDB(ctx, dir, func(o *office) error {
		per := max(1, b.turns/benchContacts)
		if err := submit(o.db, benchContacts, 0, len(referenceConversation)); err != nil { // contacts, caches
			return err
		}
		begin, cpu := time.Now(), cpuTime()
		if err := submit(o.db, benchContacts, len(referenceConversation), per); err != nil {
			return err
		}
		took, used := time.Since(begin), cpuTime()-cpu
		n := float64(per * benchContacts)
		rate := n / took.Seconds()
		b.note("whole turn, 64 contacts at once", "", "%.0f/s", rate)
		b.note("its bare rows, same batches", "", "%.0f/s", raw)
		b.note("whole turn : bare rows", "≥ 0.6", "%.2f", rate/raw)
		b.note("CPU of a whole turn", "≤ 80 µs", "%.0f µs", used.Seconds()*1e6/n)
		return nil
	})
}

// baseline is how many turns' bare rows a second the database takes.
func (b *bench) baseline(ctx context.Context) (rate float64, err error) {
	o, err := b.office(b.dir)
	if err != nil {
		return 0, err
	}
	var members [benchContacts][]store.RawTurn
	times := max(1, b.turns/benchContacts/len(referenceConversation))
	for m := range members {
		if members[m], _, err = rehearse(o.engine, spoken(m, times)); err != nil {
			return 0, err
		}
	}
	var turns []store.RawTurn
	for n := range members[0] { // in the order in which whole turns come
		for m := range members {
			turns = append(turns, members[m][n])
		}
	}
	dir := filepath.Join(b.dir, "raw")
	err = b.withDB(ctx, dir, func(o *office) error {
		took, err := o.db.Baseline(ctx, turns)
		rate = float64(len(turns)) / took.Seconds()
		return err
	})
	return rate, err
}

func (b *bench) withDB(ctx context.Context, dir string, do func(*office) error) (err error) {
	o, err := b.office(dir)
	if err != nil {
		return err
	}
	if err := o.open(ctx, dir, running); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	return do(o)
}

// submit lets each contact send so many messages of the reference conversation, from a place in it on; all contacts
// at once, each waiting for its answer.
func submit(db *store.DB, contacts, from, messages int) error {
	receipts := make([]<-chan dialog.Receipt, contacts)
	for n := from; n < from+messages; n++ {
		for c := range receipts {
			receipts[c] = db.Submit(benchInput(c, n))
		}
		for _, receipt := range receipts {
			if err := sound(<-receipt); err != nil {
				return err
			}
		}
	}
	return nil
}

func sound(r dialog.Receipt) error {
	if r.Err == nil && (r.Failed || !r.Fresh) {
		return errors.New("a measured message was not handled")
	}
	return r.Err
}

// manySessions measures turns of few contacts and of contacts among very many.
func (b *bench) manySessions(ctx context.Context) error {
	few, _, err := b.among(ctx, min(fewSessions, b.sessions))
	if err != nil {
		return err
	}
	many, resident, err := b.among(ctx, b.sessions)
	if err != nil {
		return err
	}
	b.note(fmt.Sprintf("turn among %d sessions", fewSessions), "", "%.0f µs", few)
	b.note(fmt.Sprintf("turn among %d sessions", b.sessions), "", "%.0f µs", many)
	b.note("many sessions : few", "≤ 1.3", "%.2f", many/few)
	b.note(fmt.Sprintf("resident memory with %d sessions", b.sessions), "< 100 MB", "%d MB", resident>>20)
	return nil
}

// among measures a turn, in µs, while so many contacts have a stored session in the middle of a form.
func (b *bench) among(ctx context.Context, contacts int) (micros float64, resident int, err error) {
	dir := filepath.Join(b.dir, fmt.Sprint("sessions-", contacts))
	err = b.withDB(ctx, dir, func(o *office) error {
		turns, _, err := rehearse(o.engine, spoken(0, 1))
		if err != nil {
			return err
		}
		const inForm = 8 // the name is being asked
		ask := func(i int) dialog.Input { return benchInput(i, inForm) }
		if err := o.db.Populate(ctx, contacts, ask, turns[inForm-1].Session); err != nil {
			return err
		}
		runtime.GC() // what filling left behind is not what serving needs
		n := max(benchContacts, b.turns/2)
		begin := time.Now()
		for i := 0; i < n; i += benchContacts {
			if err := repeatQuestion(o.db, contacts, i); err != nil {
				return err
			}
		}
		micros = time.Since(begin).Seconds() * 1e6 / float64(n)
		resident = residentBytes()
		return nil
	})
	return micros, resident, err
}

// repeatQuestion lets 64 contacts, far apart, ask to hear their question again: the same work for each, every time.
func repeatQuestion(db *store.DB, contacts, from int) error {
	var receipts [benchContacts]<-chan dialog.Receipt
	for i := range receipts {
		const stride = 7919 // a prime: meets all contacts, in no helpful order
		in := benchInput((from+i)*stride%contacts, from+i)
		in.Line, in.Text = "pandawa", "ulang"
		receipts[i] = db.Submit(in)
	}
	for _, receipt := range receipts {
		if err := sound(<-receipt); err != nil {
			return err
		}
	}
	return nil
}

// pipedChat measures `sapa chat --json` from its stdin to its stdout.
func (b *bench) pipedChat(ctx context.Context) error {
	dir := filepath.Join(b.dir, "chat")
	o, err := b.office(dir)
	if err != nil {
		return err
	}
	out := &counter{}
	chat, err := terminal.NewJSON(terminal.Options{
		In: b.conversations(), Out: out, Lines: o.lineIDs(), Soonest: o.engine.Soonest(),
	})
	if err != nil {
		return err
	}
	begin, cpu := time.Now(), cpuTime()
	if err := o.talk(ctx, dir, chat, zerolog.New(b.stderr).Level(zerolog.ErrorLevel)); err != nil {
		return err
	}
	n := float64(b.members * len(referenceConversation))
	if out.done != int(n) {
		return fmt.Errorf("of %.0f messages %d were answered", n, out.done)
	}
	took := time.Since(begin)
	b.note(fmt.Sprintf("chat --json, %d members, all on disk", b.members), "≥ 5000/s", "%.0f/s", n/took.Seconds())
	b.note("its CPU for a message", "", "%.0f µs", (cpuTime()-cpu).Seconds()*1e6/n)
	b.note("resident memory", "", "%d MB", residentBytes()>>20)
	return nil
}

// atOnce is how many members of the piped chat talk at the same time.
const atOnce = 200

// conversations are what the members say, as `sapa chat --json` reads it.
func (b *bench) conversations() io.Reader {
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(in, 1<<16)
		for from := 0; from < b.members; from += atOnce {
			for n, said := range referenceConversation {
				for m := from; m < min(b.members, from+atOnce); m++ {
					_, _ = fmt.Fprintf(w, `{"id":"m%d","line":%q,"from":"62812%08d","text":%q}`+"\n", n, said.line, m, said.text)
				}
			}
		}
		_ = in.CloseWithError(w.Flush()) // the reader has gone only when the measure has failed
	}()
	return out
}

// counter counts "done" lines and drops all.
type counter struct{ done int }

func (c *counter) Write(p []byte) (int, error) {
	c.done += bytes.Count(p, []byte(`{"done":`))
	return len(p), nil
}

// cpuTime is what this process has used, on all cores.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0 // cannot fail for this process
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// residentBytes is the memory of this process that is in RAM; 0 where the system does not tell.
func residentBytes() int {
	stat, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return pages * os.Getpagesize()
}
