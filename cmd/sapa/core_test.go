package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A panic in a turn costs the turn, one elsewhere the process: neither log nor trace nor a core file tells what the
// session held.
func TestAPanicTellsNothingPersonal(t *testing.T) {
	data, cwd := t.TempDir(), t.TempDir()
	c := childCommand(t, []string{panicky + "=1", "GOTRACEBACK=crash"}, "chat", "--json", "--data", data, "--log-level", "debug")
	c.Dir = cwd
	in, err := c.StdinPipe()
	must(t, err)
	errs, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	for i, text := range []string{"Pandawa", "1", "setuju", "3174015708900002", "KENARI MURAI", "17-8-90", wordsPanic} {
		_, err := fmt.Fprint(in, message{ID: fmt.Sprint("m", i), Line: "pandawa", From: "6281234567890", Text: text})
		must(t, err)
	}
	log := bufio.NewReader(errs)
	said := ""
	for !strings.Contains(said, `"message":"input.failed"`) {
		line, err := log.ReadString('\n')
		must(t, err)
		said += line
	}
	checkNoCore(t, c.Process.Pid)
	_, err = fmt.Fprint(in, message{ID: "m7", Line: "pandawa", From: "6281234567890", Text: wordsCrash})
	must(t, err)
	trace, err := io.ReadAll(log)
	must(t, err)
	_ = c.Wait() // crashed
	said += string(trace)
	for _, words := range []string{"panic: " + crashedWith, "goroutine ", "panickyEngine"} {
		if !strings.Contains(said, words) {
			t.Errorf("there is no %q in the log and the trace", words)
		}
	}
	for _, canary := range []string{"3174015708900002", "KENARI", "MURAI", "1990", "6281234567890"} {
		if strings.Contains(said, canary) {
			t.Errorf("%q is in the log or the trace", canary)
		}
		for path, body := range contents(t, data) {
			if strings.Contains(body, canary) {
				t.Errorf("%q is in %s", canary, filepath.Base(path))
			}
		}
	}
	if left := contents(t, cwd); len(left) > 0 {
		t.Errorf("the crash left %d files", len(left))
	}
}

var coreLimit = regexp.MustCompile(`Max core file size +(\S+) +(\S+)`)

// checkNoCore looks at the limit the system has for a process, where it tells.
func checkNoCore(t *testing.T, pid int) {
	t.Helper()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		return
	}
	if m := coreLimit.FindStringSubmatch(string(limits)); m == nil || m[1] != "0" || m[2] != "0" {
		t.Errorf("core files may be written: %q", m)
	}
}
