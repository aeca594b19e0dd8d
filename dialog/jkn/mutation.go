package jkn

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// The fields of a company's requests that change the register once they are granted.
const (
	picksField    = "pegawai_dipilih" // whom to take off
	newField      = "pegawai_baru"    // whom to add
	reasonField   = "mutasi_alasan"
	dateField     = "mutasi_tanggal"
	OutcomesField = "hasil_pegawai" // what became of each row
)

// leavingReasons is the list leaving_reasons: why an employee leaves a company.
var leavingReasons = []field.Option{
	reason("resign", "Mengundurkan diri (resign)", "Resigned", "resign", "keluar", "mengundurkan diri", "quit"),
	reason("phk", "PHK", "Dismissed", "diberhentikan", "pemutusan hubungan kerja", "laid off"),
	reason("pensiun", "Pensiun", "Retired", "purnatugas", "purna tugas", "pension"),
	reason("meninggal", "Meninggal dunia", "Died", "meninggal", "wafat", "almarhum", "death"),
	reason("pindah", "Pindah ke perusahaan lain", "Moved to another company", "pindah", "pindah perusahaan", "moved", "transfer"),
}

var leavingChoices = field.NewChoices(leavingReasons)

func reason(value, id, en string, words ...string) field.Option {
	return field.Option{Value: value, Label: map[string]string{"id": id, "en": en}, Words: words}
}

func showLeaving(value, lang string) string {
	for _, o := range leavingReasons {
		if o.Value == value {
			return o.Label[lang]
		}
	}
	return value
}

// leftFor is what the register has of a reason to leave: all but death end the employment.
func leftFor(reason string) Reason {
	if reason == "meninggal" {
		return Died
	}
	return LeftJob
}

// Mutation is what a granted request of a company does to one person in the register.
type Mutation struct {
	Change
	Number string // card or NIK
	Name   string
	Joins  bool
	// Of who joins, for a register that does not know them; the card is the one BPJS Kesehatan told, "" none.
	Card      Card
	BirthDate time.Time
}

// OutcomesError means that the outcomes are not those of a request's rows, one for each.
type OutcomesError struct{ Rows int }

func (e *OutcomesError) Error() string {
	return fmt.Sprintf("It has %d rows, and each needs an outcome: 1 done, 2 refused: REASON, 3 ...; "+
		"or: all done except 2 refused: REASON.", e.Rows)
}

// Mutations are what a company's granted request does to the register, by its values: of the rows those that were done.
// Error: *[OutcomesError].
func Mutations(company string, values map[string]string) ([]Mutation, error) {
	rows := requested(company, values)
	outcomes, ok := outcomesOf(values[OutcomesField], len(rows))
	if !ok {
		return nil, &OutcomesError{len(rows)}
	}
	var done []Mutation
	for i, row := range rows {
		if outcomes[i].done {
			row.Card = outcomes[i].card
			done = append(done, row)
		}
	}
	return done, nil
}

// requested are the rows of a request as it asks for them.
func requested(company string, values map[string]string) []Mutation {
	day, _ := time.Parse(time.DateOnly, values[dateField])
	var rows []Mutation
	for line := range strings.Lines(values[newField]) {
		cells := strings.SplitN(strings.TrimSpace(line), ";", 3)
		if len(cells) < 3 {
			continue
		}
		born, _ := time.Parse(time.DateOnly, cells[1])
		rows = append(rows, Mutation{
			Change: Change{From: day, Status: ActiveMember, Employer: company}, Number: cells[0], Joins: true,
			Name: cells[2], BirthDate: born,
		})
	}
	for _, p := range readPicked(values[picksField]) {
		change := Change{From: day, Status: InactiveMember, Reason: leftFor(values[reasonField])}
		if p.reason != "" {
			change.Reason = leftFor(p.reason)
		}
		if own, err := time.Parse(time.DateOnly, p.date); err == nil {
			change.From = own
		}
		rows = append(rows, Mutation{Change: change, Number: p.number, Name: p.name})
	}
	return rows
}

