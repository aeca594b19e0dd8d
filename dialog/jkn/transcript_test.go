package jkn_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"sapa/dialog"
	"sapa/dialog/dialogtest"
	"sapa/dialog/jkn"
)

// The conversations in testdata/transcripts are what members read. Run with -update after changing a text on purpose,
// and read what changed.
func TestTranscripts(t *testing.T) {
	catalog, settings := loaded(t)
	for _, file := range dialogtest.Transcripts(t, "testdata/transcripts") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dialogtest.Play(t, catalog, settings, sampleDesk(), file)
		})
	}
}

// sampleDesk knows the sample branches.
func sampleDesk() *dialogtest.Desk {
	return &dialogtest.Desk{Queries: map[string]func(dialog.Record) *dialog.Result{
		"branch_of": func(args dialog.Record) *dialog.Result {
			for _, b := range jkn.SampleBranches() {
				for _, r := range b.Regencies {
					if r == args["regency"] && b.Kind == "cabang" {
						return &dialog.Result{Facts: jkn.BranchFacts(&b, args["regency"], "08:00", "15:00"), Sample: true}
					}
				}
			}
			return &dialog.Result{Facts: jkn.BranchFacts(nil, args["regency"], "08:00", "15:00")}
		},
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
			"kartu saya mati", "mau daftar", "anak baru lahir", "kapan buka", "asdfgh", "👍", "???", "1234567", "4K7-PQRS",
			"Klinik Melati", "diri sendiri", "keluarga", "menunggak", "kelas 3", "pilih kelas", "terima kasih", "\u200f\u200b", "",
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

// A step changes nothing of the session it was given: a failed turn can be taken again.
func TestStepIsPure(t *testing.T) {
	catalog, settings := loaded(t)
	engine, err := dialog.NewEngine(catalog, settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range dialogtest.Transcripts(t, "testdata/transcripts") {
		for i, s := range dialogtest.Record(t, catalog, settings, sampleDesk(), file) {
			before, err := json.Marshal(s.Session)
			if err != nil {
				t.Fatal(err)
			}
			first, err := engine.Step(s.Session, s.Input)
			if err != nil {
				t.Fatal(err)
			}
			if after, _ := json.Marshal(s.Session); !bytes.Equal(before, after) {
				t.Fatalf("%s, step %d changed the session it was given", file, i)
			}
			if second, err := engine.Step(s.Session, s.Input); err != nil || !reflect.DeepEqual(first, second) {
				t.Fatalf("%s, step %d: the same step gave another turn (%v)", file, i, err)
			}
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
