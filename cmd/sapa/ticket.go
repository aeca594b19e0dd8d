package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/store"
)

const atUsage = "`time` it is to be done at, as 2026-11-23T09:00:00+07:00 (default: now; not where a WhatsApp line is linked)"

// officer is who runs a ticket command, and when.
type officer struct {
	*sapa
	name string
	at   string
	rev  int64
	sets []string // NAME=VALUE
}

func (s *sapa) ticketCommand() *cobra.Command {
	o := &officer{sapa: s}
	c := &cobra.Command{
		Use:   "ticket",
		Short: "See and work the tickets",
		Long: "See and work the tickets, beside a running service or without one. What a stage asks for, and which\n" +
			"decisions it has, `sapa ticket show REF` tells; any decision is a command of its own.",
		Example: "  sapa ticket list\n  sapa ticket activate 5H8-PWW3 --set reference=SK-12",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return o.declared(cmd.Context(), args)
		},
	}
	flags := c.PersistentFlags()
	flags.StringVar(&o.name, "as", operator, "`officer` who acts, within their role and scope")
	flags.StringVar(&o.at, "at", "", atUsage)
	flags.Int64Var(&o.rev, "rev", 0, "`revision` of the ticket you saw: refused if it has changed since")
	flags.StringArrayVar(&o.sets, "set", nil, "`NAME=VALUE` that the decision takes; may be repeated")
	c.AddCommand(o.listCommand(), o.showCommand(), o.watchCommand(), o.statsCommand(), o.repliesCommand())
	c.AddCommand(o.actions()...)
	return c
}

// actions are the commands that change a ticket. A decision that a stage of some service declares and that is not
// here is run by its name all the same.
func (o *officer) actions() []*cobra.Command {
	return []*cobra.Command{
		o.action("take REF", "Make a ticket yours: nobody else decides it until you release it", "take 5H8-PWW3 --as rina", 0),
		o.action("release REF", "Give a ticket back", "release 5H8-PWW3 --as rina", 0),
		o.action("pass REF [OFFICER]", "Pass a ticket on: to whom it suits and who has least to do, or to OFFICER",
			"pass 5H8-PWW3 --as rina", 0),
		o.action("assign REF OFFICER", "Say whose a ticket is", "assign 5H8-PWW3 budi", 1),
		o.action("approve REF", "Approve what was asked for, with the values the stage takes",
			"approve 5H8-PWW3 --set months_owed=7 --set heads=3", 0),
		o.action("paid REF", "Confirm the payment", "paid 5H8-PWW3 --set amount=735000 --set reference=TRX-1", 0),
		o.action("reject REF REASON", "Refuse, with a reason that the member reads", `reject 5H8-PWW3 "Foto KTP bukan milik peserta"`, 1),
		o.action("note REF TEXT", "Write a note for the desk", `note 5H8-PWW3 "Sudah ditelepon"`, 1),
		o.action("say REF TEXT", "Write to the member; /NAME is a canned reply, see `sapa ticket replies`",
			`say 5H8-PWW3 "Berkas sedang kami teruskan"`, 1),
		o.action("ask REF FIELD TEXT", "Ask the member for one answer or document again",
			`ask 5H8-PWW3 foto_ktp "Fotonya buram, mohon kirim lagi"`, 2),
		o.action("close REF [TEXT]", "End a ticket without a decision", `close 5H8-PWW3 "Sudah selesai lewat telepon"`, 0),
	}
}

// action makes the command of one action; wants is how many arguments must follow the reference.
func (o *officer) action(use, short, example string, wants int) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use: use, Short: short, Example: "  sapa ticket " + example,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 1+wants {
				return misused("this needs %s: %s", strings.TrimPrefix(use, name+" "), cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a := desk.Action{Name: name}
			rest := args[1:]
			switch {
			case name == desk.ActionAsk:
				a.Field, rest = rest[0], rest[1:]
			case (name == desk.ActionPass || name == desk.ActionAssign) && len(rest) > 0:
				a.To, rest = rest[0], rest[1:]
			}
			a.Text = strings.Join(rest, " ")
			return o.act(cmd.Context(), args[0], a)
		},
	}
}

// declared runs a decision by the name its stage declares.
func (o *officer) declared(ctx context.Context, args []string) error {
	catalog, err := o.catalog()
	if err != nil {
		return err
	}
	if !declares(catalog, args[0]) {
		return misused("there is no command %q and no stage decides %q; `sapa ticket --help` lists the commands", "ticket "+args[0], args[0])
	}
	if len(args) < 2 {
		return misused("this needs REF: sapa ticket %s REF", args[0])
	}
	return o.act(ctx, args[1], desk.Action{Name: args[0], Text: strings.Join(args[2:], " ")})
}

func declares(catalog *dialog.Catalog, decision string) bool {
	for _, name := range catalog.Order() {
		p, ok := catalog.Pipeline(name)
		if !ok {
			continue
		}
		for i := range p.Stages {
			if d, ok := p.Stages[i].Decision(decision); ok && !d.Member {
				return true
			}
		}
	}
	return false
}

