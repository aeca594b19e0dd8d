package dialog_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"sapa/dialog"
)

// What the flows below are asked for by, and how words are read.
const (
	wordsOfAll = `synonyms: test
nothing: [saya, mau, dong]
within: [tidak, bisa]
prefixes: [di, me]
suffixes: [nya, kan]
same:
  - [kartu, bpjs]
  - [nonaktif, mati, tidak aktif, tidak bisa dipakai]
  - [tidak, gak, ga]
  - [bayi, lahiran]
  - [darurat, kritis]
`
	lampFlow   = "flow: lampu\ntitle: {id: Lampu, en: Lamp}\nintents: [ganti lampu, kartu nonaktif]\n"
	babyFlow   = "flow: bayi\ntitle: {id: Kelahiran, en: Birth}\nintents: [bayi, daftar bayi]\n"
	deathFlow  = "flow: wafat\ntitle: {id: Kematian, en: Death}\nintents: [meninggal, daftar kematian]\n"
	joinFlow   = "flow: daftar\ntitle: {id: Pendaftaran, en: Joining}\nintents: [daftar, daftar kartu]\n"
	insideFlow = "flow: dalam\ntitle: {id: Dalam, en: Inside}\nintents: [daftar dalam]\n"
	givenFlow  = "flow: susul\ntitle: {id: Susulan, en: Afterwards}\nintents: [daftar susulan]\ngiven: {}\n"
	ask        = "nodes:\n  - ask: %n\n    type: choice\n    label: {id: X, en: X}\n    text: {id: Berapa %n?, en: How many %n?}\n" +
		"    options:\n      - {value: satu, label: {id: Sekian, en: So many}}\n  - end: usai\n"
)

// needs is a catalogue of several things that can be needed.
func needs() map[string]string {
	files := map[string]string{"sinonim.yaml": wordsOfAll}
	for _, source := range []string{lampFlow, babyFlow, deathFlow, joinFlow, insideFlow, givenFlow} {
		name := strings.TrimPrefix(strings.SplitN(source, "\n", 2)[0], "flow: ")
		files[name+".yaml"] = source + strings.ReplaceAll(ask, "%n", name)
	}
	files["luar.yaml"] = "flow: luar\ntitle: {id: Luar, en: Outside}\nnodes:\n  - use: dalam\n  - menu: lagi\n" +
		"    text: {id: Lagi?, en: More?}\n    options:\n"
	for _, to := range []string{"lampu", "bayi", "wafat", "daftar"} {
		files["luar.yaml"] += "      - {label: {id: Ke " + to + ", en: To " + to + "}, go: /" + to + "}\n"
	}
	files["nilai.yaml"] = strings.Replace(formFlow, "          say: {id: Beres, en: Done}\n",
		"          say: {id: Beres, en: Done}\n          flow: susul\n", 1)
	return files
}

// A first message is read by its words' meanings: as typed, in other words, with affixes, misspelt.
func TestFirstMessageIsUnderstood(t *testing.T) {
	for said, want := range map[string]string{
		"kartu mati":                          "Lampu",
		"BPJS saya MATIII dong!!":             "Lampu",
		"bpjs-nya gak bisa saya dipakai":      "Lampu",
		"bpjsnya tidak aktif":                 "Lampu",
		"kemarin itu lahiran anak kedua":      "Kelahiran",
		"mau daftarkan bayinya":               "Kelahiran",
		"menninggal":                          "Kematian",
		"bapi":                                "", // a word of four letters may be another word
		"saya mau dong":                       "",
		"halo":                                "",
		"":                                    "",
		"daftar susulan":                      "Pendaftaran",                // nobody asks for what follows a ticket
		"daftar dalam":                        "Pendaftaran",                // nor for a part of others
		strings.Repeat("lalu ", 300) + "bayi": "",                           // nobody reads on for ever
		"bayi lampu meninggal formulir":       "Kelahiran, Lampu, Formulir", // at most three
		"meninggal" + strings.Repeat("\u0301", 9): "Kematian",
	} {
		got := newTalkWith(t, needs()).says(said)
		var titles []string
		for line := range strings.Lines(got) {
			if number, title, ok := strings.Cut(strings.TrimSpace(line), ". "); ok && number <= "4" {
				titles = append(titles, title)
			}
		}
		if want == "" {
			wants(t, got, "1. Isi formulir\n2. Warna")
			continue
		}
		if titles[len(titles)-1] != "Bukan itu semua, lihat menu" {
			t.Errorf("%q is answered without a way to the menu: %q", said, got)
		}
		if have := strings.Join(titles[:len(titles)-1], ", "); have != want {
			t.Errorf("%q is taken for %q, want %q", said, have, want)
		}
	}
}

