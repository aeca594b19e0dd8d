package desk

import (
	"fmt"
	"slices"
)

// Check finds what is wrong with a pipeline, every mistake at once; each is a *[PipelineError]. A pipeline without any
// is safe to run: every stage can be reached, a ticket can end from each by decisions alone, every stage is somebody's
// work, and every decision of an officer is told to the member in every one of the languages. It is compiled then, so
// Check comes before the pipeline is used by several at once.
func (p *Pipeline) Check(languages []string) []error {
	c := checker{pipeline: p, languages: languages}
	if len(p.Stages) == 0 {
		c.report("", "", "the service has no stage")
		return c.errs
	}
	if p.Stages[0].Status.Final() {
		c.report(p.Stages[0].Name, "", "the first stage is final: a ticket would be over before anybody saw it")
	}
	seen := map[string]bool{}
	for i := range p.Stages {
		s := &p.Stages[i]
		c.name(s.Name, "", "stage", s.Name, seen)
		c.stage(s)
	}
	c.ways()
	if len(c.errs) == 0 {
		p.machine = newMachine(p)
	}
	return c.errs
}

// checker collects the mistakes of one pipeline.
type checker struct {
	pipeline  *Pipeline
	languages []string
	errs      []error
}

func (c *checker) report(stage, decision, format string, args ...any) {
	c.errs = append(c.errs, &PipelineError{
		Service: c.pipeline.Service, Stage: stage, Decision: decision, Problem: fmt.Sprintf(format, args...),
	})
}

// name reports a name that is missing or given twice.
func (c *checker) name(stage, decision, what, name string, seen map[string]bool) {
	switch {
	case name == "":
		c.report(stage, decision, "a %s has no name", what)
	case seen[name]:
		c.report(stage, decision, "there are two %ss %q", what, name)
	}
	seen[name] = true
}

func (c *checker) stage(s *Stage) {
	switch {
	case !s.Status.known():
		c.report(s.Name, "", "status %q is unknown", s.Status)
	case s.Status.Final() && len(s.Decisions) > 0:
		c.report(s.Name, "", "the stage is final (%s), so it has no decisions", s.Status)
	case !s.Status.Final() && len(s.Decisions) == 0:
		c.report(s.Name, "", "the stage is not final (%s), so it needs a decision", s.Status)
	}
	c.work(s)
	c.time(s)
	seen := map[string]bool{}
	for i := range s.Decisions {
		d := &s.Decisions[i]
		c.name(s.Name, d.Name, "decision", d.Name, seen)
		c.decision(s, d)
	}
}

// work checks who works the stage and with what.
func (c *checker) work(s *Stage) {
	final := s.Status.Final()
	switch {
	case final && s.Role != "":
		c.report(s.Name, "", "the stage is final (%s), so it is nobody's work, not that of role %q", s.Status, s.Role)
	case !final && s.Role == "":
		c.report(s.Name, "", "the stage has no role: nobody would work it")
	case !final && !s.Role.Known():
		c.report(s.Name, "", "role %q is unknown; there are %s", s.Role, rolesList())
	}
	if s.Second && !c.led(s.Name) {
		c.report(s.Name, "", "it wants a second person, but no decision of a first one leads to it")
	}
	if final && len(s.Documents) > 0 {
		c.report(s.Name, "", "the stage is final (%s), so it needs no documents", s.Status)
	}
}

// led reports whether officers lead tickets to a stage: to the first one a company's officers do, who open them.
func (c *checker) led(name string) bool {
	if c.pipeline.Subject.Company != "" && name == c.pipeline.Stages[0].Name {
		return true
	}
	for _, s := range c.pipeline.Stages {
		if slices.ContainsFunc(s.Decisions, func(d Decision) bool { return !d.Member && d.To == name && s.Name != name }) {
			return true
		}
	}
	return false
}

// time checks what the stage promises, how long it waits and what follows it.
func (c *checker) time(s *Stage) {
	final := s.Status.Final()
	switch {
	case s.Promise < 0 || s.Within < 0:
		c.report(s.Name, "", "the promise is negative")
	case s.Promise > 0 && s.Within > 0:
		c.report(s.Name, "", "the promise is in working time or within elapsed time, not both")
	case s.Promise+s.Within > 0 && (s.Status.Final() || s.Status == WaitingMember):
		c.report(s.Name, "", "nothing is promised while a ticket is %s", s.Status)
	}
	c.auto(s)
	switch {
	case s.Remind < 0 || s.Expire < 0:
		c.report(s.Name, "", "a time to wait is negative")
	case final && (s.Remind > 0 || s.Expire > 0):
		c.report(s.Name, "", "the stage is final (%s), so nobody is waited for", s.Status)
	case !final && s.hasty():
		c.report(s.Name, "", "the ticket would be closed before the member is reminded")
	}
	for i, f := range s.Follow {
		if f.After <= 0 {
			c.report(s.Name, "", "follow-up %d comes after no time", i+1)
		}
		for _, lang := range c.languages {
			if f.Say[lang] == "" {
				c.report(s.Name, "", "follow-up %d does not say in language %q what the member reads", i+1, lang)
			}
		}
	}
}

