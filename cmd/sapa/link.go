package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"sapa/bot"
	"sapa/bot/terminal"
	"sapa/bot/whatsapp"
)

func (s *sapa) linkCommand() *cobra.Command {
	var phone string
	c := &cobra.Command{
		Use:   "link LINE",
		Short: "Link a WhatsApp number to a line",
		Long: "Link a WhatsApp number to a line: its phone scans a QR code shown here, or takes an eight-character code\n" +
			"with --phone. Beside a running service the line answers at once; without one, as soon as it is started.",
		Example: "  sapa link chika\n  sapa link pandawa --phone 0811-0000-0001",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return s.link(cmd.Context(), args[0], phone) },
	}
	c.Flags().StringVar(&phone, "phone", "", "type a code on the phone with this `number` instead of scanning")
	return c
}

func (s *sapa) link(ctx context.Context, line, phone string) error {
	o, err := s.office()
	if err != nil {
		return err
	}
	if !slices.Contains(o.lineIDs(), line) {
		return misused("there is no line %q; there are: %s", line, strings.Join(o.lineIDs(), ", "))
	}
	if phone != "" {
		if phone, err = terminal.Phone(phone); err != nil {
			return misused("--phone: %v", err)
		}
	}
	if o.organisation.trial {
		return errTrialLink
	}
	serving, err := lockHeld(s.dataDir)
	if err != nil {
		return err
	}
	p := &linkPrinter{out: s.stdout, drawn: isTerminal(s.stdout), line: line}
	defer p.done()
	if serving {
		return s.linkBeside(ctx, o, line, phone, p)
	}
	return s.linkHere(ctx, o, line, phone, p)
}

// linkHere links without a service: this process is WhatsApp's client for a moment.
func (s *sapa) linkHere(ctx context.Context, o *office, line, phone string, p *linkPrinter) (err error) {
	log, err := s.logger(zerolog.ErrorLevel)
	if err != nil {
		return err
	}
	if err := o.open(ctx, s.dataDir, running); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	lines, err := o.whatsApp(ctx, log, bot.NewClock(o.zone))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	return lines.Link(ctx, line, phone, p.show, s.typed(ctx))
}

// lookEvery is how often a link under way is looked at.
const lookEvery = 300 * time.Millisecond

// linkBeside leaves the wish to link in the database; the running service fulfils it.
func (s *sapa) linkBeside(ctx context.Context, o *office, line, phone string, p *linkPrinter) (err error) {
	if err := o.open(ctx, s.dataDir, visiting); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	id, err := o.db.AskLink(ctx, line, phone, time.Now())
	if err != nil {
		return err
	}
	defer func() { // whatever happens, no code stays behind
		err = errors.Join(err, o.db.CancelLink(context.WithoutCancel(ctx), id))
	}()
	typed := s.typed(ctx)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case words := <-typed:
			if err := o.db.AnswerLink(ctx, id, words); err != nil {
				return err
			}
			continue
		case <-tick.C:
		}
		l, err := o.db.SeeLink(ctx, id, time.Now())
		if err != nil {
			return err
		}
		step := whatsapp.Step{Kind: whatsapp.StepKind(l.Step), Detail: l.Detail, Until: l.Until}
		if step.Kind == whatsapp.StepFailed {
			return errors.New(l.Detail)
		}
		p.show(step)
		if step.Kind == whatsapp.StepLinked {
			return nil
		}
	}
}

