package jkn

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"sapa/dialog/field"
)

const memberHead = "card,nik,kk,name,birth_date,sex,segment,class,status,status_reason,status_since,paid_until,regency," +
	"faskes,phone,employer,family_head_card\n"

// gather reads a table to its end: the good rows, and the errors of the others.
func gather[T any](rows iter.Seq2[T, error]) (good []T, bad []error) {
	for r, err := range rows {
		if err != nil {
			bad = append(bad, err)
			continue
		}
		good = append(good, r)
	}
	return good, bad
}

func TestAMemberIsRead(t *testing.T) {
	siti := Member{
		Card: "0001234567890", NIK: "3174015708900002", KK: "3174010101109000", Name: "Siti, Aminah",
		BirthDate: day(1990, 8, 17), Sex: Female, Segment: PBPU, Class: 3, Status: InactiveMember, Reason: InArrears,
		Since: day(2026, 5, 1), PaidUntil: 12*2026 + 2, Regency: "31.74", Facility: "Contoh Puskesmas Tebet",
		Phone: "+6281200000001", HeadCard: "0001234567890",
	}
	baby := Member{
		Card: "0001234567891", Name: "Bayi Ny. Siti", BirthDate: day(2026, 11, 1), Segment: RegionalPBI, Status: ActiveMember,
	}
	for name, file := range map[string]string{
		"every column": memberHead +
			"0001234567890,3174015708900002,3174010101109000,\"Siti, Aminah\",1990-08-17,P,PBPU,3,nonaktif,tunggakan,2026-05-01," +
			"2026-03,31.74,Contoh Puskesmas Tebet,0812-0000-0001,,0001234567890\n" +
			"0001234567891,,,Bayi Ny. Siti,2026-11-01,,PBI_APBD,,aktif,,,,,,,,\n",
		"as a spreadsheet saves it": "\uFEFF" + strings.ReplaceAll(memberHead, "\n", "\r\n") +
			"\"0001234567890\",3174015708900002,3174010101109000,\"Siti,  Aminah\",1990-08-17,P,PBPU,3,nonaktif,tunggakan," +
			"2026-05-01,2026-03,3174,Contoh  Puskesmas Tebet ,+62 812 0000 0001,,0001234567890\r\n\r\n" +
			"0001234567891,,, Bayi Ny. Siti,2026-11-01,,PBI_APBD,,aktif,,,,,,,,",
		"another order": "status,name,paid_until,card,nik,kk,birth_date,sex,segment,class,status_reason,status_since,regency,faskes,phone," +
			"family_head_card\n" +
			"nonaktif,\"Siti, Aminah\",2026-03,0001234567890,3174015708900002,3174010101109000,1990-08-17,P,PBPU,3,tunggakan," +
			"2026-05-01,31.74,Contoh Puskesmas Tebet,6281200000001,0001234567890\n" +
			"aktif,Bayi Ny. Siti,,0001234567891,,,2026-11-01,,PBI_APBD,,,,,,,\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, bad := gather(ReadMembers(strings.NewReader(file)))
			if want := []Member{siti, baby}; len(bad) > 0 || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v\nwant %+v", got, bad, want)
			}
		})
	}
}

