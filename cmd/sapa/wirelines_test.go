package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sapa/bot/whatsapp"
)

// linedUp is a service with two lines, and somebody who writes to each.
func linedUp(t *testing.T) (w *wire, s *serving, chika, pandawa *member) {
	t.Helper()
	w = newWire(t)
	chika = &member{w.wa.Person("6281200000001"), t, w.wa.Number("6281100000001")}
	pandawa = &member{w.wa.Person("6281200000002"), t, w.wa.Number("6281100000002")}
	w.linkHere("chika", chika.line)
	w.linkHere("pandawa", pandawa.line)
	s = w.serve()
	chika.line.AwaitOnline()
	pandawa.line.AwaitOnline()
	chika.says("Hi Chika", "6. Layanan Pandawa")
	pandawa.says("Pandawa", "1. Pengaktifan Kembali Kartu")
	return w, s, chika, pandawa
}

// stateOf is a line as `sapa lines` shows it.
func (w *wire) stateOf(t *testing.T, id string) lineState {
	t.Helper()
	for line := range strings.Lines(works(t, w.data, "lines", "--json")) {
		var l struct {
			Line, Phone, State string
			LastError          string `json:"last_error"`
		}
		must(t, json.Unmarshal([]byte(line), &l))
		if l.Line == id {
			return lineState{Line: l.Line, Phone: l.Phone, State: l.State, LastError: l.LastError}
		}
	}
	t.Fatalf("sapa lines shows no %s", id)
	return lineState{}
}

// becomes waits until `sapa lines` shows a line in one of these states.
func (w *wire) becomes(t *testing.T, id string, states ...whatsapp.State) lineState {
	t.Helper()
	var l lineState
	for late := time.Now().Add(15 * time.Second); time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
		l = w.stateOf(t, id)
		for _, state := range states {
			if l.State == string(state) {
				return l
			}
		}
	}
	t.Fatalf("%s is %s, not %v", id, l.State, states)
	return l
}

// A phone that logs its line out says how to link again; the other line goes on, and the first one too once it is
// linked anew: nothing that was to be said is lost.
func TestOneLineIsLoggedOut(t *testing.T) {
	w, s, chika, pandawa := linedUp(t)
	w.wa.Logout(chika.line)
	l := w.becomes(t, "chika", whatsapp.LoggedOut)
	if !strings.Contains(l.LastError, "sapa link chika") || l.Phone != "6281100000001" {
		t.Errorf("sapa lines shows %+v", l)
	}
	pandawa.says("1", "Setuju")
	w.linkBeside("chika", chika.line)
	w.becomes(t, "chika", whatsapp.Online)
	chika.says("6", "provinsi")
	pandawa.says("setuju", "NIK")
	s.stop()
}

// A line whose keys another program uses keeps out of its way. Where the connection ends before that was heard, it
// comes back as after any break. Either way nothing is lost or said twice.
func TestAReplacedLineLosesNothing(t *testing.T) {
	w, s, chika, pandawa := linedUp(t)
	shown := len(chika.Shown())
	for _, gap := range []time.Duration{0, 0, 200 * time.Millisecond} {
		w.wa.SetGap(gap)
		logins := chika.line.Logins()
		w.wa.Replace(chika.line)
		pandawa.says("menu", "1. Pengaktifan Kembali Kartu")
		replaced := func() bool { return w.stateOf(t, "chika").State == string(whatsapp.Replaced) }
		for late := time.Now().Add(15 * time.Second); !replaced() && chika.line.Logins() == logins; {
			if time.Now().After(late) {
				t.Fatalf("neither replaced nor back:\n%s", s.log.all())
			}
		}
		chika.Sends(chika.line, "menu")
		if replaced() {
			s.stop()
			s = w.serve()
		}
		chika.reads("back", "6. Layanan Pandawa")
		shown++
	}
	chika.line.AwaitAllAcked()
	s.stop()
	if all := chika.Shown(); len(all) != shown {
		t.Errorf("%d replies, not %d", len(all), shown)
	}
}

// WhatsApp that is out of order is waited out; a client it finds too old ends the service once no line works any more.
func TestRefusedLogins(t *testing.T) {
	w, s, chika, pandawa := linedUp(t)
	w.wa.FailConnect(chika.line, 503)
	w.becomes(t, "chika", whatsapp.Offline, whatsapp.Failed)
	chika.Sends(chika.line, "6")
	pandawa.says("1", "Setuju")
	w.wa.AllowConnect(chika.line)
	chika.reads("after 503", "provinsi")

	w.wa.FailConnect(chika.line, 405)
	if l := w.becomes(t, "chika", whatsapp.Outdated); !strings.Contains(l.LastError, "update whatsmeow") {
		t.Errorf("sapa lines shows %+v", l)
	}
	pandawa.says("setuju", "NIK")
	w.wa.FailConnect(pandawa.line, 405)
	<-s.ended
	if err := s.child.Wait(); s.child.ProcessState.ExitCode() != exitFailed || !strings.Contains(s.log.all(), "update whatsmeow") {
		t.Errorf("serve ended with %v:\n%s", err, s.log.all())
	}
}
