package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot"
	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/store"
)

// wire is WhatsApp, and a data directory whose lines are on it.
type wire struct {
	t    testing.TB
	wa   *watest.Server
	data string
	db   *sql.DB // to look into; nil until then
	// settle, where there is one, waits until all is quiet.
	settle func()
}

// wireConfig is for a desk that is no trial and does not dawdle.
const wireConfig = `organisation: {name: Klinik Contoh, about: Uji, phone: "165", trial: false}
sending: {typing: false, per_contact: 1000000/s, per_line: 1000000/s, jitter: 0s, flood: 1000000/s}
`

func newWire(t testing.TB, config ...string) *wire {
	t.Helper()
	w := &wire{t: t, wa: watest.New(t), data: t.TempDir()}
	if err := os.WriteFile(filepath.Join(w.data, configName), []byte(wireConfig+strings.Join(config, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// serving is `sapa serve` in a process of its own.
type serving struct {
	t     testing.TB
	child *exec.Cmd
	log   *journal
	ended chan struct{} // closed at the end of its log
}

// journal is what a process logs, line by line.
type journal struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed at the next line
}

func (j *journal) add(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	close(j.more)
	j.more = make(chan struct{})
}

func (j *journal) all() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

// serve starts the service, with what env says for the child.
func (w *wire) serve(env ...string) *serving {
	w.t.Helper()
	return w.start(append(env, asSapa+"=1"), "serve", "--data", w.data, "--log-level", "debug")
}

// start starts this binary as a child whose WhatsApp is ours.
func (w *wire) start(env []string, args ...string) *serving {
	w.t.Helper()
	key := watest.RootKey()
	c := exec.CommandContext(w.t.Context(), os.Args[0], args...) //nolint:gosec // the test binary itself
	// The race detector would have each child wait a second at its end.
	c.Env = append(append(os.Environ(), "GORACE=atexit_sleep_ms=0", wireAddr+"="+w.wa.Addr(), wireRoot+"="+hex.EncodeToString(key[:])), env...)
	s := &serving{t: w.t, child: c, log: &journal{more: make(chan struct{})}, ended: make(chan struct{})}
	pipe, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(pipe)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			s.log.add(lines.Text())
		}
	}()
	return s
}

// until waits for an event in the log.
func (s *serving) until(event string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 15*time.Second)
	defer cancel()
	if !s.logs(ctx, event) {
		s.t.Fatalf("no %s in the log:\n%s", event, s.log.all())
	}
}

// logs waits for an event in the log; false: the log or ctx ended without it.
func (s *serving) logs(ctx context.Context, event string) bool {
	over := false
	for seen := 0; ; {
		s.log.mu.Lock()
		lines, more := s.log.lines[seen:], s.log.more
		s.log.mu.Unlock()
		seen += len(lines)
		for _, line := range lines {
			if strings.Contains(line, `"message":"`+event) {
				return true
			}
		}
		if over {
			return false
		}
		select {
		case <-more:
		case <-s.ended:
			over = true // after one more look
		case <-ctx.Done():
			return false
		}
	}
}

// stop ends the service in order.
func (s *serving) stop() {
	s.t.Helper()
	if err := s.child.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	<-s.ended
	if err := s.child.Wait(); err != nil {
		s.t.Errorf("serve ended with %v:\n%s", err, s.log.all())
	}
}

// kill ends the service as a power cut would, but for what the system still writes.
func (s *serving) kill() {
	_ = s.child.Process.Kill() // it may have killed itself
	s.gone()
}

// gone waits for the end of a service that was killed.
func (s *serving) gone() {
	<-s.ended
	_ = s.child.Wait() // killed
}

