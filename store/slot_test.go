package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

// reception is an office that two visitors can come to in each half hour, from 08.00 to 10.00.
func reception(t testing.TB, dir ...string) *store.DB {
	t.Helper()
	o := options(t)
	o.NewID = nil
	o.Hours.Visitors = 2
	db := open(t, o, dir...)
	must(t, db.ImportBranches(t.Context(), []jkn.Branch{
		{Code: "KC", Name: "Cabang", Kind: jkn.BranchOffice, Regencies: []string{"31.74", "91.71"}, Address: "Jalan Satu", Open: "08:00", Close: "10:00"},
		{Code: "DS", Name: "Dinsos", Kind: jkn.SocialService, Regencies: []string{"31.74"}},
	}, false))
	return db
}

const (
	branch = "regency=31.74 kind=cabang "
	nine   = "at=2026-11-24T09:00:00+07:00 service=iuran name=Siti_Aminah"
)

// asks asks a query from a phone at a time.
func asks(t testing.TB, db *store.DB, phone string, at time.Time, text string) dialog.Receipt {
	t.Helper()
	in := from(phone, fmt.Sprintf("%s %d", text, at.UnixNano()), "ask "+text)
	in.At, in.Seed = at, uint64(len(text))
	return submit(t, db, in)
}

func booked(t testing.TB, db *store.DB, phone, text string) string {
	t.Helper()
	return fact(t, asks(t, db, phone, noon, "visit.book "+text), "ok")
}

// expected is the day's list as an office reads it.
func expected(t testing.TB, db *store.DB, e store.Expected) string {
	t.Helper()
	all, err := db.Bookings(t.Context(), e)
	must(t, err)
	var out []string
	for _, b := range all {
		out = append(out, b.Branch+" "+b.At.Format("15:04 -07")+" "+b.Name)
	}
	return strings.Join(out, "; ")
}

func TestASlotIsFullAndTheNextOnesAreFree(t *testing.T) {
	db := reception(t)
	equal(t, "first", booked(t, db, siti, branch+nine), "true")
	equal(t, "second", booked(t, db, budi, branch+nine), "true")
	third := asks(t, db, rudi, noon, "visit.book "+branch+nine)
	equal(t, "third", fact(t, third, "ok")+fact(t, third, "taken")+fact(t, third, "code"), "falsefalse")
	slots := asks(t, db, rudi, noon, "visit.slots "+branch+"day=2026-11-24")
	for _, c := range []struct {
		at   string
		free bool
	}{{"08:00", true}, {"08:30", true}, {"09:00", false}, {"09:30", true}, {"10:00", false}} {
		if strings.Contains(texts(slots), "T"+c.at) != c.free {
			t.Errorf("%s free: want %t in %s", c.at, c.free, texts(slots))
		}
	}
	equal(t, "another", booked(t, db, rudi, branch+strings.Replace(nine, "T09:00", "T09:30", 1)), "true")
	equal(t, "the list", expected(t, db, store.Expected{Day: "2026-11-24"}),
		"KC 09:00 +07 Siti Aminah; KC 09:00 +07 Siti Aminah; KC 09:30 +07 Siti Aminah")
	healthy(t, db)
}

func TestNobodyBooksWhatIsNotOffered(t *testing.T) {
	db := reception(t)
	for what, at := range map[string]string{
		"today": "2026-11-23T13:00:00+07:00", "a Sunday": "2026-11-29T09:00:00+07:00", "too far": "2026-12-01T09:00:00+07:00",
		"before it opens": "2026-11-24T07:30:00+07:00", "as it closes": "2026-11-24T10:00:00+07:00",
		"between two": "2026-11-24T09:10:00+07:00", "no time": "besok",
	} {
		equal(t, what, booked(t, db, siti, branch+"service=iuran name=Siti at="+at), "false")
	}
	equal(t, "no office", booked(t, db, siti, "regency=32.73 kind=cabang "+nine), "false")
	equal(t, "no kind", booked(t, db, siti, "regency=31.74 kind=kantor "+nine), "false")
	days := asks(t, db, siti, noon, "visit.days regency=32.73 kind=cabang")
	equal(t, "unknown", fact(t, days, "known")+fact(t, days, "count"), "false0")
	equal(t, "nothing booked", expected(t, db, store.Expected{}), "")
}

