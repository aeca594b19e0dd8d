package jkn

import (
	"fmt"
	"time"

	"sapa/dialog"
)

// adultAge is from when nobody else consents for a person, in years (UU 35/2014 art. 1). A child's data are used with
// the consent of a parent or guardian (UU 27/2022 art. 25).
const adultAge = 18

var ageSignature = dialog.Signature{
	Args:  map[string]string{"birth_date": "birth_date"},
	Facts: map[string]string{"minor": "truth"}, // not of age yet
}

// runAge is the rule age: a parent or guardian consents until the day of the birthday that makes an adult.
func runAge(args dialog.Record, now time.Time, _ string) (dialog.Record, error) {
	born, err := time.Parse(time.DateOnly, args["birth_date"])
	if err != nil {
		return nil, fmt.Errorf("age: birth_date must be a date")
	}
	year, month, day := now.Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return dialog.Record{"minor": truth(today.Before(born.AddDate(adultAge, 0, 0)))}, nil
}
