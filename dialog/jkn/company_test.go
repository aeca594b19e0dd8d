package jkn

import (
	"slices"
	"strings"
	"testing"
)

func TestCompaniesAreRead(t *testing.T) {
	got, err := ParseCompanies(strings.NewReader("\uFEFFname,code,regency\r\n\"Contoh, PT\",C-1,3174\r\nContoh CV,C2,\r\n"))
	want := []Company{{"C-1", "Contoh, PT", "31.74"}, {"C2", "Contoh CV", ""}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEveryMistakeInCompaniesIsReportedWithItsPlace(t *testing.T) {
	const file = "code,name,regency\n,Contoh,\nC 1,Contoh,\nC1,,31.74\nC1,=x,\nC1,Contoh,31\nC1,Contoh,31.74\nC1,Lagi,\n"
	got, err := ParseCompanies(strings.NewReader(file))
	if len(got) != 1 || got[0].Code != "C1" {
		t.Errorf("got %v", got)
	}
	want := []string{
		"line 2, column 1 (code)", "line 3, column 1 (code)", "line 4, column 4 (name)", "line 5, column 4 (name)",
		"line 6, column 11 (regency)", `line 8, column 1 (code): "C1" stands here a second time`,
	}
	if !inOrder(err.Error(), want) || strings.Count(err.Error(), "line ") != len(want) {
		t.Errorf("got\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
}

func FuzzCompanies(f *testing.F) {
	f.Add("code,name,regency\nC1,Contoh,31.74\n")
	f.Add("name,code\n\"Contoh\n,C1\n\x00")
	f.Fuzz(func(t *testing.T, file string) {
		list, err := ParseCompanies(strings.NewReader(file))
		if err != nil {
			wantPlaces(t, err)
		}
		for _, c := range list {
			if !isShortCode(c.Code) || !isText(c.Name) {
				t.Fatalf("read %+v", c)
			}
		}
	})
}
