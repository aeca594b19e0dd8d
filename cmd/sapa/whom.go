package main

import (
	"context"
	"strings"
	"unicode"

	"sapa/dialog/field"
	"sapa/dialog/jkn"
	"sapa/store"
)

// whom is whose data a command is about: a member, or somebody who wrote to us. One of the two is set.
type whom struct {
	number  string // card or NIK
	address string // as a contact is found: a telephone number's digits, or an address ending in @lid
}

const whoUsage = "WHO is a card number, a NIK, or the telephone number somebody wrote from (08…, 62… or +62…)."

// hiddenNumber ends the address of somebody whose number WhatsApp does not tell.
const hiddenNumber = "@lid"

// parseWhom reads WHO. What was typed is not repeated. A number of 13 digits that begins with 08 is a telephone's: cards
// begin with 000.
func parseWhom(typed string) (whom, error) {
	typed = strings.TrimSpace(typed)
	if strings.HasSuffix(typed, hiddenNumber) {
		return whom{address: typed}, nil
	}
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, typed)
	dialled := strings.HasPrefix(typed, "+") || strings.HasPrefix(digits, "08") || strings.HasPrefix(digits, "62") && len(digits) < 16
	if dialled {
		phone, err := field.Phone(typed)
		if err != nil {
			return whom{}, misused("not a telephone number; one looks like 0812-0000-0001")
		}
		return whom{address: strings.TrimPrefix(phone, "+")}, nil
	}
	if card, err := jkn.ParseCard(typed); err == nil {
		return whom{number: string(card)}, nil
	}
	nik, err := jkn.ParseNIK(typed)
	if err != nil {
		return whom{}, misused("neither a card number of 13 digits, a NIK of 16 nor a telephone number")
	}
	return whom{number: string(nik)}, nil
}

// erase erases them, or counts what would be erased.
func (w whom) erase(ctx context.Context, db *store.DB, by store.Erasing) (store.Erased, error) {
	if w.address != "" {
		return db.EraseContact(ctx, w.address, by)
	}
	return db.EraseMember(ctx, w.number, by)
}
