package watest_test

import (
	"errors"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/bot/whatsapp/watest"
)

func TestLinkByQRThenTalk(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	siti := wa.Person("6281234567890", watest.LID("99000000000001"), watest.Named("Siti"))
	client := linkedDesk(t, wa, line)

	msg := siti.Sends(line, "Hi Chika")
	got := client.hearMessage()
	if got.Message.GetConversation() != "Hi Chika" || got.Info.PushName != "Siti" {
		t.Errorf("heard %q from %q", got.Message.GetConversation(), got.Info.PushName)
	}
	if got.Info.Sender != siti.LID() || got.Info.SenderAlt != siti.JID() {
		t.Errorf("from %s, also known as %s", got.Info.Sender, got.Info.SenderAlt)
	}
	msg.AwaitAcked()
	msg.AwaitTick(watest.Delivered)

	client.say(got.Info.Chat, "3EB0AA", "Halo Siti")
	reply := siti.Reads()
	if reply.Text != "Halo Siti" || reply.ID != "3EB0AA" || reply.Line != line || reply.Sends() != 1 {
		t.Errorf("she read %+v", reply)
	}
	for _, want := range []types.ReceiptType{"", "read"} {
		if receipt := hear[*events.Receipt](client); receipt.Type != want || receipt.MessageIDs[0] != "3EB0AA" {
			t.Errorf("receipt %q for %v, want %q", receipt.Type, receipt.MessageIDs, want)
		}
	}
	if line.Echoes() != 1 {
		t.Errorf("the line's own phone saw %d copies", line.Echoes())
	}

	siti.Sends(line, "terima kasih")
	client.hearMessage()
	client.say(siti.JID(), "3EB0BB", "sama-sama") // whatsmeow turns the number into her LID
	if reply := siti.Reads(); reply.Text != "sama-sama" {
		t.Errorf("she read %q", reply.Text)
	}
}

func TestLinkByTypedCode(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	stores := newStores(t, t.TempDir())
	client := newDesk(t, wa, stores, stores.NewDevice())
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	hear[*events.QR](client)
	code, err := client.PairPhone(t.Context(), line.JID().User, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if err != nil {
		t.Fatal(err)
	}
	line.AwaitCode()
	line.EnterCode(code)
	hear[*events.PairSuccess](client)
	hear[*events.Connected](client)
	line.AwaitOnline()
}

func TestCodesThatDoNotLink(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	stores := newStores(t, t.TempDir())
	client := newDesk(t, wa, stores, stores.NewDevice())
	if err := line.TryEnterCode("ABCD-1234"); err == nil {
		t.Error("a code was accepted that nobody asked for")
	}
	codes, err := client.GetQRChannel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	code := (<-codes).Code
	for name, bad := range map[string]string{
		"not a link": "hello", "too short": "https://wa.me/settings/linked_devices#2@a,b",
		"unknown": "https://wa.me/settings/linked_devices#2@zzzz,b,c,d,1",
	} {
		if err := line.TryScanQR(bad); err == nil {
			t.Errorf("%s: scanned", name)
		}
	}
	line.ScanQR(code)
	line.AwaitOnline()
	if err := line.TryScanQR(code); err == nil {
		t.Error("a code linked twice")
	}
}

func TestLinesShareOneContainer(t *testing.T) {
	wa := watest.New(t)
	stores := newStores(t, t.TempDir())
	var lines []*watest.Number
	var desks []*desk
	for _, number := range []string{"6281100000001", "6281100000002", "6281100000003"} {
		line := wa.Number(number)
		client := newDesk(t, wa, stores, stores.NewDevice())
		client.linkTo(line)
		lines, desks = append(lines, line), append(desks, client)
	}
	siti := wa.Person("6281234567890")
	for i, line := range lines {
		siti.Sends(line, line.JID().User)
		if got := desks[i].hearMessage().Message.GetConversation(); got != line.JID().User {
			t.Errorf("line %d heard %q", i, got)
		}
	}
	if devices, err := stores.GetAllDevices(t.Context()); err != nil || len(devices) != 3 {
		t.Errorf("%d devices, %v", len(devices), err)
	}
}

func TestAPasskeyLinks(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	stores := newStores(t, t.TempDir())
	client := newDesk(t, wa, stores, stores.NewDevice())
	codes, err := client.GetQRChannel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	line.AsksForPasskey((<-codes).Code)
	item := <-codes
	if item.Event != whatsmeow.QRChannelEventPasskeyRequest || item.PasskeyRequest.PublicKey == nil {
		t.Fatalf("the QR channel says %+v", item)
	}
	passkey := &types.WebAuthnResponse{
		RawID: []byte("another"), Response: types.WebAuthnResponseData{Signature: []byte("signed")},
	}
	if err := client.SendPasskeyResponse(t.Context(), passkey); err == nil {
		t.Error("another passkey is taken")
	}
	passkey.RawID = item.PasskeyRequest.PublicKey.AllowCredentials[0].ID
	if err := client.SendPasskeyResponse(t.Context(), passkey); err != nil {
		t.Fatal(err)
	}
	hear[*events.PairSuccess](client)
	line.AwaitOnline()
}

func TestANumberIsRefused(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	stores := newStores(t, t.TempDir())
	client := newDesk(t, wa, stores, stores.NewDevice())
	client.PrePairCallback = func(types.JID, string, string) bool { return false }
	codes, err := client.GetQRChannel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	line.ScanQRInVain((<-codes).Code)
	if refusal := hear[*events.PairError](client); !errors.Is(refusal.Error, whatsmeow.ErrPairRejectedLocally) {
		t.Errorf("refused with %v", refusal.Error)
	}
	line.AwaitLinked(0)
}
