package jkn

import (
	"slices"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// Bank is a bank where contributions can be paid to a virtual account.
type Bank struct {
	Name   string
	Prefix string // the first five digits of its virtual accounts
}

// Banks are the banks with virtual accounts, as BPJS Kesehatan's spokesman told Kompas on 2021-03-09.
var Banks = []Bank{
	{"BRI", commonPrefix},
	{"BNI", commonPrefix},
	{"BTN", commonPrefix},
	{"BCA", commonPrefix},
	{"Mandiri", mandiriPrefix},
}

const (
	commonPrefix  = "88888"
	mandiriPrefix = "89888"
	tailLength    = 11 // how much of the card number a virtual account holds
)

// VA is a virtual account, 16 digits: the bank's prefix and the last 11 digits of a card number.
type VA string

// ParseVA reads a virtual account as people type it or a bank writes it; ok is false where there is none, or two.
func ParseVA(text string) (account VA, ok bool) {
	runs, _ := digitRuns(text)
	for _, run := range runs {
		if !IsVirtualAccount(run) || account != "" && account != VA(run) {
			return "", false
		}
		account = VA(run)
	}
	return account, account != ""
}

// Suffix is what an account has of the card, by which a payment finds its bill whatever the bank: see [Card.Suffix].
func (v VA) Suffix() string { return string(v[nikLength-tailLength:]) }

// Suffix is what all virtual accounts of the card's family have of its number. Cards that differ in the first two
// digits share it: whoever books a payment looks at the name too.
func (c Card) Suffix() string { return string(c[cardLength-tailLength:]) }

// VirtualAccount is where the family of a card pays at this bank. A family has one, that of the card its head holds.
func (b Bank) VirtualAccount(c Card) VA { return VA(b.Prefix + c.Suffix()) }

// IsVirtualAccount reports whether a number is a virtual account for contributions rather than somebody's NIK: no
// province has the code 88 or 89.
func IsVirtualAccount(digits string) bool {
	return len(digits) == nikLength && slices.ContainsFunc(Banks, func(b Bank) bool {
		return strings.HasPrefix(digits, b.Prefix)
	})
}

// readVirtualAccount is the field type's reader: officers type it.
func readVirtualAccount(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	account, ok := ParseVA(text)
	if !ok {
		return "", nil, &field.Problem{Code: "va.unclear"}
	}
	return string(account), nil, nil
}

var accountsSignature = dialog.Signature{
	Args:  map[string]string{"number": "text"},
	Facts: map[string]string{"known": "truth", "va": "text", "va_mandiri": "text"},
}

// runAccounts is the rule virtual_accounts: where the family of a card pays. A NIK says nothing of that.
func runAccounts(args dialog.Record, _ time.Time, _ string) (dialog.Record, error) {
	if !IsCard(args["number"]) {
		return dialog.Record{"known": truth(false), "va": "", "va_mandiri": ""}, nil
	}
	tail := Card(args["number"]).Suffix()
	return dialog.Record{"known": truth(true), "va": commonPrefix + tail, "va_mandiri": mandiriPrefix + tail}, nil
}
