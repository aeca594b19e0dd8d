package field

import "testing"

// plainDistance is the textbook's optimal string alignment, without a limit.
func plainDistance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"pandawa", "pandawa", 0},
		{"pandawa", "pandawaa", 1},
		{"pandawa", "pandwaa", 1},
		{"pandawa", "pndwa", 2},
		{"agustus", "agustsu", 1},
		{"bogor", "bandung", 4}, // beyond the limit
	} {
		if got := distance(test.a, test.b, 3); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func FuzzDistance(f *testing.F) {
	f.Add("pandawa", "pandwaa", 2)
	f.Add("abcdef", "badcfe", 3)
	f.Add("", "abc", 3)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if len(a) > maxWord || len(b) > maxWord || limit < 0 || limit > 6 {
			return
		}
		if got, want := distance(a, b, limit), min(plainDistance(a, b), limit+1); got != want {
			t.Errorf("distance(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
		}
	})
}