// auto checks what the stage decides by itself: a decision that nobody has to add anything to, and that does not lead
// round and round without anybody.
func (c *checker) auto(s *Stage) {
	if s.Auto == (Auto{}) {
		return
	}
	d, ok := s.Decision(s.Auto.Decision)
	switch {
	case s.Auto.After <= 0:
		c.report(s.Name, "", "it decides by itself after no time")
	case !ok:
		c.report(s.Name, "", "it decides %q by itself, which is none of its decisions", s.Auto.Decision)
	case d.Member:
		c.report(s.Name, d.Name, "it is the member's, so it is not made by itself")
	case d.Reason || slices.ContainsFunc(d.Sets, func(set Set) bool { return !set.Optional }):
		c.report(s.Name, d.Name, "it needs words or values, so it is not made by itself")
	case c.papers(s, d):
		c.report(s.Name, d.Name, "it needs documents, so it is not made by itself")
	case c.round(s):
		c.report(s.Name, d.Name, "by itself the ticket would go round and round")
	}
}

// papers reports whether a decision waits for the stage's documents.
func (c *checker) papers(s *Stage, d *Decision) bool {
	to, ok := c.pipeline.Stage(d.To)
	return ok && len(s.Documents) > 0 && to.Status != Rejected
}

// round reports whether what stages decide by themselves leads a ticket back to where it was.
func (c *checker) round(s *Stage) bool {
	at := s
	for range c.pipeline.Stages {
		d, ok := at.Decision(at.Auto.Decision)
		if !ok {
			return false
		}
		if at, ok = c.pipeline.Stage(d.To); !ok {
			return false
		}
		if at == s {
			return true
		}
	}
	return false
}

// hasty reports whether the stage would close a ticket before it reminds the member.
func (s *Stage) hasty() bool {
	remind, expire := s.patience(WaitingMember)
	if s.Status == WaitingPayment {
		remind, expire = s.patience(WaitingPayment)
	}
	return expire > 0 && remind >= expire
}

func (c *checker) decision(s *Stage, d *Decision) {
	if slices.Contains(commonActions, d.Name) || d.Name == ActionShow {
		c.report(s.Name, d.Name, "%q is an action of every stage and cannot be a decision's name", d.Name)
	}
	if _, ok := c.pipeline.Stage(d.To); !ok {
		c.report(s.Name, d.Name, "it leads to stage %q, which does not exist", d.To)
	}
	c.erasing(s, d)
	for _, lang := range c.languages {
		if !d.Member && d.Say[lang] == "" {
			c.report(s.Name, d.Name, "it does not say in language %q what the member reads", lang)
		}
	}
	seen := map[string]bool{}
	for _, set := range d.Sets {
		c.name(s.Name, d.Name, "value", set.Name, seen)
		if set.Min > set.Max {
			c.report(s.Name, d.Name, "value %q: min %d is more than max %d", set.Name, set.Min, set.Max)
		}
	}
}

// erasing checks that nothing is to come after the member's data has gone.
func (c *checker) erasing(s *Stage, d *Decision) {
	to, ok := c.pipeline.Stage(d.To)
	switch {
	case !d.Erases || !ok:
	case !to.Status.Final():
		c.report(s.Name, d.Name, "it erases the member's data, so it leads to a final stage")
	case d.Flow != "" || len(to.Follow) > 0:
		c.report(s.Name, d.Name, "it erases the member's data, so nothing follows it")
	}
}

// ways checks that every stage can be reached from the first and that a final one can be reached from every stage.
func (c *checker) ways() {
	stages := c.pipeline.Stages
	reached, ending := map[string]bool{stages[0].Name: true}, map[string]bool{}
	for _, s := range stages {
		if s.Status.Final() {
			ending[s.Name] = true
		}
	}
	for range stages { // the longest way there is visits every stage once
		for _, s := range stages {
			for _, d := range s.Decisions {
				reached[d.To] = reached[d.To] || reached[s.Name]
				ending[s.Name] = ending[s.Name] || ending[d.To]
			}
		}
	}
	for _, s := range stages {
		if !reached[s.Name] {
			c.report(s.Name, "", "no decision of a reachable stage leads to it")
		}
		if !ending[s.Name] {
			c.report(s.Name, "", "no way of decisions leads from the stage to a final one")
		}
	}
}
