package store

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/field"
	"sapa/dialog/jkn"
)

// dossierWords are what a dossier says beside what is kept, by language.
type dossierWords struct {
	title, made, by, intro, register string

	contact, addresses, since, contactKept       string
	subject, number                              string
	consents, version, consentsKept              string
	tickets, stage, opened, promised, ended      string
	ticketKept, ticketUntil, filesKept, fileTill string
	answers, files, history, payments            string
	drafts, loose, looseKept, visits             string
	messages, messagesKept, you, we, file        string
	rights                                       string

	member [16]string        // the columns of the register
	status map[string]string // of a document
	event  map[string]string
}

var dossierTexts = map[string]*dossierWords{
	"id": {
		title: "Data apa yang kami simpan tentang Anda",
		made:  "Dibuat", by: "Layanan WhatsApp",
		intro: "Berkas ini memuat semua yang kami simpan tentang Anda dan sampai kapan. Simpanlah dengan aman: " +
			"nomor-nomor di dalamnya ditulis lengkap.",
		register: "Data kepesertaan JKN dicatat oleh BPJS Kesehatan. Untuk itu hubungi 165.",

		contact: "KONTAK", addresses: "Alamat WhatsApp", since: "Pertama kali menulis", contactKept: "Disimpan sampai Anda memintanya dihapus.",
		subject: "DATA PESERTA", number: "Nomor",
		consents: "PERSETUJUAN", version: "versi", consentsKept: "Disimpan sebagai bukti persetujuan Anda.",
		tickets: "TIKET", stage: "Tahap", opened: "Dikirim", promised: "Dijanjikan", ended: "Selesai",
		ticketKept: "Isian dan percakapan disimpan %s setelah tiket selesai.", ticketUntil: "Isian dan percakapan disimpan sampai",
		filesKept: "Berkasnya disimpan %s setelah tiket selesai.", fileTill: "Berkasnya disimpan sampai",
		answers: "Isian", files: "Berkas", history: "Riwayat", payments: "Pembayaran",
		drafts: "FORMULIR YANG BELUM DIKIRIM", loose: "BERKAS LAIN", looseKept: "Disimpan %s setelah diterima.", visits: "KUNJUNGAN",
		messages: "PESAN", messagesKept: "Disimpan %s setelah ditulis.", you: "Anda", we: "Kami", file: "berkas",
		rights: "Ada yang keliru, atau ingin datanya dihapus? Tulis di chat ini: petugas, atau hapus data.",

		member: [...]string{
			"Nama", "Nomor kartu", "NIK", "Nomor KK", "Tanggal lahir", "Jenis kelamin", "Segmen", "Kelas", "Status", "Alasan",
			"Sejak", "Kabupaten/kota", "Faskes", "Telepon", "Badan usaha", "Kartu kepala keluarga",
		},
		status: map[string]string{
			"ready": "tersimpan", "deleted": "sudah dihapus", "bad": "tidak terbaca, tidak disimpan",
			"lost": "tidak diterima", "fetching": "sedang diterima",
		},
		event: map[string]string{
			desk.EventOpened: "Formulir dikirim", desk.EventDecided: "Petugas memutuskan", desk.EventSaid: "Petugas menulis",
			desk.EventHeard: "Pesan untuk petugas", desk.EventAsked: "Petugas meminta lagi", desk.EventAnswered: "Dijawab",
			desk.EventAdded: "Berkas ditambahkan", desk.EventClosed: "Petugas menutup tiket", desk.EventCancelled: "Tiket dibatalkan",
			desk.EventExpired: "Tiket ditutup karena lama menunggu", desk.EventReopened: "Tiket dibuka lagi",
			desk.EventRated: "Layanan dinilai", desk.EventPaymentSettled: "Pembayaran diterima",
			"ticket.seen": "Petugas membuka data", "subject.seen": "Petugas membuka data", "documents.saved": "Petugas mengambil berkas",
			EventErased: "Isi tiket dihapus", contactGone: "Nomor WhatsApp ini dipakai orang lain",
		},
	},
	"en": {
		title: "What we keep about you",
		made:  "Made on", by: "WhatsApp service of",
		intro: "This file holds all that we keep about you, and until when. Keep it safe: the numbers in it are " +
			"written in full.",
		register: "Your JKN membership is on record at BPJS Kesehatan. Call 165 about that.",

		contact: "CONTACT", addresses: "WhatsApp address", since: "First message", contactKept: "Kept until you ask for it to be erased.",
		subject: "MEMBER", number: "Number",
		consents: "CONSENT", version: "version", consentsKept: "Kept as the proof that you agreed.",
		tickets: "TICKET", stage: "Stage", opened: "Sent", promised: "Promised", ended: "Ended",
		ticketKept: "Answers and words are kept for %s after the ticket ends.", ticketUntil: "Answers and words are kept until",
		filesKept: "Its files are kept for %s after the ticket ends.", fileTill: "Its files are kept until",
		answers: "Answers", files: "Files", history: "History", payments: "Payments",
		drafts: "FORMS YOU HAVE NOT SENT", loose: "OTHER FILES", looseKept: "Kept for %s after they came.", visits: "VISITS",
		messages: "MESSAGES", messagesKept: "Kept for %s after they were written.", you: "You", we: "We", file: "file",
		rights: "Is something wrong, or shall it be erased? Write in this chat: officer, or delete my data.",

		member: [...]string{
			"Name", "Card number", "NIK", "Family card", "Birth date", "Sex", "Segment", "Class", "Status", "Reason",
			"Since", "Regency", "Clinic", "Telephone", "Employer", "Card of the head of the family",
		},
		status: map[string]string{
			"ready": "kept", "deleted": "deleted", "bad": "unreadable, not kept", "lost": "not received", "fetching": "on its way",
		},
		event: map[string]string{
			desk.EventOpened: "The form was sent", desk.EventDecided: "An officer decided", desk.EventSaid: "An officer wrote",
			desk.EventHeard: "A message to the officer", desk.EventAsked: "An officer asked again for", desk.EventAnswered: "It was answered",
			desk.EventAdded: "A file was added", desk.EventClosed: "An officer closed the ticket", desk.EventCancelled: "The ticket was cancelled",
			desk.EventExpired: "The ticket was closed after a long wait", desk.EventReopened: "The ticket was reopened",
			desk.EventRated: "The service was rated", desk.EventPaymentSettled: "The payment came",
			"ticket.seen": "An officer opened the data", "subject.seen": "An officer opened the data", "documents.saved": "An officer took the files",
			EventErased: "What the ticket held was erased", contactGone: "Somebody else has this WhatsApp number",
		},
	},
}

