package dialog_test

import (
	"strings"
	"testing"
	"time"

	"sapa/dialog"
)

// proof is the consent that the turn recorded.
func (k *talk) proof() dialog.RecordConsent {
	k.t.Helper()
	for _, e := range k.turn.Effects {
		if c, ok := e.(dialog.RecordConsent); ok {
			return c
		}
	}
	k.t.Fatal("no consent was recorded")
	return dialog.RecordConsent{}
}

// A consent is proved by its text, language, version and time, and is not asked again.
func TestConsentIsRecorded(t *testing.T) {
	k := newTalk(t, formFlow)
	k.says("halo", "1", "setuju")
	want := dialog.RecordConsent{Version: "v1/59c79c2c", Lang: "id", Text: "Boleh?", At: k.now} // sha256sum of "Boleh?"
	if got := k.proof(); got != want {
		t.Fatalf("the proof is %+v, want %+v", got, want)
	}
	wants(t, k.says("batal", "1"), "Nama?")
}

// Whoever agreed to another text, of another organisation, or to other times of keeping is asked again; to another
// language of the same text they agreed already.
func TestAnotherTextIsAnotherConsent(t *testing.T) {
	form := strings.Replace(formFlow, "text: {id: Boleh?, en: May we?}",
		`text: {id: "Boleh, {organisation}? Foto {keep_documents}, telepon {organisation_phone}, lewat {line}.", en: May we?}`, 1)
	klinik := dialog.Settings{Organisation: "Klinik Contoh"}
	for name, c := range map[string]struct {
		form     string
		settings dialog.Settings
		again    bool
	}{
		"the same":             {form, klinik, false},
		"other translations":   {strings.Replace(form, "May we?", "May we now?", 1), klinik, false},
		"another text":         {strings.Replace(form, "Boleh,", "Bolehkah,", 1), klinik, true},
		"another version":      {strings.Replace(form, "version: v1", "version: v2", 1), klinik, true},
		"another organisation": {form, dialog.Settings{Organisation: "Puskesmas Contoh"}, true},
		"kept for longer":      {form, dialog.Settings{Organisation: "Klinik Contoh", Kept: dialog.Kept{Documents: 3000 * time.Hour}}, true},
		"another telephone":    {form, dialog.Settings{Organisation: "Klinik Contoh", OrganisationPhone: "021-555 0100"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTalk(t, form)
			k.engine = settled(t, loaded(t, form), klinik)
			wants(t, k.says("halo", "1"), "Boleh, Klinik Contoh? Foto 90 hari, telepon , lewat a.")
			k.says("setuju", "english", "cancel", "yes")
			k.engine = settled(t, loaded(t, c.form), c.settings)
			if got := k.says("1"); strings.Contains(got, "May we") != c.again {
				t.Errorf("went on with %q", got)
			}
		})
	}
}

// loaded is the catalogue of the home menu and a form.
func loaded(t *testing.T, form string) *dialog.Catalog {
	t.Helper()
	c, err := loadWith(t, map[string]string{"home.yaml": homeFlow, "form.yaml": form})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
