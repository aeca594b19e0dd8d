package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// service is a running `sapa serve`.
type service struct {
	t    *testing.T
	log  *bufio.Scanner
	stop func()
	code chan int
}

func startService(t *testing.T, data string) *service {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, stderr := io.Pipe()
	s := &service{t: t, log: bufio.NewScanner(out), stop: stop, code: make(chan int, 1)}
	go func() {
		s.code <- run(ctx, []string{"serve", "--data", data}, strings.NewReader(""), io.Discard, stderr)
		_ = stderr.Close()
	}()
	t.Cleanup(stop)
	s.until("service.started")
	return s
}

// until reads the log up to an event and gives its line.
func (s *service) until(event string) map[string]any {
	s.t.Helper()
	for s.log.Scan() {
		var line map[string]any
		if err := json.Unmarshal(s.log.Bytes(), &line); err != nil {
			s.t.Fatalf("the log holds %q", s.log.Text())
		}
		if words, ok := line["message"].(string); ok && strings.HasPrefix(words, event) {
			return line
		}
	}
	s.t.Fatalf("the log ended without %s", event)
	return nil
}

// end stops the service in order.
func (s *service) end() {
	s.t.Helper()
	s.stop()
	s.until("service.stopped")
	if code := <-s.code; code != exitDone {
		s.t.Errorf("serve ended with %d", code)
	}
}

// The service holds the data directory, says that nothing is linked, logs what officers do elsewhere, and stops when
// told to.
func TestServe(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()

	s := startService(t, data)
	if line := s.until("line.unlinked"); line["line"] != "chika" {
		t.Errorf("the first unlinked line is %v", line)
	}
	if out := works(t, data, "lines", "--check"); out != "healthy\n" {
		t.Errorf("lines --check says %q", out)
	}
	refuses(t, exitFailed, "another sapa is running", command(t, data, "", "serve"))
	refuses(t, exitFailed, "another sapa is running", command(t, data, "", "chat"))
	works(t, data, "ticket", "take", ref, "--as", "rina")
	line := s.until("ticket.taken")
	if line["ticket"] != ref || line["service"] != "reaktivasi" || line["stage"] != "verifikasi" || line["officer"] != "rina" {
		t.Errorf("the log says %v", line)
	}
	s.end()
	refuses(t, exitFailed, "no service", command(t, data, "", "lines", "--check"))
	works(t, data, "db", "check")
}

// Watching shows what was and what comes, until it is stopped.
func TestWatch(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()
	for _, asJSON := range []bool{true, false} {
		args := []string{"ticket", "watch", "--data", data}
		if asJSON {
			args = append(args, "--json")
		}
		ctx, stop := context.WithCancel(t.Context())
		out, stdout := io.Pipe()
		code := make(chan int, 1)
		go func() { code <- run(ctx, args, strings.NewReader(""), stdout, io.Discard); _ = stdout.Close() }()
		lines := bufio.NewScanner(out)
		want := func(words ...string) {
			t.Helper()
			if !lines.Scan() {
				t.Fatal("the watch ended")
			}
			for _, w := range words {
				if !strings.Contains(lines.Text(), w) {
					t.Errorf("no %q in %q", w, lines.Text())
				}
			}
		}
		want(ref, "ticket.opened", "member")
		want(ref, "promise.made")
		if asJSON {
			works(t, data, "ticket", "note", ref, "satu", "--as", "rina")
		}
		want(ref, "ticket.noted", "rina")
		if strings.Contains(lines.Text(), "satu") {
			t.Error("a watch shows words")
		}
		stop()
		if c := <-code; c != exitDone {
			t.Errorf("watch ended with %d", c)
		}
	}
}

// A backup is complete, says where the keys are, and comes back; what was done meanwhile is set aside, not lost.
func TestBackupAndRestore(t *testing.T) {
	data, backup := t.TempDir(), filepath.Join(t.TempDir(), "cadangan.db")
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	out := works(t, data, "db", "backup", backup) // beside the running chat
	if !strings.Contains(out, "keys are not in it") || !strings.Contains(out, filepath.Join(data, "keys")) {
		t.Errorf("backup says:\n%s", out)
	}
	refuses(t, exitFailed, "exists", command(t, data, "", "db", "backup", backup))
	refuses(t, exitFailed, "another sapa is running", command(t, data, "", "db", "restore", backup))
	c.end()
	works(t, data, "ticket", "close", ref, "keliru")
	if out := works(t, data, "db", "restore", backup); !strings.Contains(out, "before-restore") {
		t.Errorf("restore says:\n%s", out)
	}
	if out := works(t, data, "ticket", "list", "--status", "open"); !strings.Contains(out, ref) {
		t.Errorf("after restoring the open tickets are:\n%s", out)
	}
	works(t, data, "db", "check")
	body, err := os.ReadFile(backup)
	if err != nil || bytes.Contains(body, []byte("Aminah")) || bytes.Contains(body, []byte("0001234567890")) {
		t.Errorf("the backup can be read (%v)", err)
	}
	other := t.TempDir()
	works2(t, other, `{"id":"m1","text":"halo"}`, "chat", "--json")
	refuses(t, exitFailed, "keys", command(t, other, "", "db", "restore", backup))
}

