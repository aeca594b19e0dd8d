package jkn

import "testing"

func TestOfficialContact(t *testing.T) {
	for typed, want := range map[string]Contact{
		"165":                     {Name: "Care Center 165"},
		"nomor 0811-8165-165":     {Name: "WhatsApp Pandawa 0811-8165-165"},
		"+62 811 8165 165":        {Name: "WhatsApp Pandawa 0811-8165-165"},
		"6281 1816 5165":          {Name: "WhatsApp Pandawa 0811-8165-165"},
		"0811-8750-400":           {Name: "WhatsApp Chika 0811-8750-400", Old: true},
		"1500-400":                {Name: "Care Center 1500 400", Old: true},
		"0811-816-5166":           {},
		"0811 8747 7700":          {},
		"1650":                    {},
		"":                        {},
		"yang kirim tagihan .apk": {},
	} {
		c, ok := OfficialContact(typed)
		if c != want || ok != (want != Contact{}) {
			t.Errorf("%q: got %v, %v; want %v", typed, c, ok, want)
		}
	}
}
