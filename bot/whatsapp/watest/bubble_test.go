package watest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"sapa/bot/whatsapp/watest"
)

// story runs a test inside a bubble, with a linked client, and lets the wire go
// quiet before the client disconnects: whatsmeow's reader blocks for ever if a
// frame arrives while its socket closes, which the bubble would report.
func story(t *testing.T, name string, tell func(*testing.T, *watest.Server, *watest.Number, *watest.Person, *desk)) {
	t.Helper()
	bubble := func(t *testing.T) {
		wa := watest.NewPiped(t)
		line := wa.Number("6281100000001")
		siti := wa.Person("6281234567890")
		client := linkedDesk(t, wa, line)
		synctest.Wait()
		tell(t, wa, line, siti, client)
		synctest.Wait()
		client.Disconnect()
		time.Sleep(2 * time.Minute) // in the bubble: whatsmeow's stragglers end
	}
	if name == "" {
		synctest.Test(t, bubble)
		return
	}
	t.Run(name, func(t *testing.T) { synctest.Test(t, bubble) })
}

func TestADayOfKeepalives(t *testing.T) {
	story(t, "", func(t *testing.T, _ *watest.Server, line *watest.Number, siti *watest.Person, client *desk) {
		start := time.Now()
		time.Sleep(24 * time.Hour)
		if pings := line.Keepalives(); pings < 24*120 || pings > 24*180 { // one every 20 to 30 s
			t.Errorf("%d keepalives in %s", pings, time.Since(start))
		}
		if line.Logins() != 1 || !client.IsConnected() {
			t.Errorf("%d logins, connected %v", line.Logins(), client.IsConnected())
		}
		siti.Sends(line, "selamat pagi")
		if got := client.hearMessage(); got.Message.GetConversation() != "selamat pagi" {
			t.Errorf("heard %q", got.Message.GetConversation())
		}
	})
}

func TestADeadConnectionIsGivenUp(t *testing.T) {
	story(t, "", func(t *testing.T, wa *watest.Server, line *watest.Number, siti *watest.Person, client *desk) {
		wa.Freeze(line)
		msg := siti.Sends(line, "hello?")
		start := time.Now()
		hearWithin[*events.KeepAliveTimeout](client, time.Minute)
		wa.SetPatience(10 * time.Minute)
		line.AwaitLogins(2)
		if took := time.Since(start); took < 3*time.Minute || took > 5*time.Minute {
			t.Errorf("it took %s", took)
		}
		client.hearMessage()
		msg.AwaitAcked()
	})
}

func TestASlowNetworkLosesNothing(t *testing.T) {
	story(t, "", func(t *testing.T, wa *watest.Server, line *watest.Number, siti *watest.Person, client *desk) {
		wa.Delay(3 * time.Second)
		start := time.Now()
		siti.Sends(line, "pelan")
		client.hearMessage()
		if took := time.Since(start); took < 3*time.Second {
			t.Errorf("heard after %s", took)
		}
		client.say(siti.LID(), "3EB0SLOW", "sabar")
		if reply := siti.Reads(); reply.Sends() != 1 {
			t.Errorf("arrived %d times", reply.Sends())
		}
		wa.Delay(0)
	})
}

func TestPatienceEnds(t *testing.T) {
	story(t, "", func(t *testing.T, _ *watest.Server, _ *watest.Number, siti *watest.Person, _ *desk) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		if reply, err := siti.TryReads(ctx); err == nil {
			t.Errorf("read %q", reply.Text)
		}
		if took := time.Since(start); took != time.Hour {
			t.Errorf("waited %s", took)
		}
	})
}
