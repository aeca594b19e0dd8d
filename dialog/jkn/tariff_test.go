package jkn

import "testing"

func TestTheTariffOfEachClass(t *testing.T) {
	for class, want := range map[int]int64{1: 150_000, 2: 100_000, 3: 35_000} {
		tariff, ok := tariffIn(Tariffs(), class, today)
		if !ok || tariff.Member != want {
			t.Errorf("class %d: %d, %t; want %d", class, tariff.Member, ok, want)
		}
	}
	if tariff, ok := tariffIn(Tariffs(), 4, today); ok {
		t.Errorf("class 4 has the tariff %d", tariff.Member)
	}
	if full, _ := tariffIn(Tariffs(), 3, today); full.Full != 42_000 {
		t.Errorf("the full tariff of class 3 is %d, want 42000", full.Full)
	}
}
