package store

import "context"

// Changed reports whether another process has written since the last call.
func (d *DB) Changed(ctx context.Context) (changed bool, err error) {
	err = d.peek(ctx, func(t *tx) error {
		version, err := t.dataVersion()
		changed = version != d.version
		d.version = version
		return err
	})
	return changed, err
}

// dataVersion changes when another connection commits. Asked on the writer's own connection, nobody else writing in
// this process, that is another process.
func (t *tx) dataVersion() (version int64, err error) {
	err = t.get("PRAGMA data_version", nil, &version)
	return version, err
}
