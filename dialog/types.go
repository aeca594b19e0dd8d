package dialog

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/field"
)

// typeOf gives a field type by name. A scheme may read one of the engine's own types more closely.
func (c *Catalog) typeOf(name string) (Type, bool) {
	if t, ok := c.scheme.Types[name]; ok {
		return t, true
	}
	t, ok := c.types[name]
	return t, ok
}

// ownTypes are the field types every scheme has.
func (c *Catalog) ownTypes() map[string]Type {
	types := map[string]Type{
		"text": {Kind: TextValue, Read: func(s string, r Reading) (string, []*field.Problem, error) {
			v, err := field.Text(s, r.Min, r.Max)
			return v, nil, err
		}},
		"name":   {Kind: TextValue, Read: plain(field.Name)},
		"email":  {Kind: TextValue, Read: plain(field.Email)},
		"phone":  {Kind: TextValue, Read: plain(field.Phone), Show: func(v, _ string) string { return field.ShowPhone(v) }},
		"number": {Kind: NumberValue, Read: counted(field.Number)},
		"money": {Kind: NumberValue, Read: counted(field.Money), Show: func(v, _ string) string {
			n, _ := strconv.ParseInt(v, 10, 64)
			return field.ShowMoney(n)
		}},
		"date":       {Kind: DateValue, Read: dated(field.Date), Show: showDate},
		"birth_date": {Kind: DateValue, Read: dated(field.BirthDate), Show: showDate},
		"yesno":      {Kind: TruthValue, Read: yesNo, Show: c.truth("yes", "no")},
		"truth":      {Kind: TruthValue, Show: c.truth("yes", "no")},
		"consent":    {Kind: TruthValue, Read: yesNo, Show: c.truth("consent.yes", "consent.no")},
		"choice":     {Kind: TextValue},
		"document":   {Kind: FileValue},
		"moment":     {Kind: TextValue, Show: c.showMoment},
		"service": {Kind: TextValue, Show: func(v, lang string) string {
			if p, ok := c.Pipeline(v); ok {
				return p.Title[lang]
			}
			return v
		}},
		"ticket_status": {Kind: TextValue, Show: func(v, lang string) string { return c.text("status."+v, lang) }},
		"ticket_stage":  {Kind: TextValue, Show: c.showStage},
		"ticket_field": {Kind: TextValue, Show: func(v, lang string) string {
			if n, ok := c.asked("", v); ok {
				return n.Label[lang]
			}
			return v
		}},
	}
	maps.Copy(types, c.officerTypes())
	return types
}

func plain(read func(string) (string, error)) func(string, Reading) (string, []*field.Problem, error) {
	return func(s string, _ Reading) (string, []*field.Problem, error) {
		v, err := read(s)
		return v, nil, err
	}
}

func counted(read func(string, int64, int64) (int64, error)) func(string, Reading) (string, []*field.Problem, error) {
	return func(s string, r Reading) (string, []*field.Problem, error) {
		n, err := read(s, r.Min, r.Max)
		if err != nil {
			return "", nil, err
		}
		return strconv.FormatInt(n, 10), nil, nil
	}
}

func dated(read func(string, time.Time) (time.Time, error)) func(string, Reading) (string, []*field.Problem, error) {
	return func(s string, r Reading) (string, []*field.Problem, error) {
		d, err := read(s, r.Now)
		if err != nil {
			return "", nil, err
		}
		return d.Format(time.DateOnly), nil, nil
	}
}

// yesNo reads a truth, also by the numbers its two options are shown under.
func yesNo(s string, _ Reading) (string, []*field.Problem, error) {
	if n, err := field.Number(s, 1, 2); err == nil {
		return strconv.FormatBool(n == 1), nil, nil
	}
	yes, err := field.YesNo(s)
	if err != nil {
		return "", nil, err
	}
	return strconv.FormatBool(yes), nil, nil
}

func showDate(v, lang string) string {
	d, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return v
	}
	return field.ShowDate(d, lang)
}

func (c *Catalog) truth(yes, no string) func(v, lang string) string {
	return func(v, lang string) string {
		if v == "true" {
			return c.text(yes, lang)
		}
		return c.text(no, lang)
	}
}

// zones are what people call Indonesia's three offsets from UTC.
var zones = map[int]string{7: "WIB", 8: "WITA", 9: "WIT"}

// showMoment writes a point in time in the zone it came with: "Senin, 23 November 2026 pukul 15.00 WIB".
func (c *Catalog) showMoment(v, lang string) string {
	at, err := time.Parse(time.RFC3339, v)
	if err != nil {
		return v
	}
	_, offset := at.Zone()
	zone, ok := zones[offset/3600]
	if !ok {
		zone = at.Format("-07:00")
	}
	clock := at.Format("15.04")
	if lang != "id" {
		clock = at.Format("15:04")
	}
	return c.text("moment", lang, "date", field.ShowWeekday(at, lang), "time", clock, "zone", zone)
}

// showStage words "service/stage".
func (c *Catalog) showStage(v, lang string) string {
	service, stage, _ := strings.Cut(v, "/")
	if p, ok := c.Pipeline(service); ok {
		if s, ok := p.Stage(stage); ok {
			return s.Title[lang]
		}
	}
	return v
}
