package dialog_test

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

// Times are said as people say them.
func TestSpan(t *testing.T) {
	c := loaded(t, formFlow)
	const day = 24 * time.Hour
	for d, want := range map[time.Duration][2]string{
		90 * day:          {"90 hari", "90 days"},
		17520 * time.Hour: {"2 tahun", "2 years"},
		365 * day:         {"1 tahun", "1 year"},
		400 * day:         {"400 hari", "400 days"},
		720 * time.Hour:   {"30 hari", "30 days"},
		2 * day:           {"2 hari", "2 days"},
		day:               {"24 jam", "24 hours"},
		100 * time.Hour:   {"100 jam", "100 hours"},
		time.Hour:         {"1 jam", "1 hour"},
		90 * time.Minute:  {"90 menit", "90 minutes"},
		time.Minute:       {"1 menit", "1 minute"},
		10 * time.Second:  {"0 menit", "0 minutes"},
	} {
		for i, lang := range []string{"id", "en"} {
			if got := c.Span(d, lang); got != want[i] {
				t.Errorf("%s in %s is %q, want %q", d, lang, got, want[i])
			}
		}
	}
}

// What is promised stands in the texts as it is configured, in the language that is spoken; so it does in notices.
func TestTextsSayWhatIsPromised(t *testing.T) {
	const said = "{organisation}{organisation_phone}: {keep_documents}, {keep_tickets}, {keep_messages}, {keep_drafts}."
	form := strings.Replace(formFlow, "say: {id: Beres, en: Done}", `say: {id: "`+said+`", en: "`+said+`"}`, 1)
	form = strings.Replace(form, "- ask: izin\n", "- say: tanpa\n    when: organisation_phone == \"\"\n    text: {id: Tanpa telepon., en: No telephone.}\n  - ask: izin\n", 1)
	for name, c := range map[string]struct {
		settings dialog.Settings
		want     string
		english  string
		phone    bool
	}{
		"nothing is set": {dialog.Settings{Organisation: "Klinik"}, "Klinik: 90 hari, 2 tahun, 30 hari, 7 hari.", "Klinik: 90 days, 2 years, 30 days, 7 days.", false},
		"all of it": {dialog.Settings{
			Organisation: "Klinik", OrganisationPhone: " 165", Draft: 48 * time.Hour,
			Kept: dialog.Kept{Documents: 24 * time.Hour, Tickets: 365 * 24 * time.Hour, Messages: 36 * time.Hour},
		}, "Klinik 165: 24 jam, 1 tahun, 36 jam, 2 hari.", "Klinik 165: 24 hours, 1 year, 36 hours, 2 days.", true},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTalk(t, form)
			k.engine = settled(t, loaded(t, form), c.settings)
			wants(t, k.hears(dialog.Event{Stage: "buka", Decision: "approve"}), c.want)
			k.says("english")
			wants(t, k.hears(dialog.Event{Stage: "buka", Decision: "approve"}), c.english)
			if got := k.says("1"); strings.Contains(got, "No telephone.") == c.phone {
				t.Errorf("answered %q", got)
			}
		})
	}
}
