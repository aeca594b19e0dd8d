package jkn_test

import (
	"os"
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

// A walker finds no dead end, no silence, no open placeholder and no text said twice running. SAPA_WALK gives the
// number of inputs of a longer walk.
func TestWalk(t *testing.T) {
	inputs := 20_000
	if long, err := strconv.Atoi(os.Getenv("SAPA_WALK")); err == nil {
		inputs = long
	}
	catalog, settings := loaded(t)
	for seed := range uint64(4) {
		dialogtest.Walk(t, catalog, settings, sampleDesk(), seed+1, inputs/4, []string{
			"Hi Chika", "pandawa", "menu", "0", "kembali", "batal", "ya", "tidak", "bantuan", "ulang", "english", "bahasa",
			"petugas", "darurat", "jawab", "lewati", "lanjut", "lagi", "kirim", "ubah", "ubah 3", "setuju", "selesai",
			"0001234567890", "3174015708900002", "Siti Aminah", "17-8-1990", "31-2-1990", "bogor", "jaksel", "jawa barat",
			"mandiri", "pbi", "tetap", "meninggal", "asuransi", "3-11-2026", "X1234567", "081200000001", "mau berhenti bpjs",
			"kartu saya mati", "mau daftar", "anak baru lahir", "kapan buka", "asdfgh", "👍", "???", "1234567", "4K7-PQRS",
			"Klinik Melati", "diri sendiri", "keluarga", "menunggak", "kelas 3", "pilih kelas", "terima kasih", "\u200f\u200b", "",
			jkn.NewProof(7), "janji kunjungan", "batalkan kunjungan", "batal KH-482", "tiket saya", "nilai", "makasih bu, sudah saya kirim",
		})
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
