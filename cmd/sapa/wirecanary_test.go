package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sapa/bot/whatsapp/watest"
)

// onTheWire is what a canary writes from the greeting to a ticket; "" is a photo and "pdf" the paper.
func (c *canary) onTheWire() []string {
	form := slices.Clone(theForm)
	form[3], form[4], form[5], form[12], form[13] = c.card, c.name, c.born.Format("2-1-2006"), "pdf", c.works
	return form
}

// On WhatsApp, too: numbers, names of profiles, photos and papers of several people, a kill in between, logs of ours,
// whatsmeow's and libsignal's, whatsmeow's own file and temporary files.
func TestNoCanaryIsHeardOnTheWire(t *testing.T) {
	members := 3
	if os.Getenv(canaries) != "" {
		members = 50
	}
	a := newAviary(t, members, 1)
	w := newWire(t)
	a.data = w.data
	pandawa := w.wa.Number("6281100000002")
	w.linkHere("pandawa", pandawa)
	temporary := a.around["temporary files"]
	serve := func() *serving {
		s := w.serve("TMPDIR="+temporary, "SQLITE_TMPDIR="+temporary)
		pandawa.AwaitOnline()
		return s
	}
	running := serve()
	var people []*member
	for i, c := range a.people {
		people = append(people, &member{
			w.wa.Person(c.phone, watest.Named(c.name), watest.Arrives(watest.Addressing(i%2))), t, pandawa,
		})
	}
	log := ""
	for step := range theForm {
		for i, c := range a.people {
			m := people[i]
			switch text := c.onTheWire()[step]; text {
			case "":
				m.SendsImage(pandawa, pictureBytes(t), "ini "+c.mark)
				m.reads("a photo", "")
			case "pdf":
				m.SendsDocument(pandawa, "kartu-"+c.mark+".pdf", "application/pdf", fileBytes(t, c.paper), "")
				m.reads("a paper", "")
			case "kirim":
				m.says(text, "Nomor tiket: ")
			default:
				m.says(text, "")
			}
		}
		if step == 12 {
			running.kill()
			log += running.log.all()
			a.searches("after a kill on the wire")
			pandawa.AwaitOffline()
			running = serve()
		}
	}
	a.quiet("ticket", "list")
	a.searches("under load on the wire")
	a.quiet("member", "erase", a.people[0].local, "--reason", "permintaan", "--yes")
	people[0].says("menu", "1. ")
	running.stop()
	log += running.log.all()
	a.nobodys([]byte(log), "the log")
	a.searches("at the end on the wire")
	for i, m := range people {
		for _, reply := range m.Shown() {
			a.reads(a.people[i], reply.Text)
		}
	}
	for _, hit := range a.hits {
		t.Error(hit)
	}
	if a.own["name"] < 3 || a.own["ticket"] < 3 || !strings.Contains(log, `"from":"whatsmeow"`) || len(log) < 10_000 {
		t.Errorf("nothing is proven: own words read %v, %d bytes of log", a.own, len(log))
	}
}
