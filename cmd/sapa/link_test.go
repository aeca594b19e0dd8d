package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
)

// pointed gives a server that this process's lines are pointed at until the test ends, and a data directory of a desk
// that is no trial.
func pointed(t *testing.T) (*watest.Server, string) {
	t.Helper()
	w := newWire(t)
	before := tuneLines
	tuneLines = func(o *whatsapp.Options) { o.Configure, o.HTTP = w.wa.Configure, w.wa.HTTPClient() }
	t.Cleanup(func() { tuneLines = before })
	return w.wa, w.data
}

// logged is a service in this process whose log is kept, read or not.
type logged struct {
	t    *testing.T
	mu   sync.Mutex
	log  bytes.Buffer
	stop func()
	code chan int
}

// Write takes a line of the log.
func (s *logged) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func startLogged(t *testing.T, data string) *logged {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &logged{t: t, stop: stop, code: make(chan int, 1)}
	go func() { s.code <- run(ctx, []string{"serve", "--data", data}, strings.NewReader(""), io.Discard, s) }()
	t.Cleanup(stop)
	s.until("service.started")
	return s
}

// until waits for an event in the log.
func (s *logged) until(event string) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		found := strings.Contains(s.log.String(), `"message":"`+event)
		s.mu.Unlock()
		if found {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t.Fatalf("no %s in the log:\n%s", event, s.log.String())
}

// end stops the service in order.
func (s *logged) end() {
	s.t.Helper()
	s.stop()
	if code := <-s.code; code != exitDone {
		s.t.Errorf("serve ended with %d", code)
	}
}

var codeToType = regexp.MustCompile(`(?m)^    ([0-9A-Z]{4}-[0-9A-Z]{4})$`)

// linkByCode runs `sapa link` and types the code it shows on the number's phone; it gives all that was printed.
func linkByCode(t *testing.T, data, line string, number *watest.Number) string {
	t.Helper()
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		ended <- run(t.Context(), []string{"link", line, "--phone", "0811-0000-0001", "--data", data}, strings.NewReader(""), in, &errs)
		_ = in.Close()
	}()
	var printed strings.Builder
	typed := false
	buf := make([]byte, 4096)
	for {
		n, err := out.Read(buf)
		printed.Write(buf[:n])
		if m := codeToType.FindStringSubmatch(printed.String()); m != nil && !typed {
			typed = true
			number.EnterCode(m[1])
		}
		if err != nil {
			break
		}
	}
	if code := <-ended; code != exitDone {
		t.Fatalf("link ended with %d: %s", code, errs.String())
	}
	return printed.String()
}

func TestLinkBesideTheService(t *testing.T) {
	wa, data := pointed(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	s := startLogged(t, data)
	out := linkByCode(t, data, "chika", number)
	if !strings.Contains(out, "Linked: line chika is +6281100000001.") {
		t.Errorf("link says\n%s", out)
	}
	s.until("line.online")
	siti.Sends(number, "Hi Chika")
	if reply := siti.Reads(); !strings.Contains(reply.Text, "asisten chat dari Klinik Contoh") {
		t.Errorf("the first reply is\n%s", reply.Text)
	}
	line := lineNamed(t, data, "chika")
	if line.State != string(whatsapp.Online) || line.Phone != "6281100000001" || line.Since.IsZero() {
		t.Errorf("lines says %+v", line)
	}
	refuses(t, exitFailed, "linked already", command(t, data, "", "link", "chika"))
	s.end()
	if line := lineNamed(t, data, "chika"); line.State != "stopped" {
		t.Errorf("after the end lines says %+v", line)
	}
	refuses(t, exitUsage, "no line", command(t, data, "", "link", "nowhere"))
}

func TestLinkWithoutAService(t *testing.T) {
	wa, data := pointed(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	linkByCode(t, data, "pandawa", number)
	number.AwaitOffline()
	siti.Sends(number, "halo")
	s := startLogged(t, data)
	if siti.Reads().Text == "" {
		t.Error("an empty reply")
	}
	number.AwaitAllAcked()
	s.end()

	out := works2(t, data, `{"id":"m1","text":"halo","at":"2030-01-01T09:00:00+07:00"}`+"\n", "chat", "--json")
	if !strings.Contains(out, "the clock cannot be moved where a WhatsApp line is linked") {
		t.Errorf("chat moved the clock:\n%s", out)
	}
	// The same directory as a trial: its made-up answers must not reach the member.
	if err := os.WriteFile(filepath.Join(data, configName), []byte("organisation: {name: Coba, trial: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, exitFailed, "trial", command(t, data, "", "serve"))
}

func TestATrialIsNotLinked(t *testing.T) {
	refuses(t, exitFailed, "trial", command(t, t.TempDir(), "", "link", "chika"))
}

func TestALinkThatIsGivenUpLeavesNoCode(t *testing.T) {
	_, data := pointed(t)
	s := startLogged(t, data)
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"link", "chika", "--data", data}, strings.NewReader(""), &out, &errs); code != exitFailed {
		t.Errorf("ended with %d: %s", code, errs.String())
	}
	if !strings.Contains(out.String(), "Linked devices") || !strings.Contains(out.String(), "\x1b[38;5;16;48;5;231m") {
		t.Errorf("no code was shown:\n%s", out.String())
	}
	s.until("link.failed")
	s.end()
}

func TestReload(t *testing.T) {
	wa, data := pointed(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	s := startLogged(t, data)
	linkByCode(t, data, "chika", number)
	hangup := func(config, event string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(data, configName), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if err := self.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		s.until(event)
	}
	hangup("organisation: {nama: salah}\n", "service.reload_refused")
	siti.Sends(number, "Hi Chika")
	if reply := siti.Reads(); !strings.Contains(reply.Text, "Klinik Contoh") {
		t.Errorf("after a refused reload the first reply is\n%s", reply.Text)
	}
	hangup(strings.Replace(wireConfig, "Klinik Contoh", "Klinik Baru", 1), "service.reloaded")
	budi := wa.Person("6281200000002")
	budi.Sends(number, "Hi Chika")
	if reply := budi.Reads(); !strings.Contains(reply.Text, "Klinik Baru") {
		t.Errorf("after the reload the first reply is\n%s", reply.Text)
	}
	s.end()
}

func lineNamed(t *testing.T, data, id string) lineState {
	t.Helper()
	for row := range strings.Lines(works(t, data, "lines", "--json")) {
		var l lineState
		if err := json.Unmarshal([]byte(row), &l); err != nil {
			t.Fatal(err)
		}
		if l.Line == id {
			return l
		}
	}
	t.Fatalf("no line %s", id)
	return lineState{}
}
