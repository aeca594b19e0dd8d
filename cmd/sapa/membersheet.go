package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"sapa/dialog/jkn"
)

// memberSheet is a member as `sapa member show` shows one: the columns of members.csv.
type memberSheet struct {
	Card      string `json:"card"`
	NIK       string `json:"nik"`
	KK        string `json:"kk"`
	Name      string `json:"name"`
	BirthDate string `json:"birth_date"`
	Sex       string `json:"sex"`
	Segment   string `json:"segment"`
	Class     string `json:"class"`
	Status    string `json:"status"`
	Reason    string `json:"status_reason"`
	Since     string `json:"status_since"`
	PaidUntil string `json:"paid_until"`
	Regency   string `json:"regency"`
	Facility  string `json:"faskes"`
	Phone     string `json:"phone"`
	Employer  string `json:"employer"`
	HeadCard  string `json:"family_head_card"`
	Sample    bool   `json:"sample"` // made up
}

func newMemberSheet(m jkn.Member, sample bool) memberSheet {
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	s := memberSheet{
		Card: string(m.Card), NIK: string(m.NIK), KK: string(m.KK), Name: m.Name, BirthDate: date(m.BirthDate),
		Sex: string(m.Sex), Segment: string(m.Segment), Status: string(m.Status), Reason: string(m.Reason),
		Since: date(m.Since), PaidUntil: m.PaidUntil.String(), Regency: m.Regency, Facility: m.Facility,
		Phone: m.Phone, Employer: m.Employer, HeadCard: string(m.HeadCard), Sample: sample,
	}
	if m.Class > 0 {
		s.Class = strconv.Itoa(m.Class)
	}
	return s
}

// mask hides who it is.
func (s *memberSheet) mask() {
	for _, number := range []*string{&s.Card, &s.NIK, &s.KK, &s.Phone, &s.HeadCard} {
		*number = maskNumber(*number)
	}
	s.Name, s.BirthDate = jkn.MaskName(s.Name), hidden
}

func (s *memberSheet) print(to io.Writer) error {
	if s.Sample {
		if _, err := fmt.Fprintln(to, "DATA CONTOH: made up, for trials"); err != nil {
			return err
		}
	}
	rows := [][]string{
		{"card", s.Card},
		{"nik", s.NIK},
		{"kk", s.KK},
		{"name", s.Name},
		{"birth date", s.BirthDate},
		{"sex", s.Sex},
		{"segment", s.Segment},
		{"class", s.Class},
		{"status", s.Status},
		{"reason", s.Reason},
		{"since", s.Since},
		{"paid until", s.PaidUntil},
		{"regency", s.Regency},
		{"faskes", s.Facility},
		{"phone", s.Phone},
		{"employer", s.Employer},
		{"head's card", s.HeadCard},
	}
	return printTable(to, rows)
}
