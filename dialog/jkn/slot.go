package jkn

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"sapa/dialog"
	"sapa/dialog/field"
	"sapa/dialog/worktime"
)

const (
	// SlotLength is the part of an office's day that a visitor books.
	SlotLength = 30 * time.Minute
	// visitDays is how many of an office's next working days can be booked. Nobody remembers longer, and a booking
	// that is forgotten keeps others out.
	visitDays = 5
	// searchDays bounds the search for them: a month of holidays is more than any year has.
	searchDays = 45
)

// Counter is an office as visitors from a regency meet it: when it is open there.
type Counter struct {
	Branch
	// Calendar is the desk's, in the zone of the regency; nil: the office is never open.
	Calendar *worktime.Calendar
	// Hours are the desk's hours. The office's own take their place, but on days with special ones (Ramadan), which hold
	// for every office.
	Hours worktime.Hours
}

// open gives the office's hours on the day that noon falls on.
func (c Counter) open(noon time.Time) (opens, closes time.Time, ok bool) {
	if c.Calendar == nil {
		return opens, closes, false
	}
	opens, closes, ok = c.Calendar.Day(noon)
	special := opens.Format(hourLayout) != c.Hours.Open || closes.Format(hourLayout) != c.Hours.Close
	if !ok || special || c.Open == "" {
		return opens, closes, ok
	}
	return atHour(opens, c.Open), atHour(opens, c.Close), true
}

// hourLayout is a time of day as branches.csv and the configuration write it.
const hourLayout = "15:04"

// atHour is a time of day, as [ParseBranches] took it, on the day of another time.
func atHour(day time.Time, hour string) time.Time {
	clock, _ := time.Parse(hourLayout, hour)
	y, m, d := day.Date()
	return time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, day.Location())
}

// Days gives the office's next working days after the one of now, as 2006-01-02.
func (c Counter) Days(now time.Time) (days []string) {
	if c.Calendar == nil {
		return nil
	}
	y, m, d := now.In(c.Calendar.Zone()).Date()
	for n := 1; n <= searchDays && len(days) < visitDays; n++ {
		noon := time.Date(y, m, d+n, 12, 0, 0, 0, c.Calendar.Zone())
		if _, _, ok := c.open(noon); ok && (c.Calendar.Covers(noon.Year()) || !slices.Contains(fixedHolidays, noon.Format("01-02"))) {
			days = append(days, noon.Format(time.DateOnly))
		}
	}
	return days
}

// fixedHolidays are off in every year by their date, whether the year's list of holidays is there yet or not: in
// December nobody is to be sent to a closed door on New Year's Day.
var fixedHolidays = []string{"01-01", "05-01", "06-01", "08-17", "12-25"}

// Slots gives when the slots of a day begin, in the office's zone; none where it is closed then, and for a text that
// is no date.
func (c Counter) Slots(day string) (slots []time.Time) {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil || c.Calendar == nil {
		return nil
	}
	y, m, d := date.Date()
	opens, closes, ok := c.open(time.Date(y, m, d, 12, 0, 0, 0, c.Calendar.Zone()))
	for at := opens; ok && !at.Add(SlotLength).After(closes); at = at.Add(SlotLength) {
		slots = append(slots, at)
	}
	return slots
}

// VisitReminder gives when somebody is reminded of a visit: the day before at 09.00 where the office is. Booked only
// that day, it is three hours later but not after 18.00; ok is false where nothing is left of the day by then.
func VisitReminder(visit, now time.Time) (at time.Time, ok bool) {
	const first, last, pause = 9, 18, 3 * time.Hour
	y, m, d := visit.Date()
	at = time.Date(y, m, d-1, first, 0, 0, 0, visit.Location())
	if later := now.In(visit.Location()).Add(pause); later.After(at) {
		at = later.Truncate(time.Minute)
	}
	return at, !at.After(time.Date(y, m, d-1, last, 0, 0, 0, visit.Location()))
}

