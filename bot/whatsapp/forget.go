package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
)

const (
	// forgetEvery is how often people who were erased are looked for.
	forgetEvery = 2 * time.Second
	// forgetAgain is how soon what could not be forgotten is tried again.
	forgetAgain = time.Minute
)

// forgetting takes people who were erased out of whatsmeow's database and out of the lines' memory, until ctx ends.
func (l *Lines) forgetting(ctx context.Context) {
	for wait := time.Duration(0); ; {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		wait = forgetEvery
		if err := l.forgetErased(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error().Err(err).Msg("erased.unforgotten")
			wait = forgetAgain
		}
	}
}

func (l *Lines) forgetErased(ctx context.Context) error {
	erased, err := l.Store.Forgets(ctx)
	if err != nil || len(erased) == 0 {
		return err
	}
	var users []string
	for _, f := range erased {
		if jid, ok := jidOf(strings.TrimPrefix(f.Address, "+")); ok { // else it is none of WhatsApp's
			users = append(users, jid.User)
		}
	}
	if err := l.forgetUsers(ctx, users); err != nil {
		return err
	}
	for _, f := range erased {
		if err := l.Store.Forgotten(ctx, f.ID); err != nil {
			return err
		}
	}
	l.Log.Info().Int("addresses", len(erased)).Msg("erased.forgotten")
	return nil
}

// forgetUsers takes people out of whatsmeow's database by their numbers and LIDs, and out of memory. They may write again
// at once: their phones are asked for the message in a new session, as phones are that nobody knows.
func (l *Lines) forgetUsers(ctx context.Context, users []string) error {
	if len(users) == 0 {
		return nil
	}
	for _, ln := range l.all() { // a message on its way would put its session back
		select {
		case ln.turn <- struct{}{}:
			defer func() { <-ln.turn }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	users, err := l.keys.forgetUsers(ctx, users)
	if err != nil {
		return fmt.Errorf("%s: %w", keysFile, err)
	}
	for _, ln := range l.all() {
		for _, user := range users {
			ln.forget(address(types.NewJID(user, types.DefaultUserServer)))
			ln.forget(address(types.NewJID(user, types.HiddenUserServer)))
		}
	}
	if err := l.keys.cutLog(ctx); err != nil {
		return fmt.Errorf("%s: %w", keysFile, err)
	}
	return nil
}

// forget drops what the line remembers of an address. How much was sent to a contact is remembered by their number in
// the store, and what was uploaded by message: neither says of whom it is, but what was uploaded can be opened.
func (l *line) forget(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.chats, address)
	delete(l.late, address)
	delete(l.flood.flows, address)
	for key := range l.asides {
		if key.to == address {
			delete(l.asides, key)
		}
	}
	l.uploads = make(map[string]*waE2E.DocumentMessage)
}

// forgetUsers deletes all rows of people, under any of their addresses that the database knows; what is deleted is
// overwritten (keysPragmas). It gives the users with what else they were known as.
func (k *keys) forgetUsers(ctx context.Context, users []string) (all []string, err error) {
	if err := k.sweep(); err != nil {
		return nil, err
	}
	tx, err := k.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if all, err = k.known(ctx, tx, users); err == nil {
		err = k.deleteUsers(ctx, tx, all)
	}
	if err == nil {
		err = clearUnkept(ctx, tx)
	}
	if err != nil {
		_ = tx.Rollback() // the first error tells
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	k.forgetMemory(all)
	return all, nil
}

// known adds to users what else they are known as: the numbers behind LIDs, the LIDs behind numbers. Each comes once.
func (k *keys) known(ctx context.Context, tx *sql.Tx, users []string) ([]string, error) {
	all := slices.Clone(users)
	for _, user := range users {
		veiled, err := k.veil.user(user)
		if err != nil {
			return nil, err
		}
		var other string
		err = tx.QueryRowContext(ctx, "SELECT iif(lid = ?1, pn, lid) FROM whatsmeow_lid_map WHERE lid = ?1 OR pn = ?1", veiled).Scan(&other)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			other, err = k.veil.unveil(other)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, other)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (k *keys) deleteUsers(ctx context.Context, tx *sql.Tx, users []string) error {
	for _, user := range users {
		veiled, err := k.veil.user(user)
		if err != nil {
			return err
		}
		for _, t := range traces {
			// A user is followed by a device or a server, or by nothing; what is veiled holds no signs of GLOB's.
			statement := fmt.Sprintf("DELETE FROM %[1]s WHERE %[2]s = ?1 OR %[2]s GLOB ?1 || '[_:.@]*'", t.table, t.column) //nolint:gosec // our own names
			if _, err := tx.ExecContext(ctx, statement, veiled); err != nil {
				return err
			}
		}
	}
	return nil
}

var errLogInUse = errors.New("another program reads it, so its log cannot be cut off")

// cutLog empties the write-ahead log: what was deleted may still stand in it.
func (k *keys) cutLog(ctx context.Context) error {
	var busy, logged, moved int
	err := k.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &logged, &moved)
	if err == nil && busy != 0 {
		err = errLogInUse
	}
	return err
}

// forgetMemory drops what the stores before whatsmeow's remember.
func (k *keys) forgetMemory(users []string) {
	for _, user := range users {
		k.veil.forget(user)
	}
	k.lids.Store(sqlstore.NewWithDB(k.db, "sqlite3", waLogger(k.lines.Log)).LIDMap)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.tokens {
		t.forget()
	}
}
