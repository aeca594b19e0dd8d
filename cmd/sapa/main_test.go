package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"sapa/bot/whatsapp/watest"
)

// asSapa makes the test binary be sapa: some tests need a process of its own, to kill it or to limit it.
const asSapa = "SAPA_TEST_AS_SAPA"

func TestMain(m *testing.M) {
	watest.Pardon()
	// What the machine's own settings say must not reach the tests.
	for _, name := range []string{"SAPA_DATA", "SAPA_KEYS"} {
		_ = os.Unsetenv(name)
	}
	if os.Getenv(asSapa) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := child(ctx)
	stop()
	os.Exit(code)
}

// result is what a command left behind.
type result struct {
	code        int
	out, errors string
}

// command runs sapa as at a shell prompt.
func command(t *testing.T, data, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append(args, "--data", data), strings.NewReader(stdin), &out, &errs)
	return result{code, out.String(), errs.String()}
}

// works runs a command that must succeed, and gives its output.
func works(t *testing.T, data string, args ...string) string {
	t.Helper()
	r := command(t, data, "", args...)
	if r.code != exitDone {
		t.Fatalf("sapa %s: exit %d\n%s", strings.Join(args, " "), r.code, r.errors)
	}
	return r.out
}

// refuses runs a command that must fail with a code and say a word about why, in at most four lines without a trace.
func refuses(t *testing.T, code int, word string, r result) {
	t.Helper()
	lines := strings.Count(r.errors, "\n")
	if r.code != code || !strings.Contains(r.errors, word) || lines < 1 || lines > maxComplaint ||
		strings.Contains(r.errors, "goroutine") {
		t.Errorf("want exit %d and at most %d lines about %q, have exit %d:\n%s", code, maxComplaint, word, r.code, r.errors)
	}
}

// output is a line that `sapa chat --json` wrote.
type output struct {
	ID      string `json:"id"`
	ReplyTo string `json:"reply_to"`
	Line    string `json:"line"`
	To      string `json:"to"`
	Text    string `json:"text"`
	At      string `json:"at"`
	Done    string `json:"done"`
	Fresh   bool   `json:"fresh"`
	Error   string `json:"error"`
	LineNo  int    `json:"line_no"`
}

func parseOutput(t *testing.T, text string) []output {
	t.Helper()
	var all []output
	for line := range strings.Lines(text) {
		var o output
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("not JSON: %q: %v", line, err)
		}
		all = append(all, o)
	}
	return all
}

// words are the texts of replies, a paragraph each.
func words(replies []output) string {
	var b strings.Builder
	for _, r := range replies {
		if r.Text != "" {
			b.WriteString(r.Text + "\n\n")
		}
	}
	return b.String()
}

// message is a line of input to `sapa chat --json`.
type message struct {
	ID   string `json:"id,omitempty"`
	Line string `json:"line,omitempty"`
	From string `json:"from,omitempty"`
	Text string `json:"text,omitempty"`
	File string `json:"file,omitempty"`
	MIME string `json:"mime,omitempty"`
	At   string `json:"at,omitempty"`
}

func (m message) String() string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b) + "\n"
}

// conversation is a running `sapa chat --json` that the test talks to.
type conversation struct {
	t     *testing.T
	in    io.WriteCloser
	out   *bufio.Scanner
	ended chan result
	count int
	line  string
	from  string
	at    string
}

func startChat(t *testing.T, data string, args ...string) *conversation {
	t.Helper()
	stdin, in := io.Pipe()
	out, stdout := io.Pipe()
	c := &conversation{t: t, in: in, out: bufio.NewScanner(out), ended: make(chan result, 1), line: "chika", from: "6281200000001"}
	c.out.Buffer(nil, 1<<20)
	go func() {
		var errs bytes.Buffer
		code := run(t.Context(), append([]string{"chat", "--json", "--data", data}, args...), stdin, stdout, &errs)
		_ = stdout.Close()
		c.ended <- result{code: code, errors: errs.String()}
	}()
	t.Cleanup(func() { _ = in.Close(); _ = out.Close() })
	return c
}

