package watest_test

import (
	"fmt"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/bot/whatsapp/watest"
)

// setting is a server, one line with its client online, and one person.
func setting(t *testing.T) (*watest.Server, *watest.Number, *watest.Person, *desk) {
	t.Helper()
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	siti := wa.Person("6281234567890", watest.Named("Siti"))
	return wa, line, siti, linkedDesk(t, wa, line)
}

func TestOfflineMessagesWaitInOrder(t *testing.T) {
	wa, line, siti, client := setting(t)
	line.AwaitAllAcked()
	client.Disconnect()
	line.AwaitOffline()
	for i := range 20 {
		siti.Sends(line, fmt.Sprint(i))
	}
	if line.Unacked() != 20 {
		t.Errorf("%d messages wait", line.Unacked())
	}
	client = client.again(wa)
	for i := range 20 {
		if got := client.hearMessage().Message.GetConversation(); got != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, got)
		}
	}
	if done := hear[*events.OfflineSyncCompleted](client); done.Count != 20 {
		t.Errorf("offline sync of %d", done.Count)
	}
	line.AwaitAllAcked()
}

func TestAWindowKeepsTheOrder(t *testing.T) {
	wa, line, siti, client := setting(t)
	line.AwaitAllAcked()
	client.Disconnect()
	line.AwaitOffline()
	line.SetWindow(3)
	for i := range 12 {
		siti.Sends(line, fmt.Sprint(i))
	}
	client = client.again(wa)
	for i := range 12 {
		if got := client.hearMessage().Message.GetConversation(); got != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, got)
		}
	}
	hear[*events.OfflineSyncCompleted](client)
}

func TestARefusedMessageComesAgainAfterACut(t *testing.T) {
	wa, line, siti, client := setting(t)
	client.fails.Store(true)
	msg := siti.Sends(line, "do not lose me")
	client.hearMessage()
	if msg.Acked() {
		t.Fatal("acknowledged although the handler refused it")
	}
	client.fails.Store(false)
	wa.Cut(line)
	if again := client.hearMessage(); again.Info.ID != msg.ID || again.Message.GetConversation() != "do not lose me" {
		t.Errorf("heard %q as %s", again.Message.GetConversation(), again.Info.ID)
	}
	msg.AwaitAcked()
}

func TestALostReceiptBringsTheMessageAgain(t *testing.T) {
	wa, line, siti, client := setting(t)
	line.AwaitAllAcked()
	wa.LoseReceipts(1)
	receipt := line.LookOut(isReceipt(""))
	msg := siti.Sends(line, "once")
	client.hearMessage()
	receipt.Await()
	if msg.Acked() {
		t.Fatal("the receipt was not lost")
	}
	again := line.LookOut(isReceipt(""))
	wa.Cut(line)
	again.Await() // whatsmeow knows the ciphertext: it acknowledges without telling the handler
	msg.AwaitAcked()
}

func isReceipt(kind string) func(*waBinary.Node) bool {
	return func(n *waBinary.Node) bool {
		got, _ := n.Attrs["type"].(string)
		if got == "inactive" {
			got = ""
		}
		return n.Tag == "receipt" && got == kind
	}
}

func TestRedeliverAndReencrypt(t *testing.T) {
	wa, line, siti, client := setting(t)
	msg := siti.Sends(line, "once")
	client.hearMessage()
	msg.AwaitAcked()

	wa.Redeliver(msg)
	msg.AwaitAcked()
	siti.Sends(line, "next")
	if got := client.hearMessage(); got.Message.GetConversation() != "next" {
		t.Errorf("the same ciphertext reached the handler twice: %q", got.Message.GetConversation())
	}
	wa.Reencrypt(msg)
	if got := client.hearMessage(); got.Info.ID != msg.ID {
		t.Errorf("a new ciphertext under the old ID did not reach the handler, but %s did", got.Info.ID)
	}

	line.AwaitAllAcked()
	wa.Duplicate(line, 1)
	siti.Sends(line, "twice on the wire")
	siti.Sends(line, "last")
	client.hearMessage()
	if got := client.hearMessage(); got.Message.GetConversation() != "last" {
		t.Errorf("heard %q", got.Message.GetConversation())
	}
}

