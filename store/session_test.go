package store

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sapa/dialog"
)

var (
	words   = rapid.StringN(0, 12, 40)
	moments = rapid.Custom(func(t *rapid.T) time.Time {
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
		if offset := rapid.SampledFrom([]int{0, 7, 8, 9, -3}).Draw(t, "zone"); offset != 0 {
			at = at.In(time.FixedZone("", offset*3600))
		}
		return at
	})
	records = rapid.Map(rapid.MapOfN(words, words, 0, 3), func(m map[string]string) dialog.Record { return m })
)

// TestASessionIsStoredWhole: whatever is in a session comes back as JSON, the plain way to keep it, would bring it back.
func TestASessionIsStoredWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := throughJSON(t, draw(t))
		plain, err := encodeSession(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeSession(plain)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := throughJSON(t, got), want; !reflect.DeepEqual(a, b) {
			t.Fatalf("got  %#v\nwant %#v", a, b)
		}
		again, err := encodeSession(got)
		if err != nil || string(again) != string(plain) {
			t.Fatalf("equal sessions have different bytes (%v)", err)
		}
	})
}

// TestEveryFieldOfASessionIsStored also finds fields that are new in dialog.Session.
func TestEveryFieldOfASessionIsStored(t *testing.T) {
	var want dialog.Session
	fill(reflect.ValueOf(&want).Elem())
	plain, err := encodeSession(want)
	check(t, err)
	got, err := decodeSession(plain)
	check(t, err)
	for i := range reflect.TypeFor[dialog.Session]().NumField() {
		a, b := reflect.ValueOf(got).Field(i).Interface(), reflect.ValueOf(want).Field(i).Interface()
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: got %v, want %v", reflect.TypeFor[dialog.Session]().Field(i).Name, a, b)
		}
	}
}

// TestASessionOfAnEarlierVersionIsRead: rows that were written before a message could be corrected, and before asked
// questions were counted.
func TestASessionOfAnEarlierVersionIsRead(t *testing.T) {
	const row = "\x01\x02id\x04form\x04anak\x01\tform/nama\x00\b\x00\x01\a\x01\x04nama\vSiti Aminah\x80\xc8\xce\xb4\r\x00\x00\x00" +
		"\x00\x01\x02v1\x80\xc8\xce\xb4\r\x00\x00{\"ticket\":\"4K7-PQRS\"}"
	at := time.Unix(1_800_000_000, 0).UTC()
	want := dialog.Session{
		Lang: "id", Flow: "form", Node: "anak", Way: []string{"form/nama"},
		Answers:  map[string]dialog.Answer{"nama": {Value: "Siti Aminah", At: at}},
		Consents: map[string]time.Time{"v1": at}, Misses: 1, Last: 7, Greeted: true, Ticket: "4K7-PQRS",
	}
	got, err := decodeSession([]byte(row))
	check(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
	v2 := "\x02" + strings.Replace(row[1:], "{", "\x02m1{", 1)
	want.Answered = "m1"
	if got, err := decodeSession([]byte(v2)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("version 2: got  %#v (%v)", got, err)
	}
	if _, err := decodeSession([]byte{sessionVersion + 1}); err == nil {
		t.Error("a session of a version to come was read")
	}
}

// fill gives every field, at any depth, a value that is not zero.
func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(1_800_000_000, 5).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint64:
		v.SetUint(1 << 63)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value)
		v.SetMapIndex(reflect.ValueOf("k").Convert(v.Type().Key()), value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("a session holds a " + v.Kind().String())
	}
}

func draw(t *rapid.T) dialog.Session {
	answers := rapid.Custom(func(t *rapid.T) dialog.Answer {
		return dialog.Answer{Value: words.Draw(t, "value"), At: moments.Draw(t, "at"), Skipped: rapid.Bool().Draw(t, "skipped")}
	})
	facts := rapid.Custom(func(t *rapid.T) dialog.Facts {
		return dialog.Facts{
			Record: records.Draw(t, "record"), Rows: rapid.SliceOfN(records, 0, 3).Draw(t, "rows"), Sample: rapid.Bool().Draw(t, "sample"),
		}
	})
	return dialog.Session{
		Lang: words.Draw(t, "lang"), Node: words.Draw(t, "node"), Way: rapid.SliceOfN(words, 0, 4).Draw(t, "way"),
		Answers: rapid.MapOfN(words, answers, 0, 4).Draw(t, "answers"), Facts: rapid.MapOfN(words, facts, 0, 3).Draw(t, "facts"),
		Consents: rapid.MapOfN(words, moments, 0, 2).Draw(t, "consents"), Page: rapid.IntRange(0, 50).Draw(t, "page"),
		Last: rapid.Uint64().Draw(t, "last"), Editing: rapid.Bool().Draw(t, "editing"), Ticket: words.Draw(t, "ticket"),
		Answered: words.Draw(t, "answered"), Reached: rapid.Uint64().Draw(t, "reached"), Unclear: words.Draw(t, "unclear"),
	}
}

func throughJSON(t *rapid.T, s dialog.Session) (out dialog.Session) {
	plain, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(plain, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// FuzzDecodeSession: whatever the bytes, an error or a session, never a panic or a huge allocation.
func FuzzDecodeSession(f *testing.F) {
	plain, err := encodeSession(formSession(benchTime))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Add([]byte{sessionVersion, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		s, err := decodeSession(in)
		if err != nil {
			return
		}
		if _, err := encodeSession(s); err != nil {
			t.Skip("a time that no JSON holds")
		}
	})
}
