package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const soundConfig = `organisation: {name: Klinik Contoh, about: Klinik, phone: "021-555-0100", trial: true}
lines: [{id: depan, flow: chika}, {id: pandawa-3174, flow: pandawa, branch: ""}]
hours:
  weekdays: [1, 2, 3, 4, 5, 6]
  open: "07:30"
  close: "14:00"
  special: [{from: 2026-02-19, to: 2026-03-17, open: "08:00", close: "13:00"}]
  visitors: 6
holidays: libur.csv
session: {idle: 20m, draft: 72h, unseen: 0s}
sending: {typing: false, per_contact: 10/m, per_line: 1/s, jitter: 0s}
retention: {documents: 720h, tickets: 8760h, messages: 24h}
keys: kunci
`

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	holidays := filepath.Join(dir, "libur.csv")
	if err := os.WriteFile(holidays, []byte("date,kind,name\n2030-01-01,libur_nasional,Tahun Baru\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parseConfig(filepath.Join(dir, configName), []byte(soundConfig))
	if err != nil {
		t.Fatal(err)
	}
	if c.organisation.name != "Klinik Contoh" || !c.organisation.trial || len(c.lines) != 2 || c.lines[1].id != "pandawa-3174" {
		t.Errorf("organisation and lines: %+v", c)
	}
	if len(c.hours.Weekdays) != 6 || c.hours.Open != "07:30" || c.hours.Visitors != 6 || len(c.hours.Special) != 1 || !c.holidays.Covers(2030) || c.holidays.Covers(2026) {
		t.Errorf("hours: %+v", c.hours)
	}
	if c.session != (session{20 * time.Minute, 72 * time.Hour, 0}) || c.sending != (sending{false, rate{10, time.Minute}, rate{1, time.Second}, 0, time.Hour, rate{40, time.Minute}}) {
		t.Errorf("session %+v, sending %+v", c.session, c.sending)
	}
	if c.retention.messages != 24*time.Hour || c.keys != filepath.Join(dir, "kunci") {
		t.Errorf("retention %+v, keys %s", c.retention, c.keys)
	}
}

// Every mistake in a configuration is reported with its line and column, all at once.
func TestConfigMistakes(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"no YAML", "lines: [", []string{":1:", "not YAML"}},
		{"a list", "- a\n", []string{":1:1: the file: wants keys"}},
		{"unknown keys", "organisation: {name: A, nama: B}\nlinse: []\n", []string{
			`:1:25: organisation.nama: no such key; there are about, name, phone, trial`, ":2:1: linse: no such key",
		}},
		{"twice", "organisation: {name: A}\norganisation: {name: B}\n", []string{":2:1: organisation: stands twice"}},
		{"no name", "lines: [{id: chika, flow: chika}]\n", []string{"organisation: name"}},
		{"no lines", "organisation: {name: A}\nlines: []\n", []string{":2:8: lines: there must be one"}},
		{"lines", "organisation: {name: A}\nlines:\n  - {id: a, flow: chika}\n  - {id: a, flow: chika}\n  - {flow: chika}\n  - {id: \"A B\"}\n", []string{
			`:4:10: lines[2].id: there is a line "a" already`, ":5:5: lines[3]: a line needs an id", ":6:5: lines[4]: a line needs a flow", ":6:10: lines[4].id",
		}},
		{"unknown flow", "organisation: {name: A}\nlines: [{id: a, flow: kantin}]\n", []string{`:2:23: line "a" begins with the flow "kantin"; there are`}},
		{"hours", "organisation: {name: A}\nhours: {weekdays: [1, 9], open: \"8\"}\n", []string{":2:19: hours: weekdays: 9", ":2:33: hours: open"}},
		{"visitors", "organisation: {name: A}\nhours: {visitors: -2}\n", []string{":2:19: hours: visitors: -2"}},
		{"special hours", "organisation: {name: A}\nhours:\n  special:\n    - {from: 2026-02-30, to: 2026-03-01, open: \"08:00\", close: \"13:00\"}\n", []string{":4:7: hours: special 1: from"}},
		{"values", "organisation: {name: A, trial: maybe}\nsession: {idle: soon}\nsending: {per_line: fast}\n", []string{
			":1:32: organisation.trial: wants true or false", ":2:17: session.idle: wants a time", ":3:21: sending.per_line: wants a rate",
		}},
		{"retention", "organisation: {name: A}\nretention: {documents: 100h, messages: 0s}\n", []string{
			":2:24: retention: documents: not shorter", ":2:40: retention: messages: a day",
		}},
		{"holidays", "organisation: {name: A}\nholidays: tidak-ada.csv\n", []string{":2:11: holidays:"}},
		{"five at once", "organisation: {name: A}\na: 1\nb: 1\nc: 1\nd: 1\ne: 1\n", []string{":2:1: a:", ":4:1: c:", "… and 2 more"}},
		{"two documents", "organisation: {name: A}\n---\nlines: []\n", []string{":3:1: a configuration is one document"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := t.TempDir()
			path := filepath.Join(data, configName)
			if err := os.WriteFile(path, []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			r := command(t, data, "", "chat", "--json")
			for _, word := range test.want {
				refuses(t, exitFailed, word, r)
			}
			if !strings.HasPrefix(r.errors, "sapa: "+path+":") {
				t.Errorf("the file is not named:\n%s", r.errors)
			}
			if entries, _ := os.ReadDir(data); len(entries) != 1 {
				t.Errorf("a start that failed left %v", entries)
			}
		})
	}
	refuses(t, exitFailed, "configuration cannot be read", command(t, t.TempDir(), "", "chat", "--config", "/tidak/ada.yaml"))
}

// An operator's own lines and organisation are what members meet.
func TestOwnConfiguration(t *testing.T) {
	data := t.TempDir()
	source := "organisation: {name: Klinik Melati, trial: false}\nlines: [{id: depan, flow: chika}]\n"
	if err := os.WriteFile(filepath.Join(data, configName), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out := works2(t, data, `{"id":"m1","text":"halo"}`+"\n"+`{"id":"m2","text":"6"}`+"\n"+`{"id":"m3","text":"dki"}`+"\n"+`{"id":"m4","text":"jaksel"}`,
		"chat", "--json")
	if !strings.Contains(out, "Klinik Melati") || strings.Contains(out, "CONTOH") {
		t.Errorf("members read:\n%s", out)
	}
	if out := works(t, data, "lines", "--json"); out != `{"line":"depan","phone":"","state":"unlinked","since":null,"queue":0,"dead":0,"last_error":""}`+"\n" {
		t.Errorf("lines says %s", out)
	}
}

// Keys can lie elsewhere than the data.
func TestKeysElsewhere(t *testing.T) {
	data, keys := t.TempDir(), filepath.Join(t.TempDir(), "kunci")
	t.Setenv("SAPA_KEYS", keys)
	works2(t, data, `{"id":"m1","text":"halo"}`, "chat", "--json")
	if _, err := os.Stat(filepath.Join(keys, "master.json")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(data, "keys")); !os.IsNotExist(err) {
		t.Errorf("there are keys beside the data: %v", err)
	}
	if out := works(t, data, "db", "backup", filepath.Join(t.TempDir(), "b.db")); !strings.Contains(out, keys) {
		t.Errorf("backup does not say where the keys are: %s", out)
	}
}
