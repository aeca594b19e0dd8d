package whatsapp_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sapa/bot"
	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/dialog"
)

// mine is a reply with a file to somebody.
func mine(to *watest.Person) bot.Outbound {
	return bot.Outbound{
		ID: "3EB0AAAAAAAAAAAAAAAA01", Transport: whatsapp.Name, Line: "chika", To: to.LID().String(), Weight: dialog.Keep,
		Text: "Ini data Anda.",
		File: &dialog.File{Name: "data-saya.txt", MIME: "text/plain", Body: []byte("Nama: Siti Contoh\n")},
	}
}

// isMine checks that a phone shows that reply.
func isMine(t *testing.T, r *watest.Reply, out bot.Outbound) {
	t.Helper()
	equal(t, "ID", r.ID, out.ID)
	equal(t, "caption", r.Text, out.Text)
	d := r.Document()
	equal(t, "name", d.GetFileName(), out.File.Name)
	equal(t, "title", d.GetTitle(), out.File.Name)
	equal(t, "type", d.GetMimetype(), out.File.MIME)
	body, err := r.Media()
	must(t, err)
	equal(t, "body", string(body), string(out.File.Body))
}

func TestAFileOfOursIsADocumentWithItsWordsBelow(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.Sends(number, "data saya")
	siti.Reads()
	must(t, d.lines.Send(t.Context(), mine(siti)))
	reply := siti.Reads()
	isMine(t, reply, mine(siti))
	if reply.Message.GetDocumentWithCaptionMessage() == nil {
		t.Error("some phones show no caption that is not in its wrapper")
	}
	equal(t, "vanishes", reply.Vanishes(), 0)

	siti.Disappearing(24 * time.Hour)
	siti.Sends(number, "lagi")
	siti.Reads()
	again := mine(siti)
	again.ID, again.Text = "3EB0AAAAAAAAAAAAAAAA02", ""
	must(t, d.lines.Send(t.Context(), again))
	reply = siti.Reads()
	isMine(t, reply, again)
	equal(t, "vanishes after", reply.Vanishes(), 86400)
	equal(t, "uploads", wa.Uploads(), 2)
}

func TestAFileThatIsTriedAgainIsUploadedAndShownOnce(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.Sends(number, "data saya")
	siti.Reads()
	out := mine(siti)
	temporary := func(when string, err error) {
		t.Helper()
		var permanent *bot.PermanentError
		if err == nil || errors.As(err, &permanent) || errors.Is(err, bot.ErrDown) {
			t.Errorf("%s: %v", when, err)
		} else if strings.Contains(err.Error(), "http") {
			t.Errorf("%s: %v holds an address", when, err)
		}
	}
	wa.FailUploads(503, 1)
	temporary("no upload", d.lines.Send(t.Context(), out))
	wa.RejectSends(number, 500)
	temporary("uploaded, and the message refused", d.lines.Send(t.Context(), out))
	wa.RejectSends(number, 0)
	must(t, d.lines.Send(t.Context(), out))
	reply := siti.Reads()
	isMine(t, reply, out)
	equal(t, "uploads", wa.Uploads(), 2) // the one that failed, and one

	must(t, d.lines.Send(t.Context(), out)) // as after a crash before it was marked as sent
	reply.AwaitSends(2)
	equal(t, "shown", len(siti.Shown()), 2) // with the echo
}

// filed is a store whose outbox has one reply more.
type filed struct {
	whatsapp.Store
	out bot.Outbound
}

func (f filed) Reply(ctx context.Context, id string) (bot.Outbound, bool, error) {
	if id == f.out.ID {
		return f.out, true, nil
	}
	return f.Store.Reply(ctx, id)
}

func TestAPhoneThatCannotReadAFileGetsItAgain(t *testing.T) {
	t.Parallel()
	wa := watest.New(t)
	number, siti, dir := wa.Number("6281100000001"), wa.Person("6281200000001"), t.TempDir()
	with := func(o *whatsapp.Options) { o.Store = filed{o.Store, mine(siti)} }
	d := run(t, wa, dir, with)
	d.link("chika", number)
	siti.Sends(number, "data saya")
	siti.Reads()
	must(t, d.lines.Send(t.Context(), mine(siti)))
	reply := siti.Reads()
	number.AwaitAllAcked()
	d.stop() // so that no memory of whatsmeow's has it
	run(t, wa, dir, with)
	number.AwaitLogins(2)
	siti.CannotOpen(reply)
	reply.AwaitSends(2)
	equal(t, "uploads", wa.Uploads(), 2)
}
