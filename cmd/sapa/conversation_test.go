package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var ticketNumber = regexp.MustCompile(`Nomor tiket: ([0-9A-Z]{3}-[0-9A-Z]{4})`)

// intoForm brings a conversation from Pandawa's greeting to the first document, and fills the form for the card.
func (c *conversation) intoForm(card string) {
	c.t.Helper()
	c.line = "pandawa"
	c.says("Pandawa", "1. Pengaktifan Kembali Kartu")
	c.says("1", "Setuju")
	c.says("setuju", "1 dari ", "NIK", "nomor kartu")
	c.says(card, "2 dari ", "nama")
	c.says("Siti Aminah", "3 dari ", "lahir")
	c.says("17-8-90", "17 Agustus 1990", "4 dari ")
	c.says("diri sendiri", "provinsi")
	c.says("jakarta", "Kota Jakarta Selatan")
	c.says("jaksel", "1. Menunggak iuran")
	c.says("nunggak", "foto KTP")
}

// apply goes on to the ticket and gives its number.
func (c *conversation) apply(card string) string {
	c.t.Helper()
	c.intoForm(card)
	c.expect(message{File: pngFile(c.t)}, "Foto KTP", "foto Kartu Keluarga")
	c.expect(message{File: jpegFile(c.t), Text: "ini KK"}, "Foto KK", "kartu JKN")
	c.expect(message{File: pdfFile(c.t), MIME: "application/octet-stream"}, "faskes")
	c.says("Puskesmas Melati", "pernyataan", "setuju")
	c.says("Setuju", "1. NIK atau nomor kartu: "+card, "Kirim", "Ubah", "Batal")
	said := c.says("Kirim", "Nomor tiket: ")
	return ticketNumber.FindStringSubmatch(said)[1]
}

// The job sapa is for: from "Hi Chika" to a card that an officer calls active, officers working beside the chat.
func TestFromGreetingToActiveCard(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	c.at = "2030-01-07T09:00:00+07:00"
	at := []string{"--at", "2030-01-07T10:00:00+07:00", "--as", "rina"}
	c.says("Hi Chika", "6. Layanan Pandawa")
	c.says("6", "provinsi", "1. ")
	c.says("DKI", "Kota Jakarta Selatan")
	c.says("jaksel", "DATA CONTOH", "wa.me/")
	c.says("lanjut di sini", "1. Pengaktifan Kembali Kartu")
	ref := c.apply("0001234567890")
	c.says("Selesai", "selesai")

	works(t, data, append([]string{"ticket", "take", ref}, at...)...)
	works(t, data, append([]string{"ticket", "approve", ref, "--set", "months_owed=7", "--set", "heads=3"}, at...)...)
	notice := c.next() // printed without waiting for the member
	if notice.ReplyTo != "" || !strings.Contains(notice.Text, ref) || !strings.Contains(notice.Text, "kelas") {
		t.Errorf("the approval reads %+v", notice)
	}
	c.says("pilih kelas", "1. Kelas 1", "3. Kelas 3")
	c.says("3", "Rp105.000", "7 bulan × 3 orang × Rp35.000 = Rp735.000", "8888801234567890", "8988801234567890")
	works(t, data, append([]string{"ticket", "paid", ref, "--set", "amount=735rb", "--set", "reference=TRX-1"}, at...)...)
	if notice := c.next(); !strings.Contains(notice.Text, "aktif") || !strings.Contains(notice.Text, "165") {
		t.Errorf("the payment reads %+v", notice)
	}
	if r := c.end(); r.code != exitDone || !strings.Contains(r.errors, `"message":"ticket.opened"`) {
		t.Errorf("the chat ended with %+v", r)
	}
	checkSheet(t, works(t, data, "ticket", "show", ref, "--json"))
	works(t, data, "db", "check")
}

// checkSheet looks at the ticket of the test above as a script would.
func checkSheet(t *testing.T, out string) {
	t.Helper()
	var sheet struct {
		Rev        int
		Stage      string
		Status     string
		Officer    string
		Branch     string
		OpenedAt   string `json:"opened_at"`
		PromisedAt any    `json:"promised_at"`
		Subject    struct{ Name, NIK, Card string }
		Answers    []struct{ Field, Label, Value, Status string }
		Documents  []struct {
			Field, Name, MIME, SHA256, Status string
			Bytes                             int
		}
		Activity []struct{ At, Who, What, Text string }
		Payment  struct {
			Amount    int
			Reference string
		}
	}
	if err := json.Unmarshal([]byte(out), &sheet); err != nil {
		t.Fatal(err)
	}
	if sheet.Status != "approved" || sheet.Stage != "aktif" || sheet.Officer != "rina" || sheet.Rev != 5 ||
		sheet.OpenedAt != "2030-01-07T09:00:00+07:00" || sheet.PromisedAt != nil {
		t.Errorf("the ticket stands at %+v", sheet)
	}
	if sheet.Payment.Amount != 735000 || sheet.Payment.Reference != "TRX-1" {
		t.Errorf("the payment is %+v", sheet.Payment)
	}
	var did []string
	for _, a := range sheet.Activity {
		did = append(did, a.Who+" "+strings.TrimPrefix(a.What, "ticket.")+" "+a.Text)
	}
	const want = "member opened ; member promise.made ; rina taken ; rina decided approve; rina promise.kept ; " +
		"member decided choose; rina decided paid"
	if got := strings.Join(did, "; "); got != want {
		t.Errorf("the history is %s", got)
	}
	var kinds []string
	for _, d := range sheet.Documents {
		kinds = append(kinds, d.Field+" "+d.MIME+" "+d.Status)
		if d.Bytes == 0 || len(d.SHA256) != 64 {
			t.Errorf("document %+v", d)
		}
	}
	if got := strings.Join(kinds, "; "); got != "foto_ktp image/jpeg ready; foto_kk image/jpeg ready; foto_kartu application/pdf ready" {
		t.Errorf("the documents are %s", got)
	}
	if strings.Contains(out, "Aminah") || strings.Contains(out, "0001234567890") || strings.Contains(out, "1990") {
		t.Errorf("shown without a reason: %s", out)
	}
}

