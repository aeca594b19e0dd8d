package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
	"sapa/store"
)

// aminah heads a family of three who owe contributions since April; her phone is siti's.
func aminah() []jkn.Member {
	born := func(year int) time.Time { return time.Date(year, 8, 17, 0, 0, 0, 0, time.UTC) }
	paid, _ := jkn.ParseYearMonth("2026-03")
	head := jkn.Member{
		Card: "0001234567890", NIK: "3174015708900002", KK: "3174011501150001", Name: "Siti Aminah", BirthDate: born(1990),
		Sex: jkn.Female, Segment: jkn.PBPU, Class: 3, Status: jkn.InactiveMember, Reason: jkn.InArrears,
		Since: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), PaidUntil: paid, Regency: "31.74", Facility: "Puskesmas Melati",
		Phone: "+" + siti,
	}
	husband, child := head, head
	husband.Card, husband.NIK, husband.Name, husband.HeadCard = "0001234567891", "3174011708900001", "Budi Santoso", head.Card
	child.Card, child.NIK, child.Name, child.HeadCard, child.BirthDate = "0001234567892", "", "Ani Lestari", head.Card, born(2015)
	husband.Phone, child.Phone = "", ""
	return []jkn.Member{head, husband, child}
}

// crowd are so many members with nothing in common.
func crowd(n int) []jkn.Member {
	all := make([]jkn.Member, n)
	for i := range all {
		all[i] = jkn.Member{
			Card: jkn.Card(fmt.Sprintf("0009%09d", i)), NIK: jkn.NIK(fmt.Sprintf("31740115%02d90%04d", i%12+1, i%9999+1)),
			Name: fmt.Sprintf("Peserta %d", i), BirthDate: time.Date(1990, 1, 15, 0, 0, 0, 0, time.UTC),
			Segment: jkn.PBI, Status: jkn.ActiveMember,
		}
	}
	return all
}

func imports(t *testing.T, db *store.DB, members []jkn.Member) string {
	t.Helper()
	done, err := db.ImportMembers(t.Context(), slices.Values(members), false, nil)
	must(t, err)
	return fmt.Sprintf("%d added, %d updated, %d unchanged", done.Added, done.Updated, done.Unchanged)
}

func TestAnImportAddsUpdatesAndLeavesWhatIsThere(t *testing.T) {
	db := open(t, options(t))
	family := aminah()
	equal(t, "first", imports(t, db, family), "3 added, 0 updated, 0 unchanged")
	equal(t, "again", imports(t, db, family), "0 added, 0 updated, 3 unchanged")

	family[0].NIK, family[0].Status = "3174015708900009", jkn.ActiveMember
	equal(t, "changed", imports(t, db, append(family, crowd(1)...)), "1 added, 1 updated, 2 unchanged")
	m, sample, err := db.Member(t.Context(), "3174015708900009")
	must(t, err)
	equal(t, "found by the new NIK", m, family[0])
	equal(t, "made up", sample, false)
	_, _, err = db.Member(t.Context(), "3174015708900002")
	equal(t, "the old NIK leads nowhere", errors.Is(err, store.ErrNoMember), true)
	m, _, err = db.Member(t.Context(), string(family[2].Card))
	must(t, err)
	equal(t, "found by card", m.Name, "Ani Lestari")

	twice := []jkn.Member{family[1], family[1]}
	twice[0].Name, twice[1].Name = "Budi Lama", "Budi Baru"
	equal(t, "a card twice in a file", imports(t, db, twice), "0 added, 2 updated, 0 unchanged")
	m, _, err = db.Member(t.Context(), string(family[1].Card))
	must(t, err)
	equal(t, "the last one counts", m.Name, "Budi Baru")
	healthy(t, db)
}

func TestSomebodyRegisteredTwiceIsFoundByTheCardThatCounts(t *testing.T) {
	db := open(t, options(t))
	old := aminah()[0]
	old.Reason = jkn.Doubled
	counts := aminah()[0]
	counts.Card = "0002234567890"
	imports(t, db, []jkn.Member{old, counts})
	m, _, err := db.Member(t.Context(), string(old.NIK))
	must(t, err)
	equal(t, "card", m.Card, counts.Card)
}

