package whatsapp_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
)

func TestTheKeysFileHoldsNoWordsAndNoNames(t *testing.T) {
	wa := watest.New(t)
	number, dir := wa.Number("6281100000001"), t.TempDir()
	siti := wa.Person("6281200000001", watest.Named("Siti Kenari"))
	disk := &fullDisk{}
	d := runWith(t, wa, dir, func(h whatsapp.Handler) whatsapp.Handler {
		disk.Handler = h
		return disk
	})
	d.link("chika", number)
	siti.Sends(number, "halo, saya Kenari Kuning")
	reply := siti.Reads()
	number.AwaitAllAcked()
	disk.left.Store(1 << 20) // from here on nothing can be stored: what is decrypted stays in whatsmeow's buffer
	siti.Sends(number, "alamat saya di Jalan Kenari")
	d.awaitLog("message.refused")
	d.stop()

	files, err := filepath.Glob(filepath.Join(dir, "whatsapp.db*"))
	must(t, err)
	if len(files) == 0 {
		t.Fatal("no keys file")
	}
	for _, file := range files {
		info, err := os.Stat(file)
		must(t, err)
		equal(t, "mode of "+filepath.Base(file), info.Mode().Perm(), 0o600)
		body, err := os.ReadFile(file)
		must(t, err)
		if bytes.Contains(body, []byte("Kenari")) {
			t.Errorf("%s holds a member's words or name", filepath.Base(file))
		}
	}
	equal(t, "the reply was", reply.Text, "halo, saya Kenari Kuning")

	// The buffer still opens: the next run takes the message from it.
	disk2 := run(t, wa, dir)
	equal(t, "what was kept", siti.Reads().Text, "alamat saya di Jalan Kenari")
	number.AwaitAllAcked()
	disk2.stop()
}
