package terminal_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sapa/bot"
	"sapa/bot/bottest"
	"sapa/bot/terminal"
	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

const (
	siti = "6281200000001"
	budi = "6281200000002"
)

func openStore(t testing.TB, dir string, exclusive bool) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{
		Exclusive: exclusive,
		Engine:    bottest.Parrot{},
		Pipeline:  bottest.Pipeline,
		NewID:     terminal.NewID(rand.Reader),
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// chat runs the JSON chat on a data directory. Around may stand between the bot and the chat.
func chat(t testing.TB, dir string, in io.Reader, out io.Writer, around func(*terminal.JSON) bot.Transport) error {
	t.Helper()
	db := openStore(t, dir, true)
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	j, err := terminal.NewJSON(terminal.Options{
		In: in, Out: out, Lines: []string{"chika", "pandawa"}, Soonest: bottest.Idle,
	})
	if err != nil {
		t.Fatal(err)
	}
	var transport bot.Transport = j
	if around != nil {
		transport = around(j)
	}
	b := bot.New(db, bot.Options{
		Transports: map[string]bot.Transport{terminal.Name: transport},
		Clock:      bot.NewClock(time.FixedZone("WIB", 7*3600)),
		Poll:       time.Hour, // what others write is to be noticed in time, not by luck
	})
	return b.While(context.Background(), func(ctx context.Context) error { return j.Run(ctx, b) })
}

// talk feeds lines and gives what comes back, told short.
func talk(t testing.TB, dir string, lines ...string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := chat(t, dir, strings.NewReader(strings.Join(lines, "\n")), &out, nil); err != nil {
		t.Fatal(err)
	}
	return shorts(t, out.String())
}

func shorts(t testing.TB, out string) (told []string) {
	t.Helper()
	for l := range strings.Lines(out) {
		told = append(told, short(t, l))
	}
	return told
}

// answer is any line of the output.
type answer struct {
	ID      string
	ReplyTo string `json:"reply_to"`
	Line    string
	To      string
	Text    string
	At      time.Time
	Done    *string
	Fresh   *bool
	Error   *string
	LineNo  int `json:"line_no"`
}

// short tells an output line: "m1: words", "done m1", "done m1 again", "3: error".
func short(t testing.TB, l string) string {
	t.Helper()
	var a answer
	if err := json.Unmarshal([]byte(l), &a); err != nil {
		t.Fatalf("%v: %s", err, l)
	}
	switch {
	case a.Error != nil:
		return fmt.Sprintf("%d: %s", a.LineNo, *a.Error)
	case a.Done != nil && *a.Fresh:
		return "done " + *a.Done
	case a.Done != nil:
		return "done " + *a.Done + " again"
	case !strings.HasPrefix(a.ID, "3EB0") || a.Line == "" || a.To == "" || a.At.IsZero():
		t.Errorf("not a whole reply: %s", l)
	}
	return a.ReplyTo + ": " + a.Text
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func writeFile(t testing.TB, name string, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func photo(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "ktp.jpg", b.Bytes())
}

func say(id, from, text string) string {
	l, err := json.Marshal(map[string]string{"id": id, "from": from, "text": text})
	if err != nil {
		panic(err)
	}
	return string(l)
}

func TestRepliesComeInTheOrderOfTheMessages(t *testing.T) {
	t.Parallel()
	var lines, want []string
	for i := range 1000 {
		id := fmt.Sprint("m", i)
		lines = append(lines, say(id, fmt.Sprintf("62812000%05d", i%37), "halo "+id))
		want = append(want, id+": halo "+id, "done "+id)
	}
	same(t, talk(t, t.TempDir(), lines...), want...)
}

func TestARepeatedIDIsNotAnsweredAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	same(t, talk(
		t, dir,
		say("m1", siti, "halo"),
		say("m1", siti, "halo"),
		say("m1", budi, "halo"), // another contact's
		`{"id":"m1","from":"+62 812-0000-0001","line":"pandawa","text":"halo"}`, // another line's
		`{"id":"m1","from":"0812 0000 0001","text":"halo"}`,
	), "m1: halo", "done m1", "done m1 again", "m1: halo", "done m1", "m1: halo", "done m1", "done m1 again")
	same(t, talk(t, dir, say("m1", siti, "halo")), "done m1 again")
}

func TestAnEditNamesTheMessageItChanges(t *testing.T) {
	t.Parallel()
	edit := `{"id":"m2","from":"` + siti + `","edits":"m1","text":"hallo"}`
	same(t, talk(t, t.TempDir(), say("m1", siti, "halo"), edit, edit),
		"m1: halo", "done m1", "m2: m1: hallo", "done m2", "done m2 again")
}

func TestAReplySaysWhoseItIs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	in := `{"id":"m1","line":"pandawa","text":"<halo> & \u2028","at":"2100-11-23T09:00:00+07:00"}`
	if err := chat(t, t.TempDir(), strings.NewReader(in), &out, nil); err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(out.String(), "\n")
	_, first, _ = strings.Cut(first, `",`) // the ID is another each time
	want := `"reply_to":"m1","line":"pandawa","to":"6280000000001","text":"<halo> & \u2028","at":"2100-11-23T09:00:00+07:00"}`
	if first != want || rest != `{"done":"m1","fresh":true}`+"\n" {
		t.Errorf("got %s\n%s", first, rest)
	}
}