func TestEveryMistakeInMembersIsReportedWithItsPlace(t *testing.T) {
	const good = "0001234567890,3174015708900002,3174010101109000,Siti Aminah,1990-08-17,P,PBPU,3,nonaktif,tunggakan,2026-05-01," +
		"2026-03,31.74,Contoh Puskesmas,081200000001,CONTOH-01,0001234567890"
	header := strings.Split(strings.TrimSpace(memberHead), ",")
	for column, values := range map[string][]string{
		"card":             {"", "1234567890", "0000000000000", "000123456789O", "0001 2345 67890"},
		"nik":              {"317401570890000", "3174013208900001", "3174015708900000", "8888801234567890", "1111111111111111"},
		"kk":               {"31740101011090", "3174013201109000", "3174010101100000", "8988801234567890"},
		"name":             {"", "=HYPERLINK(1)", "+62", "-", strings.Repeat("a", 101), "\u202e\u200b"},
		"birth_date":       {"", "17-08-1990", "1990-02-30", "19900817", "1990-8-17", "0000-01-01", "0001-01-01"},
		"sex":              {"M", "l"},
		"segment":          {"", "pbpu", "PBI APBD"},
		"class":            {"0", "4", "III", "1 "[:1] + "0"},
		"status":           {"", "AKTIF", "active"},
		"status_reason":    {"lupa", "Tunggakan"},
		"status_since":     {"kemarin", "2026-13-01"},
		"paid_until":       {"2026-3", "2026-13", "2026-03-31", "0000-05", "Maret"},
		"regency":          {"31", "31.99", "Jakarta Selatan"},
		"faskes":           {"@rumah", strings.Repeat("b", 101)},
		"phone":            {"tanya", "165", "08120000"},
		"employer":         {"PT Contoh", "-1"},
		"family_head_card": {"123", "1111111111111"},
	} {
		i := slices.Index(header, column)
		for _, value := range values {
			cells := strings.Split(good, ",")
			cells[i] = value
			_, bad := gather(ReadMembers(strings.NewReader(memberHead + good + "\n" + strings.Join(cells, ",") + "\n" + good + "\n")))
			if len(bad) != 1 {
				t.Errorf("%s %q: %d errors, want one: %v", column, value, len(bad), bad)
				continue
			}
			var at *TableError
			if !errors.As(bad[0], &at) || at.Line != 3 || at.Field != column || at.Column != len(strings.Join(cells[:i], ","))+min(i, 1)+1 {
				t.Errorf("%s %q: got %v", column, value, bad[0])
			}
			if len(value) > 2 && strings.Contains(bad[0].Error(), value) {
				t.Errorf("the error of %s repeats its value: %v", column, bad[0])
			}
		}
	}
	if got, bad := gather(ReadMembers(strings.NewReader(memberHead + good))); len(bad) > 0 || len(got) != 1 {
		t.Errorf("the row without a mistake: %v", bad)
	}
}

func TestGoodMembersAreReadBesideBadOnes(t *testing.T) {
	const file = "card,name,birth_date,segment,status\n" +
		"0001234567890,Siti,1990-08-17,PBPU,aktif\n" +
		"123,,1990,PBPU,aktif\n" + // three mistakes
		"0001234567891,Budi,1990-08-17,PBPU\n" +
		"0001234567892,Ayu\"x,1990-08-17,PBPU,aktif\n" +
		"0001234567893,Wati,1990-08-17,PBPU,aktif\n" +
		"0001234567894,\"Rina,1990-08-17,PBPU,aktif\n" + // never closed
		"0001234567895,Joko,1990-08-17,PBPU,aktif\n"
	good, bad := gather(ReadMembers(strings.NewReader(file)))
	if len(good) != 2 || good[0].Name != "Siti" || good[1].Name != "Wati" {
		t.Errorf("read %+v", good)
	}
	want := []string{
		"line 3, column 1 (card)", "line 3, column 5 (name)", "line 3, column 6 (birth_date)",
		"line 4, column 1: wrong number of fields",
		"line 5, column 18: bare \"",
		"its row begins in line 7, so these lines are lost",
	}
	if said := errors.Join(bad...).Error(); len(bad) != 4 || !inOrder(said, want) {
		t.Errorf("got\n%s\nwant\n%s", said, strings.Join(want, "\n"))
	}
}

