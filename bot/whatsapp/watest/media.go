package watest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// blob is a file on WhatsApp's media servers: encrypted under a key that only
// the message carries.
type blob struct {
	path   string // without the query
	sealed []byte
	key    []byte // nil for what our client uploaded
	plain  []byte
	kind   whatsmeow.MediaType
	status int // of every download, 0 for success
	times  int // how many downloads fail; -1 for all
}

const (
	mediaHost = "mmg.whatsapp.net"
	mediaAuth = "watest-auth"
)

// mediaHosts answers where media is stored.
func mediaHosts() waBinary.Node {
	return waBinary.Node{
		Tag:     "media_conn",
		Attrs:   waBinary.Attrs{"auth": mediaAuth, "ttl": "300", "auth_ttl": "21600", "max_buckets": "12"},
		Content: []waBinary.Node{{Tag: "host", Attrs: waBinary.Attrs{"hostname": mediaHost, "type": "primary"}}},
	}
}

// store encrypts a file a person sends and uploads it.
func (s *Server) store(plain []byte, kind whatsmeow.MediaType) *blob {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	b := &blob{path: "/v/t62/" + s.nextID("m"), sealed: sealMedia(plain, key, kind), key: key, plain: plain, kind: kind}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media[b.path] = b
	return b
}

// mediaKeys expands a file's key (HKDF, with the kind of file as info).
func mediaKeys(key []byte, kind whatsmeow.MediaType) (iv, cipherKey, macKey []byte) {
	out := must(hkdf.Key(sha256.New, key, nil, string(kind), 112))
	return out[:16], out[16:48], out[48:80]
}

// sealMedia encrypts with AES-CBC and appends ten bytes of HMAC.
func sealMedia(plain, key []byte, kind whatsmeow.MediaType) []byte {
	iv, cipherKey, macKey := mediaKeys(key, kind)
	n := aes.BlockSize - len(plain)%aes.BlockSize
	sealed := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(n)}, n)...)
	cipher.NewCBCEncrypter(must(aes.NewCipher(cipherKey)), iv).CryptBlocks(sealed, sealed)
	return append(sealed, mediaMAC(macKey, iv, sealed)...)
}

func mediaMAC(key, iv, sealed []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(iv)
	mac.Write(sealed)
	return mac.Sum(nil)[:10]
}

// sentFile is what messages say of a file they carry.
type sentFile interface {
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileEncSHA256() []byte
	GetFileSHA256() []byte
	GetFileLength() uint64
}

// openMedia is a phone downloading and opening what our client sent. It checks all that the message says of the file.
func (s *Server) openMedia(file sentFile, kind whatsmeow.MediaType) ([]byte, error) {
	b := s.stored(file.GetDirectPath())
	if b == nil {
		return nil, fmt.Errorf("no file at %s", file.GetDirectPath())
	}
	if sum := sha256.Sum256(b.sealed); !bytes.Equal(sum[:], file.GetFileEncSHA256()) {
		return nil, errors.New("the sealed file's hash is wrong")
	}
	plain, err := unsealMedia(b.sealed, file.GetMediaKey(), kind)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(plain); !bytes.Equal(sum[:], file.GetFileSHA256()) {
		return nil, errors.New("the file's hash is wrong")
	}
	if file.GetFileLength() != uint64(len(plain)) {
		return nil, fmt.Errorf("the file has %d bytes, the message says %d", len(plain), file.GetFileLength())
	}
	return plain, nil
}

// unsealMedia is the reverse of sealMedia.
func unsealMedia(whole, key []byte, kind whatsmeow.MediaType) ([]byte, error) {
	n := len(whole) - 10
	if n < aes.BlockSize || n%aes.BlockSize != 0 {
		return nil, errors.New("the file is no whole number of blocks")
	}
	iv, cipherKey, macKey := mediaKeys(key, kind)
	sealed, mac := whole[:n], whole[n:]
	if !hmac.Equal(mac, mediaMAC(macKey, iv, sealed)) {
		return nil, errors.New("the file's MAC is wrong")
	}
	plain := make([]byte, n)
	cipher.NewCBCDecrypter(must(aes.NewCipher(cipherKey)), iv).CryptBlocks(plain, sealed)
	return plain[:n-int(plain[n-1])], nil
}

func (s *Server) stored(path string) *blob {
	path, _, _ = strings.Cut(path, "?")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.media[path]
}

