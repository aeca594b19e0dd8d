package field

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how many characters a free text may have where its field sets no bound.
const MaxText = 4000

// Text reads free text of least to most characters, both inclusive; most 0: MaxText. The value is [Plain]: nothing
// invisible, one line. A text without a letter, a digit or an emoji says nothing and is refused. Problems:
// text.empty, text.short, text.long.
func Text(text string, least, most int64) (string, error) {
	if most <= 0 {
		most = MaxText
	}
	text = Plain(text)
	if Normal(text) == "" {
		return "", refuse("text.empty")
	}
	switch n := int64(utf8.RuneCountInString(text)); {
	case n < least:
		return "", refuse("text.short", "min", strconv.FormatInt(least, 10))
	case n > most:
		return "", refuse("text.long", "max", strconv.FormatInt(most, 10))
	}
	return text, nil
}

// The bounds of a person's name in characters. Permendagri 73/2022, art. 4, allows 60 in new documents; older names
// and titles need room, and names of one word and few letters exist.
const (
	minName = 2
	maxName = 100
)

// Name reads a person's name: letters of any script, spaces and . , ' - in the case it was typed. What a person in a
// chat says instead of a name ("ya", "menu", a question) is refused. Problems: name.short, name.long, name.digits,
// name.unclear.
func Name(text string) (string, error) {
	name := trimName(Plain(text))
	switch n := utf8.RuneCountInString(name); {
	case strings.ContainsAny(name, "0123456789"):
		return "", refuse("name.digits")
	case n > maxName:
		return "", refuse("name.long", "max", strconv.Itoa(maxName))
	case strings.ContainsFunc(text, func(r rune) bool { return r == '?' || r == '？' || r == '؟' }),
		strings.ContainsFunc(name, notInName), notNames[Normal(name)]:
		return "", refuse("name.unclear")
	case letters(name) < minName:
		return "", refuse("name.short", "min", strconv.Itoa(minName))
	}
	return name, nil
}

// notNames are answers to another question, or words every conversation understands.
var notNames = wordSet("menu batal bantuan petugas darurat kembali ulang lagi lanjut lewati bahasa english indonesia " +
	"cancel help back skip repeat agent officer emergency stop start selesai kirim ubah ya iya tidak gak ga nggak ok " +
	"oke yes no halo hallo hai hi hello test tes coba saya aku sendiri nama name p ping pandawa chika bpjs jkn")

// trimName cuts "nama:" and emoji from around a name, and puts its spaces and commas right.
func trimName(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSymbol(r) || r == ' ' || strings.ContainsRune(`"()[]*_:;`, r)
	})
	text = cutNameLabel(text)
	text = strings.TrimLeft(text, ".,'- ")
	text = strings.TrimRight(text, ",'- ")
	text = strings.ReplaceAll(text, " ,", ",")
	text = strings.ReplaceAll(text, ",", ", ")
	return strings.Join(strings.Fields(text), " ")
}

// cutNameLabel cuts what people repeat of the question: "Nama saya Siti", "nama: Siti", "atas nama Siti".
func cutNameLabel(text string) string {
	for _, label := range []string{
		"nama lengkap saya", "nama lengkap", "nama saya", "nama peserta", "nama pasien", "atas nama", "namanya",
		"nama", "my name is", "full name", "name",
	} {
		if len(text) <= len(label) || !strings.EqualFold(text[:len(label)], label) {
			continue
		}
		rest := text[len(label):]
		if name := strings.TrimLeft(rest, " :=-."); len(name) < len(rest) && name != "" {
			for _, filler := range []string{"adalah ", "yaitu ", "ialah "} {
				name = strings.TrimPrefix(name, filler)
			}
			return name
		}
	}
	return text
}

func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .,'-", r)
}

func letters(name string) int {
	n := 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