// typed gives the lines that the operator types. The goroutine ends with the input or the process.
func (s *sapa) typed(ctx context.Context) <-chan string {
	lines := make(chan string)
	go func() {
		in := bufio.NewScanner(s.stdin)
		in.Buffer(nil, 1<<16)
		for in.Scan() {
			if words := strings.TrimSpace(in.Text()); words != "" {
				select {
				case lines <- words:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return lines
}

// linkPrinter shows the steps of a link. On a terminal a new QR code takes the place of the old one and the time it
// holds is counted down; elsewhere each is printed once.
type linkPrinter struct {
	out   io.Writer
	drawn bool
	line  string

	shown whatsapp.Step
	rows  int // of what a new code replaces
	left  int // seconds last shown
}

// show shows a step, once; the same step again only moves its countdown.
func (p *linkPrinter) show(s whatsapp.Step) {
	if s.Kind == p.shown.Kind && s.Detail == p.shown.Detail {
		p.countDown(s.Until)
		return
	}
	p.shown = s
	switch s.Kind {
	case whatsapp.StepQR:
		p.code(s)
	case whatsapp.StepCode:
		p.say("On the phone of this number: WhatsApp > Linked devices > Link a device > Link with phone number instead.\n"+
			"Type this code there:\n\n    %s\n", s.Detail)
		p.countDown(s.Until)
	case whatsapp.StepPasskey:
		p.say("%s", passkeyHelp(s.Detail, time.Until(s.Until)))
	case whatsapp.StepUnread:
		p.say("That was not the whole line (%s came): paste all that the console printed, from { to }.", s.Detail)
	case whatsapp.StepUpdate:
		p.say("This phone's WhatsApp knows no linked devices: update it, then scan again.")
	case whatsapp.StepPaired:
		p.say("The phone has agreed. Logging in; leave WhatsApp open on the phone …")
	case whatsapp.StepLinked:
		p.say("Linked: line %s is +%s.", p.line, s.Detail)
	case whatsapp.StepFailed:
	}
}

func (p *linkPrinter) say(format string, args ...any) {
	p.rows = 0
	_, _ = fmt.Fprintf(p.out, format+"\n", args...) // there is nowhere else to show it
}

func (p *linkPrinter) code(s whatsapp.Step) {
	drawing, err := whatsapp.DrawQR(s.Detail)
	if err != nil {
		p.say("The code cannot be drawn: %v. Try --phone.", err)
		return
	}
	if p.rows > 0 && p.drawn {
		_, _ = fmt.Fprintf(p.out, "\x1b[%dA\x1b[J", p.rows)
	}
	text := "On the phone of this number: WhatsApp > Linked devices > Link a device, then scan:\n\n" + drawing + "\n"
	_, _ = io.WriteString(p.out, text)
	p.rows = strings.Count(text, "\n")
	p.countDown(s.Until)
}

// countDown shows how long a code holds.
func (p *linkPrinter) countDown(until time.Time) {
	left := int(time.Until(until).Round(time.Second) / time.Second)
	if !p.drawn || until.IsZero() || left == p.left {
		return
	}
	p.left = left
	words := fmt.Sprintf("A new code in %d s …", left)
	if p.shown.Kind == whatsapp.StepCode {
		words = fmt.Sprintf("It holds for %d s …", left)
	}
	if left <= 0 {
		words = "A new code is coming …"
	}
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s", words)
}

// done leaves the cursor on a line of its own.
func (p *linkPrinter) done() {
	if p.drawn && (p.shown.Kind == whatsapp.StepQR || p.shown.Kind == whatsapp.StepCode) {
		_, _ = fmt.Fprintln(p.out)
	}
}

// passkeyHelp tells what to do where WhatsApp asks for the account's passkey: only a page of WhatsApp's own may use it.
func passkeyHelp(request string, left time.Duration) string {
	return fmt.Sprintf("WhatsApp asks for this account's passkey, and waits %d s for it; you may begin anew as often as you like.\n"+
		"Where you can use it (its phone nearby, or a browser that has it):\n", int(left.Seconds())) +
		"1. Open https://web.whatsapp.com in a browser, and the browser's developer console (F12).\n" +
		"2. Paste this there, and use the passkey when the browser asks:\n\n" +
		"navigator.credentials.get({publicKey:PublicKeyCredential.parseRequestOptionsFromJSON(" + request + ")})" +
		".then(c=>console.log(JSON.stringify(c)))\n\n" +
		"3. Paste the line it prints here, and press Enter. It works once, for this link only."
}
