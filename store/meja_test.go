package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

// The officers' phones.
const (
	rinaPhone  = "6281200000011"
	agusPhone  = "6281200000012"
	dewiPhone  = "6281200000013"
	hanaPhone  = "6281200000014"
	lamaPhone  = "6281200000015"
	rinasOther = "628120000099"
)

// inChats registers officers who have written to a line: Rina and Agus, Dewi of another province, Hana the head, and
// Lama, who is none any more.
func inChats(t *testing.T) *store.DB {
	t.Helper()
	db := open(t, inDesk(t))
	for _, text := range []string{
		rinaPhone + " rina branch 31.74", agusPhone + " agus branch 31", dewiPhone + " dewi branch 73",
		hanaPhone + " hana admin", lamaPhone + " lama branch 31",
	} {
		phone, rest, _ := strings.Cut(text, " ")
		words := strings.Fields(rest)
		must(t, db.AddOfficer(t.Context(), desk.Officer{
			Name: words[0], Role: desk.Role(words[1]), Scope: words[2:], Phone: phone, Enabled: words[0] != "lama",
		}))
		submit(t, db, from(phone, "hello", "a"))
	}
	return db
}

func at(in dialog.Input, when time.Time) dialog.Input {
	in.At = when
	return in
}

func TestALookFromAChatIsRecordedAndARefusedOneToo(t *testing.T) {
	db := inChats(t)
	ref := apply(t, db, siti, "31.74")
	before := len(strings.Split(happened(t, db, ref, 0), ";"))
	for _, c := range []struct{ phone, ok, problem string }{
		{rinaPhone, "true", ""},
		{agusPhone, "true", ""}, // assigned is not taken
		{dewiPhone, "false", "foreign"},
		{lamaPhone, "false", "foreign"},
		{siti, "false", "foreign"},
		{rinasOther, "false", "foreign"},
	} {
		shown := query(t, db, c.phone, "s1", "officer.show ref="+ref)
		equal(t, c.phone, fact(t, shown, "ok"), c.ok)
		if personal := strings.Contains(texts(shown), "1990-08-17"); personal != (c.ok == "true") {
			t.Errorf("%s read the answers: %v", c.phone, personal)
		}
		if c.problem != "" {
			equal(t, c.phone, fact(t, shown, "problem"), c.problem)
		}
	}
	equal(t, "recorded", happened(t, db, ref, before),
		"rina seen rina; agus seen rina; dewi refused show rina")
	history, err := db.History(t.Context(), ref)
	must(t, err)
	equal(t, "why", history[before].Text, "meja")
	none := query(t, db, rinaPhone, "s2", "officer.show ref="+desk.NewRef(77))
	equal(t, "one that is not there is like one of others", fact(t, none, "problem"), "foreign")
	healthy(t, db)
}

func TestAListMasksNamesAndRecordsNoLook(t *testing.T) {
	db := inChats(t)
	late := apply(t, db, siti, "31.74")
	apply(t, db, budi, "31.74")
	free := apply(t, db, siti, "32.73") // nobody's but the head's to take
	before := happened(t, db, late, 0)
	list := func(phone, id, which string, when time.Time) string {
		rec := submit(t, db, at(from(phone, id, "ask officer.tickets which="+which), when))
		if strings.Contains(texts(rec), "Siti") {
			t.Errorf("%s shows a name: %s", which, texts(rec))
		}
		return fact(t, rec, "count")
	}
	tomorrow := noon.Add(25 * time.Hour)
	equal(t, "mine", list(rinaPhone, "l1", "mine", noon), "2")
	equal(t, "a colleague's", list(agusPhone, "l1", "mine", noon), "0")
	equal(t, "none is late", list(rinaPhone, "l2", "overdue", noon), "0")
	equal(t, "both are", list(rinaPhone, "l3", "overdue", tomorrow), "2")
	equal(t, "who may take them sees it", list(agusPhone, "l3", "overdue", tomorrow), "2")
	equal(t, "free", list(rinaPhone, "l4", "free", noon)+list(hanaPhone, "l4", "free", noon), "01")
	equal(t, "another province", list(dewiPhone, "l5", "overdue", tomorrow), "0")
	equal(t, "no officer", fact(t, query(t, db, siti, "l6", "officer.tickets which=mine"), "ok"), "false")
	equal(t, "history", happened(t, db, late, 0), before)
	equal(t, "free ticket", ticketOf(t, db, free).Officer, "")
	for i := range 12 {
		apply(t, db, fmt.Sprint("62813000000", i), "31.74")
	}
	equal(t, "no more than one figure chooses among", list(rinaPhone, "l7", "mine", noon), "9")
}