// next is the next line of output.
func (c *conversation) next() output {
	c.t.Helper()
	if !c.out.Scan() {
		c.t.Fatalf("the chat ended: %v %+v", c.out.Err(), <-c.ended)
	}
	return parseOutput(c.t, c.out.Text())[0]
}

// send sends a message and gives everything up to its end.
func (c *conversation) send(m message) (replies []output) {
	c.t.Helper()
	c.count++
	m.ID, m.Line, m.From = fmt.Sprintf("m%d", c.count), c.line, c.from
	if c.count == 1 {
		m.At = c.at
	}
	if _, err := io.WriteString(c.in, m.String()); err != nil {
		c.t.Fatal(err)
	}
	for {
		o := c.next()
		if o.Error != "" {
			c.t.Fatalf("%+v: %s", m, o.Error)
		}
		if o.Done == m.ID {
			return replies
		}
		replies = append(replies, o)
	}
}

// says writes a text and checks that the replies hold some words.
func (c *conversation) says(text string, want ...string) string {
	c.t.Helper()
	return c.expect(message{Text: text}, want...)
}

func (c *conversation) expect(m message, want ...string) string {
	c.t.Helper()
	said := words(c.send(m))
	for _, w := range want {
		if !strings.Contains(strings.ToLower(said), strings.ToLower(w)) {
			c.t.Fatalf("to %q%s the bot said nothing of %q, but:\n%s", m.Text, m.File, w, said)
		}
	}
	return said
}

// end closes the input and gives how the chat ended.
func (c *conversation) end() result {
	c.t.Helper()
	if err := c.in.Close(); err != nil {
		c.t.Fatal(err)
	}
	for c.out.Scan() {
		c.t.Errorf("unasked: %s", c.out.Text())
	}
	return <-c.ended
}

func TestUsage(t *testing.T) {
	data := t.TempDir()
	for _, test := range []struct {
		args string
		code int
		word string
	}{
		{"frobnicate", exitUsage, "frobnicate"},
		{"chat --frobnicate", exitUsage, "frobnicate"},
		{"chat hello", exitUsage, "hello"},
		{"chat --line kantor", exitUsage, "kantor"},
		{"chat --from bukan-nomor", exitUsage, "phone number"},
		{"chat --log-level loud", exitUsage, "loud"},
		{"chat --log-format xml", exitUsage, "xml"},
		{"ticket show", exitUsage, "arg"},
		{"ticket reject 5H8-PWW3", exitUsage, "REASON"},
		{"ticket frobnicate 5H8-PWW3", exitUsage, "frobnicate"},
		{"ticket list --status happy", exitUsage, "waiting_payment"},
		{"ticket list --at yesterday", exitFailed, "no database"},
		{"ticket show 5H8-PWW3 --save berkas", exitUsage, "--reason"},
		{"ticket take 5H8-PWW3 --as member", exitUsage, "officer"},
		{"ticket approve 5H8-PWW3 --set months_owed", exitUsage, "NAME=VALUE"},
		{"ticket list", exitFailed, "no database"},
		{"db check", exitFailed, "no database"},
		{"db frobnicate", exitUsage, "frobnicate"},
		{"flow graph --lang jv", exitUsage, "jv"},
		{"flow graph frobnicate", exitFailed, "frobnicate"},
		{"lines --check", exitFailed, "no service"},
	} {
		t.Run(test.args, func(t *testing.T) {
			refuses(t, test.code, test.word, command(t, data, "", strings.Fields(test.args)...))
		})
	}
	if entries, err := os.ReadDir(data); err != nil || len(entries) > 0 {
		t.Errorf("commands that failed left %v (%v)", entries, err)
	}
}

func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Short == "" || !strings.Contains(c.Example, "sapa") {
			t.Errorf("%q has no description or no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit((&sapa{}).command())
	if out := works(t, t.TempDir(), "ticket", "approve", "--help"); !strings.Contains(out, "--set months_owed=7") {
		t.Errorf("the help of approve shows no example:\n%s", out)
	}
	if out := works(t, t.TempDir(), "completion", "bash"); !strings.Contains(out, "sapa") {
		t.Error("there is no completion")
	}
	if out := works(t, t.TempDir(), "version"); !strings.HasPrefix(out, "sapa ") {
		t.Errorf("version says %q", out)
	}
}
