package watest_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

var picture = append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("ktp"), 400)...)

func TestFilesBothWays(t *testing.T) {
	_, line, siti, client := setting(t)
	siti.SendsImage(line, picture, "KTP saya")
	image := client.hearMessage().Message.GetImageMessage()
	if data, err := client.Download(t.Context(), image); err != nil || !bytes.Equal(data, picture) || image.GetCaption() != "KTP saya" {
		t.Errorf("image of %d bytes, caption %q, %v", len(data), image.GetCaption(), err)
	}
	siti.SendsDocument(line, "kk.pdf", "application/pdf", []byte("%PDF-1.4"), "KK")
	got := client.hearMessage()
	document := got.Message.GetDocumentMessage()
	if data, err := client.Download(t.Context(), document); err != nil || string(data) != "%PDF-1.4" || !got.IsDocumentWithCaption || document.GetCaption() != "KK" {
		t.Errorf("document %q: %v", data, err)
	}
	siti.SendsImageOnce(line, picture, "")
	if got = client.hearMessage(); !got.IsViewOnce || got.Message.GetImageMessage() == nil {
		t.Errorf("view once: %v", got.Message)
	}
	album := siti.SendsAlbum(line, picture, []byte("\x89PNG two"))
	if got := client.hearMessage().Message.GetAlbumMessage(); got.GetExpectedImageCount() != 2 {
		t.Errorf("album: %v", got)
	}
	for range 2 {
		got := client.hearMessage().Message
		if got.GetMessageContextInfo().GetMessageAssociation().GetParentMessageKey().GetID() != album[0].ID {
			t.Errorf("a picture of no album: %v", got)
		}
	}

	up, err := client.Upload(t.Context(), []byte("%PDF kartu"), whatsmeow.MediaDocument)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = client.SendMessage(t.Context(), siti.LID(), &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256,
		FileSHA256: up.FileSHA256, FileLength: &up.FileLength, FileName: proto.String("kartu.pdf"),
	}}); err != nil {
		t.Fatal(err)
	}
	if data, err := siti.Reads().Media(); err != nil || string(data) != "%PDF kartu" {
		t.Errorf("she opened %q: %v", data, err)
	}
}

func TestAPhoneChecksTheFileItIsSent(t *testing.T) {
	wa, _, siti, client := setting(t)
	wa.FailUploads(http.StatusServiceUnavailable, 1)
	if _, err := client.Upload(t.Context(), picture, whatsmeow.MediaDocument); err == nil {
		t.Error("an upload that the server refused")
	}
	up, err := client.Upload(t.Context(), picture, whatsmeow.MediaDocument)
	if err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*waE2E.DocumentMessage){
		"the key":               func(d *waE2E.DocumentMessage) { d.MediaKey[0] ^= 1 },
		"the hash":              func(d *waE2E.DocumentMessage) { d.FileSHA256[0] ^= 1 },
		"the sealed hash":       func(d *waE2E.DocumentMessage) { d.FileEncSHA256[0] ^= 1 },
		"the length":            func(d *waE2E.DocumentMessage) { *d.FileLength++ },
		"nothing":               func(*waE2E.DocumentMessage) {},
		"the place of the file": func(d *waE2E.DocumentMessage) { d.DirectPath = proto.String("/v/t62/elsewhere") },
	} {
		d := &waE2E.DocumentMessage{
			DirectPath: proto.String(up.DirectPath), MediaKey: bytes.Clone(up.MediaKey), FileLength: proto.Uint64(up.FileLength),
			FileEncSHA256: bytes.Clone(up.FileEncSHA256), FileSHA256: bytes.Clone(up.FileSHA256),
		}
		spoil(d)
		if _, err := client.SendMessage(t.Context(), siti.LID(), &waE2E.Message{DocumentMessage: d}); err != nil {
			t.Fatal(err)
		}
		if _, err := siti.Reads().Media(); (err == nil) != (what == "nothing") {
			t.Errorf("with %s spoiled: %v", what, err)
		}
	}
	if n := wa.Uploads(); n != 2 {
		t.Errorf("%d uploads", n)
	}
}

func TestAFileThatIsGoneIsUploadedAgain(t *testing.T) {
	wa, line, siti, client := setting(t)
	for status, want := range map[int]error{
		403: whatsmeow.ErrMediaDownloadFailedWith403,
		404: whatsmeow.ErrMediaDownloadFailedWith404,
		410: whatsmeow.ErrMediaDownloadFailedWith410,
	} {
		msg := siti.SendsImage(line, picture, "")
		got := client.hearMessage()
		image := got.Message.GetImageMessage()
		wa.FailMedia(msg, status, 0)
		if _, err := client.Download(t.Context(), image); !errors.Is(err, want) {
			t.Errorf("%d: %v", status, err)
		}
		if err := client.SendMediaRetryReceipt(t.Context(), &got.Info, image.GetMediaKey()); err != nil {
			t.Fatal(err)
		}
		answer, err := whatsmeow.DecryptMediaRetryNotification(hear[*events.MediaRetry](client), image.GetMediaKey())
		if err != nil || answer.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS {
			t.Fatalf("%d: %v, %v", status, answer, err)
		}
		image.DirectPath = answer.DirectPath
		if data, err := client.Download(t.Context(), image); err != nil || !bytes.Equal(data, picture) {
			t.Errorf("%d: %d bytes, %v", status, len(data), err)
		}
	}
}

func TestAFileThatIsLostForGood(t *testing.T) {
	wa, line, siti, client := setting(t)
	msg := siti.SendsImage(line, picture, "")
	got := client.hearMessage()
	wa.DropMedia(msg)
	if err := client.SendMediaRetryReceipt(t.Context(), &got.Info, got.Message.GetImageMessage().GetMediaKey()); err != nil {
		t.Fatal(err)
	}
	_, err := whatsmeow.DecryptMediaRetryNotification(hear[*events.MediaRetry](client), got.Message.GetImageMessage().GetMediaKey())
	if !errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone) {
		t.Errorf("answered with %v", err)
	}
}

func TestBadFiles(t *testing.T) {
	wa, line, siti, client := setting(t)
	msg := siti.SendsImage(line, picture, "")
	image := client.hearMessage().Message.GetImageMessage()
	wa.FailMedia(msg, 503, 1)
	if data, err := client.Download(t.Context(), image); err != nil || !bytes.Equal(data, picture) {
		t.Errorf("after one 503: %v", err)
	}
	wa.ReplaceMedia(msg, bytes.Repeat([]byte("x"), 1<<20))
	if _, err := client.Download(t.Context(), image); !errors.Is(err, whatsmeow.ErrInvalidMediaEncSHA256) && !errors.Is(err, whatsmeow.ErrInvalidMediaHMAC) {
		t.Errorf("other bytes: %v", err)
	}
}
