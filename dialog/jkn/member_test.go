package jkn

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

// siti is the first of the sample: seven months owed in November 2026, for three.
func siti(t *testing.T) (Member, []Member) {
	t.Helper()
	all := SampleMembers()
	if all[0].Card != "0001234567890" {
		t.Fatalf("the sample begins with %s", all[0].Card)
	}
	return all[0], all[:10]
}

func TestMonthsOwed(t *testing.T) {
	owes := func(edit func(*Member)) Member {
		m := Member{Segment: PBPU, PaidUntil: 12*2026 + 2} // March 2026
		if edit != nil {
			edit(&m)
		}
		return m
	}
	newYear := time.Date(2026, time.December, 31, 17, 0, 0, 0, time.UTC) // midnight in Jakarta
	for _, c := range []struct {
		name string
		m    Member
		at   time.Time
		want int
	}{
		{"April to October", owes(nil), today, 7},
		{"the running month is no arrears yet", owes(func(m *Member) { m.PaidUntil = 12*2026 + 9 }), today, 0},
		{"paid ahead", owes(func(m *Member) { m.PaidUntil = 12*2027 + 5 }), today, 0},
		{"a month later", owes(nil), day(2026, 12, 1), 8},
		{"the year ends in Jakarta", owes(nil), newYear, 9},
		{"before it ends", owes(nil), newYear.Add(-time.Second), 8},
		{"the cap is the bill's", owes(func(m *Member) { m.PaidUntil = 12 * 2022 }), today, 57},
		{"not working, self-paying", owes(func(m *Member) { m.Segment = BP }), today, 7},
		{"the employer pays", owes(func(m *Member) { m.Segment = PPU }), today, 0},
		{"the state pays", owes(func(m *Member) { m.Segment = PBI }), today, 0},
		{"the region pays", owes(func(m *Member) { m.Segment = RegionalPBI }), today, 0},
		{"last month paid not known", owes(func(m *Member) { m.PaidUntil = 0 }), today, 0},
		{"died in May", owes(func(m *Member) { m.Reason, m.Since = Died, day(2026, 5, 20) }), today, 2},
		{"left in February", owes(func(m *Member) { m.Reason, m.Since = Abroad, day(2026, 2, 1) }), today, 0},
		{"died, day not known", owes(func(m *Member) { m.Reason = Died }), today, 7},
	} {
		if got := c.m.MonthsOwed(c.at); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAFamilyHasOneHead(t *testing.T) {
	m, all := siti(t)
	for _, of := range all[:3] {
		got := Family(of, all)
		if len(got) != 3 || got[0].Card != m.Card || !got[1].BirthDate.Before(got[2].BirthDate) {
			t.Errorf("the family of %s is %+v", of.Card, got)
		}
	}
	if alone := Family(m, nil); len(alone) != 1 || alone[0].Card != m.Card {
		t.Errorf("a member alone has the family %+v", alone)
	}
}

func TestWithoutAHeadTheFamilyCardTells(t *testing.T) {
	kk, other := FamilyCard("3174010101109000"), FamilyCard("3174010101109001")
	member := func(card Card, kk FamilyCard, head Card) Member { return Member{Card: card, KK: kk, HeadCard: head} }
	all := []Member{
		member("0009900000001", kk, ""), member("0009900000002", kk, ""),
		member("0009900000003", kk, "0009900000009"), // of another bill
		member("0009900000004", other, ""), member("0009900000005", "", ""), member("0009900000006", "", ""),
	}
	for _, c := range []struct{ of, want int }{{0, 2}, {1, 2}, {2, 1}, {3, 1}, {4, 1}} {
		if got := Family(all[c.of], all); len(got) != c.want {
			t.Errorf("%s has a family of %d, want %d", all[c.of].Card, len(got), c.want)
		}
	}
}

func TestHeadsAreThoseOnTheBill(t *testing.T) {
	with := func(reasons ...Reason) []Member {
		var family []Member
		for _, r := range reasons {
			family = append(family, Member{Reason: r})
		}
		return family
	}
	for _, c := range []struct {
		family []Member
		want   int
	}{
		{with(InArrears, InArrears, InArrears), 3},
		{with("", Died, Abroad, Doubled, NIKUnknown), 2},
		{with(Died), 1},
		{nil, 1},
	} {
		if got := Heads(c.family); got != c.want {
			t.Errorf("%+v: %d heads, want %d", c.family, got, c.want)
		}
	}
}

// Each level of facts has every fact that the query promises, and no more personal data than is known to be theirs.
func TestFactsOfAMember(t *testing.T) {
	m, all := siti(t)
	for _, c := range []struct {
		name  string
		facts dialog.Record
		want  dialog.Record // what is not "" or false
	}{
		{"nobody", NoMemberFacts(), dialog.Record{}},
		{"number and birth date", StatusFacts(m), dialog.Record{
			"found": "true", "match": "true", "name": "Contoh Siti Aminah", "segment": "PBPU", "status": "nonaktif",
			"reason": "tunggakan", "since": "2026-05-01",
		}},
		{"the registered phone", MemberFacts(m, all, today), dialog.Record{
			"found": "true", "match": "true", "own_phone": "true", "name": "Contoh Siti Aminah", "segment": "PBPU",
			"status": "nonaktif", "reason": "tunggakan", "since": "2026-05-01", "card": "0001234567890",
			"head_card": "0001234567890", "class": "3", "paid_until": "2026-03", "months_owed": "7", "heads": "3",
			"faskes": "Contoh Puskesmas Jakarta Selatan", "regency": "31.74",
		}},
	} {
		if got := slices.Sorted(maps.Keys(c.facts)); !slices.Equal(got, slices.Sorted(maps.Keys(memberSignature.Facts))) {
			t.Errorf("%s: the facts are %q", c.name, got)
		}
		maps.DeleteFunc(c.facts, func(_, value string) bool { return value == "" || value == "false" })
		if !maps.Equal(c.facts, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, c.facts, c.want)
		}
	}
}

func TestAnActiveMemberHasNoReason(t *testing.T) {
	m := Member{Status: ActiveMember, Reason: InArrears}
	if got := StatusFacts(m)["reason"]; got != "" {
		t.Errorf("got %q", got)
	}
}

func TestFactsOfAFamily(t *testing.T) {
	_, all := siti(t)
	facts, rows := FamilyFacts(all[2], all)
	if facts["count"] != "3" || facts["heads"] != "3" || facts["own_phone"] != "true" || len(rows) != 3 {
		t.Fatalf("got %v, %v", facts, rows)
	}
	if got := slices.Sorted(maps.Keys(facts)); !slices.Equal(got, slices.Sorted(maps.Keys(familySignature.Facts))) {
		t.Errorf("the facts are %q", got)
	}
	for i, r := range rows {
		if got := slices.Sorted(maps.Keys(r)); !slices.Equal(got, slices.Sorted(maps.Keys(familySignature.Rows))) {
			t.Errorf("a row has %q", got)
		}
		if r["head"] != truth(i == 0) || r["self"] != truth(r["card"] == string(all[2].Card)) || !strings.Contains(r["masked"], "•") {
			t.Errorf("row %d is %v", i, r)
		}
	}
}

// The arrears a member's own record gives are the bill that examples show.
func TestTheRecordGivesTheBill(t *testing.T) {
	m, all := siti(t)
	facts, err := runBill(MemberFacts(m, all, today), today, "id")
	const want = "7 bulan × 3 orang × Rp35.000 = Rp735.000"
	if err != nil || facts["sum"] != want || facts["total"] != "840000" || facts["va"] != "8888801234567890" {
		t.Errorf("got %v, %v", facts, err)
	}
}

func TestValuesHaveWordsInBothLanguages(t *testing.T) {
	types := Scheme().Types
	for _, c := range []struct{ kind, value, indonesian, english string }{
		{"segment", "PBI_APBD", "Dibayar pemerintah daerah (PBI APBD)", "paid for by the region (PBI APBD)"},
		{"member_status", "nonaktif", "Nonaktif", "inactive"},
		{"status_reason", "tunggakan", "iuran belum lunas", "contributions are owed"},
		{"status_reason", "", "", ""},
		{"month", "2026-03", "Maret 2026", "March 2026"},
		{"month", "", "", ""},
		{"regency", "31.74", "Kota Jakarta Selatan", "Kota Jakarta Selatan"},
		{"regency", "99.99", "99.99", "99.99"},
	} {
		show := types[c.kind].Show
		if show(c.value, "id") != c.indonesian || show(c.value, "en") != c.english {
			t.Errorf("%s %q: %q and %q", c.kind, c.value, show(c.value, "id"), show(c.value, "en"))
		}
	}
}

func TestNamesAreMasked(t *testing.T) {
	for name, want := range map[string]string{
		"Siti Aminah": "S••• A•••", " siti  ": "s•••", "Éko": "É•••", "": "", "\xff": "\ufffd•••",
	} {
		if got := MaskName(name); got != want {
			t.Errorf("%q is masked as %q, want %q", name, got, want)
		}
	}
}