// Nothing begins before a choice is made, and the menu is never further than one.
func TestFirstMessageIsChosenFrom(t *testing.T) {
	const menu = "Pilih\n\n1. Isi formulir\n2. Warna"
	for said, want := range map[string]string{
		"1":               "Berapa bayi?",
		"kelahiran":       "Berapa bayi?",
		"2":               "Berapa lampu?",
		"3":               menu,
		"bukan itu semua": menu,
		"bukan":           menu,
		"0":               menu,
		"menu":            menu,
		"7":               menu, // of a menu that was not shown
		"warna":           "Warna apa?",
		"hmm":             menu,
		"meninggal":       "1. Kematian",
		"ulang":           "Saya ulangi ya.\n\nMungkin yang Anda perlukan salah satu ini?\n\n1. Kelahiran",
		"english":         "Is it perhaps one of these?\n\n1. Birth\n2. Lamp\n3. None of these, show the menu",
	} {
		k := newTalkWith(t, needs())
		wants(t, k.says("bayi atau lampu"), "Mungkin yang Anda perlukan salah satu ini?\n\n1. Kelahiran\n2. Lampu\n3. Bukan itu semua, lihat menu")
		wants(t, k.says(said), want)
	}
}

// A first message that names an option of the home menu has chosen it.
func TestFirstMessageNamesAnOption(t *testing.T) {
	wants(t, newTalkWith(t, needs()).says("mau warna dong"), "Warna apa?")
}

// In an emergency the first thing said is where to go, whatever else is meant.
func TestEmergencyComesFirst(t *testing.T) {
	for _, said := range []string{"pasien kritis, kartu mati", "anak saya kritissss", "gawat darurat"} {
		got := newTalkWith(t, needs()).says(said)
		if !strings.HasPrefix(got, "Dalam keadaan gawat darurat") {
			t.Errorf("%q is answered with %q", said, got)
		}
		wants(t, got, "1. ")
	}
	k := newTalkWith(t, needs())
	k.says("halo")
	if got := k.says("bayinya kritis"); !strings.HasPrefix(got, "Dalam keadaan gawat darurat") || !strings.Contains(got, "1. Kelahiran") {
		t.Errorf("in a menu the answer is %q", got)
	}
}

// What answers a question badly is no request for something else unless a whole phrase of that was said.
func TestQuestionIsNotLeftLightly(t *testing.T) {
	k := newTalkWith(t, needs())
	k.says("daftar kartu", "1")
	wants(t, k.says("ganti dua"), "belum mengerti")
	wants(t, k.says("ganti lampu dua"), "1. Lampu")
}

// Documents of synonyms that contradict themselves or the flows are refused.
func TestSynonymsAreChecked(t *testing.T) {
	files := needs()
	files["lain.yaml"] = "synonyms: lain\nsame:\n  - [lampu, bayi]\n  - [dua kata, lampu]\n  - [nol, saya kartu]\n"
	files["dong.yaml"] = "flow: dong\ntitle: {id: Mau dong, en: Please}\n" + strings.ReplaceAll(ask, "%n", "dong")
	_, err := loadWith(t, files)
	var mistakes dialog.Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatalf("got %v", err)
	}
	wants(t, mistakes.Error(), `sinonim.yaml:10:6: "bayi" already means "lampu"`, `lain.yaml:4:6: "dua kata" is not one word`,
		`lain.yaml:5:11: "saya kartu" says no more than one word of it`)
	delete(files, "lain.yaml")
	if _, err = loadWith(t, files); !errors.As(err, &mistakes) {
		t.Fatalf("got %v", err)
	}
	wants(t, mistakes.Error(), `dong.yaml:1:1: nobody asks for flow "dong" by "mau dong"`)
}

// First messages are read with their mistakes, tried, and counted.
func TestFirstMessages(t *testing.T) {
	c, err := loadWith(t, func() map[string]string { f := needs(); f["home.yaml"] = homeFlow; return f }())
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) ([]dialog.FirstMessage, error) {
		return c.FirstMessages(fstest.MapFS{"intents.tsv": {Data: []byte(text)}})
	}
	for text, want := range map[string]string{
		"# x\n\nhalo\n":            "intents.tsv:3: a line is",
		"halo\tmenu\tapart\tx\n":   "intents.tsv:1: a line is",
		"halo\tmenu\ttrue\n":       "intents.tsv:1: a line is",
		"halo\tmenu\nbayi\tlain\n": `intents.tsv:2: no flow "lain" may be proposed`,
		"susul\tsusul\n":           `intents.tsv:1: no flow "susul" may be proposed`,
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, err := c.FirstMessages(fstest.MapFS{}); err == nil {
		t.Error("no file is no mistake")
	}
	all, err := read("halo\tmenu\nbayi\tbayi\napa\tbayi\tapart\ndaftar bayi\tdaftar\nbayi lampu\tlampu\n")
	if err != nil || len(all) != 5 || !all[2].Apart || all[1].Apart {
		t.Fatalf("read %+v, %v", all, err)
	}
	u, confused := c.Understand(all)
	if u != (dialog.Understanding{Messages: 5, First: 2, Among: 3}) || u.Enough() || len(confused) != 3 {
		t.Errorf("understood %+v, confused %+v", u, confused)
	}
	if x := confused[1]; x != (dialog.Confusion{Meant: "daftar", Proposed: "bayi", Times: 1, Example: "daftar bayi"}) {
		t.Errorf("confused %+v", x)
	}
}
