package whatsapp

import (
	"context"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// connection follows how the connection does.
func (l *line) connection(client *whatsmeow.Client, e any) {
	switch e := e.(type) {
	case *events.Connected:
		l.connected(client)
	case *events.OfflineSyncPreview:
		l.drain(true)
	case *events.OfflineSyncCompleted:
		l.drain(l.order.isLost()) // where it is, the rest comes with another login
	case *events.Disconnected:
		if l.meantToBeUp() && !client.IsConnected() { // else the news is older than the connection
			l.drain(true)
			l.set(Offline, "the connection broke; it comes back by itself")
		}
	case *events.AppStateSyncComplete:
		if e.Name == appstate.WAPatchCriticalBlock {
			l.synced()
		}
	case *events.StreamReplaced:
		// At once: whatsmeow may otherwise reconnect, and two with the same keys destroy their sessions.
		go client.Disconnect()
		l.set(Replaced, "another program uses this line's keys: stop it, then restart this one")
	case *events.LoggedOut:
		l.loggedOut(client)
	case *events.TemporaryBan:
		l.banned(client, e)
	case *events.ClientOutdated:
		l.set(Outdated, ErrOutdated.Error())
	case *events.ConnectFailure:
		l.set(Failed, fmt.Sprintf("WhatsApp refuses the connection (code %d); tried again in %s", int(e.Reason), retryRefused))
		l.later(retryRefused, func() { l.connect(client) })
	case *events.StreamError:
		l.log.Warn().Str("code", e.Code).Msg("line.stream_error")
	case *events.NotifyAccountReachoutTimelock:
		l.timelock(e)
	}
}

// meantToBeUp reports that the connection is no news of an end that has been told of.
func (l *line) meantToBeUp() bool {
	switch state, _ := l.now(); state {
	case Connecting, Online, Offline, Held:
		return true
	case Unlinked, Banned, Replaced, Outdated, LoggedOut, Failed:
	}
	return false
}

func (l *line) connected(client *whatsmeow.Client) {
	if state, _ := l.now(); state == Replaced {
		go client.Disconnect() // it came back in the same moment
		return
	}
	l.mu.Lock()
	l.knocked, l.retry = time.Now(), 0
	l.mu.Unlock()
	l.set(Online, "")
	l.background(func(ctx context.Context) { l.appear(ctx, client) })
}

// nameWithin is how long a newly linked line waits for the phone to tell the number's name.
const nameWithin = 3 * time.Second

// appear shows the line as present, under its name: without that nobody sees it type.
func (l *line) appear(ctx context.Context, client *whatsmeow.Client) {
	l.mu.Lock()
	named := l.named
	l.mu.Unlock()
	select {
	case <-named:
	case <-time.After(nameWithin):
	case <-ctx.Done():
		return
	}
	if err := client.SendPresence(ctx, types.PresenceAvailable); err != nil {
		l.log.Debug().Str("reason", kind(err)).Msg("line.no_presence")
	}
}

// synced notes that the phone has told its settings, the name among them.
func (l *line) synced() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.named:
	default:
		close(l.named)
	}
}

// drain says whether what came while we were away is still coming: meanwhile nothing is sent, so that only the last
// question of each person is.
func (l *line) drain(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draining = on
	l.announce()
}

// loggedOut lets go of a client whose device is being deleted beside us: another link makes another client.
func (l *line) loggedOut(client *whatsmeow.Client) {
	l.mu.Lock()
	l.client = nil
	l.mu.Unlock()
	go client.Disconnect() // WhatsApp closes too; this ends its waiting
	jid, err := l.lines.Store.LineJID(context.Background(), l.id)
	if err == nil {
		err = l.lines.keys.forget(context.Background(), jid)
	}
	if err != nil {
		l.log.Error().Err(err).Msg("line.unforgotten")
	}
	l.set(LoggedOut, l.linkAgain())
}

func (l *line) banned(client *whatsmeow.Client, e *events.TemporaryBan) {
	term := e.Expire
	if term <= 0 {
		term = unknownBan
	}
	l.set(Banned, fmt.Sprintf("WhatsApp bans the number until %s (%d)", l.until(term), int(e.Code)))
	l.later(term, func() { l.connect(client) })
}

func (l *line) until(term time.Duration) string {
	return l.lines.Clock.Now().Add(term).Format("2006-01-02 15:04 MST")
}

// timelock follows WhatsApp's word that the number may not write to people for a while.
func (l *line) timelock(e *events.NotifyAccountReachoutTimelock) {
	if !e.IsActive {
		l.release()
		return
	}
	term := time.Until(e.TimeEnforcementEnds.Time)
	if term <= 0 {
		term = unknownBan
	}
	l.hold(term, "WhatsApp lets this number write to nobody until %s")
}

// hold stops sending for a time. Everything waits in the outbox.
func (l *line) hold(term time.Duration, format string) {
	why := fmt.Sprintf(format, l.until(term))
	l.mu.Lock()
	l.held, l.heldWhy = time.Now().Add(term), why
	l.mu.Unlock()
	l.set(Held, why)
	l.later(term, l.release)
}

// release sends again.
func (l *line) release() {
	l.mu.Lock()
	l.held = time.Time{}
	up := l.state == Held
	l.mu.Unlock()
	if up {
		l.set(Online, "")
	}
}

// later does something at the end of a hold or a ban; the last one counts.
func (l *line) later(after time.Duration, do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.resume != nil {
		l.resume.Stop()
	}
	l.resume = time.AfterFunc(after, func() { l.background(func(context.Context) { do() }) })
}

// look sees to it that the line is as it says, and knocks where it has been down for long.
func (l *line) look() {
	l.mu.Lock()
	client, state := l.client, l.state
	if l.draining && state == Online && time.Since(l.knocked) > drainAtMost {
		l.draining = false
		l.announce()
	}
	down := client != nil && (state == Connecting || state == Offline)
	due := down && time.Since(l.knocked) > knock
	if due {
		l.knocked = time.Now()
	}
	l.mu.Unlock()
	switch {
	case down && client.IsConnected() && client.IsLoggedIn():
		l.set(Online, "")
	case due && !client.IsConnected():
		l.background(func(context.Context) { l.connect(client) })
	}
}
