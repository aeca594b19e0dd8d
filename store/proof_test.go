package store_test

import (
	"testing"
	"time"

	"sapa/store"
)

// proving is a chat in which a proof is asked for, sent and looked for, on a clock of its own.
type proving struct {
	*testing.T
	db *store.DB
	at time.Time
	n  int
}

func prove(t *testing.T) *proving {
	p := &proving{T: t, db: open(t, options(t)), at: noon}
	imports(t, p.db, aminah())
	return p
}

// ask gives facts of a query asked from a phone now.
func (p *proving) ask(phone, text string, names ...string) string {
	p.Helper()
	p.n++
	in := chat(phone, number(p.n), "ask "+text)
	in.At, in.Seed = p.at, uint64(p.n)
	return facts(p.T, submit(p.T, p.db, in), names...)
}

// word lets a phone ask for a word.
func (p *proving) word(phone string) string {
	p.Helper()
	return p.ask(phone, "proof.new "+hers, "word")[len("word="):]
}

func number(n int) string { return "m" + string(rune('A'+n)) }

const (
	hers = "number=0001234567890 birth_date=1990-08-17"
	rudi = "6281200000003"
	ok   = "ok=true expired=false"
	no   = "ok=false expired=false"
	late = "ok=false expired=true"
)

func TestTheRegisteredPhoneProvesAnotherChat(t *testing.T) {
	p := prove(t)
	equal(t, "before", p.ask(budi, "member "+hers, "match", "own_phone"), "match=true own_phone=false")
	equal(t, "phone is masked", p.ask(budi, "proof.new "+hers, "ok", "phone", "until"),
		"ok=true phone=+628••••••0001 until=2026-11-23T12:10:00+07:00")
	word := p.word(budi)
	equal(t, "not sent yet", p.ask(budi, "proof.done word="+word, "ok", "expired"), no)
	equal(t, "from another phone", p.ask(rudi, "proof.claim word="+word, "ok", "expired"), no)
	equal(t, "from the chat itself", p.ask(budi, "proof.claim word="+word, "ok", "expired"), no)
	equal(t, "still not", p.ask(budi, "proof.done word="+word, "ok", "expired"), no)
	equal(t, "from hers", p.ask(siti, "proof.claim word="+word, "ok", "expired"), ok)
	equal(t, "sent twice", p.ask(siti, "proof.claim word="+word, "ok", "expired"), ok)
	equal(t, "sent", p.ask(budi, "proof.done word="+word, "ok", "expired"), ok)
	equal(t, "proven", p.ask(budi, "member "+hers, "own_phone", "card"), "own_phone=true card=0001234567890")
	equal(t, "for her alone", p.ask(budi, "member number=0001234567891 birth_date=1990-08-17", "own_phone"), "own_phone=false")
	equal(t, "in this chat alone", p.ask(rudi, "member "+hers, "own_phone"), "own_phone=false")
	equal(t, "nobody else asks for it", p.ask(rudi, "proof.done word="+word, "ok", "expired"), no)
	p.at = p.at.Add(25 * time.Hour)
	equal(t, "a day later", p.ask(budi, "member "+hers, "match", "own_phone"), "match=true own_phone=false")
	healthy(t, p.db)
}

func TestAProofLivesTenMinutesAndAChatHasOne(t *testing.T) {
	p := prove(t)
	first := p.word(budi)
	second := p.word(budi)
	equal(t, "replaced", p.ask(siti, "proof.claim word="+first, "ok", "expired"), no)
	p.at = p.at.Add(10*time.Minute + time.Second)
	equal(t, "too late", p.ask(siti, "proof.claim word="+second, "ok", "expired"), late)
	equal(t, "too late", p.ask(budi, "proof.done word="+second, "ok", "expired"), late)
	equal(t, "not proven", p.ask(budi, "member "+hers, "own_phone"), "own_phone=false")
	equal(t, "nonsense", p.ask(siti, "proof.claim word=halo", "ok", "expired"), no)
}

func TestAProofNeedsTheBirthDateAndARegisteredPhone(t *testing.T) {
	p := prove(t)
	equal(t, "wrong date", p.ask(budi, "proof.new number=0001234567890 birth_date=1999-01-01", "ok", "word"), "ok=false word=")
	equal(t, "no phone", p.ask(budi, "proof.new number=0001234567891 birth_date=1990-08-17", "ok", "word"), "ok=false word=")
	for range 4 {
		p.ask(budi, "proof.new number=0001234567890 birth_date=1999-01-01", "ok")
	}
	equal(t, "blocked", p.ask(budi, "proof.new "+hers, "ok", "blocked"), "ok=false blocked=true")
}

func TestEqualSeedsGiveDifferentWords(t *testing.T) {
	p := prove(t)
	first := p.word(budi)
	p.n-- // the same seed for somebody else
	second := p.word(rudi)
	equal(t, "different", first != second, true)
}
