package field

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"path"
	"strconv"
	"strings"

	"github.com/bep/imagemeta"
	"golang.org/x/image/webp"
)

// The bounds of a document.
const (
	MaxBytes  = 16 << 20   // as received, and as stored
	MaxPixels = 40_000_000 // of an image

	// maxMemory is what decoding and turning one image may take, in bytes. It binds only where a pixel is costly:
	// progressive JPEG keeps all coefficients, 16-bit PNG all bits.
	maxMemory = 400_000_000
	// maxSide is the longest side JPEG can write.
	maxSide = 1<<16 - 1
	// maxScans bounds the passes over a progressive JPEG: cameras make about ten, a bomb thousands.
	maxScans = 100
)

// Checked is a document fit to be stored and shown to an officer.
type Checked struct {
	MIME string // by its bytes: "image/jpeg", "application/pdf"
	Body []byte
	// Width and Height are an image's pixels, upright; 0 for a PDF and a table.
	Width, Height int
}

// Document checks a file by its bytes: JPEG, PNG, WebP (still images) or PDF, at most MaxBytes and MaxPixels; or a
// table, plain UTF-8 text of at most MaxTable. The name only words a refusal.
//
// Images are decoded and written anew, upright, as JPEG: what is stored holds pixels and nothing else, no place, no
// camera, no second file behind the first. PNG becomes JPEG too: what members send as PNG are screenshots and scans,
// which stay readable at this quality, and officers get one kind of image. Transparency is laid on white; colour
// profiles are dropped. PDFs stay as they are and are never opened here: whoever shows one must treat it as hostile.
//
// Problems: document.empty, document.bytes, document.kind, document.pixels, document.broken; document.table for a file
// that is called one and is none.
func Document(name string, body []byte) (Checked, error) {
	if len(body) == 0 {
		return Checked{}, refuse("document.empty")
	}
	if len(body) > MaxBytes {
		return Checked{}, tooLong()
	}
	switch {
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return checkPDF(body)
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		return rewrite(body, jpegFormat)
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")) && !isAnimatedPNG(body):
		return rewrite(body, pngFormat)
	case isWebP(body):
		return rewrite(body, webpFormat)
	case isTable(body):
		return checkTable(body)
	case namedTable(name):
		return Checked{}, refuse("document.table")
	}
	return Checked{}, refuse("document.kind", "kind", kindOf(name))
}

func tooLong() error { return refuse("document.bytes", "max", strconv.Itoa(MaxBytes>>20)) }

// kindOf words the kind of a file by its name: "HEIC".
func kindOf(name string) string {
	kind := strings.ToUpper(strings.TrimPrefix(path.Ext(name), "."))
	if kind == "" || len(kind) > 5 || strings.Trim(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return "?"
	}
	return kind
}

// checkPDF looks at both ends only (ISO 32000-2, 7.5.2 and 7.5.5): a download that broke off has no end.
func checkPDF(body []byte) (Checked, error) {
	tail := body[max(0, len(body)-1024):]
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return Checked{}, refuse("document.broken")
	}
	return Checked{MIME: "application/pdf", Body: body}, nil
}

// isAnimatedPNG looks for the chunk that makes a PNG an animation; it stands before the image's data (PNG, third
// edition, 11.3.6.1).
func isAnimatedPNG(body []byte) bool {
	data := bytes.Index(body, []byte("IDAT"))
	control := bytes.Index(body, []byte("acTL"))
	return control >= 0 && (data < 0 || control < data)
}

// isWebP recognises a still WebP: an extended header has a flag for animation (RFC 9649, 2.7.1).
func isWebP(body []byte) bool {
	if len(body) < 21 || string(body[:4]) != "RIFF" || string(body[8:12]) != "WEBP" {
		return false
	}
	return string(body[12:16]) != "VP8X" || body[20]&0x02 == 0
}

// format is how a kind of image is read.
type format struct {
	meta imagemeta.ImageFormat
	size func(*bytes.Reader) (image.Config, error)
	read func(*bytes.Reader) (image.Image, error)
	// cost is how many bytes decoding and flattening take for each pixel; 0: the body is broken.
	cost func(body []byte) float64
}

var (
	jpegFormat = format{
		imagemeta.JPEG,
		func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) },
		jpegCost,
	}
	pngFormat = format{
		imagemeta.PNG,
		func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) },
		pngCost,
	}
	webpFormat = format{
		imagemeta.WebP,
		func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) },
		func([]byte) float64 { return 9 }, // NRGBA or YCbCr with alpha, then RGBA
	}
)

