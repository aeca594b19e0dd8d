package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/worktime"
	"sapa/store"
)

// noon is when every test begins: a Monday, 12:00 in Jakarta.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("WIB", 7*60*60))

// clerk is a tiny engine: it does what the first word of a message says and counts the messages in the session.
type clerk struct{ steps int }

func (c *clerk) Interrupts(_ dialog.Session, in dialog.Input) bool { return in.Text == "batal" }

func (c *clerk) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	c.steps++
	word, rest, _ := strings.Cut(in.Text, " ")
	t := dialog.Turn{Session: s}
	switch in.Kind {
	case dialog.TimerDue:
		return say(t, dialog.Prompt, "timer "+in.Timer), nil
	case dialog.TicketEvent:
		t.Session.Pending = append(t.Session.Pending, dialog.Pending{Ref: in.Event.Ref})
		return say(t, dialog.Keep, "notice "+in.Event.Decision+" "+in.Event.Text), nil
	case dialog.DocumentReady, dialog.DocumentBad, dialog.DocumentLost:
		if in.Document.Name == "poison" {
			return t, errors.New("cannot take this document")
		}
		t.Session.Fetching = nil
		return say(t, dialog.Prompt, string(in.Kind)+" "+in.Document.ID), nil
	case dialog.Message:
	}
	if in.Result != nil {
		return say(t, dialog.Keep, fmt.Sprint(in.Result.Facts, in.Result.Rows, in.Result.Sample)), nil
	}
	if in.Media != nil {
		t.Session.Fetching = &dialog.Fetching{Document: in.ID, Field: "ktp"}
		t.Effects = append(t.Effects, dialog.FetchDocument{ID: in.ID, Field: "ktp", Media: *in.Media})
		return t, nil
	}
	return c.obey(t, word, rest, in)
}

func (c *clerk) obey(t dialog.Turn, word, rest string, in dialog.Input) (dialog.Turn, error) {
	switch word {
	case "batal":
		t.Session.Fetching = nil
		return say(t, dialog.Prompt, "cancelled"), nil
	case "panic":
		panic("boom")
	case "fail":
		return t, errors.New("no way on")
	case "remind":
		t.Effects = append(t.Effects, dialog.SetTimer{Name: "idle", At: in.At.Add(time.Hour)})
	case "forget":
		t.Effects = append(t.Effects, dialog.ClearTimer{Name: "idle"})
	case "agree":
		t.Effects = append(t.Effects, dialog.RecordConsent{Version: "1", Lang: "id", Text: "Setuju?", At: in.At})
	case "ask": // ask NAME key=value …
		name, args, _ := strings.Cut(rest, " ")
		t.Query = &dialog.Query{Name: name, Args: record(args)}
		return t, nil
	case "keep":
		return say(t, dialog.Keep, rest), nil
	}
	t.Session.Page++
	return say(t, dialog.Prompt, fmt.Sprintf("%d: %s", t.Session.Page, in.Text)), nil
}

func say(t dialog.Turn, w dialog.Weight, text string) dialog.Turn {
	t.Effects = append(t.Effects, dialog.Reply{Text: text, Weight: w})
	return t
}

// record reads key=value …; in a value _ is a space and | a new line.
func record(args string) dialog.Record {
	r := dialog.Record{}
	for _, pair := range strings.Fields(args) {
		k, v, _ := strings.Cut(pair, "=")
		r[k] = strings.NewReplacer("_", " ", "|", "\n").Replace(v)
	}
	return r
}

