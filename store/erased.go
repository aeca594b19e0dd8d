package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
)

// erasedFile is the list of erasures, beside the keys. A backup has whoever was erased after it was made; the list tells
// whom to erase again. It is one line for each, only ever added to: AES-256-GCM under a key made of the index, with the
// line's number as associated data, in base64. A line that a kill has cut off is not there.
const erasedFile = "erased"

// The kinds of what is erased.
const (
	erasedContact = "contact"
	erasedMember  = "member"
)

// erasure is an entry of the list.
type erasure struct {
	Kind string `json:"kind"`
	// ID and Print are a contact's row and what recognises its data key: a restored database may have given the number to
	// somebody else.
	ID    int64  `json:"id,omitempty"`
	Print []byte `json:"print,omitempty"`
	// Numbers are the hashes of a member's numbers.
	Numbers [][]byte  `json:"numbers,omitempty"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Reason  string    `json:"reason"`
}

func (e erasure) by() Erasing { return Erasing{Who: e.Who, Reason: e.Reason, At: e.At} }

// same reports whether two entries are one that was written twice.
func (e erasure) same(o erasure) bool {
	return e.Kind == o.Kind && e.ID == o.ID && bytes.Equal(e.Print, o.Print) && e.At.Equal(o.At) &&
		slices.EqualFunc(e.Numbers, o.Numbers, bytes.Equal)
}

// notAmong gives the entries that are not among others.
func notAmong(entries, others []erasure) []erasure {
	return slices.DeleteFunc(slices.Clone(entries), func(e erasure) bool { return slices.ContainsFunc(others, e.same) })
}

func erasedRow(n int) []byte { return fmt.Appendf(nil, "erased\x00%d", n) }

// erasedLines gives the list's lines, and how many bytes they take.
func (r *ring) erasedLines() (lines [][]byte, size int, err error) {
	data, err := os.ReadFile(filepath.Join(r.dir, erasedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%w (%s: %w)", ErrKeys, erasedFile, pathless(err))
	}
	size = bytes.LastIndexByte(data, '\n') + 1
	if size == 0 {
		return nil, 0, nil
	}
	return bytes.Split(data[:size-1], []byte{'\n'}), size, nil
}

// erasures gives the entries after the first so many, and how many there are in all.
func (r *ring) erasures(known int) (after []erasure, n int, err error) {
	lines, _, err := r.erasedLines()
	if err != nil || known >= len(lines) {
		return nil, len(lines), err
	}
	cipher, err := r.erased()
	if err != nil {
		return nil, 0, err
	}
	for i := known; i < len(lines); i++ {
		sealed, err := base64.StdEncoding.DecodeString(string(lines[i]))
		if err != nil {
			return nil, 0, fmt.Errorf("%w (%s, line %d)", ErrKeys, erasedFile, i+1)
		}
		plain, err := cipher.Decrypt(sealed, erasedRow(i+1))
		var e erasure
		if err != nil || json.Unmarshal(plain, &e) != nil {
			return nil, 0, fmt.Errorf("%w (%s, line %d)", ErrKeys, erasedFile, i+1)
		}
		after = append(after, e)
	}
	return after, len(lines), nil
}

// list adds entries to the list and brings them to the disk; it gives how many there are then. It is called inside a
// write transaction, before anything is deleted.
func (r *ring) list(entries []erasure) (n int, err error) {
	lock := flock.New(filepath.Join(r.dir, erasedFile), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil { // two data directories may have the same keys
		return 0, fmt.Errorf("keys directory: %w", unwritable(err))
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	lines, size, err := r.erasedLines()
	if err != nil {
		return 0, err
	}
	cipher, err := r.erased()
	if err != nil {
		return 0, err
	}
	n = len(lines)
	var text []byte
	for _, e := range entries {
		n++
		plain, err := json.Marshal(e)
		if err != nil {
			return 0, fmt.Errorf("list an erasure: %w", err)
		}
		sealed, err := cipher.Encrypt(plain, erasedRow(n))
		if err != nil {
			return 0, fmt.Errorf("list an erasure: %w", err)
		}
		text = append(base64.StdEncoding.AppendEncode(text, sealed), '\n')
	}
	return n, r.appendErased(text, int64(size))
}

// appendErased writes after the last whole line.
func (r *ring) appendErased(text []byte, size int64) error {
	f, err := os.OpenFile(filepath.Join(r.dir, erasedFile), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keys directory: %w", unwritable(err))
	}
	err = f.Truncate(size)
	if err == nil {
		_, err = f.WriteAt(text, size)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keys directory: %w", unwritable(err))
	}
	return syncDir(r.dir)
}
