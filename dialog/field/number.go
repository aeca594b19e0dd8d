package field

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNumber is the largest number and the largest sum that is read; longer ones are identity numbers or junk.
const MaxNumber = 999_999_999_999_999

// Number reads a whole number from least to most, both inclusive; both 0: any from 0 to MaxNumber; most below least:
// no upper bound. It knows digits of any script with the decorations people put around them ("no. 6", "(6)", "1.500"),
// and Indonesian and English words up to 999. Problems: number.unclear, number.range.
func Number(text string, least, most int64) (int64, error) {
	if len(text) > maxTyped {
		return 0, refuse("number.unclear")
	}
	n, ok := readNumber(Normal(text), true)
	if !ok {
		return 0, refuse("number.unclear")
	}
	if isNegative(text) {
		n = -n
	}
	least, most = bounds(least, most)
	if n < least || n > most {
		return 0, refuse("number.range", "min", strconv.FormatInt(least, 10), "max", strconv.FormatInt(most, 10))
	}
	return n, nil
}

func bounds(least, most int64) (int64, int64) {
	if most < least || least == 0 && most == 0 {
		most = MaxNumber
	}
	return least, most
}

// isNegative reports a minus right before the first digit, with nothing before it: in "ke-6" it is a hyphen, in
// "- 6" a bullet.
func isNegative(text string) bool {
	text = strings.TrimLeft(text, " \t\n")
	rest := strings.TrimLeft(text, "-−")
	r, _ := utf8.DecodeRuneInString(rest)
	return len(rest) < len(text) && unicode.IsDigit(r)
}

// readNumber reads a number and nothing else from a normal text. counted also allows what is counted in members'
// forms ("3 orang"); a menu does not, where "3 bulan" may be the name of another option.
func readNumber(normal string, counted bool) (int64, bool) {
	if n, ok := digits(normal); ok {
		return n, true
	}
	text := numeral(Bare(normal))
	if counted {
		if rest, word := lastWord(text); rest != "" && units[word] {
			text = rest
		}
	}
	if n, ok := digits(text); ok {
		return n, true
	}
	if n, ok := grouped(text); ok && counted {
		return n, true
	}
	if text == "" || isDigit(text[0]) {
		return 0, false
	}
	var stack [8]string
	words := splitWords(stack[:0], text)
	if len(words) == 0 {
		return 0, false
	}
	if cardinal, ordinal := strings.CutPrefix(words[0], "ke"); ordinal && cardinal != "" {
		words[0] = cardinal // "keenam"
	}
	n, used := countWords(words)
	return n, used > 0 && used == len(words)
}

// units are what numbers in members' forms count. Years and days are not among them: asked for months, "2 tahun" is
// not 2.
var units = wordSet("orang org jiwa anak bulan bln kali people persons person heads months month times")

// numerals are the words before a number: "nomor 6", "yang ke-6".
var numerals = wordSet("no nomor nomer nmr nr number num angka urutan ke menu layanan")

// numeral cuts "nomor", "ke" and the like, and an English ordinal's ending.
func numeral(text string) string {
	for {
		word, rest := firstWord(text)
		if rest == "" {
			return text
		}
		if !numerals[word] && !leading[word] {
			break
		}
		text = rest
	}
	if n := len(text) - 2; n > 0 && isDigit(text[n-1]) {
		switch text[n:] {
		case "st", "nd", "rd", "th":
			return text[:n]
		}
	}
	return text
}

// digits reads a text of digits only.
func digits(text string) (int64, bool) {
	if !allDigits(text) || len(text) > 18 {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// grouped reads digits in groups of three, all parted by dots, by commas or by spaces.
func grouped(text string) (int64, bool) {
	first := strings.IndexAny(text, "., ")
	if first < 1 || first > 3 || (len(text)-first)%4 != 0 || len(text) > 23 {
		return 0, false
	}
	var n int64
	for i := range len(text) {
		switch {
		case i >= first && (i-first)%4 == 0:
			if text[i] != text[first] {
				return 0, false
			}
		case !isDigit(text[i]):
			return 0, false
		default:
			n = n*10 + int64(text[i]-'0')
		}
	}
	return n, true
}

var ones = map[string]int64{
	"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "lapan": 8, "sembilan": 9,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}

// alone are number words that take nothing after them.
var alone = map[string]int64{
	"nol": 0, "zero": 0, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
	"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"pertama": 1, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
	"ninth": 9, "tenth": 10,
}

var englishTens = map[string]int64{
	"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
	"ninety": 90,
}

// countWords reads the number at the start of words, 0 to 999, and how many words it takes; 0 words: none.
func countWords(words []string) (n int64, used int) {
	n, used = multiple(words, "ratus")
	if used == 0 {
		n, used = multiple(words, "hundred")
	}
	if used == 0 {
		return belowHundred(words)
	}
	n *= 100
	rest := used
	if rest < len(words) && (words[rest] == "and" || words[rest] == "dan") {
		rest++
	}
	if low, u := belowHundred(words[rest:]); u > 0 && low > 0 {
		return n + low, rest + u
	}
	return n, used
}

func belowHundred(words []string) (n int64, used int) {
	if len(words) == 0 {
		return 0, 0
	}
	if n, used = multiple(words, "belas"); used > 0 {
		return 10 + n, used
	}
	if n, used = multiple(words, "puluh"); used > 0 {
		n *= 10
	} else if n = englishTens[words[0]]; n > 0 {
		used = 1
	}
	if used > 0 {
		if used < len(words) && n > 10 && ones[words[used]] > 0 {
			return n + ones[words[used]], used + 1
		}
		return n, used
	}
	if n = ones[words[0]]; n > 0 {
		return n, 1
	}
	if n, ok := alone[words[0]]; ok {
		return n, 1
	}
	return 0, 0
}

// multiple reads how many of a scale come first: "tiga puluh", "tigapuluh", "sepuluh", "a hundred".
func multiple(words []string, scale string) (n int64, used int) {
	if len(words) == 0 {
		return 0, 0
	}
	if before, joined := strings.CutSuffix(words[0], scale); joined {
		if before == "se" {
			return 1, 1
		}
		if n = ones[before]; n > 0 {
			return n, 1
		}
		return 0, 0
	}
	if len(words) < 2 || words[1] != scale {
		return 0, 0
	}
	if words[0] == "a" {
		return 1, 2
	}
	if n = ones[words[0]]; n > 0 {
		return n, 2
	}
	return 0, 0
}
