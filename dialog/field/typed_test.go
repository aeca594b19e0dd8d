package field

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("WIB", 7*3600))

func options(lines ...string) []Option {
	var all []Option
	for i, line := range lines {
		id, rest, _ := strings.Cut(line, " | ")
		en, words, _ := strings.Cut(rest, " | ")
		o := Option{Value: strconv.Itoa(i + 1), Label: map[string]string{"id": id}}
		if en != "" {
			o.Label["en"] = en
		}
		if words != "" {
			o.Words = strings.Split(words, ", ")
		}
		all = append(all, o)
	}
	return all
}

// menus are what the corpus chooses from: Indonesian label | English label | words.
var menus = map[string][]Option{
	"main": options(
		"Cek Status Kepesertaan | Check status | status aktif",
		"Cek Tagihan | Check bill | iuran, bill",
		"Informasi | Information | info, tanya",
		"Pengaduan | Complaint | komplain, lapor",
		"Tiket Saya | My tickets | tiketku",
		"Layanan Pandawa | Pandawa service | pandawa",
	),
	"yesno":  options("Setuju | Agree", "Tidak setuju | Disagree | menolak"),
	"oneway": options("Tidak setuju | Disagree | menolak", "Lanjutkan | Go on"),
	"class":  options("Kelas 1 | Class 1", "Kelas 2 | Class 2", "Kelas 3 | Class 3"),
	"months": options("1 bulan | 1 month", "3 bulan | 3 months", "6 bulan | 6 months"),
	"regency": options(
		"Kabupaten Bogor", "Kota Bogor", "Kabupaten Bandung", "Kabupaten Bandung Barat", "Kota Bandung",
		"Kota Administrasi Jakarta Selatan |  | jaksel", "Kota Administrasi Jakarta Barat |  | jakbar",
		"D.I. Yogyakarta |  | diy, jogja", "Kota Bau-Bau", "Kabupaten Administrasi Kepulauan Seribu",
		"Kota Surabaya |  | sby", "Kabupaten Malang", "Kota Malang",
	),
}

// read plays one line of the corpus: the value as text, or the problem.
func read(t *testing.T, parser, typed, context string) (string, error) {
	t.Helper()
	switch parser {
	case "normal":
		return Normal(typed), nil
	case "plain":
		return Plain(typed), nil
	case "bare":
		return Bare(Normal(typed)), nil
	case "number":
		n, err := Number(typed, limits(t, context, 0), limits(t, context, 1))
		return strconv.FormatInt(n, 10), err
	case "money":
		n, err := Money(typed, limits(t, context, 0), limits(t, context, 1))
		return strconv.FormatInt(n, 10), err
	case "text":
		return Text(typed, limits(t, context, 0), limits(t, context, 1))
	case "choice":
		menu, lang, _ := strings.Cut(context, " ")
		if menus[menu] == nil {
			t.Fatalf("no menu %q", menu)
		}
		index, err := Choose(typed, lang, menus[menu], nil)
		return strconv.Itoa(index + 1), err
	case "date":
		d, err := Date(typed, today)
		return d.Format(time.DateOnly), err
	case "birthdate":
		d, err := BirthDate(typed, today)
		return d.Format(time.DateOnly), err
	case "phone":
		return Phone(typed)
	case "email":
		return Email(typed)
	case "name":
		return Name(typed)
	case "digits":
		digits, rest := Digits(typed)
		return digits + "|" + rest, nil
	case "yesno":
		yes, err := YesNo(typed)
		return map[bool]string{true: "yes", false: "no"}[yes], err
	}
	t.Fatalf("no parser %q", parser)
	return "", nil
}

func limits(t *testing.T, context string, side int) int64 {
	t.Helper()
	parts := strings.Split(context, "..")
	if len(parts) != 2 {
		t.Fatalf("bounds %q", context)
	}
	n, err := strconv.ParseInt(parts[side], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// outcome writes what reading gave as the corpus does: the value, or "!" and the problem's code.
func outcome(t *testing.T, value string, err error) string {
	t.Helper()
	var problem *Problem
	var tie *Tie
	switch {
	case err == nil:
		return value
	case !errors.As(err, &problem):
		t.Fatalf("an error that is no problem: %v", err)
	case errors.As(err, &tie):
		indexes := make([]string, len(tie.Options))
		for i, o := range tie.Options {
			indexes[i] = strconv.Itoa(o + 1)
		}
		return "!" + problem.Code + " " + strings.Join(indexes, ",")
	}
	return "!" + problem.Code
}

// corpus gives the lines of testdata/typed.tsv: parser, typed, expected, context. Text in quotes has Go's escapes.
func corpus(t testing.TB) [][4]string {
	t.Helper()
	data, err := os.ReadFile("testdata/typed.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var lines [][4]string
	for _, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n")[1:] {
		var columns [4]string
		copy(columns[:], strings.Split(line, "\t"))
		if strings.HasPrefix(columns[1], `"`) {
			if columns[1], err = strconv.Unquote(columns[1]); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		lines = append(lines, columns)
	}
	return lines
}

func TestWhatPeopleType(t *testing.T) {
	lines := corpus(t)
	if len(lines) < 300 {
		t.Errorf("only %d ways of typing", len(lines))
	}
	for i, line := range lines {
		value, err := read(t, line[0], line[1], line[3])
		if got := outcome(t, value, err); got != line[2] {
			t.Errorf("typed.tsv:%d: %s %q: got %q, want %q", i+2, line[0], line[1], got, line[2])
		}
		checkArgs(t, err)
	}
}

// checkArgs checks a problem against the table that the catalogue is checked with.
func checkArgs(t testing.TB, err error) {
	t.Helper()
	var problem *Problem
	if err == nil || !errors.As(err, &problem) {
		return
	}
	args, known := problems[problem.Code]
	if !known || len(args) != len(problem.Args) {
		t.Errorf("%v: the table says %v", problem, args)
	}
	for _, arg := range args {
		if problem.Args[arg] == "" {
			t.Errorf("%v: %s is empty", problem, arg)
		}
	}
	if text := fmt.Sprint(err); strings.ContainsAny(text, "0123456789") {
		t.Errorf("%q: a value in an error's text", text)
	}
}
