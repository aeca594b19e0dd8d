package field

import (
	"fmt"
	"testing"
)

func TestATimeOfDayIsReadAsItIsSaid(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  string // hours and minutes, the likelier first
	}{
		{"9.30", "09:30 21:30"},
		{"09.30", "09:30"},
		{"09:30 ya", "09:30"},
		{"jam 9", "09:00 21:00"},
		{"Jam 9.30 WIB", "09:30 21:30"},
		{"pukul 13.00", "13:00"},
		{"jam satu siang", "13:00"},
		{"jam 11 siang", "11:00"},
		{"9 pagi", "09:00"},
		{"jam 2 sore", "14:00"},
		{"setengah 10", "09:30 21:30"},
		{"jam setengah sepuluh pagi", "09:30"},
		{"setengah 2 siang", "13:30"},
		{"0930", "09:30"},
		{"jam 12", "12:00 00:00"},
		{"half past nine", "09:30 21:30"},
		{"2 pm", "14:00"},
		{"at 9", "09:00 21:00"},
		{"9", ""}, // the ninth option
		{"sembilan", ""},
		{"jam", ""},
		{"jam 25", ""},
		{"9.75", ""},
		{"setengah", ""},
		{"jam 9 atau 10", ""},
		{"17-8-1990", ""},
		{"", ""},
	} {
		got := ""
		for i, m := range Clock(c.typed) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%02d:%02d", m/60, m%60)
		}
		if got != c.want {
			t.Errorf("%q is %q, want %q", c.typed, got, c.want)
		}
	}
}
