package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/worktime"
)

// config is what sapa.yaml says. Nothing in it is secret.
type config struct {
	organisation organisation
	lines        []line
	hours        worktime.Hours
	holidays     worktime.Holidays
	session      session
	sending      sending
	retention    retention
	keys         string // directory; "": DIR/keys

	file *yamlFile // for mistakes found later; nil without a file
}

// organisation is whose desk this is.
type organisation struct {
	name, about, phone string
	// trial allows made-up data: sample branches where none were imported, marked DATA CONTOH.
	trial bool
}

// line is one number of ours: the flow its conversations begin with and the branch it belongs to ("" none).
type line struct {
	id, flow, branch string
}

// session is after what time an unanswered conversation is set aside, how long its draft is kept, and after what time of
// silence somebody else may have the number now; 0: never.
type session struct {
	idle, draft, unseen time.Duration
}

// sending is how fast a line sends, so that it writes as a person would.
type sending struct {
	typing              bool
	perContact, perLine rate
	jitter              time.Duration
	// pause is how long the bot keeps out of a chat in which a person answered from the phone; flood what is too
	// much from one contact.
	pause time.Duration
	flood rate
}

// rate is a number of messages in a time.
type rate struct {
	n   int64
	per time.Duration
}

// retention is how long what was received is kept.
type retention struct {
	documents, tickets, messages time.Duration
}

const configName = "sapa.yaml"

// trialConfig is the configuration without a file: two lines to try in the terminal, made-up branches, the hours of
// the Pandawa desks.
func trialConfig() *config {
	return &config{
		organisation: organisation{name: "Sapa (uji coba)", about: "Uji coba di komputer ini", trial: true},
		lines:        []line{{id: "chika", flow: "chika"}, {id: "pandawa", flow: "pandawa"}},
		hours:        worktime.DefaultHours(),
		holidays:     worktime.DefaultHolidays(),
		session:      session{idle: 30 * time.Minute, draft: 168 * time.Hour, unseen: 2160 * time.Hour},
		sending: sending{
			typing: true, perContact: rate{20, time.Minute}, perLine: rate{60, time.Minute}, jitter: 300 * time.Millisecond,
			pause: time.Hour, flood: rate{40, time.Minute},
		},
		retention: retention{documents: 2160 * time.Hour, tickets: 17520 * time.Hour, messages: 720 * time.Hour},
	}
}

// loadConfig reads the configuration a run of the program uses. What a file leaves out is as in the trial, but that
// a file is no trial unless it says so.
func (s *sapa) loadConfig() (*config, error) {
	c, err := s.readConfig()
	if err != nil {
		return nil, err
	}
	if keys := os.Getenv("SAPA_KEYS"); keys != "" {
		c.keys = keys
	}
	if c.keys == "" {
		c.keys = filepath.Join(s.dataDir, "keys")
	}
	return c, nil
}

func (s *sapa) readConfig() (*config, error) {
	path := s.configFile
	if path == "" {
		path = filepath.Join(s.dataDir, configName)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return trialConfig(), nil
		}
	}
	source, err := os.ReadFile(path) //nolint:gosec // the operator's own file
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return parseConfig(path, source)
}

// parseConfig reads a configuration and reports everything that is wrong with it, with line and column. Paths in it
// are relative to its own directory.
func parseConfig(path string, source []byte) (*config, error) {
	c := trialConfig()
	c.organisation = organisation{}
	c.file = newYAMLFile(path, source)
	if !c.file.document(c.keysOf(filepath.Dir(path))) {
		return nil, c.file.err()
	}
	if c.organisation.name == "" {
		c.file.bad("organisation.name", "organisation: name: whose desk is this? Members read it in the greeting")
	}
	c.checkHours()
	c.checkRetention()
	if err := c.file.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *config) keysOf(dir string) yamlKeys {
	f := c.file
	return yamlKeys{
		"organisation": f.mapping(yamlKeys{
			"name": f.text(&c.organisation.name), "about": f.text(&c.organisation.about),
			"phone": f.text(&c.organisation.phone), "trial": f.truth(&c.organisation.trial),
		}),
		"lines":    c.readLines,
		"hours":    c.readHours,
		"holidays": func(n yamlNode) { c.readHolidays(n, dir) },
		"session": f.mapping(yamlKeys{
			"idle": f.duration(&c.session.idle), "draft": f.duration(&c.session.draft), "unseen": f.duration(&c.session.unseen),
		}),
		"sending": f.mapping(yamlKeys{
			"typing": f.truth(&c.sending.typing), "per_contact": f.rate(&c.sending.perContact),
			"per_line": f.rate(&c.sending.perLine), "jitter": f.duration(&c.sending.jitter),
			"pause": f.duration(&c.sending.pause), "flood": f.rate(&c.sending.flood),
		}),
		"retention": f.mapping(yamlKeys{
			"documents": f.duration(&c.retention.documents), "tickets": f.duration(&c.retention.tickets),
			"messages": f.duration(&c.retention.messages),
		}),
		"keys": func(n yamlNode) {
			f.text(&c.keys)(n)
			c.keys = relativeTo(dir, c.keys)
		},
	}
}

