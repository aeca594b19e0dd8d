package jkn

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestBranchesAreRead(t *testing.T) {
	const file = "\uFEFFcode,kind,name,regencies,phone,open,close\n" +
		"C1,cabang,Contoh Cabang Satu,31.74; 31.75,0811-0000-3174,08:00,15:30\n" +
		"C2,dinsos,\"Contoh, Dinsos\",31.74,,,\n"
	list, err := ParseBranches(strings.NewReader(file))
	if err != nil || len(list) != 2 {
		t.Fatalf("got %+v, %v", list, err)
	}
	b := list[0]
	if b.Code != "C1" || b.Kind != BranchOffice || !slices.Equal(b.Regencies, []string{"31.74", "31.75"}) || b.Open != "08:00" {
		t.Errorf("got %+v", b)
	}
	if b.WhatsApp() != "https://wa.me/6281100003174" || list[1].WhatsApp() != "" {
		t.Errorf("links are %q and %q", b.WhatsApp(), list[1].WhatsApp())
	}
	if list[1].Name != "Contoh, Dinsos" || list[1].Kind != SocialService {
		t.Errorf("got %+v", list[1])
	}
}

func TestEveryMistakeInBranchesIsReportedWithItsPlace(t *testing.T) {
	const head = "code,name,kind,regencies,line,phone,address,open,close\n"
	for _, c := range []struct{ name, file, want string }{
		{"empty file", "", "line 1, column 1: the file is empty"},
		{"unknown column", "code,name,kind,regencies,colour\n", `line 1, column 26: unknown column "colour"`},
		{"column twice", "code,name,kind,regencies,code\n", `column "code" stands here twice`},
		{"missing column", "code,name,kind\n", `column "regencies" is missing`},
		{"too few fields", head + "C1,x\n", "line 2, column 1: wrong number of fields"},
		{"stray quote", head + "C1,x\"y,cabang,31.74,,,,,\n", `line 2, column 5: bare "`},
		{"no code", head + ",Contoh,cabang,31.74,,,,,\n", "line 2, column 1 (code)"},
		{"odd code", head + "C 1,Contoh,cabang,31.74,,,,,\n", "line 2, column 1 (code)"},
		{"no name", head + "C1,,cabang,31.74,,,,,\n", "line 2, column 4 (name): is empty"},
		{"kind", head + "C1,Contoh,kantor,31.74,,,,,\n", "line 2, column 11 (kind): want cabang or dinsos"},
		{"no regency", head + "C1,Contoh,cabang,,,,,,\n", "(regencies): want codes"},
		{"unknown regency", head + "C1,Contoh,cabang,31.74;31.99,,,,,\n", "line 2, column 18 (regencies)"},
		{"a province", head + "C1,Contoh,cabang,31,,,,,\n", "(regencies): want codes"},
		{"phone", head + "C1,Contoh,cabang,31.74,,tanya satpam,,,\n", "line 2, column 25 (phone): not a telephone number"},
		{"short phone", head + "C1,Contoh,cabang,31.74,,165,,,\n", "(phone): not a telephone number"},
		{"open", head + "C1,Contoh,cabang,31.74,,,,8:00,15:00\n", "line 2, column 27 (open): want a time such as 08:00"},
		{"close", head + "C1,Contoh,cabang,31.74,,,,08:00,25:00\n", "(close): want a time such as 15:00"},
		{"half the hours", head + "C1,Contoh,cabang,31.74,,,,08:00,\n", "(close): give both open and close, or neither"},
		{"closes first", head + "C1,Contoh,cabang,31.74,,,,15:00,08:00\n", "(close): is not after open"},
		{"code twice", head + "C1,Contoh,cabang,31.74,,,,,\nC1,Contoh,cabang,31.75,,,,,\n", `line 3, column 1 (code): "C1" stands here a second time`},
		{"regency twice", head + "C1,Contoh,cabang,31.74,,,,,\nC2,Contoh,cabang,31.74,,,,,\n", `line 3, column 18 (regencies): 31.74 is served by "C1" already`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseBranches(strings.NewReader(c.file))
			var at *TableError
			if !errors.As(err, &at) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestGoodBranchesAreReadBesideBadOnes(t *testing.T) {
	const file = "code,name,kind,regencies\nC1,Contoh,cabang,99.99\nC2,Contoh,cabang,31.75\nC3,,kios,31.76\n"
	list, err := ParseBranches(strings.NewReader(file))
	if len(list) != 1 || list[0].Code != "C2" {
		t.Errorf("got %+v", list)
	}
	if n := strings.Count(err.Error(), "line "); n != 4 { // one in C1, three in C3
		t.Errorf("%d mistakes in %v, want 4", n, err)
	}
}

func TestTheSampleIsMadeUpAndShowsEveryWay(t *testing.T) {
	list := SampleBranches()
	for _, b := range list {
		if !strings.HasPrefix(b.Name, "Contoh ") || b.Phone != "" && !strings.HasPrefix(b.Phone, "0800-") {
			t.Errorf("%+v does not look made up", b)
		}
	}
	serving := func(regency string) *Branch {
		i := slices.IndexFunc(list, func(b Branch) bool { return b.Kind == BranchOffice && slices.Contains(b.Regencies, regency) })
		if i < 0 {
			return nil
		}
		return &list[i]
	}
	for regency, want := range map[string]string{
		"31.74": "known true, own true, 0800-1000-3174, https://wa.me/628001000" + "3174, 08.00–15.00 WIB",
		"32.73": "known true, own false, , , 08.00–15.00 WIB",
		"73.71": "known true, own true, 0800-1000-7371, https://wa.me/6280010007371, 08.00–15.00 WITA",
		"11.71": "known false, own false, , , 07.30–14.00 WIB",
	} {
		f := BranchFacts(serving(regency), regency, "07:30", "14:00")
		got := "known " + f["known"] + ", own " + f["own"] + ", " + f["phone"] + ", " + f["wa"] + ", " + f["hours"]
		if got != want {
			t.Errorf("%s: %s; want %s", regency, got, want)
		}
		for name := range branchOf.Facts {
			if _, ok := f[name]; !ok {
				t.Errorf("%s: the fact %s is missing", regency, name)
			}
		}
	}
}

func TestAnOfficeWithoutHoursKeepsTheDesks(t *testing.T) {
	f := BranchFacts(&Branch{Code: "C1"}, "73.71", "08:00", "16:00")
	if f["open"] != "08.00" || f["close"] != "16.00" || f["zone"] != "WITA" {
		t.Errorf("got %v", f)
	}
}

func FuzzBranches(f *testing.F) {
	f.Add("code,name,kind,regencies\nC1,Contoh,cabang,31.74\n")
	f.Add("code,name,kind,regencies,phone,open,close\nC1,\"Contoh\n,cabang,31.74;;,0811,08:00,15:00\n\x00")
	f.Fuzz(func(t *testing.T, file string) {
		list, err := ParseBranches(strings.NewReader(file))
		if err != nil && strings.Contains(err.Error(), "line 0") {
			t.Fatalf("an error without a place: %v", err)
		}
		for _, b := range list {
			if b.Code == "" || b.Name == "" || len(b.Regencies) == 0 || b.Phone != "" && b.WhatsApp() == "" {
				t.Fatalf("%q was read as %+v", file, b)
			}
		}
	})
}
