package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"path/filepath"

	"sapa/dialog"
)

// media makes of a local file what a message with that file carries. The path is made absolute: the next run, which
// may have to fetch it again, may stand in another directory.
func media(path, mimeType string) (*dialog.Media, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("the file does not exist")
	case err != nil:
		return nil, fmt.Errorf("the file cannot be read: %w", pathless(err))
	case !info.Mode().IsRegular():
		return nil, errors.New("not a file")
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be found again: %w", err)
	}
	if mimeType == "" {
		mimeType = mime.TypeByExtension(filepath.Ext(path))
	}
	return &dialog.Media{Ref: full, Name: filepath.Base(path), MIME: mimeType, Bytes: info.Size()}, nil
}
