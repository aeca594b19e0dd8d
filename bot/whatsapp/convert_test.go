package whatsapp

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

var (
	siti     = types.NewJID("170000000000001", types.HiddenUserServer)
	sitiTel  = types.NewJID("6281200000001", types.DefaultUserServer)
	direct   = types.MessageSource{Chat: siti, Sender: siti, SenderAlt: sitiTel}
	ownChat  = types.MessageSource{Chat: siti, Sender: types.NewJID("170000000000009", types.HiddenUserServer), IsFromMe: true, RecipientAlt: sitiTel}
	halo     = &waE2E.Message{Conversation: proto.String("halo")}
	picture  = &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("KTP saya"), Mimetype: proto.String("image/jpeg"), FileLength: proto.Uint64(7)}}
	document = &waE2E.DocumentMessage{FileName: proto.String("kk.pdf"), Caption: proto.String("kk.pdf"), Mimetype: proto.String("application/pdf")}
)

func wrapped(m *waE2E.Message) *waE2E.FutureProofMessage {
	return &waE2E.FutureProofMessage{Message: m}
}

func TestWhatAMessageIsToUs(t *testing.T) {
	for _, c := range []struct {
		name    string
		message *waE2E.Message
		kind    hearing
		text    string
		unread  string
	}{
		{"text", halo, said, "halo", ""},
		{"text with a link", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("lihat")}}, said, "lihat", ""},
		{"a pressed button", &waE2E.Message{ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{Response: &waE2E.ButtonsResponseMessage_SelectedDisplayText{SelectedDisplayText: "Ya"}}}, said, "Ya", ""},
		{"a chosen row", &waE2E.Message{ListResponseMessage: &waE2E.ListResponseMessage{Title: proto.String("Kelas 1")}}, said, "Kelas 1", ""},
		{"disappearing", &waE2E.Message{EphemeralMessage: wrapped(halo)}, said, "halo", ""},
		{"wrapped twice", &waE2E.Message{ViewOnceMessage: wrapped(&waE2E.Message{EphemeralMessage: wrapped(picture)})}, said, "KTP saya", ""},
		{"a picture", picture, said, "KTP saya", ""},
		{"a picture to view once", &waE2E.Message{ViewOnceMessageV2: wrapped(picture)}, said, "KTP saya", ""},
		{"a document whose caption is its name", &waE2E.Message{DocumentMessage: document}, said, "", ""},
		{"a document with a caption", &waE2E.Message{DocumentWithCaptionMessage: wrapped(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Caption: proto.String("ini KK")}})}, said, "ini KK", ""},
		{"the head of an album", &waE2E.Message{AlbumMessage: &waE2E.AlbumMessage{ExpectedImageCount: proto.Uint32(3)}}, album, "", ""},
		{"a voice note", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{}}, other, "", "voice"},
		{"a video", &waE2E.Message{VideoMessage: &waE2E.VideoMessage{}}, other, "", "video"},
		{"a round video", &waE2E.Message{PtvMessage: &waE2E.VideoMessage{}}, other, "", "video"},
		{"a place", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{}}, other, "", "location"},
		{"a moving place", &waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{}}, other, "", "location"},
		{"a contact", &waE2E.Message{ContactMessage: &waE2E.ContactMessage{}}, other, "", "contact"},
		{"a poll", &waE2E.Message{PollCreationMessageV3: &waE2E.PollCreationMessage{}}, other, "", "poll"},
		{"an invitation", &waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{}}, other, "", "unknown"},
		{"a revoke", &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: &waCommon.MessageKey{}}}, silence, "", ""},
		{"a sticker", &waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}, silence, "", ""},
		{"a reaction", &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{}}, silence, "", ""},
		{"a vote", &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{}}, silence, "", ""},
		{"keys of a group", &waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}}, silence, "", ""},
		{"nothing", &waE2E.Message{}, silence, "", ""},
		{"how long messages stay", &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum(), EphemeralExpiration: proto.Uint32(60)}}, expiry, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := convert("chika", &events.Message{Info: types.MessageInfo{ID: "A1", MessageSource: direct}, RawMessage: c.message})
			if h.kind != c.kind || h.in.Text != c.text || h.in.Unread != c.unread || h.in.Edits != "" {
				t.Errorf("kind %d, text %q, unread %q; want %d, %q, %q", h.kind, h.in.Text, h.in.Unread, c.kind, c.text, c.unread)
			}
			if h.kind != silence && (h.in.From != "170000000000001@lid" || h.in.Phone != "+6281200000001" || h.in.ID != "A1") {
				t.Errorf("from %q, phone %q, ID %q", h.in.From, h.in.Phone, h.in.ID)
			}
		})
	}
}

