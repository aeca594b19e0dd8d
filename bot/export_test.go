package bot

import "context"

// ReadOutboxes does what Notice does when another process has written.
func (b *Bot) ReadOutboxes(ctx context.Context) error { return b.readOutboxes(ctx) }