func TestWhatIsDecidedInAChatFollowsTheSameRules(t *testing.T) {
	db := inChats(t)
	ref := apply(t, db, siti, "31.74")
	own := apply(t, db, rinaPhone, "31.74")
	step := 0
	act := func(phone, args string) string {
		step++
		rec := query(t, db, phone, fmt.Sprint("a", step), "officer.act ref="+ref+" field= "+args)
		if fact(t, rec, "ok") == "true" {
			return "ok"
		}
		return fact(t, rec, "problem")
	}
	rev := func() string { return fmt.Sprint("rev=", ticketOf(t, db, ref).Rev) }
	for _, c := range []struct{ phone, args, want string }{
		{rinaPhone, "action=layanan/periksa/paid", "gone"},
		{rinaPhone, "action=layanan/periksa/reject text= values=", "words"},
		{dewiPhone, "action=layanan/periksa/approve text= values=", "foreign"},
		{rinaPhone, "action=layanan/periksa/take text=left_over values=", "ok"},
		{rinaPhone, "action=layanan/periksa/take text= values=", "yours"},
		{agusPhone, "action=layanan/periksa/approve text= values=", "taken"},
		{rinaPhone, "action=layanan/periksa/say text=Sebentar_ya values=", "ok"},
		{rinaPhone, "action=layanan/periksa/approve text= values=", "ok"},
		{rinaPhone, "action=layanan/tinjau/confirm text= values=", "second"},
		{agusPhone, "action=layanan/tinjau/confirm text= values=", "ok"},
	} {
		equal(t, c.phone+" "+c.args, act(c.phone, c.args+" "+rev()), c.want)
	}
	equal(t, "what the action does not take is passed over", strings.Contains(happened(t, db, ref, 0), "left over"), false)
	equal(t, "seen long ago", act(rinaPhone, "action=layanan/kelas/note rev=1 text=Halo values="), "stale")
	ref = apply(t, db, budi, "31.74")
	equal(t, "a refusal with its reason", act(rinaPhone, "action=layanan/periksa/reject text=Bukan_milik_peserta values= "+rev()), "ok")
	mine := query(t, db, rinaPhone, "own", "officer.act ref="+own+" action=layanan/periksa/approve rev=0 text= values= field=")
	equal(t, "what they asked for themselves", fact(t, mine, "problem"), "own")
	healthy(t, db)
}

func TestTheMemberHearsAtOnceWhatWasDecidedInAChat(t *testing.T) {
	db := inChats(t)
	ref := apply(t, db, siti, "31.74")
	rec := query(t, db, rinaPhone, "a1", fmt.Sprintf("officer.act ref=%s action=layanan/periksa/approve rev=%d field= text= values=",
		ref, ticketOf(t, db, ref).Rev))
	var to []string
	for _, o := range rec.Outbound {
		to = append(to, o.To)
	}
	equal(t, "both messages are in the receipt", strings.Join(to, " "), siti+" "+rinaPhone)
}

// news are what officers are told up to a time, and what each then asks for: "Tue 08:00 rina new=1 late=0 heard=0".
func news(t *testing.T, db *store.DB, to time.Time) (told []string) {
	t.Helper()
	names := map[string]string{rinaPhone: "rina", agusPhone: "agus", dewiPhone: "dewi", hanaPhone: "hana", lamaPhone: "lama"}
	for {
		due, err := db.DueTimers(t.Context(), to, 1)
		must(t, err)
		if len(due) == 0 {
			return told
		}
		in := due[0]
		submit(t, db, in)
		if in.Timer != dialog.TimerAlert {
			continue
		}
		rec := submit(t, db, at(from(in.From, "news"+in.ID, "ask officer.news"), in.At))
		told = append(told, in.At.In(to.Location()).Format("Mon 15:04 ")+names[in.From]+" "+facts(t, rec, "new", "late", "heard"))
	}
}

func TestNewsIsToldInOfficeHoursAllOfItAtOnce(t *testing.T) {
	db := inChats(t)
	opened := func(id, regency string, when time.Time) string {
		in := from(siti, id, "ask ticket.open service=layanan nama=Siti tanggal_lahir=1990-08-17 kabupaten="+regency)
		return fact(t, submit(t, db, at(in, when)), "ref")
	}
	first := opened("t1", "31.74", noon)
	opened("t2", "31.74", noon.Add(5*time.Minute))
	equal(t, "ten minutes", fmt.Sprint(news(t, db, noon.Add(time.Hour))), "[Mon 12:10 rina new=2 late=0 heard=0]")
	evening := noon.Add(3 * time.Hour) // the desk has just closed
	opened("t3", "31.74", evening)
	opened("t4", "31.74", evening.Add(8*time.Hour))
	opened("t5", "73.71", evening.Add(8*time.Hour)) // 08:00 there is an hour earlier
	opened("t6", "94.03", evening)                  // nobody's
	equal(t, "the night", fmt.Sprint(news(t, db, noon.Add(21*time.Hour))),
		"[Tue 07:00 dewi new=1 late=0 heard=0 Tue 08:00 rina new=2 late=0 heard=0 Tue 08:00 hana new=1 late=0 heard=0]")
	must(t, does(t, db, "rina", "pass", first, noon.Add(21*time.Hour)))
	must(t, does(t, db, "agus", "close", first, noon.Add(21*time.Hour+time.Minute)))
	equal(t, "what is over is no news", fmt.Sprint(news(t, db, noon.Add(21*time.Hour+30*time.Minute))),
		"[Tue 09:10 agus new=0 late=0 heard=0]")
	healthy(t, db)
}

func TestAMembersWordsAreToldWithinAMinuteAndABrokenPromiseToTheHead(t *testing.T) {
	db := inChats(t)
	ref := apply(t, db, siti, "31.74")
	news(t, db, noon.Add(time.Hour))
	must(t, does(t, db, "rina", "say Halo", ref, noon.Add(time.Hour)))
	for i := range 3 {
		said := from(siti, fmt.Sprint("h", i), "ask ticket.hear ref="+ref+" text=Ya")
		submit(t, db, at(said, noon.Add(time.Hour+time.Duration(i)*10*time.Second)))
	}
	equal(t, "heard", fmt.Sprint(news(t, db, noon.Add(2*time.Hour))), "[Mon 13:01 rina new=0 late=0 heard=1]")
	equal(t, "overdue, then the head", fmt.Sprint(news(t, db, noon.Add(48*time.Hour))),
		"[Tue 12:10 rina new=0 late=1 heard=0 Wed 09:10 hana new=0 late=1 heard=0]")
}
