package main

import (
	"strings"
	"testing"

	"sapa/bot/whatsapp/watest"
)

// files sends a request from the greeting to the ticket's number.
func (m *member) files(t *testing.T) (ref string) {
	t.Helper()
	m.says("Pandawa", "1. Pengaktifan Kembali Kartu")
	m.says("1", "Setuju")
	m.says("setuju", "1 dari ", "NIK")
	m.says("0001234567890", "2 dari ", "nama")
	m.says("Siti Aminah", "3 dari ", "lahir")
	m.says("17-8-90", "17 Agustus 1990", "4 dari ")
	m.says("diri sendiri", "provinsi")
	m.says("jakarta", "Kota Jakarta Selatan")
	m.says("jaksel", "1. Menunggak iuran")
	m.says("nunggak", "foto KTP")
	m.SendsAlbum(m.line, pictureBytes(t), pictureBytes(t))
	m.reads("album", "kartu JKN")
	m.SendsDocument(m.line, "kartu.pdf", "application/pdf", fileBytes(t, pdfFile(t)), "")
	m.reads("card", "Puskesmas")
	m.says("Puskesmas Melati", "pernyataan", "setuju")
	m.says("Setuju", "Kirim", "Ubah", "Batal")
	ref = ticketNumber.FindStringSubmatch(m.says("Kirim", "Nomor tiket: "))[1]
	m.says("Selesai", "selesai")
	return ref
}

// chatting is a running service with a member.
func chatting(t *testing.T) (*wire, *serving, *member) {
	t.Helper()
	w := newWire(t)
	siti := &member{w.wa.Person("6281234567890", watest.Named("Siti Rahasia")), t, w.wa.Number("6281100000002")}
	service := w.serve()
	service.until("service.started")
	w.linkBeside("pandawa", siti.line)
	return w, service, siti
}

// filed is a running service whose member has sent a request.
func filed(t *testing.T) (*wire, *serving, *member, string) {
	t.Helper()
	w, service, siti := chatting(t)
	return w, service, siti, siti.files(t)
}

// A number on another phone: whoever writes from it is asked who they are before anything is shown, whether WhatsApp has
// told of the other phone or not.
func TestANewPhoneIsAskedWhoItIs(t *testing.T) {
	_, service, siti, ref := filed(t)
	for _, reinstall := range []func(){siti.ReinstallsUntold, siti.Reinstalls} {
		reinstall()
		asked := siti.says("tiket", "Apakah Anda yang dulu", "1. Ya")
		if strings.Contains(asked, ref) {
			t.Errorf("a new phone was told of the ticket: %s", asked)
		}
		siti.says("1", "tanggal lahir")
		siti.says("18-8-90", "belum cocok")
		siti.says("1", "tanggal lahir")
		siti.says("17-8-90", "cocok")
		siti.says("tiket", ref)
		siti.says("menu", "1. ")
	}
	siti.SendsGarbled(siti.line, "menu") // libsignal stumbles, and her phone sends it again
	siti.reads("garbled", "1. ")
	siti.line.AwaitAllAcked()
	service.stop()
	noPersonIn(t, service.log.all())
}

// Who waits for an officer's answer on a new phone hears it, though no birth date was ever asked of them.
func TestANewPhoneHearsWhatItWaitsFor(t *testing.T) {
	w, service, siti := chatting(t)
	siti.says("petugas", "teruskan ke petugas")
	ref := ticketNumber.FindStringSubmatch(siti.says("kartu saya belum aktif", "Nomor tiket: "))[1]
	siti.ReinstallsUntold()
	siti.says("halo", "Apakah Anda yang dulu", "1. Ya")
	works(t, w.data, "ticket", "say", ref, "Sudah kami teruskan")
	if news := siti.reads("news", "1 kabar"); strings.Contains(news, ref) || strings.Contains(news, "teruskan") {
		t.Errorf("a new phone was told %s", news)
	}
	siti.says("1", "nomor tiket")
	siti.says("lupa", "Mulai baru")
	siti.says("1", "nomor tiket")
	siti.Sends(siti.line, ref)
	siti.reads("settled", "cocok")
	siti.reads("the officer", ref, "Sudah kami teruskan")
	siti.line.AwaitAllAcked()
	service.stop()
}

// Whoever was erased by a command beside the service writes again as somebody whom nobody knows, on WhatsApp's level too.
func TestWhoWasErasedWritesAgainAsAStranger(t *testing.T) {
	w, service, siti, ref := filed(t)
	works(t, w.data, "member", "erase", "+6281234567890", "--reason", "diminta", "--yes")
	service.until("erased.forgotten")
	if said := siti.says("tiket", "1. "); strings.Contains(said, ref) {
		t.Errorf("she was told of what was erased: %s", said)
	}
	service.until("message.undecryptable") // of her old session: her phone was asked for the message in a new one
	siti.says("menu", "1. Pengaktifan Kembali Kartu")
	siti.says("1", "Setuju") // she is asked again
	siti.line.AwaitAllAcked()
	service.stop()
	noneReadable(t, w.data)
	works(t, w.data, "db", "check")
}

// What is kept of somebody comes as a document that their phone opens.
func TestTheDataOfAMemberComeAsADocument(t *testing.T) {
	w, service, siti, ref := filed(t)
	siti.says("data saya", "1. Kirim semuanya")
	siti.says("1", "tanggal lahir")
	w.wa.FailUploads(503, 1) // it is tried again
	siti.Sends(siti.line, "17-8-90")
	file := siti.ReadsUntil(func(r *watest.Reply) bool { return r.Document() != nil })
	document := file[len(file)-1]
	body, err := document.Media()
	if err != nil {
		t.Fatal(err)
	}
	d := document.Document()
	if !strings.HasPrefix(d.GetFileName(), "data-saya-") || !strings.HasPrefix(d.GetMimetype(), "text/plain") || document.Text == "" {
		t.Errorf("the file %q, %q, with %q", d.GetFileName(), d.GetMimetype(), document.Text)
	}
	for _, words := range []string{ref, "Siti Aminah", "17 Agustus 1990", "kartu.pdf"} {
		if !strings.Contains(string(body), words) {
			t.Errorf("her data lack %q:\n%s", words, body)
		}
	}
	siti.line.AwaitAllAcked()
	service.stop()
	noneReadable(t, w.data)
}