// upload takes a file from our client: POST /mms/<kind>/<hash>, or its deletion.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("auth") != mediaAuth {
		http.Error(w, "not authorised", http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodDelete {
		return
	}
	s.mu.Lock()
	s.uploads++
	status := s.uploadFails.status
	if s.uploadFails.times--; s.uploadFails.times < 0 {
		status = 0
	}
	s.mu.Unlock()
	if status != 0 {
		http.Error(w, "not now", status)
		return
	}
	sealed, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	hash := sha256.Sum256(sealed)
	if !strings.HasSuffix(r.URL.Path, base64.URLEncoding.EncodeToString(hash[:])) {
		http.Error(w, "the token is not the file's hash", http.StatusBadRequest)
		return
	}
	path := "/v/t62/" + s.nextID("m")
	s.mu.Lock()
	s.media[path] = &blob{path: path, sealed: sealed}
	s.mu.Unlock()
	direct := path + "?ccb=1"
	_ = json.NewEncoder(w).Encode(map[string]string{"url": "https://" + mediaHost + direct, "direct_path": direct, "handle": "watest"})
}

// download hands a file to our client, or fails as the test wishes.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b := s.media[r.URL.Path]
	status := http.StatusOK
	var sealed []byte
	switch {
	case b == nil:
		status = http.StatusNotFound
	case b.times != 0:
		status = b.status
		b.times = max(b.times-1, -1)
	default:
		sealed = b.sealed
	}
	s.mu.Unlock()
	if status != http.StatusOK {
		http.Error(w, "no file for you", status)
		return
	}
	_, _ = w.Write(sealed)
}

// FailUploads makes the next uploads of our clients, so many of them, fail with an HTTP status.
func (s *Server) FailUploads(status, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploadFails.status, s.uploadFails.times = status, times
}

// Uploads counts the files that our clients have uploaded, or tried to.
func (s *Server) Uploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.uploads
}

// FailMedia makes each download of the message's file fail with an HTTP status
// (403, 404 and 410 are WhatsApp's ways to say that it is gone) until the
// sender's phone uploads it again; times > 0 makes only so many fail.
func (s *Server) FailMedia(m *Message, status, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.blob.status = status
	if m.blob.times = times; times <= 0 {
		m.blob.times = -1
	}
}

// ReplaceMedia puts other bytes where the message's file is stored, as they
// stand: a damaged file, or one far longer than the message says.
func (s *Server) ReplaceMedia(m *Message, raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.blob.sealed = raw
}

// DropMedia makes the sender's phone lose the message's file: it can't upload it
// again either.
func (s *Server) DropMedia(m *Message) {
	s.FailMedia(m, http.StatusGone, 0)
	s.mu.Lock()
	defer s.mu.Unlock()
	m.blob.plain = nil
}

// Downloads of every kind of message share these fields.

func (b *blob) direct() *string { return proto.String(b.path + "?ccb=1") }
func (b *blob) size() *uint64   { return proto.Uint64(uint64(len(b.plain))) }
func (b *blob) hash() []byte    { h := sha256.Sum256(b.plain); return h[:] }
func (b *blob) encHash() []byte { h := sha256.Sum256(b.sealed); return h[:] }

func (b *blob) image(caption string) *waE2E.ImageMessage {
	m := &waE2E.ImageMessage{
		DirectPath: b.direct(), MediaKey: b.key, FileSHA256: b.hash(), FileEncSHA256: b.encHash(), FileLength: b.size(),
		Mimetype: proto.String(http.DetectContentType(b.plain)),
	}
	if caption != "" {
		m.Caption = proto.String(caption)
	}
	return m
}

func (b *blob) document(name, mime string) *waE2E.DocumentMessage {
	return &waE2E.DocumentMessage{
		DirectPath: b.direct(), MediaKey: b.key, FileSHA256: b.hash(), FileEncSHA256: b.encHash(), FileLength: b.size(),
		Mimetype: proto.String(mime), FileName: proto.String(name), Title: proto.String(name),
	}
}

func (b *blob) audio() *waE2E.AudioMessage {
	return &waE2E.AudioMessage{
		DirectPath: b.direct(), MediaKey: b.key, FileSHA256: b.hash(), FileEncSHA256: b.encHash(), FileLength: b.size(),
		Mimetype: proto.String("audio/ogg; codecs=opus"), Seconds: proto.Uint32(4),
	}
}

func (b *blob) video(caption string) *waE2E.VideoMessage {
	m := &waE2E.VideoMessage{
		DirectPath: b.direct(), MediaKey: b.key, FileSHA256: b.hash(), FileEncSHA256: b.encHash(), FileLength: b.size(),
		Mimetype: proto.String("video/mp4"), Seconds: proto.Uint32(4),
	}
	if caption != "" {
		m.Caption = proto.String(caption)
	}
	return m
}

func (b *blob) sticker() *waE2E.StickerMessage {
	return &waE2E.StickerMessage{
		DirectPath: b.direct(), MediaKey: b.key, FileSHA256: b.hash(), FileEncSHA256: b.encHash(), FileLength: b.size(),
		Mimetype: proto.String("image/webp"),
	}
}