// An import that is broken off leaves some members in the register and the numbers of more. Done again it adds the rest
// and nobody twice.
func TestABrokenOffImportIsDoneAgain(t *testing.T) {
	db := open(t, options(t))
	members := crowd(3500)
	ctx, stop := context.WithCancel(t.Context())
	done, err := db.ImportMembers(ctx, slices.Values(members), false, func(done int) {
		if done == 2000 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, %+v", err, done)
	}
	equal(t, "again", imports(t, db, members), "1500 added, 0 updated, 2000 unchanged")
	for _, i := range []int{0, 1999, 2000, 3499} {
		m, _, err := db.Member(t.Context(), string(members[i].Card))
		must(t, err)
		equal(t, "member", m, members[i])
	}
	equal(t, "and again", imports(t, db, members), "0 added, 0 updated, 3500 unchanged")
}

func TestTwoImportsAtOnceAreRefused(t *testing.T) {
	dir := t.TempDir()
	db, other := open(t, options(t), dir), open(t, options(t), dir)
	inside := func(yield func(jkn.Member) bool) {
		_, err := other.ImportMembers(t.Context(), slices.Values(crowd(1)), false, nil)
		equal(t, "refused", errors.Is(err, store.ErrImporting), true)
		yield(aminah()[0])
	}
	_, err := db.ImportMembers(t.Context(), iter.Seq[jkn.Member](inside), false, nil)
	must(t, err)
}

func TestMadeUpMembersGoWhenRealOnesCome(t *testing.T) {
	db := open(t, options(t))
	_, err := db.ImportMembers(t.Context(), slices.Values(jkn.SampleMembers()), true, nil)
	must(t, err)
	must(t, db.ImportCompanies(t.Context(), jkn.SampleCompanies(), true))
	imported, sample, err := db.Registered(t.Context())
	must(t, err)
	equal(t, "registered", fmt.Sprint(imported, sample), "false true")
	rec := submit(t, db, chat(siti, "m1", "ask member number=0001234567890 birth_date=1990-08-17"))
	equal(t, "found", fact(t, rec, "match"), "true")
	equal(t, "marked", strings.HasSuffix(texts(rec), "true"), true)

	imports(t, db, aminah()[1:])
	imported, sample, err = db.Registered(t.Context())
	must(t, err)
	equal(t, "registered", fmt.Sprint(imported, sample), "true false")
	_, _, err = db.Member(t.Context(), "0001234567890")
	equal(t, "gone", errors.Is(err, store.ErrNoMember), true)
	companies, err := db.Companies(t.Context())
	must(t, err)
	equal(t, "companies", len(companies), 0)
	rec = submit(t, db, chat(siti, "m2", "ask member number=0001234567891 birth_date=1990-08-17"))
	equal(t, "a real one is not marked", strings.HasSuffix(texts(rec), "true"), false)
}

// chat is a message from a telephone whose number is known, as every transport gives it.
func chat(phone, id, text string) dialog.Input {
	in := from(phone, id, text)
	in.Phone = "+" + phone
	return in
}

func facts(t *testing.T, rec dialog.Receipt, names ...string) string {
	t.Helper()
	var out []string
	for _, name := range names {
		out = append(out, name+"="+fact(t, rec, name))
	}
	return strings.Join(out, " ")
}

func TestWhatIsToldOfAMemberAndToWhom(t *testing.T) {
	const card, nik, born = "0001234567890", "3174015708900002", "1990-08-17"
	for name, c := range map[string]struct{ phone, args, want string }{
		"unknown number":        {siti, "number=0009999999999 birth_date=" + born, "found=false match=false blocked=false own_phone=false name= status= card="},
		"no birth date":         {siti, "number=" + card, "found=true match=false blocked=false own_phone=false name= status= card="},
		"another birth date":    {siti, "number=" + card + " birth_date=1990-08-18", "found=true match=false blocked=false own_phone=false name= status= card="},
		"somebody else's phone": {budi, "number=" + card + " birth_date=" + born, "found=true match=true blocked=false own_phone=false name=Siti status=nonaktif card="},
		"the registered phone":  {siti, "number=" + card + " birth_date=" + born, "found=true match=true blocked=false own_phone=true name=Siti status=nonaktif card=" + card},
		"by NIK":                {siti, "number=" + nik + " birth_date=" + born, "found=true match=true blocked=false own_phone=true name=Siti status=nonaktif card=" + card},
	} {
		db := open(t, options(t))
		imports(t, db, aminah())
		rec := submit(t, db, chat(c.phone, "m1", "ask member "+c.args))
		equal(t, name, facts(t, rec, "found", "match", "blocked", "own_phone", "name", "status", "card"), c.want)
	}
}

func TestAFamilyIsToldOnTheRegisteredPhone(t *testing.T) {
	db := open(t, options(t))
	imports(t, db, append(aminah(), crowd(3)...))
	rec := submit(t, db, chat(siti, "m1", "ask member number=0001234567890 birth_date=1990-08-17"))
	equal(t, "of the bill", facts(t, rec, "heads", "months_owed", "paid_until"), "heads=3 months_owed=7 paid_until=2026-03")
	rec = submit(t, db, chat(siti, "m2", "ask member.family number=0001234567890 birth_date=1990-08-17"))
	equal(t, "family", facts(t, rec, "own_phone", "count", "heads"), "own_phone=true count=3 heads=3")
	equal(t, "rows", strings.Count(texts(rec), "self:"), 3)
	rec = submit(t, db, chat(budi, "m1", "ask member.family number=0001234567890 birth_date=1990-08-17"))
	equal(t, "elsewhere", facts(t, rec, "found", "match", "own_phone", "count"), "found=true match=true own_phone=false count=0")
	equal(t, "no rows", strings.Count(texts(rec), "self:"), 0)
}

func TestWrongBirthDatesAreCountedForTheContactAndForTheMember(t *testing.T) {
	db := open(t, options(t))
	imports(t, db, append(aminah(), crowd(10)...))
	n := 0
	ask := func(phone, card, born string, at time.Time) string {
		n++
		in := chat(phone, fmt.Sprint("m", n), "ask member number="+card+" birth_date="+born)
		in.At = at
		return facts(t, submit(t, db, in), "match", "blocked")
	}
	const open, blocked, match = "match=false blocked=false", "match=false blocked=true", "match=true blocked=false"
	for i := range 4 { // one contact, different members
		equal(t, "wrong", ask(budi, fmt.Sprintf("0009%09d", i), "1999-01-01", noon), open)
	}
	equal(t, "the fifth", ask(budi, "0009000000005", "1999-01-01", noon), blocked)
	equal(t, "right, too late", ask(budi, "0009000000006", "1990-01-15", noon), blocked)
	equal(t, "even an unknown number", ask(budi, "0008000000000", "1990-01-15", noon), blocked)
	equal(t, "somebody else", ask(siti, "0009000000006", "1990-01-15", noon), match)

	for i := range 5 { // one member, different contacts
		want := open
		if i == 4 {
			want = blocked
		}
		equal(t, "wrong", ask(fmt.Sprintf("62813%08d", i), "0001234567890", "1999-01-01", noon), want)
	}
	equal(t, "the member is closed for today", ask(siti, "0001234567890", "1990-08-17", noon), blocked)
	equal(t, "another member is not", ask(siti, "0001234567891", "1990-08-17", noon), match)
	equal(t, "tomorrow", ask(siti, "0001234567890", "1990-08-17", noon.Add(12*time.Hour)), match)
	equal(t, "tomorrow", ask(budi, "0009000000006", "1990-01-15", noon.Add(12*time.Hour)), match)
	healthy(t, db)
}

func TestALookAtAMemberIsRecorded(t *testing.T) {
	dir := t.TempDir()
	db := open(t, options(t), dir)
	imports(t, db, aminah())
	m, _, err := db.RecordLook(t.Context(), "0001234567890", "rina", "keluhan Siti CANARY", noon)
	must(t, err)
	equal(t, "seen", m.Name, "Siti Aminah")
	_, _, err = db.RecordLook(t.Context(), "0009999999999", "rina", "x", noon)
	equal(t, "nobody", errors.Is(err, store.ErrNoMember), true)
	imports(t, db, crowd(500)) // so that there is something to search
	grep(t, dir, []string{"CANARY"})
}

func TestStolenRegistersAreUnreadable(t *testing.T) {
	dir, stolen := t.TempDir(), t.TempDir()
	db := open(t, options(t), dir)
	members := append(crowd(300), aminah()...)
	var canaries []string
	for i := range members {
		m := &members[i]
		m.Name, m.KK, m.Phone = fmt.Sprintf("CANARY%06d", i), jkn.FamilyCard(fmt.Sprintf("317401150115%04d", i+1)), fmt.Sprintf("+62819%08d", i)
		m.HeadCard, m.Facility = jkn.Card(fmt.Sprintf("0007%09d", i)), fmt.Sprintf("CLINIC%06d", i)
		canaries = append(canaries, m.Name, string(m.KK), m.Phone[1:], string(m.HeadCard), string(m.Card), m.Facility)
		if m.NIK != "" {
			canaries = append(canaries, string(m.NIK))
		}
	}
	imports(t, db, members)
	must(t, db.AddOfficer(t.Context(), officerOf("rina", "+6281900000000")))
	_, _, err := db.ImportPayments(t.Context(), slices.Values([]jkn.Payment{
		{Account: "8888801234567890", Amount: 735_000, PaidAt: noon, Reference: "CANARY-TRX-1"},
	}), noon)
	must(t, err)
	canaries = append(canaries, "CANARY-TRX-1", "8888801234567890")
	grep(t, dir, canaries)
	for _, name := range []string{"sapa.db", "sapa.db-wal"} { // as a kill leaves them
		data, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(stolen, name), data, 0o600))
	}
	grep(t, stolen, canaries)
	must(t, db.Close())
	grep(t, dir, canaries)

	o := options(t)
	o.Keys = filepath.Join(dir, "keys")
	after := open(t, o, stolen)
	m, _, err := after.Member(t.Context(), string(members[7].Card))
	must(t, err)
	equal(t, "with the keys it is all there", m, members[7])
}