// Looking at what is personal takes a reason, and is kept.
func TestReasonShowsAndIsRecorded(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()
	plain := works(t, data, "ticket", "show", ref)
	for _, word := range []string{"months_owed", "heads", "reject REASON", "S••• A•••", "0001•••••7890"} {
		if !strings.Contains(plain, word) {
			t.Errorf("show says nothing of %q:\n%s", word, plain)
		}
	}
	if strings.Contains(plain, "Aminah") {
		t.Errorf("the name is shown:\n%s", plain)
	}
	saved := filepath.Join(t.TempDir(), "berkas")
	full := works(t, data, "ticket", "show", ref, "--reason", "verifikasi", "--save", saved, "--as", "rina")
	for _, word := range []string{"Siti Aminah", "0001234567890", "17 Agustus 1990", "ticket.seen", "documents.saved", "verifikasi"} {
		if !strings.Contains(full, word) {
			t.Errorf("show --reason says nothing of %q:\n%s", word, full)
		}
	}
	files, err := os.ReadDir(saved)
	if err != nil || len(files) != 3 {
		t.Fatalf("saved %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
			t.Errorf("%s: mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
	refuses(t, exitFailed, "exists", command(t, data, "", "ticket", "show", ref, "--reason", "lagi", "--save", saved))
}

// A request that is asked for again comes back, and a rejected one says why.
func TestOfficersDecisions(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.says("Selesai")

	works(t, data, "ticket", "ask", ref, "foto_ktp", "Fotonya", "buram")
	if notice := c.next(); !strings.Contains(notice.Text, "Fotonya buram") {
		t.Errorf("the request reads %q", notice.Text)
	}
	c.says(ref, "KTP")
	c.expect(message{File: jpegFile(t)}, ref)
	works(t, data, "ticket", "say", ref, "Terima kasih, kami teruskan")
	if notice := c.next(); !strings.Contains(notice.Text, "kami teruskan") {
		t.Errorf("the message reads %q", notice.Text)
	}
	works(t, data, "ticket", "note", ref, "sudah ditelepon", "--as", "budi")
	works(t, data, "ticket", "reject", ref, "Data tidak cocok")
	if notice := c.next(); !strings.Contains(notice.Text, "Data tidak cocok") {
		t.Errorf("the refusal reads %q", notice.Text)
	}
	c.end()
	if out := works(t, data, "ticket", "list", "--status", "rejected", "--json"); !strings.Contains(out, ref) {
		t.Errorf("the list is %q", out)
	}
	if out := works(t, data, "ticket", "list", "--status", "open"); strings.Contains(out, ref) {
		t.Errorf("the list is %q", out)
	}
	refuses(t, exitFailed, "rejected", command(t, data, "", "ticket", "close", ref))
}

// What an officer may not do, or says wrongly, is told in one go, and changes nothing.
func TestOfficersMistakes(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	c.end()
	before := works(t, data, "ticket", "show", ref, "--json")
	for _, test := range []struct {
		args  string
		words []string
	}{
		{"approve REF", []string{"months_owed is missing", "heads is missing"}},
		{"approve REF --set months_owed=700 --set heads=banyak --set kepala=3", []string{"months_owed must be a number from 0 to 600", "heads", "takes no kepala"}},
		{"paid REF --set amount=1000 --set reference=x", []string{"paid", "Possible now: approve"}},
		{"take 7X9-AAAA", []string{"no ticket"}},
		{"take bukan-nomor", []string{"no ticket"}},
		{"ask REF foto_rumah mohon kirim", []string{"foto_rumah", "foto_ktp", "faskes"}},
		{"release REF", []string{"release"}},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := strings.Fields(strings.ReplaceAll(test.args, "REF", ref))
			r := command(t, data, "", append([]string{"ticket"}, args...)...)
			for _, word := range test.words {
				refuses(t, exitFailed, word, r)
			}
		})
	}
	if after := works(t, data, "ticket", "show", ref, "--json"); after != before {
		t.Errorf("the ticket changed:\n%s\n%s", before, after)
	}
	works(t, data, "ticket", "take", ref, "--as", "rina")
	works(t, data, "ticket", "note", ref, "diperiksa", "--as", "budi")
	r := command(t, data, "", "ticket", "approve", ref, "--rev", "1", "--as", "rina", "--set", "months_owed=1", "--set", "heads=1")
	for _, word := range []string{"revision 1", "rina: ticket.taken", "budi: ticket.noted"} {
		refuses(t, exitFailed, word, r)
	}
	refuses(t, exitFailed, "taken by rina", command(t, data, "", "ticket", "reject", ref, "tidak", "--as", "budi"))
	works(t, data, "ticket", "activate", ref, "--as", "rina", "--rev", "3") // a decision by the name its stage gives it
}
