package watest_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"

	"sapa/bot/whatsapp/watest"
)

// These stories are told in bubbles: where the server hangs up, only
// synctest.Wait can tell that whatsmeow has noticed, and its Disconnect races
// with that.

func TestStreamErrors(t *testing.T) {
	story(t, "503 makes the client reconnect", func(t *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.StreamError(line, "503")
		hear[*events.Disconnected](client)
		hear[*events.Connected](client)
		if line.Logins() != 2 {
			t.Errorf("%d logins", line.Logins())
		}
	})
	story(t, "replaced", func(t *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.Replace(line)
		hear[*events.StreamReplaced](client)
		line.AwaitOffline()
		synctest.Wait()
		if client.IsConnected() {
			t.Error("it connected again")
		}
	})
	story(t, "replaced by a second login with the same keys", func(t *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		device, err := client.stores.GetDevice(t.Context(), *client.Store.ID)
		if err != nil {
			t.Fatal(err)
		}
		second := newDesk(t, wa, client.stores, device)
		if err := second.Connect(); err != nil {
			t.Fatal(err)
		}
		hear[*events.StreamReplaced](client)
		line.AwaitLogins(2)
		synctest.Wait()
		second.Disconnect()
	})
}

func TestLogouts(t *testing.T) {
	story(t, "while connected", func(t *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.Logout(line)
		if out := hear[*events.LoggedOut](client); out.OnConnect {
			t.Error("told at login")
		}
	})
	story(t, "while away, then linked anew", func(t *testing.T, wa *watest.Server, line *watest.Number, siti *watest.Person, client *desk) {
		synctest.Wait()
		client.Disconnect()
		line.AwaitOffline()
		wa.Logout(line)
		client = client.again(wa)
		if out := hear[*events.LoggedOut](client); !out.OnConnect || out.Reason != events.ConnectFailureLoggedOut {
			t.Errorf("logged out: %+v", out)
		}
		synctest.Wait()
		client.Disconnect()
		fresh := newDesk(t, wa, client.stores, client.stores.NewDevice())
		fresh.linkTo(line)
		siti.Sends(line, "still there?")
		fresh.hearMessage()
		synctest.Wait()
		fresh.Disconnect()
	})
	story(t, "by the client itself", func(t *testing.T, _ *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		if err := client.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		line.AwaitOffline()
		if line.Linked() != 0 {
			t.Errorf("%d devices are still linked", line.Linked())
		}
	})
}

func TestRefusedLogins(t *testing.T) {
	story(t, "402 temporary ban", func(t *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.Ban(line, 101, time.Hour)
		if ban := hear[*events.TemporaryBan](client); ban.Code != 101 || ban.Expire != time.Hour {
			t.Errorf("ban %+v", ban)
		}
		time.Sleep(time.Minute) // whatsmeow does not try again by itself
		wa.AllowConnect(line)
		if err := client.Connect(); err != nil {
			t.Fatal(err)
		}
		line.AwaitOnline()
	})
	story(t, "403 logs out", func(t *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.FailConnect(line, 403)
		if out := hear[*events.LoggedOut](client); out.Reason != 403 {
			t.Errorf("reason %v", out.Reason)
		}
	})
	story(t, "405 client outdated", func(_ *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.FailConnect(line, 405)
		hear[*events.ClientOutdated](client)
	})
	story(t, "503 is tried again", func(_ *testing.T, wa *watest.Server, line *watest.Number, _ *watest.Person, client *desk) {
		wa.FailConnect(line, 503)
		hear[*events.Disconnected](client)
		wa.AllowConnect(line)
		hear[*events.Connected](client)
	})
}

func TestTheServerIsDownForAWhile(t *testing.T) {
	story(t, "", func(t *testing.T, wa *watest.Server, line *watest.Number, siti *watest.Person, client *desk) {
		line.AwaitAllAcked()
		wa.Down()
		hear[*events.Disconnected](client)
		siti.Sends(line, "are you there?")
		time.Sleep(time.Hour)
		wa.Up()
		wa.SetPatience(time.Hour) // whatsmeow's back-off has grown
		line.AwaitOnline()
		if got := client.hearMessage(); got.Message.GetConversation() != "are you there?" {
			t.Errorf("heard %q", got.Message.GetConversation())
		}
	})
}

func TestATimelockStopsSendingUntilItIsLifted(t *testing.T) {
	wa, line, siti, client := setting(t)
	wa.Timelock(line, true)
	if lock := hear[*events.NotifyAccountReachoutTimelock](client); !lock.IsActive {
		t.Error("not active")
	}
	err := client.trySay(siti.LID(), "3EB0LOCK", "hello")
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		t.Errorf("sent with %v", err)
	}
	wa.Timelock(line, false)
	if lock := hear[*events.NotifyAccountReachoutTimelock](client); lock.IsActive {
		t.Error("still active")
	}
	client.say(siti.LID(), "3EB0LOCK", "hello")
	if reply := siti.Reads(); reply.Sends() != 1 {
		t.Errorf("arrived %d times", reply.Sends())
	}
}
