package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/desk"
	"sapa/dialog/field"
	"sapa/dialog/jkn"
	"sapa/store"
)

// operator is whoever runs the command line without another name: they can read the files anyway.
const operator = "operator"

// officerLine is an officer in a list.
type officerLine struct {
	Name    string    `json:"name"`
	Role    desk.Role `json:"role"`
	Scope   []string  `json:"scope"` // empty: everywhere
	Enabled bool      `json:"enabled"`
}

func (s *sapa) officerCommand() *cobra.Command {
	c := group("officer", "Manage the officers who work the tickets", "  sapa officer add rina --role branch --scope 31.74",
		s.officerAddCommand(), s.officerListCommand(), s.officerRoleCommand())
	c.Long = "Manage the officers who work the tickets. As soon as one is registered, ticket commands take --as only for\n" +
		"those who are, within their role and scope; without --as whoever runs the command acts as an admin.\n" +
		"Roles: " + joined(desk.Roles()) + "."
	for name, enabled := range map[string]bool{"disable": false, "enable": true} {
		c.AddCommand(&cobra.Command{
			Use: name + " NAME", Short: strings.ToUpper(name[:1]) + name[1:] + " an officer",
			Example: "  sapa officer " + name + " rina", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return s.changeOfficer(cmd.Context(), args[0], func(o *desk.Officer) { o.Enabled = enabled })
			},
		})
	}
	return c
}

func (s *sapa) officerAddCommand() *cobra.Command {
	o := desk.Officer{Enabled: true}
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Register an officer",
		Long: "Register an officer. The scope says where they work: codes of regencies (31.74) or provinces (31), of\n" +
			"companies for the companies' roles; without one everywhere.",
		Example: "  sapa officer add rina --role branch --scope 31.74,31.75 --phone 0812-0000-0001",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Name = args[0]
			return s.addOfficer(cmd.Context(), o)
		},
	}
	c.Flags().StringVar((*string)(&o.Role), "role", "", "their `role`: "+joined(desk.Roles()))
	c.Flags().StringSliceVar(&o.Scope, "scope", nil, "`codes` of where they work, with commas")
	c.Flags().StringVar(&o.Phone, "phone", "", "the `number` from which they work in WhatsApp")
	return c
}

func (s *sapa) addOfficer(ctx context.Context, o desk.Officer) error {
	if o.Name == operator {
		return misused("%q is whoever runs the command line: choose another name", operator)
	}
	if o.Phone != "" {
		phone, err := field.Phone(o.Phone)
		if err != nil {
			return misused("--phone: not a telephone number; one looks like 0812-0000-0001")
		}
		o.Phone = phone
	}
	return s.visit(ctx, func(office *office) error {
		if err := office.checkOfficer(ctx, &o); err != nil {
			return err
		}
		if err := office.db.AddOfficer(ctx, o); err != nil {
			return fmt.Errorf("officer %s: %w", o.Name, err)
		}
		return s.printOfficer(o)
	})
}

// checkOfficer finds what is wrong with an officer, and writes the scope's codes as the tables have them.
func (o *office) checkOfficer(ctx context.Context, who *desk.Officer) error {
	if err := who.Check(); err != nil {
		return &usageError{err}
	}
	if who.Role == desk.RoleCompanyMaker || who.Role == desk.RoleCompanyApprover {
		companies, err := o.db.Companies(ctx)
		if err != nil {
			return err
		}
		for _, code := range who.Scope {
			if !slices.ContainsFunc(companies, func(c jkn.Company) bool { return c.Code == code }) {
				return fmt.Errorf("--scope: there is no company %q; `sapa company import` brings in companies", code)
			}
		}
		return nil
	}
	for i, code := range who.Scope {
		region, ok := jkn.RegionOf(code)
		if !ok {
			return fmt.Errorf("--scope: there is no region %q; a regency's code looks like 31.74, a province's like 31", code)
		}
		who.Scope[i] = region.Code
	}
	return nil
}

func (s *sapa) printOfficer(o desk.Officer) error {
	state := ""
	if !o.Enabled {
		state = ", disabled"
	}
	_, err := fmt.Fprintf(s.stdout, "%s: %s, %s%s\n", o.Name, o.Role, scopeWords(o), state)
	return err
}

// scopeWords says where an officer works.
func scopeWords(o desk.Officer) string {
	if len(o.Scope) == 0 {
		return "everywhere"
	}
	return strings.Join(o.Scope, " ")
}