func TestALostAckMakesWhatsmeowSendAgain(t *testing.T) {
	wa, line, siti, client := setting(t)
	wa.LoseAcks(1)
	sent := make(chan error, 1)
	go func() { sent <- client.trySay(siti.LID(), "3EB0ACK", "idempotent") }()
	reply := siti.Reads()
	wa.Cut(line)
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	reply.AwaitSends(2)
	client.say(siti.LID(), "3EB0ACK", "idempotent") // the outbox's own retry: a new ciphertext
	reply.AwaitSends(3)
	if shown := siti.Shown(); len(shown) != 1 || reply.Changed() || siti.Arrived() != 3 {
		t.Errorf("shown %d times, arrived %d, changed %v", len(shown), siti.Arrived(), reply.Changed())
	}
	client.say(siti.LID(), "3EB0ACK", "something else")
	reply.AwaitSends(4)
	if !reply.Changed() {
		t.Error("other content under the same ID went unnoticed")
	}
}

func TestALostSendArrivesOnce(t *testing.T) {
	wa, line, siti, client := setting(t)
	wa.LoseSends(1)
	lost := line.LookOut(func(n *waBinary.Node) bool { return n.Tag == "message" })
	sent := make(chan error, 1)
	go func() { sent <- client.trySay(siti.LID(), "3EB0LOST", "hello") }()
	lost.Await()
	wa.Cut(line)
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if reply := siti.Reads(); reply.Sends() != 1 {
		t.Errorf("arrived %d times", reply.Sends())
	}
}

func TestEitherSideAsksAgainForWhatItCannotOpen(t *testing.T) {
	_, line, siti, client := setting(t)
	msg := siti.SendsGarbled(line, "read me")
	hear[*events.UndecryptableMessage](client)
	if got := client.hearMessage(); got.Info.ID != msg.ID || got.Message.GetConversation() != "read me" {
		t.Errorf("heard %q as %s", got.Message.GetConversation(), got.Info.ID)
	}
	client.say(siti.LID(), "3EB0RETRY", "and you me")
	reply := siti.Reads()
	siti.CannotOpen(reply)
	reply.AwaitSends(2)
	if reply.Changed() {
		t.Error("the retry has other content")
	}
}

func TestAReinstalledPhoneIsWrittenToAgain(t *testing.T) {
	_, line, siti, client := setting(t)
	siti.Sends(line, "old phone")
	client.hearMessage()
	siti.Reinstalls()
	hear[*events.IdentityChange](client)
	siti.Sends(line, "new phone")
	client.hearMessage()
	client.say(siti.LID(), "3EB0NEW", "welcome back")
	if reply := siti.Reads(); reply.Text != "welcome back" {
		t.Errorf("she read %q", reply.Text)
	}
}

func TestOneTimeKeysAreRefilled(t *testing.T) {
	wa, line, _, client := setting(t)
	upload := line.LookOut(func(n *waBinary.Node) bool {
		_, keys := n.GetOptionalChildByTag("list")
		return n.Attrs["xmlns"] == "encrypt" && keys
	})
	for i := range 60 { // more new people than there are keys
		p := wa.Person(fmt.Sprintf("62812000%05d", i), watest.WithoutReceipts())
		p.Sends(line, "hello")
		client.hearMessage()
	}
	upload.Await()
	line.AwaitAllAcked()
	if line.OneTimeKeys() == 0 {
		t.Error("no keys left")
	}
}

func TestTypingPresenceAndReadMarks(t *testing.T) {
	_, line, siti, client := setting(t)
	msg := siti.Sends(line, "hello?")
	got := client.hearMessage()
	ctx := t.Context()
	if err := client.SendPresence(ctx, "available"); err != nil {
		t.Fatal(err)
	}
	line.AwaitAvailable()
	if name, _ := line.Available(); name != "Desk" {
		t.Errorf("online as %q", name)
	}
	if err := client.SendChatPresence(ctx, got.Info.Chat, "composing", ""); err != nil {
		t.Fatal(err)
	}
	siti.AwaitTyping(1)
	if err := client.MarkRead(ctx, []string{msg.ID}, got.Info.Timestamp, got.Info.Chat, got.Info.Sender); err != nil {
		t.Fatal(err)
	}
	msg.AwaitTick(watest.Read)
}
