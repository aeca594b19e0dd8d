package jkn

import (
	"fmt"
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
// Types: nik, card, nik_or_card, kk, birth_date. Lists: provinces, regencies (of a province's code). Queries:
// branch_of. Rules: bill, region.
func Scheme() dialog.Scheme {
	return dialog.Scheme{
		Name: "jkn",
		Types: map[string]dialog.Type{
			"nik":         {Kind: dialog.TextValue, Read: readNIK, Show: asIs},
			"card":        {Kind: dialog.TextValue, Read: readCard, Show: asIs},
			"nik_or_card": {Kind: dialog.TextValue, Read: readNIKOrCard, Show: asIs},
			"kk":          {Kind: dialog.TextValue, Read: readFamilyCard, Show: asIs},
			"birth_date":  {Kind: dialog.DateValue, Read: readBirthDate, Show: showBirthDate},
		},
		Lists: map[string]func(string) []field.Option{
			"provinces": func(string) []field.Option { return Provinces() },
			"regencies": Regencies,
		},
		Queries: map[string]dialog.Signature{"branch_of": branchOf},
		Rules: map[string]dialog.Rule{
			"bill":   {Signature: billSignature, Run: runBill},
			"region": {Signature: regionSignature, Run: runRegion},
		},
		Problems: problems,
	}
}

// asIs shows a number as it is kept.
func asIs(value, _ string) string { return value }

// problems are the codes the types refuse with and note, with their arguments.
var problems = map[string][]string{
	"number.length":  {"count"}, // neither 13 nor 16 digits
	"number.letters": nil,       // letters among the digits
	"number.several": nil,       // two numbers that would both do

	"nik.length":          {"count"},
	"nik.letters":         nil,
	"nik.date":            nil, // digits 7 to 12 are no date
	"nik.serial":          nil, // ends in 0000
	"nik.repeated":        nil, // one digit sixteen times
	"nik.virtual_account": nil,
	"nik.region":          {"region"},     // note: where the NIK was given out
	"nik.region_unknown":  nil,            // note: no such region today
	"nik.birth_date":      {"birth_date"}, // note: the NIK says another birth date, this one

	"card.length":          {"count"},
	"card.letters":         nil,
	"card.repeated":        nil,
	"card.virtual_account": nil,
	"card.phone":           nil, // note: looks like a mobile phone number

	"kk.length":          {"count"},
	"kk.letters":         nil,
	"kk.date":            nil, // digits 7 to 12 are no date of issue
	"kk.serial":          nil,
	"kk.repeated":        nil,
	"kk.virtual_account": nil,
	"kk.same":            nil, // note: the same number as the NIK
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
		"line":    "text",
		"open":    "text", // 08.00
		"close":   "text",
		"hours":   "text", // 08.00–15.00 WIB
		"zone":    "text", // WIB, WITA, WIT; also where no office is known
	},
}

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

// runBill is the rule bill: see [Bill].
func runBill(args dialog.Record, now time.Time, lang string) (dialog.Record, error) {
	class, err1 := strconv.Atoi(args["class"])
	months, err2 := strconv.Atoi(args["months_owed"])
	heads, err3 := strconv.Atoi(args["heads"])
	if err1 != nil || err2 != nil || err3 != nil {
		return nil, fmt.Errorf("bill: class, months_owed and heads must be numbers")
	}
	b, err := NewBill(class, months, heads, now)
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
		facts["va"], facts["va_mandiri"] = virtualAccount(commonPrefix, c), virtualAccount(mandiriPrefix, c)
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