// dossierPage writes a dossier for the person it is about.
type dossierPage struct {
	strings.Builder
	*dossierWords
	lang string
	opts *Options
}

// wordsOf gives the words of a language, Indonesian where there are none.
func wordsOf(lang string) *dossierWords {
	if words, ok := dossierTexts[lang]; ok {
		return words
	}
	return dossierTexts["id"]
}

// text is a dossier as a layman reads it.
func (c clerking) text(d dossier) string {
	p := &dossierPage{dossierWords: wordsOf(c.lang), lang: c.lang, opts: &c.db.opts}
	p.line(0, p.title)
	if d.Organisation != "" {
		p.line(0, p.by+" "+d.Organisation)
	}
	p.line(0, p.made+" "+p.moment(d.At))
	p.gap()
	p.line(0, p.intro)
	p.line(0, p.register)
	p.who(d)
	p.consentsOf(d)
	for _, t := range d.Tickets {
		p.ticketPart(t)
	}
	p.draftsOf(d)
	p.filesOf(d)
	p.visitsOf(d)
	p.messagesOf(d)
	p.gap()
	p.line(0, p.rights)
	return p.String()
}

func (p *dossierPage) gap() { fmt.Fprintln(&p.Builder) }

// line writes a line so many steps in; what has several lines stays in.
func (p *dossierPage) line(depth int, text string) {
	margin := strings.Repeat("  ", depth)
	fmt.Fprintln(&p.Builder, margin+strings.ReplaceAll(text, "\n", "\n"+margin+"  "))
}

// pair writes what something is called and what it is; nothing where it is nothing.
func (p *dossierPage) pair(depth int, label, value string) {
	if value != "" {
		p.line(depth, label+": "+value)
	}
}

func (p *dossierPage) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	_, offset := at.Zone()
	zone := map[int]string{7: " WIB", 8: " WITA", 9: " WIT"}[offset/3600]
	if p.lang == "en" {
		return field.ShowDate(at, p.lang) + " " + at.Format("15:04") + zone
	}
	return field.ShowDate(at, p.lang) + " pukul " + at.Format("15.04") + zone
}

func (p *dossierPage) date(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return field.ShowDate(at, p.lang)
}

// kept says how long something is kept, where that is known.
func (p *dossierPage) kept(depth int, text string, span time.Duration) {
	if p.opts.Span != nil && span > 0 {
		p.line(depth, fmt.Sprintf(text, p.opts.Span(span, p.lang)))
	}
}

func (p *dossierPage) who(d dossier) {
	if len(d.Addresses) > 0 || !d.Since.IsZero() {
		p.gap()
		p.line(0, p.contact)
		p.pair(1, p.addresses, strings.Join(d.Addresses, ", "))
		p.pair(1, p.since, p.date(d.Since))
		p.line(1, p.contactKept)
	}
	if d.Number != "" {
		p.gap()
		p.line(0, p.subject)
		p.pair(1, p.number, d.Number)
	}
	for _, m := range d.Register {
		p.member(m)
	}
}

func (p *dossierPage) member(m jkn.Member) {
	p.gap()
	for i, value := range [...]string{
		m.Name, string(m.Card), string(m.NIK), string(m.KK), p.date(m.BirthDate), string(m.Sex), string(m.Segment),
		strings.TrimPrefix(strconv.Itoa(m.Class), "0"), string(m.Status), string(m.Reason), p.date(m.Since), m.Regency, m.Facility,
		m.Phone, m.Employer, string(m.HeadCard),
	} {
		p.pair(1, p.dossierWords.member[i], value)
	}
}

