package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
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

// What sapa costs beside a whatsmeow bot that sends back what it gets: messages per second, CPU per message and
// peak memory, each in a process of its own, on the same server. Try -benchtime 20000x.
func BenchmarkBesideEchoBot(b *testing.B) {
	for _, lines := range []int{1, 8} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			echo, safe, ours := measure(b, lines, bareEcho), measure(b, lines, safeEcho), measure(b, lines, "")
			b.ReportMetric(0, "ns/op") // of both, and of setting them up
			b.ReportMetric(ours.rate, "msg/s")
			b.ReportMetric(echo.rate, "echo-msg/s")
			b.ReportMetric(ours.rate/echo.rate, "ratio")
			b.ReportMetric(ours.rate/safe.rate, "ratio-to-safe")
			b.ReportMetric(ours.cpu, "cpu-µs/msg")
			b.ReportMetric(echo.cpu, "echo-cpu-µs/msg")
			b.ReportMetric(safe.cpu, "safe-cpu-µs/msg")
			b.ReportMetric(ours.memory, "MB")
			b.ReportMetric(echo.memory, "echo-MB")
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

// cost is what messages cost a bot.
type cost struct {
	rate   float64 // messages per second
	cpu    float64 // microseconds per message, of all threads
	memory float64 // megabytes at the most
}

// measure has people write b.N messages to so many lines of a bot.
func measure(b *testing.B, lines int, echo string) cost {
	b.Helper()
	config := "lines:\n"
	for i := range lines {
		config += fmt.Sprintf("  - {id: line-%d, flow: pandawa}\n", i)
	}
	w := newWire(b, config)
	w.wa.SetPatience(time.Minute)
	var numbers []*watest.Number
	for i := range lines {
		numbers = append(numbers, w.wa.Number(fmt.Sprintf("62811%08d", i)))
		w.linkHere(fmt.Sprintf("line-%d", i), numbers[i])
	}
	var s *serving
	if echo != "" {
		s = w.start([]string{wireData + "=" + w.data, wireEcho + "=" + echo}, "-test.run=^TestEchoBot$")
	} else {
		s = w.start([]string{asSapa + "=1"}, "serve", "--data", w.data, "--log-level", "warn")
	}
	var people []*watest.Person
	for i, number := range numbers {
		number.AwaitOnline()
		for j := range benchPhones {
			people = append(people, w.wa.Person(fmt.Sprintf("62812%04d%04d", i, j), watest.WithoutReceipts()))
		}
	}
	// Each begins a conversation, so that from then on every message has one answer.
	exchange(b, numbers, people, "Pandawa", len(people), echo == "")
	began := time.Now()
	exchange(b, numbers, people, "menu", b.N, false)
	took := time.Since(began)
	s.kill()
	used := s.child.ProcessState
	total := float64(b.N + len(people))
	c := cost{rate: float64(b.N) / took.Seconds(), cpu: float64((used.UserTime() + used.SystemTime()).Microseconds()) / total}
	if r, ok := used.SysUsage().(*syscall.Rusage); ok {
		c.memory = float64(r.Maxrss) / 1024
	}
	w.wa.Close()
	return c
}

// exchange has people write n messages in all, the first ones of each answered by two.
func exchange(b *testing.B, numbers []*watest.Number, people []*watest.Person, text string, n int, twice bool) {
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
