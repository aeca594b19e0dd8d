package field

import "slices"

// Clock reads a time of day as people type it ("9.30", "09:30", "jam 9", "jam setengah 10", "jam 1 siang", "half past
// 9", "2 pm") into minutes after midnight. Without a part of the day an hour of the dial is two times, the one written
// first. A number alone is none: it may stand for an option. Nil: no time of day.
func Clock(text string) []int {
	if len(text) > maxTyped {
		return nil
	}
	words := splitWords(nil, Bare(Normal(text)))
	plain := len(words)
	words = slices.DeleteFunc(words, func(w string) bool { return clockWords[w] })
	half := 0
	switch {
	case len(words) > 1 && words[0] == "setengah": // half of the tenth hour is 9.30
		half, words = -30, words[1:]
	case len(words) > 2 && words[0] == "half" && words[1] == "past":
		half, words = 30, words[2:]
	}
	hour, minute, rest, ok := hourAndMinute(words)
	if !ok || len(rest) > 1 || half != 0 && minute >= 0 || half == 0 && minute < 0 && len(rest) == 0 && len(words) == plain {
		return nil
	}
	begins := 60*hour + max(minute, 0) + half
	if len(rest) == 1 {
		return partOfDay(begins, rest[0])
	}
	if begins >= 13*60 || words[0][0] == '0' {
		return []int{begins}
	}
	return []int{begins, (begins + 12*60) % (24 * 60)}
}

// clockWords are what stands around a time of day and tells nothing more.
var clockWords = wordSet("jam pukul pkl pk jm at around sekitar tepat oclock wib wita wit")

// hourAndMinute reads an hour, in digits or words, and its minute, -1 where there is none.
func hourAndMinute(words []string) (hour, minute int, rest []string, ok bool) {
	if len(words) == 0 {
		return 0, 0, nil, false
	}
	n, isDigits := digits(words[0])
	used := 1
	if !isDigits {
		n, used = belowHundred(words)
	}
	minute, rest = -1, words[used:]
	switch {
	case isDigits && len(words[0]) == 4: // "0930"
		n, minute = n/100, int(n%100)
	case isDigits && len(rest) > 0 && len(rest[0]) == 2 && allDigits(rest[0]):
		m, _ := digits(rest[0])
		minute, rest = int(m), rest[1:]
	}
	return int(n), minute, rest, used > 0 && n >= 0 && n <= 24 && minute < 60
}

// partOfDay turns a time on the dial into the one of a part of the day.
func partOfDay(begins int, part string) []int {
	const noon = 12 * 60
	switch part {
	case "pagi", "am":
		return []int{begins % noon}
	case "siang":
		if begins < 10*60 {
			begins += noon
		}
	case "sore", "malam", "pm":
		if begins < noon {
			begins += noon
		}
	default:
		return nil
	}
	return []int{begins}
}
