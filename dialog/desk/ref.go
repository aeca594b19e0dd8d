package desk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A reference is seven symbols, written XXX-XXXX: one digit, one letter, four symbols, one check symbol.
//
//   - The alphabet has no 0, 1, I, L, O, which sound or look alike.
//   - It begins with a digit and goes on with a letter, so no ordinary word and no number is ever taken for one.
//   - Its symbols' values, times distinct weights, sum to 0 modulo 31. As 31 is prime, one wrong symbol always breaks
//     the sum, and so does swapping any two.
const (
	refAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	refLength   = 7
	refDigits   = 8 // the alphabet begins with its digits
	refLetters  = refBase - refDigits
	refBase     = 31
)

// refWeights are those of the check sum, one for each place: distinct and none divisible by 31.
var refWeights = [refLength]int{2, 3, 4, 5, 6, 7, 1}

// MaxRef is how many references there are: the largest number [NewRef] takes.
const MaxRef = refDigits * refLetters * refBase * refBase * refBase * refBase

// The numbers are scattered by n → n·refFactor + refOffset modulo MaxRef, which visits every reference once because
// refFactor shares no divisor with MaxRef (2³·23·31⁴). Both are written into every reference ever given out: changing
// them would give references out twice.
const (
	refFactor = 105_021_199
	refOffset = 70_386_426
)

// NewRef gives the reference of the n-th ticket, 1 ≤ n ≤ [MaxRef]: "5H8-PWW3" for the first. Different numbers have
// different references, and neighbours look nothing alike, so that a slip of the pen does not meet the next ticket.
// That is for people's convenience only: anyone can work out others, so that a reference is a poor credential, and knowing
// one gives no right to see its ticket. Any other n is a fault of the caller, and it panics.
func NewRef(n int64) string {
	if n < 1 || n > MaxRef {
		panic(fmt.Sprintf("desk: there is no reference number %d, only 1 to %d", n, int64(MaxRef)))
	}
	k := ((n-1)*refFactor + refOffset) % MaxRef
	var values [refLength]int
	for i := refLength - 2; i > 1; i-- {
		values[i], k = int(k%refBase), k/refBase
	}
	values[1], values[0] = refDigits+int(k%refLetters), int(k/refLetters)
	values[refLength-1] = (refBase - refSum(values)) % refBase // its weight is 1
	return writeRef(values)
}

// ParseRef reads a text that is a reference and nothing else, however it is written: "4k7 pqrs", "4K7PQRS", "#4K7-PQRS",
// "4 K 7 P Q R S". A single symbol that does not exist is understood where the check symbol leaves one reading: 0 and O
// stand for D or Q, 1 and I and L for 7 or J. It gives the reference in its one written form.
func ParseRef(text string) (ref string, ok bool) {
	text = strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	ref, size := readRef(text)
	if size == 0 || size < len(text) {
		return "", false
	}
	return ref, true
}

// FindRef gives the first reference anywhere in what somebody typed: "tiket 4k7pqrs gimana ya?". It reads as [ParseRef]
// does. Seven symbols that merely happen to fit ("5rb saja" could) pass the check once in 31, so what it finds still
// has to be looked up among the contact's own tickets.
func FindRef(text string) (ref string, ok bool) {
	word := false // whether the rune before was part of a word
	for i, r := range text {
		if r = fold(r); !word && r >= '1' && r <= '9' {
			if ref, size := readRef(text[i:]); size > 0 {
				return ref, true
			}
		}
		if !unicode.Is(unicode.Cf, r) {
			word = wordRune(r)
		}
	}
	return "", false
}

// maxSeparators is how many separators in a row may stand between two symbols ("4K7 - PQRS").
const maxSeparators = 3

// Where separators stand between symbols, as a set of gaps: nowhere, after the third, everywhere.
const (
	gapsNone  = 0
	gapsThird = 1 << 2
	gapsAll   = 1<<(refLength-1) - 1
)

// readRef reads a reference at the very beginning of text and gives the size it takes there in bytes; 0: there is none.
func readRef(text string) (ref string, size int) {
	var typed [refLength]rune
	count, gaps, run := 0, 0, 0
	for i, raw := range text {
		r := fold(raw)
		switch {
		case unicode.Is(unicode.Cf, r): // invisible: marks of direction, joiners
		case count == refLength && wordRune(r):
			return "", 0 // a longer word only begins like a reference
		case count == refLength:
			return solveRef(typed, gaps, size)
		case count > 0 && refSeparator(r):
			gaps |= 1 << (count - 1)
			if run++; run > maxSeparators {
				return "", 0
			}
		case symbol(r) < 0 && alike(r) == "":
			return "", 0
		default:
			typed[count], run = r, 0
			count++
			size = i + utf8.RuneLen(raw)
		}
	}
	if count < refLength {
		return "", 0
	}
	return solveRef(typed, gaps, size)
}

// solveRef checks what was typed. Of the readings of a symbol that does not exist at most one fits the check sum: they
// differ in one place. A second such symbol is not guessed at.
func solveRef(typed [refLength]rune, gaps, size int) (string, int) {
	if gaps != gapsNone && gaps != gapsThird && gaps != gapsAll {
		return "", 0
	}
	if typed[0] > '9' || typed[1] <= '9' { // as typed: guessing these two would turn words and numbers into references
		return "", 0
	}
	var values [refLength]int
	readings, place := "", 0 // of the symbol that does not exist
	for i, r := range typed {
		if values[i] = symbol(r); values[i] >= 0 {
			continue
		}
		if readings != "" {
			return "", 0
		}
		readings, place = alike(r), i
	}
	if readings == "" {
		return checkedRef(values, size)
	}
	for _, r := range readings {
		values[place] = symbol(r)
		if ref, size := checkedRef(values, size); size > 0 {
			return ref, size
		}
	}
	return "", 0
}

// checkedRef writes the reference of the values, if they are one's.
func checkedRef(values [refLength]int, size int) (string, int) {
	if values[0] >= refDigits || values[1] < refDigits || refSum(values) != 0 {
		return "", 0
	}
	return writeRef(values), size
}

// refSum is the check sum; 0 in a reference.
func refSum(values [refLength]int) int {
	sum := 0
	for i, v := range values {
		sum += refWeights[i] * v
	}
	return sum % refBase
}

func writeRef(values [refLength]int) string {
	text := make([]byte, 0, refLength+1)
	for i, v := range values {
		if i == 3 {
			text = append(text, '-')
		}
		text = append(text, refAlphabet[v])
	}
	return string(text)
}

// symbol gives the value of a folded rune in a reference; -1: it is none.
func symbol(r rune) int {
	return strings.IndexRune(refAlphabet, r)
}

// alike gives the symbols that a rune outside the alphabet may have been misread from.
func alike(r rune) string {
	switch r {
	case '0', 'O':
		return "DQ"
	case '1', 'I', 'L':
		return "7J"
	}
	return ""
}

// fold makes letters upper case and full-width characters plain.
func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	return r
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// refSeparator reports whether a rune may stand between two symbols.
func refSeparator(r rune) bool {
	return r == '.' || r == '_' || r == '/' || unicode.IsSpace(r) || unicode.Is(unicode.Pd, r)
}
