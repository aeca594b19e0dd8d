package field

import "strings"

// Digits takes an identity number out of what people paste: "NIK: 3174 0157 ..." gives its digits in ASCII, without
// dots, dashes and spaces, and what else was said. rest is empty when everything around the digits was decoration; a
// reader that finds rest should refuse rather than drop it: in "3174O157..." it is the letter O.
func Digits(text string) (digits, rest string) {
	normal := Normal(text)
	if allDigits(normal) {
		return normal, ""
	}
	var number, other strings.Builder
	for normal != "" {
		var word string
		word, normal = firstWord(normal)
		switch {
		case allDigits(word):
			number.WriteString(word)
		case word != "" && !decorations[word] && !leading[word] && !trailing[word]:
			if other.Len() > 0 {
				other.WriteByte(' ')
			}
			other.WriteString(word)
		}
	}
	return number.String(), other.String()
}

// decorations are the words people put before an identity number.
var decorations = wordSet("no nomor nomer nmr number nik ktp kartu card kk keluarga family kis jkn bpjs kesehatan peserta " +
	"member va virtual account rekening id induk kependudukan adalah yaitu ialah is my nya nomornya niknya saya hp wa")
