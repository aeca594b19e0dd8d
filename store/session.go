package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"sapa/dialog"
)

// A session is encoded as a version byte, then the parts that every turn of a form reads and writes in a compact form,
// then all the rest as JSON (nothing where the rest is zero). JSON alone took 25 µs a turn, a third of the whole; what
// is added to dialog.Session goes into the JSON by itself. Version 1 had no Answered among the compact parts, version 2 no
// Reached; they are still read.
const sessionVersion = 3

var errSession = errors.New("the stored session does not decode")

func encodeSession(s dialog.Session) ([]byte, error) {
	e := encoder{append(make([]byte, 0, 1024), sessionVersion)}
	e.text(s.Lang)
	e.text(s.Flow)
	e.text(s.Node)
	e.texts(s.Way)
	e.text(s.Carry)
	e.flags(s.Editing, s.Sent, s.Home, s.Greeted, s.Timed)
	e.count(uint64(s.Page))   //nolint:gosec // not negative
	e.count(uint64(s.Misses)) //nolint:gosec // not negative
	e.count(s.Last)
	encodeMap(&e, s.Answers, (*encoder).answer)
	encodeMap(&e, s.Facts, (*encoder).facts)
	encodeMap(&e, s.Consents, (*encoder).time)
	e.text(s.Answered)
	e.count(s.Reached)
	rest := s
	rest.Lang, rest.Flow, rest.Node, rest.Way, rest.Carry = "", "", "", nil, ""
	rest.Editing, rest.Sent, rest.Home, rest.Greeted, rest.Timed = false, false, false, false, false
	rest.Page, rest.Misses, rest.Last = 0, 0, 0
	rest.Answers, rest.Facts, rest.Consents, rest.Answered, rest.Reached = nil, nil, nil, "", 0
	if reflect.ValueOf(&rest).Elem().IsZero() {
		return e.out, nil
	}
	plain, err := json.Marshal(rest)
	if err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	return append(e.out, plain...), nil
}

func decodeSession(in []byte) (s dialog.Session, err error) {
	if len(in) == 0 || in[0] < 1 || in[0] > sessionVersion {
		return s, fmt.Errorf("%w: unknown version", errSession)
	}
	d := decoder{in: in[1:]}
	s.Lang, s.Flow, s.Node, s.Way, s.Carry = d.text(), d.text(), d.text(), d.texts(), d.text()
	d.flags(&s.Editing, &s.Sent, &s.Home, &s.Greeted, &s.Timed)
	s.Page, s.Misses, s.Last = int(d.count()), int(d.count()), d.count() //nolint:gosec // written from an int
	s.Answers = decodeMap(&d, (*decoder).answer)
	s.Facts = decodeMap(&d, (*decoder).facts)
	s.Consents = decodeMap(&d, (*decoder).time)
	if in[0] > 1 {
		s.Answered = d.text()
	}
	if in[0] > 2 {
		s.Reached = d.count()
	}
	if d.bad {
		return s, errSession
	}
	if len(d.in) > 0 && json.Unmarshal(d.in, &s) != nil {
		return s, errSession // without the parser's words: they may hold content
	}
	return s, nil
}

// encoder appends values: counts as varints, texts with their length.
type encoder struct{ out []byte }

func (e *encoder) count(n uint64) { e.out = binary.AppendUvarint(e.out, n) }

func (e *encoder) text(s string) {
	e.count(uint64(len(s)))
	e.out = append(e.out, s...)
}

func (e *encoder) texts(list []string) {
	e.count(uint64(len(list)))
	for _, s := range list {
		e.text(s)
	}
}

func (e *encoder) flags(flags ...bool) {
	var bits uint64
	for i, set := range flags {
		if set {
			bits |= 1 << i
		}
	}
	e.count(bits)
}

// time keeps the instant and the offset, as JSON does. A year beyond 9999 would not fit there either.
func (e *encoder) time(t time.Time) {
	_, offset := t.Zone()
	e.out = binary.AppendVarint(e.out, t.Unix())
	e.count(uint64(t.Nanosecond())) //nolint:gosec // not negative
	e.out = binary.AppendVarint(e.out, int64(offset))
}

