package jkn

import (
	"testing"
	"time"
)

func TestABillIsMonthsTimesHeadsTimesTariff(t *testing.T) {
	for _, c := range []struct {
		name                    string
		class, owed, heads      int
		months                  int
		arrears, monthly, total int64
		capped                  bool
		sum, english            string
	}{
		{
			"seven months, three people, class 3", 3, 7, 3, 7, 735_000, 105_000, 840_000, false,
			"7 bulan × 3 orang × Rp35.000 = Rp735.000", "7 months × 3 people × Rp35.000 = Rp735.000",
		},
		{
			"twelve months, two people", 3, 12, 2, 12, 840_000, 70_000, 910_000, false,
			"12 bulan × 2 orang × Rp35.000 = Rp840.000", "12 months × 2 people × Rp35.000 = Rp840.000",
		},
		{
			"fifty months are billed as 24", 1, 50, 1, 24, 3_600_000, 150_000, 3_750_000, true,
			"24 bulan × 1 orang × Rp150.000 = Rp3.600.000", "24 months × 1 person × Rp150.000 = Rp3.600.000",
		},
		{
			"24 months are not capped", 2, 24, 4, 24, 9_600_000, 400_000, 10_000_000, false,
			"24 bulan × 4 orang × Rp100.000 = Rp9.600.000", "24 months × 4 people × Rp100.000 = Rp9.600.000",
		},
		{
			"one month", 2, 1, 1, 1, 100_000, 100_000, 200_000, false,
			"1 bulan × 1 orang × Rp100.000 = Rp100.000", "1 month × 1 person × Rp100.000 = Rp100.000",
		},
		{"no arrears, the running month only", 2, 0, 2, 0, 0, 200_000, 200_000, false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := NewBill(c.class, c.owed, c.heads, today)
			if err != nil {
				t.Fatal(err)
			}
			if b.Months != c.months || b.Arrears != c.arrears || b.Monthly != c.monthly || b.Total != c.total || b.Capped() != c.capped {
				t.Errorf("got %+v", b)
			}
			if b.Sum("id") != c.sum || b.Sum("en") != c.english {
				t.Errorf("sum %q and %q, want %q and %q", b.Sum("id"), b.Sum("en"), c.sum, c.english)
			}
		})
	}
}

func TestMonthsOwedAreBilledAtTheTariffOfTheirTime(t *testing.T) {
	month := func(y int, m time.Month) time.Time { return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC) }
	tariffs := []Tariff{ // the second is made up
		{From: month(2026, time.September), Class: 3, Member: 40_000},
		{From: month(2021, time.January), Class: 3, Member: 35_000},
	}
	b, err := newBill(tariffs, 3, 7, 3, today) // April to October
	if err != nil {
		t.Fatal(err)
	}
	const want = "5 bulan × 3 orang × Rp35.000 + 2 bulan × 3 orang × Rp40.000 = Rp765.000"
	if b.Sum("id") != want || b.Monthly != 120_000 || b.Total != 885_000 {
		t.Errorf("got %q, monthly %d, total %d; want %q, 120000, 885000", b.Sum("id"), b.Monthly, b.Total, want)
	}
}

func TestTheRunningMonthIsThatOfJakarta(t *testing.T) {
	lastEvening := time.Date(2026, time.November, 30, 17, 30, 0, 0, time.UTC) // half past midnight in Jakarta
	b, err := NewBill(3, 1, 1, lastEvening)
	if err != nil || b.RunningMonth.Format("2006-01") != "2026-12" {
		t.Errorf("got %s, %v; want 2026-12", b.RunningMonth.Format("2006-01"), err)
	}
}

func TestABillRefusesWhatNoFamilyOwes(t *testing.T) {
	for _, c := range []struct{ class, months, heads int }{
		{0, 1, 1}, {4, 1, 1}, {3, -1, 1}, {3, 1, 0}, {3, 1, -2}, {3, 1, 101},
	} {
		if b, err := NewBill(c.class, c.months, c.heads, today); err == nil {
			t.Errorf("%+v is billed as %+v", c, b)
		}
	}
}
