package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"sapa/bot"
	"sapa/dialog"
)

// reading is what is read of a reply: its words, and below them its file where it has one, with its text where it is one.
func reading(out bot.Outbound) string {
	if out.File == nil {
		return out.Text
	}
	shown := fmt.Sprintf("[berkas %s, %s]", out.File.Name, size(len(out.File.Body)))
	if out.Text != "" {
		shown = out.Text + "\n\n" + shown
	}
	if kind, _, err := mime.ParseMediaType(out.File.MIME); err == nil && kind == "text/plain" && utf8.Valid(out.File.Body) {
		shown += "\n" + strings.TrimRight(string(out.File.Body), "\n")
	}
	return shown
}

// size writes a number of bytes as phones do beside a file, rounded up.
func size(bytes int) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%d KB", (bytes+999)/1000)
}

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