func TestWhatAnEditChanges(t *testing.T) {
	key := &waCommon.MessageKey{ID: proto.String("A0"), FromMe: proto.Bool(true)}
	edit := func(m *waE2E.Message) *waE2E.Message {
		return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: key, EditedMessage: m,
		}}
	}
	sealed := func(as waE2E.SecretEncryptedMessage_SecretEncType) *waE2E.Message {
		return &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{TargetMessageKey: key, SecretEncType: as.Enum()}}
	}
	for _, c := range []struct {
		name    string
		message *waE2E.Message
		kind    hearing
		edits   string
		text    string
	}{
		{"open", edit(halo), said, "A0", "halo"},
		{"wrapped", &waE2E.Message{EditedMessage: wrapped(edit(halo))}, said, "A0", "halo"},
		{"where messages disappear", &waE2E.Message{EphemeralMessage: wrapped(edit(&waE2E.Message{EphemeralMessage: wrapped(halo)}))}, said, "A0", "halo"},
		{"of a caption", edit(picture), said, "A0", "KTP saya"},
		{"sealed for good", sealed(waE2E.SecretEncryptedMessage_MESSAGE_EDIT), said, "A0", ""},
		{"of a poll", sealed(waE2E.SecretEncryptedMessage_POLL_EDIT), silence, "", ""},
		{"of nothing", &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: halo}}, silence, "", ""},
	} {
		h := convert("chika", &events.Message{Info: types.MessageInfo{ID: "A1", MessageSource: direct}, RawMessage: c.message})
		if h.kind != c.kind || h.in.Edits != c.edits || h.in.Text != c.text || h.in.Media != nil {
			t.Errorf("%s: kind %d, edits %q to %q; want %d, %q, %q", c.name, h.kind, h.in.Edits, h.in.Text, c.kind, c.edits, c.text)
		}
	}
}

func TestWhoIsNotHeard(t *testing.T) {
	group := types.NewJID("120363000000000001", types.GroupServer)
	for name, src := range map[string]types.MessageSource{
		"a group":              {Chat: group, Sender: siti, IsGroup: true},
		"a status":             {Chat: types.StatusBroadcastJID, Sender: siti, IsGroup: true},
		"a broadcast list":     {Chat: types.NewJID("1", types.BroadcastServer), Sender: siti, IsGroup: true},
		"a channel":            {Chat: types.NewJID("1", types.NewsletterServer), Sender: types.NewJID("1", types.NewsletterServer)},
		"WhatsApp's assistant": {Chat: types.NewJID("867051314767696", types.BotServer), Sender: types.NewJID("867051314767696", types.BotServer)},
		"WhatsApp itself":      {Chat: types.NewJID("0", types.DefaultUserServer), Sender: types.NewJID("0", types.DefaultUserServer)},
		"nobody":               {},
	} {
		if h := convert("chika", &events.Message{Info: types.MessageInfo{MessageSource: src}, RawMessage: halo}); h.kind != silence {
			t.Errorf("%s is heard: %d", name, h.kind)
		}
	}
}

