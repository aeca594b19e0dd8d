package terminal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sapa/dialog"
)

// maxID is the longest ID of a message, in bytes; WhatsApp's have some thirty.
const maxID = 256

// ours are the prefixes of the IDs of inputs that are no messages: a message that bore one could be taken for it.
var ours = []string{"timer:", "document:", "ticket:"}

// message is a line of input, as cli.md describes it.
type message struct {
	ID    *string `json:"id"`
	Line  string  `json:"line"`
	From  string  `json:"from"`
	Text  string  `json:"text"`
	Edits string  `json:"edits"` // the id of the message whose text this one changes
	At    *string `json:"at"`
	File  string  `json:"file"`
	MIME  string  `json:"mime"`
	Album string  `json:"album"`
	Of    int     `json:"of"`
}

// parse makes an input of a line. At is zero where the line does not say a time. Errors are for whoever wrote the
// line: they name the key and what is wrong with it, and do not repeat its value.
func (j *JSON) parse(l line) (in dialog.Input, at time.Time, err error) {
	if l.long {
		return in, at, errLong
	}
	m, err := decode(l.text)
	if err != nil {
		return in, at, err
	}
	in = dialog.Input{Kind: dialog.Message, Transport: Name, Text: m.Text}
	if in.ID, err = m.id(); err != nil {
		return in, at, err
	}
	if in.Line = m.Line; m.Line == "" {
		in.Line = j.Line
	} else if !slices.Contains(j.Lines, m.Line) {
		return in, at, fmt.Errorf(`"line": there is no such line; there are: %s`, strings.Join(j.Lines, ", "))
	}
	if in.From = j.From; m.From != "" {
		if in.From, err = Phone(m.From); err != nil {
			return in, at, fmt.Errorf(`"from": %w`, err)
		}
	}
	in.Phone = "+" + in.From
	if in.Media, err = m.media(); err != nil {
		return in, at, err
	}
	if in.Edits = m.Edits; m.Edits != "" && in.Media != nil {
		return in, at, errors.New(`"edits": changes a text, and has no "file"`)
	}
	if m.At != nil {
		if err := j.Fixed(); err != nil {
			return in, at, fmt.Errorf(`"at": %w`, err)
		}
		if at, err = time.Parse(time.RFC3339, *m.At); err != nil {
			return in, at, errors.New(`"at": not a time like 2026-11-23T09:00:00+07:00`)
		}
	}
	return in, at, nil
}

// decode reads the line's object.
func decode(text []byte) (message, error) {
	var m message
	switch {
	case !utf8.Valid(text):
		return m, errors.New("not UTF-8")
	case !bytes.HasPrefix(bytes.TrimLeft(text, " \t"), []byte("{")):
		return m, errors.New("not a JSON object")
	}
	err := json.Unmarshal(text, &m)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field == "of":
		return m, errors.New(`"of": must be a whole number`)
	case errors.As(err, &kind):
		return m, fmt.Errorf(`%q: must be a string`, kind.Field)
	case err != nil:
		return m, fmt.Errorf("not JSON: %w", err)
	}
	return m, nil
}

func (m message) id() (string, error) {
	switch {
	case m.ID == nil || *m.ID == "":
		return "", errors.New(`"id" is missing`)
	case len(*m.ID) > maxID:
		return "", fmt.Errorf(`"id": longer than %d bytes`, maxID)
	}
	for _, prefix := range ours {
		if strings.HasPrefix(*m.ID, prefix) {
			return "", fmt.Errorf(`"id": must not begin with %q`, prefix)
		}
	}
	return *m.ID, nil
}

func (m message) media() (*dialog.Media, error) {
	if m.Of < 0 {
		return nil, errors.New(`"of": must not be negative`)
	}
	if m.File == "" {
		return nil, nil //nolint:nilnil // a message without a file
	}
	file, err := media(m.File, m.MIME)
	if err != nil {
		return nil, fmt.Errorf(`"file": %w`, err)
	}
	file.Album, file.Of = m.Album, m.Of
	return file, nil
}
