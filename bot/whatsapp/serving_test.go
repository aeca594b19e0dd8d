package whatsapp_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/dialog"
)

// photo is a small picture, as a phone would take it.
func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range m.Pix {
		m.Pix[i] = shade + uint8(i%7)
	}
	m.SetGray(1, 1, color.Gray{})
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, m, nil))
	return out.Bytes()
}

func TestADocumentIsFetchedAndAnsweredOnce(t *testing.T) {
	_, number, siti, _ := setting(t)
	m := siti.SendsImage(number, photo(t, 1), "")
	equal(t, "image", siti.Reads().Text, "ready: image/jpeg")
	m.AwaitAcked()
	siti.SendsDocument(number, "ktp.pdf", "application/pdf", []byte("%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n"), "")
	reply := siti.Reads()
	if !strings.HasPrefix(reply.Text, "ready: application/pdf") && !strings.HasPrefix(reply.Text, "bad: ") {
		t.Errorf("document: %q", reply.Text)
	}
}

func TestEveryFileOfAnAlbumIsTaken(t *testing.T) {
	_, number, siti, _ := setting(t)
	siti.SendsAlbum(number, photo(t, 1), photo(t, 2), photo(t, 3))
	for range 3 {
		equal(t, "file", siti.Reads().Text, "ready: image/jpeg")
	}
	number.AwaitAllAcked()
}

func TestAFileThatIsGoneIsAskedForOfTheSendersPhone(t *testing.T) {
	wa, number, siti, d := setting(t)
	wa.Down() // so that the files are gone before they are fetched
	d.awaitState("chika", whatsapp.Offline)
	for i, status := range []int{403, 404, 410} {
		wa.FailMedia(siti.SendsImage(number, photo(t, uint8(i)), ""), status, 1)
	}
	wa.Up()
	for range 3 {
		equal(t, "answer", siti.Reads().Text, "ready: image/jpeg")
	}
	equal(t, "asked again", strings.Count(d.log.String(), "document.reupload"), 3)
}

func TestWhatLastsNotIsTriedAgain(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	d := run(t, wa, t.TempDir())
	d.link("chika", number)
	wa.Down()
	d.awaitState("chika", whatsapp.Offline)
	lost := siti.SendsImage(number, photo(t, 1), "")
	wa.DropMedia(lost)
	siti.SendsImage(number, bytes.Repeat([]byte("x"), 17<<20), "")
	changed := siti.SendsImage(number, photo(t, 3), "")
	wa.ReplaceMedia(changed, []byte("something else, long enough to be a file"))
	siti.Sends(number, "keep selesai")
	wa.Up()
	equal(t, "gone for good", siti.Reads().Text, "lost")
	equal(t, "too large", siti.Reads().Text, "bad: document.bytes")
	equal(t, "not what was sent", siti.Reads().Text, "lost")
	equal(t, "what waited", siti.Reads().Text, "selesai")
	number.AwaitAllAcked()
}

func TestWhatCannotBeReadGetsAShortAnswerOnce(t *testing.T) {
	_, number, siti, _ := setting(t)
	siti.SendsVoice(number, []byte("sound"))
	equal(t, "voice", siti.Reads().Text, "unread voice")
	siti.SendsVoice(number, []byte("sound again"))
	siti.SendsLocation(number, -6.2, 106.8)
	equal(t, "place", siti.Reads().Text, "unread location")
	siti.Calls(number)
	call := siti.Reads().Text
	equal(t, "call", strings.Contains(call, "panggilan") && strings.Contains(call, "calls"), true)
	siti.SendsSticker(number, []byte("sticker"))
	m := siti.Sends(number, "halo")
	reply := siti.Reads()
	equal(t, "text", reply.Text, "halo")
	siti.Reacts(reply, "👍")
	siti.Deletes(m)
	siti.Sends(number, "akhir")
	equal(t, "then", siti.Reads().Text, "akhir")
	number.AwaitAllAcked()
}

