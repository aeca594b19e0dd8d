package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

// inExport words values as flows would.
func inExport(t *testing.T) store.Options {
	t.Helper()
	o := inNamed(t)
	o.Engine, o.NewID, o.Keep, o.Organisation = &doorman{}, nil, kept, "Dinas Contoh"
	labels := map[string]string{"nama": "Nama peserta", "nomor": "Nomor peserta", "ktp": "Foto KTP"}
	o.Show = func(_, field, value, lang string) dialog.Shown {
		if lang == "en" {
			return dialog.Shown{Label: "the " + field, Text: value}
		}
		return dialog.Shown{Label: labels[field], Text: value}
	}
	o.Span = func(d time.Duration, _ string) string { return fmt.Sprint(int(d/day), " hari") }
	return o
}

const (
	sitisCard = "0001234567890" // aminah's in the register
	budisCard = "0009876543210"
)

// canaries are what a contact has left: each is somewhere else, and nobody else's.
func canaries(name string) []string {
	var all []string
	for _, where := range []string{"nama", "percakapan", "pesan", "berkas", "lepas", "jawaban", "draf"} {
		all = append(all, name+"-"+where)
	}
	return all
}

// leaves has a contact leave their canaries: a ticket about a number with a document and an officer's words, a document of
// no ticket, messages, a consent, a form set aside.
func leaves(t *testing.T, db *store.DB, phone, name, number string) (ref string) {
	t.Helper()
	for _, id := range []string{"berkas", "lepas"} {
		in := photo(phone, id)
		submit(t, db, in)
		doc := fetched(in, dialog.DocumentReady, "JPEG "+name+"-"+id)
		doc.Document.Name = name + "-" + id + ".jpg"
		submit(t, db, doc)
	}
	ref = fact(t, submit(t, db, from(phone, "t", "ask ticket.open service=reaktivasi kabupaten=31.74 tanggal_lahir=1990-08-17 ktp=berkas "+
		"nama="+name+"-nama nomor="+number)), "ref")
	for _, a := range []desk.Action{
		{Name: "note", Text: "CATATAN " + name},
		{Name: "say", Text: name + "-percakapan"},
	} {
		_, err := db.Act(t.Context(), ref, a, officer, noon)
		must(t, err)
	}
	submit(t, db, from(phone, "h", "ask ticket.hear text="+name+"-jawaban ref="+ref))
	submit(t, db, from(phone, "a", "agree"))
	submit(t, db, from(phone, "p", "keep "+name+"-pesan"))
	submit(t, db, from(phone, "d", "draft "+name+"-draf"))
	return ref
}

// holds fails where a text lacks some words, or has one of others.
func holds(t *testing.T, what, text string, want, not []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q", what, w)
		}
	}
	for _, w := range not {
		if strings.Contains(text, w) {
			t.Errorf("%s holds %q", what, w)
		}
	}
}

func TestMembersAreSentAFileWithAllThatIsKeptOfThem(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inExport(t), dir)
	leaves(t, db, siti, "SITI", sitisCard)
	leaves(t, db, budi, "BUDI", budisCard)
	mine := query(t, db, siti, "mine", "data.mine")
	equal(t, "counts", strings.Join([]string{
		fact(t, mine, "tickets"), fact(t, mine, "open"), fact(t, mine, "documents"), fact(t, mine, "drafts"), fact(t, mine, "consents"), fact(t, mine, "since"),
	}, " "), "1 1 2 1 1 2026-11-23")

	for i, date := range []string{"", "1990-08-18"} {
		no := query(t, db, siti, fmt.Sprint("no", i), "data.export birth_date="+date)
		equal(t, "without the birth date", fact(t, no, "ok")+fact(t, no, "name")+fmt.Sprint(len(no.Outbound)), "false1")
	}
	rec := query(t, db, siti, "yes", "data.export birth_date=1990-08-17")
	equal(t, "ok", fact(t, rec, "ok")+fact(t, rec, "name"), "truedata-saya-2026-11-23.txt")
	sent := rec.Outbound[0]
	equal(t, "first the file, then what is said of it", fmt.Sprint(len(rec.Outbound), " ", sent.Weight, " ", sent.File.Name), "2 keep data-saya-2026-11-23.txt")
	equal(t, "its type", sent.File.MIME, "text/plain; charset=utf-8")
	text := string(sent.File.Body)
	holds(t, "the file", text, append(canaries("SITI"), sitisCard, siti, "Dinas Contoh", "23 November 2026 pukul 12.00 WIB",
		"Nama peserta: SITI-nama", "Foto KTP: SITI-berkas.jpg", "Setuju?", "730 hari", "90 hari", "30 hari"),
		append(canaries("BUDI"), budisCard, budi, "CATATAN"))

	must(t, db.Close())
	db = open(t, inExport(t), dir)
	unsent, err := db.Unsent(t.Context(), "terminal", noon, 1000)
	must(t, err)
	i := slices.IndexFunc(unsent, func(o dialog.Outbound) bool { return o.ID == sent.ID })
	equal(t, "the file after a restart", fmt.Sprint(unsent[i].File.Name, unsent[i].File.MIME, string(unsent[i].File.Body) == text),
		fmt.Sprint(sent.File.Name, sent.File.MIME, true))
	again, ok, err := db.Reply(t.Context(), sent.ID)
	must(t, err)
	equal(t, "a phone that asks for it again", fmt.Sprint(ok, string(again.File.Body) == text), "true true")
	healthy(t, db)
}

