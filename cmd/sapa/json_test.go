package main

import (
	"fmt"
	"strings"
	"testing"
)

// Lines that cannot be used get an error with their number; the next line is read.
func TestUnusableLines(t *testing.T) {
	lines := []struct{ input, word string }{
		{`bukan JSON`, "JSON"},
		{`["m1"]`, "object"},
		{`{"text":"tanpa id"}`, "id"},
		{`{"id":7,"text":"id bukan teks"}`, "id"},
		{`{"id":"m1","at":"kemarin","text":"x"}`, "at"},
		{`{"id":"m2","at":"2001-01-01T00:00:00+07:00","text":"x"}`, "earlier"},
		{`{"id":"m3","line":"kantor","text":"x"}`, "line"},
		{`{"id":"m4","from":"siapa","text":"x"}`, "from"},
		{`{"id":"m5","file":"/tidak/ada.png"}`, "file"},
		{`{"id":"m6","text":"` + strings.Repeat("a", 1<<20) + `"}`, "MiB"},
		{"{\"id\":\"m7\",\"text\":\"\xff\xfe\"}", "UTF-8"},
		{``, "JSON"},
	}
	var input strings.Builder
	for _, l := range lines {
		input.WriteString(l.input + "\n")
	}
	input.WriteString(`{"id":"m9","text":"Hi Chika"}`) // the last line needs no end
	r := command(t, t.TempDir(), input.String(), "chat", "--json")
	if r.code != exitDone {
		t.Fatalf("exit %d: %s", r.code, r.errors)
	}
	all := parseOutput(t, r.out)
	for i, l := range lines {
		if all[i].LineNo != i+1 || !strings.Contains(all[i].Error, l.word) {
			t.Errorf("line %d got %+v, want an error about %q", i+1, all[i], l.word)
		}
	}
	rest := all[len(lines):]
	if last := rest[len(rest)-1]; last.Done != "m9" || !last.Fresh || !strings.Contains(words(rest), "6. Layanan Pandawa") {
		t.Errorf("the good line got %+v", rest)
	}
}

// Whatever is in a text, the member is answered and the next message too.
func TestStrangeTexts(t *testing.T) {
	for name, text := range map[string]string{
		"64 KB":            strings.Repeat("halo ", 13_000),
		"right to left":    "\u202e6\u202c \u2066menu\u2069",
		"zero width":       "\u200bHi\u200d \ufeffChika\u2060",
		"control":          "\x00\x01\x1b[2J\x7f",
		"empty":            "",
		"emoji":            strings.Repeat("😀", 2_000),
		"binary in a text": "\ufffd\u0080\u009f",
		"one endless word": strings.Repeat("x", 60_000),
		"braces":           "{nama} {{ }} {organisation}",
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			c := startChat(t, data)
			for range 2 {
				if replies := c.send(message{Text: text}); len(replies) == 0 {
					t.Error("no reply")
				}
			}
			c.says("menu", "6. Layanan Pandawa")
			if r := c.end(); r.code != exitDone || strings.Contains(r.errors, `"level":"error"`) {
				t.Errorf("it ended with %+v", r)
			}
			works(t, data, "db", "check")
		})
	}
}

// A number typed with marks nobody sees is still that number.
func TestHiddenMarksDoNotHideAnAnswer(t *testing.T) {
	c := startChat(t, t.TempDir())
	c.says("Hi Chika")
	c.says("\u200f\u200b6\ufe0f\u20e3\u200e", "provinsi")
	c.end()
}

// A repeated ID of the same contact on the same line is answered once; of another contact, or on another line, it is
// another message. It holds over restarts.
func TestRepeatedMessages(t *testing.T) {
	data := t.TempDir()
	input := message{ID: "m1", From: "6281200000001", Text: "Hi Chika"}.String() +
		message{ID: "m1", From: "6281200000001", Text: "Hi Chika"}.String() +
		message{ID: "m1", From: "0812-0000-0001", Text: "6"}.String() + // the same contact
		message{ID: "m1", From: "6281200000002", Text: "Hi Chika"}.String() +
		message{ID: "m1", From: "6281200000001", Line: "pandawa", Text: "Pandawa"}.String()
	want := []string{"true", "false", "false", "true", "true"}
	for run := range 2 {
		all := parseOutput(t, works2(t, data, input, "chat", "--json"))
		var fresh []string
		replies := 0
		for _, o := range all {
			if o.Done != "" {
				fresh = append(fresh, fmt.Sprint(o.Fresh))
			} else {
				replies++
			}
		}
		if strings.Join(fresh, " ") != strings.Join(want, " ") {
			t.Errorf("run %d: fresh is %v, want %v", run+1, fresh, want)
		}
		if run == 1 && replies > 0 {
			t.Errorf("%d replies to messages that were answered before", replies)
		}
		want = []string{"false", "false", "false", "false", "false"}
	}
}