func TestGroupsStatusesAndChannelsAreNotAnswered(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.SendsToGroup(number, "120363000000000001", "halo semua")
	siti.PostsStatus(number, "pagi")
	wa.PostsToChannel(number, "120363000000000002", "kabar")
	number.SharesHistory(siti, "pesan lama")
	siti.Sends(number, "halo")
	equal(t, "only this", siti.Reads().Text, "halo")
	number.AwaitAllAcked()
	equal(t, "shown", len(siti.Shown()), 1)
	d.stop()
	equal(t, "nothing else", len(siti.Shown()), 1)
}

func TestOnePersonUnderTwoAddresses(t *testing.T) {
	_, number, siti, d := setting(t)
	for _, as := range []watest.Addressing{watest.AsLID, watest.AsNumber, watest.AsLIDOnly, watest.AsNumberOnly} {
		siti.ArrivesAs(as)
		siti.Sends(number, "ticket")
		equal(t, "a ticket", strings.HasPrefix(siti.Reads().Text, "ticket "), true)
	}
	number.AwaitAllAcked()
	equal(t, "contacts", d.contacts(), 1)
}

func TestSomebodyWithoutANumberIsServed(t *testing.T) {
	wa, number, _, _ := setting(t)
	nobody := wa.Person("")
	nobody.Sends(number, "halo")
	equal(t, "reply", nobody.Reads().Text, "halo")
}

func TestRepliesDisappearAsTheChatDoes(t *testing.T) {
	_, number, siti, _ := setting(t)
	siti.Disappearing(24 * time.Hour)
	siti.Sends(number, "satu")
	reply := siti.Reads()
	equal(t, "text", reply.Text, "satu")
	equal(t, "vanishes after", reply.Vanishes(), 86400)
	siti.Disappearing(0)
	siti.Sends(number, "dua")
	equal(t, "no more", siti.Reads().Vanishes(), 0)
}

func TestAPersonWhoAnswersFromThePhoneHasTheChat(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.Sends(number, "halo")
	siti.Reads()
	number.Answers(siti, "Selamat siang, saya Ani")
	d.awaitLog("chat.paused")
	siti.Reads() // what Ani wrote
	m := siti.Sends(number, "terima kasih")
	m.AwaitAcked()
	budi := wa.Person("6281200000002")
	budi.Sends(number, "halo")
	equal(t, "others are answered", budi.Reads().Text, "halo")
	equal(t, "unread", len(siti.Unread()), 0)
}

func TestAPauseEnds(t *testing.T) {
	_, number, siti, d := setting(t, func(o *whatsapp.Options) { o.Sending.Pause = 200 * time.Millisecond })
	number.Answers(siti, "Sebentar")
	d.awaitLog("chat.paused")
	siti.Reads()
	time.Sleep(250 * time.Millisecond)
	siti.Sends(number, "halo")
	equal(t, "answered again", siti.Reads().Text, "halo")
}

func TestAPhoneThatCannotReadAReplyGetsItAgain(t *testing.T) {
	wa := watest.New(t)
	number, siti, dir := wa.Number("6281100000001"), wa.Person("6281200000001"), t.TempDir()
	d := run(t, wa, dir)
	d.link("chika", number)
	siti.Sends(number, "halo")
	reply := siti.Reads()
	number.AwaitAllAcked()
	d.stop() // so that no memory of whatsmeow's has it
	run(t, wa, dir)
	number.AwaitLogins(2)
	siti.CannotOpen(reply)
	reply.AwaitSends(2)
	equal(t, "the same", reply.Changed(), false)
}

func TestALinkedLineThatWasLoggedOutIsLinkedAgain(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.Sends(number, "satu")
	siti.Reads()
	number.AwaitAllAcked()
	wa.Logout(number)
	line := d.awaitState("chika", whatsapp.LoggedOut)
	equal(t, "says how", strings.Contains(line.Reason, "sapa link chika"), true)
	d.link("chika", number)
	siti.Sends(number, "dua")
	equal(t, "served again", siti.Reads().Text, "dua")
}