// Named are the numbers of the people whom a company's request names.
func Named(values map[string]string) []string {
	var numbers []string
	for _, row := range requested("", values) {
		numbers = append(numbers, row.Number)
	}
	return numbers
}

// Newcomer is the member of a mutation who joins, where the register does not know them: inactive until the day comes.
func (m Mutation) Newcomer(now time.Time) Member {
	n := Member{Card: m.Card, NIK: NIK(m.Number), Name: m.Name, BirthDate: m.BirthDate, Sex: Male, Segment: PPU, Status: InactiveMember}
	if n.NIK.Female() {
		n.Sex = Female
	}
	return n.With(m.Change, now)
}

// told is what became of a row.
type told struct {
	done bool
	card Card   // that was given out with it; "" none
	why  string // it was refused; "" nobody said
}

var (
	outcomeForm = regexp.MustCompile(`^\(?(\d{1,3})[ .:)=-]+(\pL+)(.*)$`)
	allForm     = regexp.MustCompile(`(?i)^\s*\(?(?:semua|all)\)?[ :]+(\pL+)[ ,;\n]*(?:kecuali|except)?`)

	doneWords    = []string{"berhasil", "sukses", "selesai", "sudah", "ok", "oke", "done"}
	refusedWords = []string{"ditolak", "tolak", "gagal", "refused", "failed"}
)

const outcomeOfAll = "(semua) berhasil"

// readOutcomes is the reader of employee_outcomes: what became of each row, in turn, "1 berhasil, 2 ditolak: NIK belum
// padan"; or "semua berhasil", "semua berhasil kecuali 3 ditolak: sudah pindah". The card that a new member was given
// may follow: "1 berhasil 0001234567890". How many rows there are only [Mutations] knows.
func readOutcomes(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	var lines []string
	m := allForm.FindStringSubmatch(text)
	all := m != nil && slices.Contains(doneWords, strings.ToLower(m[1]))
	if all {
		lines, text = append(lines, outcomeOfAll), text[len(m[0]):]
	}
	last := 0
	for _, part := range outcomeParts(text) {
		n, line, ok := readOutcome(part)
		if !ok || n <= last || !all && n != last+1 {
			return "", nil, unclearOutcome(last + 1)
		}
		last = n
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "", nil, unclearOutcome(1)
	}
	return strings.Join(lines, "\n"), nil, nil
}

func unclearOutcome(row int) error {
	return &field.Problem{Code: "outcomes.unclear", Args: map[string]string{"row": strconv.Itoa(row)}}
}

// outcomeParts splits outcomes: a part that begins with no number goes on with the one before, whose reason has a comma.
func outcomeParts(text string) []string {
	var parts []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		part = field.Plain(part)
		switch {
		case part == "":
		case len(parts) == 0 || outcomeForm.MatchString(part):
			parts = append(parts, part)
		default:
			parts[len(parts)-1] += ", " + part
		}
	}
	return parts
}

// readOutcome reads "2 ditolak: NIK belum padan" into its canonical form, "(2) ditolak: NIK belum padan".
func readOutcome(part string) (n int, line string, ok bool) {
	m := outcomeForm.FindStringSubmatch(part)
	if m == nil {
		return 0, "", false
	}
	n, _ = strconv.Atoi(m[1])
	word, rest := strings.ToLower(m[2]), strings.Trim(m[3], " :,.=-")
	line = fmt.Sprintf("(%d) ", n)
	switch card, err := ParseCard(rest); {
	case slices.Contains(doneWords, word) && rest == "":
		return n, line + "berhasil", true
	case slices.Contains(doneWords, word) && err == nil:
		return n, line + "berhasil " + string(card), true
	case slices.Contains(refusedWords, word) && rest == "":
		return n, line + "ditolak", true
	case slices.Contains(refusedWords, word):
		return n, line + "ditolak: " + rest, true
	}
	return 0, "", false
}

