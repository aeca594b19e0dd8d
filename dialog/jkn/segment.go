package jkn

// Segment says how somebody is a member, which decides who pays for them and how their card becomes active again.
type Segment string

// The segments, as members.csv writes them.
const (
	PBPU        Segment = "PBPU"     // works without an employer; the family pays
	BP          Segment = "BP"       // does not work, and has means: an investor, a pensioner; the family pays
	PPU         Segment = "PPU"      // an employee with their family; employer and employee pay
	PBI         Segment = "PBI"      // poor; the state pays
	RegionalPBI Segment = "PBI_APBD" // poor; the province or regency pays
)

// SelfPaid reports whether the family pays its contributions itself, so that it can be in arrears.
func (s Segment) SelfPaid() bool { return s == PBPU || s == BP }

// MemberStatus says whether a card is good for care today.
type MemberStatus string

// The statuses, as members.csv writes them.
const (
	ActiveMember   MemberStatus = "aktif"
	InactiveMember MemberStatus = "nonaktif"
)

// Reason is why a member is inactive; "" where nobody noted it.
type Reason string

// The reasons, as members.csv writes them.
const (
	InArrears  Reason = "tunggakan"         // Perpres 64/2020 art. 42
	LeftJob    Reason = "berhenti_kerja"    // the employer took them off its list
	Turned21   Reason = "usia_21"           // an employee's child who is not known to study (Perpres 82/2018)
	RemovedPBI Reason = "dinonaktifkan_pbi" // off the list of those the government pays for
	Died       Reason = "meninggal"
	Abroad     Reason = "luar_negeri" // for six months or more (Perpres 64/2020 art. 37)
	Doubled    Reason = "data_ganda"  // registered a second time; the other number counts
	NIKUnknown Reason = "nik_tidak_padan"
)

// Gone reports whether nothing is owed for a member any more, nor the family's bill counts them: they have died, live
// abroad, or are registered under another number.
func (r Reason) Gone() bool { return r == Died || r == Abroad || r == Doubled }

// Sex as members.csv and the identity card write it.
type Sex string

// The sexes.
const (
	Male   Sex = "L" // laki-laki
	Female Sex = "P" // perempuan
)

// wording is what the values of a column are called: in Indonesian, then in English.
type wording map[string][2]string

func (w wording) has(value string) bool {
	_, ok := w[value]
	return ok
}

// show writes a value for people; one without words comes back unchanged.
func (w wording) show(value, lang string) string {
	words, ok := w[value]
	switch {
	case !ok:
		return value
	case lang == "en":
		return words[1]
	}
	return words[0]
}

// The columns that take one of a few values, and what these are called.
var (
	segments = wording{
		string(PBPU):        {"Mandiri (PBPU)", "self-employed (PBPU)"},
		string(BP):          {"Bukan pekerja (BP)", "not working (BP)"},
		string(PPU):         {"Pekerja (PPU)", "employee (PPU)"},
		string(PBI):         {"Dibayar pemerintah pusat (PBI)", "paid for by the state (PBI)"},
		string(RegionalPBI): {"Dibayar pemerintah daerah (PBI APBD)", "paid for by the region (PBI APBD)"},
	}
	statuses = wording{
		string(ActiveMember):   {"Aktif", "active"},
		string(InactiveMember): {"Nonaktif", "inactive"},
	}
	reasons = wording{
		string(InArrears):  {"iuran belum lunas", "contributions are owed"},
		string(LeftJob):    {"tidak lagi terdaftar di tempat kerja", "no longer registered by an employer"},
		string(Turned21):   {"anak peserta yang sudah berusia 21 tahun", "a member's child who has turned 21"},
		string(RemovedPBI): {"tidak lagi termasuk penerima bantuan iuran", "no longer paid for by the government"},
		string(Died):       {"tercatat meninggal", "recorded as deceased"},
		string(Abroad):     {"tinggal di luar negeri", "living abroad"},
		string(Doubled):    {"terdaftar dua kali", "registered twice"},
		string(NIKUnknown): {"NIK belum cocok dengan data kependudukan", "the NIK does not match the population register"},
	}
)