func TestARestartKnowsThatALineWasLoggedOut(t *testing.T) {
	wa := watest.New(t)
	number, dir := wa.Number("6281100000001"), t.TempDir()
	d := run(t, wa, dir)
	d.link("chika", number)
	wa.Logout(number)
	d.awaitState("chika", whatsapp.LoggedOut)
	d.stop()
	d = run(t, wa, dir)
	d.awaitLog("line.logged_out")
}

func TestAReplacedLineKeepsOut(t *testing.T) {
	wa, number, _, d := setting(t)
	wa.Replace(number)
	d.awaitState("chika", whatsapp.Replaced)
	number.AwaitOffline()
	time.Sleep(300 * time.Millisecond)
	equal(t, "logins", number.Logins(), 1)
}

func TestABannedLineSaysUntilWhenAndComesBack(t *testing.T) {
	wa, number, siti, d := setting(t)
	siti.Sends(number, "satu")
	siti.Reads()
	wa.Ban(number, 101, 2*time.Second)
	wa.Cut(number)
	line := d.awaitState("chika", whatsapp.Banned)
	equal(t, "says why", strings.Contains(line.Reason, "101"), true)
	siti.Sends(number, "dua")
	wa.AllowConnect(number)
	equal(t, "nothing is lost", siti.Reads().Text, "dua")
	d.awaitState("chika", whatsapp.Online)
}

func TestAnOutdatedClientSaysSoAndEndsTheServiceOnlyWhereNothingWorks(t *testing.T) {
	wa := watest.New(t)
	number, other := wa.Number("6281100000001"), wa.Number("6281100000002")
	d := run(t, wa, t.TempDir(), func(o *whatsapp.Options) { o.Lines = []string{"chika", "pandawa"} })
	d.link("chika", number)
	d.link("pandawa", other)
	wa.FailConnect(number, 405)
	wa.Cut(number)
	line := d.awaitState("chika", whatsapp.Outdated)
	equal(t, "says it", strings.Contains(line.Reason, "update whatsmeow"), true)
	siti := wa.Person("6281200000001")
	siti.Sends(other, "halo")
	equal(t, "the other line works", siti.Reads().Text, "halo")
	wa.FailConnect(other, 405)
	wa.Cut(other)
	d.awaitEnd(whatsapp.ErrOutdated)
}

func TestARefusalThatSaysNoMoreIsShownWithItsCode(t *testing.T) {
	wa, number, _, d := setting(t)
	wa.FailConnect(number, 418)
	wa.Cut(number)
	line := d.awaitState("chika", whatsapp.Failed)
	equal(t, "code", strings.Contains(line.Reason, "418"), true)
}

func TestAFloodIsLoggedOnce(t *testing.T) {
	wa, number, siti, d := setting(t, func(o *whatsapp.Options) {
		o.Sending.Flood = whatsapp.Flood{Rate: whatsapp.Rate{N: 5, Per: time.Hour}}
	})
	for range 80 {
		siti.Sends(number, "keep halo")
	}
	number.AwaitAllAcked()
	equal(t, "logged", strings.Count(d.log.String(), "chat.flood"), 1)
	budi := wa.Person("6281200000002")
	budi.Sends(number, "halo")
	equal(t, "others are answered", budi.Reads().Text, "halo")
	await(t, "the replies to the first", func() bool { return len(siti.Shown()) >= 5 })
	d.stop()
	if n := len(siti.Shown()); n > 30 {
		t.Errorf("80 messages got %d replies", n)
	}
}

func TestAServerErrorIsWaitedOut(t *testing.T) {
	wa, number, siti, d := setting(t)
	wa.StreamError(number, "503")
	number.AwaitLogins(2)
	siti.Sends(number, "halo")
	equal(t, "reply", siti.Reads().Text, "halo")
	d.awaitState("chika", whatsapp.Online)
}

