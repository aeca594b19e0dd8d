package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sapa/dialog/desk"
	"sapa/store"
)

func TestOneServiceHoldsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	o := options(t)
	o.Exclusive = true
	db := open(t, o, dir)
	_, err := store.Open(t.Context(), dir, o)
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second service: got %v", err)
	}
	if strings.Contains(fmt.Sprint(err), dir) {
		t.Errorf("the error names the directory: %v", err)
	}
	if _, err := store.Restore(t.Context(), dir, "x", store.Options{}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a restore: got %v", err)
	}
	o.Exclusive = false
	command := open(t, o, dir) // a command works beside it
	submit(t, command, from(siti, "m1", "a"))
	must(t, db.Close())
	o.Exclusive = true
	must(t, open(t, o, dir).Close())
}

func TestACommandBesideTheServiceIsNoticed(t *testing.T) {
	dir := t.TempDir()
	o := options(t)
	o.Exclusive = true
	service := open(t, o, dir)
	ref := openTicket(t, service, siti)
	changed, err := service.Changed(t.Context())
	must(t, err)
	equal(t, "its own writes are no change", changed, false)

	o = options(t)
	o.NewID = nil
	command := open(t, o, dir)
	_, err = command.Act(t.Context(), ref, desk.Action{Name: "say", Text: "Sebentar ya"}, officer, noon)
	must(t, err)
	changed, err = service.Changed(t.Context())
	must(t, err)
	equal(t, "the command's write", changed, true)
	changed, err = service.Changed(t.Context())
	must(t, err)
	equal(t, "told once", changed, false)
	unsent, err := service.Unsent(t.Context(), "terminal", noon, 100)
	must(t, err)
	equal(t, "the notice", unsent[len(unsent)-1].Text, "notice say Sebentar ya")

	// Both write: neither loses the other's session.
	equal(t, "service", submit(t, service, from(siti, "x1", "a")).Fresh, true)
	equal(t, "command sees it", submit(t, command, from(siti, "x1", "a")).Fresh, false)
	healthy(t, service)
}

func TestLostOrForeignKeysAreRefusedAndNotReplaced(t *testing.T) {
	lost := func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "keys"))) }
	one := func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "keys", "index.json"))) }
	foreign := func(t *testing.T, dir string) {
		lost(t, dir)
		other := t.TempDir()
		must(t, open(t, options(t), other).Close())
		must(t, os.CopyFS(filepath.Join(dir, "keys"), os.DirFS(filepath.Join(other, "keys"))))
	}
	garbage := func(t *testing.T, dir string) {
		must(t, os.WriteFile(filepath.Join(dir, "keys", "master.json"), []byte(`{"secret": 1}`), 0o600))
	}
	for what, spoil := range map[string]func(*testing.T, string){"lost": lost, "one lost": one, "foreign": foreign, "garbage": garbage} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, options(t), dir)
			submit(t, db, from(siti, "m1", "a"))
			must(t, db.Close())
			spoil(t, dir)
			before := tree(t, dir)
			_, err := store.Open(t.Context(), dir, options(t))
			if !errors.Is(err, store.ErrKeys) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), dir) {
				t.Errorf("the error tells too much: %v", err)
			}
			equal(t, "files", tree(t, dir), before)
		})
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "data")
	db := open(t, options(t), dir)
	submit(t, db, from(siti, "m1", "a"))
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(path), info.Mode())
		}
		return nil
	}))
}

func TestADirectoryWithoutADatabaseIsLeftAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	o := options(t)
	o.Existing = true
	if _, err := store.Open(t.Context(), dir, o); !errors.Is(err, store.ErrNone) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory was made")
	}
}

func TestADamagedOrForeignFileIsRefused(t *testing.T) {
	for what, content := range map[string]string{"text": strings.Repeat("not a database\n", 1000), "torn": "SQLite format 3\x00 torn"} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			must(t, open(t, options(t), dir).Close())
			must(t, os.WriteFile(filepath.Join(dir, "sapa.db"), []byte(content), 0o600))
			if _, err := store.Open(t.Context(), dir, options(t)); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("got %v", err)
			}
			data, err := os.ReadFile(filepath.Join(dir, "sapa.db"))
			must(t, err)
			equal(t, "left as it was", string(data), content)
		})
	}
}

func TestADirectoryThatCannotBeWrittenIsSaidSo(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(parent, nil, 0o600))
	if _, err := store.Open(t.Context(), filepath.Join(parent, "data"), options(t)); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("below a file: got %v", err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root writes everywhere")
	}
	dir := t.TempDir()
	must(t, open(t, options(t), dir).Close())
	must(t, os.Chmod(dir, 0o500))
	defer func() { _ = os.Chmod(dir, 0o700) }()
	if _, err := store.Open(t.Context(), dir, options(t)); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("read-only directory: got %v", err)
	}
}

func tree(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		if !d.IsDir() && !strings.HasSuffix(path, "-shm") {
			data, err := os.ReadFile(path)
			must(t, err)
			all = append(all, fmt.Sprintf("%s %d", filepath.Base(path), len(data)))
		}
		return nil
	}))
	return strings.Join(all, "\n")
}
