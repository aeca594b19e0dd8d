package dialog

import (
	"strconv"
	"time"
)

// Kept is how long what members give is kept, as their texts say it: {keep_documents}, {keep_tickets} and
// {keep_messages}. Zero is what the texts of old promised: 90 days, 2 years, 30 days.
type Kept struct {
	Documents, Tickets, Messages time.Duration
}

// spans are the units in which people count time, the longest first. A year is one of 365 days; a day, where it is
// only one, is 24 hours.
var spans = []struct {
	of    time.Duration
	least int // how many there are at least to be counted in it
	one   string
	more  string
}{
	{365 * 24 * time.Hour, 1, "span.year", "span.years"},
	{24 * time.Hour, 2, "", "span.days"},
	{time.Hour, 1, "span.hour", "span.hours"},
	{time.Minute, 0, "span.minute", "span.minutes"},
}

// Span writes a time that something is kept or takes: "90 hari", "2 tahun", "24 jam", in the longest unit of which it
// is a whole number. Seconds are left out.
func (c *Catalog) Span(d time.Duration, lang string) string {
	for _, s := range spans {
		n := int(d / s.of)
		if whole := d%s.of == 0 || s.of == time.Minute; !whole || n < s.least {
			continue
		}
		if n == 1 {
			return c.Text(s.one, lang, "n", "1")
		}
		return c.Text(s.more, lang, "n", strconv.Itoa(n))
	}
	return ""
}

// ownWords are the placeholders that are the same for everybody, in one language.
func (e *Engine) ownWords(lang string) map[string]string {
	span := func(d time.Duration) string { return e.catalog.Span(d, lang) }
	return map[string]string{
		"organisation": e.set.Organisation, "organisation_phone": e.set.OrganisationPhone,
		"keep_documents": span(e.set.Kept.Documents), "keep_tickets": span(e.set.Kept.Tickets),
		"keep_messages": span(e.set.Kept.Messages), "keep_drafts": span(e.set.Draft),
	}
}