func TestATimelockHoldsEverythingBackAndLosesNothing(t *testing.T) {
	wa, number, siti, d := setting(t)
	wa.RejectSends(number, 463)
	siti.Sends(number, "keep satu")
	line := d.awaitState("chika", whatsapp.Held)
	equal(t, "says why", strings.Contains(line.Reason, "463"), true)
	second := siti.Sends(number, "keep dua")
	second.AwaitAcked() // received all the same
	queues, err := d.db.Queues(t.Context())
	must(t, err)
	if len(queues) != 1 || queues[0].Queued != 2 || queues[0].Dead != 0 {
		t.Errorf("queues %+v", queues)
	}
	wa.RejectSends(number, 0)
	wa.Timelock(number, false)
	equal(t, "first", siti.Reads().Text, "satu")
	equal(t, "second", siti.Reads().Text, "dua")
	wa.Timelock(number, true)
	d.awaitState("chika", whatsapp.Held)
	wa.Timelock(number, false)
	d.awaitState("chika", whatsapp.Online)
}

func TestARefusedReplyIsTriedAgainUnderItsID(t *testing.T) {
	wa, number, siti, d := setting(t)
	wa.RejectSends(number, 500)
	siti.Sends(number, "halo")
	d.awaitLog("outbound.failed")
	wa.RejectSends(number, 0)
	equal(t, "reply", siti.Reads().Text, "halo")
}

func TestTypingComesBeforeAReply(t *testing.T) {
	_, number, siti, _ := setting(t, func(o *whatsapp.Options) { o.Sending.Typing = true })
	number.AwaitAvailable()
	siti.Sends(number, "halo")
	siti.AwaitTyping(1)
	equal(t, "reply", siti.Reads().Text, "halo")
}

func TestNewSendingSettingsTakeEffectAtOnce(t *testing.T) {
	_, number, siti, d := setting(t)
	d.lines.SetSending(whatsapp.Sending{PerContact: whatsapp.Rate{N: 1, Per: time.Hour}, Pause: -1})
	siti.Sends(number, "keep satu")
	equal(t, "the hour's one", siti.Reads().Text, "satu")
	siti.Sends(number, "keep dua").AwaitAcked()
	number.Answers(siti, "Saya Ani")
	equal(t, "a person", siti.Reads().Text, "Saya Ani")
	number.AwaitAllAcked()
	equal(t, "unread", len(siti.Unread()), 0)
	d.lines.SetSending(whatsapp.Sending{Typing: true, Flood: whatsapp.Flood{Rate: whatsapp.Rate{N: 1, Per: time.Hour}}})
	equal(t, "what waited", siti.Reads().Text, "dua")
	siti.AwaitTyping(1)
	siti.Sends(number, "keep tiga")
	equal(t, "nobody has the chat to themselves", siti.Reads().Text, "tiga")
	for range 80 {
		siti.Sends(number, "keep banyak")
	}
	d.awaitLog("chat.flood")
}

// startled is a bot that panics at its first input.
type startled struct {
	whatsapp.Handler
	once sync.Once
}

func (s *startled) Handle(ctx context.Context, in dialog.Input) error {
	s.once.Do(func() { panic("boom") })
	return s.Handler.Handle(ctx, in)
}

func TestAHandlerThatPanicsLosesNothing(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	d := runWith(t, wa, t.TempDir(), func(h whatsapp.Handler) whatsapp.Handler { return &startled{Handler: h} })
	d.link("chika", number)
	m := siti.Sends(number, "satu")
	d.awaitLog("line.panicked")
	equal(t, "answered when it came again", siti.Reads().Text, "satu")
	m.AwaitAcked()
}