func (s *sapa) officerListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the officers", Example: "  sapa officer list --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.listOfficers(cmd.Context(), asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (s *sapa) listOfficers(ctx context.Context, asJSON bool) error {
	return s.visit(ctx, func(office *office) error {
		officers, err := office.db.Officers(ctx)
		if err != nil {
			return err
		}
		var lines []officerLine
		rows := [][]string{{"NAME", "ROLE", "SCOPE", "ENABLED"}}
		for _, o := range officers {
			lines = append(lines, officerLine{o.Name, o.Role, append([]string{}, o.Scope...), o.Enabled})
			rows = append(rows, []string{o.Name, string(o.Role), scopeWords(o), fmt.Sprint(o.Enabled)})
		}
		if asJSON {
			return printJSON(s.stdout, lines)
		}
		return printTable(s.stdout, rows)
	})
}

func (s *sapa) officerRoleCommand() *cobra.Command {
	var scope []string
	c := &cobra.Command{
		Use:   "role NAME ROLE",
		Short: "Give an officer another role, and with --scope other places of work",
		Example: "  sapa officer role rina admin\n" +
			"  sapa officer role rina dinsos --scope 31.74\n" +
			`  sapa officer role rina branch --scope ""`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.changeOfficer(cmd.Context(), args[0], func(o *desk.Officer) {
				o.Role = desk.Role(args[1])
				if cmd.Flags().Changed("scope") {
					o.Scope = scope
				}
			})
		},
	}
	c.Flags().StringSliceVar(&scope, "scope", nil, "`codes` of where they work, with commas; \"\" for everywhere")
	return c
}

func (s *sapa) changeOfficer(ctx context.Context, name string, change func(*desk.Officer)) error {
	return s.visit(ctx, func(office *office) error {
		o, err := office.db.Officer(ctx, name)
		if err != nil {
			return fmt.Errorf("officer %s: %w", name, err)
		}
		change(&o)
		if err := office.checkOfficer(ctx, &o); err != nil {
			return err
		}
		moved, err := office.db.SetOfficer(ctx, o, time.Now().In(office.zone))
		if err != nil {
			return fmt.Errorf("officer %s: %w", name, err)
		}
		if err := s.printOfficer(o); err != nil || moved == 0 {
			return err
		}
		_, err = fmt.Fprintf(s.stdout, "%d of their tickets went to others, or wait for them\n", moved)
		return err
	})
}

// checkName refuses what no officer can be called, before anything is opened.
func checkName(name string) error {
	if slices.Contains([]string{"", desk.NameMember, desk.NameSystem, desk.NamePayment}, name) {
		return misused("--as %q: that is no officer's name", name)
	}
	return nil
}

// named gives the officer who acts under a name: the operator is an admin. While no officer is registered at all it may
// be anybody, for the record; their role is empty then.
func (o *office) named(ctx context.Context, name string) (desk.Officer, error) {
	if name == operator {
		return desk.Officer{Name: name, Role: desk.RoleAdmin, Enabled: true}, nil
	}
	who, err := o.db.Officer(ctx, name)
	switch {
	case err == nil && !who.Enabled:
		return who, fmt.Errorf("officer %s is disabled; `sapa officer enable %s` changes that", name, name)
	case !errors.Is(err, store.ErrNoOfficer):
		return who, err
	}
	officers, err := o.db.Officers(ctx)
	if err == nil && len(officers) > 0 {
		err = fmt.Errorf("there is no officer %s; `sapa officer add %s --role ROLE` registers them", name, name)
	}
	return desk.Officer{Name: name, Enabled: true}, err
}

// actor is who acts on a ticket under a name. Who is not registered, while nobody is, does the work of the ticket's
// stage, so that a colleague's ticket stays the colleague's.
func (o *office) actor(ctx context.Context, name string, t desk.Ticket) (desk.Actor, error) {
	who, err := o.named(ctx, name)
	if who.Role == "" {
		who.Role = o.workOf(t)
	}
	return who.Actor(), err
}

// workOf is the role whose work a ticket is; of one that has ended, whose it was at first.
func (o *office) workOf(t desk.Ticket) desk.Role {
	p, ok := o.catalog.Pipeline(t.Service)
	if !ok {
		return desk.RoleAdmin
	}
	if stage, ok := p.Stage(t.Stage); ok && stage.Role != "" {
		return stage.Role
	}
	return p.Stages[0].Role
}
