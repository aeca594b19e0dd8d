package jkn

// The fine for a stay in hospital soon after arrears (Perpres 64/2020 art. 42(5) and (6)).
const (
	// FineDays is how many days after cover came back a stay in hospital is fined.
	FineDays = 45
	// MaxFine is the highest fine, in rupiah.
	MaxFine = 30_000_000

	finePercent = 5  // of the cost, for each month in arrears
	fineMonths  = 12 // at most so many months count
)

// InpatientFine is the fine, in whole rupiah, for a stay in hospital within FineDays of cover coming back: 5 % of what
// the first diagnosis costs for each month that was in arrears, at most 12 of them, and at most MaxFine. Of workers it
// is the employer who pays it. It is 0 for costs or months that are not positive.
func InpatientFine(cost int64, months int) int64 {
	if cost <= 0 || months <= 0 {
		return 0
	}
	cost = min(cost, MaxFine*100) // beyond this even one month reaches the cap; keeps the product small
	return min(cost*finePercent*int64(min(months, fineMonths))/100, MaxFine)
}
