package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// The files of the keys directory: Tink keysets in JSON, so that keys can be added and made primary (rotated).
const (
	masterFile = "master.json" // AEAD: wraps the data keys; Rekey adds to it
	indexFile  = "index.json"  // PRF: makes the hashes that addresses are found by
)

// loadKeys reads the keysets, or makes them where create is set and neither file exists: only a new database gets
// new keys, which would hide the loss of the old ones otherwise.
func loadKeys(dir string, create bool) (*ring, error) {
	master, index := filepath.Join(dir, masterFile), filepath.Join(dir, indexFile)
	if create && missing(master) && missing(index) {
		if err := makeKeys(dir, master, index); err != nil {
			return nil, err
		}
	}
	wrap, err := readMaster(dir)
	if err != nil {
		return nil, err
	}
	handle, _, err := readKeyset(index)
	if err != nil {
		return nil, err
	}
	hash, err := prf.NewPRFSet(handle)
	if err != nil {
		return nil, otherKind(indexFile)
	}
	return newRing(dir, wrap, hash), nil
}

func missing(file string) bool {
	_, err := os.Lstat(file)
	return errors.Is(err, fs.ErrNotExist)
}

func makeKeys(dir, master, index string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritable(err)
	}
	if err := makeKeyset(master, aead.AES256GCMKeyTemplate()); err != nil {
		return err
	}
	if err := makeKeyset(index, prf.HMACSHA256PRFKeyTemplate()); err != nil {
		return err
	}
	return syncDir(dir)
}

func makeKeyset(file string, template *tinkpb.KeyTemplate) error {
	handle, err := keyset.NewHandle(template)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	return writeKeyset(file, handle)
}

func writeKeyset(file string, handle *keyset.Handle) error {
	var buf bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&buf)); err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return writeNew(file, buf.Bytes())
}

// readKeyset gives a keyset and the file as it was when it was read.
func readKeyset(file string) (*keyset.Handle, fs.FileInfo, error) {
	f, err := os.Open(file) //nolint:gosec // the operator's own directory
	if err != nil {
		return nil, nil, fmt.Errorf("%w (%s: %w)", ErrKeys, filepath.Base(file), pathless(err))
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("%w (%s: %w)", ErrKeys, filepath.Base(file), pathless(err))
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (%s: %w)", ErrKeys, filepath.Base(file), pathless(err))
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		// The parser's words may repeat what is in the file.
		return nil, nil, fmt.Errorf("%w (%s is not a keyset)", ErrKeys, filepath.Base(file))
	}
	return handle, info, nil
}

func otherKind(file string) error {
	return fmt.Errorf("%w (%s holds keys of another kind)", ErrKeys, file)
}

// writeNew writes a file that must not exist yet and brings it to the disk.
func writeNew(file string, data []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own directory
	if err != nil {
		return unwritable(err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return unwritable(err)
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's own directory
	if err != nil {
		return unwritable(err)
	}
	err = d.Sync()
	return unwritable(errors.Join(err, d.Close()))
}
