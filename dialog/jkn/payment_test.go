package jkn

import (
	"strings"
	"testing"
	"time"
)

const paymentHead = "virtual_account,amount,paid_at,reference\n"

func TestPaymentsAreRead(t *testing.T) {
	const file = paymentHead +
		"8888801234567890,840000,2026-11-24T10:00:00+08:00,BRI-1\n" +
		"8988801234567890,735000,2026-11-24 10:00,2\n" +
		"8888801234567890,1,2026-11-24 10:00:30,3\n" +
		"88888-01234567890,840000,2026-12-01,3\n" // the same reference is the caller's to find
	got, bad := gather(ReadPayments(strings.NewReader(file)))
	if len(bad) > 0 || len(got) != 4 {
		t.Fatalf("got %v, %v", got, bad)
	}
	for i, want := range []string{
		"8888801234567890 840000 2026-11-24T02:00:00Z BRI-1",
		"8988801234567890 735000 2026-11-24T03:00:00Z 2",
		"8888801234567890 1 2026-11-24T03:00:30Z 3",
		"8888801234567890 840000 2026-11-30T17:00:00Z 3",
	} {
		p := got[i]
		if said := strings.Join([]string{string(p.Account), rupiah(p.Amount), p.PaidAt.UTC().Format(time.RFC3339), p.Reference}, " "); said != want {
			t.Errorf("got %s, want %s", said, want)
		}
	}
}

func TestEveryMistakeInPaymentsIsReportedWithItsPlace(t *testing.T) {
	const account = "8888801234567890"
	for row, want := range map[string]string{
		"3174015708900002,1,2026-11-24,1":                  "line 2, column 1 (virtual_account)",
		"888880123456789,1,2026-11-24,1":                   "(virtual_account)",
		",1,2026-11-24,1":                                  "(virtual_account)",
		account + ",735.000,2026-11-24,1":                  "line 2, column 18 (amount)",
		account + ",+735000,2026-11-24,1":                  "(amount)",
		account + ",-1,2026-11-24,1":                       "(amount)",
		account + ",0,2026-11-24,1":                        "(amount)",
		account + ",1.5,2026-11-24,1":                      "(amount)",
		account + ",99999999999999999999,2026-11-24,1":     "(amount)",
		account + ",1,24-11-2026,1":                        "line 2, column 20 (paid_at)",
		account + ",1,2026-11-24T10:00,1":                  "(paid_at)",
		account + ",1,,1":                                  "(paid_at)",
		account + ",1,2026-11-24,":                         "line 2, column 31 (reference)",
		account + ",1,2026-11-24,=1+1":                     "(reference)",
		account + ",1,2026-11-24,A\u202e1":                 "(reference)",
		account + ",1,2026-11-24":                          "wrong number of fields",
		account + ",1,2026-11-24,1,2":                      "wrong number of fields",
		account + ",x,y," + strings.Repeat("r", maxText+1): "(amount)",
	} {
		good, bad := gather(ReadPayments(strings.NewReader(paymentHead + row + "\n")))
		if len(good) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Error(), want) {
			t.Errorf("%s: got %v, %v; want %s", row, good, bad, want)
		}
	}
}

func TestATicketExpectsItsBill(t *testing.T) {
	values := map[string]string{"months_owed": "7", "heads": "3", "class": "3", "card": "0001234567890"}
	approved := time.Date(2026, time.November, 24, 9, 0, 0, 0, wib)
	for _, c := range []struct {
		name   string
		paidAt time.Time
		total  int64
	}{
		{"the same day", approved.Add(time.Hour), 840_000},
		{"dated without an hour", time.Date(2026, time.November, 24, 0, 0, 0, 0, wib), 840_000},
		{"the month's last minute", time.Date(2026, time.November, 30, 23, 59, 0, 0, wib), 840_000},
		{"December: November is owed too", time.Date(2026, time.December, 1, 0, 0, 0, 0, wib), 945_000},
		{"over the new year", time.Date(2027, time.January, 5, 9, 0, 0, 0, wib), 1_050_000},
		{"before the officer looked", time.Date(2026, time.October, 5, 9, 0, 0, 0, wib), 840_000},
	} {
		b, err := Expected(values, approved, c.paidAt)
		if err != nil || b.Total != c.total {
			t.Errorf("%s: %d, %v; want %d", c.name, b.Total, err, c.total)
		}
	}
}

func TestOlderArrearsAreLetGo(t *testing.T) {
	values := map[string]string{"months_owed": "24", "heads": "1", "class": "1"}
	b, err := Expected(values, today, today.AddDate(0, 3, 0))
	if err != nil || b.Months != 24 || b.MonthsOwed != 27 || b.Total != 25*150_000 {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestATicketWithoutAClassExpectsNothing(t *testing.T) {
	for _, values := range []map[string]string{
		nil,
		{"months_owed": "7", "heads": "3"},
		{"months_owed": "7", "heads": "3", "class": "4"},
		{"months_owed": "-1", "heads": "3", "class": "3"},
	} {
		if b, err := Expected(values, today, today); err == nil {
			t.Errorf("%v expects %+v", values, b)
		}
	}
}

func TestOnlyTheExactAmountSettles(t *testing.T) {
	due := Bill{Total: 840_000}
	for amount, want := range map[int64]Settlement{840_000: Exact, 839_999: Short, 735_000: Short, 840_001: Over} {
		if got := Match(Payment{Amount: amount}, due); got != want {
			t.Errorf("%d is %s, want %s", amount, got, want)
		}
	}
}

func TestAVirtualAccountIsReadAsPeopleTypeIt(t *testing.T) {
	for typed, want := range map[string]VA{
		"8888801234567890":                    "8888801234567890",
		"88888 0123 4567 890":                 "8888801234567890",
		"VA Mandiri: 89888-01234567890":       "8988801234567890",
		"8888801234567890 = 8888801234567890": "8888801234567890",
		"8888801234567890, 8988801234567890":  "",
		"8888801234567890; 735000":            "",
		"3174015708900002":                    "",
		"88888":                               "",
		"":                                    "",
	} {
		if got, ok := ParseVA(typed); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, %t", typed, got, ok)
		}
	}
}

func FuzzPayments(f *testing.F) {
	f.Add(paymentHead + "8888801234567890,840000,2026-11-24T10:00:00+07:00,BRI-1\n")
	f.Add("reference,paid_at,amount,virtual_account\r\n\"A\n1\",2026-11-24 10:00,0,88888\x00")
	f.Fuzz(func(t *testing.T, file string) {
		good, bad := gather(ReadPayments(strings.NewReader(file)))
		for _, err := range bad {
			wantPlaces(t, err)
		}
		for _, p := range good {
			if p.Amount < 1 || p.Reference == "" || !IsVirtualAccount(string(p.Account)) || p.PaidAt.IsZero() {
				t.Fatalf("read %+v", p)
			}
		}
	})
}
