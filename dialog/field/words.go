package field

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normal is the canonical form for comparing words: lower case, Unicode NFKC, ASCII digits whatever the script, no
// invisible characters (zero width, bidi, controls, variation selectors, keycaps), no WhatsApp marks (*_~`), single
// spaces, and no punctuation or emoji around it. Text of emoji alone keeps them: "👍" is an answer. Normal of a
// normal text is that text, and costs no memory.
func Normal(text string) string {
	if isNormal(text) {
		return text
	}
	if !isASCII(text) {
		text = fold(text, true)
	}
	var stack [128]byte
	return string(trimEdges(tidy(stack[:0], text)))
}

// Plain is text as it was typed, made safe to store and show: NFKC with its case, punctuation and marks, without
// invisible characters, in one line with single spaces. Nothing in it can reorder, hide or fake other text.
func Plain(text string) string {
	if isPlain(text) {
		return text
	}
	if !isASCII(text) {
		text = fold(text, false)
	}
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case isSpace(c):
			out = appendSpace(out)
		case c > ' ' && c != 0x7f:
			out = append(out, c)
		}
	}
	return strings.TrimRight(string(out), " ")
}

// Bare is a normal text without the courtesies around it: "mau yang kartu mati dong kak" becomes "kartu mati". A text
// of nothing else stays as it is.
func Bare(normal string) string {
	bare := normal
	for {
		word, rest := firstWord(bare)
		if rest == "" || !leading[word] {
			break
		}
		bare = rest
	}
	for {
		rest, word := lastWord(bare)
		if rest == "" || !trailing[word] {
			return bare
		}
		bare = rest
	}
}

// leading and trailing are what Indonesians (and English speakers) put before and after what they mean.
var (
	leading = wordSet("ya iya ok oke okay baik tolong tlg mohon mhn mau mw pengen pengin ingin saya sy aku gue gw kami " +
		"pilih memilih pilihan plh opsi option ambil coba minta bantu kak kakak min admin mimin pak bapak bu ibu mas " +
		"mba mbak bang gan sis bro dik yang yg please pls plis i we would like want choose pick select take the to " +
		"halo hallo hai hi hello permisi maaf terima kasih makasih thanks untuk")
	trailing = wordSet("ya yah yaa iya dong donk deh sih aja saja ja kak kakak ka min admin mimin pak bapak bu ibu " +
		"mas mba mbak bang gan sis bro dik please pls plis tolong tlg terima kasih makasih thanks thank you thx tq " +
		"nih ini itu lah kok oke ok")
)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// firstWord splits a normal text after its first word and the separators that follow. A digit after letters begins
// a new word ("no6"), as does a letter after digits.
func firstWord(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, isSeparator)
	end := 0
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if isSeparator(r) || end > 0 && isDigit(text[end]) != isDigit(text[end-1]) {
			break
		}
		end += size
	}
	return text[:end], strings.TrimLeftFunc(text[end:], isSeparator)
}

// lastWord splits a normal text before its last word.
func lastWord(text string) (rest, word string) {
	text = strings.TrimRightFunc(text, isSeparator)
	start := strings.LastIndexFunc(text, isSeparator)
	if start < 0 {
		return "", text
	}
	_, size := utf8.DecodeRuneInString(text[start:])
	return strings.TrimRightFunc(text[:start], isSeparator), text[start+size:]
}

// splitWords appends the words of a normal text to words.
func splitWords(words []string, text string) []string {
	for text != "" {
		var word string
		word, text = firstWord(text)
		if word != "" {
			words = append(words, word)
		}
	}
	return words
}

func isSeparator(r rune) bool {
	if r < utf8.RuneSelf {
		return !isWordByte(byte(r)) //nolint:gosec // ASCII
	}
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func isWordByte(c byte) bool { return isLower(c) || isDigit(c) || isUpper(c) || c >= utf8.RuneSelf }

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// allDigits reports whether text is one or more ASCII digits.
func allDigits(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
	}
	return text != ""
}

// isNormal reports whether an ASCII text is its own normal form; it may say no to one that is.
func isNormal(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case isLower(c), isDigit(c):
		case i == 0 || i == len(text)-1:
			return false
		case c == ' ' && text[i-1] != ' ':
		case c > ' ' && c < 0x7f && !isUpper(c) && !isMark(c) && c != '_':
		default:
			return false
		}
	}
	return true
}

// isPlain reports whether an ASCII text is its own plain form.
func isPlain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c > ' ' && c < 0x7f:
		case c == ' ' && i > 0 && i < len(text)-1 && text[i-1] != ' ':
		default:
			return false
		}
	}
	return true
}

