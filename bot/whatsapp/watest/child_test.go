package watest_test

import (
	"bufio"
	"encoding/hex"
	"os"
	"os/exec"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store/sqlstore"
	waLog "go.mau.fi/whatsmeow/util/log"

	"sapa/bot/whatsapp/watest"
)

// childEnv holds the server's address, its root key and the store's DSN when
// this test binary runs as the child of TestAClientInAnotherProcess.
const (
	childAddr = "WATEST_CHILD_ADDR"
	childKey  = "WATEST_CHILD_KEY"
	childDSN  = "WATEST_CHILD_DSN"
)

// A client in a child process, which a test can kill as no goroutine can be.
func TestAClientInAnotherProcess(t *testing.T) {
	wa := watest.New(t)
	line := wa.Number("6281100000001")
	siti := wa.Person("6281234567890")
	dir := t.TempDir()
	stores := newStores(t, dir)
	client := newDesk(t, wa, stores, stores.NewDevice())
	client.linkTo(line)
	line.AwaitAllAcked()
	client.Disconnect()
	line.AwaitOffline()
	if err := stores.Close(); err != nil {
		t.Fatal(err)
	}

	key := watest.RootKey()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v") //nolint:gosec // G204: this very test binary
	child.Env = append(os.Environ(), childAddr+"="+wa.Addr(), childKey+"="+hex.EncodeToString(key[:]), childDSN+"="+dsn(dir))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // keep its output flowing
		for lines := bufio.NewScanner(out); lines.Scan(); {
			t.Log(lines.Text())
		}
	}()
	line.AwaitLogins(2)
	siti.Sends(line, "halo proses lain")
	if reply := siti.Reads(); reply.Text != "halo proses lain" {
		t.Errorf("she read %q", reply.Text)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	line.AwaitOffline()
	_ = child.Wait() // killed
}

// TestChild is the child's part.
func TestChild(t *testing.T) {
	addr := os.Getenv(childAddr)
	if addr == "" {
		t.Skip("not a child")
	}
	key, err := hex.DecodeString(os.Getenv(childKey))
	if err != nil {
		t.Fatal(err)
	}
	watest.TrustKey([32]byte(key))
	stores, err := sqlstore.New(t.Context(), "sqlite3", os.Getenv(childDSN), waLog.Noop)
	if err != nil {
		t.Fatal(err)
	}
	device, err := stores.GetFirstDevice(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Client: whatsmeow.NewClient(device, waLog.Noop), t: t, stores: stores}
	watest.Point(d.Client, addr)
	d.echoing()
	if err := d.Connect(); err != nil {
		t.Fatal(err)
	}
	<-t.Context().Done() // until killed
}
