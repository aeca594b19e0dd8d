package bot

import (
	"context"
	"sync"
)

// tally counts what is in hand: inputs on their way to disk, documents being fetched, replies not yet delivered. What
// follows from a thing is added before the thing itself is done, so that zero means quiet.
type tally struct {
	mu   sync.Mutex
	n    int
	zero chan struct{} // closed when n comes to 0; nil while nobody waits
}

func (t *tally) add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n += n
	if t.n == 0 && t.zero != nil {
		close(t.zero)
		t.zero = nil
	}
}

// wait blocks until nothing is in hand.
func (t *tally) wait(ctx context.Context) error {
	t.mu.Lock()
	if t.n == 0 {
		t.mu.Unlock()
		return nil
	}
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	zero := t.zero
	t.mu.Unlock()
	select {
	case <-zero:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