func TestAnUnusableLineIsNamedAndTheNextIsRead(t *testing.T) {
	t.Parallel()
	long := `{"id":"m1","text":"` + strings.Repeat("x", 1<<20) + `"}`
	tests := []struct{ name, line, want string }{
		{"no JSON", `halo`, "not a JSON object"},
		{"an array", `[{"id":"m1"}]`, "not a JSON object"},
		{"null", `null`, "not a JSON object"},
		{"empty", ``, "not a JSON object"},
		{"cut off", `{"id":"m1"`, "not JSON: unexpected end of JSON input"},
		{"two objects", `{"id":"m1"}{"id":"m2"}`, "not JSON: invalid character '{' after top-level value"},
		{"binary", "{\"id\":\"m1\",\"text\":\"\xff\xfe\"}", "not UTF-8"},
		{"too long", long, "longer than 1 MiB"},
		{"no id", `{"text":"halo"}`, `"id" is missing`},
		{"empty id", `{"id":""}`, `"id" is missing`},
		{"null id", `{"id":null}`, `"id" is missing`},
		{"a number as id", `{"id":7}`, `"id": must be a string`},
		{"long id", `{"id":"` + strings.Repeat("m", 257) + `"}`, `"id": longer than 256 bytes`},
		{"an id of ours", `{"id":"document:m1"}`, `"id": must not begin with "document:"`},
		{"a number as text", `{"id":"m1","text":7}`, `"text": must be a string`},
		{"an edit with a file", `{"id":"m1","edits":"m0","file":"json_test.go"}`, `"edits": changes a text, and has no "file"`},
		{"unknown line", `{"id":"m1","line":"nobody"}`, `"line": there is no such line; there are: chika, pandawa`},
		{"no phone", `{"id":"m1","from":"Siti"}`, `"from": not a phone number: 8 to 15 digits, such as 6281200000001 or 0812-0000-0001`},
		{"unreadable at", `{"id":"m1","at":"tomorrow"}`, `"at": not a time like 2026-11-23T09:00:00+07:00`},
		{"empty at", `{"id":"m1","at":""}`, `"at": not a time like 2026-11-23T09:00:00+07:00`},
		{"at in the past", `{"id":"m1","at":"2001-11-23T09:00:00+07:00"}`, `"at": earlier than the clock`},
		{"missing file", `{"id":"m1","file":"/nowhere/ktp.jpg"}`, `"file": the file does not exist`},
		{"a folder", `{"id":"m1","file":"/"}`, `"file": not a file`},
		{"of as text", `{"id":"m1","of":"3"}`, `"of": must be a whole number`},
		{"negative of", `{"id":"m1","of":-3}`, `"of": must not be negative`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			same(t, talk(t, t.TempDir(), say("m0", siti, "halo"), test.line, say("m1", siti, "halo lagi"), ""),
				"m0: halo", "done m0", "2: "+test.want, "m1: halo lagi", "done m1")
		})
	}
}

func TestALineMayBeLongAndTheLastMayLackItsEnd(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 64<<10)
	same(t, talk(t, t.TempDir(), say("m1", siti, text)+"\r", say("m2", siti, text)),
		"m1: "+text, "done m1", "m2: "+text, "done m2")
}

