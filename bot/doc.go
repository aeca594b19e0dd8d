// Package bot is the runtime between what carries messages and what answers them: a turn for each input, delivery of
// each reply, timers, the fetching of documents, and the log lines about tickets. It knows no SQL ([Store] is all it
// needs of the database), no WhatsApp and no service.
//
// # The life of a message
//
// A [Transport] receives something from a person, makes a dialog.Input of it and calls [Bot.Handle]. The bot hands
// the input to the store, whose single writer runs the turn and commits it: inbox, session, answers, tickets, timers
// and replies, all or nothing. Only then Handle returns nil, and only then may the transport acknowledge. A crash
// before that means the message comes again; a crash after it, that the inbox recognises it.
//
// The store answers with a receipt. Receipts pass one goroutine, the relay, in the order of their commits, which
// hands out what they carry:
//
//   - replies go to the outbox of their transport (outbox.go). There each contact has a lane, so that replies keep
//     their order per contact while contacts do not wait for each other (lane.go). A transport that must put replies
//     into one order with other things, as `sapa chat --json` does, is a [Printer]: it is shown the receipts and says
//     itself what it has written;
//   - a document to fetch goes to a worker (document.go), which comes back with a second input: ready, bad or lost;
//   - the timers (timers.go) and the ticket log (ticketlog.go) are woken to look whether there is something for them.
//
// What a former run left behind is read once at start: unsent replies, documents not fetched. What other processes
// write, an officer's command say, is noticed by asking the store whether it changed, a few times a second.
//
// Nothing here acknowledges, retries or repeats by guessing: every reply has had its ID since the commit, every input
// is recognised by its own, so each step may be done again after a crash and shows once.
//
// # Time
//
// All parts share one [Clock]: the wall clock, or one moved by hand in a trial.
package bot
