package watest_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"sapa/bot/whatsapp/watest"
)

// Many phones write at once; each sees its own answers, in order, once.
func TestManyPhonesAtOnce(t *testing.T) {
	const phones, texts = 20, 15
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	linkedDesk(t, wa, line).echoing()
	var people []*watest.Person
	for i := range phones {
		people = append(people, wa.Person(fmt.Sprintf("62813000%05d", i)))
	}
	var all sync.WaitGroup
	for _, p := range people {
		all.Go(func() {
			for i := range texts {
				p.Sends(line, fmt.Sprint(i))
			}
		})
	}
	all.Wait()
	for _, p := range people {
		for i := range texts {
			if reply := p.Reads(); reply.Text != fmt.Sprint(i) || reply.Sends() != 1 {
				t.Fatalf("%s: answer %d is %q, sent %d times", p.JID(), i, reply.Text, reply.Sends())
			}
		}
	}
	line.AwaitAllAcked()
}

// The server's own price: what a message costs when the client only receives.
func BenchmarkMessageToTheClient(b *testing.B) {
	_, line, people := flood(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		people[i%len(people)].Sends(line, "Hi Chika")
		if i%500 == 499 {
			if err := line.AwaitUnackedBelow(b.Context(), 1000); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Sealing and queueing alone, with nobody connected.
func BenchmarkMessageQueued(b *testing.B) {
	wa, line, people := flood(b)
	wa.Down()
	line.AwaitOffline()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		people[i%len(people)].Sends(line, "Hi Chika")
	}
}

func flood(b *testing.B) (*watest.Server, *watest.Number, []*watest.Person) {
	b.Helper()
	wa := watest.New(b)
	wa.SetPatience(time.Minute)
	line := wa.Number("6281100000001")
	stores := newStores(b, b.TempDir())
	client := newDesk(b, wa, stores, stores.NewDevice())
	client.linkTo(line)
	client.RemoveEventHandlers()
	var people []*watest.Person
	for i := range 50 {
		p := wa.Person(fmt.Sprintf("62813000%05d", i), watest.WithoutReceipts())
		p.Sends(line, "hello")
		people = append(people, p)
	}
	line.AwaitAllAcked()
	return wa, line, people
}
