package whatsapp_test

import (
	"strings"
	"testing"

	"sapa/bot"
	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/dialog"
)

// A send that is under way while a phone becomes another one writes the old phone's session back over the new one's.
// Nothing can be sealed with it, and whatsmeow says nothing of that.
func TestWhatCannotBeSealedForAPhoneIsNotSent(t *testing.T) {
	wa, dir := watest.New(t), t.TempDir()
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	d := run(t, wa, dir)
	d.link("chika", number)
	siti.Sends(number, "satu")
	siti.Reads()
	number.AwaitAllAcked()
	keys := openKeysFile(t, dir)
	defer func() { must(t, keys.Close()) }()
	_, err := keys.ExecContext(t.Context(), "CREATE TABLE old AS SELECT their_id, session FROM whatsmeow_sessions")
	must(t, err)
	siti.ReinstallsUntold()
	siti.Sends(number, "dua")
	siti.Reads()
	number.AwaitAllAcked()
	hers, err := d.db.VeilAside("whatsmeow.user", siti.LID().User)
	must(t, err)
	done, err := keys.ExecContext(t.Context(),
		"UPDATE whatsmeow_sessions AS s SET session = old.session FROM old WHERE s.their_id = old.their_id AND s.their_id = ? || '_1:0'", hers)
	must(t, err)
	rows, err := done.RowsAffected()
	must(t, err)
	equal(t, "sessions put back", rows, 1)

	out := bot.Outbound{
		ID: "3EB0AAAAAAAAAAAAAAAA01", Transport: whatsapp.Name, Line: "chika", To: siti.LID().String(), Weight: dialog.Keep,
		Text: "Apakah Anda yang dulu?",
	}
	if err := d.lines.Send(t.Context(), out); err == nil || !strings.Contains(err.Error(), "sealed") {
		t.Errorf("the phone got nothing, and the send says: %v", err)
	}
	must(t, d.lines.Send(t.Context(), out)) // as the outbox does
	reply := siti.Reads()
	equal(t, "ID", reply.ID, out.ID)
	equal(t, "text", reply.Text, out.Text)
	siti.Sends(number, "tiga") // and she is heard as before
	equal(t, "answer", siti.Reads().Text, "tiga")
	number.AwaitAllAcked()
}
