package store

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// What can be wrong with a data directory, in sentences people can act on. Match with errors.Is; the error itself
// also says what SQLite or the system reported.
var (
	ErrLocked = errors.New("another sapa is running on this data directory: stop it first, or choose another with --data")
	ErrKeys   = errors.New("the keys of this database are missing or not its own: put back the keys directory it was made with; nothing was changed")
	ErrNewer  = errors.New("this database was written by a newer sapa: use that version or a newer one")
	ErrOlder  = errors.New("this database needs an upgrade, which waits for the running service to stop: stop it and start it with this version")
	ErrNone   = errors.New("there is no database in this data directory yet: start sapa serve or sapa chat once, or check --data")

	ErrCorrupt  = errors.New("the database is damaged: run sapa db check, then sapa db restore with the last backup")
	ErrFull     = errors.New("the disk is full: free some space; what was acknowledged is safe")
	ErrReadOnly = errors.New("the data directory cannot be written: check its owner, its permissions and the mount")
	ErrBusy     = errors.New("another process kept the database busy for too long: try again")
	ErrDisk     = errors.New("the disk does not read or write as it should: check it and the system's log")

	// ErrClosed means the database was closed before the job was done; nothing of it was written.
	ErrClosed = errors.New("the database is closed")
	// ErrNoTicket means that no ticket has this reference.
	ErrNoTicket = errors.New("there is no ticket with this number")
	// ErrNoMember means that the register has nobody with this number.
	ErrNoMember = errors.New("the register has nobody with this number")
	// ErrNoOfficer means that no officer has this name, or this number.
	ErrNoOfficer = errors.New("there is no such officer: sapa officer list shows who is registered")
	// ErrOfficerExists means that the name is given already.
	ErrOfficerExists = errors.New("an officer of that name is registered already: sapa officer role changes their role and scope")
	// ErrPhoneTaken means that the number is another officer's.
	ErrPhoneTaken = errors.New("this number is another officer's already")
	// ErrUnsuited means that a ticket cannot become this officer's where it stands.
	ErrUnsuited = errors.New("the ticket does not suit this officer where it stands: their role or scope does not cover it, they are disabled, or a second person is wanted")
	// ErrNobodySuits means that there is no colleague to pass a ticket to.
	ErrNobodySuits = errors.New("no other officer suits this ticket where it stands: sapa officer list shows who is registered")
	// ErrImporting means that another process is importing members.
	ErrImporting = errors.New("another import of members is running: wait until it is done")
	// ErrNoService means that a ticket's service is not in the loaded catalogue.
	ErrNoService = errors.New("the loaded flows have no such service")
	// ErrExists means that a file is already there and is not overwritten.
	ErrExists = errors.New("the file exists already: choose another name")
	// ErrForgotten means that the master key was rotated since, and the one this database was made with is gone.
	ErrForgotten = errors.New("it was made before its master key was changed and the old one forgotten: nobody can read it any more")
	// ErrOldKeys means that rows are still wrapped by a master key that is to be forgotten.
	ErrOldKeys = errors.New("some of the database still needs the old master key: run sapa db rekey to its end first")
	// ErrNoContact means that nobody has written from this address, or that they were erased.
	ErrNoContact = errors.New("nobody has written from this number, or what was kept of them has been erased")
	// ErrErased means that what is asked for was erased with the person it belonged to.
	ErrErased = fmt.Errorf("%w: the person was erased", ErrSealed)
	// ErrSealed means that a sealed value does not open: it was changed, moved from another row, or its contact's key
	// was destroyed.
	ErrSealed = errors.New("a sealed value does not open")
)

// explain puts the sentence for people before what SQLite reported. Other errors pass unchanged.
func explain(err error) error {
	var sq sqlite3.Error
	if !errors.As(err, &sq) {
		return err
	}
	var sentence error
	switch sq.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrProtocol:
		sentence = ErrBusy
	case sqlite3.ErrFull:
		sentence = ErrFull
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		sentence = ErrReadOnly
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		sentence = ErrCorrupt
	case sqlite3.ErrIoErr, sqlite3.ErrNomem:
		sentence = ErrDisk
	default:
		return err
	}
	if errors.Is(err, sentence) {
		return err
	}
	return fmt.Errorf("%w (%w)", sentence, err)
}

// storage reports whether an error is the database's or the disk's: then the whole transaction is in doubt and is
// rolled back, and the input's content is not to blame.
func storage(err error) bool {
	if errors.Is(err, errCareless) {
		return true
	}
	var sq sqlite3.Error
	if !errors.As(err, &sq) {
		return errors.Is(err, ErrClosed)
	}
	return sq.Code != sqlite3.ErrConstraint
}