// linkHere links a line in this process, without a service: for tests of what comes after.
func (w *wire) linkHere(line string, number *watest.Number) {
	w.t.Helper()
	ctx := w.t.Context()
	s := &sapa{dataDir: w.data}
	o, err := s.office()
	if err == nil {
		err = o.open(ctx, w.data, running)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	lines, err := o.whatsApp(ctx, zerolog.Nop(), bot.NewClock(o.zone))
	if err != nil {
		w.t.Fatal(err)
	}
	lines.Configure = w.wa.Configure
	scanned := false
	show := func(s whatsapp.Step) {
		if s.Kind == whatsapp.StepQR && !scanned {
			number.ScanQR(s.Detail)
			scanned = true
		}
	}
	if err := lines.Link(ctx, line, "", show, nil); err != nil {
		w.t.Fatal(err)
	}
	if w.settle != nil {
		w.settle()
	}
	if err := lines.Close(); err != nil {
		w.t.Error(err)
	}
	if err := o.close(); err != nil {
		w.t.Error(err)
	}
	number.AwaitOffline()
}

// peek opens the database beside whoever uses it.
func (w *wire) peek(do func(*store.DB)) {
	w.t.Helper()
	db, err := store.Open(w.t.Context(), w.data, store.Options{Keys: filepath.Join(w.data, "keys"), Existing: true})
	if err != nil {
		w.t.Fatal(err)
	}
	do(db)
	if err := db.Close(); err != nil {
		w.t.Error(err)
	}
}

// member is a person who writes to a line.
type member struct {
	*watest.Person
	t    *testing.T
	line *watest.Number
}

// says sends a text and expects words in the replies to it.
func (m *member) says(text string, words ...string) string {
	m.t.Helper()
	m.Sends(m.line, text)
	return m.reads("after "+text, words...)
}

// reads reads replies until all words were in them.
func (m *member) reads(when string, words ...string) (said string) {
	m.t.Helper()
	for !containsAll(said, words) {
		ctx, cancel := context.WithTimeout(m.t.Context(), 10*time.Second)
		reply, err := m.TryReads(ctx)
		cancel()
		if err != nil {
			m.t.Fatalf("%s: wanted %q, read:\n%s", when, words, said)
		}
		said += reply.Text + "\n\n"
	}
	return said
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return text != ""
}

// linkBeside runs `sapa link` beside the running service, with the code typed on the number's phone.
func (w *wire) linkBeside(line string, number *watest.Number) {
	w.t.Helper()
	link := w.linkCommand(line, "--phone", "+"+number.JID().User)
	var code string
	for lines := link; lines.Scan(); {
		if m := eightCharacters.FindStringSubmatch(lines.Text()); m != nil {
			code = m[1]
			number.EnterCode(code)
		}
		if strings.HasPrefix(lines.Text(), "Linked: line "+line+" is +"+number.JID().User) {
			number.AwaitOnline()
			return
		}
	}
	w.t.Fatalf("sapa link %s ended without a link (code %q)", line, code)
}

var eightCharacters = regexp.MustCompile(`^    ([0-9A-Z]{4}-[0-9A-Z]{4})$`)

// linkByQR runs `sapa link` beside the running service, and has the number's phone scan what it shows.
func (w *wire) linkByQR(line string, number *watest.Number) {
	w.t.Helper()
	link := w.linkCommand(line)
	var drawing []string
	for link.Scan() {
		text := link.Text()
		if strings.ContainsAny(text, "█▀▄") {
			drawing = append(drawing, text)
		} else if len(drawing) > 0 && text == "" {
			break
		}
	}
	var code string
	for id := int64(1); code == "" && id < 9; id++ { // what the drawing holds is in the wish to link
		w.peek(func(db *store.DB) {
			if l, err := db.SeeLink(w.t.Context(), id, time.Now()); err == nil && l.Step == string(whatsapp.StepQR) {
				code = l.Detail
			}
		})
	}
	if len(drawing) < 20 {
		w.t.Errorf("the code is drawn in %d rows", len(drawing))
	}
	number.ScanQR(code)
	for link.Scan() {
		if strings.HasPrefix(link.Text(), "Linked: line "+line+" is +"+number.JID().User) {
			number.AwaitOnline()
			return
		}
	}
	w.t.Fatalf("sapa link %s ended without a link", line)
}

// linkCommand starts `sapa link` in a process of its own, and gives what it prints.
func (w *wire) linkCommand(line string, flags ...string) *bufio.Scanner {
	w.t.Helper()
	args := append([]string{"link", line, "--data", w.data}, flags...)
	c := exec.CommandContext(w.t.Context(), os.Args[0], args...) //nolint:gosec // the test binary itself
	c.Env = append(os.Environ(), asSapa+"=1", "GORACE=atexit_sleep_ms=0")
	stdin, err := c.StdinPipe() // open: somebody sits there
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	c.Stderr = os.Stderr
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = stdin.Close(); _ = c.Wait() }) // its output was read to the end, or the test failed
	return bufio.NewScanner(out)
}

// journey is a conversation from linking to an active card, in which the service ends again and again.
type journey struct {
	*wire
	t              *testing.T
	chika, pandawa *watest.Number
	siti           *member
	running        *serving
	log            strings.Builder
}

// The job sapa is for, on the wire: from linking a number to a card that an officer calls active, with the service
// restarted and killed in between, and officers working beside it.
func TestFromLinkingToActiveCard(t *testing.T) {
	w := newWire(t)
	j := &journey{wire: w, t: t, chika: w.wa.Number("6281100000001"), pandawa: w.wa.Number("6281100000002")}
	j.siti = &member{w.wa.Person("6281234567890", watest.Named("Siti Rahasia")), t, j.chika}
	j.running = w.serve()
	j.running.until("service.started")
	w.linkByQR("chika", j.chika)
	w.linkBeside("pandawa", j.pandawa)
	j.toForm()
	ref := j.toTicket()
	j.toCard(ref)
	j.pandawa.AwaitAllAcked()
	j.chika.AwaitAllAcked()
	j.running.stop()
	j.log.WriteString(j.running.log.all())
	for _, reply := range j.siti.Shown() {
		if reply.Changed() {
			t.Errorf("reply %s came with two texts", reply.ID)
		}
	}
	if left := j.siti.Unread(); len(left) > 0 {
		t.Errorf("she was also told %q", left[0].Text)
	}
	noPersonIn(t, j.log.String())
	works(t, w.data, "db", "check")
}