func TestNothingInNothingOut(t *testing.T) {
	t.Parallel()
	same(t, talk(t, t.TempDir()))
}

func TestTimersDueByThenFireBeforeTheLineThatMovesTheClock(t *testing.T) {
	t.Parallel()
	at := func(id, text, at string) string {
		return fmt.Sprintf(`{"id":%q,"from":%q,"text":%q,"at":"2100-11-23T%s+07:00"}`, id, siti, text, at)
	}
	dir := t.TempDir()
	same(t, talk(
		t, dir,
		at("m1", "halo", "09:00:00"),
		at("m2", "timer", "09:10:00"),
		at("m3", "early", "09:39:59.999"),
		at("m4", "backwards", "09:39:00"),
		at("m5", "late", "09:40:00"),
		at("m6", "timer", "09:41:00"),
	),
		"m1: halo", "done m1", "m2: timer set", "done m2", "m3: early", "done m3", `4: "at": earlier than the clock`,
		": time is up", "m5: late", "done m5", "m6: timer set", "done m6")
	// The next process begins at the wall clock, and the timer waits for it to be moved.
	same(t, talk(t, dir, say("m7", siti, "halo"), at("m8", "halo", "12:00:00")),
		"m7: halo", "done m7", ": time is up", "m8: halo", "done m8")
}

func TestDocumentsAreDoneOnceTheyAreStored(t *testing.T) {
	t.Parallel()
	file := func(id, from, path string) string {
		return fmt.Sprintf(`{"id":%q,"from":%q,"file":%q,"album":"a1","of":2}`, id, from, path)
	}
	ktp, text := photo(t), writeFile(t, "ktp.txt", []byte("not a photo"))
	same(t, talk(
		t, t.TempDir(),
		file("m1", siti, ktp),
		say("m2", siti, "sudah ya?"),
		file("m3", budi, text),
		file("m4", siti, ktp),
		say("m5", budi, "halo"),
	),
		"m1: ready: image/jpeg", "done m1", "m2: sudah ya?", "done m2", "m3: bad: document.kind", "done m3",
		"m4: ready: image/jpeg", "done m4", "m5: halo", "done m5")
}

// slow is a chat whose files take as long as a test wants.
type slow struct {
	*terminal.JSON
	fetch func(context.Context, dialog.Media, io.Writer) error
}

func (s slow) Fetch(ctx context.Context, media dialog.Media, to io.Writer) error {
	return s.fetch(ctx, media, to)
}

func TestWhileADocumentIsFetchedOthersAreCommitted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := photo(t)
	var out bytes.Buffer
	in := fmt.Sprintf(`{"id":"m1","from":%q,"file":%q}`, siti, path) + "\n" + say("m2", budi, "halo")
	around := func(j *terminal.JSON) bot.Transport {
		return slow{j, func(ctx context.Context, media dialog.Media, to io.Writer) error {
			other := openStore(t, dir, false) // looks on from outside
			for {
				rows, err := other.Unsent(ctx, terminal.Name, time.Now(), 10)
				if err != nil {
					t.Error(err)
				}
				if len(rows) == 1 && rows[0].Cause == "m2" {
					break
				}
			}
			if out.Len() > 0 {
				t.Errorf("printed before its turn: %s", &out)
			}
			return errors.Join(other.Close(), j.Fetch(ctx, media, to))
		}}
	}
	if err := chat(t, dir, strings.NewReader(in), &out, around); err != nil {
		t.Fatal(err)
	}
	same(t, shorts(t, out.String()), "m1: ready: image/jpeg", "done m1", "m2: halo", "done m2")
}

// tornOutput is an output that breaks after some bytes, as it does for a process that is killed.
type tornOutput struct {
	bytes.Buffer
	left int
}

func (o *tornOutput) Write(p []byte) (int, error) {
	n := min(len(p), o.left)
	o.left -= n
	o.Buffer.Write(p[:n])
	if n < len(p) {
		return n, io.ErrClosedPipe
	}
	return n, nil
}

