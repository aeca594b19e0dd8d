package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"

	"sapa/bot/whatsapp/watest"
)

// benchPhones is how many people write to each line at once, each waiting for the answer before writing again.
const benchPhones = 32

// benchRounds is in how many turns the bots are measured: each gets its share of a machine that is now busy, now not.
const benchRounds = 20

// What sapa costs beside a whatsmeow bot that sends back what it gets: messages per second, CPU per message and
// peak memory, each in a process of its own, on servers that are alike. Try -benchtime 20000x.
func BenchmarkBesideEchoBot(b *testing.B) {
	for _, lines := range []int{1, 8} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			echo, safe, ours := contend(b, lines, bareEcho), contend(b, lines, safeEcho), contend(b, lines, "")
			for range benchRounds {
				for _, c := range []*contender{echo, safe, ours} {
					c.round(b, max(1, b.N/benchRounds))
				}
			}
			b.ReportMetric(0, "ns/op") // of all, and of setting them up
			for _, c := range []*contender{echo, safe, ours} {
				c.end()
				b.ReportMetric(c.rate(), c.name+"-msg/s")
				b.ReportMetric(c.cpu, c.name+"-cpu-µs/msg")
				b.ReportMetric(c.memory, c.name+"-MB")
			}
			b.ReportMetric(ours.rate()/echo.rate(), "ratio")
			b.ReportMetric(ours.rate()/safe.rate(), "ratio-to-safe")
		})
	}
}

// The bots to compare with: one as in whatsmeow's examples, which loses messages where it is killed; and one that keeps
// each in whatsmeow's buffer until it is handled, as sapa must.
const (
	wireEcho = "SAPA_TEST_WIRE_ECHO"
	bareEcho = "bare"
	safeEcho = "safe"
)

// contender is a bot in a process of its own, and people who write to it.
type contender struct {
	*wire
	name    string
	bot     *serving
	numbers []*watest.Number
	people  []*watest.Person

	sent   int
	took   time.Duration // for what was sent in rounds
	cpu    float64       // microseconds per message, of all threads
	memory float64       // megabytes at the most
}

// contend starts a bot with so many lines. Everybody has begun a conversation, so that from then on every message has
// one answer.
func contend(b testing.TB, lines int, echo string) *contender {
	b.Helper()
	config := "lines:\n"
	for i := range lines {
		config += fmt.Sprintf("  - {id: line-%d, flow: pandawa}\n", i)
	}
	c := &contender{wire: newWire(b, config), name: "sapa"}
	c.wa.SetPatience(time.Minute)
	for i := range lines {
		c.numbers = append(c.numbers, c.wa.Number(fmt.Sprintf("62811%08d", i)))
		c.linkHere(fmt.Sprintf("line-%d", i), c.numbers[i])
	}
	if echo != "" {
		c.name = echo
		c.bot = c.start([]string{wireData + "=" + c.data, wireEcho + "=" + echo}, "-test.run=^TestEchoBot$")
	} else {
		c.bot = c.start([]string{asSapa + "=1"}, "serve", "--data", c.data, "--log-level", "warn")
	}
	for i, number := range c.numbers {
		number.AwaitOnline()
		for j := range benchPhones {
			c.people = append(c.people, c.wa.Person(fmt.Sprintf("62812%04d%04d", i, j), watest.WithoutReceipts()))
		}
	}
	exchange(b, c.numbers, c.people, "Pandawa", len(c.people), echo == "")
	c.sent = len(c.people)
	return c
}

// round has people write n messages.
func (c *contender) round(b testing.TB, n int) {
	b.Helper()
	began := time.Now()
	exchange(b, c.numbers, c.people, "menu", n, false)
	c.took += time.Since(began)
	c.sent += n
}

// rate is how many messages a second were answered.
func (c *contender) rate() float64 { return float64(c.sent-len(c.people)) / c.took.Seconds() }

// end ends the bot and sees what it used.
func (c *contender) end() {
	c.memory = peak(c.bot.child.Process.Pid)
	c.bot.kill()
	used := c.bot.child.ProcessState
	c.cpu = float64((used.UserTime() + used.SystemTime()).Microseconds()) / float64(c.sent)
	c.wa.Close()
}

// peak is the most memory a process had in RAM, in megabytes; 0 where the system does not tell. What it says of a
// process that has ended counts in the parent it was forked from.
func peak(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kilobytes float64
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); n == 1 {
			return kilobytes / 1024
		}
	}
	return 0
}

// exchange has people write n messages in all, the first ones of each answered by two.
func exchange(b testing.TB, numbers []*watest.Number, people []*watest.Person, text string, n int, twice bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	var sent atomic.Int64
	var all sync.WaitGroup
	for i, p := range people {
		number := numbers[i/benchPhones]
		all.Go(func() {
			for k := 0; sent.Add(1) <= int64(n); k++ {
				if twice && k > 0 {
					return
				}
				p.Sends(number, text)
				for range map[bool]int{true: 2, false: 1}[twice] {
					if _, err := p.TryReads(ctx); err != nil {
						b.Errorf("no answer: %v", err)
						return
					}
				}
				if k%100 == 99 {
					p.Forget()
				}
			}
		})
	}
	all.Wait()
}

// TestEchoBot is a child's part.
func TestEchoBot(t *testing.T) {
	addr := os.Getenv(wireAddr)
	if addr == "" {
		t.Skip("not a child")
	}
	source := "file:" + filepath.Join(os.Getenv(wireData), "whatsapp.db") +
		"?_foreign_keys=on&_journal_mode=WAL&_busy_timeout=10000&_txlock=immediate&_synchronous=FULL"
	stores, err := sqlstore.New(t.Context(), "sqlite3", source, waLog.Noop)
	must(t, err)
	devices, err := stores.GetAllDevices(t.Context())
	must(t, err)
	for _, device := range devices {
		client := whatsmeow.NewClient(device, waLog.Noop)
		client.EnableDecryptedEventBuffer = os.Getenv(wireEcho) == safeEcho
		watest.Point(client, addr)
		client.AddEventHandler(func(e any) {
			m, ok := e.(*events.Message)
			if !ok || m.Message.GetConversation() == "" {
				return
			}
			go func() { // so that receiving goes on meanwhile
				reply := &waE2E.Message{Conversation: proto.String(m.Message.GetConversation())}
				_, _ = client.SendMessage(context.Background(), m.Info.Chat, reply) // the phone notices
			}()
		})
		must(t, client.Connect())
	}
	<-t.Context().Done() // until killed
}
