package jkn

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

func TestOutcomesNameEveryRow(t *testing.T) {
	for typed, want := range map[string]string{
		"1 berhasil, 2 ditolak: NIK belum padan":           "(1) berhasil|(2) ditolak: NIK belum padan",
		"(1) berhasil; 2. Berhasil":                        "(1) berhasil|(2) berhasil",
		"1 done\n2 refused: NIK unknown, see Dukcapil":     "(1) berhasil|(2) ditolak: NIK unknown, see Dukcapil",
		"1 berhasil 0001234567890, 2 gagal":                "(1) berhasil 0001234567890|(2) ditolak",
		"1 berhasil, kartu 0001234567890":                  "(1) berhasil 0001234567890",
		"semua berhasil":                                   "(semua) berhasil",
		"All done":                                         "(semua) berhasil",
		"semua berhasil kecuali 3 ditolak: sudah pindah":   "(semua) berhasil|(3) ditolak: sudah pindah",
		"semua berhasil, kecuali 3 ditolak: a; 12 ditolak": "(semua) berhasil|(3) ditolak: a|(12) ditolak",
		"(semua) berhasil\n(2) ditolak":                    "(semua) berhasil|(2) ditolak",
		"semua ditolak":                                    "! outcomes.unclear 1",
		"selesai semua":                                    "! outcomes.unclear 1",
		"berhasil":                                         "! outcomes.unclear 1",
		"1 berhasil, 3 berhasil":                           "! outcomes.unclear 2",
		"2 berhasil, 1 berhasil":                           "! outcomes.unclear 1",
		"1 berhasil, kecuali 2":                            "! outcomes.unclear 1",
		"1 mungkin":                                        "! outcomes.unclear 1",
		"semua berhasil kecuali 3 ditolak; 3 ditolak":      "! outcomes.unclear 4",
		"1":     "! outcomes.unclear 1",
		"1 ...": "! outcomes.unclear 1",
		"":      "! outcomes.unclear 1",
	} {
		value, _, err := readOutcomes(typed, dialog.Reading{})
		if got := strings.ReplaceAll(outcome(value, err), "\n", "|"); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}

func TestOutcomesAreShownInBothLanguages(t *testing.T) {
	for value, want := range map[string]string{
		"(1) berhasil|(2) ditolak: NIK": "(1) berhasil|(2) ditolak: NIK / (1) done|(2) refused: NIK",
		"(semua) berhasil":              "Semua berhasil / All done",
		"(semua) berhasil|(2) ditolak":  "Semua berhasil, kecuali:|(2) ditolak / All done, except:|(2) refused",
	} {
		value = strings.ReplaceAll(value, "|", "\n")
		got := showOutcomes(value, "id") + " / " + showOutcomes(value, "en")
		if got = strings.ReplaceAll(got, "\n", "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestANoticeListsWhoNeedsSomethingDone(t *testing.T) {
	many, refused := strings.TrimSuffix(strings.Repeat("0009900000012 Contoh Budi\n", 500), "\n"), "(semua) berhasil"
	for i := range 20 {
		refused += fmt.Sprintf("\n(%d) ditolak: sudah pindah", 11+i)
	}
	const two, cards = "0009900000012 Contoh Budi\n0009900000015 Contoh Agus", "3174015708900002;1990-08-17;Siti"
	for _, c := range []struct {
		field, rows, outcomes, lang string
		lines                       int
		head, first, last           string
		whole                       bool
	}{
		{
			picksField, two, "(1) ditolak: NIK, salah\n(2) berhasil", "id", 3, "1 berhasil, 1 ditolak",
			"(1) Contoh Budi, 0009900000012: ditolak, NIK, salah", "(2) Contoh Agus, 0009900000015: berhasil", true,
		},
		{
			picksField, two, "(1) ditolak\n(2) ditolak", "en", 3, "2 refused",
			"(1) Contoh Budi, 0009900000012: refused", "(2) Contoh Agus, 0009900000015: refused", true,
		},
		{
			newField, cards, "(1) berhasil 0001234567890", "id", 2, "1 berhasil",
			"(1) Siti, 3174015708900002: berhasil, kartu 0001234567890", "(1) Siti, 3174015708900002: berhasil, kartu 0001234567890", true,
		},
		{picksField, many, "(semua) berhasil", "en", 10, "500 done", "(1) Contoh Budi, 0009900000012: done", "… and 492 more", false},
		{
			picksField, many, refused, "id", 10, "480 berhasil, 20 ditolak",
			"(11) Contoh Budi, 0009900000012: ditolak, sudah pindah", "… dan 12 lainnya", false,
		},
		{
			picksField, many, "(semua) berhasil\n(500) ditolak", "en", 2, "499 done, 1 refused",
			"(500) Contoh Budi, 0009900000012: refused", "(500) Contoh Budi, 0009900000012: refused", false,
		},
		{picksField, two, "(1) berhasil", "id", 1, "(1) berhasil", "", "(1) berhasil", true}, // not one for each
	} {
		text, whole := briefOutcomes(c.outcomes, c.lang, func(name string) string { return map[string]string{c.field: c.rows}[name] })
		lines := strings.Split(text, "\n")
		if len(lines) != c.lines || lines[0] != c.head || c.lines > 1 && lines[1] != c.first || lines[len(lines)-1] != c.last || whole != c.whole {
			t.Errorf("want %d lines, %q to %q, whole %v; got %v:\n%s", c.lines, c.head, c.last, c.whole, whole, text)
		}
	}
}

// request is a request's values, with what became of its rows.
func request(outcomes string, values ...string) map[string]string {
	all := map[string]string{OutcomesField: outcomes, dateField: "2026-12-01", reasonField: "phk"}
	for ; len(values) > 1; values = values[2:] {
		all[values[0]] = values[1]
	}
	return all
}

func TestWhatWasGrantedChangesTheRegister(t *testing.T) {
	const picks = "0009900000012 Contoh Budi\n0009900000015 Contoh Agus"
	const own = "0009900000012 Contoh Budi\tmeninggal\t2026-11-20\n0009900000015 Contoh Agus\tpindah\t2026-12-31"
	const joining = "3174015708900002;1990-08-17;Siti Aminah"
	for name, c := range map[string]struct {
		values map[string]string
		want   string
	}{
		"all leave":      {request("(semua) berhasil", picksField, picks), "0009900000012 nonaktif berhenti_kerja 2026-12-01, 0009900000015 nonaktif berhenti_kerja 2026-12-01"},
		"one leaves":     {request("(1) ditolak\n(2) berhasil", picksField, picks), "0009900000015 nonaktif berhenti_kerja 2026-12-01"},
		"all but one":    {request("(semua) berhasil\n(2) ditolak: x", picksField, picks), "0009900000012 nonaktif berhenti_kerja 2026-12-01"},
		"each their own": {request("(semua) berhasil", picksField, own), "0009900000012 nonaktif meninggal 2026-11-20, 0009900000015 nonaktif berhenti_kerja 2026-12-31"},
		"somebody joins": {request("(1) berhasil 0001234567890", newField, joining), "3174015708900002 aktif 2026-12-01 PT1 0001234567890 Siti Aminah 1990-08-17"},
		"too few":        {request("(1) berhasil", picksField, picks), "refused: 2"},
		"too many":       {request("(1) berhasil\n(2) berhasil", newField, joining), "refused: 1"},
		"none told":      {request("", newField, joining), "refused: 1"},
	} {
		done, err := Mutations("PT1", c.values)
		var all []string
		for _, m := range done {
			line := strings.Join([]string{m.Number, string(m.Status), string(m.Reason), canonicalDate(m.From), m.Employer}, " ")
			if m.Joins {
				line += " " + string(m.Card) + " " + m.Name + " " + canonicalDate(m.BirthDate)
			}
			all = append(all, strings.Join(strings.Fields(line), " "))
		}
		got := strings.Join(all, ", ")
		if e := (*OutcomesError)(nil); errors.As(err, &e) {
			got = fmt.Sprint("refused: ", e.Rows)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAChangeHoldsFromItsDayOn(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	before := Member{Card: "0009900000012", Segment: PBPU, Status: ActiveMember, HeadCard: "0009900000013", Employer: "PT1", PaidUntil: 9}
	leaves := before.With(Change{From: day, Status: InactiveMember, Reason: LeftJob}, day.AddDate(0, 0, -8))
	joins := before.With(Change{From: day, Status: ActiveMember, Employer: "PT2"}, day.AddDate(0, 0, -8))
	for _, c := range []struct {
		m    Member
		at   time.Time
		want string
	}{
		{leaves, time.Date(2026, 11, 30, 23, 59, 0, 0, wib), "aktif  PT1 PBPU 0009900000013"},
		{leaves, time.Date(2026, 12, 1, 0, 0, 0, 0, wib), "nonaktif berhenti_kerja PT1 PBPU 0009900000013"},
		{joins, time.Date(2026, 11, 30, 23, 59, 0, 0, wib), "aktif  PT1 PBPU 0009900000013"},
		{joins, time.Date(2026, 12, 1, 0, 0, 0, 0, wib), "aktif  PT2 PPU "},
		{leaves.With(Change{From: day, Status: ActiveMember, Employer: "PT1"}, day), day, "aktif  PT1 PPU "}, // another decision
	} {
		m := c.m.On(c.at)
		got := strings.Join([]string{string(m.Status), string(m.Reason), m.Employer, string(m.Segment), string(m.HeadCard)}, " ")
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.at, got, c.want)
		}
		if changed := m.Coming.From.IsZero(); changed && !m.Since.Equal(day) {
			t.Errorf("%v: since %v", c.at, m.Since)
		}
	}
}

func TestANewcomerIsInactiveUntilTheirDay(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	m := Mutation{Change: Change{From: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Status: ActiveMember, Employer: "PT1"}, Number: "3174015708900002", Name: "Siti"}
	n := m.Newcomer(now)
	if n.Status != InactiveMember || n.Employer != "" || n.Sex != Female || n.Number() != "3174015708900002" {
		t.Errorf("today: %+v", n)
	}
	if later := n.On(now.AddDate(0, 0, 8)); later.Status != ActiveMember || later.Employer != "PT1" || later.Segment != PPU {
		t.Errorf("on the day: %+v", later)
	}
}
