// Sapa is a member-service desk on WhatsApp: one program and one data directory. This package is its command line:
// commands parse, call the rooms that do the work, and print.
//
//	main.go      run: arguments in, exit code out; the one place where errors become exit codes
//	config.go    sapa.yaml, strictly read, and the trial configuration without one
//	office.go    joins flows, engine, calendar and database once, for every command
//	the rest     a file for each command
//
// Results go to stdout; logs and what went wrong go to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// maxComplaint is how many lines a failed command writes to stderr at most.
const maxComplaint = 4

// run is the whole program: it runs one command and gives its exit code. The end of ctx is the wish to stop in order.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if err := leaveNoCore(); err != nil {
		_, _ = io.WriteString(stderr, complaint(err))
		return exitFailed
	}
	s := &sapa{stdin: stdin, stdout: stdout, stderr: stderr}
	root := s.command()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	code := exitFailed
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		code = exitUsage
	case !s.begun: // an unknown command, flag or argument
		code = exitUsage
		err = fmt.Errorf("%w\n`%s --help` tells how it is used", err, cmd.CommandPath())
	}
	_, _ = io.WriteString(stderr, complaint(err)) // there is nowhere left to report to
	return code
}

// complaint is an error for people: at most four lines, the first one naming the program.
func complaint(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	if len(lines) > maxComplaint {
		more := len(lines) - maxComplaint + 1
		lines = append(lines[:maxComplaint-1], fmt.Sprintf("… and %d more", more))
	}
	return "sapa: " + strings.Join(lines, "\n") + "\n"
}

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func misused(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// sapa is one run of the program: its streams and the flags that every command has.
type sapa struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	dataDir, configFile, flowsDir string
	logLevel, logFormat           string

	begun bool // the arguments were understood
}

func (s *sapa) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "sapa",
		Short: "A member-service desk on WhatsApp",
		Long: "Sapa answers members on WhatsApp, takes their requests as tickets and lets officers work them.\n" +
			"It is not a service of BPJS Kesehatan.",
		Example:       "  sapa chat\n  sapa ticket list\n  sapa flow check",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		// Runs when flags and arguments are sound, before any command.
		PersistentPreRun: func(*cobra.Command, []string) { s.begun = true },
	}
	root.SetIn(s.stdin)
	root.SetOut(s.stdout)
	root.SetErr(s.stderr)
	flags := root.PersistentFlags()
	flags.StringVar(&s.dataDir, "data", fromEnv("SAPA_DATA", "./data"), "data `directory` (or SAPA_DATA)")
	flags.StringVar(&s.configFile, "config", "", "configuration `file` (default DIR/sapa.yaml where it exists)")
	flags.StringVar(&s.flowsDir, "flows", "", "`directory` of flows to use instead of the built-in ones")
	flags.StringVar(&s.logLevel, "log-level", "", "debug, info, warn or error (default info)")
	flags.StringVar(&s.logFormat, "log-format", "auto", "auto, console or json; auto: console on a terminal")
	root.AddCommand(
		s.serveCommand(), s.chatCommand(), s.linkCommand(), s.linesCommand(), s.ticketCommand(), s.officerCommand(),
		s.memberCommand(), s.branchCommand(), s.companyCommand(), s.paymentCommand(), s.visitCommand(), s.incidentCommand(),
		s.flowCommand(), s.databaseCommand(), s.benchCommand(), s.versionCommand(),
	)
	withExamples(root)
	return root
}

// withExamples gives cobra's own commands what every command has.
func withExamples(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Example = "  sapa help ticket show"
		case "completion":
			c.Example = "  source <(sapa completion bash)"
			for _, shell := range c.Commands() {
				shell.Example = "  sapa completion " + shell.Name()
			}
		}
	}
}

// group is a command that only has commands below it.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misused("there is no command %q; `%s --help` lists them", cmd.CommandPath()+" "+args[0], cmd.CommandPath())
			}
			return cmd.Help()
		},
	}
	c.AddCommand(commands...)
	return c
}

func fromEnv(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