// rewrite decodes an image within the bounds and writes it anew. A decoder that panics found a broken file.
func rewrite(body []byte, f format) (checked Checked, err error) {
	defer func() {
		if recover() != nil {
			checked, err = Checked{}, refuse("document.broken")
		}
	}()
	turn := orientation(body, f.meta)
	if err := checkSize(body, f, turn); err != nil {
		return Checked{}, err
	}
	img, err := f.read(bytes.NewReader(body))
	if err != nil {
		return Checked{}, refuse("document.broken")
	}
	img = upright(img, turn)
	// A file of low quality may grow; it is written coarser before it is refused.
	for _, quality := range []int{85, 60, 35} {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
			return Checked{}, fmt.Errorf("write image: %w", err)
		}
		if out.Len() <= MaxBytes {
			b := img.Bounds()
			return Checked{MIME: "image/jpeg", Body: out.Bytes(), Width: b.Dx(), Height: b.Dy()}, nil
		}
	}
	return Checked{}, tooLong()
}

// checkSize refuses by the header what would take too much memory to decode.
func checkSize(body []byte, f format, turn int) error {
	config, err := f.size(bytes.NewReader(body))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return refuse("document.broken")
	}
	cost := f.cost(body)
	if cost <= 0 {
		return refuse("document.broken")
	}
	if turn > 1 {
		cost += 4
	}
	limit := min(MaxPixels, int(maxMemory/cost))
	if config.Width > limit/config.Height || max(config.Width, config.Height) > maxSide {
		return refuse("document.pixels", "max", strconv.Itoa(limit/1_000_000))
	}
	return nil
}

// orientation reads how EXIF says the image is to be turned (CIPA DC-008, tag 274), 1 to 8; 1: not at all, also where
// the metadata is absent or unreadable.
func orientation(body []byte, f imagemeta.ImageFormat) int {
	turn := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(body), ImageFormat: f, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Tag == "Orientation" && tag.Namespace == "IFD0"
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if n, ok := tag.Value.(uint16); ok && n >= 1 && n <= 8 {
				turn = int(n)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1
	}
	return turn
}

// pngCost goes by the header: bit depth and interlacing, which keeps a second image of half the size (PNG, third
// edition, 11.2.1).
func pngCost(body []byte) float64 {
	const depth, interlace = 24, 28
	if len(body) <= interlace {
		return 0
	}
	pixel := 4.0
	if body[depth] == 16 {
		pixel = 8
	}
	if body[interlace] != 0 {
		pixel *= 1.5
	}
	return pixel + 4
}

// jpegCost goes by the frame: a progressive one keeps its coefficients, four bytes each.
func jpegCost(body []byte) float64 {
	var shape jpegShape
	if !shape.walk(body) || shape.scans > maxScans {
		return 0
	}
	cost := shape.samples
	if shape.progressive {
		cost += 4 * shape.samples
	}
	if shape.components == 4 {
		cost += 8 // CMYK, then RGBA
	}
	return cost
}

// jpegShape is what the segments of a JPEG tell without decoding it.
type jpegShape struct {
	samples     float64 // for each pixel
	components  int
	progressive bool
	scans       int
}

// walk goes through the segments (ITU-T T.81, annex B); ok is false when the end is missing. What lies behind the end
// (a live photo's film) does not count.
func (s *jpegShape) walk(body []byte) (ok bool) {
	for at := 2; at+2 <= len(body); {
		marker := body[at+1]
		switch {
		case body[at] != 0xff || marker == 0 || isRestart(marker): // stray bytes, which decoders skip
			at = nextMarker(body, at)
			continue
		case marker == 0xff: // fill
			at++
			continue
		case marker == 0xd9:
			return true
		case at+4 > len(body):
			return false
		}
		end := at + 2 + int(binary.BigEndian.Uint16(body[at+2:]))
		if end > len(body) {
			return false
		}
		switch marker {
		case 0xc0, 0xc1, 0xc2: // baseline, extended, progressive
			s.progressive = marker == 0xc2
			s.samples, s.components = jpegSamples(body[at+4 : max(end, at+4)])
		case 0xda:
			s.scans++
			end = nextMarker(body, end)
		}
		at = end
	}
	return false
}

// jpegSamples gives how many samples a frame has for each pixel, and its components.
func jpegSamples(frame []byte) (samples float64, components int) {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return 0, 0
	}
	components = int(frame[5])
	var sum, widest, highest int
	for i := range components {
		sampling := frame[6+3*i+1]
		h, v := int(sampling>>4), int(sampling&15)
		sum += h * v
		widest, highest = max(widest, h), max(highest, v)
	}
	return float64(sum) / float64(max(1, widest*highest)), components
}

// nextMarker finds the next marker from at on; in a scan's coded data 0xFF is followed by zero or a restart.
func nextMarker(body []byte, at int) int {
	for at+1 < len(body) {
		next := bytes.IndexByte(body[at:len(body)-1], 0xff)
		if next < 0 {
			break
		}
		at += next
		if marker := body[at+1]; marker != 0 && !isRestart(marker) {
			return at
		}
		at += 2
	}
	return len(body)
}

func isRestart(marker byte) bool { return marker >= 0xd0 && marker <= 0xd7 }
