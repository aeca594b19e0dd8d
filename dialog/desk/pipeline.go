package desk

import (
	"fmt"
	"slices"
	"time"
)

// Pipeline is the stages a service declares for its tickets. The first is where a ticket starts.
type Pipeline struct {
	Service string
	Title   map[string]string // the service's ordinary name, by language
	Stages  []Stage
	Subject Subject
}

// Subject names the form's fields that say whom a ticket is about; "" where the form does not ask.
type Subject struct {
	Name, Number, BirthDate, Regency string
}

// Stage is where a ticket can stand.
type Stage struct {
	Name      string
	Title     map[string]string
	Status    Status
	Promise   time.Duration // working time within which the desk is to act; 0: none
	Decisions []Decision    // none in a final stage
}

// Decision is a way out of a stage.
type Decision struct {
	Name string // "approve", "reject", "paid", "choose"
	// Member marks what the member does in the chat; the rest is for officers.
	Member bool
	To     string // the next stage
	Reason bool   // the actor must give a reason in words
	Sets   []Set
	// Say is what the member reads, by language; empty for what the member did themselves.
	Say map[string]string
	// Flow is a follow-up the member is offered; "" none.
	Flow string
}

// Set is a value a decision takes.
type Set struct {
	Name     string
	Type     string // a field type of the scheme
	Label    map[string]string
	Optional bool
	Min, Max int64 // bounds of a number; both 0: none
}

// Stage gives the stage of that name.
func (p *Pipeline) Stage(name string) (*Stage, bool) {
	for i := range p.Stages {
		if p.Stages[i].Name == name {
			return &p.Stages[i], true
		}
	}
	return nil, false
}

// Decision gives the stage's decision of that name.
func (s *Stage) Decision(name string) (*Decision, bool) {
	for i := range s.Decisions {
		if s.Decisions[i].Name == name {
			return &s.Decisions[i], true
		}
	}
	return nil, false
}

// Check finds what is wrong with a pipeline, every mistake at once; each is a *[PipelineError]. A pipeline without any
// is safe to run: every stage can be reached, a ticket can end from each by decisions alone, and every decision of an
// officer is told to the member in every one of the languages.
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
	switch {
	case s.Promise < 0:
		c.report(s.Name, "", "the promise is negative")
	case s.Promise > 0 && (s.Status.Final() || s.Status == WaitingMember):
		c.report(s.Name, "", "nothing is promised while a ticket is %s", s.Status)
	}
	seen := map[string]bool{}
	for i := range s.Decisions {
		d := &s.Decisions[i]
		c.name(s.Name, d.Name, "decision", d.Name, seen)
		c.decision(s, d)
	}
}

func (c *checker) decision(s *Stage, d *Decision) {
	if slices.Contains(commonActions, d.Name) {
		c.report(s.Name, d.Name, "%q is an action of every stage and cannot be a decision's name", d.Name)
	}
	if _, ok := c.pipeline.Stage(d.To); !ok {
		c.report(s.Name, d.Name, "it leads to stage %q, which does not exist", d.To)
	}
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