// inOrder reports whether parts stand in a text one after the other.
func inOrder(text string, parts []string) bool {
	for _, part := range parts {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

func TestABadHeaderEndsTheReading(t *testing.T) {
	for file, want := range map[string]string{
		"":                          "the file is empty",
		"card,name\n1,2\n":          `column "birth_date" is missing`,
		memberHead[:4] + ",pin\n1":  `unknown column "pin"`,
		"card;nik;name\n":           "line 1, column 1: want a header row first, with card,name,birth_date,segment,status",
		"0001234567890,Siti,Siti\n": "want a header row first",
		"card,card,name,birth_date,segment,status\n1,1,1,1,1,1\n": `column "card" stands here twice`,
	} {
		good, bad := gather(ReadMembers(strings.NewReader(file)))
		if len(good) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Error(), want) || strings.Contains(bad[0].Error(), "Siti") {
			t.Errorf("%q: got %v, %v; want %s", file, good, bad, want)
		}
	}
}

func TestAFailingReaderIsNoBadRow(t *testing.T) {
	broken := errors.New("the disk is gone")
	row := "0001234567890,Siti,1990-08-17,PBPU,aktif\n"
	in := io.MultiReader(strings.NewReader("card,name,birth_date,segment,status\n"+row), iotest.ErrReader(broken))
	good, bad := gather(ReadMembers(in))
	var at *TableError
	if len(good) != 1 || len(bad) != 1 || !errors.Is(bad[0], broken) || errors.As(bad[0], &at) {
		t.Errorf("got %v, %v", good, bad)
	}
}

func TestReadingCanStopEarly(t *testing.T) {
	file := memberHead + strings.Repeat("x\n", 5)
	for _, err := range ReadMembers(strings.NewReader(file)) { // going on after the break would panic
		if err == nil {
			t.Error("a bad row is read")
		}
		break
	}
}

func TestMembersReadBackAsTheyWereWritten(t *testing.T) {
	var file bytes.Buffer
	want := SampleMembers()
	if err := WriteMembers(&file, slices.Values(want)); err != nil {
		t.Fatal(err)
	}
	if head, _, _ := strings.Cut(file.String(), "\n"); head+"\n" != memberHead {
		t.Errorf("the header is %q", head)
	}
	got, bad := gather(ReadMembers(&file))
	if len(bad) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d of %d came back, with %v", len(got), len(want), bad)
	}
}

func TestAFullDiskIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "members.csv")
	f, err := os.Create(path)
	if err == nil {
		err = f.Close() // nothing can be written any more
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteMembers(f, slices.Values(SampleMembers())); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// The short way to a mobile number is the long way's: what it reads, the numbering plan reads the same.
func TestMobileNumbersAreReadAsEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringMatching(`(\+62|62|0|)[ -]?8[0-9]{2}[ .-]?[0-9]{3,5}[ -]?[0-9]{2,5}`).Draw(t, "typed")
		want, err := field.Phone(typed)
		if got, ok := indonesianMobile(typed); ok && (err != nil || got != want) {
			t.Fatalf("%q is %q, elsewhere %q (%v)", typed, got, want, err)
		}
		if got, ok := readPhone(typed); ok != (err == nil) || got != want {
			t.Fatalf("%q is %q, %t, elsewhere %q (%v)", typed, got, ok, want, err)
		}
	})
}

func FuzzMembers(f *testing.F) {
	f.Add(memberHead + "0001234567890,3174015708900002,,Siti,1990-08-17,P,PBPU,3,nonaktif,tunggakan,,2026-03,31.74,,0812,,\n")
	f.Add("card,name,birth_date,segment,status\n0001234567890,\"Siti\n,1990-08-17,PBPU,aktif\n\x00")
	f.Add("\uFEFFcard,name,birth_date,segment,status,phone\r\n0001234567890,Siti,1990-08-17,BP,aktif,+62 (0)812-0000-0001\r\n")
	f.Fuzz(func(t *testing.T, file string) {
		good, bad := gather(ReadMembers(strings.NewReader(file)))
		for _, err := range bad {
			wantPlaces(t, err)
		}
		var again bytes.Buffer
		if err := WriteMembers(&again, slices.Values(good)); err != nil {
			t.Fatal(err)
		}
		if got, bad := gather(ReadMembers(&again)); len(bad) > 0 || !reflect.DeepEqual(got, good) {
			t.Fatalf("%+v was written and came back as %+v, %v", good, got, bad)
		}
	})
}

// wantPlaces checks that an error says where each mistake stands.
func wantPlaces(t *testing.T, err error) {
	t.Helper()
	var at *TableError
	if !errors.As(err, &at) {
		t.Fatalf("%v has no place", err)
	}
	for line := range strings.Lines(err.Error()) {
		if strings.HasPrefix(line, "line 0") || strings.Contains(line, "column 0") {
			t.Fatalf("a mistake without a place: %v", err)
		}
	}
}

// A register of the size of a province: a million rows are to be read in seconds.
func BenchmarkReadMembers(b *testing.B) {
	var file bytes.Buffer
	if err := WriteMembers(&file, slices.Values(SampleMembers())); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		for _, err := range ReadMembers(bytes.NewReader(file.Bytes())) {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}