// reactivation is a pipeline with an officer's decision, a member's choice and an end.
var reactivation = desk.Pipeline{
	Service: "reaktivasi",
	Title:   map[string]string{"id": "Pengaktifan Kembali Kartu"},
	Subject: desk.Subject{Name: "nama", BirthDate: "tanggal_lahir", Regency: "kabupaten"},
	Stages: []desk.Stage{
		{Name: "verifikasi", Status: desk.Open, Promise: 7 * time.Hour, Decisions: []desk.Decision{
			{
				Name: "approve", To: "kelas", Say: map[string]string{"id": "Disetujui"}, Flow: "kelas",
				Sets: []desk.Set{{Name: "months_owed", Type: "number", Min: 0, Max: 600}},
			},
			{Name: "reject", To: "ditolak", Reason: true, Say: map[string]string{"id": "Ditolak: {reason}"}},
		}},
		{Name: "kelas", Status: desk.WaitingMember, Decisions: []desk.Decision{
			{Name: "choose", Member: true, To: "lunas", Sets: []desk.Set{{Name: "class", Type: "number", Min: 1, Max: 3}}},
		}},
		{Name: "lunas", Status: desk.Approved},
		{Name: "ditolak", Status: desk.Rejected},
	},
}

func pipeline(service string) (*desk.Pipeline, bool) { return &reactivation, service == "reaktivasi" }

func calendar(t testing.TB) *worktime.Calendar {
	t.Helper()
	zone, err := worktime.Zone("WIB")
	must(t, err)
	cal, err := worktime.New(worktime.DefaultHours(), worktime.Holidays{}, zone)
	must(t, err)
	return cal
}

func options(t testing.TB) store.Options {
	t.Helper()
	n := 0
	return store.Options{
		Engine: &clerk{}, Pipeline: pipeline, Calendar: calendar(t), Hours: worktime.DefaultHours(),
		Fallback: func(string) string { return "sorry" },
		NewID:    func(string) string { n++; return fmt.Sprintf("3EB0%04d", n) },
	}
}

// open opens a fresh data directory, or the given one, and closes it with the test.
func open(t testing.TB, o store.Options, dir ...string) *store.DB {
	t.Helper()
	if len(dir) == 0 {
		dir = []string{filepath.Join(t.TempDir(), "data")}
	}
	db, err := store.Open(t.Context(), dir[0], o)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// from makes messages of one contact on the terminal's pandawa line.
func from(phone, id, text string) dialog.Input {
	return dialog.Input{
		ID: id, Kind: dialog.Message, Line: "pandawa", Transport: "terminal", From: phone, Phone: phone,
		At: noon, Seed: 7, Text: text,
	}
}

// overWhatsApp moves an input to the transport where prompts are superseded.
func overWhatsApp(in dialog.Input) dialog.Input {
	in.Transport = "whatsapp"
	return in
}

func photo(phone, id string) dialog.Input {
	in := from(phone, id, "")
	in.Media = &dialog.Media{Ref: "/tmp/ktp-of-" + phone, Name: "ktp.jpg", MIME: "image/jpeg"}
	return in
}

func fetched(in dialog.Input, kind dialog.InputKind, body string) dialog.Input {
	doc := &dialog.Document{ID: in.ID, Field: "ktp", Name: "ktp.jpg", MIME: "image/jpeg", Bytes: len(body), SHA256: "ab", Body: []byte(body)}
	return dialog.Input{
		ID: "document:" + in.ID, Kind: kind, Line: in.Line, Transport: in.Transport, From: in.From, At: in.At.Add(time.Minute),
		Document: doc, Cause: in.ID,
	}
}

func submit(t testing.TB, db *store.DB, in dialog.Input) dialog.Receipt {
	t.Helper()
	rec := <-db.Submit(in)
	must(t, rec.Err)
	return rec
}

// texts are the replies of a receipt, each with the message it answers.
func texts(rec dialog.Receipt) string {
	var out []string
	for _, o := range rec.Outbound {
		out = append(out, o.Cause+"> "+o.Text)
	}
	return strings.Join(out, " | ")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// healthy fails the test where db check finds something.
func healthy(t testing.TB, db *store.DB) {
	t.Helper()
	findings, err := db.Check(context.WithoutCancel(t.Context()))
	must(t, err)
	for _, f := range findings {
		t.Errorf("db check: %s: %d, first %s", f.Check, f.Count, f.What)
	}
}
