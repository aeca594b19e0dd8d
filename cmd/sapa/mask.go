package main

import "sapa/dialog/jkn"

// hidden stands where something personal is.
const hidden = "••••"

// open are the types of value that tell nothing of who somebody is: what was chosen among given options, amounts,
// dates that are nobody's birth or death. Every other value is personal, words above all: people write anything there.
var open = map[string]bool{
	"choice": true, "yesno": true, "consent": true, "number": true, "money": true, "date": true,
}

// partly are the types of which enough is shown to compare them with a paper, and how.
var partly = map[string]func(string) string{
	"name": jkn.MaskName, "nik": jkn.Mask, "card": jkn.Mask, "nik_or_card": jkn.Mask, "kk": jkn.Mask, "phone": jkn.Mask,
	"other_number": jkn.Mask, "passport": jkn.Mask, "virtual_account": jkn.Mask, "account_number": jkn.Mask,
}

// mask hides what is personal of a value of a type.
func mask(typeName, value string) string {
	if value == "" || open[typeName] {
		return value
	}
	if some := partly[typeName]; some != nil {
		return some(value)
	}
	return hidden
}

func maskNumber(n string) string { return mask("card", n) }

// maskWords hides what somebody wrote; that nothing was written is told.
func maskWords(words string) string {
	if words == "" {
		return ""
	}
	return hidden
}
