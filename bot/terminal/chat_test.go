package terminal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"sapa/bot"
	"sapa/bot/terminal"
)

// typed runs the chat for people without a terminal, and gives what it writes.
func typed(t *testing.T, options terminal.Options, lines ...string) string {
	t.Helper()
	db := openStore(t, t.TempDir(), true)
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var out bytes.Buffer
	options.In, options.Out = strings.NewReader(strings.Join(lines, "\n")), &out
	options.Lines, options.Random = []string{"chika", "pandawa"}, rand.Reader
	c, err := terminal.NewChat(options)
	if err != nil {
		t.Fatal(err)
	}
	b := bot.New(db, bot.Options{
		Transports: map[string]bot.Transport{terminal.Name: c},
		Clock:      bot.NewClock(time.UTC),
	})
	if err := b.While(context.Background(), func(ctx context.Context) error { return c.Run(ctx, b) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAChatWithoutATerminalIsPlainLines(t *testing.T) {
	t.Parallel()
	got := typed(t, terminal.Options{},
		"halo", "", "*satu*\x1b[31m", "/line pandawa", "/as 0812-0000-0002", "dua",
		"/line nobody", "/as Siti", "/file /nowhere", "/file "+photo(t)+" ini KTP saya",
		"/at 2100-01-04 09:00", "timer", "/at 09:29", "/at 09:30", "/at 09:00", "/at soon", "/quit", "not read")
	want := strings.Join([]string{
		"halo\n", "*satu*[31m\n", "dua\n",
		"there is no such line; there are: chika, pandawa",
		"not a phone number: 8 to 15 digits, such as 6281200000001 or 0812-0000-0001",
		"the file does not exist", "ready: image/jpeg\n",
		"It is 2100-01-04T09:00:00Z.", "timer set\n", "It is 2100-01-04T09:29:00Z.",
		"time is up\n", "It is 2100-01-04T09:30:00Z.", "earlier than the clock", "not a time like 15:04 or 2026-11-23 09:00\n",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAChatGoesOnAfterALineThatIsTooLong(t *testing.T) {
	t.Parallel()
	if got := typed(t, terminal.Options{}, strings.Repeat("x", 1<<20+1), "halo"); got != "longer than 1 MiB\nhalo\n\n" {
		t.Errorf("got %.200q", got)
	}
}

func TestAChatRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	for _, o := range []terminal.Options{
		{Line: "nobody", Lines: []string{"chika"}},
		{From: "Siti", Lines: []string{"chika"}},
	} {
		if _, err := terminal.NewChat(o); err == nil {
			t.Errorf("Chat took %+v", o)
		}
		if _, err := terminal.NewJSON(o); err == nil {
			t.Errorf("JSON took %+v", o)
		}
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"6281200000001": "6281200000001", "+62 812-0000-0001": "6281200000001", "0812 0000 0001": "6281200000001",
		"(0812) 0000.0001": "6281200000001", "81200000001": "6281200000001", "6280000000001": "6280000000001",
		" +62 812 0000 0001": "6281200000001", "+1 202 555 0100": "12025550100", "+81 3 0000 0000": "81300000000",
		"": "", "12": "", "halo": "", "+": "", "0": "", "62812000000010000": "", "６２８１２": "", "+0812 000 0001": "",
	} {
		got, err := terminal.Phone(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestNewIDLooksLikeWhatsAppsAndNeverRepeats(t *testing.T) {
	t.Parallel()
	newID := terminal.NewID(rand.Reader)
	seen := map[string]bool{}
	for range 1000 {
		id := newID("chika")
		if len(id) != 22 || !strings.HasPrefix(id, "3EB0") || strings.ToUpper(id) != id || seen[id] {
			t.Fatalf("bad or repeated: %s", id)
		}
		seen[id] = true
	}
	again := terminal.NewID(strings.NewReader("123456789"))("chika")
	if again != "3EB0313233343536373839" {
		t.Errorf("from a known source: %s", again)
	}
}

func BenchmarkJSONWithTimes(b *testing.B) {
	var in bytes.Buffer
	start := time.Date(2100, 1, 4, 9, 0, 0, 0, time.UTC)
	for i := range b.N {
		_, _ = fmt.Fprintf(&in, `{"id":"m%d","from":"62812%07d","text":"halo","at":%q}`+"\n",
			i, i%10000, start.Add(time.Duration(i)*100*time.Millisecond).Format(time.RFC3339Nano))
	}
	b.ResetTimer()
	if err := chat(b, b.TempDir(), &in, io.Discard, nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
