package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

// What members were promised to be deleted is, by the bot's clock; a ticket without its answers can still be shown.
func TestWhatWasPromisedToBeDeletedIs(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	works(t, data, "ticket", "reject", ref, "Foto KTP buram", "--as", "rina")
	c.next()
	c.end()
	rejected := time.Now()

	ctx, stop := context.WithCancel(t.Context())
	in, typed := io.Pipe()
	logged, stderr := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"chat", "--json", "--data", data}, in, io.Discard, stderr)
		_ = stderr.Close()
	}()
	t.Cleanup(stop)
	s := &service{t: t, log: bufio.NewScanner(logged)}
	at := func(days int) string { return rejected.AddDate(0, 0, days).Format(time.RFC3339) }
	for _, step := range []struct {
		days               int
		documents, tickets float64
	}{{91, 3, 0}, {731, 0, 1}} {
		_, err := io.WriteString(typed, message{ID: at(step.days), Text: "menu", At: at(step.days)}.String())
		must(t, err)
		line := s.until(eventRetained)
		if line["documents"] != step.documents || line["tickets"] != step.tickets || line["messages"] == 0. {
			t.Errorf("after %d days the log says %v", step.days, line)
		}
	}
	must(t, typed.Close())
	for s.log.Scan() {
		if strings.Contains(s.log.Text(), "retention.failed") {
			t.Error(s.log.Text())
		}
	}
	if code := <-ended; code != exitDone {
		t.Errorf("the chat ended with %d", code)
	}

	show := []string{"ticket", "show", ref, "--at", at(732)}
	sheet := works(t, data, show...)
	for _, words := range []string{"rejected", "deleted on schedule", "deleted", "ticket.decided"} {
		if !strings.Contains(sheet, words) {
			t.Errorf("the ticket shows nothing of %q:\n%s", words, sheet)
		}
	}
	if strings.Contains(sheet, "buram") {
		t.Errorf("the ticket still shows why it was rejected:\n%s", sheet)
	}
	var shown struct {
		Deleted   bool `json:"answers_deleted"`
		Documents []struct{ Name, Status string }
	}
	must(t, json.Unmarshal([]byte(works(t, data, append(show, "--json")...)), &shown))
	if !shown.Deleted || len(shown.Documents) != 3 || shown.Documents[0].Status != "deleted" || shown.Documents[0].Name != "" {
		t.Errorf("the ticket reads %+v", shown)
	}
	works(t, data, append(show, "--reason", "audit", "--save", t.TempDir())...)
	works(t, data, "db", "check")
}
