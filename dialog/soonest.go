package dialog

import "time"

// Soonest is the shortest time ahead at which a turn of this engine sets a timer: a clock moved by less than that
// since the last turn meets no timer of it.
func (e *Engine) Soonest() time.Duration { return min(e.set.Idle, albumWait) }
