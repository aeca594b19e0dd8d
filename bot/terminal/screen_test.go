package terminal

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]")

func TestABubbleFitsItsWidth(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Selamat datang di layanan peserta. Ketik nomor pilihan Anda, atau tulis keperluan Anda dengan kata-kata sendiri.",
		strings.Repeat("panjangsekali", 12),
		"您好,请选择一项服务。您好,请选择一项服务。您好,请选择一项服务。",
		"*tebal sekali ini teksnya dan masih terus* lalu _miring_ 👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
		"", "\n\n", "1. Satu\n2. Dua", "   ",
	} {
		for _, width := range []int{1, 24, 40, 200} {
			drawn := escapes.ReplaceAllString(bubble("chika", text, width), "")
			for l := range strings.Lines(drawn) {
				if w := uniseg.StringWidth(strings.TrimSuffix(l, "\n")); w > max(width, minWidth+3) {
					t.Errorf("%d cells at width %d: %q", w, width, l)
				}
			}
			joined := strings.Join(strings.Fields(strings.ReplaceAll(drawn, "┃", "")), "")
			wanted := strings.Join(strings.Fields(strings.NewReplacer("*", "", "_", "").Replace("chika"+text)), "")
			if joined != wanted {
				t.Errorf("width %d: %q became %q", width, wanted, joined)
			}
		}
	}
}

func TestABubbleShowsWhatsAppsMarks(t *testing.T) {
	t.Parallel()
	const bold, italic = "\x1b[1m", "\x1b[3m"
	for text, want := range map[string]string{
		"*Nomor tiket:* K7M":   bold + "Nomor tiket:" + ansiReset + " K7M",
		"ini _miring_.":        "ini " + italic + "miring" + ansiReset + ".",
		"*tebal _dan_ miring*": bold + "tebal " + ansiReset + bold + italic + "dan" + ansiReset + bold + " miring" + ansiReset,
		"2 * 3 * 4":            "2 * 3 * 4",
		"nama_file_ktp":        "nama_file_ktp",
		"satu* bintang":        "satu* bintang",
		"*tak ditutup":         "*tak ditutup",
		"**":                   "**",
		"*a _b* c_":            bold + "a _b" + ansiReset + " c_",
	} {
		if got := draw(styled(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAReplyCannotCommandTheTerminal(t *testing.T) {
	t.Parallel()
	hostile := "a\x1b[2Jb\u202ec\r\x07d\u009be\tf"
	if got := clean(hostile); got != "a[2Jbcde f" {
		t.Errorf("%q", got)
	}
}

func FuzzBubble(f *testing.F) {
	f.Add("*tebal* _miring_ 👍🏽", 30)
	f.Add("\xff*a\u0301*", 0)
	f.Fuzz(func(t *testing.T, text string, width int) {
		drawn := bubble("chika", text, width)
		if utf8.ValidString(text) && !utf8.ValidString(drawn) {
			t.Errorf("%q broke", text)
		}
		if rest := escapes.ReplaceAllString(drawn, ""); strings.ContainsRune(rest, 0x1b) {
			t.Errorf("%q: an escape is left", text)
		}
	})
}

// paper is a terminal's output.
type paper struct {
	mu      sync.Mutex
	written sync.Cond
	b       bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.written.Broadcast()
	return p.b.Write(b)
}

// until waits until what is written ends so, escapes aside.
func (p *paper) until(end string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !strings.HasSuffix(escapes.ReplaceAllString(p.b.String(), ""), end) {
		p.written.Wait()
	}
}

func keyboard(t *testing.T) (*editor, *io.PipeWriter, *paper) {
	t.Helper()
	in, keys := io.Pipe()
	out := &paper{}
	out.written.L = &out.mu
	e := newEditor(in, out, func() (int, int, error) { return 60, 20, nil })
	if err := e.open("chika> "); err != nil {
		t.Fatal(err)
	}
	return e, keys, out
}

func TestPastedLinesAreOneMessage(t *testing.T) {
	t.Parallel()
	e, keys, _ := keyboard(t)
	go func() {
		_, _ = io.WriteString(keys, "\x1b[200~Nama: Siti\rAlamat: Jalan Satu\r\x1b[201~\rhalo\r\x04")
	}()
	for _, want := range []string{"Nama: Siti\nAlamat: Jalan Satu", "halo"} {
		if got, err := e.read(); err != nil || got != want {
			t.Errorf("read %q, %v; want %q", got, err, want)
		}
	}
	if _, err := e.read(); err != io.EOF { //nolint:errorlint // as the chat sees it
		t.Errorf("Ctrl-D gave %v", err)
	}
}

func TestCtrlCLeaves(t *testing.T) {
	t.Parallel()
	e, keys, _ := keyboard(t)
	go func() { _, _ = io.WriteString(keys, "half a line\x03") }()
	if got, err := e.read(); err != io.EOF { //nolint:errorlint // as the chat sees it
		t.Errorf("read %q, %v", got, err)
	}
}

func TestAReplyThatComesWhileTypingLeavesTheLineAsItWas(t *testing.T) {
	t.Parallel()
	e, keys, out := keyboard(t)
	line := make(chan string, 1)
	go func() {
		text, _ := e.read()
		line <- text
	}()
	_, _ = io.WriteString(keys, "setengah")
	out.until("chika> setengah")
	if err := e.show("chika", "Kabar dari petugas"); err != nil {
		t.Fatal(err)
	}
	out.until("┃ Kabar dari petugas\r\n\r\nchika> setengah")
	_, _ = io.WriteString(keys, " kalimat\r")
	if got := <-line; got != "setengah kalimat" {
		t.Errorf("read %q", got)
	}
}
