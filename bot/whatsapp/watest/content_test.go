package watest_test

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"sapa/bot/whatsapp/watest"
)

func TestEditsRevokesReactionsAndQuotes(t *testing.T) {
	_, line, siti, client := setting(t)
	msg := siti.Sends(line, "17-8-91")
	client.hearMessage()
	client.say(siti.LID(), "3EB0Q", "Benar?")
	reply := siti.Reads()

	edit := siti.Edits(msg, "17-8-90")
	got := client.hearMessage()
	changed := got.Message.GetProtocolMessage()
	if !got.IsEdit || got.Info.ID != edit.ID || changed.GetKey().GetID() != msg.ID || changed.GetEditedMessage().GetConversation() != "17-8-90" {
		t.Errorf("edit %s of %s to %q", got.Info.ID, changed.GetKey().GetID(), changed.GetEditedMessage().GetConversation())
	}
	siti.Deletes(msg)
	got = client.hearMessage()
	if p := got.Message.GetProtocolMessage(); p.GetType() != waE2E.ProtocolMessage_REVOKE || p.GetKey().GetID() != msg.ID || got.Info.Edit != types.EditAttributeSenderRevoke {
		t.Errorf("revoke: %v", got.Message)
	}
	siti.Reacts(reply, "👍")
	if r := client.hearMessage().Message.GetReactionMessage(); r.GetText() != "👍" || r.GetKey().GetID() != reply.ID {
		t.Errorf("reaction: %v", r)
	}
	siti.Quotes(reply, "ya")
	if q := client.hearMessage().Message.GetExtendedTextMessage(); q.GetText() != "ya" || q.GetContextInfo().GetStanzaID() != reply.ID {
		t.Errorf("quote: %v", q)
	}
}

func TestDisappearingMessages(t *testing.T) {
	_, line, siti, client := setting(t)
	siti.Disappearing(24 * time.Hour)
	siti.Sends(line, "vanishing")
	got := client.hearMessage()
	text := got.Message.GetExtendedTextMessage()
	if !got.IsEphemeral || text.GetText() != "vanishing" || text.GetContextInfo().GetExpiration() != 86400 {
		t.Errorf("heard %v", got.Message)
	}
	if _, err := client.SendMessage(t.Context(), siti.LID(), &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String("too"), ContextInfo: &waE2E.ContextInfo{Expiration: proto.Uint32(86400)},
	}}); err != nil {
		t.Fatal(err)
	}
	if reply := siti.Reads(); reply.Text != "too" || reply.Vanishes() != 86400 {
		t.Errorf("she read %q, vanishing after %d", reply.Text, reply.Vanishes())
	}
	siti.Disappearing(0)
	siti.Sends(line, "staying")
	if got := client.hearMessage(); got.IsEphemeral || got.Message.GetConversation() != "staying" {
		t.Errorf("heard %v", got.Message)
	}
}

func TestEveryKindOfMessage(t *testing.T) {
	_, line, siti, client := setting(t)
	for _, kind := range []struct {
		name  string
		send  func() *watest.Message
		heard func(*waE2E.Message) bool
	}{
		{"voice note", func() *watest.Message { return siti.SendsVoice(line, []byte("ogg")) }, func(m *waE2E.Message) bool { return m.GetAudioMessage().GetPTT() }},
		{"video", func() *watest.Message { return siti.SendsVideo(line, []byte("mp4"), "lihat") }, func(m *waE2E.Message) bool { return m.GetVideoMessage().GetCaption() == "lihat" }},
		{"sticker", func() *watest.Message { return siti.SendsSticker(line, []byte("webp")) }, func(m *waE2E.Message) bool { return m.GetStickerMessage() != nil }},
		{"location", func() *watest.Message { return siti.SendsLocation(line, -6.2, 106.8) }, func(m *waE2E.Message) bool { return m.GetLocationMessage().GetDegreesLatitude() == -6.2 }},
		{"contact", func() *watest.Message { return siti.SendsContact(line, "Budi", "628999") }, func(m *waE2E.Message) bool { return m.GetContactMessage().GetDisplayName() == "Budi" }},
		{"poll", func() *watest.Message { return siti.SendsPoll(line, "Kapan?", "pagi", "sore") }, func(m *waE2E.Message) bool { return len(m.GetPollCreationMessageV3().GetOptions()) == 2 }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			sent := kind.send()
			if got := client.hearMessage(); got.Info.ID != sent.ID || !kind.heard(got.Message) {
				t.Errorf("heard %v", got.Message)
			}
			sent.AwaitAcked()
		})
	}
	id := siti.Calls(line)
	if call := hear[*events.CallOffer](client); call.CallID != id || call.From != siti.LID() {
		t.Errorf("call %s from %s", call.CallID, call.From)
	}
}

