package jkn

import (
	"strings"
	"time"
	"unicode"

	"sapa/dialog"
	"sapa/dialog/field"
)

// Contact is a number of BPJS Kesehatan's own that members may ask about.
type Contact struct {
	Name string
	Old  bool // not in use any more, or not surely
}

// contacts are by digits as people dial them at home. The care centre was 1500 400 until 2021; of Chika's number some
// pages of 2026 say that it has gone into the one after it.
var contacts = map[string]Contact{
	"165":         {Name: "Care Center 165"},
	"08118165165": {Name: "WhatsApp Pandawa 0811-8165-165"},
	"08118750400": {Name: "WhatsApp Chika 0811-8750-400", Old: true},
	"1500400":     {Name: "Care Center 1500 400", Old: true},
}

// OfficialContact finds whose number it is among those of BPJS Kesehatan. That a number is not found says only that we
// do not know it.
func OfficialContact(text string) (Contact, bool) {
	digits, _ := field.Digits(text)
	if home, ok := strings.CutPrefix(digits, "62"); ok {
		digits = "0" + home
	}
	c, ok := contacts[digits]
	return c, ok
}

var officialSignature = dialog.Signature{
	Args: map[string]string{"number": "text"},
	Facts: map[string]string{
		"number":   "truth", // there is a number in it at all
		"official": "truth", "old": "truth", "name": "text",
	},
}

// runOfficial is the rule official_number: see [OfficialContact].
func runOfficial(args dialog.Record, _ time.Time, _ string) (dialog.Record, error) {
	c, ok := OfficialContact(args["number"])
	number := strings.ContainsFunc(args["number"], unicode.IsDigit)
	return dialog.Record{"number": truth(number), "official": truth(ok), "old": truth(c.Old), "name": c.Name}, nil
}