// Branches come from a file: bad rows are told and left out, or all is refused.
func TestBranchImport(t *testing.T) {
	data := t.TempDir()
	works2(t, data, `{"id":"m1","text":"halo"}`, "chat", "--json")
	csv := file(t, "branches.csv", []byte("code,name,kind,regencies,line,phone,address,open,close\n"+
		"3174,Kantor Jakarta Selatan,cabang,31.74,,0811-1000-3174,Jalan Uji 1,08:00,15:00\n"+
		"3171,Kantor Jakarta Pusat,kantor,31.71,,,,,\n"+
		"3172,Kantor Jakarta Utara,cabang,31.72,utara,,,,\n"))
	r := command(t, data, "", "branch", "import", csv, "--strict")
	if r.code != exitFailed || !strings.Contains(r.errors, "line 3, column 27 (kind)") || !strings.Contains(r.errors, `no line "utara"`) {
		t.Errorf("--strict gives %+v", r)
	}
	if out := works(t, data, "branch", "import", csv); !strings.Contains(out, "1 branches imported, 2 rows left out") {
		t.Errorf("import says %q", out)
	}
	said := works2(t, data, `{"id":"n1","text":"menu"}`+"\n"+`{"id":"n2","text":"6"}`+"\n"+`{"id":"n3","text":"dki"}`+"\n"+`{"id":"n4","text":"jaksel"}`, "chat", "--json")
	if !strings.Contains(said, "Kantor Jakarta Selatan") || strings.Contains(said, "CONTOH") {
		t.Errorf("members read:\n%s", said)
	}
}

// The flows are checked, drawn and listed; of bad ones every mistake is shown with its place.
func TestFlows(t *testing.T) {
	data := t.TempDir()
	if out := works(t, data, "flow", "check"); strings.Count(out, "\n") != 1 || !strings.Contains(out, "no mistakes") {
		t.Errorf("flow check says %q", out)
	}
	if out := works(t, data, "flow", "graph"); !strings.HasPrefix(out, "flowchart") || !strings.Contains(out, "Pengaktifan Kembali Kartu") {
		t.Errorf("flow graph says %q", out)
	}
	if out := works(t, data, "flow", "graph", "reaktivasi", "--lang", "en"); !strings.Contains(out, "Full name") {
		t.Errorf("flow graph reaktivasi says %q", out)
	}
	if out := works(t, data, "flow", "list", "--json"); !strings.Contains(out, `{"flow":"reaktivasi","title":{"en":"Card reactivation","id":"Pengaktifan Kembali Kartu"},"service":true,`) {
		t.Errorf("flow list says %q", out)
	}
	flows := t.TempDir()
	bad := "flow: a\ntitle: {id: A, en: A}\nnodes:\n  - say: x\n    text: {id: \"{siapa}\"}\n    go: tiada\n"
	for name, source := range map[string]string{"catalog.yaml": "catalog: c\nlanguages: [id, en]\n", "a.yaml": bad} {
		if err := os.WriteFile(filepath.Join(flows, name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := command(t, data, "", "flow", "check", "--flows", flows)
	refuses(t, exitFailed, "mistakes in the flows", r)
	if !strings.Contains(r.out, "a.yaml:5:") || !strings.Contains(r.out, "    5 |     text: {id: \"{siapa}\"}") {
		t.Errorf("flow check prints\n%s", r.out)
	}
	refuses(t, exitFailed, "sapa flow check", command(t, data, "", "chat", "--json", "--flows", flows))
	refuses(t, exitFailed, "", command(t, data, "", "flow", "check", "--flows", "/tidak/ada"))
	if entries, _ := os.ReadDir(data); len(entries) > 0 {
		t.Errorf("a start that failed left %v", entries)
	}
}
