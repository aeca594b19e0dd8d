package whatsapp

import (
	"context"
	"errors"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// seals notes for which phones, by their addresses of Signal's, a message was sealed while it was sent.
//
// whatsmeow leaves out a phone for which it cannot seal a message, and calls it sent all the same. That happens where
// somebody's phone becomes another one while a send to the old one is under way: it writes back the session that it began
// with, over the new phone's. From then on libsignal refuses to seal, for the key of that session is not the trusted one.
type seals map[string]bool

type sealsKey struct{}

// errUnsealed says that a message went out, but not to the phone it is for.
var errUnsealed = errors.New("the message could not be sealed for the phone, which may be another one now")

// in has what is sealed under a context noted.
func (s seals) in(ctx context.Context) context.Context { return context.WithValue(ctx, sealsKey{}, s) }

// noteSeal notes whether the key of a phone was trusted and then kept. Sealing ends with this (libsignal's Cipher.Encrypt);
// beginning a session does it too, before (Builder.ProcessBundle), so the last word counts.
func noteSeal(ctx context.Context, address string, sealed bool) {
	if s, ok := ctx.Value(sealsKey{}).(seals); ok {
		s[address] = sealed
	}
}

// check gives errUnsealed unless the message was sealed for somebody's phone; what their other devices got does not count.
// The session is dropped then, and the next try begins one with the keys that WhatsApp gives for the phone. The trusted key
// stays: should another one come, that has to be noticed.
func (s seals) check(ctx context.Context, client *whatsmeow.Client, of types.JID) error {
	phone := of.ToNonAD().SignalAddress().String()
	if s[phone] {
		return nil
	}
	return errors.Join(errUnsealed, client.Store.Sessions.DeleteSession(ctx, phone))
}