func TestWhatIsNotForUs(t *testing.T) {
	wa, line, siti, client := setting(t)
	group := siti.SendsToGroup(line, "120363040000000001", "to all")
	if got := client.hearMessage(); !got.Info.IsGroup || got.Message.GetConversation() != "to all" || got.Info.Sender != siti.LID() {
		t.Errorf("group: %+v", got.Info)
	}
	group.AwaitAcked()
	siti.PostsStatus(line, "my day")
	if got := client.hearMessage(); got.Info.Chat != types.StatusBroadcastJID || got.Message.GetConversation() != "my day" {
		t.Errorf("status: %+v", got.Info)
	}
	wa.PostsToChannel(line, "120363170000000001", "news")
	if got := client.hearMessage(); got.Info.Chat.Server != types.NewsletterServer || got.Message.GetConversation() != "news" {
		t.Errorf("newsletter: %+v", got.Info)
	}
	line.SharesHistory(siti, "long ago", "and then")
	if history := hear[*events.HistorySync](client); len(history.Data.GetConversations()[0].GetMessages()) != 2 {
		t.Errorf("history: %v", history.Data)
	}
	id := line.Answers(siti, "Ini Budi dari kantor")
	got := client.hearMessage()
	for got.Message.GetProtocolMessage() != nil { // the history's notification
		got = client.hearMessage()
	}
	if !got.Info.IsFromMe || got.Info.ID != id || got.Info.Chat != siti.LID() {
		t.Errorf("own phone: %+v", got.Info)
	}
	if reply := siti.Reads(); reply.Text != "Ini Budi dari kantor" {
		t.Errorf("she read %q", reply.Text)
	}
	line.AwaitAllAcked()
}

func TestTheNameComesFromTheLinesPhone(t *testing.T) {
	_, line, _, client := setting(t)
	line.SetsName("Chika")
	if name := hear[*events.PushNameSetting](client); name.Action.GetName() != "Chika" {
		t.Errorf("name %q", name.Action.GetName())
	}
	line.SetsName("Pandawa")
	if name := hear[*events.PushNameSetting](client); name.Action.GetName() != "Pandawa" {
		t.Errorf("name %q", name.Action.GetName())
	}
}

func TestHowPeopleAreNamed(t *testing.T) {
	wa, line, siti, client := setting(t)
	for _, way := range []struct {
		as          watest.Addressing
		sender, alt types.JID
	}{
		{watest.AsNumberOnly, siti.JID(), types.EmptyJID},
		{watest.AsNumber, siti.JID(), siti.LID()},
		{watest.AsLIDOnly, siti.LID(), types.EmptyJID},
		{watest.AsLID, siti.LID(), siti.JID()},
	} {
		siti.ArrivesAs(way.as)
		siti.Sends(line, "saya")
		got := client.hearMessage()
		if got.Info.Sender != way.sender || got.Info.Chat != way.sender || got.Info.SenderAlt != way.alt {
			t.Errorf("%d: %s also known as %q in %s", way.as, got.Info.Sender, got.Info.SenderAlt, got.Info.Chat)
		}
		client.say(got.Info.Chat, client.GenerateMessageID(), "anda")
		siti.Reads()
	}
	siti.WritesFrom(3) // WhatsApp Web
	siti.Sends(line, "dari laptop")
	web := client.hearMessage()
	if web.Info.Sender.ToNonAD() != siti.LID() || web.Info.Sender.Device != 3 || web.Info.Chat != siti.LID() {
		t.Errorf("from a linked device: %s in %s", web.Info.Sender, web.Info.Chat)
	}
	nobody := wa.Person("", watest.LID("99000000000009"))
	nobody.Sends(line, "siapa saya")
	got := client.hearMessage()
	if got.Info.Sender != nobody.LID() || !got.Info.SenderAlt.IsEmpty() {
		t.Errorf("hidden: %s also known as %q", got.Info.Sender, got.Info.SenderAlt)
	}
	client.say(got.Info.Chat, "3EB0WHO", "tidak tahu")
	if reply := nobody.Reads(); reply.Text != "tidak tahu" {
		t.Errorf("read %q", reply.Text)
	}
	line.AwaitAllAcked()
}
