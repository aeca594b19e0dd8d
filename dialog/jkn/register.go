package jkn

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"

	"sapa/dialog/field"
)

// memberHeader are the columns of members.csv as [WriteMembers] writes them.
var memberHeader = []string{
	"card", "nik", "kk", "name", "birth_date", "sex", "segment", "class", "status", "status_reason", "status_since",
	"paid_until", "regency", "faskes", "phone", "employer", "family_head_card",
}

var memberColumns = columns{
	required: []string{"card", "name", "birth_date", "segment", "status"},
	optional: memberHeader,
}

// ReadMembers reads members.csv row by row, without holding more than one: a header row, then a member a row, UTF-8. An
// unknown column is refused, a missing optional one is empty. With each row comes nil or, instead of the member, what
// is wrong with it: a [*TableError] for each wrong column, joined. Rows after it are read. A bad header ends the
// sequence, and so does a reader that fails, whose error is no [*TableError].
//
// Each row is judged by itself: whether a card comes twice or an employer exists is for the caller to check.
func ReadMembers(in io.Reader) iter.Seq2[Member, error] {
	return read(memberColumns, in, readMember)
}

// What the cells of a kind are wanted to be.
const (
	wantCode    = "want letters, digits and dashes"
	wantText    = "want at most 100 characters, of which the first is a letter or a digit"
	wantRegency = "want the code of a regency as in regions.csv, such as 31.74"
	wantDate    = "want a date such as 1990-08-17"
	wantCard    = "want 13 digits, not all the same"
	wantNumber  = "want 16 digits as the population register gives them out"
	wantPhone   = "not a telephone number"
)

// readMember reads a row and reports everything that is wrong with it.
func readMember(r row) (Member, error) {
	m := Member{
		Card: Card(r.get("card")), NIK: NIK(r.get("nik")), KK: FamilyCard(r.get("kk")), Sex: Sex(r.get("sex")),
		Segment: Segment(r.get("segment")), Status: MemberStatus(r.get("status")), Reason: Reason(r.get("status_reason")),
		Employer: r.get("employer"), HeadCard: Card(r.get("family_head_card")),
		Name: field.Plain(r.get("name")), Facility: field.Plain(r.get("faskes")),
	}
	r.want(isCard(m.Card), "card", wantCard)
	r.want(m.NIK == "" || isNIK(m.NIK), "nik", wantNumber)
	r.want(m.KK == "" || isFamilyCard(m.KK), "kk", wantNumber)
	r.want(isText(m.Name), "name", wantText)
	r.want(m.Sex == "" || m.Sex == Male || m.Sex == Female, "sex", "want L or P")
	r.want(segments.has(string(m.Segment)), "segment", "want PBPU, BP, PPU, PBI or PBI_APBD")
	r.want(statuses.has(string(m.Status)), "status", "want aktif or nonaktif")
	r.want(m.Reason == "" || reasons.has(string(m.Reason)), "status_reason", "want tunggakan, berhenti_kerja, usia_21, "+
		"dinonaktifkan_pbi, meninggal, luar_negeri, data_ganda, nik_tidak_padan, or nothing")
	r.want(m.Facility == "" || isText(m.Facility), "faskes", wantText)
	r.want(m.Employer == "" || isShortCode(m.Employer), "employer", wantCode)
	r.want(m.HeadCard == "" || isCard(m.HeadCard), "family_head_card", wantCard)
	m.convert(&r)
	if len(r.bad) > 0 {
		return Member{}, r.err()
	}
	return m, nil
}

// convert reads the cells whose text is not yet the value.
func (m *Member) convert(r *row) {
	var ok bool
	m.BirthDate, ok = readDate(r.get("birth_date"))
	r.want(ok && !m.BirthDate.IsZero(), "birth_date", wantDate)
	m.Since, ok = readDate(r.get("status_since"))
	r.want(ok, "status_since", wantDate)
	m.PaidUntil, ok = readMonth(r.get("paid_until"))
	r.want(ok, "paid_until", ErrMonth.Error())
	m.Class, ok = readClass(r.get("class"))
	r.want(ok, "class", "want 1, 2 or 3")
	m.Regency, ok = readRegency(r.get("regency"))
	r.want(ok, "regency", wantRegency)
	m.Phone, ok = readPhone(r.get("phone"))
	r.want(ok, "phone", wantPhone)
}

// WriteMembers writes members.csv: a header row, then a member a row, as [ReadMembers] reads them.
func WriteMembers(out io.Writer, members iter.Seq[Member]) error {
	w := csv.NewWriter(out)
	_ = w.Write(memberHeader) // an error stays with the writer, see below
	for m := range members {
		if w.Write(m.cells()) != nil {
			break
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write members: %w", err)
	}
	return nil
}

// cells are a member's row of members.csv.
func (m Member) cells() []string {
	class := ""
	if m.Class > 0 {
		class = strconv.Itoa(m.Class)
	}
	return []string{
		string(m.Card), string(m.NIK), string(m.KK), m.Name, canonicalDate(m.BirthDate), string(m.Sex),
		string(m.Segment), class, string(m.Status), string(m.Reason), canonicalDate(m.Since), m.PaidUntil.String(),
		m.Regency, m.Facility, m.Phone, m.Employer, string(m.HeadCard),
	}
}

// Known names what the register has of a member, by the columns of members.csv.
func (m Member) Known() (columns []string) {
	for i, cell := range m.cells() {
		if cell != "" {
			columns = append(columns, memberHeader[i])
		}
	}
	return columns
}
