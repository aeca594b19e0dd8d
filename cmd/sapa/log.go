package main

import (
	"bytes"
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"sapa/bot"
)

// logger makes the process's log: to stderr, through the writer that masks what no log line may hold. level is the
// one used where --log-level does not say.
func (s *sapa) logger(level zerolog.Level) (zerolog.Logger, error) {
	if s.logLevel != "" {
		var err error
		if level, err = zerolog.ParseLevel(s.logLevel); err != nil || level == zerolog.NoLevel {
			return zerolog.Nop(), misused("--log-level %q: there are debug, info, warn and error", s.logLevel)
		}
	}
	out := s.stderr
	if s.typedAt() && isTerminal(s.stderr) {
		out = aside{out}
	}
	console := false
	switch s.logFormat {
	case "auto":
		console = isTerminal(s.stderr)
	case "console":
		console = true
	case "json":
	default:
		return zerolog.Nop(), misused("--log-format %q: there are auto, console and json", s.logFormat)
	}
	if console {
		out = zerolog.ConsoleWriter{Out: out, NoColor: !isTerminal(s.stderr), TimeFormat: time.TimeOnly}
	}
	// Several goroutines log, and not every stream takes two lines at once.
	return zerolog.New(zerolog.SyncWriter(bot.NewRedactor(out))).Level(level).With().Timestamp().Logger(), nil
}

// typedAt reports whether a person sits at stdin and stdout.
func (s *sapa) typedAt() bool { return isTerminal(s.stdin) && isTerminal(s.stdout) }

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// aside writes log lines beside a prompt on a terminal in raw mode, where a line feed alone does not return.
type aside struct{ to io.Writer }

func (a aside) Write(p []byte) (int, error) {
	lines := bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))
	if _, err := a.to.Write(append([]byte("\r\x1b[K"), lines...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