// again ends the service, one way or another, and starts it anew.
func (j *journey) again(end func(*serving)) {
	j.t.Helper()
	end(j.running)
	noneReadable(j.t, j.data)
	j.log.WriteString(j.running.log.all() + "\n")
	j.chika.AwaitOffline()
	j.running = j.serve()
	j.chika.AwaitOnline()
	j.pandawa.AwaitOnline()
}

// toForm brings the conversation from a greeting on one line into the form on the other.
func (j *journey) toForm() {
	j.t.Helper()
	j.siti.says("Hi Chika", "6. Layanan Pandawa")
	j.siti.SendsGarbled(j.chika, "6") // libsignal stumbles, and her phone sends it again
	j.siti.reads("garbled", "provinsi")
	j.siti.line = j.pandawa
	j.siti.says("Pandawa", "1. Pengaktifan Kembali Kartu")
	j.siti.says("1", "Setuju")
	j.siti.says("setuju", "1 dari ", "NIK")
	j.again((*serving).stop)
	j.siti.says("0001234567890", "2 dari ", "nama")
	j.siti.says("Siti Aminah", "3 dari ", "lahir")
	j.siti.says("17-8-90", "17 Agustus 1990", "4 dari ")
	j.again((*serving).kill)
	j.siti.says("diri sendiri", "provinsi")
	j.siti.says("jakarta", "Kota Jakarta Selatan")
	j.siti.says("jaksel", "1. Menunggak iuran")
}

// toTicket goes on with her photos, two of them at once, to the ticket's number.
func (j *journey) toTicket() (ref string) {
	j.t.Helper()
	j.siti.says("nunggak", "foto KTP")
	j.siti.SendsAlbum(j.pandawa, pictureBytes(j.t), pictureBytes(j.t))
	j.siti.reads("album", "kartu JKN")
	j.again((*serving).kill)
	j.siti.SendsDocument(j.pandawa, "kartu.pdf", "application/pdf", fileBytes(j.t, pdfFile(j.t)), "")
	j.siti.reads("card", "Puskesmas")
	j.siti.says("Puskesmas Melati", "pernyataan", "setuju")
	j.siti.says("Setuju", "1. NIK atau nomor kartu: 0001234567890", "Kirim", "Ubah", "Batal")
	ref = ticketNumber.FindStringSubmatch(j.siti.says("Kirim", "Nomor tiket: "))[1]
	j.siti.says("Selesai", "selesai")
	return ref
}

// toCard has an officer work the ticket beside the service, until she reads that her card is active.
func (j *journey) toCard(ref string) {
	j.t.Helper()
	works(j.t, j.data, "ticket", "take", ref, "--as", "rina")
	works(j.t, j.data, "ticket", "approve", ref, "--as", "rina", "--set", "months_owed=7", "--set", "heads=3")
	j.siti.reads("approval", ref, "kelas")
	j.again((*serving).stop)
	j.siti.says("pilih kelas", "1. Kelas 1", "3. Kelas 3")
	j.siti.says("3", "Rp105.000", "Rp735.000", "8888801234567890", "8988801234567890")
	works(j.t, j.data, "ticket", "paid", ref, "--as", "rina", "--set", "amount=735rb", "--set", "reference=TRX-1")
	j.siti.reads("payment", "aktif", "165")
}

// noPersonIn looks in a debug log of ours, whatsmeow's and libsignal's for what the member said and is.
func noPersonIn(t *testing.T, log string) {
	t.Helper()
	for _, from := range []string{"whatsmeow", "libsignal"} {
		if !strings.Contains(log, `"from":"`+from+`"`) {
			t.Errorf("%s says nothing at debug level: nothing was searched", from)
		}
	}
	for _, canary := range []string{
		"6281234567890", "81234567890", "0001234567890", "Siti", "Aminah", "Rahasia", "17-8-90", "Agustus", "Melati",
		"jaksel", "nunggak", "Kapan tanggal lahir", "8888801234567890", "kartu.pdf", "6281100000001",
	} {
		for line := range strings.Lines(log) {
			if strings.Contains(line, canary) {
				t.Errorf("%q is in the log: %s", canary, line)
				break
			}
		}
	}
}

func pictureBytes(t *testing.T) []byte { t.Helper(); return fileBytes(t, jpegFile(t)) }

func fileBytes(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	must(t, err)
	return body
}