func TestWhoGaveNoBirthDateNeedsNoneForTheFile(t *testing.T) {
	db := open(t, inExport(t))
	submit(t, db, from(siti, "m1", "halo"))
	rec := query(t, db, siti, "m2", "data.export birth_date=")
	equal(t, "ok", fact(t, rec, "ok"), "true")
	holds(t, "the file", string(rec.Outbound[0].File.Body), []string{"Anda: halo", "Kami: 1: halo"}, nil)
	equal(t, "nothing to prove by", fact(t, query(t, db, siti, "m3", "who.known"), "has"), "false")
	equal(t, "so nothing is proved", fact(t, query(t, db, siti, "m4", settled[len("ask "):]), "ok"), "false")
}

func TestAFileMovesAndGoesWithItsMessage(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inExport(t), dir)
	submit(t, db, from(siti, "m1", "halo"))
	sent := query(t, db, hidden, "m2", "data.export birth_date=").Outbound[0]
	both := from(hidden, "m3", "ini saya")
	both.Phone = siti
	submit(t, db, both)
	moved, ok, err := db.Reply(t.Context(), sent.ID)
	must(t, err)
	equal(t, "after two contacts became one", ok && bytes.Equal(moved.File.Body, sent.File.Body), true)

	const files = "SELECT count(*) FROM outbox WHERE sealed_file IS NOT NULL"
	sendAll(t, db)
	retain(t, db, 29*day)
	equal(t, "kept as long as the words", count(t, dir, files), 1)
	retain(t, db, 31*day)
	equal(t, "and no longer", count(t, dir, files), 0)
	healthy(t, db)
}

func TestAnExportOfAContact(t *testing.T) {
	db := open(t, inExport(t))
	ref := leaves(t, db, siti, "SITI", sitisCard)
	leaves(t, db, budi, "BUDI", budisCard)
	e, err := db.Export(t.Context(), store.Whom{Address: siti}, "en", noon.Add(day))
	must(t, err)
	others := append(canaries("BUDI"), budisCard, budi, "CATATAN")
	holds(t, "the text", e.Text, append(canaries("SITI"), sitisCard, "What we keep about you", "24 November 2026 12:00 WIB", "the nama: SITI-nama"), others)
	holds(t, "the JSON", string(e.JSON), append(canaries("SITI"), sitisCard, siti), others)
	if !json.Valid(e.JSON) {
		t.Error("the JSON is none")
	}
	equal(t, "tickets", fmt.Sprint(e.Tickets), "["+ref+"]")
	var files []string
	for _, f := range e.Documents {
		files = append(files, f.Name+" "+string(f.Body))
	}
	equal(t, "documents", fmt.Sprint(files), fmt.Sprint([]string{ref + "-1.jpg JPEG SITI-berkas", "berkas-1.jpg JPEG SITI-lepas"}))
	_, err = db.Export(t.Context(), store.Whom{Address: "6281299999999"}, "id", noon)
	equal(t, "nobody", errors.Is(err, store.ErrNoContact), true)
}

// TestAnExportOfAMember: what is kept about somebody in whosever tickets, and nothing of those who opened them.
func TestAnExportOfAMember(t *testing.T) {
	db := open(t, inExport(t))
	imports(t, db, aminah())
	first := leaves(t, db, siti, "SITI", sitisCard)
	second := leaves(t, db, budi, "BUDI", sitisCard)
	third := fact(t, query(t, db, budi, "t3", "ticket.open service=reaktivasi kabupaten=31.74 nama=LAIN nomor="+budisCard), "ref")
	for _, number := range []string{sitisCard, string(aminah()[0].NIK)} {
		e, err := db.Export(t.Context(), store.Whom{Number: number}, "id", noon)
		must(t, err)
		want := []string{first, second}
		slices.Sort(e.Tickets)
		slices.Sort(want)
		equal(t, "tickets", fmt.Sprint(e.Tickets), fmt.Sprint(want))
		holds(t, "the text", e.Text, []string{"SITI-nama", "BUDI-nama", "Puskesmas Melati", sitisCard, "3174015708900002"},
			[]string{"-pesan", "-lepas", "-draf", third, "LAIN", budisCard, budi, "Ani Lestari"})
		equal(t, "documents", len(e.Documents), 2)
	}
	_, err := db.Export(t.Context(), store.Whom{Number: "0005555555555"}, "id", noon)
	equal(t, "nobody", errors.Is(err, store.ErrNoMember), true)
}
