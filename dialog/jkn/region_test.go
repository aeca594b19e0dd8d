package jkn

import (
	"slices"
	"strings"
	"testing"

	"sapa/dialog/field"
)

func TestTheTableOfRegionsIsWhole(t *testing.T) {
	counts := map[RegionKind]int{}
	for code, r := range regions().byCode {
		counts[r.Kind]++
		if r.Code != code || r.Name == "" || !slices.Contains([]string{"WIB", "WITA", "WIT"}, r.Zone) {
			t.Errorf("%q: %+v", code, r)
		}
		if r.Kind == Province {
			continue
		}
		if p, ok := RegionOf(r.Province); !ok || p.Kind != Province || p.Zone != r.Zone || !strings.HasPrefix(code, r.Province+".") {
			t.Errorf("%+v stands in %+v", r, p)
		}
	}
	if counts[Province] != 38 || counts[Regency] != 416 || counts[City] != 98 {
		t.Errorf("got %v, want 38 provinces, 416 regencies, 98 cities", counts)
	}
	if n := len(Provinces()); n != 38 {
		t.Errorf("%d provinces to choose from", n)
	}
	if n := len(Regencies("")); n != 514 {
		t.Errorf("%d regencies to choose from", n)
	}
	if list := Regencies("00"); list != nil {
		t.Errorf("an unknown province has %d regencies", len(list))
	}
}

func TestRegionsAreShownAsMembersKnowThem(t *testing.T) {
	for code, want := range map[string]Region{
		"31":    {Name: "DKI Jakarta", Zone: "WIB"},
		"34":    {Name: "DI Yogyakarta", Zone: "WIB"},
		"31.74": {Name: "Kota Jakarta Selatan", Zone: "WIB"},
		"3174":  {Name: "Kota Jakarta Selatan", Zone: "WIB"},
		"31.01": {Name: "Kabupaten Kepulauan Seribu", Zone: "WIB"},
		"32.01": {Name: "Kabupaten Bogor", Zone: "WIB"},
		"73.71": {Name: "Kota Makassar", Zone: "WITA"},
		"91.71": {Name: "Kota Jayapura", Zone: "WIT"},
	} {
		if got, ok := RegionOf(code); !ok || got.Name != want.Name || got.Zone != want.Zone {
			t.Errorf("%s is %q, %s; want %q, %s", code, got.Name, got.Zone, want.Name, want.Zone)
		}
	}
}

func TestRegionsAreListedByTheirBareNames(t *testing.T) {
	var names []string
	for _, o := range Regencies("32") {
		names = append(names, o.Label["id"])
	}
	want := []string{"Kabupaten Bandung", "Kota Bandung", "Kabupaten Bandung Barat", "Kota Banjar", "Kabupaten Bekasi", "Kota Bekasi"}
	if !slices.Equal(names[:len(want)], want) {
		t.Errorf("Jawa Barat begins %q, want %q", names[:len(want)], want)
	}
	var provinces []string
	for _, o := range Provinces() {
		provinces = append(provinces, o.Label["id"])
	}
	if !slices.IsSorted(provinces) || provinces[0] != "Aceh" {
		t.Errorf("provinces are listed %q", provinces)
	}
}

func TestShortNamesFindTheirRegions(t *testing.T) {
	for said, want := range map[string][]string{
		"jaksel": {"31.74"}, "jaktim": {"31.75"}, "sby": {"35.78"}, "tangsel": {"36.74"}, "mks": {"73.71"},
		"solo": {"33.72"}, "jogja": {"34", "34.71"}, "diy": {"34"}, "dki": {"31"}, "jakarta": {"31"}, "jabar": {"32"},
		"jateng": {"33"}, "jatim": {"35"}, "ntb": {"52"}, "ntt": {"53"}, "sulsel": {"73"}, "kaltim": {"64"},
		"sumut": {"12"}, "babel": {"19"}, "kepri": {"21"}, "bdg": {"32.04", "32.73"}, "bogor": {"32.01", "32.71"},
		"kab bogor": {"32.01"}, "purwokerto": {"33.02"}, "pangkep": {"73.10"}, "kep seribu": {"31.01"},
		"kota administrasi jakarta selatan": {"31.74"}, "west java": {"32"},
	} {
		for _, code := range want {
			want = append(want, code[:2]) // a province is found by what lies in it
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if got := called(said); !slices.Equal(got, want) {
			t.Errorf("%q means %q, want %q", said, got, want)
		}
	}
}

func TestAShortNameHidesNoOtherRegion(t *testing.T) {
	lists := map[string][]field.Option{"": Provinces()}
	for _, p := range Provinces() {
		lists[p.Value] = Regencies(p.Value)
	}
	for _, list := range lists {
		bare := map[string]string{}
		for _, o := range list {
			r, _ := RegionOf(o.Value)
			bare[strings.ToLower(r.Bare())] += r.Code + " "
		}
		for _, o := range list {
			for _, word := range readShortNames()[o.Value] {
				if codes := bare[word]; codes != "" && !strings.Contains(codes, o.Value+" ") {
					t.Errorf("%q of %s is the name of %s", word, o.Label["id"], codes)
				}
				if word != strings.ToLower(strings.TrimSpace(word)) || word == "" {
					t.Errorf("%q of %s is not in lower case", word, o.Label["id"])
				}
			}
		}
	}
}

func TestShortNamesBelongToTheRegionsTheyName(t *testing.T) {
	table := columns{required: []string{"code", "name", "words"}}
	embedded(table, "tables/short_names.csv", func(r row) error {
		if region, ok := RegionOf(r.get("code")); !ok || region.Official != r.get("name") {
			t.Errorf("%s is %q, not %q", r.get("code"), region.Official, r.get("name"))
		}
		return nil
	})
}

// called gives the codes of the regions that are called so, in order.
func called(name string) []string {
	var codes []string
	for _, list := range [][]field.Option{Provinces(), Regencies("")} {
		for _, o := range list {
			if slices.Contains(o.Words, name) {
				codes = append(codes, o.Value)
			}
		}
	}
	slices.Sort(codes)
	return codes
}