func relativeTo(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

var lineID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (c *config) readLines(n yamlNode) {
	f := c.file
	c.lines = nil
	f.list(n, func(n yamlNode) {
		var l line
		f.mapping(yamlKeys{"id": f.text(&l.id), "flow": f.text(&l.flow), "branch": f.text(&l.branch)})(n)
		switch {
		case l.id == "":
			f.badAt(n, "%s: a line needs an id", n.path)
		case !lineID.MatchString(l.id):
			f.bad(n.path+".id", "%s.id: %q: at most 32 small letters, digits and dashes", n.path, l.id)
		case slices.ContainsFunc(c.lines, func(other line) bool { return other.id == l.id }):
			f.bad(n.path+".id", "%s.id: there is a line %q already", n.path, l.id)
		}
		if l.flow == "" {
			f.badAt(n, "%s: a line needs a flow: where its conversations begin", n.path)
		}
		c.lines = append(c.lines, l)
	})
	if len(c.lines) == 0 {
		f.badAt(n, "lines: there must be one at least")
	}
}

func (c *config) readHours(n yamlNode) {
	f := c.file
	special := func(n yamlNode) {
		f.list(n, func(n yamlNode) {
			var s worktime.Special
			f.mapping(yamlKeys{
				"from": f.text(&s.From), "to": f.text(&s.To), "open": f.text(&s.Open), "close": f.text(&s.Close),
			})(n)
			c.hours.Special = append(c.hours.Special, s)
		})
	}
	f.mapping(yamlKeys{
		"weekdays": func(n yamlNode) {
			c.hours.Weekdays = nil
			f.list(n, func(n yamlNode) {
				var day int64
				f.number(&day)(n)
				c.hours.Weekdays = append(c.hours.Weekdays, int(day))
			})
		},
		"open": f.text(&c.hours.Open), "close": f.text(&c.hours.Close), "special": special,
		"visitors": func(n yamlNode) {
			var visitors int64
			f.number(&visitors)(n)
			c.hours.Visitors = int(visitors)
		},
	})(n)
}

var specialNumber = regexp.MustCompile(`^hours: special (\d+): `)

// checkRetention refuses to delete what is still being worked with: 0 is not for ever.
func (c *config) checkRetention() {
	for name, kept := range map[string]time.Duration{
		"documents": c.retention.documents, "tickets": c.retention.tickets, "messages": c.retention.messages,
	} {
		if kept < 24*time.Hour {
			c.file.bad("retention."+name, "retention: %s: a day (24h) at least", name)
		}
	}
	if c.retention.documents < c.session.draft {
		c.file.bad("retention.documents", "retention: documents: not shorter than session: draft, which keeps them in its form")
	}
}

// checkHours lets the calendar judge the hours, and finds the place of what it does not like.
func (c *config) checkHours() {
	_, err := worktime.New(c.hours, c.holidays, time.UTC)
	for _, err := range unjoined(err) {
		words := err.Error()
		path := "hours"
		switch m := specialNumber.FindStringSubmatch(words); {
		case m != nil:
			path = "hours.special[" + m[1] + "]"
		case strings.HasPrefix(words, "hours: "):
			path = "hours." + strings.FieldsFunc(words[len("hours: "):], func(r rune) bool { return r == ':' || r == ' ' })[0]
		}
		c.file.bad(path, "%s", words)
	}
}

// unjoined gives the errors that were joined, however deep.
func unjoined(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // a joined error itself, not one it wraps
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, unjoined(e)...)
	}
	return all
}

func (c *config) readHolidays(n yamlNode, dir string) {
	var name string
	c.file.text(&name)(n)
	if name == "" {
		return
	}
	source, err := os.ReadFile(relativeTo(dir, name))
	if err == nil {
		c.holidays, err = worktime.ParseHolidays(bytes.NewReader(source))
	}
	if err != nil {
		c.file.badAt(n, "holidays: %v", err)
	}
}

// entries gives the entry flow of each line, or what is wrong with it: an unknown flow.
func (c *config) entries(catalog *dialog.Catalog) (map[string]string, error) {
	entries := make(map[string]string, len(c.lines))
	var bad []error
	for i, l := range c.lines {
		entries[l.id] = l.flow
		if catalog.Flows[l.flow] != nil {
			continue
		}
		words := fmt.Sprintf("line %q begins with the flow %q; there are %s", l.id, l.flow, strings.Join(catalog.Order(), ", "))
		if c.file == nil {
			bad = append(bad, errors.New(words))
			continue
		}
		c.file.bad(fmt.Sprintf("lines[%d].flow", i+1), "%s", words)
	}
	if c.file != nil {
		bad = append(bad, c.file.err())
	}
	return entries, errors.Join(bad...)
}

// lineIDs are the lines' names, in the order of the configuration.
func (c *config) lineIDs() []string {
	ids := make([]string, 0, len(c.lines))
	for _, l := range c.lines {
		ids = append(ids, l.id)
	}
	return ids
}
