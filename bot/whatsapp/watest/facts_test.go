package watest_test

import (
	"sync/atomic"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
)

// What whatsmeow does that a bot must know. Should a new version change its
// mind, these tests say so.

func TestWithoutTheEventBufferARefusedMessageIsLost(t *testing.T) {
	wa, line, siti, client := setting(t)
	client.EnableDecryptedEventBuffer = false
	client.fails.Store(true)
	msg := siti.Sends(line, "lost")
	client.hearMessage()
	client.fails.Store(false)
	wa.Cut(line)
	msg.AwaitAcked() // redelivered, not decrypted again ("old counter"), acknowledged all the same
	siti.Sends(line, "next")
	if got := client.hearMessage(); got.Message.GetConversation() != "next" {
		t.Errorf("heard %q", got.Message.GetConversation())
	}
}

func TestAPanickingHandlerCountsAsSuccess(t *testing.T) {
	_, line, siti, client := setting(t)
	client.AddEventHandler(func(event any) {
		if _, ok := event.(*events.Message); ok {
			panic("a bug")
		}
	})
	msg := siti.Sends(line, "swallowed")
	client.hearMessage()
	msg.AwaitAcked()
}

func TestACutWhileAHandlerWorksRunsItTwiceAtOnce(t *testing.T) {
	wa, line, siti, client := setting(t)
	var running atomic.Int32
	entered, leave := make(chan int32, 2), make(chan struct{})
	client.AddEventHandler(func(event any) {
		if m, ok := event.(*events.Message); ok && m.Message.GetConversation() == "slow" {
			entered <- running.Add(1)
			<-leave
			running.Add(-1)
		}
	})
	msg := siti.Sends(line, "slow")
	<-entered
	wa.Cut(line)
	if at := <-entered; at != 2 {
		t.Errorf("%d handlers at once", at)
	}
	close(leave)
	msg.AwaitAcked()
}

func TestAMessageTheClientNeverHandledStaysQueued(t *testing.T) {
	wa, line, siti, client := setting(t)
	line.AwaitAllAcked()
	client.Disconnect()
	line.AwaitOffline()
	msg := siti.Sends(line, "later")
	if msg.Acked() || line.Unacked() != 1 {
		t.Errorf("acked %v, %d queued", msg.Acked(), line.Unacked())
	}
	wa.Reencrypt(msg) // her phone tries again
	client = client.again(wa)
	client.hearMessage()
	if got := client.hearMessage(); got.Info.ID != msg.ID {
		t.Errorf("the second ciphertext came as %s", got.Info.ID)
	}
	line.AwaitAllAcked()
}
