package jkn

import (
	"sapa/dialog"
	"sapa/dialog/field"
)

// accountLengths are the digits that numbers of bank accounts have: 10 to 16 at the banks of automatic debit, elsewhere
// a few less or more.
var accountLengths = []int{8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}

// ParseAccount reads the number of a bank account as people type it. A refusal is a *field.Problem: account.length
// {count}, account.letters, number.several, or account.virtual_account for a number that is paid to, not from.
func ParseAccount(text string) (string, error) {
	number, err := findNumber("account", text, accountLengths...)
	if err == nil && IsVirtualAccount(number) {
		return "", &field.Problem{Code: "account.virtual_account"}
	}
	return number, err
}

// readAccount is the field type's reader.
func readAccount(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	number, err := ParseAccount(text)
	return number, nil, err
}
