package whatsapp

import (
	"context"
	"errors"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"sapa/bot"
)

// uploadWithin bounds one try to bring a file to WhatsApp's media hosts. Other replies go out meanwhile.
const uploadWithin = time.Minute

// upload brings a reply's file to WhatsApp's media hosts, sealed under a key of its own, and gives what the message
// then says of it; nil where the reply has none. A reply that is tried again finds what was uploaded for it before.
func (l *line) upload(ctx context.Context, client *whatsmeow.Client, out bot.Outbound) (*waE2E.DocumentMessage, error) {
	if out.File == nil {
		return nil, nil
	}
	l.mu.Lock()
	file := l.uploads[out.ID]
	l.mu.Unlock()
	if file != nil {
		return file, nil
	}
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	up, err := client.Upload(ctx, out.File.Body, whatsmeow.MediaDocument)
	switch {
	case err == nil:
	case !client.IsConnected():
		l.dropped(client)
		return nil, bot.ErrDown
	default: // whatsmeow's words hold the whole address, which whoever has it may upload to
		return nil, errors.New("the file could not be uploaded: " + kind(err))
	}
	file = &waE2E.DocumentMessage{
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
		FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
		FileName: &out.File.Name, Title: &out.File.Name, Mimetype: &out.File.MIME,
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.uploads) >= remembered {
		clear(l.uploads)
	}
	l.uploads[out.ID] = file
	return file, nil
}

// upload brings the file of a reply that was sent to WhatsApp's media hosts once more.
func (l *Lines) upload(ctx context.Context, out bot.Outbound) (*waE2E.DocumentMessage, error) {
	if out.File == nil {
		return nil, nil
	}
	ln, err := l.line(out.Line)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	client := ln.receiving(ctx)
	if client == nil {
		return nil, bot.ErrDown
	}
	return ln.upload(ctx, client, out)
}

// captioned is a file with words below it, wrapped as phones do it: without that some show the file and no words.
func captioned(file *waE2E.DocumentMessage, words string, info *waE2E.ContextInfo) *waE2E.Message {
	file = proto.CloneOf(file)
	file.ContextInfo = info
	m := &waE2E.Message{DocumentMessage: file}
	if words == "" {
		return m
	}
	file.Caption = proto.String(words)
	return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: m}}
}
