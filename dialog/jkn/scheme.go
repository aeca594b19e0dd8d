package jkn

import (
	"strconv"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// Fields of the catalogue that types look at while they read another one: what the answers say must agree.
const birthDateField = "tanggal_lahir"

// numberFields are those that hold the member's NIK or card number.
var numberFields = []string{"nomor", "nik"}

// Scheme is what a JKN catalogue may name.
//
// Types: nik, card, nik_or_card, kk, birth_date, other_number (a NIK or card of somebody else than the form's member),
// past_date (nobody's birth), employee_search and new_employees (tables too), employee_picks, employee_outcomes, passport, virtual_account, account_number (of a bank), proof, visit_cancel and visit_timer (to recognise a message,
// or a timer, by); of facts only: segment, member_status, status_reason, month, regency, visit_purpose, day, clock.
// Lists: provinces, regencies (of a province's code), visit_purposes (of a kind of office), leaving_reasons. Queries:
// branch_of, office_of, member, member.family, proof.new, proof.claim, proof.done, visit.days, visit.slots, visit.book,
// visit.mine, visit.cancel, company.mine, company.employees, company.check. Rules: age, bill, inpatient_fine, region, rehab,
// newborn, facility_change, left_job, virtual_accounts, window, official_number.
func Scheme() dialog.Scheme {
	return dialog.Scheme{
		Name: "jkn",
		Types: map[string]dialog.Type{
			"nik":         {Kind: dialog.TextValue, Read: readNIK, Show: asIs},
			"card":        {Kind: dialog.TextValue, Read: readCard, Show: asIs},
			"nik_or_card": {Kind: dialog.TextValue, Read: readNIKOrCard, Show: asIs},
			"kk":          {Kind: dialog.TextValue, Read: readFamilyCard, Show: asIs},
			"birth_date":  {Kind: dialog.DateValue, Read: readBirthDate, Show: showBirthDate},

			"other_number":    {Kind: dialog.TextValue, Read: ofAnother(readNIKOrCard), Show: asIs},
			"past_date":       {Kind: dialog.DateValue, Read: ofAnother(readBirthDate), Show: showBirthDate},
			"passport":        {Kind: dialog.TextValue, Read: readPassport, Show: asIs},
			"virtual_account": {Kind: dialog.TextValue, Read: readVirtualAccount, Show: asIs},
			"account_number":  {Kind: dialog.TextValue, Read: readAccount, Show: asIs},
			"proof":           {Kind: dialog.TextValue, Read: readProofMessage, Show: asIs},

			"employee_search":   {Kind: dialog.TextValue, Read: readSearch, Show: showSearch, Table: true},
			"employee_picks":    {Kind: dialog.TextValue, Read: readPicks, Show: showPicks, Brief: briefPicks},
			"new_employees":     {Kind: dialog.TextValue, Read: readNewEmployees, Show: showNewEmployees, Brief: briefNewEmployees, Table: true},
			"employee_outcomes": {Kind: dialog.TextValue, Read: readOutcomes, Show: showOutcomes, Brief: briefOutcomes},

			"segment":       {Kind: dialog.TextValue, Show: segments.show},
			"member_status": {Kind: dialog.TextValue, Show: statuses.show},
			"status_reason": {Kind: dialog.TextValue, Show: reasons.show},
			"month":         {Kind: dialog.TextValue, Show: showYearMonth},
			"regency":       {Kind: dialog.TextValue, Show: showRegency},

			"visit_timer":   {Kind: dialog.TextValue, Read: readVisitTimer, Show: asIs},
			"visit_cancel":  {Kind: dialog.TextValue, Read: readVisitCancel, Show: asIs},
			"visit_purpose": {Kind: dialog.TextValue, Show: ShowPurpose},
			"day":           {Kind: dialog.DateValue, Show: showDay, Names: namesDay},
			"clock":         {Kind: dialog.TextValue, Show: showClock, Names: namesClock},
		},
		Lists: map[string]func(string) []field.Option{
			"provinces": func(string) []field.Option { return Provinces() },
			"regencies": Regencies,

			"visit_purposes":  visitPurposes,
			"leaving_reasons": func(string) []field.Option { return leavingReasons },
		},
		Queries: map[string]dialog.Signature{
			"company.mine":      companyMine,
			"company.employees": companyEmployees,
			"company.check":     companyCheck,

			"branch_of":     branchOf,
			"ticket.bill":   ticketBill,
			"member":        memberSignature,
			"member.family": familySignature,
			"proof.new":     proofNew,
			"proof.claim":   proofClaim,
			"proof.done":    proofDone,
			"office_of":     officeOf,
			"visit.days":    visitDaysOf,
			"visit.slots":   visitSlots,
			"visit.book":    visitBook,
			"visit.mine":    visitMine,
			"visit.cancel":  visitCancel,
		},
		Rules: map[string]dialog.Rule{
			"bill":   {Signature: billSignature, Run: runBill},
			"region": {Signature: regionSignature, Run: runRegion},

			"newborn":          {Signature: newbornSignature, Run: runNewborn},
			"facility_change":  {Signature: facilitySignature, Run: runFacility},
			"left_job":         {Signature: handoverSignature, Run: runHandover},
			"virtual_accounts": {Signature: accountsSignature, Run: runAccounts},

			"age":            {Signature: ageSignature, Run: runAge},
			"rehab":          {Signature: rehabSignature, Run: runRehab},
			"inpatient_fine": {Signature: fineSignature, Run: runFine},

			"window":          {Signature: windowSignature, Run: runWindow},
			"official_number": {Signature: officialSignature, Run: runOfficial},
		},
		Problems: problems,
	}
}

// reader reads a field type.
type reader = func(text string, r dialog.Reading) (string, []*field.Problem, error)

// ofAnother reads what belongs to somebody else than the form's member: what was answered about the member says nothing
// of it.
func ofAnother(read reader) reader {
	return func(text string, r dialog.Reading) (string, []*field.Problem, error) {
		r.Answer = nil
		return read(text, r)
	}
}

// asIs shows a number as it is kept.
func asIs(value, _ string) string { return value }

// problems are the codes the types refuse with and note, with their arguments.
var problems = map[string][]string{
	"number.length":  {"count"}, // neither 13 nor 16 digits
	"number.none":    nil,       // no digits at all
	"number.letters": nil,       // letters among the digits
	"number.several": nil,       // two numbers that would both do

	"nik.length":          {"count"},
	"nik.none":            nil,
	"nik.letters":         nil,
	"nik.date":            nil, // digits 7 to 12 are no date
	"nik.serial":          nil, // ends in 0000
	"nik.repeated":        nil, // one digit sixteen times
	"nik.virtual_account": nil,
	"nik.region":          {"region"},     // note: where the NIK was given out
	"nik.region_unknown":  nil,            // note: no such region today
	"nik.birth_date":      {"birth_date"}, // note: the NIK says another birth date, this one

	"card.length":          {"count"},
	"card.none":            nil,
	"card.letters":         nil,
	"card.repeated":        nil,
	"card.virtual_account": nil,
	"card.phone":           nil, // note: looks like a mobile phone number

	"kk.length":          {"count"},
	"kk.none":            nil,
	"kk.letters":         nil,
	"kk.date":            nil, // digits 7 to 12 are no date of issue
	"kk.serial":          nil,
	"kk.repeated":        nil,
	"kk.virtual_account": nil,
	"kk.same":            nil, // note: the same number as the NIK

	"proof.unclear": nil,
	"visit.unclear": nil, // neither a visit's timer nor the wish to cancel one

	"passport.unclear": nil, // no passport number in it
	"va.unclear":       nil, // no virtual account in it

	"employees.none":    nil,     // no list of this company's employees to pick from
	"employees.last":    nil,     // there is no further page
	"employees.unclear": nil,     // no numbers
	"employees.range":   {"max"}, // a number that was not shown
	"employees.many":    {"max"}, // more than one ticket takes
	"employees.table":   nil,     // no rows that can be read, or no column of numbers

	"leaving.number": {"row"}, // rows without a NIK or card number
	"leaving.twice":  {"row"}, // the number stands in a row before
	"leaving.reason": {"row"}, // none of leaving_reasons, in a table that has a column of them
	"leaving.date":   {"row"},

	"newcomers.cells":      {"row"}, // not NIK, name and birth date
	"newcomers.nik":        {"row"},
	"newcomers.name":       {"row"},
	"newcomers.birth_date": {"row"},
	"newcomers.differs":    {"row"}, // the NIK says another birthday
	"newcomers.twice":      {"row"}, // that NIK stands in a row before
	"outcomes.unclear":     {"row"},

	"account.length":          {"count"},
	"account.none":            nil,
	"account.letters":         nil,
	"account.virtual_account": nil, // a number that is paid to
}

// branchOf finds the office that serves a regency; [BranchFacts] makes its facts.
var branchOf = dialog.Signature{
	Args: map[string]string{"regency": "text"},
	Facts: map[string]string{
		"known":   "truth",
		"own":     "truth", // it has a Pandawa number of its own
		"code":    "text",
		"name":    "text",
		"phone":   "text", // as it is shown
		"wa":      "text", // a wa.me link
		"address": "text",
		"place":   "text", // name and address
		"line":    "text",
		"open":    "text", // 08.00
		"close":   "text",
		"hours":   "text", // 08.00–15.00 WIB
		"zone":    "text", // WIB, WITA, WIT; also where no office is known
	},
}

// memberSignature finds a member by NIK or card number for whoever knows the birth date. Facts beyond the status are
// given on the member's own phone only; [MemberFacts] makes them.
var memberSignature = dialog.Signature{
	Args: map[string]string{"number": "nik_or_card", "birth_date": "birth_date"},
	Facts: map[string]string{
		"found":     "truth",
		"match":     "truth", // and the birth date is theirs; without it nothing below is given
		"blocked":   "truth", // too many wrong tries today
		"own_phone": "truth", // this chat's number is the registered one, or was proven

		"name":    "text",
		"segment": "segment",
		"status":  "member_status",
		"reason":  "status_reason", // "" for active ones
		"since":   "date",

		"card":        "text",
		"head_card":   "text", // whose virtual accounts the family pays to
		"class":       "text",
		"paid_until":  "month",  // "" not known: months_owed is 0 and says nothing
		"months_owed": "number", // see [Member.MonthsOwed]
		"heads":       "number", // on the family's bill
		"faskes":      "text",
		"regency":     "regency",
		"employer":    "text", // code
	},
}

// familySignature finds those on one bill with a member: the head first, the eldest next. [FamilyFacts] makes them.
var familySignature = dialog.Signature{
	Args: memberSignature.Args,
	Facts: map[string]string{
		"found": "truth", "match": "truth", "blocked": "truth", "own_phone": "truth",
		"count": "number", // of rows
		"heads": "number", // of them on the bill
	},
	Rows: map[string]string{
		"name": "text", "card": "text", "masked": "text", "segment": "segment", "status": "member_status",
		"head": "truth", "self": "truth",
	},
}

// The proof that a chat is a member's: a word shown in it comes from the registered phone. See [NewProof].
var (
	// proofNew gives the chat a word to be sent from the registered phone. It is "" where no phone is registered, and
	// where number and birth date do not match.
	proofNew = dialog.Signature{
		Args: memberSignature.Args,
		Facts: map[string]string{
			"ok": "truth", "blocked": "truth", "word": "text",
			"phone": "text", // the registered one, masked
			"until": "moment",
		},
	}
	// proofClaim is the registered phone sending a word.
	proofClaim = dialog.Signature{
		Args:  map[string]string{"word": "text"},
		Facts: map[string]string{"ok": "truth", "expired": "truth"},
	}
	// proofDone asks, in the chat that was shown the word, whether it was sent.
	proofDone = dialog.Signature{
		Args:  map[string]string{"word": "text"},
		Facts: map[string]string{"ok": "truth", "expired": "truth"},
	}
)

var billSignature = dialog.Signature{
	Args: map[string]string{"card": "text", "class": "text", "months_owed": "number", "heads": "number"},
	Facts: map[string]string{
		"tariff":        "money",  // per head and month
		"monthly":       "money",  // tariff × heads
		"months":        "number", // of arrears billed
		"capped":        "truth",  // more months are owed than are billed
		"arrears":       "money",
		"sum":           "text",  // 7 bulan × 3 orang × Rp35.000 = Rp735.000; "" without arrears
		"running":       "truth", // the running month is due too
		"running_month": "text",  // November 2026
		"total":         "money", // arrears and running month
		"has_card":      "truth", // the card number is known, so there are virtual accounts
		"va":            "text",  // BRI, BNI, BTN, BCA
		"va_mandiri":    "text",
	},
}

// ticketBill is what a ticket waits to be paid, in the arguments of the rule bill. It is for who knows the subject's
// birth date: the flow asks for that first.
var ticketBill = dialog.Signature{
	Args: map[string]string{"ref": "text"},
	Facts: map[string]string{
		"known": "truth", // it waits for a payment to a virtual account
		"card":  "text", "class": "text",
		"months_owed": "number", // those that ended since the officer counted included
		"heads":       "number",
	},
}

// runBill is the rule bill: see [Bill].
func runBill(args dialog.Record, now time.Time, lang string) (dialog.Record, error) {
	b, err := billOf(args, 0, now)
	if err != nil {
		return nil, err
	}
	facts := dialog.Record{
		"tariff": rupiah(b.Tariff), "monthly": rupiah(b.Monthly), "arrears": rupiah(b.Arrears), "total": rupiah(b.Total),
		"months": strconv.Itoa(b.Months), "capped": truth(b.Capped()), "sum": b.Sum(lang),
		"running": truth(true), "running_month": showMonth(b.RunningMonth, lang),
		"has_card": truth(false), "va": "", "va_mandiri": "",
	}
	if IsCard(args["card"]) {
		c := Card(args["card"])
		facts["has_card"] = truth(true)
		facts["va"], facts["va_mandiri"] = commonPrefix+c.Suffix(), mandiriPrefix+c.Suffix()
	}
	return facts, nil
}

var regionSignature = dialog.Signature{
	Args:  map[string]string{"nik": "text"},
	Facts: map[string]string{"known": "truth", "regency": "text", "name": "text", "province": "text"},
}

// runRegion is the rule region: where a NIK was given out. A card number says nothing of that, nor does an old code.
func runRegion(args dialog.Record, _ time.Time, _ string) (dialog.Record, error) {
	facts := dialog.Record{"known": truth(false), "regency": "", "name": "", "province": ""}
	n, err := ParseNIK(args["nik"])
	region, ok := n.Regency()
	if err == nil && ok {
		facts["known"], facts["regency"] = truth(true), region.Code
		facts["name"], facts["province"] = region.Name, region.Province
	}
	return facts, nil
}

func truth(t bool) string { return strconv.FormatBool(t) }

func rupiah(amount int64) string { return strconv.FormatInt(amount, 10) }
