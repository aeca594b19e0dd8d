package jkn

import (
	"fmt"
	"time"
)

// sampleSize is how many members the sample has.
const sampleSize = 500

// SampleCompanies are the made-up employers of the sample's members, one in each zone.
func SampleCompanies() []Company {
	return []Company{
		{Code: "CONTOH-01", Name: "Contoh PT Maju Bersama", Regency: "31.74"},
		{Code: "CONTOH-02", Name: "Contoh CV Sinar Timur", Regency: "73.71"},
		{Code: "CONTOH-03", Name: "Contoh Koperasi Laut Biru", Regency: "81.71"},
	}
}

// SampleMembers are 500 made-up members to try things out with, the same ones each time: families of one to six, in all
// segments, with all statuses and reasons, over the three zones, as of November 2026. Their names begin with Contoh,
// their cards with 00099, and serials of NIK and KK with 9. The exceptions are the numbers that examples use: the first
// is Siti, NIK 3174015708900002, card 0001234567890, who owes seven months for three. They are never used on a linked
// line.
func SampleMembers() []Member {
	members := make([]Member, 0, sampleSize)
	for i := 0; len(members) < sampleSize; i++ {
		f := newSampleFamily(i)
		f.size = min(f.size, sampleSize-len(members))
		for place := range f.size {
			members = append(members, f.member(place, len(members)))
		}
		first := len(members) - f.size
		f.strike(members[first:])
	}
	return members
}

// sampleFamily is what the members of a family have in common.
type sampleFamily struct {
	number int // of the family, from 0
	size   int
	sampleCase
	class   int
	paid    YearMonth
	regency string
	head    Member
}

// sampleCase is how a segment's members stand, and why.
type sampleCase struct {
	segment Segment
	status  MemberStatus
	reason  Reason
}

// sampleCases are all that make sense, the commonest several times.
var sampleCases = []sampleCase{
	{PBPU, InactiveMember, InArrears},
	{PPU, InactiveMember, LeftJob},
	{PBI, InactiveMember, RemovedPBI},
	{BP, InactiveMember, InArrears},
	{RegionalPBI, InactiveMember, RemovedPBI},
	{PBPU, ActiveMember, ""},
	{PPU, ActiveMember, ""},
	{PBI, ActiveMember, ""},
	{RegionalPBI, ActiveMember, ""},
	{BP, ActiveMember, ""},
	{PBPU, InactiveMember, InArrears},
	{PPU, InactiveMember, Turned21},
	{PBPU, InactiveMember, Died},
	{PBI, InactiveMember, Died},
	{PPU, InactiveMember, Died},
	{BP, InactiveMember, Died},
	{RegionalPBI, InactiveMember, Died},
	{PBPU, InactiveMember, InArrears},
	{PBPU, InactiveMember, Abroad},
	{BP, InactiveMember, Abroad},
	{PPU, InactiveMember, Abroad},
	{PBPU, InactiveMember, Doubled},
	{PBI, InactiveMember, Doubled},
	{PPU, InactiveMember, Doubled},
	{BP, InactiveMember, Doubled},
	{RegionalPBI, InactiveMember, Doubled},
	{PBPU, InactiveMember, InArrears},
	{PBPU, InactiveMember, NIKUnknown},
	{PBI, InactiveMember, NIKUnknown},
	{PPU, InactiveMember, NIKUnknown},
	{BP, InactiveMember, NIKUnknown},
	{RegionalPBI, InactiveMember, NIKUnknown},
	{PBPU, InactiveMember, ""}, // nobody noted why
	{PPU, InactiveMember, ""},
	{PBI, InactiveMember, ""},
	{BP, InactiveMember, ""},
	{RegionalPBI, InactiveMember, ""},
	{BP, InactiveMember, InArrears},
	{PBPU, ActiveMember, ""},
}

// What the families go through in turn. The months owed are those of November 2026.
var (
	sampleRegencies = []string{
		"31.74", "36.02", "32.73", "35.78", "73.71", "81.71", "32.04", "51.71", "91.71", "73.06", "12.71", "53.71", "96.71",
	}
	sampleOwed  = []int{7, 1, 2, 3, 4, 12, 24, 25, 40, 6, 9, 18, 23, 30, 36, 5}
	sampleHeads = []NIK{"3174015708900002", "3602041211870003", "3273055610900009"} // a woman, a man, a woman
	sampleSizes = []int{3, 4, 2, 1, 5, 6}
	sampleMonth = YearMonth(12*2026 + 10) // November
)

func newSampleFamily(i int) sampleFamily {
	f := sampleFamily{
		number: i, sampleCase: sampleCases[i%len(sampleCases)],
		size:    sampleSizes[(i+i/len(sampleCases))%len(sampleSizes)], // so that a case does not always have one size
		class:   3,
		regency: sampleRegencies[i%len(sampleRegencies)],
	}
	if f.reason == Turned21 {
		f.size = max(f.size, 3) // there is a child
	}
	switch {
	case f.segment == PPU:
		f.class = 1 + i%2
	case f.segment.SelfPaid():
		f.class = 3 - i%3
	}
	switch {
	case !f.segment.SelfPaid() || f.status == InactiveMember && f.reason == "":
	case f.reason == InArrears:
		f.paid = sampleMonth - 1 - YearMonth(sampleOwed[i/5%len(sampleOwed)])
	default:
		f.paid = sampleMonth - YearMonth(i%2)
	}
	return f
}