// NewVisitCode makes a visit's code of a random number: "KH-482". It is for finding a visitor in the day's list; being
// neither a ticket's reference nor a proof word it is never taken for one. There are 270,848 of them.
func NewVisitCode(random uint64) string {
	letters, digits := proofAlphabet[proofDigits:], proofAlphabet[:proofDigits]
	code := []byte("AA-222")
	for i, of := range []string{letters, letters, "-", digits, digits, digits} {
		code[i] = of[random%uint64(len(of))]
		random /= uint64(len(of))
	}
	return string(code)
}

// visitTimer is what the name of a timer begins with that reminds of a visit; its code follows.
const visitTimer = "visit:"

// VisitTimer is the name of the timer that reminds of a visit.
func VisitTimer(code string) string { return visitTimer + code }

// readVisitTimer reads the name of such a timer as the visit's code.
func readVisitTimer(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	code, ok := strings.CutPrefix(text, visitTimer)
	if !ok {
		return "", nil, noVisit
	}
	return code, nil, nil
}

// noVisit is why a text is no such thing.
var noVisit = &field.Problem{Code: "visit.unclear"}

// readVisitCancel reads the wish to cancel a visit as its code: "batal KH-482", "batalkan kunjungan kh482". Where only
// "batalkan kunjungan" is said it is "". The word alone cancels whatever is going on, not a visit.
func readVisitCancel(text string, _ dialog.Reading) (string, []*field.Problem, error) {
	const longest = 40 // whoever types more says something else, too
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(text) > longest || len(words) < 2 || !slices.Contains([]string{"BATAL", "BATALKAN", "CANCEL"}, words[0]) {
		return "", nil, noVisit
	}
	words = slices.DeleteFunc(words[1:], func(w string) bool {
		return slices.Contains([]string{"KUNJUNGAN", "JANJI", "SAYA", "KODE", "VISIT", "APPOINTMENT", "CODE"}, w)
	})
	code := strings.Join(words, "")
	switch {
	case code == "":
		return "", nil, nil
	case len(code) != len("KH482") || strings.Trim(code[:2], proofAlphabet[proofDigits:]) != "" ||
		strings.Trim(code[2:], proofAlphabet[:proofDigits]) != "":
		return "", nil, noVisit
	}
	return code[:2] + "-" + code[2:], nil, nil
}

// showDay writes a day with its day of the week: "Selasa, 24 November 2026".
func showDay(day, lang string) string {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return field.ShowWeekday(date, lang)
}

// showClock writes the time of day of a moment: "08.30".
func showClock(moment, lang string) string {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return moment
	}
	hour := at.Format(hourLayout)
	if lang == "en" {
		return hour
	}
	return showHour(hour)
}

// namesDay reports whether a text names a day by how far off it is, by its day of the week or by its date alone: "besok",
// "hari senin depan", "tgl 24". Now is in the desk's zone, which is at most two hours from the office's.
func namesDay(text, day string, now time.Time) bool {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return false
	}
	said, _, _ := strings.Cut(field.Bare(field.Normal(text)), " jam ")
	said = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(said, "hari "), "next "), " depan")
	y, m, d := now.Date()
	switch off := date.Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)); said {
	case "besok", "bsk", "besuk", "esok", "tomorrow":
		return off == 24*time.Hour
	case "lusa", "the day after tomorrow":
		return off == 2*24*time.Hour
	case date.Format("tanggal 2"), date.Format("tgl 2"), date.Format("2/1"), date.Format("2-1"):
		return true
	}
	local, _, _ := strings.Cut(field.ShowWeekday(date, "id"), ",")
	return said == strings.ToLower(local) || said == strings.ToLower(date.Weekday().String())
}

// namesClock reports whether a text names the time of day of a moment: "9.30", "jam 9", "setengah 10".
func namesClock(text, moment string, _ time.Time) bool {
	at, err := time.Parse(time.RFC3339, moment)
	return err == nil && slices.Contains(field.Clock(text), 60*at.Hour()+at.Minute())
}

