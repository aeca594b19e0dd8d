package field

import (
	"net/mail"
	"strings"
	"testing"
)

func TestEmailKeepsTheLimitsOfItsParts(t *testing.T) {
	label := strings.Repeat("a", 63)
	for address, ok := range map[string]bool{
		strings.Repeat("a", 64) + "@contoh.id":                         true,
		strings.Repeat("a", 65) + "@contoh.id":                         false,
		"a@" + label + ".id":                                           true,
		"a@a" + label + ".id":                                          false,
		"a@" + label + "." + label + "." + label + "." + label + ".id": false, // longer than 254
		"a@" + label + "." + label + "." + label + ".id":               true,
	} {
		if _, err := Email(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func FuzzEmail(f *testing.F) {
	seed(f, "email")
	f.Fuzz(func(t *testing.T, text string) {
		address, err := Email(text)
		if err != nil {
			checkArgs(t, err)
			return
		}
		if again, err := Email(address); err != nil || again != address {
			t.Errorf("%q is %q, that is %q, %v", text, address, again, err)
		}
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			t.Errorf("%q is %q, which a mailer reads as %v, %v", text, address, parsed, err)
		}
	})
}