func (p *dossierPage) consentsOf(d dossier) {
	if len(d.Consents) == 0 {
		return
	}
	p.gap()
	p.line(0, p.consents)
	for _, c := range d.Consents {
		p.line(1, p.moment(c.At)+", "+p.version+" "+c.Version)
		p.line(2, c.Text)
	}
	p.line(1, p.consentsKept)
}

func (p *dossierPage) ticketPart(t keptTicket) {
	p.gap()
	p.line(0, p.tickets+" "+t.Ref+": "+t.Title)
	p.pair(1, p.stage, t.Stage)
	p.pair(1, p.opened, p.moment(t.Opened))
	p.pair(1, p.promised, p.moment(t.Promised))
	p.pair(1, p.ended, p.moment(t.Ended))
	if len(t.Answers) > 0 {
		p.line(1, p.answers)
	}
	for _, a := range t.Answers {
		p.pair(2, a.Label, a.Shown)
	}
	if len(t.Documents) > 0 {
		p.line(1, p.files)
	}
	for _, f := range t.Documents {
		p.line(2, p.fileLine(f))
	}
	if len(t.Payments) > 0 {
		p.line(1, p.payments)
	}
	for _, paid := range t.Payments {
		p.line(2, p.moment(paid.At)+": "+field.ShowMoney(paid.Amount)+", "+paid.Account+", "+paid.Reference)
	}
	if len(t.History) > 0 {
		p.line(1, p.history)
	}
	for _, e := range t.History {
		p.line(2, p.eventLine(e))
	}
	p.ticketTimes(t)
}

// ticketTimes says until when what a ticket holds is kept.
func (p *dossierPage) ticketTimes(t keptTicket) {
	if t.Until.IsZero() {
		p.kept(1, p.ticketKept, p.opts.Keep.Tickets)
		p.kept(1, p.filesKept, min(p.opts.Keep.Tickets, p.opts.Keep.Documents))
		return
	}
	p.line(1, p.ticketUntil+" "+p.date(t.Until)+".")
	p.line(1, p.fileTill+" "+p.date(t.DocsUntil)+".")
}

func (p *dossierPage) fileLine(f keptFile) string {
	line := cmp.Or(f.Name, f.MIME)
	if f.Label != "" {
		line = f.Label + ": " + line
	}
	return fmt.Sprintf("%s, %s, %s (%s)", line, showBytes(f.Bytes), p.moment(f.At), p.status[f.Status])
}

// showBytes writes a size as people do.
func showBytes(n int) string {
	const kilo = 1024
	switch {
	case n >= kilo*kilo:
		return strconv.Itoa((n+kilo*kilo/2)/(kilo*kilo)) + " MB"
	case n >= kilo:
		return strconv.Itoa((n+kilo/2)/kilo) + " KB"
	}
	return strconv.Itoa(n) + " B"
}

func (p *dossierPage) eventLine(e keptEvent) string {
	line := p.moment(e.At) + ": " + p.event[e.What]
	if e.Label != "" {
		line += " (" + e.Label + ")"
	}
	if e.Text != "" {
		line += ": " + e.Text
	}
	return line
}

func (p *dossierPage) draftsOf(d dossier) {
	if len(d.Drafts) == 0 {
		return
	}
	p.gap()
	p.line(0, p.drafts)
	for _, draft := range d.Drafts {
		p.line(1, draft.Title)
		for _, a := range draft.Answers {
			p.pair(2, a.Label, a.Shown)
		}
	}
}

func (p *dossierPage) filesOf(d dossier) {
	if len(d.Documents) == 0 {
		return
	}
	p.gap()
	p.line(0, p.loose)
	for _, f := range d.Documents {
		p.line(1, p.fileLine(f))
	}
	p.kept(1, p.looseKept, min(p.opts.Keep.Tickets, p.opts.Keep.Documents))
}

func (p *dossierPage) visitsOf(d dossier) {
	if len(d.Visits) == 0 {
		return
	}
	p.gap()
	p.line(0, p.visits)
	for _, v := range d.Visits {
		p.line(1, fmt.Sprintf("%s: %s, %s, %s (%s)", v.Code, p.moment(v.At), v.Place, v.Purpose, v.Name))
	}
}

func (p *dossierPage) messagesOf(d dossier) {
	if len(d.Messages) == 0 {
		return
	}
	p.gap()
	p.line(0, p.messages)
	p.kept(1, p.messagesKept, p.opts.Keep.Messages)
	for _, m := range d.Messages {
		who, text := p.you, m.Text
		if m.Ours {
			who = p.we
		}
		if m.File != "" {
			text = strings.TrimSpace("[" + p.file + " " + m.File + "] " + text)
		}
		p.line(1, p.moment(m.At)+", "+who+": "+text)
	}
}
