package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
	"sapa/store"
)

// touched words people: "siti: answers messages (kabupaten nama) REF".
func touched(list []store.Touched) string {
	var lines []string
	for _, p := range list {
		who := map[string]string{siti: "siti", budi: "budi", rinaPhone: "maya", "": "?"}[strings.TrimPrefix(p.Address, "+")]
		switch {
		case p.Member != 0:
			who = fmt.Sprint("member ", p.Member, " ", who)
		case p.Subject != 0:
			who = "somebody " + who
		}
		lines = append(lines, who+": "+strings.Join(p.Kinds, " ")+" ("+strings.Join(p.Fields, " ")+") "+strings.Join(p.Tickets, " "))
	}
	return strings.Join(lines, "\n")
}

const auditFields = "(kabupaten nama nomor tanggal_lahir) "

func TestAnOfficersAccountTouchedThoseItSaw(t *testing.T) {
	db, hers, alsoHers, his := inAudit(t)
	later := noon.Add(time.Hour)
	must(t, db.RecordSeen(t.Context(), hers, "rina", store.TicketSeen, "x", noon))
	must(t, db.RecordSeen(t.Context(), his, "rina", store.TicketSeen, "x", later))
	must(t, db.RecordSeen(t.Context(), alsoHers, "hana", store.TicketSeen, "x", noon))
	_, _, err := db.RecordLook(t.Context(), "0001234567892", "rina", "x", noon)
	must(t, err)
	hire(t, db, "dewi branch 73")
	if err := does(t, db, "dewi", "note x", hers, noon); err == nil {
		t.Fatal("an officer of another place was let in")
	}
	for _, c := range []struct {
		what string
		by   store.TouchedBy
		want string
	}{
		{"all the time", store.TouchedBy{Officer: "rina"}, "siti: answers " + auditFields + hers + "\nbudi: answers " + auditFields + his + "\n" +
			"member 1 siti: answers " + auditFields + hers + "\n" +
			"member 3 ?: register (birth_date card class family_head_card faskes kk name paid_until regency segment sex status status_reason status_since) \n" +
			"somebody ?: answers " + auditFields + his},
		{"until later", store.TouchedBy{Officer: "rina", Since: noon.Add(time.Minute), Until: later}, ""},
		{"later", store.TouchedBy{Officer: "rina", Since: later}, "budi: answers " + auditFields + his + "\nsomebody ?: answers " + auditFields + his},
		{"who was refused saw nothing", store.TouchedBy{Officer: "dewi"}, ""},
		{"nobody", store.TouchedBy{Officer: "agus"}, ""},
	} {
		list, err := db.Touched(t.Context(), c.by)
		must(t, err)
		equal(t, c.what, touched(list), c.want)
	}
}

func TestATimeWindowTouchedWhatCameAndWentInIt(t *testing.T) {
	db := cashier(t)
	p1 := photo(budi, "p1")
	submit(t, db, p1)
	submit(t, db, fetched(p1, dialog.DocumentReady, "CANARY"))
	ref := waiting(t, db, siti)
	list, err := db.Touched(t.Context(), store.TouchedBy{Since: noon, Until: noon.Add(time.Hour)})
	must(t, err)
	const hers = "(class heads kabupaten months_owed nama nomor) "
	equal(t, "noon", touched(list), "budi: documents messages (ktp) \nsiti: answers messages "+hers+ref+"\nmember 1 siti: answers "+hers+ref)
	equal(t, "booked", book(t, db, payment("TRX-1", due)), "1 settled 0 mismatched 0 unknown 0 repeated")
	list, err = db.Touched(t.Context(), store.TouchedBy{Since: noon.Add(2 * time.Hour)})
	must(t, err)
	const more = "(amount class heads kabupaten months_owed nama nomor reference) "
	equal(t, "later", touched(list), "siti: answers messages payments "+more+ref+"\nmember 1 siti: answers payments "+more+ref)
	list, err = db.Touched(t.Context(), store.TouchedBy{Until: noon})
	must(t, err)
	equal(t, "before", touched(list), "")
}

// An officer's account is lost: of thirty people it saw one in three, and these are told, no more and no less. What is
// given holds their addresses and the names of fields, nothing of what was in them.
func TestAnIncidentTellsNothingButWhereToWrite(t *testing.T) {
	db := cashier(t)
	want := map[string]bool{}
	for i := range 30 {
		phone := fmt.Sprintf("62812000010%02d", i)
		card := jkn.Card(fmt.Sprintf("00088%08d", i+1))
		ref := fact(t, query(t, db, phone, "c1", fmt.Sprintf("ticket.open service=reaktivasi nama=CANARY%02d nomor=%s", i, card)), "ref")
		if i%3 == 0 {
			must(t, db.RecordSeen(t.Context(), ref, "rina", store.TicketSeen, "CANARY", noon))
			want[phone] = true
		}
	}
	list, err := db.Touched(t.Context(), store.TouchedBy{Officer: "rina"})
	must(t, err)
	for _, p := range list {
		if p.Contact != 0 {
			if !want[p.Address] {
				t.Errorf("%s was not touched", p.Address)
			}
			delete(want, p.Address)
		}
	}
	equal(t, "not told", len(want), 0)
	if all := fmt.Sprintf("%+v", list); strings.Contains(all, "CANARY") || strings.Contains(all, "00088") {
		t.Errorf("it tells what was touched: %s", all)
	}
}

// Employees whom a company's request names are among those touched, and see who looked.
func TestEmployeesInACompanysTicketAreTouchedAndToldOfLooks(t *testing.T) {
	db := inCompanies(t)
	nur, child, oki := nur(db, t)
	ref := asked(t, db, "PT1", fmt.Sprintf("pegawai_dipilih=%s_Nur|%s_Oki mutasi_tanggal=2026-12-01", nur.Card, oki.NIK))
	must(t, db.RecordSeen(t.Context(), ref, "pusat", store.TicketSeen, "cek", noon))
	list, err := db.Touched(t.Context(), store.TouchedBy{Officer: "pusat"})
	must(t, err)
	const fields = "(mutasi_tanggal pegawai_dipilih perusahaan) "
	equal(t, "touched", touched(list), "maya: answers "+fields+ref+"\nmember 1 ?: answers "+fields+ref+"\nmember 3 ?: answers "+fields+ref)
	for _, number := range []string{string(nur.Card), string(nur.NIK), string(oki.Card)} {
		looks, err := db.Looks(t.Context(), number)
		must(t, err)
		equal(t, number, looked(looks), "12:00 pusat ticket.seen "+ref+": cek")
	}
	looks, err := db.Looks(t.Context(), string(child.Card))
	must(t, err)
	equal(t, "who is not named", looked(looks), "")
}
