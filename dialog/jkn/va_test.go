package jkn

import (
	"maps"
	"testing"

	"sapa/dialog"
)

func TestVirtualAccountsHoldTheEndOfTheCard(t *testing.T) {
	want := map[string]VA{
		"BRI": "8888801234567890", "BNI": "8888801234567890", "BTN": "8888801234567890", "BCA": "8888801234567890",
		"Mandiri": "8988801234567890",
	}
	if len(Banks) != len(want) {
		t.Errorf("%d banks, want %d", len(Banks), len(want))
	}
	for _, b := range Banks {
		account := b.VirtualAccount("0001234567890")
		if account != want[b.Name] {
			t.Errorf("%s: %s, want %s", b.Name, account, want[b.Name])
		}
		if got, ok := ParseVA(string(account)); !ok || got.Suffix() != Card("0001234567890").Suffix() {
			t.Errorf("%s: %s is not recognised as the card's own", b.Name, account)
		}
	}
}

func TestANIKIsNoVirtualAccount(t *testing.T) {
	for _, digits := range []string{"3174015708900002", "888880123456789", "88888012345678901", "", "8788801234567890"} {
		if IsVirtualAccount(digits) {
			t.Errorf("%q is taken for a virtual account", digits)
		}
	}
}

func TestTheVirtualAccountsOfACard(t *testing.T) {
	for number, want := range map[string]dialog.Record{
		"0001234567890":    {"known": "true", "va": "8888801234567890", "va_mandiri": "8988801234567890"},
		"3174015708900002": {"known": "false", "va": "", "va_mandiri": ""},
		"":                 {"known": "false", "va": "", "va_mandiri": ""},
	} {
		if facts, err := runAccounts(dialog.Record{"number": number}, today, "id"); err != nil || !maps.Equal(facts, want) {
			t.Errorf("%q: got %v, %v; want %v", number, facts, err, want)
		}
	}
}

func TestAVirtualAccountAsOfficersTypeIt(t *testing.T) {
	for typed, want := range map[string]string{
		"8888801234567890": "8888801234567890", "VA BRI: 88888 0123 4567 890": "8888801234567890",
		"89888-01234567890": "8988801234567890", "3174015708900002": "", "": "",
	} {
		got, _, err := readVirtualAccount(typed, reading(nil))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", typed, got, err, want)
		}
	}
}