func (e *encoder) answer(a dialog.Answer) {
	e.text(a.Value)
	e.time(a.At)
	e.flags(a.Skipped)
}

func (e *encoder) facts(f dialog.Facts) {
	e.record(f.Record)
	e.count(uint64(len(f.Rows)))
	for _, r := range f.Rows {
		e.record(r)
	}
	e.flags(f.Sample)
}

func (e *encoder) record(r dialog.Record) { encodeMap(e, r, (*encoder).text) }

// encodeMap writes a map in the order of its keys: equal sessions have equal bytes.
func encodeMap[V any](e *encoder, m map[string]V, value func(*encoder, V)) {
	e.count(uint64(len(m)))
	var room [32]string // most maps fit, and then nothing is allocated
	keys := room[:0]
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		e.text(key)
		value(e, m[key])
	}
}

// decoder reads what encoder wrote. After the first mistake it gives zeros and bad is set.
type decoder struct {
	in  []byte
	bad bool
}

func (d *decoder) count() uint64 {
	n, size := binary.Uvarint(d.in)
	return d.took(n, size)
}

func (d *decoder) signed() int64 {
	n, size := binary.Varint(d.in)
	return int64(d.took(uint64(n), size)) //nolint:gosec // the bits are kept
}

func (d *decoder) took(n uint64, size int) uint64 {
	if size <= 0 {
		d.bad = true
		d.in = nil
		return 0
	}
	d.in = d.in[size:]
	return n
}

// length is a count of things that each take at least a byte: more than there are bytes is a mistake.
func (d *decoder) length() int {
	n := d.count()
	if n > uint64(len(d.in)) {
		d.bad = true
		d.in = nil
		return 0
	}
	return int(n) //nolint:gosec // checked
}

func (d *decoder) text() string {
	n := d.length()
	s := string(d.in[:n])
	d.in = d.in[n:]
	return s
}

func (d *decoder) texts() []string {
	n := d.length()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.text()
	}
	return list
}

func (d *decoder) flags(flags ...*bool) {
	bits := d.count()
	for i, flag := range flags {
		*flag = bits&(1<<i) != 0
	}
}

func (d *decoder) time() time.Time {
	seconds, nanos, offset := d.signed(), d.count(), d.signed()
	t := time.Unix(seconds, int64(nanos)).UTC() //nolint:gosec // less than a billion
	if offset != 0 {
		t = t.In(zoneAt(int(offset)))
	}
	return t
}

// zoneAt is the zone of an offset in seconds; Indonesia's three need no new one each time.
func zoneAt(offset int) *time.Location {
	for _, zone := range officeZones {
		if offset == zone.offset {
			return zone.location
		}
	}
	return time.FixedZone("", offset)
}

var officeZones = [...]struct {
	offset   int
	location *time.Location
}{
	{7 * 60 * 60, time.FixedZone("", 7*60*60)},
	{8 * 60 * 60, time.FixedZone("", 8*60*60)},
	{9 * 60 * 60, time.FixedZone("", 9*60*60)},
}

func (d *decoder) answer() dialog.Answer {
	a := dialog.Answer{Value: d.text(), At: d.time()}
	d.flags(&a.Skipped)
	return a
}

func (d *decoder) facts() dialog.Facts {
	f := dialog.Facts{Record: d.record()}
	if n := d.length(); n > 0 {
		f.Rows = make([]dialog.Record, n)
		for i := range f.Rows {
			if f.Rows[i] = d.record(); f.Rows[i] == nil {
				f.Rows[i] = dialog.Record{} // in a list even an empty one is there
			}
		}
	}
	d.flags(&f.Sample)
	return f
}

func (d *decoder) record() dialog.Record { return decodeMap(d, (*decoder).text) }

// decodeMap reads a map; an empty one is nil, as JSON's omitempty has it.
func decodeMap[V any](d *decoder, value func(*decoder) V) map[string]V {
	n := d.length()
	if n == 0 {
		return nil
	}
	m := make(map[string]V, n)
	for range n {
		key := d.text()
		m[key] = value(d)
	}
	return m
}