// member makes the one at a place in the family (0 the head, 1 the spouse, then children), the n-th of the sample, in
// good standing.
func (f *sampleFamily) member(place, n int) Member {
	m := Member{
		Card: Card(fmt.Sprintf("00099%08d", n+1)), KK: f.familyCard(),
		Sex: Male, Segment: f.segment, Class: f.class, Status: ActiveMember, PaidUntil: f.paid,
		Since: day(2015+f.number%8, 1+f.number%12, 1), Regency: f.regency,
		BirthDate: f.birthDate(place), Phone: fmt.Sprintf("+628110000%04d", n+1),
	}
	if (f.number+place+place/2)%2 == 0 { // so that couples are one of each
		m.Sex = Female
	}
	m.NIK = sampleNIK(m, n)
	if place == 0 && f.number < len(sampleHeads) {
		m.NIK = sampleHeads[f.number]
		m.BirthDate, _ = m.NIK.BirthDate(sampleMonth.First())
	}
	if n == 0 {
		m.Card, m.Phone = "0001234567890", "+6281200000001"
	}
	if place == 0 {
		f.head = m
	}
	m.HeadCard = f.head.Card
	if f.segment == PPU {
		m.Employer = SampleCompanies()[f.number%len(SampleCompanies())].Code
	}
	m.Name = f.name(place, m.Sex)
	region, _ := RegionOf(f.regency)
	m.Facility = "Contoh Puskesmas " + region.Bare()
	return m
}

func (f *sampleFamily) familyCard() FamilyCard {
	code := f.regency[:2] + f.regency[3:] + "01"
	return FamilyCard(fmt.Sprintf("%s%02d%02d%02d%04d", code, 1+f.number%28, 1+f.number%12, 10+f.number%15, 9000+f.number))
}

func (f *sampleFamily) birthDate(place int) time.Time {
	month, date := 1+(f.number*5+place*7)%12, 1+(f.number*11+place*3)%28
	switch {
	case place == 0:
		return day(1960+f.number*7%29, month, date)
	case place == 1:
		return day(f.head.BirthDate.Year()+2, month, date)
	case f.reason == Turned21 && place == f.size-1:
		return day(2005, 1+f.number%9, date)
	}
	return day(2007+4*(place-1)+f.number%3, month, date) // 2011 to 2025
}

func sampleNIK(m Member, n int) NIK {
	date := m.BirthDate.Day()
	if m.Sex == Female {
		date += 40
	}
	code := m.Regency[:2] + m.Regency[3:] + "01"
	return NIK(fmt.Sprintf("%s%02d%s%04d", code, date, m.BirthDate.Format("0106"), 9000+n))
}

// strike makes the family's case happen: to all of them, or to one.
func (f *sampleFamily) strike(members []Member) {
	switch f.reason {
	case InArrears, LeftJob, RemovedPBI, "":
	case Abroad:
		members = members[:1]
	case Turned21, NIKUnknown:
		members = members[len(members)-1:]
	case Died, Doubled:
		place := min(1, len(members)-1)
		members = members[place : place+1]
	}
	for j := range members {
		m := &members[j]
		m.Status, m.Reason = f.status, f.reason
		if f.status == InactiveMember {
			m.Since = f.since(m)
		}
		if f.reason == NIKUnknown && m.BirthDate.Year() > 2020 { // registered at birth, without a NIK
			m.NIK = ""
		}
	}
}

// since is when a member's case happened.
func (f *sampleFamily) since(m *Member) time.Time {
	switch f.reason {
	case InArrears: // cover stops on the 1st of the month after one unpaid
		return (m.PaidUntil + 2).First()
	case Turned21:
		return (yearMonth(m.BirthDate) + 21*12 + 1).First()
	case LeftJob, RemovedPBI: // some within the last six months, some before
		return (sampleMonth - YearMonth([]int{1, 3, 5, 7, 9, 18}[f.number/5%6])).First()
	case Died, Abroad, Doubled, NIKUnknown:
		return day(2026, 1+f.number%9, 1+f.number%28)
	}
	return time.Time{} // nobody noted that either
}

func day(year, month, date int) time.Time {
	return time.Date(year, time.Month(month), date, 0, 0, 0, 0, time.UTC)
}

// The parts of the sample's names: of the sexes, and of the families.
var (
	sampleGiven = map[Sex][]string{
		Female: {
			"Siti", "Dewi", "Rina", "Wati", "Ayu", "Lestari", "Nur", "Fitri", "Indah", "Maria", "Ratna", "Sri", "Yuliana",
			"Kartika", "Melati", "Puspita", "Rahma", "Sari", "Tuti", "Wulan", "Anisa", "Bunga", "Citra",
		},
		Male: {
			"Budi", "Agus", "Joko", "Andi", "Rudi", "Hendra", "Yusuf", "Made", "Ketut", "Eko", "Dedi", "Fajar", "Gunawan",
			"Hasan", "Iwan", "Lukman", "Marthen", "Nugroho", "Petrus", "Rahmat", "Slamet", "Taufik", "Wahyu",
		},
	}
	sampleSurnames = []string{
		"Aminah", "Santoso", "Wijaya", "Hidayat", "Siregar", "Nasution", "Tanjung", "Manurung", "Pratama", "Saputra",
		"Kusuma", "Setiawan", "Hartono", "Latuconsina", "Pattimura", "Wanggai", "Rumbiak", "Daeng", "Mappa", "Suryani",
		"Permana", "Nugraha", "Halim", "Susanto", "Utomo", "Wibowo", "Yulianto", "Zainal", "Firmansyah", "Gultom", "Harahap",
	}
)

// name makes a name that nobody else in the sample has: families of one surname differ in their round through the
// surnames, and those of one sex in a family by their place.
func (f *sampleFamily) name(place int, sex Sex) string {
	round := f.number / len(sampleSurnames)
	surname := (f.number + round*4) % len(sampleSurnames)
	given := sampleGiven[sex][(surname+round*3+place/2)%len(sampleGiven[sex])]
	return "Contoh " + given + " " + sampleSurnames[surname]
}
