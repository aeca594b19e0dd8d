package store

import (
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

const (
	proofLife = 10 * time.Minute // how long a word can be sent
	proven    = 24 * time.Hour   // how long a chat counts as the member's after it was
)

// answerProofNew gives this chat a word for the member's registered phone to send, in the place of any other.
func (v *visit) answerProofNew(args dialog.Record, in dialog.Input) (*dialog.Result, error) {
	facts := dialog.Record{"ok": truth(false), "blocked": truth(false), "word": "", "phone": "", "until": ""}
	a, err := v.ask(args, in.At)
	if err != nil {
		return nil, err
	}
	facts["blocked"] = truth(a.blocked)
	if !a.match || a.Phone == "" {
		return &dialog.Result{Facts: facts, Sample: a.match && a.sample}, nil
	}
	until := in.At.Add(proofLife)
	word, err := v.giveWord(a.id, in.Seed, until)
	if err != nil {
		return nil, err
	}
	facts["ok"], facts["word"], facts["phone"] = truth(true), word, jkn.Mask(a.Phone)
	facts["until"] = rfc3339(until.In(location(officeZone)))
	return &dialog.Result{Facts: facts, Sample: a.sample}, nil
}

// giveWord writes a proof under a word that no other chat was given.
func (v *visit) giveWord(member int64, seed uint64, until time.Time) (string, error) {
	if err := v.run("DELETE FROM proofs WHERE contact = ?", v.who); err != nil {
		return "", err
	}
	for ; ; seed++ {
		word := jkn.NewProof(seed)
		hash, err := v.db.ring.hash("proof", word)
		if err != nil {
			return "", err
		}
		res, err := v.exec(`INSERT INTO proofs (contact, member, word_hash, until_ms) VALUES (?, ?, ?, ?)
			ON CONFLICT (word_hash) DO NOTHING`, v.who, member, hash, until.UnixMilli())
		if err != nil {
			return "", err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return word, err
		}
	}
}

// shown is a proof as it stands.
type shown struct {
	contact int64
	member  member
	expired bool // nobody sent the word in time
	claimed bool
}

func (v *visit) shown(typed string, now time.Time) (p shown, found bool, err error) {
	word, ok := jkn.ParseProof(typed)
	if !ok {
		return p, false, nil
	}
	hash, err := v.db.ring.hash("proof", word)
	if err != nil {
		return p, false, err
	}
	var id, until int64
	var wrapped, sealed []byte
	err = v.get(`SELECT p.contact, p.until_ms, p.claimed_ms IS NOT NULL, m.id, m.wrapped, m.sealed_member
		FROM proofs p JOIN members m ON m.id = p.member WHERE p.word_hash = ?`, []any{hash},
		&p.contact, &until, &p.claimed, &id, &wrapped, &sealed)
	if none(err) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	p.expired = !p.claimed && now.UnixMilli() > until
	p.member, err = v.db.ring.openMember(id, wrapped, sealed)
	return p, true, err
}

// answerProofClaim takes a word that this chat sends: it counts where its number is the member's registered one.
// Anybody else learns nothing, not even that the word was given out.
func (v *visit) answerProofClaim(args dialog.Record, now time.Time) (*dialog.Result, error) {
	p, found, err := v.shown(args["word"], now)
	if err != nil {
		return nil, err
	}
	own := false
	if found {
		if own, err = v.reachedAt(p.member.Phone); err != nil {
			return nil, err
		}
	}
	if own && !p.expired && !p.claimed {
		err = v.run("UPDATE proofs SET claimed_ms = ? WHERE contact = ?", now.UnixMilli(), p.contact)
	}
	return &dialog.Result{Facts: dialog.Record{"ok": truth(own && !p.expired), "expired": truth(own && p.expired)}}, err
}

// answerProofDone tells the chat that shows a word whether it was sent.
func (v *visit) answerProofDone(args dialog.Record, now time.Time) (*dialog.Result, error) {
	p, found, err := v.shown(args["word"], now)
	own := found && p.contact == v.who
	return &dialog.Result{Facts: dialog.Record{"ok": truth(own && p.claimed), "expired": truth(own && p.expired)}}, err
}
