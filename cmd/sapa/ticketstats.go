package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sapa/dialog"
	"sapa/store"
)

// statsLine is how the tickets do that stand at a stage at one branch. Null: there is nothing to tell yet.
type statsLine struct {
	Service      string   `json:"service"`
	Stage        string   `json:"stage"`
	Branch       string   `json:"branch"`
	Open         int      `json:"open"`
	MedianAgeS   *int64   `json:"median_age_s"`   // of the open ones
	PromiseKept  *float64 `json:"promise_kept"`   // share of the promises that were kept or broken, 0 to 1
	FirstAnswerS *int64   `json:"first_answer_s"` // on average, until an officer's first word or decision
	Rating       *float64 `json:"rating"`         // on average, 1 to 5
}

// questionLine is how often a form's question was asked.
type questionLine struct {
	Form  string `json:"form"`
	Field string `json:"field"` // "": the form was sent
	Asked int    `json:"asked"`
}

// statsAsked is what statistics are asked for.
type statsAsked struct {
	store.StatsFilter
	from, to string
	form     string
	forms    bool // --form was given
	asJSON   bool
}

func (o *officer) statsCommand() *cobra.Command {
	var a statsAsked
	c := &cobra.Command{
		Use:   "stats",
		Short: "Show how tickets do, and where members leave the forms",
		Long: "Show, for each service, stage and branch, how many tickets are open and how old the middle one is, which\n" +
			"share of promises was kept, how long members waited for a first answer (on average, nights included) and how\n" +
			"they rated it; and of each form's questions how many members came to them. --form shows the forms alone.",
		Example: "  sapa ticket stats\n  sapa ticket stats --service reaktivasi --from 2026-11-01 --to 2026-11-30 --json\n" +
			"  sapa ticket stats --form reaktivasi",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.forms = cmd.Flags().Changed("form")
			return o.stats(cmd.Context(), a)
		},
	}
	flags := c.Flags()
	flags.StringVar(&a.Service, "service", "", "only of this `service`")
	flags.StringVar(&a.from, "from", "", "only tickets opened, and questions asked, from this `day` on: 2026-11-01")
	flags.StringVar(&a.to, "to", "", "... until this `day`, which counts")
	flags.StringVar(&a.form, "form", "", "only where members leave this `form`; all: every form")
	flags.BoolVar(&a.asJSON, "json", false, "a JSON object a line; forms only with --form")
	return c
}

// allForms is what --form takes for every form.
const allForms = "all"

func (o *officer) stats(ctx context.Context, a statsAsked) error {
	return o.visit(ctx, func(office *office) error {
		now, err := o.when(office)
		if err != nil {
			return err
		}
		if a.From, err = day("--from", a.from, office.zone); err != nil {
			return err
		}
		if a.To, err = day("--to", a.to, office.zone); err != nil {
			return err
		}
		if !a.To.IsZero() {
			a.To = a.To.AddDate(0, 0, 1)
		}
		if err := office.checkService(ctx, a.Service); err != nil {
			return err
		}
		if a.forms && a.form != allForms && office.catalog.Flows[a.form] == nil {
			return misused("--form %q: there is no such form; `sapa flow list` lists them", a.form)
		}
		if !a.forms {
			if err := o.printStages(ctx, office, a, now); err != nil || a.asJSON {
				return err
			}
			a.form = cmp.Or(a.Service, allForms)
		}
		return o.printForms(ctx, office, a)
	})
}

func day(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return at, misused("%s: not a day like 2026-11-30", flag)
	}
	return at, nil
}

func (o *officer) printStages(ctx context.Context, office *office, a statsAsked, now time.Time) error {
	stats, err := office.db.Stats(ctx, a.StatsFilter, now)
	if err != nil {
		return err
	}
	lines := make([]statsLine, 0, len(stats))
	most := 0
	for _, s := range stats {
		lines = append(lines, newStatsLine(s))
		most = max(most, s.Open)
	}
	if a.asJSON {
		return printJSON(o.stdout, lines)
	}
	rows := [][]string{{"SERVICE/STAGE", "BRANCH", "OPEN", " ", "MEDIAN", "KEPT", "FIRST", "RATING"}}
	for _, l := range lines {
		rows = append(rows, []string{
			short(l.Service+"/"+l.Stage, 26), l.Branch, fmt.Sprint(l.Open), bar(l.Open, most, 12),
			orDash(l.MedianAgeS, span), orDash(l.PromiseKept, percent), orDash(l.FirstAnswerS, span),
			orDash(l.Rating, func(r float64) string { return fmt.Sprintf("%.1f", r) }),
		})
	}
	return printTable(o.stdout, rows)
}

