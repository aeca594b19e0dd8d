package field

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone reads a phone number into E.164 ("+6281234567890"). Without a plus it is Indonesian: 08…, 8…, 62…, landlines
// with their area code; foreign numbers begin with + or 00. The number must be one the numbering plan can have.
// Problems: phone.unclear (not a phone number), phone.invalid (no such number can exist).
func Phone(text string) (string, error) {
	if len(text) > maxTyped {
		return "", refuse("phone.unclear")
	}
	dialled, ok := dialled(Plain(text))
	if !ok {
		return "", refuse("phone.unclear")
	}
	number, err := phonenumbers.Parse(dialled, "ID")
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", refuse("phone.invalid")
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}

// ShowPhone writes an E.164 number for people: Indonesian mobiles as 0812-3456-7890, others as their country does. A
// text that is no number comes back unchanged.
func ShowPhone(e164 string) string {
	if mobile, ok := strings.CutPrefix(e164, "+628"); ok && allDigits(mobile) && len(mobile) > 7 {
		local := "08" + mobile
		return local[:4] + "-" + local[4:8] + "-" + local[8:]
	}
	number, err := phonenumbers.Parse(e164, "ID")
	if err != nil {
		return e164
	}
	if number.GetCountryCode() == 62 {
		return phonenumbers.Format(number, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

var phoneWords = wordSet("no nomor nomer nmr number hp wa whatsapp telp tlp tel telepon telpon phone mobile handphone " +
	"ponsel kontak contact me https http adalah yaitu is my saya nya nomornya")

// dialled gives the digits of a phone number with a leading plus for foreign ones; ok is false when the text says
// something else, too. A zero after 62 is the local one, written along by mistake: "+62 (0)812".
func dialled(text string) (string, bool) {
	var digits strings.Builder
	for rest := strings.ToLower(text); rest != ""; {
		var word string
		word, rest = firstWord(rest)
		switch {
		case allDigits(word):
			digits.WriteString(word)
		case word != "" && !phoneWords[word] && !leading[word] && !trailing[word]:
			return "", false
		}
	}
	number := digits.String()
	if len(number) < 5 || len(number) > 18 {
		return "", false
	}
	first := strings.IndexAny(text, "0123456789")
	switch {
	case strings.HasPrefix(number, "62"):
		return "+62" + strings.TrimPrefix(number[2:], "0"), true
	case strings.Contains(text[:first], "+"):
		return "+" + number, true
	case strings.HasPrefix(number, "00"):
		return "+" + number[2:], true
	case number[0] == '8':
		return "+62" + number, true
	}
	return number, true
}
