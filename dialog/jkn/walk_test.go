package jkn_test

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"

	"sapa/dialog"
	"sapa/dialog/dialogtest"
	"sapa/dialog/jkn"
)

// sampleDesk knows the sample branches.
func sampleDesk() *dialogtest.Desk {
	v := &visiting{}
	return &dialogtest.Desk{Queries: map[string]func(dialog.Record) *dialog.Result{
		"branch_of": func(args dialog.Record) *dialog.Result {
			return v.office(dialog.Record{"regency": args["regency"], "kind": "cabang"})
		},
		"office_of": v.office, "visit.days": v.days, "visit.slots": v.slots, "visit.book": v.book, "visit.mine": v.mine,
		"visit.cancel": v.cancel,
	}}
}

// anywhere are what a walker types wherever it stands.
var anywhere = []string{
	"Hi Chika", "pandawa", "menu", "0", "kembali", "batal", "ya", "tidak", "bantuan", "ulang", "english", "bahasa",
	"petugas", "darurat", "jawab", "lewati", "lanjut", "lagi", "kirim", "ubah", "ubah 3", "setuju", "selesai",
	"mandiri", "pbi", "tetap", "meninggal", "asuransi", "mau berhenti bpjs", "kartu saya mati", "mau daftar",
	"anak baru lahir", "kapan buka", "asdfgh", "👍", "???", "1234567", "4K7-PQRS", "diri sendiri", "keluarga", "menunggak",
	"kelas 3", "pilih kelas", "terima kasih", "\u200f\u200b", "", jkn.NewProof(7), "janji kunjungan", "batalkan kunjungan",
	"batal KH-482", "tiket saya", "nilai", "makasih bu, sudah saya kirim", "cek status", "cek tagihan", "mobile jkn", "besok",
	"jam 9", "setengah 10", "%s %d", "'; DROP TABLE", "*tebal*", "Rp150.000", "12 bulan", "31-2-1990", "jaksel", "nomor resmi",
}

// numbers are those a walker knows: Siti's own, and a NIK and a card of strangers, whose birth dates it does not know.
var numbers = []string{"0001234567890", "3174015708900002", "0001234567890", "3602041211870003", "0009900000007"}

// fitting are answers to questions, by their type.
var fitting = map[string][]string{
	"menu":        {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"},
	"review":      {"kirim", "kirim", "ubah 2"},
	"nik_or_card": numbers, "other_number": numbers, "nik": numbers, "card": numbers,
	"birth_date": {"17-8-1990", "17-8-1990", "3-11-1992"}, "past_date": {"3-11-2020", "1-10-2026"}, "date": {"3-11-2026", "1-12-2026"},
	"name": {"Siti Aminah"}, "text": {"Klinik Melati", "Jalan Contoh 1"}, "money": {"2 juta"}, "number": {"3", "7"},
	"phone": {"081200000001"}, "kk": {"3174012309150001"}, "yesno": {"ya", "tidak"}, "consent": {"setuju"},
	"document": {"[foto.jpg]", "[surat.pdf]", "lewati"}, "passport": {"X1234567"}, "virtual_account": {"8888801234567890"},
	"account_number": {"1234567890"},
}

// A walker finds no dead end, no silence, no open placeholder, no text said twice running and nobody else's data, and
// comes around. SAPA_WALK gives the number of inputs of a longer walk.
func TestWalk(t *testing.T) {
	inputs := 20_000
	if long, err := strconv.Atoi(os.Getenv("SAPA_WALK")); err == nil {
		inputs = long
	}
	catalog, settings := loaded(t)
	_, messages := firstMessages(t)
	said := dialogtest.Said{Anywhere: slices.Clone(anywhere), Fitting: fitting}
	for i := 0; i < len(messages); i += 10 {
		said.Anywhere = append(said.Anywhere, messages[i].Text)
	}
	register, been := newCanaries(numbers), map[string]bool{}
	for seed := range uint64(4) {
		desk := sampleDesk()
		desk.Queries["member"], desk.Queries["member.family"] = register.member, register.family
		desk.Secret = register.secret
		maps.Copy(been, dialogtest.Walk(t, catalog, settings, desk, seed+1, inputs/4, said))
	}
	t.Logf("%d questions were asked", len(been))
	if len(been) < 250 {
		t.Error("a walker that comes nowhere finds nothing")
	}
}

// The engine alone, a step of the reference conversation at a time.
func BenchmarkStep(b *testing.B) {
	catalog, settings := loaded(b)
	engine, err := dialog.NewEngine(catalog, settings)
	if err != nil {
		b.Fatal(err)
	}
	steps := dialogtest.Record(b, catalog, settings, sampleDesk(), "testdata/transcripts/reaktivasi.lurus.txt")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := steps[i%len(steps)]
		if _, err := engine.Step(s.Session, s.Input); err != nil {
			b.Fatal(err)
		}
	}
}

func loaded(t testing.TB) (*dialog.Catalog, dialog.Settings) {
	t.Helper()
	catalog, err := dialog.Load(jkn.Flows, jkn.Scheme())
	if err != nil {
		t.Fatal(err)
	}
	return catalog, dialog.Settings{
		Lines: map[string]string{"chika": "chika", "pandawa": "pandawa"}, Organisation: "Klinik Contoh",
	}
}
