package whatsapp_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sapa/bot/whatsapp/watest"
)

func TestTheBufferKeepsNoWordsOfWhatWasHandled(t *testing.T) {
	wa := watest.New(t)
	number, siti, dir := wa.Number("6281100000001"), wa.Person("6281200000001"), t.TempDir()
	d := run(t, wa, dir)
	d.link("chika", number)
	db := openKeysFile(t, dir)
	t.Cleanup(func() { must(t, db.Close()) })
	count := func(which string) (n int) {
		must(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM whatsmeow_event_buffer "+which).Scan(&n))
		return n
	}
	for i := range 5 {
		siti.Sends(number, fmt.Sprint("pesan ", i))
		siti.Reads()
	}
	number.AwaitAllAcked()
	if n := count("WHERE plaintext IS NOT NULL"); n > 1 {
		t.Errorf("the words of %d messages that were handled are still there", n)
	}
	d.stop()
	equal(t, "words left at the end", count("WHERE plaintext IS NOT NULL"), 0)
	if n := count(""); n < 5 { // else there was nothing to clear
		t.Errorf("%d messages went through the buffer", n)
	}
}

// What a message costs on the disk of whatsmeow's keys is what bounds a line: one transaction when it is decrypted,
// and one for the reply.
func TestAMessageAndItsReplyAreTwoTransactions(t *testing.T) {
	wa := watest.New(t)
	number, siti, dir := wa.Number("6281100000001"), wa.Person("6281200000001"), t.TempDir()
	d := run(t, wa, dir)
	d.link("chika", number)
	siti.Sends(number, "kenalan") // identities and addresses are saved once
	siti.Reads()
	number.AwaitAllAcked()
	const messages = 20 // fewer than would be a flood
	before := commits(t, dir)
	for i := range messages {
		siti.Sends(number, fmt.Sprint("pesan ", i))
		siti.Reads()
	}
	number.AwaitAllAcked()
	// What is left over now and then clears the buffer of the last message before a pause.
	if n := commits(t, dir) - before; n < messages || n > 2*messages+messages/2 {
		t.Errorf("%d messages and their replies took %d transactions", messages, n)
	}
}

// commits counts the transactions in the write-ahead log of whatsapp.db: a frame that ends one tells the size of the
// database after it (https://www.sqlite.org/fileformat.html#the_write_ahead_log).
func commits(t *testing.T, dir string) (n int) {
	t.Helper()
	wal, err := os.ReadFile(filepath.Join(dir, "whatsapp.db-wal"))
	must(t, err)
	const header, frameHeader = 32, 24
	if len(wal) < header {
		return 0
	}
	page, salts := int(binary.BigEndian.Uint32(wal[8:])), wal[16:24]
	for at := header; at+frameHeader+page <= len(wal); at += frameHeader + page {
		if !bytes.Equal(wal[at+8:at+16], salts) {
			break // of an earlier round of the log
		}
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			n++
		}
	}
	return n
}
