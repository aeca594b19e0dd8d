package jkn

import "testing"

func TestVirtualAccountsHoldTheEndOfTheCard(t *testing.T) {
	want := map[string]string{
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
		if !IsVirtualAccount(account) || !Card("0001234567890").PaidTo(account) || Card("0001234567891").PaidTo(account) {
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
