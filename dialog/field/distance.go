package field

// maxWord is the longest text that is compared for misspellings.
const maxWord = 64

// distance counts the slips of the hand between a and b: letters added, left out, changed, or two neighbours swapped
// (optimal string alignment). It gives limit+1 as soon as there are more than limit. It counts bytes, which for the
// few letters outside ASCII only makes it stricter.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) > maxWord || len(b) > maxWord {
		return limit + 1
	}
	var rows [3][maxWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		nearest := i
		// Cells further than limit from the diagonal can only hold more than limit.
		from, to := max(1, i-limit), min(len(b), i+limit)
		if from > 1 {
			row[from-1] = limit + 1
		}
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j-1]+cost, row[j-1]+1)
			if j < i+limit || i == 1 {
				d = min(d, last[j]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			nearest = min(nearest, d)
		}
		if nearest > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}

// Near counts the slips of the hand between a typed word and a known one, both normal. ok is false where there are too
// many for a misspelling; digits are never a misspelling of other digits.
func Near(typed, known string) (slips int, ok bool) { return near(newKey(typed), newKey(known)) }

// slips is how many slips of the hand a word of that length may have: none in short ones, where one letter makes
// another word.
func slips(length int) int {
	switch {
	case length <= 3:
		return 0
	case length <= 7:
		return 1
	case length <= 12:
		return 2
	}
	return 3
}
