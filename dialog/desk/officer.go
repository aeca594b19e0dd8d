package desk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Role is what an officer is for: which stages of which services they work, as their pipelines say. Roles are stored
// and typed, so their values never change.
type Role string

// The roles. All but admin work only the stages that name them.
const (
	RoleBranch          Role = "branch"           // a branch office of the scheme
	RoleDinsos          Role = "dinsos"           // the social affairs office of a regency
	RoleKemensos        Role = "kemensos"         // the ministry of social affairs
	RoleBPJS            Role = "bpjs"             // the scheme's head office
	RoleCompanyMaker    Role = "company-maker"    // prepares what a company asks for its employees
	RoleCompanyApprover Role = "company-approver" // and approves it: another person
	RoleAdmin           Role = "admin"            // a head: every stage, and other officers' tickets
)

// Roles gives all roles in the order in which people read them.
func Roles() []Role {
	return []Role{
		RoleBranch, RoleDinsos, RoleKemensos, RoleBPJS, RoleCompanyMaker, RoleCompanyApprover, RoleAdmin,
	}
}

// Known reports whether it is one of the roles above.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

func (r Role) company() bool { return r == RoleCompanyMaker || r == RoleCompanyApprover }

// Officer is a person who works tickets.
type Officer struct {
	Name string // unique; what commands and the history call them
	Role Role
	// Scope is where they work: codes of regencies ("31.74") and of provinces ("31", with all its regencies), empty
	// for everywhere; for the roles of companies the codes of companies, empty for none.
	Scope   []string
	Phone   string // E.164, personal; "" where they do not work from WhatsApp
	Enabled bool
}

// Actor is the officer as somebody who acts. One who is not enabled has no role and so may do nothing.
func (o Officer) Actor() Actor {
	if !o.Enabled {
		return Actor{Name: o.Name}
	}
	return Actor{Name: o.Name, Role: o.Role, Scope: o.Scope}
}

// Suits reports whether the ticket may be theirs where it stands: they are enabled, have the stage's role, their scope
// covers the ticket, and no second person is wanted there after them.
func (o Officer) Suits(p *Pipeline, t Ticket) bool {
	stage, ok := p.Stage(t.Stage)
	if !ok || t.Status.Final() || stage.Second && o.Name == t.DecidedBy {
		return false
	}
	return o.Enabled && o.Role == stage.Role && nearness(o.Role, o.Scope, t) > outside
}

// Pick chooses whose a ticket becomes where it stands: of the officers it suits those whose scope is nearest (a regency
// before a province before everywhere), of these who has least to do, of these the first by name. Load is how many open
// tickets each officer has, by name. Not is the name of somebody who is not to get it; "" nobody. Ok is false when
// nobody suits: the ticket then waits for whoever of the role takes it.
func Pick(officers []Officer, load map[string]int, t Ticket, p *Pipeline, not string) (name string, ok bool) {
	var best *Officer
	for i := range officers {
		o := &officers[i]
		if o.Name == not || !o.Suits(p, t) {
			continue
		}
		if best == nil || cmp.Or(
			cmp.Compare(nearness(best.Role, best.Scope, t), nearness(o.Role, o.Scope, t)),
			cmp.Compare(load[o.Name], load[best.Name]),
			strings.Compare(o.Name, best.Name),
		) < 0 {
			best = o
		}
	}
	if best == nil {
		return "", false
	}
	return best.Name, true
}

// How near a scope is to a ticket.
const (
	outside = iota
	everywhere
	province
	regency // or the company itself
)

// nearness says how near a role's scope is to a ticket; [outside]: it does not cover it. A ticket of no known place (a
// member only wants to talk) is covered from everywhere, for else nobody of an office might answer it.
func nearness(role Role, scope []string, t Ticket) int {
	switch {
	case !role.Known():
		return outside
	case role.company() && t.Company != "" && slices.Contains(scope, t.Company):
		return regency
	case role.company():
		return outside
	case len(scope) == 0, t.Regency == "" && t.Company == "":
		return everywhere
	case slices.Contains(scope, t.Regency):
		return regency
	case slices.ContainsFunc(scope, func(code string) bool { return code != "" && strings.HasPrefix(t.Regency, code+".") }):
		return province
	}
	return outside
}

// Check finds what is wrong with an officer to be stored, all of it at once: a name that commands could not take or
// that somebody else goes by in histories, an unknown role, a scope that is none. Whether its codes exist is for the
// caller to say.
func (o Officer) Check() error {
	var errs []error
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	if o.Name == "" || len(o.Name) > 40 || strings.ContainsFunc(o.Name, func(r rune) bool { return !plain(r) }) {
		errs = append(errs, errors.New("an officer's name is 1 to 40 small letters, digits, dots and dashes"))
	}
	if slices.Contains([]string{NameMember, NameSystem, NamePayment}, o.Name) {
		errs = append(errs, fmt.Errorf("no officer can be called %q", o.Name))
	}
	if !o.Role.Known() {
		errs = append(errs, fmt.Errorf("role %q is unknown; there are %s", o.Role, rolesList()))
	}
	for _, code := range o.Scope {
		if !o.Role.company() && !regionCode(code) {
			errs = append(errs, fmt.Errorf("scope %q is no code of a regency (31.74) or a province (31)", code))
		}
	}
	if o.Role.company() && len(o.Scope) == 0 {
		errs = append(errs, fmt.Errorf("the role %s needs the code of a company", o.Role))
	}
	return errors.Join(errs...)
}

func rolesList() string {
	var names []string
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// regionCode reports whether a code looks like those of the ministry of home affairs: "31" or "31.74".
func regionCode(code string) bool {
	head, tail, both := strings.Cut(code, ".")
	two := func(s string) bool { return len(s) == 2 && strings.Trim(s, "0123456789") == "" }
	return two(head) && (!both || two(tail))
}
