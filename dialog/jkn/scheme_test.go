package jkn

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"sapa/dialog"
)

func TestTheBillHasEveryFactItPromises(t *testing.T) {
	bill := Scheme().Rules["bill"]
	facts, err := bill.Run(dialog.Record{"card": "0001234567890", "class": "3", "months_owed": "7", "heads": "3"}, today, "id")
	want := dialog.Record{
		"tariff": "35000", "monthly": "105000", "months": "7", "capped": "false", "arrears": "735000",
		"sum": "7 bulan × 3 orang × Rp35.000 = Rp735.000", "running": "true", "running_month": "November 2026",
		"total": "840000", "has_card": "true", "va": "8888801234567890", "va_mandiri": "8988801234567890",
	}
	if err != nil || !maps.Equal(facts, want) {
		t.Errorf("got %v, %v; want %v", facts, err, want)
	}
	if got := slices.Sorted(maps.Keys(facts)); !slices.Equal(got, slices.Sorted(maps.Keys(bill.Facts))) {
		t.Errorf("the bill gives %q, its signature says %q", got, slices.Sorted(maps.Keys(bill.Facts)))
	}
}

func TestWithoutACardThereIsNoVirtualAccount(t *testing.T) {
	for _, card := range []string{"", "3174015708900002", "00012345678"} {
		facts, err := runBill(dialog.Record{"card": card, "class": "1", "months_owed": "0", "heads": "1"}, today, "en")
		if err != nil || facts["has_card"] != "false" || facts["va"] != "" || facts["va_mandiri"] != "" {
			t.Errorf("%q: got %v, %v", card, facts, err)
		}
	}
}

func TestTheBillRefusesWhatIsNoNumber(t *testing.T) {
	for _, args := range []dialog.Record{
		nil,
		{"class": "KRIS", "months_owed": "1", "heads": "1"},
		{"class": "3", "months_owed": "", "heads": "1"},
		{"class": "3", "months_owed": "1", "heads": "dua"},
	} {
		if facts, err := runBill(args, today, "id"); err == nil {
			t.Errorf("%v gives %v", args, facts)
		}
	}
}

func TestTheRegionOfANIK(t *testing.T) {
	region := Scheme().Rules["region"]
	for nik, want := range map[string]dialog.Record{
		"3174015708900002": {"known": "true", "regency": "31.74", "name": "Kota Jakarta Selatan", "province": "31"},
		"5401015708900002": {"known": "false", "regency": "", "name": "", "province": ""},
		"0001234567890":    {"known": "false", "regency": "", "name": "", "province": ""},
		"":                 {"known": "false", "regency": "", "name": "", "province": ""},
	} {
		if facts, err := region.Run(dialog.Record{"nik": nik}, today, "id"); err != nil || !maps.Equal(facts, want) {
			t.Errorf("%q: got %v, %v; want %v", nik, facts, err, want)
		}
	}
}

func TestListsNarrowByProvince(t *testing.T) {
	lists := Scheme().Lists
	if n := len(lists["provinces"]("")); n != 38 {
		t.Errorf("%d provinces", n)
	}
	if n := len(lists["regencies"]("31")); n != 6 {
		t.Errorf("DKI Jakarta has %d regencies and cities, want 6", n)
	}
}

func TestNumbersAreShownInFull(t *testing.T) {
	for _, name := range []string{"nik", "card", "nik_or_card", "kk"} {
		if got := Scheme().Types[name].Show("0001234567890", "id"); got != "0001234567890" {
			t.Errorf("%s shows %q", name, got)
		}
	}
}

func TestNothingIsSaidOfAnothersNumber(t *testing.T) {
	types := Scheme().Types
	answers := reading(map[string]string{"nomor": "3174015708900002", "tanggal_lahir": "1990-08-17"})
	for name, typed := range map[string]string{"other_number": "3174011203600001", "past_date": "3-11-2026"} {
		_, notes, err := types[name].Read(typed, answers)
		if got := said(notes); err != nil || slices.ContainsFunc(got, func(note string) bool {
			return strings.HasPrefix(note, "nik.birth_date")
		}) {
			t.Errorf("%s: notes %q, %v", name, got, err)
		}
	}
}
