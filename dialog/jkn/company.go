package jkn

import (
	"fmt"
	"io"
)

// Company is an employer that registers its employees (PPU).
type Company struct {
	Code    string
	Name    string
	Regency string // code as in regions.csv; "" not known
}

// companyColumns are the columns of companies.csv.
var companyColumns = columns{required: []string{"code", "name"}, optional: []string{"regency"}}

// ParseCompanies reads companies.csv: a header row, then a company a row. It gives the good rows and, joined into one
// error, a [*TableError] for each bad one.
func ParseCompanies(in io.Reader) ([]Company, error) {
	var list []Company
	codes := map[string]bool{}
	err := companyColumns.each(in, func(r row) error {
		c, err := readCompany(r)
		if err != nil {
			return err
		}
		if codes[c.Code] {
			return r.fail("code", fmt.Sprintf("%q stands here a second time", c.Code))
		}
		codes[c.Code] = true
		list = append(list, c)
		return nil
	})
	return list, err
}

func readCompany(r row) (Company, error) {
	c := Company{Code: r.get("code"), Name: r.get("name")}
	r.want(isShortCode(c.Code), "code", wantCode)
	r.want(isText(c.Name), "name", wantText)
	var ok bool
	c.Regency, ok = readRegency(r.get("regency"))
	r.want(ok, "regency", wantRegency)
	return c, r.err()
}
