package main

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// Files as members send them. They show nothing: a few coloured pixels.

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		for y := range 30 {
			m.Set(x, y, color.RGBA{uint8(6 * x), uint8(8 * y), 90, 255})
		}
	}
	return m
}

func pngFile(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	return file(t, "ktp.png", b.Bytes())
}

func jpegFile(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	return file(t, "kk.jpg", b.Bytes())
}

func pdfFile(t *testing.T) string {
	t.Helper()
	return file(t, "kartu.pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"+
		"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"))
}

// bombFile is a small PNG of 15,000 × 15,000 pixels: hundreds of megabytes once decoded.
func bombFile(t *testing.T) string {
	t.Helper()
	const side = 15000
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	row := make([]byte, 1+side/8+1)
	for range side {
		if _, err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	head := binary.BigEndian.AppendUint32(nil, side)
	head = append(binary.BigEndian.AppendUint32(head, side), 1, 0, 0, 0, 0) // one bit of grey
	body := []byte("\x89PNG\r\n\x1a\n")
	for _, chunk := range []struct {
		name string
		data []byte
	}{{"IHDR", head}, {"IDAT", packed.Bytes()}, {"IEND", nil}} {
		named := append([]byte(chunk.name), chunk.data...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(chunk.data)))
		body = append(body, named...)
		body = binary.BigEndian.AppendUint32(body, crc32.ChecksumIEEE(named))
	}
	return file(t, "bom.png", body)
}

func file(t *testing.T, name string, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
