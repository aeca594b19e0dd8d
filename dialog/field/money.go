package field

import (
	"strconv"
	"strings"
)

// Money reads an amount of whole rupiah from least to most, bounds as for [Number]: "150rb", "Rp150.000,-", "1,5 juta",
// "seratus lima puluh ribu", "2 juta 500 ribu". An amount that could mean two sums ("1.250 juta", "2 juta 500") is
// refused. Problems: money.unclear, money.range.
func Money(text string, least, most int64) (int64, error) {
	if len(text) > maxTyped || isNegative(text) {
		return 0, refuse("money.unclear")
	}
	n, ok := readMoney(Normal(text))
	if !ok {
		return 0, refuse("money.unclear")
	}
	least, most = bounds(least, most)
	if n < least || n > most {
		return 0, refuse("money.range", "min", ShowMoney(least), "max", ShowMoney(most))
	}
	return n, nil
}

// ShowMoney writes whole rupiah as Indonesians do, in every language: "Rp150.000".
func ShowMoney(rupiah int64) string {
	digits := strconv.FormatInt(rupiah, 10)
	digits, negative := strings.CutPrefix(digits, "-")
	out := make([]byte, 0, 32)
	if negative {
		out = append(out, '-')
	}
	out = append(out, "Rp"...)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, '.')
		}
		out = append(out, digits[i])
	}
	return string(out)
}

// scales are the words for powers of a thousand.
var scales = map[string]int64{
	"rb": 1e3, "ribu": 1e3, "rbu": 1e3, "k": 1e3, "thousand": 1e3,
	"jt": 1e6, "juta": 1e6, "jutaan": 1e6, "million": 1e6,
	"miliar": 1e9, "milyar": 1e9, "billion": 1e9,
}

// currency are the words around an amount that say only that it is money.
var currency = wordSet("rp idr rupiah rupiahs sebesar sejumlah senilai total totalnya nominal nominalnya bayar perak")

// readMoney adds up the parts of an amount, largest scale first.
func readMoney(normal string) (total int64, ok bool) {
	text := bareMoney(Bare(normal))
	smallest := int64(MaxNumber)
	for text != "" {
		part, rest := moneyPart(text)
		if rest == text || part.scale >= smallest || part.thousandths >= smallest/part.scale*1000 {
			return 0, false
		}
		// "2 juta 500" is 2.500.000 to some and 2.000.500 to others.
		if smallest >= 1e6 && smallest < MaxNumber && part.scale == 1 && part.thousandths < 1e6 {
			return 0, false
		}
		sum := part.thousandths * part.scale
		if part.thousandths > MaxNumber/part.scale || sum%1000 != 0 {
			return 0, false
		}
		total += sum / 1000
		smallest, text = part.scale, rest
	}
	return total, smallest != MaxNumber && total <= MaxNumber
}

// bareMoney cuts "Rp" before and "rupiah" after an amount.
func bareMoney(text string) string {
	for {
		word, rest := firstWord(text)
		if rest == "" || !currency[word] {
			break
		}
		text = rest
	}
	for {
		rest, word := lastWord(text)
		if rest == "" || !currency[word] {
			break
		}
		text = rest
	}
	if amount, ok := strings.CutSuffix(text, "rupiah"); ok {
		return amount
	}
	return text
}

// amountPart is one number with its scale: "1,5 juta" is 1500 thousandths of a million.
type amountPart struct{ thousandths, scale int64 }

// moneyPart reads the first part of an amount and gives the text after it; that is all of the text when there is none.
func moneyPart(text string) (part amountPart, rest string) {
	part.scale = 1
	if isDigit(text[0]) {
		end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789.,", r) })
		if end < 0 {
			end = len(text)
		}
		end, rest = spacedGroups(text, end)
		number := text[:end]
		if word, after := firstWord(rest); scales[word] > 0 {
			part.scale, rest = scales[word], after
		}
		if part.thousandths = thousandths(number, part.scale > 1); part.thousandths < 0 {
			return part, text
		}
		return part, rest
	}
	return moneyWords(text)
}

// spacedGroups extends a number up to end by groups of three digits after single spaces: "150 000".
func spacedGroups(text string, end int) (newEnd int, rest string) {
	if end <= 3 {
		for end+4 <= len(text) && text[end] == ' ' && allDigits(text[end+1:end+4]) &&
			(end+4 == len(text) || !isWordByte(text[end+4])) {
			end += 4
		}
	}
	return end, strings.TrimLeftFunc(text[end:], isSeparator)
}

// thousandths reads a number in digits; -1 when it is none or could be two. Before a scale a comma or a dot parts
// decimals, and three digits after it could be either; without a scale it parts thousands, and cents must be zero.
func thousandths(number string, scaled bool) int64 {
	number = strings.TrimRight(number, ".,")
	if n, ok := grouped(number); ok {
		if scaled || n > MaxNumber/1000 {
			return -1
		}
		return n * 1000
	}
	whole, decimals := number, ""
	if i := strings.LastIndexAny(number, ".,"); i >= 0 {
		whole, decimals = number[:i], number[i+1:]
		if !allDigits(decimals) || len(decimals) > 2 {
			return -1
		}
	}
	n, ok := digits(whole)
	if !ok {
		n, ok = grouped(whole)
		if i := len(whole); ok && strings.IndexByte(whole, number[i]) >= 0 {
			return -1 // "150.000.00"
		}
	}
	fraction, _ := strconv.ParseInt((decimals + "000")[:3], 10, 64)
	if !ok || n > MaxNumber/1000 || !scaled && (fraction != 0 || len(decimals) == 1) {
		return -1
	}
	return n*1000 + fraction
}

// moneyWords reads a part in words: "seratus lima puluh ribu", "sejuta", "setengah juta", "satu setengah juta".
func moneyWords(text string) (part amountPart, rest string) {
	var stack [16]string
	words := splitWords(stack[:0], text)
	part.scale = 1
	if len(words) == 0 {
		return part, text
	}
	if scale, ok := strings.CutPrefix(words[0], "se"); ok && scales[scale] > 0 {
		return amountPart{1000, scales[scale]}, after(text, 1)
	}
	n, used := countWords(words)
	part.thousandths = n * 1000
	if used < len(words) && words[used] == "setengah" {
		part.thousandths += 500
		used++
	}
	if used == 0 {
		return part, text
	}
	if used < len(words) && scales[words[used]] > 0 {
		part.scale = scales[words[used]]
		used++
	}
	return part, after(text, used)
}

// after cuts the first n words of a text.
func after(text string, n int) string {
	for range n {
		_, text = firstWord(text)
	}
	return text
}
