package main

import (
	"bytes"
	"context"
	_ "embed" // the notice
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"sapa/store"
)

// noticeText is the letter that UU 27/2022, article 46, paragraph 2, asks for: what data, when and how, what is done.
//
//go:embed notice.txt
var noticeText string

var noticeTemplate = template.Must(template.New("notice").Parse(noticeText))

// dataKind is a kind of data in words.
type dataKind struct{ kind, Indonesian, English string }

var dataKinds = []dataKind{
	{store.KindMessages, "isi percakapan WhatsApp dengan kami", "what was written between you and us on WhatsApp"},
	{store.KindAnswers, "isian formulir dan catatan tiket", "answers in forms, and what tickets hold"},
	{store.KindDocuments, "foto dan dokumen", "photos and documents"},
	{store.KindRegister, "data kepesertaan di daftar kami", "the membership record in our register"},
	{store.KindPayments, "pembayaran iuran", "payments of contributions"},
	{store.KindVisits, "janji kunjungan ke kantor", "visits booked at an office"},
}

// registerWords are the columns of the register in words, Indonesian and English.
var registerWords = map[string][2]string{
	"card": {"Nomor kartu", "Card number"}, "nik": {"NIK", "NIK"}, "kk": {"Nomor KK", "Family card number"},
	"name": {"Nama", "Name"}, "birth_date": {"Tanggal lahir", "Date of birth"}, "sex": {"Jenis kelamin", "Sex"},
	"segment": {"Segmen", "Segment"}, "class": {"Kelas", "Class"}, "status": {"Status", "Status"},
	"status_reason": {"Sebab status", "Why the status is so"}, "status_since": {"Status sejak", "Status since"},
	"paid_until": {"Lunas sampai", "Paid until"}, "regency": {"Kabupaten/kota", "Regency or city"},
	"faskes": {"Faskes", "Facility"}, "phone": {"Nomor telepon", "Telephone number"}, "employer": {"Pemberi kerja", "Employer"},
	"family_head_card": {"Nomor kartu kepala keluarga", "Card number of the family's head"},
}

// draftNotice writes the letter to those affected into a new file, with blanks for what only people know.
func (o *office) draftNotice(ctx context.Context, people []store.Touched, i incident) error {
	if len(people) == 0 {
		return errors.New("nobody was affected, so there is no notice to draft")
	}
	var kinds []string
	for _, p := range people {
		kinds = append(kinds, p.Kinds...)
	}
	fields, err := o.fieldWords(ctx, people)
	if err != nil {
		return err
	}
	var letter bytes.Buffer
	err = noticeTemplate.Execute(&letter, map[string]any{
		"Organisation": o.organisation.name, "Phone": o.organisation.phone, "People": headcount(people),
		"Kinds":    slices.DeleteFunc(slices.Clone(dataKinds), func(k dataKind) bool { return !slices.Contains(kinds, k.kind) }),
		"FieldsID": strings.Join(fields[0], ", "), "FieldsEN": strings.Join(fields[1], ", "),
		"Since": moment{i.Since}, "Until": moment{i.Until},
	})
	if err == nil {
		err = writeFile(i.notice, letter.Bytes())
	}
	if err != nil {
		return fmt.Errorf("the notice cannot be drafted: %w", err)
	}
	return nil
}

// fieldWords gives what the fields that were touched are called by those who filled them in, in Indonesian and English.
func (o *office) fieldWords(ctx context.Context, people []store.Touched) (words [2][]string, err error) {
	for _, p := range people {
		services := map[string]bool{}
		for _, ref := range p.Tickets {
			t, err := o.db.Ticket(ctx, ref)
			if err != nil && !errors.Is(err, store.ErrSealed) { // an erased one has no fields
				return words, err
			}
			services[t.Service] = true
		}
		for _, field := range p.Fields {
			named, ok := registerWords[field]
			for service := range services {
				if shown := o.catalog.Show(service, field, "", "id"); shown.Label != field {
					named, ok = [2]string{shown.Label, o.catalog.Show(service, field, "", "en").Label}, true
				}
			}
			if !ok {
				named = [2]string{field, field}
			}
			words[0], words[1] = append(words[0], named[0]), append(words[1], named[1])
		}
	}
	for i := range words {
		slices.Sort(words[i])
		words[i] = slices.Compact(words[i])
	}
	return words, nil
}
