package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// master is master.json as it was read: the primary key wraps, the older ones still open.
type master struct {
	tink.AEAD
	handle *keyset.Handle
	info   fs.FileInfo
	prefix []byte // what the primary key's values begin with
}

func readMaster(dir string) (*master, error) {
	handle, info, err := readKeyset(filepath.Join(dir, masterFile))
	if err != nil {
		return nil, err
	}
	cipher, err := aead.New(handle)
	if err != nil {
		return nil, otherKind(masterFile)
	}
	return &master{cipher, handle, info, prefixOf(handle)}, nil
}

// prefixOf is how a value tells which key of a keyset sealed it: a byte 1 and the key's number in four bytes
// (https://developers.google.com/tink/wire-format).
func prefixOf(handle *keyset.Handle) []byte {
	return binary.BigEndian.AppendUint32([]byte{1}, handle.KeysetInfo().GetPrimaryKeyId())
}

// wrap seals a data key under the primary master key, inside a write transaction: the keyset changes under the
// database's write lock alone, so what is read here holds until the commit.
func (r *ring) wrap(plain, row []byte) ([]byte, error) {
	if err := r.refresh(); err != nil {
		return nil, err
	}
	wrapped, err := r.master.Load().Encrypt(plain, row)
	if err != nil {
		return nil, fmt.Errorf("wrap data key: %w", err)
	}
	return wrapped, nil
}

// decrypt opens what a master key sealed. Where none can, another process may have made a newer one meanwhile.
func (r *ring) decrypt(sealed, row []byte) ([]byte, error) {
	m := r.master.Load()
	plain, err := m.Decrypt(sealed, row)
	if err == nil {
		return plain, nil
	}
	if r.refresh() != nil || r.master.Load() == m {
		return nil, err
	}
	return r.master.Load().Decrypt(sealed, row)
}

// refresh reads the master keys again where the file is another. One that was taken away after the start, as from a
// medium that is put in for starting only, stays as it was read.
func (r *ring) refresh() error {
	m := r.master.Load()
	info, err := os.Stat(filepath.Join(r.dir, masterFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (%s: %w)", ErrKeys, masterFile, pathless(err))
	}
	if os.SameFile(info, m.info) && info.ModTime().Equal(m.info.ModTime()) && info.Size() == m.info.Size() {
		return nil
	}
	fresh, err := readMaster(r.dir)
	if err == nil && r.recognise != nil {
		err = r.recognise(fresh)
	}
	if err == nil {
		r.master.Store(fresh)
	}
	return err
}

// recognises makes sure that a keyset which was put in the place of another is this database's still: what it wrapped
// would be lost with it. It opens a connection of its own, as it may be asked in the middle of any query.
func (d *DB) recognises(m *master) (err error) {
	pool := open(filepath.Join(d.dir, databaseFile), reading)
	defer func() { err = errors.Join(err, pool.Close()) }()
	var check []byte
	if err := pool.QueryRow("SELECT value FROM meta WHERE name = 'key_check'").Scan(&check); err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if _, err := m.Decrypt(check, keyCheckRow); err != nil {
		return fmt.Errorf("%w (%s)", ErrKeys, masterFile)
	}
	return nil
}

// replace puts another keyset in the place of master.json, inside a write transaction. A kill leaves the old one or the
// new one.
func (r *ring) replace(handle *keyset.Handle) error {
	file := filepath.Join(r.dir, masterFile)
	part := file + ".new"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keys directory: %w", unwritable(err))
	}
	if err := writeKeyset(part, handle); err != nil {
		return fmt.Errorf("keys directory: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("keys directory: %w", unwritable(err))
	}
	if err := syncDir(r.dir); err != nil {
		return err
	}
	return r.refresh()
}