// act carries out an action and says what came of it.
func (o *officer) act(ctx context.Context, ref string, a desk.Action) error {
	if err := checkName(o.name); err != nil {
		return err
	}
	sets, err := parseSets(o.sets)
	if err != nil {
		return err
	}
	return o.visit(ctx, func(office *office) error {
		now, err := o.when(office)
		if err != nil {
			return err
		}
		t, err := office.ticket(ctx, ref)
		if err != nil {
			return err
		}
		a.Rev, a.Sets = o.rev, sets
		who, err := office.actor(ctx, o.name, t)
		if err != nil {
			return err
		}
		if err := office.prepare(ctx, t, &a, who, now); err != nil {
			return err
		}
		change, err := office.db.Act(ctx, t.Ref, a, who, now)
		if err != nil {
			return office.explain(ctx, err)
		}
		return o.tell(a, change.Ticket)
	})
}

// tell says how a ticket stands after an action, and whose it has become.
func (o *officer) tell(a desk.Action, after desk.Ticket) error {
	whose := ""
	if after.Officer != "" && after.Officer != o.name && !after.Status.Final() {
		whose = ", " + after.Officer + "'s"
	}
	_, err := fmt.Fprintf(o.stdout, "%s: %s. Now at %s (%s), revision %d%s.\n",
		after.Ref, a.Name, after.Stage, after.Status, after.Rev, whose)
	return err
}

// parseSets reads what --set gave.
func parseSets(sets []string) (map[string]string, error) {
	values := make(map[string]string, len(sets))
	for _, set := range sets {
		name, value, ok := strings.Cut(set, "=")
		if _, twice := values[name]; !ok || name == "" || twice {
			return nil, misused("--set: NAME=VALUE is wanted, each name once")
		}
		values[name] = value
	}
	return values, nil
}

// when is the time an officer acts at.
func (o *officer) when(office *office) (time.Time, error) { return office.clockAt(o.at) }

// clockAt is the time that --at gives; the wall clock's without it.
func (o *office) clockAt(at string) (time.Time, error) {
	if at == "" {
		return time.Now().In(o.zone), nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return t, misused("--at: not a time like 2026-11-23T09:00:00+07:00")
	}
	if err := o.fixedClock(); err != nil {
		return t, fmt.Errorf("--at: %w", err)
	}
	return t, nil
}

// ticket finds a ticket by its number, however that is written.
func (o *office) ticket(ctx context.Context, typed string) (desk.Ticket, error) {
	ref, ok := desk.ParseRef(typed)
	if !ok {
		return desk.Ticket{}, fmt.Errorf("no ticket %q: a ticket's number looks like %s", typed, desk.NewRef(1))
	}
	t, err := o.db.Ticket(ctx, ref)
	if errors.Is(err, store.ErrNoTicket) {
		return t, fmt.Errorf("no ticket %s: %w", ref, err)
	}
	return t, err
}

// prepare reads an action's values, checks its field and words a canned reply. What the ticket's stage rules out anyway is left to
// desk.Decide, whose refusal says more.
func (o *office) prepare(ctx context.Context, t desk.Ticket, a *desk.Action, who desk.Actor, now time.Time) error {
	p, ok := o.catalog.Pipeline(t.Service)
	if !ok || a.Rev != 0 && a.Rev != t.Rev || !slices.Contains(desk.Possible(p, t, who), a.Name) {
		return nil
	}
	if a.Name == desk.ActionSay {
		return o.wordReply(ctx, t, a, who)
	}
	if a.Name == desk.ActionAsk {
		fields := o.fields(t.Service)
		if !slices.Contains(fields, a.Field) {
			return fmt.Errorf("%s: the form has no %q to ask for again; it has %s", t.Ref, a.Field, strings.Join(fields, ", "))
		}
	}
	stage, ok := p.Stage(t.Stage)
	if !ok {
		return nil
	}
	if _, ok := stage.Decision(a.Name); !ok {
		return nil
	}
	sets, err := o.catalog.ReadSets(t.Service, t.Stage, a.Name, a.Sets, now)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Ref, err)
	}
	a.Sets = sets
	return nil
}

// fields are what a service's form asks, in its order, consent aside.
func (o *office) fields(service string) []string { return o.catalog.Fields(service) }

// maxChanges is how many of the changes an officer missed are told: the error keeps to four lines.
const maxChanges = 3

// explain adds to a refusal for staleness who changed what.
func (o *office) explain(ctx context.Context, err error) error {
	var stale *desk.StaleError
	if !errors.As(err, &stale) {
		return err
	}
	history, herr := o.db.History(ctx, stale.Ref)
	if herr != nil {
		return errors.Join(err, herr)
	}
	// Looks at the ticket and refusals are no changes of it, and what became of a promise nobody did.
	missed := slices.DeleteFunc(history, func(a desk.Activity) bool {
		return a.Rev <= stale.Seen || !strings.HasPrefix(a.What, "ticket.") || a.What == desk.EventRefused || a.What == store.TicketSeen
	})
	words := stale.Error()
	for _, a := range missed[max(0, len(missed)-maxChanges):] {
		words += fmt.Sprintf("\n%s %s: %s", a.At.In(o.zone).Format(time.RFC3339), a.Who, doing(a))
	}
	return errors.New(words)
}

// doing says what an activity was, without anybody's words: "ticket.decided approve".
func doing(a desk.Activity) string {
	return strings.Join(strings.Fields(a.What+" "+a.Decision+" "+a.Field), " ")
}
