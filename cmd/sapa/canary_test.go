package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog/jkn"
)

// canary is a made-up member who carries a mark in every field: wherever a word of theirs turns up, it is known whose
// it is.
type canary struct {
	mark  string // in every word of theirs
	phone string // as a contact
	local string // as they type it
	name  string
	nik   string
	card  string
	kk    string
	born  time.Time
	works string // facility, street, what they tell
	paper string // the path of a file that is named and filled with the mark

	heard string          // what they were told last
	knows map[string]bool // tokens of others that they typed themselves
	refs  []string        // their tickets
}

// hatch makes a canary; the file lies in dir.
func hatch(t *testing.T, n int, dir string) *canary {
	t.Helper()
	letters := ""
	for rest, i := n, 0; i < 5; i++ {
		letters += string(rune('b' + rest%20))
		rest /= 20
	}
	mark := "Kenari" + letters
	c := &canary{
		mark: mark, phone: fmt.Sprintf("62813%08d", 7_000_000+n), local: fmt.Sprintf("0813%08d", 7_000_000+n),
		name: mark + " Murni", card: fmt.Sprintf("0009%09d", 123_000_000+n),
		kk:   fmt.Sprintf("317401%02d0115%04d", 1+n%28, 1001+n%8000),
		born: time.Date(1950, 1, 1+7*n, 0, 0, 0, 0, time.UTC), works: "Klinik " + mark, knows: map[string]bool{},
	}
	c.nik = fmt.Sprintf("317401%s%04d", c.born.Format("020106"), 2001+n%7000)
	c.paper = filepath.Join(dir, "surat-"+mark+".pdf")
	must(t, os.WriteFile(c.paper, []byte("%PDF-1.4\n%"+mark+"\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"+
		"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), 0o600))
	return c
}

// row is the canary in the register.
func (c *canary) row() string {
	return fmt.Sprintf("%s,%s,%s,%s,%s,P,PBPU,3,nonaktif,tunggakan,2029-05-01,2029-03,31.74,Puskesmas Melati,%s,,\n",
		c.card, c.nik, c.kk, c.name, c.born.Format(time.DateOnly), c.local)
}

// tokens are the words by which the canary is recognised, as [tokens] finds them.
func (c *canary) tokens() []string {
	return append([]string{
		strings.ToLower(c.mark), c.phone, c.local, c.phone[2:], c.nik, c.card, c.kk, c.born.Format(time.DateOnly), c.birthday(),
	}, c.accounts()...)
}

// accounts are the card's virtual accounts: that of most banks, and that of the one with a prefix of its own.
func (c *canary) accounts() []string {
	return []string{
		string(jkn.Banks[0].VirtualAccount(jkn.Card(c.card))), string(jkn.Banks[4].VirtualAccount(jkn.Card(c.card))),
	}
}

// birthday is the birth date as members read it.
func (c *canary) birthday() string {
	return fmt.Sprintf("%d %s %d", c.born.Day(), months[c.born.Month()-1], c.born.Year())
}

var months = []string{
	"januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "desember",
}

var inWords = regexp.MustCompile(`\d{1,2} (` + strings.Join(months, "|") + `) \d{4}`)

// tokens gives what may be somebody's in a text or a file: words with the mark of canaries, runs of ten digits and
// more, dates, and numbers of tickets.
func tokens(body []byte, each func(string)) {
	for i := 0; i < len(body); {
		kind := kindOf(body[i])
		j := i + 1
		for kind != 0 && j < len(body) && kindOf(body[j]) == kind {
			j++
		}
		if j-i >= 10 {
			word := strings.ToLower(string(body[i:j]))
			switch at := strings.Index(word, "kenari"); {
			case kind == 'd':
				each(strings.Trim(word, "-"))
			case at >= 0 && len(word) >= at+11:
				each(word[at : at+11])
			}
		}
		i = j
	}
}

func kindOf(b byte) byte {
	switch {
	case b >= '0' && b <= '9' || b == '-':
		return 'd'
	case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
		return 'l'
	}
	return 0
}

// said gives the tokens of a text that people read: dates in words and ticket numbers, too.
func said(text string, each func(string)) {
	tokens([]byte(text), each)
	for _, date := range inWords.FindAllString(strings.ToLower(text), -1) {
		each(date)
	}
	for _, ref := range anyTicket.FindAllString(text, -1) {
		each(ref)
	}
}

var anOption = regexp.MustCompile(`(?m)^(\d+)\. `)

// anywhere is what people type wherever they are.
var anywhere = []string{
	"menu", "tiket", "data saya", "privasi", "bantuan", "0", "kembali", "petugas", "batal", "ya", "tidak", "ulang", "status",
	"cek tagihan", "hapus data", "mobile jkn", "buat janji", "lagi", "english", "bahasa indonesia", "edabu", "meja", "pengaduan",
}

// next is what the canary does now: mostly what it was asked for, sometimes anything, sometimes a try at what is
// another's.
func (c *canary) next(r *rand.Rand, others []*canary) (text, file string) {
	switch p := r.IntN(100); {
	case c.heard == "" || p < 2:
		return []string{"Hi Chika", "Pandawa", "menu"}[r.IntN(3)], ""
	case p < 5:
		return anywhere[r.IntN(len(anywhere))], ""
	case p < 8:
		return c.pry(r, others[r.IntN(len(others))]), ""
	case p < 9:
		return c.mark + " apa saja", ""
	}
	asked := strings.ToLower(c.heard)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(asked, w) })
	}
	options := anOption.FindAllString(c.heard, -1)
	switch {
	case strings.Contains(c.heard, "Kirim") && strings.Contains(c.heard, "Ubah"):
		return "kirim", ""
	case len(options) > 1 && r.IntN(10) > 0:
		return strings.Trim(options[r.IntN(len(options))], ". "), ""
	case has("foto", "surat", "unggah", "berkas") && r.IntN(10) > 0:
		return "", c.paper
	case has("setuju"):
		return "setuju", ""
	case has("lahir"):
		return c.born.Format("02-01-2006"), ""
	case has("kartu keluarga", "nomor kk"):
		return c.kk, ""
	case has("nomor kartu", "nik"):
		return []string{c.nik, c.card}[r.IntN(2)], ""
	case has("nama"):
		return c.name, ""
	case has("nomor hp", "telepon", "nomor wa"):
		return c.local, ""
	case has("tanggal"):
		return "1-12-2029", ""
	case has("ya atau tidak"):
		return "ya", ""
	}
	return c.works, ""
}

// pry is a try at what is another's: numbers and references one may have seen somewhere, and a wrong birth date.
func (c *canary) pry(r *rand.Rand, other *canary) string {
	tries := []string{other.card, other.nik, other.name, other.local, c.born.Format("02-01-2006")}
	tries = append(tries, other.refs...)
	return tries[r.IntN(len(tries))]
}
