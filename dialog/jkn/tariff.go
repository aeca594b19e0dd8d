package jkn

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Tariff is what a self-paying member (PBPU, BP) owes per head and month in a class of ward, in whole rupiah, from a
// date on (Perpres 64/2020). Of class 3 the government pays part: Full is what the scheme gets, Member what the
// member pays.
type Tariff struct {
	From   time.Time // the first day it holds, midnight UTC
	Class  int       // 1, 2 or 3
	Full   int64
	Member int64
	Source string
}

// Tariffs are all tariffs, of each class the latest first. Perpres 59/2024 art. 103B announces new ones; they become
// further rows of tables/tariffs.csv. The slice is shared: read only.
var Tariffs = sync.OnceValue(readTariffs)

// tariffIn finds the tariff of a class in a month. Before the first date the first tariff holds.
func tariffIn(tariffs []Tariff, class int, month time.Time) (tariff Tariff, ok bool) {
	for _, t := range tariffs {
		if t.Class != class {
			continue
		}
		tariff, ok = t, true
		if !t.From.After(month) {
			break
		}
	}
	return tariff, ok
}

func readTariffs() []Tariff {
	var list []Tariff
	table := columns{required: []string{"from", "class", "full", "member", "source"}}
	embedded(table, "tables/tariffs.csv", func(r row) error {
		t, err := readTariff(r)
		list = append(list, t)
		return err
	})
	slices.SortFunc(list, func(a, b Tariff) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), b.From.Compare(a.From))
	})
	return list
}

func readTariff(r row) (Tariff, error) {
	t := Tariff{Source: r.get("source")}
	var err error
	if t.From, err = time.Parse(time.DateOnly, r.get("from")); err != nil {
		return t, r.fail("from", "want a date such as 2021-01-01")
	}
	if t.Class, err = strconv.Atoi(r.get("class")); err != nil {
		return t, r.fail("class", "want 1, 2 or 3")
	}
	if t.Full, err = strconv.ParseInt(r.get("full"), 10, 64); err != nil {
		return t, r.fail("full", "want whole rupiah")
	}
	if t.Member, err = strconv.ParseInt(r.get("member"), 10, 64); err != nil {
		return t, r.fail("member", "want whole rupiah")
	}
	return t, nil
}