func TestEightCharactersLinkALineToo(t *testing.T) {
	wa := watest.New(t)
	number := wa.Number("6281100000001")
	d := run(t, wa, t.TempDir())
	var kinds []whatsapp.StepKind
	show := func(s whatsapp.Step) {
		kinds = append(kinds, s.Kind)
		if s.Kind == whatsapp.StepCode {
			number.EnterCode(s.Detail)
		}
	}
	must(t, d.lines.Link(t.Context(), "chika", "6281100000001", show, nil))
	if !slices.Equal(kinds, []whatsapp.StepKind{whatsapp.StepCode, whatsapp.StepPaired, whatsapp.StepLinked}) {
		t.Errorf("steps %v", kinds)
	}
	if err := d.lines.Link(t.Context(), "chika", "", show, nil); !errors.Is(err, whatsapp.ErrLinked) {
		t.Errorf("linked twice: %v", err)
	}
}

func TestACommandBesideTheServiceLinksALine(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	d := run(t, wa, t.TempDir())
	id, err := d.db.AskLink(t.Context(), "chika", "", time.Now())
	must(t, err)
	step := func(kind whatsapp.StepKind) (detail string) {
		await(t, string(kind), func() bool {
			l, err := d.db.SeeLink(t.Context(), id, time.Now())
			must(t, err)
			detail = l.Detail
			return l.Step == string(kind)
		})
		return detail
	}
	number.ScanQR(step(whatsapp.StepQR))
	equal(t, "number", step(whatsapp.StepLinked), "6281100000001")
	siti.Sends(number, "halo")
	equal(t, "served", siti.Reads().Text, "halo")
}

func TestALinkThatNobodyWaitsForEnds(t *testing.T) {
	wa := watest.New(t)
	d := run(t, wa, t.TempDir())
	id, err := d.db.AskLink(t.Context(), "chika", "", time.Now())
	must(t, err)
	await(t, "a code", func() bool {
		l, err := d.db.SeeLink(t.Context(), id, time.Now())
		must(t, err)
		return l.Step == string(whatsapp.StepQR)
	})
	must(t, d.db.CancelLink(t.Context(), id))
	d.awaitLog("link.failed")
	l, err := d.db.SeeLink(t.Context(), id, time.Now())
	must(t, err)
	equal(t, "no code stays behind", l.Detail, "")
}

func TestLinesComeAndGoWithoutARestart(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	d := run(t, wa, t.TempDir())
	d.link("chika", number)
	must(t, d.lines.SetLines(t.Context(), []string{"pandawa"}))
	number.AwaitOffline()
	siti.Sends(number, "halo")
	must(t, d.lines.SetLines(t.Context(), []string{"pandawa", "chika"}))
	equal(t, "what waited", siti.Reads().Text, "halo")
}

func TestLogsNameNobody(t *testing.T) {
	wa := watest.New(t)
	number, dir := wa.Number("6281100000001"), t.TempDir()
	siti := wa.Person("6281234567890", watest.Named("Siti Kenari"), watest.LID("187654321098765"))
	d := run(t, wa, dir)
	d.link("chika", number)
	siti.Sends(number, "nama saya Kenari Kuning")
	siti.Reads()
	siti.SendsImage(number, photo(t, 1), "Kenari")
	siti.Reads()
	siti.SendsGarbled(number, "Kenari")
	siti.Calls(number)
	siti.Reads()
	wa.Cut(number)
	number.AwaitLogins(2)
	wa.RejectSends(number, 463)
	siti.Sends(number, "Kenari lagi")
	d.awaitState("chika", whatsapp.Held)
	wa.Logout(number)
	d.awaitState("chika", whatsapp.LoggedOut)
	d.stop()
	log := d.log.String()
	if !strings.Contains(log, `"from":"whatsmeow"`) {
		t.Error("whatsmeow's log is not there")
	}
	for _, canary := range []string{"Kenari", "6281234567890", "81234567890", "187654321098765", siti.LID().User} {
		if i := strings.Index(log, canary); i >= 0 {
			t.Errorf("the log holds %q: …%s…", canary, log[max(0, i-200):min(len(log), i+100)])
		}
	}
}
