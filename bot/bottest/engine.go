// Package bottest has what tests of the runtime talk to on either side of it: an engine of few words, and a phone.
package bottest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

// Idle is how far ahead Parrot sets its timer.
const Idle = 30 * time.Minute

// Service is the service whose tickets Parrot opens, with one stage.
const Service = "parrot"

// Parrot is an engine that a test can read at a glance. It answers
//
//	timer [5m]     sets a timer, which answers "time is up" after that, or after Idle
//	ticket         opens a ticket and answers with its reference
//	break          fails, whenever it is tried
//	keep WORDS     WORDS, as a reply that must not be lost
//	an edit        "ID: WORDS", of the message that was changed
//	what is unread "unread KIND", as a reply that must not be lost
//	a file         fetches it and answers "ready", "bad: CODE" or "lost"
//	anything else  the same words, as a prompt
type Parrot struct{}

// Step answers an input.
func (Parrot) Step(s dialog.Session, in dialog.Input) (dialog.Turn, error) {
	switch in.Kind {
	case dialog.TimerDue:
		return say(s, dialog.Keep, "time is up"), nil
	case dialog.DocumentReady, dialog.DocumentBad, dialog.DocumentLost:
		s.Fetching = nil
		return say(s, dialog.Keep, result(in)), nil
	case dialog.TicketEvent:
		return say(s, dialog.Keep, "ticket "+in.Event.Decision+": "+in.Event.Text), nil
	case dialog.Message:
	}
	words, isKept := strings.CutPrefix(in.Text, "keep ")
	switch {
	case in.Edits != "":
		return say(s, dialog.Keep, in.Edits+": "+in.Text), nil
	case in.Unread != "":
		return say(s, dialog.Keep, "unread "+in.Unread), nil
	case in.Text == "break":
		return dialog.Turn{}, errors.New("asked to break")
	case in.Media != nil:
		s.Fetching = &dialog.Fetching{Document: in.ID, Field: "file"}
		fetch := dialog.FetchDocument{ID: in.ID, Field: "file", Media: *in.Media}
		return dialog.Turn{Session: s, Effects: []dialog.Effect{fetch}}, nil
	case strings.HasPrefix(in.Text, "timer"):
		after := Idle
		if d, err := time.ParseDuration(strings.TrimPrefix(in.Text, "timer ")); err == nil {
			after = d
		}
		turn := say(s, dialog.Keep, "timer set")
		turn.Effects = append(turn.Effects, dialog.SetTimer{Name: "idle", At: in.At.Add(after)})
		return turn, nil
	case in.Text == "ticket" && in.Result == nil:
		query := &dialog.Query{Name: "ticket.open", Args: dialog.Record{"service": Service}}
		return dialog.Turn{Session: s, Query: query}, nil
	case in.Text == "ticket":
		return say(s, dialog.Keep, "ticket "+in.Result.Facts["ref"]), nil
	case isKept:
		return say(s, dialog.Keep, words), nil
	}
	return say(s, dialog.Prompt, in.Text), nil
}

func result(in dialog.Input) string {
	switch {
	case in.Kind == dialog.DocumentLost:
		return "lost"
	case in.Document.Problem != nil:
		return "bad: " + in.Document.Problem.Code
	}
	return fmt.Sprintf("ready: %s", in.Document.MIME)
}

func say(s dialog.Session, weight dialog.Weight, words string) dialog.Turn {
	return dialog.Turn{Session: s, Effects: []dialog.Effect{dialog.Reply{Text: words, Weight: weight}}}
}

// Pipeline is the pipeline of Parrot's tickets.
func Pipeline(service string) (*desk.Pipeline, bool) {
	return &desk.Pipeline{
		Service: Service,
		Title:   map[string]string{"id": "Beo", "en": "Parrot"},
		Stages:  []desk.Stage{{Name: "cage", Title: map[string]string{"id": "Kandang", "en": "Cage"}, Status: desk.Open}},
	}, service == Service
}

// Calendar is the office hours of Parrot's tickets: the usual ones, in WIB.
func Calendar() *worktime.Calendar {
	zone, err := worktime.Zone("WIB")
	if err != nil {
		panic(err)
	}
	cal, err := worktime.New(worktime.DefaultHours(), worktime.Holidays{}, zone)
	if err != nil {
		panic(err)
	}
	return cal
}
