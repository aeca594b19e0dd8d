package whatsapp_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/dialog"
	"sapa/store"
)

// setting is a linked line and somebody who writes to it.
func setting(t *testing.T, settle ...func(*whatsapp.Options)) (*watest.Server, *watest.Number, *watest.Person, *desk) {
	t.Helper()
	t.Parallel()
	wa := watest.New(t)
	number := wa.Number("6281100000001")
	d := run(t, wa, t.TempDir(), settle...)
	d.link("chika", number)
	return wa, number, wa.Person("6281200000001", watest.Named("Siti")), d
}

func TestAMessageIsAnsweredOnceUnderOneID(t *testing.T) {
	_, number, siti, d := setting(t)
	first := siti.Sends(number, "halo")
	reply := siti.Reads()
	equal(t, "reply", reply.Text, "halo")
	first.AwaitAcked()
	second := siti.Sends(number, "keep simpan")
	equal(t, "second reply", siti.Reads().Text, "simpan")
	second.AwaitAcked()
	equal(t, "sends", reply.Sends(), 1)
	line := d.awaitState("chika", whatsapp.Online)
	equal(t, "phone", line.Phone, "6281100000001")
}

func TestARedeliveredMessageIsNotAnsweredAgain(t *testing.T) {
	wa, number, siti, _ := setting(t)
	m := siti.Sends(number, "satu")
	reply := siti.Reads()
	m.AwaitAcked()
	wa.Redeliver(m) // the same ciphertext, as after a lost receipt
	wa.Reencrypt(m) // the same ID in a new one, as after a retry
	siti.Sends(number, "dua")
	equal(t, "next reply", siti.Reads().Text, "dua")
	number.AwaitAllAcked()
	equal(t, "replies shown", len(siti.Shown()), 2)
	equal(t, "sends of the first", reply.Sends(), 1)
}

func TestARestartGoesOnWhereItStopped(t *testing.T) {
	wa := watest.New(t)
	number, siti, dir := wa.Number("6281100000001"), wa.Person("6281200000001"), t.TempDir()
	d := run(t, wa, dir)
	d.link("chika", number)
	siti.Sends(number, "sebelum")
	equal(t, "before", siti.Reads().Text, "sebelum")
	number.AwaitAllAcked()
	d.stop()
	number.AwaitOffline()
	siti.Sends(number, "keep sementara 1")
	siti.Sends(number, "tanya 1")
	siti.Sends(number, "tanya 2")
	d = run(t, wa, dir)
	equal(t, "kept while away", siti.Reads().Text, "sementara 1")
	equal(t, "only the last question", siti.Reads().Text, "tanya 2")
	number.AwaitAllAcked()
	d.awaitState("chika", whatsapp.Online)
}

func TestWhoWaitedLongIsToldOnceThatWeWereAway(t *testing.T) {
	wa := watest.New(t)
	number, siti, dir := wa.Number("6281100000001"), wa.Person("6281200000001"), t.TempDir()
	d := run(t, wa, dir)
	d.link("chika", number)
	d.stop()
	number.AwaitOffline()
	siti.Sends(number, "keep satu")
	siti.Sends(number, "keep dua")
	run(t, wa, dir, func(o *whatsapp.Options) { o.Late = time.Nanosecond })
	equal(t, "apology", strings.HasPrefix(siti.Reads().Text, "Maaf, pesan Anda baru bisa kami balas sekarang."), true)
	equal(t, "first", siti.Reads().Text, "satu")
	equal(t, "second", siti.Reads().Text, "dua")
	siti.Sends(number, "tiga")
	equal(t, "and no more", siti.Reads().Text, "tiga")
}

// fullDisk is a bot that cannot store its first inputs.
type fullDisk struct {
	whatsapp.Handler
	left atomic.Int32
}

func (f *fullDisk) Handle(ctx context.Context, in dialog.Input) error {
	if f.left.Add(-1) >= 0 {
		return store.ErrFull
	}
	return f.Handler.Handle(ctx, in)
}

func TestWhatCannotBeStoredIsNotAcknowledgedAndComesAgain(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	disk := &fullDisk{}
	d := runWith(t, wa, t.TempDir(), func(h whatsapp.Handler) whatsapp.Handler {
		disk.Handler = h
		return disk
	})
	d.link("chika", number)
	disk.left.Store(2)
	first := siti.Sends(number, "satu")
	d.awaitLog("message.refused")
	equal(t, "acknowledged", first.Acked(), false)
	equal(t, "reply", siti.Reads().Text, "satu")
	number.AwaitAllAcked()
	equal(t, "shown", len(siti.Shown()), 1)
}

func TestABrokenConnectionComesBackByItself(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.Sends(number, "satu")
	siti.Reads()
	wa.Cut(number)
	number.AwaitLogins(2)
	siti.Sends(number, "dua")
	equal(t, "after the cut", siti.Reads().Text, "dua")
	d.awaitState("chika", whatsapp.Online)
}

func TestAReplyWhoseOutcomeIsUnknownIsRepeatedUnderItsID(t *testing.T) {
	wa, number, siti, _ := setting(t)
	wa.LoseAcks(1)
	siti.Sends(number, "satu")
	reply := siti.Reads()
	wa.Cut(number)
	reply.AwaitSends(2)
	siti.Sends(number, "dua")
	equal(t, "next", siti.Reads().Text, "dua")
	equal(t, "shown", len(siti.Shown()), 2)
	equal(t, "changed", reply.Changed(), false)
}
