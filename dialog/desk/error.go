package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNobody means that an action came without the name of whoever acts, which its history needs.
var ErrNobody = errors.New("an action needs the name of whoever acts")

// NotAllowedError means that the action does not exist for this actor where the ticket stands.
type NotAllowedError struct {
	Ref    string
	Stage  string
	Status Status
	Action string
	// Possible are the actions this actor has there now, the stage's decisions first.
	Possible []string
}

func (e *NotAllowedError) Error() string {
	possible := "Nothing is possible for you now."
	if len(e.Possible) > 0 {
		possible = "Possible now: " + strings.Join(e.Possible, ", ") + "."
	}
	return fmt.Sprintf("Ticket %s is at stage %s (%s): %q is not possible there. %s", e.Ref, e.Stage, e.Status, e.Action, possible)
}

// ForeignError means that the actor's role or scope does not cover the ticket. It tells nothing of the ticket, neither
// where it belongs nor whether it is there still.
type ForeignError struct {
	Ref string
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("Ticket %s is not yours to work on: your role or your scope does not cover this.", e.Ref)
}

// SecondError means that two people are wanted, and the officer is the first of them.
type SecondError struct {
	Ref     string
	Officer string
}

func (e *SecondError) Error() string {
	return fmt.Sprintf("Ticket %s was decided by %s at the stage before: somebody else has to decide it here.", e.Ref, e.Officer)
}

// DocumentsError means that papers the stage needs are missing, or were asked for again and have not come.
type DocumentsError struct {
	Ref    string
	Action string
	Fields []string // in the order the stage names them
}

func (e *DocumentsError) Error() string {
	return fmt.Sprintf("Ticket %s: %q needs %s first.", e.Ref, e.Action, strings.Join(e.Fields, ", "))
}

// TakenError means that an officer took the ticket: a colleague, or, for a second take, the one who acts.
type TakenError struct {
	Ref     string
	Officer string // who took it
	Yours   bool
}

func (e *TakenError) Error() string {
	if e.Yours {
		return fmt.Sprintf("Ticket %s is already yours.", e.Ref)
	}
	return fmt.Sprintf("Ticket %s was taken by %s: only they can do this, until they release it.", e.Ref, e.Officer)
}

// FinalError means that the ticket has ended.
type FinalError struct {
	Ref    string
	Status Status
}

func (e *FinalError) Error() string {
	return fmt.Sprintf("Ticket %s is %s: all that is possible now is a note.", e.Ref, e.Status)
}

// StaleError means that the ticket changed after the actor looked at it. Its activities from Seen on say who changed
// what.
type StaleError struct {
	Ref  string
	Seen int64 // the revision the actor saw
	Rev  int64 // the ticket's revision now
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("Ticket %s has changed since you looked: you saw revision %d, it is at %d. Look at it again.", e.Ref, e.Seen, e.Rev)
}

// WordsError means that the action needs something said that was not: a reason, a text, the field it is about.
type WordsError struct {
	Ref    string
	Action string
	Needs  string // "a reason", "a text", "a field"
}

func (e *WordsError) Error() string {
	return fmt.Sprintf("Ticket %s: %q needs %s.", e.Ref, e.Action, e.Needs)
}

// SetsError means that the values given with an action are not those it takes. It names all of them at once, and never
// a value itself.
type SetsError struct {
	Ref     string
	Action  string
	Missing []string // in the order they are declared
	Bad     []Set    // outside their bounds
	Unknown []string // sorted
}

func (e *SetsError) Error() string {
	var problems []string
	if len(e.Missing) > 0 {
		problems = append(problems, "needs "+strings.Join(e.Missing, ", "))
	}
	for _, s := range e.Bad {
		problems = append(problems, fmt.Sprintf("takes as %s a whole number from %d to %d", s.Name, s.Min, s.Max))
	}
	if len(e.Unknown) > 0 {
		problems = append(problems, "does not take "+strings.Join(e.Unknown, ", "))
	}
	return fmt.Sprintf("Ticket %s: %q %s.", e.Ref, e.Action, strings.Join(problems, "; "))
}

// Names gives the names of all the values in question, sorted.
func (e *SetsError) Names() []string {
	names := slices.Concat(e.Missing, e.Unknown)
	for _, s := range e.Bad {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return names
}

// StageError means that the pipeline is not the ticket's, or lacks the stage it stands at.
type StageError struct {
	Ref     string
	Service string // the ticket's
	Stage   string
}

func (e *StageError) Error() string {
	return fmt.Sprintf("Ticket %s stands at stage %q of service %q, which the catalogue does not have.", e.Ref, e.Stage, e.Service)
}

// PipelineError is one mistake in a pipeline, with the names that tell where in the catalogue it is.
type PipelineError struct {
	Service  string
	Stage    string // "": the pipeline itself
	Decision string // "": the stage itself
	Problem  string
}

func (e *PipelineError) Error() string {
	where := "service " + e.Service
	if e.Stage != "" {
		where += ": stage " + e.Stage
	}
	if e.Decision != "" {
		where += ": decision " + e.Decision
	}
	return where + ": " + e.Problem
}
