package field

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestEveryProblemIsReachable(t *testing.T) {
	reached := make(map[string]bool)
	note := func(err error) {
		var problem *Problem
		if errors.As(err, &problem) {
			reached[problem.Code] = true
			checkArgs(t, err)
		}
	}
	for _, line := range corpus(t) {
		_, err := read(t, line[0], line[1], line[3])
		note(err)
	}
	for _, body := range [][]byte{nil, make([]byte, MaxBytes+1), []byte("?"), bomb(t, 15_000, 15_000, 8), []byte("%PDF-")} {
		_, err := Document("", body)
		note(err)
	}
	_, err := Document("pegawai.csv", []byte("?"))
	note(err)
	for code := range Problems() {
		if !reached[code] {
			t.Errorf("nothing gives %s", code)
		}
	}
}

func TestArgumentNamesAreSorted(t *testing.T) {
	for code, args := range Problems() {
		if !slices.IsSorted(args) {
			t.Errorf("%s: %v", code, args)
		}
	}
	Problems()["choice.range"][0] = "changed"
	if Problems()["choice.range"][0] == "changed" {
		t.Error("a caller can change the table")
	}
}

func TestAProblemSaysNothingPersonal(t *testing.T) {
	_, err := BirthDate("17-08-2090", today)
	if text := err.Error(); text != "date.future (date)" || strings.Contains(text, "2090") {
		t.Errorf("got %q", text)
	}
}
