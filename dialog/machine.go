package dialog

import (
	"context"
	"errors"
	"fmt"

	"github.com/looplab/fsm"
)

// machine is a flow compiled to a state machine: each forward move of a session is one event of it, so that no code
// can take a way the flow does not declare. This is the only file of the engine that knows the library. One machine
// serves every session of its flow: a session stores its node's name, and the machine is set to it first. No callbacks:
// effects stay outside, and nothing of ours runs while the machine holds its locks.
type machine struct{ fsm *fsm.FSM }

func newMachine(f *Flow) *machine {
	var events fsm.Events
	add := func(n *Node, edges []Edge) {
		for _, e := range edges {
			if !e.To.Home && !e.To.Begin {
				events = append(events, fsm.EventDesc{Name: e.event, Src: []string{n.Name}, Dst: e.To.Node})
			}
		}
	}
	for i, n := range f.Nodes {
		add(n, n.Go)
		for _, c := range n.Options {
			add(n, c.Go)
		}
		if n.skip != "" {
			events = append(events, fsm.EventDesc{Name: n.skip, Src: []string{n.Name}, Dst: f.Nodes[i+1].Name})
		}
	}
	return &machine{fsm: fsm.NewFSM(f.Nodes[0].Name, events, nil)}
}

// move takes one declared way from a node and gives the node it leads to.
func (m *machine) move(from, event string) (string, error) {
	m.fsm.SetState(from)
	err := m.fsm.Event(context.Background(), event)
	var stays fsm.NoTransitionError
	if errors.As(err, &stays) && stays.Err == nil {
		err = nil // a way from a node to itself
	}
	if err != nil {
		return "", fmt.Errorf("dialog: way %q: %w", event, err)
	}
	return m.fsm.Current(), nil
}
