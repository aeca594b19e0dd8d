package terminal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"sapa/bot"
	"sapa/bot/terminal"
	"sapa/dialog"
)

func TestAFileIsShownWithItsTextBelow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		out  bot.Outbound
		want string
	}{
		"words and a text": {
			bot.Outbound{Text: "Ini data Anda.", File: &dialog.File{
				Name: "data-saya.txt", MIME: "text/plain; charset=utf-8", Body: []byte("Nama: Siti Contoh\x1b[2J\n" + strings.Repeat("-", 1100) + "\n"),
			}},
			"Ini data Anda.\n\n[berkas data-saya.txt, 2 KB]\nNama: Siti Contoh[2J\n" + strings.Repeat("-", 1100) + "\n\n",
		},
		"no words": {
			bot.Outbound{File: &dialog.File{Name: "kosong.txt", MIME: "text/plain"}},
			"[berkas kosong.txt, 0 B]\n\n\n",
		},
		"no text": {
			bot.Outbound{Text: "Surat Anda", File: &dialog.File{Name: "surat.pdf", MIME: "application/pdf", Body: []byte("%PDF")}},
			"Surat Anda\n\n[berkas surat.pdf, 4 B]\n\n",
		},
		"not what it says": {
			bot.Outbound{File: &dialog.File{Name: "a.txt", MIME: "text/plain", Body: []byte{0xff}}},
			"[berkas a.txt, 1 B]\n\n",
		},
	} {
		var screen bytes.Buffer
		chat, err := terminal.NewChat(terminal.Options{
			In: strings.NewReader(""), Out: &screen, Lines: []string{"chika"}, Random: rand.Reader,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := chat.Send(t.Context(), c.out); err != nil {
			t.Fatal(err)
		}
		if screen.String() != c.want {
			t.Errorf("%s: %q, want %q", name, screen.String(), c.want)
		}
	}
}

// filing is a chat whose replies each bring a file.
type filing struct{ *terminal.JSON }

var brought = dialog.File{Name: "data-saya.txt", MIME: "text/plain", Body: []byte("Nama: Siti Contoh\n")}

func (f filing) Committed(in dialog.Input, r bot.Receipt) {
	for i := range r.Outbound {
		r.Outbound[i].File = &brought
	}
	f.JSON.Committed(in, r)
}

func TestAFileIsALineOfJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	in := strings.NewReader(`{"id":"m1","text":"data saya"}` + "\n")
	if err := chat(t, t.TempDir(), in, &out, func(j *terminal.JSON) bot.Transport { return filing{j} }); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	if want := `"text":"data saya","file":{"name":"data-saya.txt","mime":"text/plain","body":"TmFtYTogU2l0aSBDb250b2gK"},"at":`; !strings.Contains(first, want) {
		t.Errorf("%s lacks %s", first, want)
	}
	var reply struct{ File struct{ Body []byte } }
	if err := json.Unmarshal([]byte(first), &reply); err != nil || !bytes.Equal(reply.File.Body, brought.Body) {
		t.Errorf("read back as %q: %v", reply.File.Body, err)
	}
}
