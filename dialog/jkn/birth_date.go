package jkn

import (
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// readBirthDate is the field type's reader: [field.BirthDate], and a note where the NIK answered before says another
// date. Registers do correct birth dates and NIKs stay as they are, so it is never refused.
func readBirthDate(text string, r dialog.Reading) (string, []*field.Problem, error) {
	born, err := field.BirthDate(text, r.Now)
	if err != nil {
		return "", nil, err
	}
	value := born.Format(time.DateOnly)
	if r.Answer == nil {
		return value, nil, nil
	}
	for _, name := range numberFields {
		if n, err := ParseNIK(r.Answer(name)); err == nil && !n.Born(born) {
			return value, []*field.Problem{birthDateNote(n, r)}, nil
		}
	}
	return value, nil, nil
}

// showBirthDate writes a canonical date in words.
func showBirthDate(value, lang string) string {
	born, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return value
	}
	return field.ShowDate(born, lang)
}

// birthDateNote says which birth date the number holds, where the member gave another.
func birthDateNote(n NIK, r dialog.Reading) *field.Problem {
	born, _ := n.BirthDate(r.Now)
	return &field.Problem{Code: "nik.birth_date", Args: map[string]string{"birth_date": field.ShowDate(born, r.Lang)}}
}
