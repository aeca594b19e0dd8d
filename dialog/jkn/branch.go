package jkn

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"sapa/dialog"
)

// BranchKind says whose office it is.
type BranchKind string

// The kinds of office: a branch of BPJS Kesehatan, and the social service (Dinas Sosial) that verifies poor members.
const (
	BranchOffice  BranchKind = "cabang"
	SocialService BranchKind = "dinsos"
)

// Branch is an office and the regions it serves. There is no open list of them: operators fill in their own.
type Branch struct {
	Code      string
	Name      string
	Kind      BranchKind
	Regencies []string // codes as in regions.csv: "31.74"
	Line      string   // the line of ours that is its Pandawa number; "" none
	Phone     string   // its own Pandawa number, as it is shown: "0811-1000-3174"; "" none
	Address   string
	// Open and Close are the hours on working days as 15:04, in its regions' zone; both "" where they are the desk's.
	Open, Close string
}

// branchColumns are the columns of branches.csv.
var branchColumns = columns{
	required: []string{"code", "name", "kind", "regencies"},
	optional: []string{"line", "phone", "address", "open", "close"},
}

// ParseBranches reads branches.csv: a header row, then an office a row, regencies joined by ";". It gives the good rows
// and, joined into one error, a [*TableError] for each bad one. A regency is served by one office of a kind at most.
// Whether a line exists is for the caller to check.
func ParseBranches(in io.Reader) ([]Branch, error) {
	var list []Branch
	codes := map[string]bool{}
	servedBy := map[string]string{} // kind and regency → code
	err := branchColumns.each(in, func(r row) error {
		b, err := readBranch(r)
		if err != nil {
			return err
		}
		if codes[b.Code] {
			return r.fail("code", fmt.Sprintf("%q stands here a second time", b.Code))
		}
		for _, regency := range b.Regencies {
			if other, ok := servedBy[string(b.Kind)+regency]; ok {
				return r.fail("regencies", fmt.Sprintf("%s is served by %q already", regency, other))
			}
		}
		codes[b.Code] = true
		for _, regency := range b.Regencies {
			servedBy[string(b.Kind)+regency] = b.Code
		}
		list = append(list, b)
		return nil
	})
	return list, err
}

// SampleBranches are a few made-up offices to try things out with: one with a number of its own (Jakarta Selatan), one
// without (Bandung), some in other zones (Makassar, Jayapura). They are never used on a linked line.
func SampleBranches() []Branch {
	data, err := tables.Open("tables/branches-sample.csv")
	if err != nil {
		panic(err) // the file is part of the program
	}
	list, err := ParseBranches(data)
	if err = errors.Join(err, data.Close()); err != nil {
		panic(err)
	}
	return list
}

// readBranch reads a row and reports everything that is wrong with it.
func readBranch(r row) (Branch, error) {
	b := Branch{
		Code: r.get("code"), Name: r.get("name"), Kind: BranchKind(r.get("kind")), Line: r.get("line"),
		Phone: r.get("phone"), Address: r.get("address"), Open: r.get("open"), Close: r.get("close"),
	}
	r.want(isShortCode(b.Code), "code", wantCode)
	r.want(b.Name != "", "name", "is empty")
	r.want(b.Kind == BranchOffice || b.Kind == SocialService, "kind", "want cabang or dinsos")
	r.want(b.Phone == "" || whatsAppDigits(b.Phone) != "", "phone", wantPhone)
	r.want(b.Open == "" || isHour(b.Open), "open", "want a time such as 08:00")
	r.want(b.Close == "" || isHour(b.Close), "close", "want a time such as 15:00")
	r.want((b.Open == "") == (b.Close == ""), "close", "give both open and close, or neither")
	r.want(b.Open == "" || b.Close == "" || b.Open < b.Close, "close", "is not after open")
	var ok bool
	b.Regencies, ok = readRegencies(r.get("regencies"))
	r.want(ok, "regencies", "want codes as in regions.csv, joined by ;, such as 31.74;31.75")
	return b, r.err()
}

// readRegencies reads the regions an office serves.
func readRegencies(text string) ([]string, bool) {
	var codes []string
	for code := range strings.SplitSeq(text, ";") {
		regency, ok := readRegency(strings.TrimSpace(code))
		if !ok || regency == "" {
			return nil, false
		}
		codes = append(codes, regency)
	}
	return codes, true
}

// isHour reports whether a text is a time of day with two-digit hours, which makes times compare as texts.
func isHour(text string) bool {
	_, err := time.Parse("15:04", text)
	return err == nil && len(text) == len("15:04")
}

var phoneMarks = strings.NewReplacer("(", "", ")", "", "+", "")

// whatsAppDigits turns a telephone number as offices write it (0811-…, +62 811…, (021)…) into the digits WhatsApp
// addresses it by; "" where it is none.
func whatsAppDigits(phone string) string {
	if strings.Trim(phone, "+0123456789-. ()") != "" {
		return ""
	}
	runs, _ := digitRuns(phoneMarks.Replace(phone))
	if len(runs) != 1 {
		return ""
	}
	digits := runs[0]
	if local, ok := strings.CutPrefix(digits, "0"); ok {
		digits = "62" + local
	}
	if len(digits) < 9 || len(digits) > 15 { // 15: the longest number E.164 allows
		return ""
	}
	return digits
}

// Place is the office's name and, where it is known, its address.
func (b Branch) Place() string {
	if b.Address == "" {
		return b.Name
	}
	return b.Name + ", " + b.Address
}

// WhatsApp is the link that opens a chat with the office; "" where it has no number of its own.
func (b Branch) WhatsApp() string {
	if b.Phone == "" {
		return ""
	}
	return "https://wa.me/" + whatsAppDigits(b.Phone)
}

// BranchFacts answers the query branch_of for a regency: by the office that serves it, or by known = false where b is
// nil. Hours are the office's, else the given ones of the desk, as 15:04.
func BranchFacts(b *Branch, regency, open, closed string) dialog.Record {
	region, _ := RegionOf(regency)
	facts := dialog.Record{"known": "false", "own": "false", "zone": region.Zone}
	if b == nil {
		b = &Branch{}
	} else {
		facts["known"] = "true"
	}
	if b.Open != "" {
		open, closed = b.Open, b.Close
	}
	if b.Phone != "" {
		facts["own"] = "true"
	}
	facts["code"], facts["name"], facts["address"], facts["line"] = b.Code, b.Name, b.Address, b.Line
	facts["phone"], facts["wa"], facts["place"] = b.Phone, b.WhatsApp(), b.Place()
	facts["open"], facts["close"] = showHour(open), showHour(closed)
	facts["hours"] = strings.TrimSpace(facts["open"] + "–" + facts["close"] + " " + facts["zone"])
	return facts
}

// showHour writes a time of day as Indonesians do: 08.00.
func showHour(hour string) string { return strings.Replace(hour, ":", ".", 1) }
