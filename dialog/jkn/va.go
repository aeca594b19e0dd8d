package jkn

import (
	"slices"
	"strings"
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

// VirtualAccount is where the family of a card pays at this bank: the bank's prefix and the last 11 digits of the card
// number, 16 digits. A family has one, that of the card its head holds.
func (b Bank) VirtualAccount(c Card) string { return virtualAccount(b.Prefix, c) }

func virtualAccount(prefix string, c Card) string {
	return prefix + string(c[cardLength-tailLength:])
}

// IsVirtualAccount reports whether a number is a virtual account for contributions rather than somebody's NIK: no
// province has the code 88 or 89.
func IsVirtualAccount(digits string) bool {
	return len(digits) == nikLength && slices.ContainsFunc(Banks, func(b Bank) bool {
		return strings.HasPrefix(digits, b.Prefix)
	})
}

// PaidTo reports whether a virtual account is one of the card's, at any bank. It takes the digits only, so a card whose
// first two differ has the same accounts: whoever books a payment looks at the name too.
func (c Card) PaidTo(account string) bool {
	return IsVirtualAccount(account) && account[nikLength-tailLength:] == string(c[cardLength-tailLength:])
}