// purposes are what people come for, by the kind of office.
var purposes = map[BranchKind][]field.Option{
	BranchOffice: {
		purpose("kartu_aktif", "Pengaktifan kembali kartu", "Card reactivation", "aktif", "reaktivasi", "kartu mati"),
		purpose("daftar", "Pendaftaran atau anggota keluarga", "Registration or family members", "daftar", "bayi", "keluarga"),
		purpose("ubah_data", "Perubahan data, faskes, atau kelas", "Change of data, facility or class", "data", "faskes", "kelas"),
		purpose("iuran", "Iuran, tagihan, atau autodebet", "Contributions, bill or automatic debit", "bayar", "tunggakan"),
		purpose("lain", "Keperluan lain", "Something else", "lainnya"),
	},
	SocialService: {
		purpose("pbi", "Pengaktifan kembali bantuan iuran (PBI)", "Restoring government assistance (PBI)", "pbi", "reaktivasi"),
		purpose("dtsen", "Usul bantuan atau data DTSEN", "Proposal for assistance, or DTSEN data", "dtsen", "dtks", "bansos", "desil"),
		purpose("lain", "Keperluan lain", "Something else", "lainnya"),
	},
}

func purpose(value, id, en string, words ...string) field.Option {
	return field.Option{Value: value, Label: map[string]string{"id": id, "en": en}, Words: words}
}

// visitPurposes is the list visit_purposes, of a kind of office.
func visitPurposes(kind string) []field.Option { return purposes[BranchKind(kind)] }

// ShowPurpose writes what somebody comes for; a value without words comes back unchanged.
func ShowPurpose(value, lang string) string {
	for _, kind := range []BranchKind{BranchOffice, SocialService} {
		for _, p := range purposes[kind] {
			if p.Value == value {
				return p.Label[lang]
			}
		}
	}
	return value
}

// officeOf finds an office of a kind for a regency: branch_of for any kind. [BranchFacts] makes its facts.
var officeOf = dialog.Signature{
	Args:  map[string]string{"regency": "text", "kind": "text"},
	Facts: branchOf.Facts,
}

// Visits. An office is named by its kind and a regency it serves; all but the lists of days and slots are the contact's
// own.
var (
	// visitDaysOf gives the days on which the office has places left.
	visitDaysOf = dialog.Signature{
		Args: map[string]string{"regency": "text", "kind": "text"},
		Facts: map[string]string{
			"known": "truth",
			"taken": "truth", // the contact has an open visit there
			"count": "number",
			"place": "text",
			"zone":  "text",
		},
		Rows: map[string]string{"day": "day"},
	}
	// visitSlots gives the slots of a day that have places left.
	visitSlots = dialog.Signature{
		Args:  map[string]string{"regency": "text", "kind": "text", "day": "text"},
		Facts: map[string]string{"count": "number"},
		Rows:  map[string]string{"at": "clock"},
	}
	// visitBook claims a place in a slot.
	visitBook = dialog.Signature{
		Args: map[string]string{"regency": "text", "kind": "text", "at": "text", "service": "text", "name": "text"},
		Facts: map[string]string{
			"ok": "truth", "code": "text", "at": "moment", "place": "text",
			"taken":  "truth", // not booked: the contact has an open visit there
			"remind": "truth", // a reminder comes
		},
	}
	// visitMine gives the contact's open visits, or the one of a code. The facts are the first one's.
	visitMine = dialog.Signature{
		Args: map[string]string{"code": "text"},
		Facts: map[string]string{
			"count": "number", "code": "text", "at": "moment", "office": "text", "place": "text", "kind": "text",
			"service": "visit_purpose",
		},
		Rows: map[string]string{"code": "text", "at": "moment", "office": "text"},
	}
	visitCancel = dialog.Signature{
		Args:  map[string]string{"code": "text"},
		Facts: map[string]string{"ok": "truth"},
	}
)
