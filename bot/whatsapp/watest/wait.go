package watest

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// gate is a lock whose holders can wait for a condition with a deadline, which
// sync.Cond can't. It works inside a synctest bubble, and costs nothing while
// nobody waits.
type gate struct {
	sync.Mutex
	changed chan struct{} // closed at the next change; nil while nobody waits
}

// announce wakes whoever waits. The gate must be locked.
func (g *gate) announce() {
	if g.changed != nil {
		close(g.changed)
		g.changed = nil
	}
}

// await waits, with the gate locked whenever it calls holds, until that is true.
func (g *gate) await(ctx context.Context, holds func() bool) error {
	g.Lock()
	defer g.Unlock()
	for !holds() {
		if g.changed == nil {
			g.changed = make(chan struct{})
		}
		changed := g.changed
		g.Unlock()
		var err error
		select {
		case <-changed:
		case <-ctx.Done():
			err = ctx.Err()
		}
		g.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}

// SetPatience sets how long the waiting methods (Reads, AwaitOnline, …) wait
// before they fail the test; 15 s to begin with.
func (s *Server) SetPatience(d time.Duration) { s.patience.Store(int64(d)) }

// within is the context of one wait: the test's, bounded by our patience.
func (s *Server) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.t.Context(), time.Duration(s.patience.Load()))
}

// await fails the test if g's condition does not come true in time.
func (s *Server) await(g *gate, holds func() bool, what string, args ...any) {
	s.t.Helper()
	ctx, cancel := s.within()
	defer cancel()
	if err := g.await(ctx, holds); err != nil {
		s.t.Fatalf("watest: waited in vain for %s: %v", fmt.Sprintf(what, args...), err)
	}
}