func newStatsLine(s store.StageStats) statsLine {
	l := statsLine{Service: s.Service, Stage: s.Stage, Branch: s.Branch, Open: s.Open}
	if s.Open > 0 {
		age := int64(s.MedianAge / time.Second)
		l.MedianAgeS = &age
	}
	if n := s.Kept + s.Broken; n > 0 {
		share := math.Round(1000*float64(s.Kept)/float64(n)) / 1000
		l.PromiseKept = &share
	}
	if s.FirstAnswer > 0 {
		first := int64(s.FirstAnswer / time.Second)
		l.FirstAnswerS = &first
	}
	if s.Ratings > 0 {
		rating := math.Round(100*s.Rating) / 100
		l.Rating = &rating
	}
	return l
}

// printForms shows, question by question, how many members came so far: where the bars fall, they left.
func (o *officer) printForms(ctx context.Context, office *office, a statsAsked) error {
	asked, err := office.db.Questions(ctx, a.From, a.To)
	if err != nil {
		return err
	}
	forms := map[string]map[string]int{}
	for _, q := range asked {
		if a.form != allForms && a.form != q.Flow {
			continue
		}
		if forms[q.Flow] == nil {
			forms[q.Flow] = map[string]int{}
		}
		forms[q.Flow][q.Field] = q.Asked
	}
	for _, name := range office.catalog.Order() {
		lines := office.questions(name, forms[name])
		if a.asJSON {
			err = printJSON(o.stdout, lines)
		} else if len(lines) > 0 {
			err = o.printForm(office, name, lines)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// questions puts what was counted of a form into the form's order; its end comes last.
func (o *office) questions(form string, counted map[string]int) (lines []questionLine) {
	if len(counted) == 0 {
		return nil
	}
	for _, field := range append(asksInOrder(o.catalog.Flows[form]), "") {
		if n, ok := counted[field]; ok || field == "" {
			lines = append(lines, questionLine{form, field, n})
		}
	}
	return lines
}

// asksInOrder are all fields a form asks, consent included.
func asksInOrder(f *dialog.Flow) (fields []string) {
	for _, n := range f.Nodes {
		if n.Kind == dialog.Ask && !slices.Contains(fields, n.Field) {
			fields = append(fields, n.Field)
		}
	}
	return fields
}

func (o *officer) printForm(office *office, name string, lines []questionLine) error {
	if _, err := fmt.Fprintf(o.stdout, "\n%s: where members leave\n", office.catalog.Flows[name].Title[lang]); err != nil {
		return err
	}
	most := 0
	for _, l := range lines {
		most = max(most, l.Asked)
	}
	rows := [][]string{{"  QUESTION", "ASKED", " ", "LEFT HERE"}}
	for i, l := range lines {
		question, left := cmp.Or(l.Field, "(sent)"), ""
		if i+1 < len(lines) && l.Asked > 0 {
			if gone := l.Asked - lines[i+1].Asked; gone > 0 {
				left = fmt.Sprintf("%d (%s)", gone, percent(float64(gone)/float64(l.Asked)))
			}
		}
		rows = append(rows, []string{"  " + short(question, 24), fmt.Sprint(l.Asked), bar(l.Asked, most, 24), left})
	}
	return printTable(o.stdout, rows)
}

// bar is a share of the most, drawn in eighths of a column (Unicode block elements).
func bar(n, most, columns int) string {
	if most == 0 || n == 0 {
		return " "
	}
	eighths := max(1, n*columns*8/most)
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string(rune('█' + 8 - rest)) // each next block is an eighth narrower
	}
	return text
}

func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func orDash[T any](value *T, show func(T) string) string {
	if value == nil {
		return "-"
	}
	return show(*value)
}

func percent(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) }

// span is a time in the largest unit that says enough.
func span(seconds int64) string {
	switch d := time.Duration(seconds) * time.Second; {
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}
