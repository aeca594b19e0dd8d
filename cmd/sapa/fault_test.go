package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Settings of a child process that only the tests know.
const (
	asUser   = "SAPA_TEST_UID"   // the user it runs as
	maxWrite = "SAPA_TEST_FSIZE" // the largest file it can write, in bytes: a disk that is full
)

// childCommand is sapa in a process of its own.
func childCommand(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // the test binary itself
	c.Env = append(append(os.Environ(), asSapa+"=1"), env...)
	return c
}

// inChild runs a command in a process of its own.
func inChild(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	c := childCommand(t, env, args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// talked is a data directory in which somebody has spoken.
func talked(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	works2(t, data, `{"id":"m1","text":"Hi Chika"}`, "chat", "--json")
	return data
}

// contents are the bytes of every file below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		all[path] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A start that cannot succeed says why and changes nothing.
func TestStartsThatFail(t *testing.T) {
	for _, test := range []struct {
		name, word string
		harm       func(t *testing.T, data string)
	}{
		{"lost keys", "keys", func(t *testing.T, data string) { must(t, os.RemoveAll(filepath.Join(data, "keys"))) }},
		{"one key lost", "keys", func(t *testing.T, data string) { must(t, os.Remove(filepath.Join(data, "keys", "index.json"))) }},
		{"another's keys", "keys", func(t *testing.T, data string) {
			must(t, os.RemoveAll(filepath.Join(data, "keys")))
			must(t, os.Rename(filepath.Join(talked(t), "keys"), filepath.Join(data, "keys")))
		}},
		{"keys that are none", "keys", func(t *testing.T, data string) {
			must(t, os.WriteFile(filepath.Join(data, "keys", "master.json"), []byte("{}"), 0o600))
		}},
		{"no database but text", "damaged", func(t *testing.T, data string) {
			must(t, os.WriteFile(filepath.Join(data, "sapa.db"), []byte(strings.Repeat("bukan basis data ", 1000)), 0o600))
		}},
		{"a damaged database", "damaged", func(t *testing.T, data string) {
			path := filepath.Join(data, "sapa.db")
			body, err := os.ReadFile(path)
			must(t, err)
			copy(body[100:], bytes.Repeat([]byte{0xA5}, 4000)) // the first page: the schema
			must(t, os.WriteFile(path, body, 0o600))
		}},
		{"a broken configuration", "sapa.yaml:1:1", func(t *testing.T, data string) {
			must(t, os.WriteFile(filepath.Join(data, configName), []byte("linez: []\norganisation: {name: A}\n"), 0o600))
		}},
		{"the database is a directory", "written", func(t *testing.T, data string) {
			must(t, os.Remove(filepath.Join(data, "sapa.db")))
			must(t, os.Mkdir(filepath.Join(data, "sapa.db"), 0o700))
			must(t, os.WriteFile(filepath.Join(data, "sapa.db", "x"), nil, 0o600))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := talked(t)
			test.harm(t, data)
			before := contents(t, data)
			for _, args := range [][]string{{"chat", "--json"}, {"serve"}, {"ticket", "list"}} {
				if args[0] == "ticket" && test.name == "the database is a directory" {
					continue
				}
				refuses(t, exitFailed, test.word, command(t, data, `{"id":"m2","text":"6"}`, args...))
			}
			after := contents(t, data)
			for path, body := range before {
				if after[path] != body {
					t.Errorf("%s was changed", filepath.Base(path))
				}
			}
			for path := range after {
				if _, was := before[path]; !was {
					t.Errorf("%s was made", filepath.Base(path))
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What is damaged further in is found by db check.
func TestCheckFindsDamage(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	c.apply("0001234567890")
	c.end()
	path := filepath.Join(data, "sapa.db")
	body, err := os.ReadFile(path)
	must(t, err)
	for page := len(body) / 2 / 4096; page < len(body)/4096; page += 3 {
		copy(body[page*4096:], bytes.Repeat([]byte{0xA5}, 2000))
	}
	must(t, os.WriteFile(path, body, 0o600))
	r := command(t, data, "", "db", "check")
	if r.code != exitFailed || !strings.Contains(r.errors+r.out, "sound") && !strings.Contains(r.errors, "damaged") {
		t.Errorf("db check says %+v", r)
	}
}

// A data directory that cannot be written is refused, also before there is anything in it.
func TestReadOnlyDirectory(t *testing.T) {
	for _, name := range []string{"new", "used"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.MkdirTemp("", "sapa-*") // not below a directory that only its owner may enter
			must(t, err)
			t.Cleanup(func() { _ = os.Chmod(data, 0o700); _ = os.RemoveAll(data) })
			if name == "used" {
				works2(t, data, `{"id":"m1","text":"Hi Chika"}`, "chat", "--json")
			}
			must(t, os.Chmod(data, 0o555))
			r := inChild(t, []string{asUser + "=65534"}, `{"id":"m2","text":"6"}`, "chat", "--json", "--data", data)
			refuses(t, exitFailed, "cannot be ", r)
		})
	}
	refuses(t, exitFailed, "not a directory", command(t, filepath.Join(file(t, "berkas", nil), "data"), "", "chat", "--json"))
}

// On a full disk each message gets a clear error, nothing that was answered is lost, and with room again the same
// messages are answered.
func TestFullDisk(t *testing.T) {
	data := talked(t)
	var input strings.Builder
	const n = 400
	for i := range n {
		input.WriteString(message{ID: "f" + strconv.Itoa(i), From: "62812" + strconv.Itoa(10000000+i), Text: "Hi Chika"}.String())
	}
	full := inChild(t, []string{maxWrite + "=600000"}, input.String(), "chat", "--json", "--data", data)
	answered := map[string]bool{}
	failed := 0
	for _, o := range parseOutput(t, full.out) {
		switch {
		case o.Done != "":
			answered[o.Done] = o.Fresh
		case o.Error != "":
			failed++
			if strings.Contains(o.Error, "\n") || !strings.Contains(o.Error, "disk") {
				t.Errorf("the error reads %q", o.Error)
			}
		}
	}
	if failed == 0 || len(answered) == 0 || failed+len(answered) != n {
		t.Fatalf("%d answered, %d refused, of %d (exit %d: %s)", len(answered), failed, n, full.code, full.errors)
	}
	works(t, data, "db", "check")
	for _, o := range parseOutput(t, works2(t, data, input.String(), "chat", "--json")) {
		if o.Done != "" && o.Fresh == answered[o.Done] {
			t.Errorf("%s was answered before: %v, is fresh now: %v", o.Done, answered[o.Done], o.Fresh)
		}
	}
}

// Files that are no documents are refused in the chat with a reason; the form goes on.
func TestBadDocuments(t *testing.T) {
	c := startChat(t, t.TempDir())
	c.intoForm("0001234567890")
	for _, test := range []struct {
		path, word string
	}{
		{bombFile(t), "besar"},
		{file(t, "rusak.png", []byte("\x89PNG\r\n\x1a\nrusak")), ""},
		{file(t, "kosong.jpg", nil), "kosong"},
		{file(t, "surat.docx", []byte("PK\x03\x04dokumen")), ""},
		{file(t, "besar.pdf", append([]byte("%PDF-1.4\n"), make([]byte, 17<<20)...)), "16"},
		{file(t, "program.png", []byte("#!/bin/sh\necho\n")), ""},
	} {
		said := c.expect(message{File: test.path, MIME: "image/png"}, test.word)
		if strings.Contains(said, "sudah saya terima") || said == "" {
			t.Errorf("%s: %s", filepath.Base(test.path), said)
		}
	}
	c.expect(message{File: pngFile(t)}, "Foto KTP sudah saya terima")
	if r := c.end(); r.code != exitDone {
		t.Errorf("it ended with %+v", r)
	}
}
