package dialog_test

import (
	"reflect"
	"testing"
	"time"

	"sapa/dialog"
)

func same(t *testing.T, got, want dialog.Session) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the session is\n%+v, want\n%+v", got, want)
	}
}

// timer gives when the turn set the timer; zero: it did not.
func (k *talk) timer(name string) (at time.Time, cleared bool) {
	for _, e := range k.turn.Effects {
		switch e := e.(type) {
		case dialog.SetTimer:
			if e.Name == name {
				at, cleared = e.At, false
			}
		case dialog.ClearTimer:
			if e.Name == name {
				at, cleared = time.Time{}, true
			}
		}
	}
	return at, cleared
}

// goesOff moves the clock to a timer.
func (k *talk) goesOff(name string, at time.Time) string {
	k.t.Helper()
	k.now = at
	return k.step(dialog.Input{Kind: dialog.TimerDue, Timer: name})
}

// left answers a form's first question at a time of day in WIB and goes away; it gives when the reminder is due.
func left(t *testing.T, clock string) (*talk, time.Time) {
	t.Helper()
	k := newTalk(t, formFlow)
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-23 "+clock, time.FixedZone("WIB", 7*60*60))
	if err != nil {
		t.Fatal(err)
	}
	k.now = at.UTC()
	k.says("halo", "1", "setuju", "Siti Aminah")
	idle, _ := k.timer("idle")
	k.goesOff("idle", idle)
	due, _ := k.timer("draft")
	return k, due
}

// A form that was left is reminded of within 24 hours, by day in Aceh and in Papua.
func TestAnUnfinishedFormIsRemindedOfByDay(t *testing.T) {
	for clock, want := range map[string]string{
		"06:00": "23 12:30", "09:00": "23 15:30", "11:29": "23 17:59", // six hours after it was set aside
		"11:30": "24 07:00", "13:00": "24 07:00", "20:00": "24 07:00", "23:45": "24 07:00",
		"00:30": "23 07:00", "00:31": "23 07:01",
	} {
		_, due := left(t, clock)
		if got := due.In(time.FixedZone("WIB", 7*60*60)).Format("02 15:04"); got != want {
			t.Errorf("left at %s: reminded at %s, want %s", clock, got, want)
		}
	}
}

// It says what is unfinished and until when it is kept, once; "lanjut" then goes on with it at once.
func TestAnUnfinishedFormIsRemindedOfOnce(t *testing.T) {
	k, due := left(t, "09:00")
	wants(t, k.goesOff("draft", due), "Formulir *Formulir* Anda belum selesai", "sampai Senin, 30 November 2026 pukul 09.30 WIB", "*lanjut*")
	if got := k.goesOff("draft", due.Add(time.Hour)); got != "" {
		t.Errorf("reminded again: %q", got)
	}
	wants(t, k.says("lanjut"), "Berapa anak?")
	wants(t, k.says("menu"), "Pilih\n")
	if _, cleared := k.timer("draft"); cleared {
		t.Error("what is left again is not reminded of")
	}
	wants(t, k.says("lanjut"), "Berapa anak?") // at the menu too
}

func TestWhatIsFinishedIsNotRemindedOf(t *testing.T) {
	for _, c := range []struct {
		name string
		says []string
	}{
		{"resumed", []string{"halo", "1"}},
		{"deleted", []string{"halo", "3"}},
		{"resumed and cancelled", []string{"lanjut", "batal", "ya"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, _ := left(t, "09:00")
			gone := false
			for _, text := range c.says {
				k.says(text)
				_, cleared := k.timer("draft")
				gone = gone || cleared
			}
			if !gone {
				t.Error("the reminder still stands")
			}
		})
	}
}

// Nobody is reminded in the middle of something else, nor while they talk with an officer.
func TestAReminderWaits(t *testing.T) {
	k, due := left(t, "09:00")
	k.now = due
	k.says("halo")
	if got := k.goesOff("draft", due); got != "" {
		t.Errorf("reminded at a question: %q", got)
	}
	if again, _ := k.timer("draft"); !again.After(due) {
		t.Error("the reminder is lost")
	}
	k.says("2")
	k.officerSays("Halo.")
	if got := k.goesOff("draft", due.Add(time.Minute)); got != "" {
		t.Errorf("reminded in a talk: %q", got)
	}
}

// Each counted question counts once in a filling, and so does sending; another filling counts anew.
func TestQuestionsAreCounted(t *testing.T) {
	k := newTalk(t, formFlow)
	var asked []string
	counts := func(texts ...string) {
		for _, text := range texts {
			k.writes(text, text)
			for _, e := range k.turn.Effects {
				if a, ok := e.(dialog.Asked); ok {
					asked = append(asked, a.Flow+"/"+a.Field)
				}
			}
		}
	}
	counts("halo", "1", "setuju", "Siti", "banyak", "kembali", "lanjut", "menu", "1", "1", "2", "[foto]", "ubah nama", "Siti Aminah", "kirim")
	counts("menu", "1")
	want := []string{"form/nama", "form/anak", "form/foto", "form/", "form/nama"}
	if !reflect.DeepEqual(asked, want) {
		t.Errorf("counted %v, want %v", asked, want)
	}
}