func TestAContactHasOneOpenVisitAtAnOffice(t *testing.T) {
	db := reception(t)
	book := asks(t, db, siti, noon, "visit.book "+branch+nine)
	code := fact(t, book, "code")
	again := asks(t, db, siti, noon.Add(time.Second), "visit.book "+branch+strings.Replace(nine, "24T09:00", "25T09:00", 1))
	equal(t, "again", fact(t, again, "ok")+fact(t, again, "taken"), "falsetrue")
	equal(t, "told early", fact(t, asks(t, db, siti, noon, "visit.days "+branch), "taken"), "true")
	equal(t, "another office", booked(t, db, siti, "regency=31.74 kind=dinsos "+nine), "true")
	equal(t, "mine", fact(t, asks(t, db, siti, noon, "visit.mine code="), "count"), "2")
	equal(t, "another's", fact(t, asks(t, db, budi, noon, "visit.mine code="+code), "count"), "0")
	equal(t, "another cancels", fact(t, asks(t, db, budi, noon, "visit.cancel code="+code), "ok"), "false")
	equal(t, "cancelled", fact(t, asks(t, db, siti, noon, "visit.cancel code="+code), "ok"), "true")
	equal(t, "twice", fact(t, asks(t, db, siti, noon.Add(time.Minute), "visit.cancel code="+code), "ok"), "false")
	equal(t, "rebooked", booked(t, db, siti, branch+strings.Replace(nine, "24T09:00", "25T09:00", 1)), "true")
	after := noon.Add(48 * time.Hour)
	equal(t, "over", fact(t, asks(t, db, siti, after, "visit.days "+branch), "taken"), "false")
	equal(t, "no more to see", fact(t, asks(t, db, siti, after, "visit.mine code="), "count"), "0")
}

func TestAVisitIsRemindedOfUnlessItIsCancelled(t *testing.T) {
	db := reception(t)
	thursday := strings.Replace(nine, "24T09:00", "26T09:00", 1)
	kept := asks(t, db, siti, noon, "visit.book "+branch+thursday)
	gone := asks(t, db, budi, noon, "visit.book "+branch+thursday)
	asks(t, db, budi, noon, "visit.cancel code="+fact(t, gone, "code"))
	equal(t, "reminded", strings.Join(pass(t, db, noon.Add(7*24*time.Hour)), "; "), "Wed 09:00 > timer visit:"+fact(t, kept, "code"))
}

func TestAVisitKeepsTheZoneOfItsRegency(t *testing.T) {
	db := reception(t)
	at := "at=2026-11-24T09:00:00+09:00 service=lain name=Siti"
	equal(t, "booked", booked(t, db, siti, "regency=91.71 kind=cabang "+at), "true")
	mine := asks(t, db, siti, noon, "visit.mine code=")
	equal(t, "when", fact(t, mine, "at"), "2026-11-24T09:00:00+09:00")
	equal(t, "at its own day", expected(t, db, store.Expected{Day: "2026-11-24", Branch: "KC"}), "KC 09:00 +09 Siti")
	equal(t, "not before", expected(t, db, store.Expected{Day: "2026-11-23"}), "")
}

func TestAnOfficerSeesTheVisitsOfTheirOfficeOnly(t *testing.T) {
	db := reception(t)
	booked(t, db, siti, branch+nine)
	booked(t, db, budi, "regency=31.74 kind=dinsos "+nine)
	for who, want := range map[*desk.Actor]string{
		{Name: "a", Role: desk.RoleBranch, Scope: []string{"31.74"}}:     "KC 09:00 +07 Siti Aminah",
		{Name: "b", Role: desk.RoleDinsos, Scope: []string{"31"}}:        "DS 09:00 +07 Siti Aminah",
		{Name: "c", Role: desk.RoleBranch, Scope: []string{"32"}}:        "",
		{Name: "d", Role: desk.RoleAdmin, Scope: []string{"31"}}:         "DS 09:00 +07 Siti Aminah; KC 09:00 +07 Siti Aminah",
		{Name: "e", Role: desk.RoleKemensos}:                             "",
		{Name: "f", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}}: "",
		{Name: "g"}: "",
	} {
		equal(t, string(who.Role), expected(t, db, store.Expected{For: who}), want)
	}
	seen, err := db.RecordBookings(t.Context(), store.Expected{Branch: "KC"}, "rina", "daftar di loket", noon)
	must(t, err)
	equal(t, "shown", len(seen), 1)
	events, _, err := db.Events(t.Context(), -1, 1)
	must(t, err)
	equal(t, "noted", events[0].What+" "+events[0].Who+" "+events[0].Field, store.VisitSeen+" rina "+seen[0].Code)
}

