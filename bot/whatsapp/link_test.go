package whatsapp_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"sapa/bot/bottest"
	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/store"
)

func TestANumberIsLinkedToOneLineOnly(t *testing.T) {
	wa := watest.New(t)
	number, siti := wa.Number("6281100000001"), wa.Person("6281200000001")
	d := run(t, wa, t.TempDir(), func(o *whatsapp.Options) { o.Lines = []string{"chika", "pandawa"} })
	d.link("chika", number)
	scan := func(s whatsapp.Step) {
		if s.Kind == whatsapp.StepQR {
			number.ScanQRInVain(s.Detail)
		}
	}
	err := d.lines.Link(t.Context(), "pandawa", "", scan, nil)
	if err == nil || !strings.Contains(err.Error(), "linked to another line already, chika: use it there; or log that line out") {
		t.Errorf("linked twice: %v", err)
	}
	number.AwaitLinked(1)
	jid, err := d.db.LineJID(t.Context(), "pandawa")
	must(t, err)
	equal(t, "what is recorded of the second", jid, "")
	siti.Sends(number, "halo")
	equal(t, "the first goes on", siti.Reads().Text, "halo")
	d.link("pandawa", wa.Number("6281100000002")) // and the second takes another number
}

// signed is what a browser prints of a passkey, for the request it was given.
func signed(t *testing.T, request string) string {
	t.Helper()
	var ask struct {
		Challenge        string
		AllowCredentials []struct{ ID, Type string }
	}
	must(t, json.Unmarshal([]byte(request), &ask))
	equal(t, "passkeys", len(ask.AllowCredentials), 1)
	if strings.Contains(request, "null") {
		t.Errorf("browsers take no null: %s", request)
	}
	return `{"id":"` + ask.AllowCredentials[0].ID + `","rawId":"` + ask.AllowCredentials[0].ID + `","type":"public-key","response":` +
		`{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":null}}`
}

// linkingWithAPasskey asks a running service for a link of which WhatsApp wants a passkey, as `sapa link` does beside it.
type linkingWithAPasskey struct {
	*desk
	id int64
}

func (l linkingWithAPasskey) step(kind whatsapp.StepKind) (detail string) {
	l.t.Helper()
	await(l.t, string(kind), func() bool {
		link, err := l.db.SeeLink(l.t.Context(), l.id, time.Now())
		must(l.t, err)
		detail = link.Detail
		return link.Step == string(kind)
	})
	return detail
}

func beginWithAPasskey(t *testing.T) (wa *watest.Server, l linkingWithAPasskey, request string) {
	t.Helper()
	wa = watest.New(t)
	number := wa.Number("6281100000001")
	l = linkingWithAPasskey{desk: run(t, wa, t.TempDir())}
	var err error
	l.id, err = l.db.AskLink(t.Context(), "chika", "", time.Now())
	must(t, err)
	number.AsksForPasskey(l.step(whatsapp.StepQR))
	return wa, l, l.step(whatsapp.StepPasskey)
}

func TestAPasskeyLinksALine(t *testing.T) {
	_, l, request := beginWithAPasskey(t)
	must(t, l.db.AnswerLink(t.Context(), l.id, `{"id":`))
	equal(t, "half a line", l.step(whatsapp.StepUnread), "6 letters")
	must(t, l.db.AnswerLink(t.Context(), l.id, signed(t, request)))
	equal(t, "number", l.step(whatsapp.StepLinked), "6281100000001")
	l.awaitState("chika", whatsapp.Online)
}

func TestAPasskeyOfAnotherAccountIsRefusedInASentence(t *testing.T) {
	_, l, request := beginWithAPasskey(t)
	must(t, l.db.AnswerLink(t.Context(), l.id, strings.ReplaceAll(signed(t, request), watest.Passkey, "YW5vdGhlcg")))
	equal(t, "why", l.step(whatsapp.StepFailed),
		"WhatsApp did not take the passkey's answer: try again, and use the passkey of this very account")
}

func TestALinkEndsWhereTheConnectionDoesBeforeThePasskeyCame(t *testing.T) {
	wa, l, _ := beginWithAPasskey(t)
	wa.Down()
	equal(t, "why", l.step(whatsapp.StepFailed), "WhatsApp broke off: try again")
}

func TestAPasskeyThatDoesNotComeEndsTheLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wa := watest.NewPiped(t)
		number, dir := wa.Number("6281100000001"), t.TempDir()
		db, err := store.Open(t.Context(), dir, store.Options{Exclusive: true, Engine: bottest.Parrot{}, Pipeline: bottest.Pipeline})
		must(t, err)
		lines, err := whatsapp.New(t.Context(), whatsapp.Options{
			Dir: dir, Lines: []string{"chika"}, Store: db, Log: zerolog.Nop(), Configure: wa.Configure,
		})
		must(t, err)
		var kinds []whatsapp.StepKind
		began := time.Now()
		err = lines.Link(t.Context(), "chika", "", func(s whatsapp.Step) {
			if kinds = append(kinds, s.Kind); s.Kind == whatsapp.StepQR {
				number.AsksForPasskey(s.Detail)
			}
		}, nil)
		if err == nil || !strings.Contains(err.Error(), "did not come in time: try again, with the passkey at hand") {
			t.Errorf("ended with %v", err)
		}
		equal(t, "after", time.Since(began).Round(time.Second), 160*time.Second)
		if !slices.Equal(kinds, []whatsapp.StepKind{whatsapp.StepQR, whatsapp.StepPasskey}) {
			t.Errorf("steps %v: no code is scanned any more", kinds)
		}
		synctest.Wait()
		must(t, lines.Close())
		must(t, db.Close())
	})
}
