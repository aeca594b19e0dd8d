package jkn

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"sapa/dialog/field"
)

// RegionKind says what a region is.
type RegionKind string

// The kinds of region, as regions.csv writes them.
const (
	Province RegionKind = "provinsi"
	Regency  RegionKind = "kabupaten"
	City     RegionKind = "kota"
)

// Region is a province, or a regency or city of one (kabupaten, kota), under the codes of the Ministry of Home
// Affairs. JKN's branches, NIKs and office hours all go by them.
type Region struct {
	Code     string // "31" or "31.74"
	Name     string // as members know it: "DKI Jakarta", "Kota Jakarta Selatan", "Kabupaten Bogor"
	Official string // as the law names it: "Kota Administrasi Jakarta Selatan"
	Kind     RegionKind
	Province string // the province's code; "" for a province
	Zone     string // WIB, WITA or WIT (Keppres 41/1987); a province's is that of its capital
}

// Bare is the name without Kabupaten or Kota, which is how people sort and say it.
func (r Region) Bare() string {
	name := strings.TrimPrefix(r.Name, "Kabupaten ")
	return strings.TrimPrefix(name, "Kota ")
}

// RegionOf finds a region by its code, with or without the dot: "31", "31.74", "3174".
func RegionOf(code string) (Region, bool) {
	if len(code) == 4 {
		code = code[:2] + "." + code[2:]
	}
	r, ok := regions().byCode[code]
	return r, ok
}

// Provinces are the 38 provinces as options, in the order of their names. The slice is shared: read only.
func Provinces() []field.Option { return regions().provinces }

// Regencies are the regencies and cities of a province as options, or of the whole country where province is "", in
// the order of their bare names, a regency before the city of the same name. The slice is shared: read only.
func Regencies(province string) []field.Option { return regions().regencies[province] }

// regionTable is regions.csv and short_names.csv, ready to be looked up and chosen from.
type regionTable struct {
	byCode    map[string]Region
	provinces []field.Option
	regencies map[string][]field.Option // by province code; "": all
}

var regions = sync.OnceValue(func() regionTable {
	list := readRegions()
	words := readShortNames()
	table := regionTable{byCode: make(map[string]Region, len(list)), regencies: map[string][]field.Option{}}
	slices.SortStableFunc(list, byBareName)
	for _, r := range list {
		table.byCode[r.Code] = r
		option := field.Option{
			Value: r.Code,
			Label: map[string]string{"id": r.Name, "en": r.Name},
			Words: append(r.otherNames(), words[r.Code]...),
		}
		if r.Kind == Province {
			table.provinces = append(table.provinces, option)
			continue
		}
		table.regencies[r.Province] = append(table.regencies[r.Province], option)
		table.regencies[""] = append(table.regencies[""], option)
	}
	for i := range table.provinces {
		nameWithin(&table.provinces[i], table.regencies[table.provinces[i].Value])
	}
	return table
})

// nameWithin lets a province be named by what lies in it: asked for their province, people write "bekasi". A word
// that already names the province stays as it is.
func nameWithin(province *field.Option, regencies []field.Option) {
	for _, r := range regencies {
		for _, w := range append([]string{r.Label["id"]}, r.Words...) {
			if !slices.Contains(province.Words, w) {
				province.Words = append(province.Words, w)
			}
		}
	}
}

// byBareName orders regions as a reader looks for them.
func byBareName(a, b Region) int {
	return cmp.Or(
		cmp.Compare(strings.ToLower(a.Bare()), strings.ToLower(b.Bare())),
		cmp.Compare(a.Kind, b.Kind), // kabupaten before kota
		cmp.Compare(a.Code, b.Code),
	)
}

// otherNames are the names that follow from the official one: without its kind, with the kind shortened, and the
// official name itself where another is shown.
func (r Region) otherNames() []string {
	var names []string
	if r.Official != r.Name {
		names = append(names, strings.ToLower(r.Official))
	}
	bare := strings.ToLower(r.Bare())
	switch r.Kind {
	case Regency:
		names = append(names, bare, "kab "+bare)
	case City:
		names = append(names, bare)
	case Province:
	}
	if islands, ok := strings.CutPrefix(bare, "kepulauan "); ok {
		names = append(names, "kep "+islands)
	}
	return names
}

// everydayNames are shown instead of names members would not look for: Jakarta's cities without "Administrasi", and
// the two provinces everybody knows by their initials (Jakarta is still called by its old ones).
var everydayNames = strings.NewReplacer(
	"Administrasi ", "",
	"Daerah Khusus Ibukota Jakarta", "DKI Jakarta",
	"Daerah Istimewa Yogyakarta", "DI Yogyakarta",
)

func readRegions() []Region {
	var list []Region
	table := columns{required: []string{"code", "name", "type", "province_code", "timezone"}}
	embedded(table, "tables/regions.csv", func(r row) error {
		official := r.get("name")
		list = append(list, Region{
			Code:     r.get("code"),
			Name:     everydayNames.Replace(official),
			Official: official,
			Kind:     RegionKind(r.get("type")),
			Province: r.get("province_code"),
			Zone:     r.get("timezone"),
		})
		return nil
	})
	return list
}

// readShortNames reads what people call a region beyond its name, by code: "jaksel", "sby", "solo", "purwokerto".
func readShortNames() map[string][]string {
	words := map[string][]string{}
	table := columns{required: []string{"code", "name", "words"}}
	embedded(table, "tables/short_names.csv", func(r row) error {
		words[r.get("code")] = strings.Split(r.get("words"), ";")
		return nil
	})
	return words
}

// showRegency writes a region's name for its code.
func showRegency(code, _ string) string {
	if region, ok := RegionOf(code); ok {
		return region.Name
	}
	return code
}
