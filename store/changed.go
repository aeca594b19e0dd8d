package store

import "context"

// Changed reports whether another process has written since the last call. What it may have done to the keys is taken
// up then.
func (d *DB) Changed(ctx context.Context) (changed bool, err error) {
	err = d.peek(ctx, func(t *tx) error {
		version, err := t.dataVersion()
		changed = version != d.version
		d.version = version
		if err == nil && changed {
			_ = d.ring.refresh() // a keyset that cannot be read is met where it is needed
		}
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
