package desk

import "slices"

// May says whether the actor may do something to the ticket where it stands, whatever words and values come with it:
// one of the stage's decisions, one of the common actions, or [ActionShow]. That a member is the ticket's own contact
// is checked by the caller before. Nil means yes; else it is [ErrNobody], *[StageError], *[ForeignError],
// *[FinalError], *[NotAllowedError], *[TakenError] or *[SecondError], looking in this order.
//
// Within their scope, admins may do everything, officers of the stage's role everything but assign, and officers of any
// other role of the pipeline may look and note. Nobody else may do anything.
func May(p *Pipeline, t Ticket, action string, who Actor) error {
	s, err := stand(p, t, who)
	if err != nil {
		return err
	}
	return s.permit(action)
}

// Possible gives the names of the actions the actor has on the ticket now, the stage's decisions first: those that
// [Decide] refuses, if at all, only for their words and values, for papers that are missing, or because it is too late.
func Possible(p *Pipeline, t Ticket, who Actor) []string {
	s, err := stand(p, t, who)
	if err != nil {
		return nil
	}
	return s.possible()
}

// standing is somebody before a ticket.
type standing struct {
	pipeline *Pipeline
	stage    *Stage // where the ticket stands
	ticket   Ticket
	who      Actor
}

// stand finds the stage. That of a final ticket may have gone from the catalogue: it decides nothing any more.
func stand(p *Pipeline, t Ticket, who Actor) (standing, error) {
	if who.Name == "" {
		return standing{}, ErrNobody
	}
	if p.Service == t.Service {
		if stage, ok := p.Stage(t.Stage); ok {
			return standing{p, stage, t, who}, nil
		}
		if t.Status.Final() {
			return standing{p, &Stage{Name: t.Stage, Status: t.Status}, t, who}, nil
		}
	}
	return standing{}, &StageError{Ref: t.Ref, Service: t.Service, Stage: t.Stage}
}

// permit gives why it may not be done.
func (s standing) permit(name string) error {
	err := s.refusal(name)
	if _, ok := err.(*NotAllowedError); ok {
		return s.impossible(name)
	}
	return err
}

// impossible says what is possible instead.
func (s standing) impossible(name string) error {
	return &NotAllowedError{
		Ref: s.ticket.Ref, Stage: s.stage.Name, Status: s.ticket.Status, Action: name, Possible: s.possible(),
	}
}

func (s standing) refusal(name string) error {
	t := s.ticket
	switch {
	case s.foreign(name):
		return &ForeignError{Ref: t.Ref}
	case s.over(name):
		return &FinalError{Ref: t.Ref, Status: t.Status}
	case !s.offered(name):
		return &NotAllowedError{} // what it says, permit says
	case s.reserved(name):
		return &TakenError{Ref: t.Ref, Officer: t.Officer, Yours: t.Officer == s.who.Name}
	case s.alone(name):
		return &SecondError{Ref: t.Ref, Officer: s.who.Name}
	}
	return nil
}

func (s standing) possible() []string {
	names := make([]string, 0, len(s.stage.Decisions)+len(commonActions))
	for i := range s.stage.Decisions {
		names = append(names, s.stage.Decisions[i].Name)
	}
	names = append(names, commonActions...)
	return slices.DeleteFunc(names, func(name string) bool { return s.refusal(name) != nil })
}

// officer reports whether an officer acts.
func (s standing) officer() bool { return !s.who.Member && !s.who.System }

func (s standing) admin() bool { return s.who.Role == RoleAdmin && s.officer() }

// foreign reports whether the ticket is none of the actor's business.
func (s standing) foreign(name string) bool {
	switch {
	case !s.officer():
		return false
	case nearness(s.who.Role, s.who.Scope, s.ticket) == outside:
		return true
	case s.who.Role == RoleAdmin || s.who.Role == s.stage.Role:
		return false
	}
	// Whose stage is another one may know and remark; of a ticket that has ended, the end is what they are told.
	mere := name == ActionShow || name == ActionNote || s.ticket.Status.Final()
	return !mere || !s.pipeline.works(s.who.Role)
}

// over reports whether the ticket's end rules the action out.
func (s standing) over(name string) bool {
	if !s.ticket.Status.Final() {
		return false
	}
	switch name {
	case ActionShow, ActionNote, ActionReopen, ActionRate:
		return false
	}
	return true
}

// offered reports whether such an actor has the action where the ticket stands.
func (s standing) offered(name string) bool {
	t, who := s.ticket, s.who
	switch name {
	case ActionShow:
		return true
	case ActionNote:
		return !who.Member
	case ActionTake, ActionSay, ActionAsk, ActionClose:
		return s.officer()
	case ActionAssign:
		return s.admin() || who.System
	case ActionRelease:
		return t.Officer != "" && (s.held() || who.System)
	case ActionPass:
		return t.Officer != "" && s.held()
	case ActionAnswer:
		return who.Member && len(t.Asked) > 0
	case ActionAdd, ActionHear, ActionCancel:
		return who.Member
	case ActionReopen:
		return who.Member && t.Status.Final() && t.Status != Approved
	case ActionRate:
		return who.Member && t.Status.Final() && t.Rating == 0
	}
	d, ok := s.stage.Decision(name)
	if ok && who.System {
		return !d.Member && s.stage.Status == WaitingPayment
	}
	return ok && d.Member == who.Member
}

// held reports whether the ticket is an officer's to hand on: their own, or any for an admin. Of one that a colleague
// took, the refusal is to say that.
func (s standing) held() bool {
	return s.officer() && (s.ticket.Taken || s.ticket.Officer == s.who.Name || s.admin())
}

// reserved reports whether the action is left to the officer who took the ticket. A second take is refused too: it
// would write a change that changes nothing.
func (s standing) reserved(name string) bool {
	if !s.officer() || !s.ticket.Taken || name == ActionNote || name == ActionShow {
		return false
	}
	if s.ticket.Officer == s.who.Name {
		return name == ActionTake
	}
	return !s.admin()
}

// alone reports whether a second person is wanted for what the first would do.
func (s standing) alone(name string) bool {
	if !s.stage.Second || !s.officer() || s.who.Name != s.ticket.DecidedBy {
		return false
	}
	_, decision := s.stage.Decision(name)
	return decision || name == ActionTake
}
