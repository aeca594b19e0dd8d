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

// forget drops what was logged so far.
func (s *logged) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Reset()
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
	if out := works2(t, data, "/at 2030-01-01 09:00\n", "chat"); !strings.Contains(out, "the clock cannot be moved") {
		t.Errorf("chat for people moved the clock:\n%s", out)
	}
	at := []string{"--at", "2030-01-01T09:00:00+07:00"}
	refuses(t, exitFailed, "--at: the clock cannot be moved where a WhatsApp line is linked",
		command(t, data, "", append([]string{"ticket", "note", "5H8-PWW3", "halo"}, at...)...))
	// The same directory as a trial: its made-up answers must not reach the member.
	if err := os.WriteFile(filepath.Join(data, configName), []byte("organisation: {name: Coba, trial: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, exitFailed, "trial", command(t, data, "", "serve"))
}

// What an operator reads where WhatsApp asks for the account's passkey.
func TestThePasskeyStepSaysWhatToDo(t *testing.T) {
	var out strings.Builder
	p := &linkPrinter{out: &out, line: "chika"}
	p.show(whatsapp.Step{Kind: whatsapp.StepPasskey, Detail: `{"challenge":"abc"}`, Until: time.Now().Add(90*time.Second + 500*time.Millisecond)})
	p.show(whatsapp.Step{Kind: whatsapp.StepUnread, Detail: "12 letters"})
	for _, words := range []string{
		"waits 90 s", "https://web.whatsapp.com", `parseRequestOptionsFromJSON({"challenge":"abc"})`, "Paste the line it prints here",
		"not the whole line (12 letters came)",
	} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("no %q in:\n%s", words, out.String())
		}
	}
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
		s.hangup(data, config, event)
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

// hangup writes another configuration, has the service read it, and waits for what it says.
func (s *logged) hangup(data, config, event string) {
	s.t.Helper()
	must(s.t, os.WriteFile(filepath.Join(data, configName), []byte(config), 0o600))
	self, err := os.FindProcess(os.Getpid())
	must(s.t, err)
	s.forget()
	must(s.t, self.Signal(syscall.SIGHUP))
	s.until(event)
}

func TestReloadOfTheSendingSettings(t *testing.T) {
	wa, data := pointed(t)
	number := wa.Number("6281100000001")
	siti := &member{wa.Person("6281200000001"), t, number}
	s := startLogged(t, data)
	linkByCode(t, data, "chika", number)
	slow := strings.Replace(wireConfig, "per_contact: 1000000/s", "per_contact: 1/h", 1)
	s.hangup(data, slow+"lines: [{id: chika, flow: tidak_ada}]\n", "service.reload_refused")
	siti.says("Hi Chika", "6. Layanan Pandawa") // two replies: the old rate holds
	s.hangup(data, slow, "service.reloaded")
	siti.says("6", "provinsi") // the hour's one
	siti.Sends(number, "jakarta")
	for lineNamed(t, data, "chika").Queue == 0 {
		if t.Context().Err() != nil || len(siti.Unread()) > 0 {
			t.Fatal("the new rate does not hold")
		}
	}
	s.hangup(data, wireConfig, "service.reloaded")
	siti.reads("with the old rate again", "Jakarta")
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
