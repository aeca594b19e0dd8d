package field

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
)

// corners is a picture whose four quarters differ: red, green; blue, white.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	colours := [2][2]color.RGBA{{{255, 0, 0, 255}, {0, 255, 0, 255}}, {{0, 0, 255, 255}, {255, 255, 255, 255}}}
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, colours[y*2/h][x*2/w])
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// exif is a TIFF structure that holds an orientation and a camera's name.
func exif(orientation byte) []byte {
	return slices.Concat(
		[]byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02"),
		[]byte("\x01\x0f\x00\x02\x00\x00\x00\x0a\x00\x00\x00\x26"), // Make
		[]byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00"), []byte{orientation}, []byte("\x00\x00"),
		[]byte("\x00\x00\x00\x00"),
		[]byte("KAMERAKU!\x00"),
	)
}

func withExif(body []byte, orientation byte) []byte {
	payload := append([]byte("Exif\x00\x00"), exif(orientation)...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(payload)+2))
	return slices.Concat(body[:2], segment, payload, body[2:])
}

// withChunk puts a chunk behind a PNG's header.
func withChunk(body []byte, kind string, data []byte) []byte {
	const header = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	chunk = append(append(chunk, kind...), data...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Concat(body[:header], chunk, body[header:])
}

// webpOf is a lossless WebP of one black pixel, with an alpha channel or without.
func webpOf(t testing.TB) []byte {
	t.Helper()
	body, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func code(err error) string {
	var problem *Problem
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

// quarters names the colours of an image's corners.
func quarters(img image.Image) string {
	b := img.Bounds()
	var out strings.Builder
	for _, at := range []image.Point{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		r, g, bl, _ := img.At(b.Min.X+b.Dx()*at.X/4, b.Min.Y+b.Dy()*at.Y/4).RGBA()
		switch high := [3]bool{r > 0x8000, g > 0x8000, bl > 0x8000}; high {
		case [3]bool{true, false, false}:
			out.WriteByte('R')
		case [3]bool{false, true, false}:
			out.WriteByte('G')
		case [3]bool{false, false, true}:
			out.WriteByte('B')
		case [3]bool{true, true, true}:
			out.WriteByte('W')
		default:
			out.WriteByte('?')
		}
	}
	return out.String()
}

func TestImagesAreStoredUprightAndBare(t *testing.T) {
	// What an upright reader sees of red, green, blue, white at each orientation (CIPA DC-008, tag 274).
	upright := map[byte]string{1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}
	flat := corners(96, 64)
	colour := func(img image.Image) []byte { return jpegOf(t, img) }
	sources := map[string]func(byte) []byte{
		"jpeg": func(o byte) []byte { return withExif(colour(flat), o) },
		"png":  func(o byte) []byte { return withChunk(pngOf(t, flat), "eXIf", exif(o)) },
	}
	for kind, source := range sources {
		for o, want := range upright {
			checked, err := Document("foto", source(o))
			if err != nil {
				t.Fatalf("%s %d: %v", kind, o, err)
			}
			img, err := jpeg.Decode(bytes.NewReader(checked.Body))
			if err != nil {
				t.Fatal(err)
			}
			if got := quarters(img); got != want {
				t.Errorf("%s with orientation %d shows %s, want %s", kind, o, got, want)
			}
			w, h := 96, 64
			if o >= 5 {
				w, h = h, w
			}
			if checked.MIME != "image/jpeg" || checked.Width != w || checked.Height != h || img.Bounds().Dx() != w {
				t.Errorf("%s %d: %s of %d by %d", kind, o, checked.MIME, checked.Width, checked.Height)
			}
			if bytes.Contains(checked.Body, []byte("KAMERAKU")) || bytes.Contains(checked.Body, []byte("Exif")) {
				t.Errorf("%s %d keeps its EXIF", kind, o)
			}
		}
	}
}

func TestEveryKindOfPixel(t *testing.T) {
	rect := image.Rect(0, 0, 17, 9) // odd sides: the chroma planes are rounded up
	subsampled := func(ratio image.YCbCrSubsampleRatio) image.Image { return image.NewYCbCr(rect, ratio) }
	for name, img := range map[string]image.Image{
		"gray": image.NewGray(rect), "gray16": image.NewGray16(rect), "nrgba": image.NewNRGBA(rect),
		"nrgba64": image.NewNRGBA64(rect), "rgba64": image.NewRGBA64(rect), "cmyk": image.NewCMYK(rect),
		"paletted": image.NewPaletted(rect, color.Palette{color.Transparent, color.Black}),
		"444":      subsampled(image.YCbCrSubsampleRatio444), "422": subsampled(image.YCbCrSubsampleRatio422),
		"420": subsampled(image.YCbCrSubsampleRatio420), "440": subsampled(image.YCbCrSubsampleRatio440),
		"411": subsampled(image.YCbCrSubsampleRatio411), "410": subsampled(image.YCbCrSubsampleRatio410),
		"alpha": image.NewNYCbCrA(rect, image.YCbCrSubsampleRatio420),
	} {
		for turn := 1; turn <= 8; turn++ {
			w, h := 17, 9
			if turn >= 5 {
				w, h = h, w
			}
			turned := upright(img, turn)
			if b := turned.Bounds(); b != image.Rect(0, 0, w, h) {
				t.Errorf("%s turned %d is %v", name, turn, b)
			}
			if len(jpegOf(t, turned)) == 0 {
				t.Errorf("%s turned %d cannot be written", name, turn)
			}
		}
	}
}

func TestTransparencyIsLaidOnWhite(t *testing.T) {
	checked, err := Document("tangkapan.png", pngOf(t, image.NewNRGBA(image.Rect(0, 0, 16, 16))))
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(checked.Body))
	if err != nil {
		t.Fatal(err)
	}
	if got := quarters(img); got != "WWWW" {
		t.Errorf("nothing shows as %s", got)
	}
}

func TestWebPIsRead(t *testing.T) {
	checked, err := Document("stiker.webp", webpOf(t))
	if err != nil || checked.MIME != "image/jpeg" || checked.Width != 1 {
		t.Errorf("got %s, %d wide, %v", checked.MIME, checked.Width, err)
	}
}

func TestTheBytesDecideNotTheName(t *testing.T) {
	if checked, err := Document("kartu.pdf", jpegOf(t, corners(8, 8))); err != nil || checked.MIME != "image/jpeg" {
		t.Errorf("a JPEG named pdf: %s, %v", checked.MIME, err)
	}
	if _, err := Document("kartu.jpg", []byte("bukan gambar")); code(err) != "document.kind" {
		t.Errorf("a text named jpg: %v", err)
	}
}

func TestPDFsStayAsTheyAre(t *testing.T) {
	body := []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n")
	checked, err := Document("kk.pdf", body)
	if err != nil || checked.MIME != "application/pdf" || !bytes.Equal(checked.Body, body) {
		t.Errorf("got %s, %v", checked.MIME, err)
	}
	if _, err := Document("kk.pdf", body[:20]); code(err) != "document.broken" {
		t.Errorf("half a PDF: %v", err)
	}
}

func TestUnfitDocumentsAreRefused(t *testing.T) {
	photo := jpegOf(t, corners(64, 64))
	shot := pngOf(t, corners(64, 64))
	animated := slices.Concat([]byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02"), make([]byte, 9))
	manyScans := slices.Concat(photo[:len(photo)-2], bytes.Repeat([]byte("\xff\xda\x00\x02\x00"), maxScans), photo[len(photo)-2:])
	for name, test := range map[string]struct {
		body []byte
		want string
	}{
		"nothing":           {nil, "document.empty"},
		"too many bytes":    {make([]byte, MaxBytes+1), "document.bytes"},
		"a GIF":             {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "document.kind"},
		"a TIFF":            {exif(1), "document.kind"},
		"an animated WebP":  {animated, "document.kind"},
		"an animated PNG":   {withChunk(shot, "acTL", make([]byte, 8)), "document.kind"},
		"a PNG of 225 MP":   {bomb(t, 15_000, 15_000, 8), "document.pixels"},
		"a PNG of 40.001MP": {bomb(t, 40_001, 1_000, 8), "document.pixels"},
		"36 MP in 16 bits":  {bomb(t, 6_000, 6_000, 16), "document.pixels"},
		"a line too long":   {bomb(t, 70_000, 10, 8), "document.pixels"},
		"a header only":     {bomb(t, 4_000, 3_000, 8), "document.broken"},
		"endless scans":     {manyScans, "document.broken"},
		"half a JPEG":       {photo[:len(photo)/2], "document.broken"},
		"half a PNG":        {shot[:len(shot)/2], "document.broken"},
		"half a WebP":       {webpOf(t)[:24], "document.broken"},
	} {
		checked, err := Document("berkas.heic", test.body)
		if got := code(err); got != test.want || checked.Body != nil {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
		checkArgs(t, err)
	}
}

// bomb is a PNG that says how large it is and has no pixels.
func bomb(t testing.TB, w, h uint32, depth byte) []byte {
	t.Helper()
	body := pngOf(t, image.NewRGBA(image.Rect(0, 0, 1, 1)))[:33]
	binary.BigEndian.PutUint32(body[16:], w)
	binary.BigEndian.PutUint32(body[20:], h)
	body[24] = depth
	binary.BigEndian.PutUint32(body[29:], crc32.ChecksumIEEE(body[12:29]))
	return body
}

func TestTheKindIsNamed(t *testing.T) {
	for name, want := range map[string]string{"a.heic": "HEIC", "a.b.docx": "DOCX", "a": "?", "": "?", "a.<b>": "?", "a.panjang": "?"} {
		_, err := Document(name, []byte("?"))
		var problem *Problem
		if !errors.As(err, &problem) || problem.Args["kind"] != want {
			t.Errorf("%q: got %v", name, problem)
		}
	}
}

func TestEveryBrokenEndIsRefused(t *testing.T) {
	for kind, body := range map[string][]byte{"jpeg": jpegOf(t, corners(24, 24)), "png": pngOf(t, corners(24, 24))} {
		// The last chunk of a PNG says only that it is over.
		for n := 12; n < len(body)-12; n++ {
			if _, err := Document("", body[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes are taken for a document", kind, n, len(body))
			}
		}
	}
}

// Phones put a film behind a photo, and scanners leave stray bytes between segments: both are read, neither is kept.
func TestWhatIsNoImageIsDropped(t *testing.T) {
	photo := jpegOf(t, corners(24, 24))
	film := []byte("\xff\xda\x00\x02ftypmp42")
	for name, body := range map[string][]byte{
		"a film behind": slices.Concat(photo, bytes.Repeat(film, 2*maxScans)),
		"stray bytes":   slices.Concat(photo[:2], []byte("\xff\xe1\x00\x04AB\x00\x00"), photo[2:]),
	} {
		checked, err := Document("foto.jpg", body)
		if err != nil || bytes.Contains(checked.Body, []byte("ftyp")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADecoderThatPanicsFoundABrokenFile(t *testing.T) {
	panicking := jpegFormat
	panicking.read = func(*bytes.Reader) (image.Image, error) { panic("index out of range") }
	if _, err := rewrite(jpegOf(t, corners(8, 8)), panicking); code(err) != "document.broken" {
		t.Errorf("got %v", err)
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(withExif(jpegOf(f, corners(24, 16)), 6))
	f.Add(pngOf(f, corners(24, 16)))
	f.Add(withChunk(pngOf(f, corners(8, 8)), "eXIf", exif(8)))
	f.Add(webpOf(f))
	f.Add([]byte("%PDF-1.7\n%%EOF"))
	f.Fuzz(func(t *testing.T, body []byte) {
		// A flat image of 40 megapixels is small in bytes and slow to fuzz.
		if config, _, err := image.DecodeConfig(bytes.NewReader(body)); err == nil && config.Width*config.Height > 1<<20 {
			return
		}
		checked, err := Document("foto.jpg", body)
		if err != nil {
			checkArgs(t, err)
			if code(err) == "" {
				t.Errorf("no problem: %v", err)
			}
			return
		}
		again, err := Document("", checked.Body)
		if err != nil || again.MIME != checked.MIME || again.Width != checked.Width || again.Height != checked.Height {
			t.Errorf("stored %s of %d by %d, read %s of %d by %d, %v", checked.MIME, checked.Width, checked.Height,
				again.MIME, again.Width, again.Height, err)
		}
	})
}

func BenchmarkDocument(b *testing.B) {
	photo := withExif(jpegOf(b, corners(1600, 1200)), 6)
	b.SetBytes(int64(len(photo)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Document("foto.jpg", photo); err != nil {
			b.Fatal(err)
		}
	}
}
