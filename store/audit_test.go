package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/store"
)

// inAudit knows the family of Siti Aminah, a ticket of Siti's about herself, one that Budi opened about her too, and one
// of Budi's about himself, whom the register does not know. Rina works there, in a chat too.
func inAudit(t *testing.T) (db *store.DB, hers, alsoHers, his string) {
	t.Helper()
	db = cashier(t)
	must(t, db.AddOfficer(t.Context(), desk.Officer{
		Name: "rina", Role: desk.RoleBranch, Scope: []string{"31.74"}, Phone: rinaPhone, Enabled: true,
	}))
	submit(t, db, from(rinaPhone, "hello", "a"))
	opened := func(phone, number string) string {
		applied++
		return fact(t, query(t, db, phone, fmt.Sprint("audit", applied),
			"ticket.open service=reaktivasi kabupaten=31.74 nama=CANARY tanggal_lahir=1990-08-17 nomor="+number), "ref")
	}
	return db, opened(siti, "0001234567890"), opened(budi, "3174015708900002"), opened(budi, "3602041211870003")
}

// looked words looks: "12:00 rina ticket.seen REF: reason".
func looked(looks []store.Look) string {
	var lines []string
	for _, l := range looks {
		at := l.At.In(noon.Location()).Format("15:04")
		lines = append(lines, strings.Join(strings.Fields(at+" "+l.Who+" "+l.What+" "+l.Ticket), " ")+": "+l.Reason)
	}
	return strings.Join(lines, "\n")
}

func TestLooksTellWhoSawWhatOfSomebodyAndWhy(t *testing.T) {
	db, hers, alsoHers, his := inAudit(t)
	after := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	must(t, db.RecordSeen(t.Context(), hers, "rina", store.TicketSeen, "verifikasi", after(3)))
	_, _, err := db.RecordLook(t.Context(), "3174015708900002", "hana", "telepon dari Siti", after(1))
	must(t, err)
	must(t, db.RecordSeen(t.Context(), alsoHers, "dewi", store.DocumentsSaved, "cek foto", after(2)))
	must(t, db.RecordSeen(t.Context(), his, "dewi", store.TicketSeen, "CANARY", after(2)))
	_, _, err = db.RecordLook(t.Context(), "0001234567891", "hana", "CANARY: suaminya", after(1))
	must(t, err)
	must(t, does(t, db, "rina", "note bukan lihat-lihat", hers, after(4)))
	submit(t, db, at(from(rinaPhone, "show", "ask officer.show ref="+hers), after(24*60)))

	want := fmt.Sprintf("12:01 hana member.seen: telepon dari Siti\n12:02 dewi documents.saved %s: cek foto\n"+
		"12:03 rina ticket.seen %s: verifikasi\n12:00 rina ticket.seen %s: meja", alsoHers, hers, hers)
	for _, number := range []string{"0001234567890", "3174015708900002"} {
		looks, err := db.Looks(t.Context(), number)
		must(t, err)
		equal(t, "by either number", looked(looks), want)
	}
	looks, err := db.Looks(t.Context(), "3602041211870003")
	must(t, err)
	equal(t, "somebody whom the register does not know", looked(looks), "12:02 dewi ticket.seen "+his+": CANARY")
	looks, err = db.Looks(t.Context(), "0001234567892")
	must(t, err)
	equal(t, "nobody looked", looked(looks), "")
	if _, err := db.Looks(t.Context(), "0009999999999"); !errors.Is(err, store.ErrNoMember) {
		t.Errorf("a number that is nobody's: %v", err)
	}
}

func TestALookFromAChatIsRecordedOnceADay(t *testing.T) {
	db, ref, _, _ := inAudit(t)
	must(t, db.AddOfficer(t.Context(), desk.Officer{
		Name: "agus", Role: desk.RoleBranch, Scope: []string{"31"}, Phone: agusPhone, Enabled: true,
	}))
	for i, minutes := range []int{0, 1, 600, 719, 720, 721} { // midnight is at 720
		for _, phone := range []string{rinaPhone, agusPhone} {
			in := at(from(phone, fmt.Sprint("show", i), "ask officer.show ref="+ref), noon.Add(time.Duration(minutes)*time.Minute))
			equal(t, "shown all the same", fact(t, submit(t, db, in), "ok"), "true")
		}
	}
	looks, err := db.Looks(t.Context(), "0001234567890")
	must(t, err)
	line := " ticket.seen " + ref + ": meja"
	equal(t, "recorded", looked(looks),
		"12:00 rina"+line+"\n12:00 agus"+line+"\n00:00 rina"+line+"\n00:00 agus"+line)
}

// A look is not the last thing that was said about a ticket.
func TestTheReasonOfALookIsNotReadToOfficers(t *testing.T) {
	db, ref, _, _ := inAudit(t)
	must(t, does(t, db, "rina", "say Mohon tunggu", ref, noon))
	must(t, db.RecordSeen(t.Context(), ref, "hana", store.TicketSeen, "CANARY alasan", noon))
	shown := texts(query(t, db, rinaPhone, "show", "officer.show ref="+ref))
	if strings.Contains(shown, "CANARY alasan") || !strings.Contains(shown, "Mohon tunggu") {
		t.Errorf("shown: %s", shown)
	}
}
