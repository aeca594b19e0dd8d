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
	"syscall"
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
	return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
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
