package bot

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// personalDigits is how many digits in a row, separators aside, may be somebody's: a phone number, a card, a
	// NIK or KK, a birth date.
	personalDigits = 8
	// hexDigits is the same inside a long hexadecimal word, such as a message ID or a checksum, where eight or nine
	// decimal digits in a row are chance. Cards, NIKs and phone numbers with their country code have more.
	hexDigits = 10
	// hexWord is from what length on a word of hexadecimal digits is taken for an ID.
	hexWord = 16
	mask    = "[masked]"
)

// Redactor is a writer for log lines that masks long runs of digits, however they are grouped. No log line of ours
// should hold any; this is the net below, also for what libraries log. A line that is JSON stays JSON.
type Redactor struct{ to io.Writer }

// NewRedactor gives a writer of redacted lines to w. Each Write must hold whole lines, as zerolog's do.
func NewRedactor(w io.Writer) *Redactor { return &Redactor{w} }

// Write redacts and writes lines. It gives len(p) if all went out.
func (r *Redactor) Write(p []byte) (int, error) {
	if _, err := r.to.Write(Redact(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Redact masks long runs of digits in log lines: in the strings, keys and numbers of a line that is JSON, anywhere in
// one that is not. Times (RFC 3339, and numbers under a key that says it is one) stay.
func Redact(lines []byte) []byte {
	if !suspicious(lines) {
		return lines
	}
	out := make([]byte, 0, len(lines)+len(mask))
	for line := range bytes.Lines(lines) {
		if json.Valid(line) {
			out = redactJSON(out, line)
		} else {
			out = append(out, redactText(string(line))...)
		}
	}
	return out
}

// suspicious is a quick look that spares most lines the rest: escapes, foreign digits or enough digits.
func suspicious(p []byte) bool {
	digits := 0
	for _, c := range p {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '\\', c >= utf8.RuneSelf:
			return true
		}
	}
	return digits >= personalDigits
}

// redactJSON appends the line with its strings and numbers redacted; all between them is copied.
func redactJSON(out, line []byte) []byte {
	var key string // of the value that comes next
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == '"':
			end := i + stringEnd(line[i:])
			var text string
			out, text = redactString(out, line[i:end])
			if i = end; isKey(line[i:]) {
				key = text
			}
		case c == '-' || c >= '0' && c <= '9':
			end := i + numberEnd(line[i:])
			out = redactNumber(out, key, line[i:end])
			i = end
		default:
			out = append(out, c)
			i++
		}
	}
	return out
}

// stringEnd is the length of the JSON string that p begins with.
func stringEnd(p []byte) int {
	for i := 1; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(p)
}

func numberEnd(p []byte) int {
	n := bytes.IndexFunc(p, func(r rune) bool { return !strings.ContainsRune("+-.0123456789eE", r) })
	if n < 0 {
		return len(p)
	}
	return n
}

func isKey(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

func redactString(out, quoted []byte) (redacted []byte, text string) {
	if err := json.Unmarshal(quoted, &text); err != nil {
		return append(out, `"`+mask+`"`...), ""
	}
	masked := redactText(text)
	if masked == text {
		return append(out, quoted...), text
	}
	again, err := json.Marshal(masked)
	if err != nil {
		again = []byte(`"` + mask + `"`)
	}
	return append(out, again...), text
}

// redactNumber masks a number with many digits, unless its key says that it measures time or size.
func redactNumber(out []byte, key string, number []byte) []byte {
	digits := 0
	for _, c := range number {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if digits < personalDigits || measures(key) {
		return append(out, number...)
	}
	return append(out, `"`+mask+`"`...)
}

func measures(key string) bool {
	switch key {
	case "time", "seq", "cursor", "bytes":
		return true
	}
	for _, unit := range []string{"_s", "_ms", "_us", "_ns"} {
		if strings.HasSuffix(key, unit) {
			return true
		}
	}
	return false
}

// redactText masks the runs of digits in a text.
func redactText(text string) string {
	var out strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); {
		if n := timestamp(runes, i); n > 0 {
			out.WriteString(string(runes[i : i+n]))
			i += n
			continue
		}
		if !unicode.IsDigit(runes[i]) {
			out.WriteRune(runes[i])
			i++
			continue
		}
		n, digits := digitRun(runes[i:])
		limit := personalDigits
		if inHexWord(runes, i) {
			limit = hexDigits
		}
		if digits >= limit {
			out.WriteString(mask)
		} else {
			out.WriteString(string(runes[i : i+n]))
		}
		i += n
	}
	return out.String()
}

// digitRun measures the run of digits that p begins with: its length, and how many digits it has. Up to three
// separators in a row may stand between two digits.
func digitRun(p []rune) (length, digits int) {
	for i := 0; i < len(p) && i-length <= 3; i++ {
		switch {
		case unicode.IsDigit(p[i]):
			digits++
			length = i + 1
		case !separates(p[i]):
			return length, digits
		}
	}
	return length, digits
}

// separates reports what people and programs put between groups of digits.
func separates(r rune) bool {
	return strings.ContainsRune("-.()/_+", r) || unicode.In(r, unicode.Z, unicode.Pd, unicode.Cf)
}

// timestamp is the length of the RFC 3339 time that begins at i, 0 for none. Digits right before or behind make it
// something else.
func timestamp(runes []rune, i int) int {
	const shape = "0000-00-00T00:00:00"
	p := runes[i:]
	if len(p) < len(shape) || i > 0 && unicode.IsDigit(runes[i-1]) {
		return 0
	}
	for j, want := range shape {
		if digit := p[j] >= '0' && p[j] <= '9'; want == '0' && !digit || want != '0' && p[j] != want {
			return 0
		}
	}
	n := len(shape)
	if n < len(p) && p[n] == '.' {
		n++
		for n < len(p) && n < len(shape)+10 && p[n] >= '0' && p[n] <= '9' {
			n++
		}
	}
	switch {
	case n < len(p) && p[n] == 'Z':
		n++
	case zone(p[n:]):
		n += len("+00:00")
	}
	if n < len(p) && (unicode.IsDigit(p[n]) || separates(p[n])) {
		return 0
	}
	return n
}

func zone(p []rune) bool {
	if len(p) < 6 || p[0] != '+' && p[0] != '-' || p[3] != ':' {
		return false
	}
	for _, i := range []int{1, 2, 4, 5} {
		if p[i] < '0' || p[i] > '9' {
			return false
		}
	}
	return true
}

// inHexWord reports whether the rune at i stands in a long word of hexadecimal digits that is no plain number.
func inHexWord(p []rune, i int) bool {
	start, end := i, i
	for start > 0 && wordRune(p[start-1]) {
		start--
	}
	for end < len(p) && wordRune(p[end]) {
		end++
	}
	if end-start < hexWord {
		return false
	}
	letters := 0
	for _, r := range p[start:end] {
		switch {
		case r >= 'a' && r <= 'f', r >= 'A' && r <= 'F':
			letters++
		case r < '0' || r > '9':
			return false
		}
	}
	return letters > 0
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