func TestAPersonHasOneAddress(t *testing.T) {
	linked := siti
	linked.Device = 7 // from their computer
	for _, c := range []struct {
		name        string
		src         types.MessageSource
		from, phone string
	}{
		{"as LID", direct, "170000000000001@lid", "6281200000001"},
		{"as LID from a computer", types.MessageSource{Sender: linked, Chat: siti, SenderAlt: sitiTel}, "170000000000001@lid", "6281200000001"},
		{"as a number with the LID", types.MessageSource{Sender: sitiTel, Chat: sitiTel, SenderAlt: siti}, "170000000000001@lid", "6281200000001"},
		{"as LID alone", types.MessageSource{Sender: siti, Chat: siti}, "170000000000001@lid", ""},
		{"as a number alone", types.MessageSource{Sender: sitiTel, Chat: sitiTel}, "6281200000001", "6281200000001"},
		{"hosted", types.MessageSource{Sender: types.NewJID("170000000000001", types.HostedLIDServer), SenderAlt: types.NewJID("6281200000001", types.HostedServer)}, "170000000000001@lid", "6281200000001"},
		{"whom our phone writes to", ownChat, "170000000000001@lid", "6281200000001"},
	} {
		if from, phone := person(c.src); from != c.from || phone != c.phone {
			t.Errorf("%s: %q, %q; want %q, %q", c.name, from, phone, c.from, c.phone)
		}
	}
	for address, want := range map[string]types.JID{"170000000000001@lid": siti, "6281200000001": sitiTel} {
		if jid, ok := jidOf(address); !ok || jid != want {
			t.Errorf("%s is %v, %v", address, jid, ok)
		}
	}
	for _, address := range []string{"", "@lid", "siti", "+6281200000001", "1@g.us"} {
		if jid, ok := jidOf(address); ok {
			t.Errorf("%q is taken for %v", address, jid)
		}
	}
}

func TestWhatOurOwnPhoneWrites(t *testing.T) {
	own := func(m *waE2E.Message) hearing {
		return convert("chika", &events.Message{Info: types.MessageInfo{MessageSource: ownChat}, RawMessage: m}).kind
	}
	sent := func(m *waE2E.Message) *waE2E.Message {
		return &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: m}}
	}
	if got := own(sent(halo)); got != ownPhone {
		t.Errorf("an answer from the phone: %d", got)
	}
	if got := own(sent(&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{}})); got != silence {
		t.Errorf("a reaction from the phone: %d", got)
	}
	history := &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{HistorySyncNotification: &waE2E.HistorySyncNotification{}}}
	if got := own(history); got != silence {
		t.Errorf("history: %d", got)
	}
}

func TestAFileSaysAllThatFetchingItTakes(t *testing.T) {
	m := proto.Clone(picture).(*waE2E.Message) //nolint:forcetypeassert // a clone is of its kind
	m.ImageMessage.DirectPath, m.ImageMessage.MediaKey = proto.String("/v/1?x"), []byte{1}
	m.MessageContextInfo = &waE2E.MessageContextInfo{MessageAssociation: &waE2E.MessageAssociation{
		AssociationType: waE2E.MessageAssociation_MEDIA_ALBUM.Enum(), ParentMessageKey: &waCommon.MessageKey{ID: proto.String("ALBUM")},
	}}
	h := convert("chika", &events.Message{
		Info: types.MessageInfo{ID: "A1", MessageSource: direct}, RawMessage: &waE2E.Message{EphemeralMessage: wrapped(m)},
	})
	r, err := decodeRef(h.in.Media.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if r.Line != "chika" || r.ID != "A1" || r.Chat != siti.String() || r.Path != "/v/1?x" || len(r.Key) != 1 || r.Size != 7 {
		t.Errorf("reference %+v", r)
	}
	if h.in.Media.Album != "ALBUM" || h.in.Media.MIME != "image/jpeg" || h.in.Media.Bytes != 7 {
		t.Errorf("media %+v", h.in.Media)
	}
}

func TestHowLongMessagesStay(t *testing.T) {
	for _, c := range []struct {
		name string
		m    *waE2E.Message
		want time.Duration
		told bool
	}{
		{"a plain text", halo, 0, true},
		{"a text that goes", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("x"), ContextInfo: &waE2E.ContextInfo{Expiration: proto.Uint32(86400)}}}, 24 * time.Hour, true},
		{"a picture that does not say", picture, 0, false},
	} {
		h := convert("chika", &events.Message{Info: types.MessageInfo{ID: "A1", MessageSource: direct}, RawMessage: c.m})
		if h.expires != c.want || h.told != c.told {
			t.Errorf("%s: %s, %v", c.name, h.expires, h.told)
		}
	}
}