func TestWhatWasCommittedAndNotPrintedIsPrintedFirstByTheNextRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ids := map[string]string{}
	var lines []string
	for i := range 40 {
		lines = append(lines, say(fmt.Sprint("m", i), siti, fmt.Sprint("halo ", i)))
	}
	var printed []string
	for torn, room := true, 0; torn; room += 1000 {
		out := &tornOutput{left: room}
		err := chat(t, dir, strings.NewReader(strings.Join(lines, "\n")), out, nil)
		if torn = err != nil; torn && !errors.Is(err, io.ErrClosedPipe) {
			t.Fatal(err)
		}
		printed = append(printed, gather(t, out.String(), ids)...)
	}
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprintf("m%d: halo %d", i, i))
	}
	same(t, printed, want...)
}

// gather gives the replies not seen before, by their IDs.
func gather(t *testing.T, out string, ids map[string]string) (fresh []string) {
	t.Helper()
	for l := range strings.Lines(out) {
		if !strings.HasSuffix(l, "\n") {
			break // torn: a reader cannot use it
		}
		var a answer
		if err := json.Unmarshal([]byte(l), &a); err != nil {
			t.Fatal(err)
		}
		if before, seen := ids[a.ID]; a.ID != "" && seen && before != a.Text {
			t.Errorf("%s was %q and is %q", a.ID, before, a.Text)
		} else if a.ID != "" && !seen {
			ids[a.ID] = a.Text
			fresh = append(fresh, short(t, l))
		}
	}
	return fresh
}

func TestADocumentOfTheRunBeforeIsFinishedFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := fmt.Sprintf(`{"id":"m1","from":%q,"file":%q}`, siti, photo(t)) + "\n" + say("m2", siti, "sudah ya?")
	db := openStore(t, dir, true) // a run that is killed before it fetches
	photographed := dialog.Input{
		ID: "m1", Kind: dialog.Message, Line: "chika", Transport: terminal.Name, From: siti, Phone: "+" + siti,
		At: time.Now(), Seed: 1, Media: &dialog.Media{Ref: photo(t), Name: "ktp.jpg"},
	}
	if r := <-db.Submit(photographed); r.Err != nil || r.Fetch == nil {
		t.Fatalf("%+v", r)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	around := func(j *terminal.JSON) bot.Transport {
		return slow{j, func(ctx context.Context, media dialog.Media, to io.Writer) error {
			time.Sleep(time.Minute)
			return j.Fetch(ctx, media, to)
		}}
	}
	synctest.Test(t, func(t *testing.T) {
		if err := chat(t, dir, strings.NewReader(in), &out, around); err != nil {
			t.Fatal(err)
		}
	})
	same(t, shorts(t, out.String()), "m1: ready: image/jpeg", "done m1 again", "m2: sudah ya?", "done m2")
}

func TestWhatAnOfficerSaysIsPrintedBeforeTheNextReplies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, feed := io.Pipe()
	back, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- chat(t, dir, in, out, nil)
		_ = out.Close()
	}()
	lines := bufio.NewScanner(back)
	until := func(last string) (told []string) {
		for lines.Scan() {
			told = append(told, short(t, lines.Text()))
			if told[len(told)-1] == last {
				break
			}
		}
		return told
	}
	_, _ = io.WriteString(feed, say("m1", siti, "ticket")+"\n")
	opened := until("done m1")
	ref, found := strings.CutPrefix(opened[0], "m1: ticket ")
	if !found {
		t.Fatalf("%q", opened)
	}
	officer := openStore(t, dir, false)
	_, err := officer.Act(t.Context(), ref, desk.Action{Name: desk.ActionSay, Text: "sebentar ya"}, desk.Actor{Name: "operator", Role: desk.RoleAdmin}, time.Now())
	if err := errors.Join(err, officer.Close()); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(feed, say("m2", siti, "halo")+"\n")
	same(t, until("done m2"), ": ticket say: sebentar ya", "m2: halo", "done m2")
	_ = feed.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func BenchmarkJSON(b *testing.B) {
	var in bytes.Buffer
	for i := range b.N {
		in.WriteString(say(fmt.Sprint("m", i), fmt.Sprintf("62812%07d", i%10000), "halo"))
		in.WriteByte('\n')
	}
	b.ResetTimer()
	if err := chat(b, b.TempDir(), &in, io.Discard, nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
