package jkn

import (
	"strings"
	"unicode"

	"sapa/dialog"
	"sapa/dialog/field"
)

// A proof word is six symbols that a member sends from the registered phone to show that another chat is theirs, too:
// "K4P7RM". It goes from that phone to us, so nobody is ever asked for a code that was sent to them.
//
//   - Its symbols are those of ticket references, which have no 0, 1, I, L, O.
//   - They are letter, digit, letter, digit, any, check: no word, amount, date, address or reference looks like that.
//   - The symbols' values, times distinct weights, sum to 0 modulo the prime 31: one wrong symbol breaks the sum.
const (
	proofAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	proofDigits   = 8 // the alphabet begins with its digits
	proofLength   = 6
	proofWords    = 23 * 8 * 23 * 8 * 31
)

// proofWeights are those of the check sum, one for each place.
var proofWeights = [proofLength]int{2, 3, 4, 5, 6, 1}

// NewProof makes a proof word of a random number. There are a million of them; they are worth nothing to anybody who
// does not send one from the registered phone.
func NewProof(random uint64) string {
	rest := int(random % proofWords)
	var values [proofLength]int
	for place, symbols := range [proofLength - 1]int{23, 8, 23, 8, 31} {
		values[place], rest = rest%symbols, rest/symbols
		if symbols == 23 {
			values[place] += proofDigits
		}
	}
	values[proofLength-1] = (31 - proofSum(values)) % 31 // its weight is 1
	word := make([]byte, proofLength)
	for i, v := range values {
		word[i] = proofAlphabet[v]
	}
	return string(word)
}

// ParseProof finds a proof word in what somebody typed, in its one written form: "k4p 7rm", "K4P-7RM", "kodenya
// K4P7RM ya". A single symbol that does not exist is understood where it stands for one that looks like it: 0 and O for
// D or Q, 1 and I and L for 7 or J. Whether the word was given out, and to whom, is for the caller to look up.
func ParseProof(text string) (word string, ok bool) {
	const longest = 200 // whoever types more is not sending a word
	if len(text) > longest {
		return "", false
	}
	words := strings.FieldsFunc(strings.ToUpper(field.Plain(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, typed := range append(words, strings.Join(words, "")) {
		if word, ok := readProof(typed); ok {
			return word, true
		}
	}
	return "", false
}

// proofMessage is the longest message, in bytes, that can be a proof word with a word or two around it.
const proofMessage = 40

// noProof is why a message is none.
var noProof = &field.Problem{Code: "proof.unclear"}

// readProofMessage reads a message that is there for its proof word. Every message of everybody is asked, so most are
// turned away at sight: a word has digits and letters.
func readProofMessage(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	if len(text) < proofLength || len(text) > proofMessage ||
		!strings.ContainsFunc(text, unicode.IsDigit) || !strings.ContainsFunc(text, unicode.IsLetter) {
		return "", nil, noProof
	}
	word, ok := ParseProof(text)
	if !ok {
		return "", nil, noProof
	}
	return word, nil, nil
}

// readProof reads six symbols. Of the readings of one that does not exist, at most one fits the sum.
func readProof(typed string) (word string, ok bool) {
	if len(typed) != proofLength {
		return "", false
	}
	unknown := strings.IndexAny(typed, "01ILO")
	if unknown < 0 {
		return typed, isProof(typed)
	}
	readings := "7J"
	if typed[unknown] == '0' || typed[unknown] == 'O' {
		readings = "DQ"
	}
	for _, r := range readings {
		word = typed[:unknown] + string(r) + typed[unknown+1:]
		if isProof(word) {
			return word, true
		}
	}
	return "", false
}

// isProof reports whether six symbols are a proof word.
func isProof(word string) bool {
	var values [proofLength]int
	for i := range values {
		v := strings.IndexByte(proofAlphabet, word[i])
		digit := v < proofDigits
		if v < 0 || i < 4 && digit != (i%2 == 1) {
			return false
		}
		values[i] = v
	}
	return proofSum(values) == 0
}

// proofSum is the check sum; 0 in a proof word.
func proofSum(values [proofLength]int) int {
	sum := 0
	for i, v := range values {
		sum += proofWeights[i] * v
	}
	return sum % 31
}
