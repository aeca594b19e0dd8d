package whatsapp

import (
	"context"

	"go.mau.fi/whatsmeow"
	wastore "go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"sapa/dialog"
)

// An identity key is made when WhatsApp is installed on a phone. Where somebody's is another than before, they have a new
// phone, or their number has a new owner: until they have said who they are, nobody may see what is theirs.
//
// WhatsApp tells of it (events.IdentityChange), or the next message gives it away (the same event, Implicit; whatsmeow
// takes the new key by itself, AutoTrustIdentity). Both events come beside the messages and may come behind the one that
// matters. So it is noted where the old key is dropped (veiledIdentities), before the new one is used; a message under it
// finds the doubt on disk. The event then tells of the person's other address.

// doubt has the store doubt who has a user's number or LID: which of them it is does not show in an address of Signal's. The
// line's own phone and devices are nobody to it. It may be called inside a transaction of whatsmeow's, and so asks nothing
// of its database.
func (l *Lines) doubt(ctx context.Context, device *wastore.Device, user string) error {
	if user == "" || user == device.GetJID().User || user == device.GetLID().User {
		return nil
	}
	for _, server := range []string{types.DefaultUserServer, types.HiddenUserServer} {
		of := address(types.NewJID(user, server))
		if err := l.Store.Doubt(context.WithoutCancel(ctx), of, dialog.DoubtIdentity); err != nil {
			return err
		}
	}
	return nil
}

// changedHands has the store doubt who has somebody's other address: the number behind a LID, the LID behind a number.
func (l *line) changedHands(client *whatsmeow.Client, who types.JID) {
	other, err := l.otherAddress(who.ToNonAD())
	if err == nil {
		err = l.lines.doubt(l.ctx, client.Store, other.User)
	}
	if err != nil {
		l.log.Error().Err(err).Msg("identity.undoubted")
	}
}
