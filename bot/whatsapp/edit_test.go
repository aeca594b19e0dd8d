package whatsapp_test

import (
	"testing"
	"time"

	"sapa/bot/whatsapp/watest"
)

// Whatever form a phone gives an edit, it is an input of its own that names the message it changes; delivered again it
// is none.
func TestAnEditNamesWhatItChanges(t *testing.T) {
	wa, number, siti, _ := setting(t)
	for _, form := range []watest.EditForm{watest.EditWrapped, watest.EditOpen, watest.EditSealed} {
		siti.EditsAs(form)
		m := siti.Sends(number, "17-8-91")
		equal(t, "text", siti.Reads().Text, "17-8-91")
		edit := siti.Edits(m, "17-8-90")
		equal(t, "edit", siti.Reads().Text, m.ID+": 17-8-90")
		edit.AwaitAcked()
		wa.Redeliver(edit)
		wa.Reencrypt(edit)
		siti.Edits(m, "17 Agustus 1990")
		equal(t, "edit of the same", siti.Reads().Text, m.ID+": 17 Agustus 1990")
		number.AwaitAllAcked()
		equal(t, "unread", len(siti.Unread()), 0)
	}
}

// An edit in a chat whose messages disappear is opened too; one whose message came with no secret names it, and says
// nothing else.
func TestSealedEdits(t *testing.T) {
	_, number, siti, d := setting(t)
	old := siti.Sends(number, "lama")
	siti.Reads()
	siti.EditsAs(watest.EditSealed)
	siti.Edits(old, "baru")
	equal(t, "sealed for good", siti.Reads().Text, old.ID+": ")
	d.awaitLog("edit.sealed")
	siti.Disappearing(24 * time.Hour)
	m := siti.Sends(number, "hilang")
	siti.Reads()
	siti.Edits(m, "tinggal")
	equal(t, "disappearing", siti.Reads().Text, m.ID+": tinggal")
	number.AwaitAllAcked()
}
