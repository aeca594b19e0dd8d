// Package store is the database: one SQLite file, the only SQL in the house, and the place where personal values are
// sealed before they touch the disk.
//
// # The life of an input
//
// [DB.Submit] queues an input for the single writer. The writer takes what is waiting (at most 64 jobs, no timer),
// begins one transaction, gives each job a savepoint, commits with synchronous=FULL, and only then tells every waiter.
// One input is one visit (turn.go): find the contact by the keyed hash of the address, note the input in the inbox (a
// repeated one ends here), read the session, step the engine, answer its queries in the same transaction
// (queries.go), write the session and what the turn asked for (effect.go). A message that finds its session waiting
// for a document waits in the inbox, and is stepped with the document's result.
//
// Other processes (an officer's command beside a running service) open the same directory and change tickets with
// [DB.Act]: one short transaction that also runs the member's notice through the same visit.
//
// # The life of a ticket
//
// A ticket changes by package desk's rules only: opened and moved by its member inside a turn (queries.go), worked by
// officers and payments (action.go), moved by time (tickettimer.go). Each change is written whole: the row, the values,
// the history, the timers it set, and what statistics count of it (ticket.go). Whose it becomes the store decides in the
// same transaction (assignment.go). A ticket's timer is handed to the writer as an input of its contact, in order with
// the conversations' timers.
//
// # Whoever has a number
//
// Telephone numbers change hands. A contact whose number nobody wrote from for long, or whose identity on WhatsApp is
// another, is in doubt (doubt.go): the engine is told so with every input until whoever writes knows a birth date of the
// contact's tickets or, where none keeps one, the number of the one they wait for, or begins anew as another contact. What
// is kept of a contact they are told in numbers (holdings.go) and sent as a file; the same is given to the command line, of
// members too (dossier.go, export.go).
//
// # Visits
//
// A visit to an office is claimed, listed and cancelled by its contact inside a turn (slot.go) and seen by the office
// (booking.go). Its reminder is a timer of the conversation, set with the claim.
//
// # On disk
//
//	DIR/sapa.db       the database (with -wal and -shm while open), mode 0600
//	DIR/lock          held by the one process that runs the service
//	DIR/import.lock   held by the one process that imports members
//	DIR/keys/         master.json wraps the data keys, index.json makes the hashes addresses are found by, erased is the
//	                  list of erasures; the first two are made only together with a new database, and none is ever part of a
//	                  backup. Erasing somebody and changing the master key write here
//	DIR/restoring/    a backup that is being made ready; a kill may leave it
//
// # Keys
//
// Every contact has a data key of its own, wrapped by the master key. A sealed value is AES-256-GCM under it, with the
// table, the column and the row's key as associated data, so that a value moved to another row does not open. Whom
// tickets are about, the subject, has one too (subject.go). A ticket's key lies under both (ticketkey.go), so deleting
// either of them erases what the ticket holds; a document's lies under its ticket's (document.go). What belongs to no
// contact has its key in its own row (rowkey.go): a member of the register, a payment, an officer's number.
//
// A person is erased (erase.go) by deleting keys and rows, after a line in the list beside the keys (erased.go): a database
// that has not seen to all of its lines, a restored backup, say, does so when it is opened. The master key is changed
// (rekey.go) under a running service: master.json is replaced only inside a write transaction, and whoever makes a key
// inside one looks first whether it still has the newest (master.go).
//
// The register holds a million members (member.go). They are found by the keyed hashes of their numbers, in a table of
// its own that an import writes before the members themselves (memberimport.go), in the order of the hashes.
//
// What was kept long enough is deleted, day by day, by [DB.Retain] (retention.go): a row that something goes by stays, its
// sealed value does not, and the files are cleared of it.
//
// The schema is schema.sql; see its comments for what the tables hold.
package store