// works2 is works with something on stdin.
func works2(t *testing.T, data, stdin string, args ...string) string {
	t.Helper()
	r := command(t, data, stdin, args...)
	if r.code != exitDone {
		t.Fatalf("sapa %s: exit %d\n%s", strings.Join(args, " "), r.code, r.errors)
	}
	return r.out
}

// Equal inputs give fresh contacts equal replies; output keeps the order of the input; each reply has its own ID, its
// message's time, and the right address.
func TestManyContactsAtOnce(t *testing.T) {
	const contacts = 40
	texts := []string{"Hi Chika", "6", "jakarta", "jaksel", "1", "1", "setuju"}
	var input strings.Builder
	var order []string
	for i, text := range texts {
		for c := range contacts {
			m := message{
				ID: fmt.Sprintf("m%d-%d", i, c), From: fmt.Sprintf("62812%08d", c), Text: text,
				At: "2030-01-07T09:00:00+07:00",
			}
			input.WriteString(m.String())
			order = append(order, m.ID)
		}
	}
	all := parseOutput(t, works2(t, t.TempDir(), input.String(), "chat", "--json"))
	said := map[string]string{}
	ids := map[string]bool{}
	next := 0
	for _, o := range all {
		if o.Done != "" {
			if o.Done != order[next] || !o.Fresh {
				t.Fatalf("done %+v, want %s", o, order[next])
			}
			next++
			continue
		}
		if ids[o.ID] || o.ReplyTo != order[next] || o.At != "2030-01-07T09:00:00+07:00" || !strings.HasSuffix(o.ReplyTo, "-"+trimZeros(o.To)) {
			t.Fatalf("reply %+v while %s is being answered", o, order[next])
		}
		ids[o.ID] = true
		said[o.To] += o.Text + "\n"
	}
	if next != len(order) || len(said) != contacts {
		t.Fatalf("%d of %d messages done, %d contacts answered", next, len(order), len(said))
	}
	for to, text := range said {
		if text != said["6281200000000"] {
			t.Fatalf("%s was told something else than the first contact", to)
		}
	}
}

func trimZeros(phone string) string {
	number := strings.TrimLeft(strings.TrimPrefix(phone, "62812"), "0")
	if number == "" {
		return "0"
	}
	return number
}

// For people without a terminal: plain lines in, plain lines out.
func TestChatForPeopleInAPipe(t *testing.T) {
	input := "Hi Chika\n/line pandawa\nPandawa\n/as 0812-0000-0002\n/at kemarin\n/file /tidak/ada\n/quit\nsesudah\n"
	out := works2(t, t.TempDir(), input, "chat")
	for _, word := range []string{"6. Layanan Pandawa", "1. Pengaktifan Kembali Kartu", "not a time", "does not exist"} {
		if !strings.Contains(out, word) {
			t.Errorf("nothing about %q in:\n%s", word, out)
		}
	}
	if strings.Contains(out, `{"`) || strings.Contains(out, "\x1b") {
		t.Errorf("JSON or colours in:\n%s", out)
	}
}

// No log line, at any level, holds what is personal.
func TestLogsHoldNothingPersonal(t *testing.T) {
	for _, format := range []string{"json", "console"} {
		c := startChat(t, t.TempDir(), "--log-level", "debug", "--log-format", format)
		c.from = "6281277788899"
		c.intoForm("0009876543210")
		c.expect(message{File: file(t, "Siti Aminah.txt", []byte("bukan gambar"))})
		c.expect(message{File: file(t, "kosong 0009876543210.png", nil)})
		r := c.end()
		for _, secret := range []string{"Aminah", "9876543210", "81277788899", "1990", "nunggak", "Puskesmas"} {
			if strings.Contains(r.errors, secret) {
				t.Errorf("%s: %q is in the log:\n%s", format, secret, r.errors)
			}
		}
	}
}
