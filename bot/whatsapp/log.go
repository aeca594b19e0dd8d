package whatsapp

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	signallog "go.mau.fi/libsignal/logger"
	wastore "go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// translator writes what whatsmeow logs into our log. Of what a line is filled in with it keeps numbers, times and
// errors; addresses, names, stanzas and bytes become "…". Digits in errors are masked by the log's writer.
type translator struct{ log zerolog.Logger }

// waLogger is whatsmeow's way into a log.
func waLogger(log zerolog.Logger) waLog.Logger {
	return translator{log.With().Str("from", "whatsmeow").Logger()}
}

// Errorf logs a warning: whatsmeow's errors are seldom ours to act on, and those that are come as events.
func (t translator) Errorf(format string, args ...any) { t.write(t.log.Warn(), format, args) }

// Warnf logs what whatsmeow wonders about.
func (t translator) Warnf(format string, args ...any) { t.write(t.log.Info(), format, args) }

// Infof logs for those who look closely.
func (t translator) Infof(format string, args ...any) { t.write(t.log.Debug(), format, args) }

// Debugf logs for those who look closely.
func (t translator) Debugf(format string, args ...any) { t.write(t.log.Debug(), format, args) }

// Sub is a part of whatsmeow. What it sends and receives, stanza by stanza, is left out: names stand in it.
func (t translator) Sub(module string) waLog.Logger {
	if module == "Recv" || module == "Send" {
		return waLog.Noop
	}
	return translator{t.log.With().Str("part", module).Logger()}
}

func (t translator) write(e *zerolog.Event, format string, args []any) {
	if !e.Enabled() {
		return
	}
	kept := make([]any, len(args))
	for i, arg := range args {
		kept[i] = impersonal(arg)
	}
	format = strings.ReplaceAll(format, "%p", "%v") // fmt asks nobody how to write a %p
	e.Msg(fmt.Sprintf(format, kept...))
}

// impersonal gives what may stand in a log in place of a value.
func impersonal(arg any) any {
	switch v := arg.(type) {
	case int, int64, int32, uint32, uint64, bool, time.Duration, time.Time:
		return v
	case error:
		return plainError{v}
	}
	return hidden{}
}

// hidden is what may not be logged. It answers to every verb.
type hidden struct{}

// Format writes the ellipsis.
func (hidden) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("…")) }

// plainError is an error told by the kinds of what it wraps, outermost first, and never by its words: whatsmeow puts
// addresses and stanzas into them.
type plainError struct{ error }

// Format writes the kinds.
func (p plainError) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, kind(p.error)) }

// kind tells an error without its words, unless it is one of a fixed text.
func kind(err error) string {
	if err == nil {
		return "nil"
	}
	for _, known := range knownErrors {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	root := err
	for next := errors.Unwrap(root); next != nil; next = errors.Unwrap(root) {
		root = next
	}
	return fmt.Sprintf("%T", root)
}

// signalLog is what libsignal's log goes to: it logs through a variable of the process, so whichever lines were made last
// hear it. nil: nobody does.
var signalLog atomic.Pointer[zerolog.Logger]

// What whatsmeow and libsignal keep for the whole process is set before either runs: later it would race with them, for
// libsignal makes itself a logger at the first word it wants to log.
func init() {
	var l signallog.Loggable = signalLogger{}
	signallog.Setup(&l)
	wastore.SetOSInfo("Sapa", [3]uint32{1, 0, 0}) // as the phone lists its linked devices
}

// hearSignal has libsignal log here.
func hearSignal(log zerolog.Logger) {
	log = log.With().Str("from", "libsignal").Logger()
	signalLog.Store(&log)
}

// signalLogger writes where libsignal stumbled. Its messages are left out: they are made of addresses and keys.
type signalLogger struct{}

// Debug is dropped.
func (signalLogger) Debug(string, string) {}

// Info is dropped.
func (signalLogger) Info(string, string) {}

// Warning logs the place.
func (signalLogger) Warning(caller, _ string) {
	signalTold(caller, "libsignal.warning")
}

// Error logs the place.
func (signalLogger) Error(caller, _ string) {
	signalTold(caller, "libsignal.error")
}

func signalTold(caller, what string) {
	if log := signalLog.Load(); log != nil {
		log.Debug().Str("at", caller).Msg(what)
	}
}

// Configure is not needed.
func (signalLogger) Configure(string) {}
