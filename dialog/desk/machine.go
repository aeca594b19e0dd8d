package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// machine is a pipeline compiled to a state machine: each decision is an event of it, so that no code can bring a
// ticket where the pipeline does not lead. This is the only file of the desk that knows the library. The machine serves
// every ticket of its service: it is set to the ticket's stage first, under a lock, because the library guards either
// step but not both together. No callbacks: effects stay outside.
type machine struct {
	mu  sync.Mutex
	fsm *fsm.FSM
}

func newMachine(p *Pipeline) *machine {
	var events fsm.Events
	for _, s := range p.Stages {
		for _, d := range s.Decisions {
			events = append(events, fsm.EventDesc{Name: d.Name, Src: []string{s.Name}, Dst: d.To})
		}
	}
	return &machine{fsm: fsm.NewFSM(p.Stages[0].Name, events, nil)}
}

// move makes a decision at a stage and gives the stage it leads to.
func (m *machine) move(stage, decision string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fsm.SetState(stage)
	err := m.fsm.Event(context.Background(), decision)
	var stays fsm.NoTransitionError
	if errors.As(err, &stays) && stays.Err == nil {
		err = nil // a decision that leads back to its own stage
	}
	if err != nil {
		return "", fmt.Errorf("desk: decision %q at %q: %w", decision, stage, err)
	}
	return m.fsm.Current(), nil
}

// next gives the stage a decision leads to. A pipeline that was never checked is compiled each time.
func (p *Pipeline) next(s *Stage, d *Decision) (*Stage, error) {
	m := p.machine
	if m == nil {
		m = newMachine(p)
	}
	name, err := m.move(s.Name, d.Name)
	if err != nil {
		return nil, err
	}
	stage, ok := p.Stage(name)
	if !ok {
		return nil, fmt.Errorf("desk: decision %q at %q leads to no stage", d.Name, s.Name)
	}
	return stage, nil
}
