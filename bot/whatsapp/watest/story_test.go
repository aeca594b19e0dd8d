package watest_test

import (
	"testing"

	"sapa/bot/whatsapp/watest"
)

// The story in the package's documentation, told to a client that echoes.
func TestGreeting(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	siti := wa.Person("6281234567890", watest.Named("Siti"))
	linkedDesk(t, wa, line).echoing()

	msg := siti.Sends(line, "Hi Chika")
	reply := siti.Reads()
	msg.AwaitAcked()

	wa.Redeliver(msg)
	msg.AwaitAcked()
	if reply.Text != "Hi Chika" || reply.Sends() != 1 || len(siti.Unread()) != 0 {
		t.Errorf("%q, sent %d times, and %d more", reply.Text, reply.Sends(), len(siti.Unread()))
	}
}
