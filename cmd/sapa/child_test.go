package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"sapa/dialog"
	"sapa/store"
)

// replyFirst is a fault for the crash test to catch: sapa replies to what it reads before it is on disk.
const replyFirst = "SAPA_TEST_REPLY_FIRST"

// child is what the test binary does as sapa: what sapa does, under the limits and with the faults a test wants.
func child(ctx context.Context) int {
	if err := limit(); err != nil {
		fmt.Fprintln(os.Stderr, "the test cannot limit its child:", err)
		return 99
	}
	if os.Getenv(replyFirst) != "" {
		return replyBeforeCommit(ctx)
	}
	if os.Getenv(panicky) != "" {
		tuneStore = func(o *store.Options) { o.Engine = panickyEngine{o.Engine.(*dialog.Engine)} }
	}
	if where := os.Getenv(leak); where != "" {
		before := "halo"
		tuneStore = func(o *store.Options) { o.Engine = leakyEngine{o.Engine.(*dialog.Engine), where, &before} }
	}
	return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// panicky makes the engine panic at these words.
const (
	panicky     = "SAPA_TEST_PANICKY"
	wordsPanic  = "PANIK" // the turn panics, with all that it knows
	wordsCrash  = "MATI"  // the whole process does, while it holds the session
	crashedWith = "seeded crash"
)

// panickyEngine panics with sessions in its hands.
type panickyEngine struct{ *dialog.Engine }

func (e panickyEngine) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	switch in.Text {
	case wordsPanic:
		panic(fmt.Sprintf("%+v %+v", s, in))
	case wordsCrash:
		crash(s, in)
	}
	return e.Engine.Step(s, in)
}

// crash panics where nobody recovers.
func crash(s dialog.Session, in dialog.Input) {
	ended := make(chan bool)
	go func(dialog.Session, dialog.Input) { panic(crashedWith) }(s, in)
	<-ended
}

// leak is what the engine gives away of whoever wrote before: "reply" to the next one, "log" to the log, or "file:" and a
// path: to a file.
const leak = "SAPA_TEST_LEAK"

// leakyEngine gives away what people say.
type leakyEngine struct {
	*dialog.Engine
	where  string
	before *string
}

func (e leakyEngine) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	turn, err := e.Engine.Step(s, in)
	if in.Text == "" {
		return turn, err
	}
	path, toFile := strings.CutPrefix(e.where, "file:")
	switch {
	case toFile:
		if f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_, _ = f.WriteString(in.From + " says " + in.Text + "\n")
			_ = f.Close()
		}
	case e.where == "log":
		fmt.Fprintln(os.Stderr, in.From, "says", in.Text)
	default:
		turn.Effects = append(turn.Effects, dialog.Reply{Text: *e.before, Weight: dialog.Keep})
	}
	*e.before = in.Text
	return turn, err
}

// limit makes the process another user's, or the files it writes small.
func limit() error {
	if n := os.Getenv(maxWrite); n != "" {
		size, err := strconv.ParseUint(n, 10, 64)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.SIGXFSZ) // the write fails instead
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
			return err
		}
	}
	if os.Getenv(panicky) != "" { // a machine that would keep a core
		var core syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &core); err != nil {
			return err
		}
		core.Cur = core.Max
		if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &core); err != nil {
			return err
		}
	}
	if n := os.Getenv(asUser); n != "" && os.Getuid() == 0 {
		uid, err := strconv.Atoi(n)
		if err != nil {
			return err
		}
		return syscall.Setuid(uid)
	}
	return nil
}

// replyBeforeCommit answers each line as it is read, and hands it to sapa after that.
func replyBeforeCommit(ctx context.Context) int {
	in, feed := io.Pipe()
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for n := 1; lines.Scan(); n++ {
			var m message
			if json.Unmarshal(lines.Bytes(), &m) != nil {
				continue
			}
			fmt.Printf(`{"id":"EARLY%d","reply_to":%q,"line":%q,"to":%q,"text":"ok"}`+"\n", n, m.ID, m.Line, m.From)
			fmt.Printf(`{"done":%q,"fresh":true}`+"\n", m.ID)
			if _, err := feed.Write(append(lines.Bytes(), '\n')); err != nil {
				return
			}
		}
		_ = feed.Close()
	}()
	return run(ctx, os.Args[1:], in, io.Discard, os.Stderr)
}
