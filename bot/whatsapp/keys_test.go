package whatsapp_test

import (
	"bytes"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // to look into the keys

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
)

// kenari is somebody whose every trace can be searched for.
func kenari(wa *watest.Server) *watest.Person {
	return wa.Person("6281234567890", watest.Named("Siti Kenari"), watest.LID("187654321098765"))
}

// namesNobody looks for kenari in every file of a data directory.
func namesNobody(t *testing.T, dir string) {
	t.Helper()
	searched := 0
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		body, err := os.ReadFile(path)
		searched += len(body)
		for _, canary := range []string{"Kenari", "6281234567890", "81234567890", "187654321098765"} {
			if bytes.Contains(body, []byte(canary)) {
				t.Errorf("%s holds %q", filepath.Base(path), canary)
			}
		}
		return err
	}))
	if searched == 0 {
		t.Error("nothing was searched")
	}
}

func TestNothingInTheDataDirectoryTellsWhoWrites(t *testing.T) {
	wa := watest.New(t)
	number, dir, siti := wa.Number("6281100000001"), t.TempDir(), kenari(wa)
	disk := &fullDisk{}
	d := runWith(t, wa, dir, func(h whatsapp.Handler) whatsapp.Handler {
		disk.Handler = h
		return disk
	})
	d.link("chika", number)
	siti.Sends(number, "halo, saya Kenari Kuning")
	reply := siti.Reads()
	siti.SendsToGroup(number, "6281234567890-1600000000", "halo semua")
	for _, as := range []watest.Addressing{watest.AsNumber, watest.AsLIDOnly, watest.AsNumberOnly, watest.AsLID} {
		siti.ArrivesAs(as)
		siti.Sends(number, "keep lagi")
		siti.Reads()
	}
	number.AwaitAllAcked()
	namesNobody(t, dir)      // while it runs
	disk.left.Store(1 << 20) // from here on nothing can be stored: what is decrypted stays in whatsmeow's buffer
	siti.Sends(number, "alamat saya di Jalan Kenari")
	d.awaitLog("message.refused")
	d.stop()

	namesNobody(t, dir)
	files, err := filepath.Glob(filepath.Join(dir, "whatsapp.db*"))
	must(t, err)
	for _, file := range files {
		info, err := os.Stat(file)
		must(t, err)
		equal(t, "mode of "+filepath.Base(file), info.Mode().Perm(), 0o600)
	}
	equal(t, "the reply was", reply.Text, "halo, saya Kenari Kuning")

	// The buffer still opens, and the sessions are found: the next run takes the message, and answers.
	again := run(t, wa, dir)
	equal(t, "what was kept", siti.Reads().Text, "alamat saya di Jalan Kenari")
	number.AwaitAllAcked()
	again.stop()
}

// bare is a data directory as it was before anything in whatsapp.db was veiled: whatsmeow's rows are plain.
func bare(t *testing.T, wa *watest.Server, number *watest.Number, siti *watest.Person) (dir string) {
	t.Helper()
	dir = t.TempDir()
	d := run(t, wa, dir, func(o *whatsapp.Options) { o.Store = unveiled{o.Store} })
	d.link("chika", number)
	siti.Sends(number, "sebelum")
	equal(t, "before", siti.Reads().Text, "sebelum")
	number.AwaitAllAcked()
	d.stop()
	keys := openKeysFile(t, dir)
	_, err := keys.ExecContext(t.Context(), `PRAGMA user_version=0;
		INSERT INTO whatsmeow_contacts (our_jid, their_jid, push_name)
			SELECT jid, '187654321098765@lid', 'Siti Kenari' FROM whatsmeow_device;
		INSERT INTO whatsmeow_privacy_tokens (our_jid, their_jid, token, timestamp)
			SELECT jid, '6281234567890@s.whatsapp.net', x'00', 1 FROM whatsmeow_device;
		PRAGMA wal_checkpoint(TRUNCATE)`)
	must(t, err)
	must(t, keys.Close())
	return dir
}

// unveiled is a store that leaves words as they are.
type unveiled struct{ whatsapp.Store }

func (unveiled) VeilAside(_, word string) (string, error)     { return word, nil }
func (unveiled) UnveilAside(_, veiled string) (string, error) { return veiled, nil }

func openKeysFile(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "whatsapp.db")+"?_journal_mode=WAL")
	must(t, err)
	return db
}

func TestAnOlderKeysFileIsVeiledOnce(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), kenari(wa)
	dir := bare(t, wa, number, siti)
	keys, err := os.ReadFile(filepath.Join(dir, "whatsapp.db"))
	must(t, err)
	if !bytes.Contains(keys, []byte("187654321098765")) || !bytes.Contains(keys, []byte("Siti Kenari")) {
		t.Fatal("the older file names nobody: nothing is tried here")
	}
	d := run(t, wa, dir)
	siti.Sends(number, "sesudah")
	reply := siti.Reads()
	equal(t, "after", reply.Text, "sesudah")
	number.AwaitAllAcked()
	namesNobody(t, dir)
	if strings.Contains(d.log.String(), "message.undecryptable") {
		t.Error("her session was lost")
	}
	d.stop()
	run(t, wa, dir).stop() // there is nothing more to do
	namesNobody(t, dir)
}