func TestVisitsSurviveAMergeAndNewBranchesAndEndAfterAMonth(t *testing.T) {
	db := reception(t)
	booked(t, db, siti, branch+nine)
	booked(t, db, hidden, branch+strings.Replace(nine, "T09:00", "T08:00", 1))
	known := from(hidden, "m1", "ask visit.mine code=")
	known.Phone = siti
	equal(t, "both are one's", fact(t, submit(t, db, known), "count"), "2")
	must(t, db.ImportBranches(t.Context(), nil, false))
	mine := asks(t, db, siti, noon, "visit.mine code=")
	equal(t, "the office has gone", fact(t, mine, "count")+fact(t, mine, "office"), "2KC")
	equal(t, "names", expected(t, db, store.Expected{}), "KC 08:00 +07 Siti Aminah; KC 09:00 +07 Siti Aminah")
	asks(t, db, budi, noon.Add(30*24*time.Hour), "visit.mine code=")
	equal(t, "kept a month", len(strings.Split(expected(t, db, store.Expected{}), ";")), 2)
	asks(t, db, budi, noon.Add(32*24*time.Hour), "visit.mine code=")
	equal(t, "then deleted", expected(t, db, store.Expected{}), "")
}

// races is how many bookings are tried at the same time as others.
const races = 10_000

// However many people book, cancel and book again through two processes at once, no slot is given out more often than
// it has places, nobody holds two, and nothing fails.
func TestASlotIsNeverGivenOutTooOften(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	processes := []*store.DB{reception(t, dir), reception(t, dir)}
	slots := []string{"24T08:00", "24T08:30", "24T09:00"}
	const workers = 8
	var wg sync.WaitGroup
	won := make([]int, workers)
	for w := range workers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1)) //nolint:gosec // a test's chance is to be repeatable, not secret
			db := processes[w%2]
			phone := fmt.Sprintf("62811000%04d", w)
			code := ""
			for n := range races/workers + 1 {
				if n == races/workers && code != "" {
					return
				}
				text := "visit.book " + branch + "service=lain name=Siti at=2026-11-" + slots[r.IntN(len(slots))] + ":00+07:00"
				if code != "" {
					text = "visit.cancel code=" + code
				}
				in := from(phone, fmt.Sprint("r", n), "ask "+text)
				in.Seed = r.Uint64()
				rec := <-db.Submit(in)
				if rec.Err != nil || rec.Failed {
					t.Errorf("%s: %v, failed %t", text, rec.Err, rec.Failed)
					return
				}
				said := texts(rec)
				if code = ""; strings.Contains(said, "code:") && strings.Contains(said, "ok:true") {
					code = said[strings.Index(said, "code:")+len("code:"):][:len("KH-482")]
					won[w]++
				}
			}
		})
	}
	const looks = 100
	for n := range looks { // meanwhile somebody counts, and once more when everybody holds what they could get
		asks(t, processes[0], budi, noon.Add(time.Duration(n)*time.Second), "visit.slots "+branch+"day=2026-11-24")
		if n == looks-1 {
			wg.Wait()
		}
		counts := map[string]int{}
		for line := range strings.SplitSeq(expected(t, processes[0], store.Expected{}), "; ") {
			if counts[line]++; line != "" && counts[line] > 2 {
				t.Errorf("%s: %d visitors", line, counts[line])
			}
		}
	}
	for w, n := range won {
		if n == 0 {
			t.Errorf("worker %d never won a place: nothing raced", w)
		}
	}
	healthy(t, processes[0])
}
