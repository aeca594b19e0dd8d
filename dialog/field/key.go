package field

import "strings"

// key is a name in comparable form, with the set of letters in it, which tells quickly how far two keys are apart.
type key struct {
	text string
	set  uint32
}

func newKey(text string) key { return key{text, letterSet(text)} }

// letterSet has a bit for each letter that occurs.
func letterSet(text string) uint32 {
	var set uint32
	for i := range len(text) {
		set |= 1 << (text[i] & 31)
	}
	return set
}

func sameDigits(a, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && !isDigit(a[i]) {
			i++
		}
		for j < len(b) && !isDigit(b[j]) {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] != b[j] {
			return false
		}
		i++
		j++
	}
}

// abbreviations are written out on both sides, so that "kab. bogor" is Kabupaten Bogor.
var abbreviations = map[string]string{
	"kab": "kabupaten", "kot": "kota", "prov": "provinsi", "prop": "provinsi", "propinsi": "provinsi",
	"kls": "kelas", "kec": "kecamatan", "adm": "administrasi", "kep": "kepulauan",
}

func isNegation(word string) bool {
	switch word {
	case "tidak", "bukan", "belum", "jangan", "tanpa", "tak", "tdk", "gak", "nggak", "not", "never", "without":
		return true
	}
	return false
}

// keyWords appends the words of a normal text as they are compared: abbreviations written out, apostrophes gone.
func keyWords(words []string, normal string) []string {
	start := len(words)
	words = splitWords(words, strings.ReplaceAll(normal, "'", ""))
	for i := start; i < len(words); i++ {
		if full, ok := abbreviations[words[i]]; ok {
			words[i] = full
		}
	}
	return words
}

// compactKey appends the words of a normal text without spaces: "Bau-Bau", "bau bau" and "baubau" are one name.
func compactKey(out []byte, normal string) []byte {
	for normal != "" {
		var word string
		word, normal = firstWord(normal)
		if full, ok := abbreviations[word]; ok {
			word = full
		}
		out = append(out, word...)
	}
	return out
}
