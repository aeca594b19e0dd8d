package jkn

import (
	"reflect"
	"strings"
	"testing"

	"sapa/dialog/field"
)

func TestTheSampleIsTheSameEachTime(t *testing.T) {
	if a, b := SampleMembers(), SampleMembers(); len(a) != sampleSize || !reflect.DeepEqual(a, b) {
		t.Errorf("%d members, the second time %d", len(a), len(b))
	}
}

func TestEveryMemberOfTheSampleIsPlainlyMadeUp(t *testing.T) {
	known := map[NIK]bool{}
	for _, n := range sampleHeads {
		known[n] = true
	}
	for _, m := range SampleMembers() {
		if !strings.HasPrefix(m.Name, "Contoh ") || !strings.HasPrefix(m.Facility, "Contoh ") {
			t.Errorf("%s is named %q, goes to %q", m.Card, m.Name, m.Facility)
		}
		if m.Card != "0001234567890" && !strings.HasPrefix(string(m.Card), "00099") {
			t.Errorf("the card %s could be somebody's", m.Card)
		}
		if m.NIK != "" && !known[m.NIK] && m.NIK[12:] < "9000" || m.KK[12:] < "9000" {
			t.Errorf("%s, KK %s could be somebody's", m.NIK, m.KK)
		}
		if phone, err := field.Phone(m.Phone); err != nil || phone != m.Phone || !strings.Contains(phone, "0000") {
			t.Errorf("%s has the phone %s, %v", m.Card, m.Phone, err)
		}
	}
}

func TestTheSamplesNumbersAreUniqueAndTrue(t *testing.T) {
	seen := map[string]bool{}
	unique := func(what, value string) {
		if value != "" && seen[what+value] {
			t.Errorf("the %s %s is there twice", what, value)
		}
		seen[what+value] = true
	}
	for _, m := range SampleMembers() {
		unique("card", string(m.Card))
		unique("account", m.Card.Suffix())
		unique("NIK", string(m.NIK))
		unique("name", m.Name)
		unique("phone", m.Phone)
		if m.NIK == "" {
			continue
		}
		region, ok := m.NIK.Regency()
		if !m.NIK.Born(m.BirthDate) || m.NIK.Female() != (m.Sex == Female) || !ok || region.Code != m.Regency {
			t.Errorf("the NIK %s is not that of %+v", m.NIK, m)
		}
	}
}

func TestTheSampleHasEveryCase(t *testing.T) {
	cases, sizes, owed, zones := map[sampleCase]int{}, map[int]int{}, map[int]int{}, map[string]int{}
	noNIK := 0
	all := SampleMembers()
	for _, m := range all {
		cases[sampleCase{m.Segment, m.Status, m.Reason}]++
		region, _ := RegionOf(m.Regency)
		zones[region.Zone]++
		if m.Reason == InArrears {
			owed[m.MonthsOwed(today)]++
		}
		if m.NIK == "" {
			noNIK++
		}
		if m.Card == m.Head() {
			sizes[len(Family(m, all))]++
		}
	}
	for _, c := range sampleCases {
		if cases[c] == 0 {
			t.Errorf("nobody is %v", c)
		}
	}
	for size := 1; size <= 6; size++ {
		if sizes[size] == 0 {
			t.Errorf("no family of %d", size)
		}
	}
	for _, months := range []int{1, 4, 7, 12, 25, 40} {
		if owed[months] == 0 {
			t.Errorf("nobody owes %d months: %v", months, owed)
		}
	}
	if len(zones) != 3 || noNIK == 0 {
		t.Errorf("zones %v, %d without a NIK", zones, noNIK)
	}
}

// What the sample tells is possible: nobody is told nonsense in a trial.
func TestTheSampleMakesSense(t *testing.T) {
	companies := map[string]bool{}
	for _, c := range SampleCompanies() {
		companies[c.Code] = true
	}
	all := SampleMembers()
	for _, m := range all {
		switch age := int(yearMonth(m.Since)-yearMonth(m.BirthDate)) / 12; {
		case m.Since.After(today) || m.BirthDate.After(today):
			t.Errorf("%s: in the future", m.Card)
		case m.Reason == InArrears && m.Since != (m.PaidUntil+2).First():
			t.Errorf("%s: paid until %s, inactive since %s", m.Card, m.PaidUntil, m.Since)
		case m.Reason == Turned21 && (age != 21 || m.Card == m.Head()):
			t.Errorf("%s: turned 21 at %d", m.Card, age)
		case m.Status == ActiveMember && (m.Reason != "" || m.MonthsOwed(today) > 0):
			t.Errorf("%s: active and %s, owing %d months", m.Card, m.Reason, m.MonthsOwed(today))
		case (m.Segment == PPU) != companies[m.Employer] || m.Segment != PPU && m.Employer != "":
			t.Errorf("%s: %s with the employer %q", m.Card, m.Segment, m.Employer)
		case !m.Segment.SelfPaid() && m.PaidUntil != 0:
			t.Errorf("%s: %s pays by the month", m.Card, m.Segment)
		}
		family := Family(m, all)
		if family[0].Card != m.Head() || family[0].KK != m.KK || family[0].Regency != m.Regency || family[0].Class != m.Class {
			t.Errorf("%s is not like its head %s", m.Card, m.Head())
		}
	}
}

func TestTheSamplesCompaniesAreRead(t *testing.T) {
	var file strings.Builder
	file.WriteString("code,name,regency\n")
	for _, c := range SampleCompanies() {
		file.WriteString(c.Code + "," + c.Name + "," + c.Regency + "\n")
	}
	if got, err := ParseCompanies(strings.NewReader(file.String())); err != nil || !reflect.DeepEqual(got, SampleCompanies()) {
		t.Errorf("got %v, %v", got, err)
	}
}
