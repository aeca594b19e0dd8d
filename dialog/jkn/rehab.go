package jkn

import (
	"fmt"
	"strconv"
	"time"

	"sapa/dialog"
)

// The payment of arrears in instalments (REHAB 2.0, in force since 3 February 2025): for self-paying members who owe
// at least so many months, over at most half as many months as they owe, and never more than a year. One sign-up
// covers the family, and the card becomes active after the last instalment.
const (
	RehabFrom     = 4
	maxInstalment = 12
)

// Instalments proposes how arrears, in whole rupiah, are paid in parts: how many, and what each comes to, rounded up so
// that the parts cover all; the last is what is left. ok is false for those whom the programme does not take.
func Instalments(arrears int64, monthsOwed int) (parts int, each int64, ok bool) {
	if arrears <= 0 || monthsOwed < RehabFrom {
		return 0, 0, false
	}
	parts = min(monthsOwed/2, maxInstalment)
	return parts, (arrears + int64(parts) - 1) / int64(parts), true
}

var rehabSignature = dialog.Signature{
	Args:  map[string]string{"arrears": "money", "months_owed": "number"},
	Facts: map[string]string{"ok": "truth", "parts": "number", "part": "money"},
}

// runRehab is the rule rehab: see [Instalments].
func runRehab(args dialog.Record, _ time.Time, _ string) (dialog.Record, error) {
	arrears, err1 := strconv.ParseInt(args["arrears"], 10, 64)
	months, err2 := strconv.Atoi(args["months_owed"])
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("rehab: arrears and months_owed must be numbers")
	}
	parts, each, ok := Instalments(arrears, months)
	return dialog.Record{"ok": truth(ok), "parts": strconv.Itoa(parts), "part": rupiah(each)}, nil
}

var fineSignature = dialog.Signature{
	Args:  map[string]string{"cost": "money", "months_owed": "number"},
	Facts: map[string]string{"fine": "money"},
}

// runFine is the rule inpatient_fine: see [InpatientFine].
func runFine(args dialog.Record, _ time.Time, _ string) (dialog.Record, error) {
	cost, err1 := strconv.ParseInt(args["cost"], 10, 64)
	months, err2 := strconv.Atoi(args["months_owed"])
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("inpatient_fine: cost and months_owed must be numbers")
	}
	return dialog.Record{"fine": rupiah(InpatientFine(cost, months))}, nil
}