// outcomesOf gives the outcome of each of so many rows; ok is false where a row has none, or there is no such row.
func outcomesOf(value string, rows int) (outcomes []told, ok bool) {
	outcomes = make([]told, rows)
	known := make([]bool, rows)
	for line := range strings.Lines(value) {
		number, words, _ := strings.Cut(strings.TrimSpace(line), ") ")
		if strings.TrimSpace(line) == outcomeOfAll {
			for i := range outcomes {
				outcomes[i].done, known[i] = true, true
			}
			continue
		}
		n, err := strconv.Atoi(strings.TrimPrefix(number, "("))
		if err != nil || n < 1 || n > rows {
			return nil, false
		}
		if card, done := strings.CutPrefix(words, "berhasil"); done {
			outcomes[n-1] = told{done: true, card: Card(strings.TrimSpace(card))}
		} else {
			outcomes[n-1] = told{why: strings.TrimPrefix(strings.TrimPrefix(words, "ditolak"), ": ")}
		}
		known[n-1] = true
	}
	return outcomes, !slices.Contains(known, false)
}

// outcomeWords are what outcomes are called in English.
var outcomeWords = strings.NewReplacer(") berhasil", ") done", ") ditolak", ") refused")

// showOutcomes writes outcomes a line each; where all but some were done, those.
func showOutcomes(value, lang string) string {
	rest, all := strings.CutPrefix(value, outcomeOfAll)
	words := [2]string{"Semua berhasil", ", kecuali:"}
	if lang == "en" {
		rest, words = outcomeWords.Replace(rest), [2]string{"All done", ", except:"}
	}
	switch {
	case all && rest == "":
		return words[0]
	case all:
		return words[0] + words[1] + rest
	}
	return rest
}

// briefOutcomes counts the outcomes and says whose they are: where a message has no room for all of them, of those who
// were refused, for whom something is to be done.
func briefOutcomes(value, lang string, answer func(field string) string) (text string, whole bool) {
	people := requested("", map[string]string{newField: answer(newField), picksField: answer(picksField)})
	outcomes, ok := outcomesOf(value, len(people))
	if !ok || len(people) == 0 { // from before there was one for each
		return showOutcomes(value, lang), true
	}
	var rows, refused []string
	for i, o := range outcomes {
		row := fmt.Sprintf("(%d) %s, %s: %s", i+1, people[i].Name, people[i].Number, o.show(lang))
		rows = append(rows, row)
		if !o.done {
			refused = append(refused, row)
		}
	}
	head := countOutcomes(len(rows)-len(refused), len(refused), lang)
	if len(rows) > rowsInChat && len(refused) > 0 {
		return firstRows(head, refused, lang), false
	}
	return firstRows(head, rows, lang), len(rows) <= rowsInChat
}

// countOutcomes is "28 berhasil, 2 ditolak"; what there is none of is not told.
func countOutcomes(done, refused int, lang string) string {
	var counts []string
	if done > 0 {
		counts = append(counts, strconv.Itoa(done)+" "+outcomeWord(true, lang))
	}
	if refused > 0 {
		counts = append(counts, strconv.Itoa(refused)+" "+outcomeWord(false, lang))
	}
	return strings.Join(counts, ", ")
}

func outcomeWord(done bool, lang string) string {
	switch {
	case done && lang == "en":
		return "done"
	case done:
		return "berhasil"
	case lang == "en":
		return "refused"
	}
	return "ditolak"
}

func (o told) show(lang string) string {
	card := ", kartu "
	if lang == "en" {
		card = ", card "
	}
	switch word := outcomeWord(o.done, lang); {
	case o.card != "":
		return word + card + string(o.card)
	case o.why != "":
		return word + ", " + o.why
	default:
		return word
	}
}