// isMark reports WhatsApp's formatting characters; the underscore is one only at the edge of a word.
func isMark(c byte) bool { return c == '*' || c == '~' || c == '`' }

// tidy appends text in lower case (its ASCII part: fold has seen to the rest) without marks and extra space.
func tidy(out []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		switch {
		case isUpper(c):
			out = append(out, c+'a'-'A')
		case isSpace(c):
			out = appendSpace(out)
		case c < ' ' || c == 0x7f || isMark(c):
		case c == '_' && (len(out) == 0 || !isWordByte(out[len(out)-1]) || i+1 == len(text) || !isWordByte(text[i+1])):
		default:
			out = append(out, c)
		}
	}
	return out
}

func appendSpace(out []byte) []byte {
	if len(out) > 0 && out[len(out)-1] != ' ' {
		return append(out, ' ')
	}
	return out
}

// trimEdges cuts what is no letter or digit at both ends. Where nothing would be left it keeps the emoji.
func trimEdges(text []byte) []byte {
	start, end := 0, len(text)
	for start < end {
		r, size := utf8.DecodeRune(text[start:end])
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			break
		}
		start += size
	}
	if start == end {
		return onlyEmoji(text)
	}
	for {
		r, size := utf8.DecodeLastRune(text[start:end])
		if !isSeparator(r) {
			return text[start:end]
		}
		end -= size
	}
}

func onlyEmoji(text []byte) []byte {
	var kept []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if unicode.Is(unicode.So, r) {
			kept = utf8.AppendRune(kept, r)
		}
		text = text[size:]
	}
	return kept
}

// maxMarks is how many combining marks a letter may carry. No script needs more; "zalgo" text stacks hundreds.
const maxMarks = 4

// fold strips what cannot be seen and brings the rest into NFKC, in lower case on request.
func fold(text string, lower bool) string {
	text = strings.ReplaceAll(text, "🔟", "10")
	text = limitMarks(strings.Map(visible, text), 2*maxMarks)
	if isASCII(text) {
		return text
	}
	// Decomposed, so that lower case and the limit on marks act on the letters themselves: whatever they change,
	// a second fold finds nothing to do.
	text = norm.NFKD.String(text)
	text = strings.Map(func(r rune) rune {
		if lower {
			if r < utf8.RuneSelf && isMark(byte(r)) { //nolint:gosec // ASCII
				return -1 // before composing: it may stand between a letter and its accent
			}
			r = unicode.ToLower(r)
		}
		return visible(r)
	}, text)
	return norm.NFC.String(limitMarks(text, maxMarks))
}

// visible maps a rune to what a reader sees; -1 drops it.
func visible(r rune) rune {
	switch {
	case unicode.IsControl(r) && (r >= utf8.RuneSelf || !isSpace(byte(r))): //nolint:gosec // ASCII
		return -1
	case r < utf8.RuneSelf:
		return r
	case r == utf8.RuneError, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r),
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Co, r),
		r == 0x20E3, 0x1F3FB <= r && r <= 0x1F3FF: // the keycap, skin tones
		return -1
	case unicode.Is(unicode.Z, r), r == 0x2800: // the blank Braille pattern looks like a space
		return ' '
	case unicode.IsDigit(r):
		return digit(r)
	case 0x2776 <= r && r <= 0x277E: // ❶
		return '1' + r - 0x2776
	case 0x2780 <= r && r <= 0x2788: // ➀
		return '1' + r - 0x2780
	case 0x278A <= r && r <= 0x2792: // ➊
		return '1' + r - 0x278A
	}
	return typewriter(r)
}

// typewriter replaces the quotes and dashes that phones put in by themselves.
func typewriter(r rune) rune {
	switch r {
	case 0x2018, 0x2019, 0x201B, 0x2032, 0x02BC, 0x00B4:
		return '\''
	case 0x201C, 0x201D, 0x201E, 0x2033:
		return '"'
	case 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212:
		return '-'
	}
	return r
}

// digit gives the ASCII digit of a decimal digit in any script. In Unicode those come in runs of ten from zero
// (The Unicode Standard, 4.6), so each range of the table begins with a zero.
func digit(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) { //nolint:gosec // code points fit
			return '0' + (r-rune(run.Lo))%10 //nolint:gosec // code points fit
		}
	}
	return r
}

// limitMarks drops combining marks beyond the first limit of each letter, and joiners that normalisation put between.
func limitMarks(text string, limit int) string {
	run := 0
	return strings.Map(func(r rune) rune {
		if r < 0x300 {
			run = 0
			return r
		}
		if r == 0x34F {
			return -1
		}
		if !unicode.IsMark(r) {
			run = 0
			return r
		}
		if run++; run > limit {
			return -1
		}
		return r
	}, text)
}
