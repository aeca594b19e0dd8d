package jkn_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// canaries is the sample register as a walker may ask it from Siti's phone, and everything in it that is nobody's there
// to read: the members outside Siti's family.
type canaries struct {
	members []jkn.Member
	numbers map[string]bool
	names   []string
}

// walkedAt is the day on which members are asked about.
var walkedAt = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// newCanaries is the register; what the walker types itself is no secret to it.
func newCanaries(typed []string) *canaries {
	c := &canaries{members: jkn.SampleMembers(), numbers: map[string]bool{}}
	for _, m := range c.members {
		if m.HeadCard == c.members[0].HeadCard {
			continue
		}
		c.names = append(c.names, m.Name)
		for _, number := range []string{string(m.Card), string(m.NIK), string(m.KK), strings.TrimPrefix(m.Phone, "+")} {
			if !slices.Contains(typed, number) {
				c.numbers[number] = true
			}
		}
	}
	delete(c.numbers, "")
	return c
}

// find asks for a member as the store does: whoever knows the birth date is told how the card stands, and more on the
// member's own phone.
func (c *canaries) find(args dialog.Record) (m jkn.Member, found, match, own bool) {
	at := slices.IndexFunc(c.members, func(m jkn.Member) bool {
		return args["number"] != "" && (string(m.Card) == args["number"] || string(m.NIK) == args["number"])
	})
	if at < 0 {
		return m, false, false, false
	}
	m = c.members[at]
	match = m.BirthDate.Format(time.DateOnly) == args["birth_date"]
	return m, true, match, match && m.Phone == c.members[0].Phone
}

func (c *canaries) member(args dialog.Record) *dialog.Result {
	m, found, match, own := c.find(args)
	facts := jkn.NoMemberFacts()
	facts["found"] = strconv.FormatBool(found)
	switch {
	case own:
		facts = jkn.MemberFacts(m, c.members, walkedAt)
	case match:
		facts = jkn.StatusFacts(m)
	}
	return &dialog.Result{Facts: facts, Sample: match}
}

func (c *canaries) family(args dialog.Record) *dialog.Result {
	m, found, match, own := c.find(args)
	if own {
		facts, rows := jkn.FamilyFacts(m, c.members)
		return &dialog.Result{Facts: facts, Rows: rows, Sample: true}
	}
	return &dialog.Result{Facts: dialog.Record{
		"found": strconv.FormatBool(found), "match": strconv.FormatBool(match), "blocked": "false", "own_phone": "false",
		"count": "0", "heads": "0",
	}}
}

// secret names somebody else's datum in a reply; "": there is none.
func (c *canaries) secret(reply string) string {
	for digits := range strings.FieldsFuncSeq(reply, func(r rune) bool { return r < '0' || r > '9' }) {
		if c.numbers[digits] {
			return digits
		}
	}
	if !strings.Contains(reply, "Contoh ") { // as all names of the sample begin
		return ""
	}
	if at := slices.IndexFunc(c.names, func(name string) bool { return strings.Contains(reply, name) }); at >= 0 {
		return c.names[at]
	}
	return ""
}

func TestCanariesAreSeen(t *testing.T) {
	c := newCanaries([]string{"3602041211870003"})
	stranger := c.members[len(c.members)-1]
	for _, reply := range []string{
		"Nomor kartu: " + string(stranger.Card), "NIK " + string(stranger.NIK) + ".", "atas nama " + stranger.Name + " aktif",
		"wa.me/" + strings.TrimPrefix(stranger.Phone, "+"),
	} {
		if c.secret(reply) == "" {
			t.Errorf("nothing seen in %q", reply)
		}
	}
	for _, reply := range []string{"NIK 3602041211870003", "atas nama " + c.members[0].Name, "Contoh Kantor Cabang Jakarta Selatan"} {
		if found := c.secret(reply); found != "" {
			t.Errorf("%q is no secret in %q", found, reply)
		}
	}
}
