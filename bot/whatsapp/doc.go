// Package whatsapp carries messages over WhatsApp: it makes our numbers linked devices of their phones, as WhatsApp
// Web is one, by way of whatsmeow. Nothing else in the program knows whatsmeow. A reader begins with lines.go.
//
//	lines.go     all our lines: they come and go, ask to be linked, and are one bot.Transport
//	line.go      one linked number: its client and how it does
//	convert.go   what WhatsApp says → what a person said; pure
//	send.go      a reply on its way, under the ID it has had since its commit; upload.go has its file
//	media.go     a file that came with a message: fetched, and asked for again where it is gone
//	pace.go      how fast a line writes
//	order.go     messages that overtook others wait for the next login
//	receive.go   what a person said, on its way to disk
//	chat.go      how long a chat's messages stay, and whether a person of ours has it to themselves
//	identity.go  people whose phone is another than before
//	forget.go    people who were erased, taken out of whatsmeow's database too
//	flood.go     machines that talk to us are answered ever less
//	aside.go     short answers to what is no message: a call
//	link.go      linking a number, by QR code or by eight characters; qr.go draws the code
//	pairing.go   one link under way; passkey.go where the account has a passkey
//	wish.go      links that a command beside the service asks for
//	keys.go      whatsmeow's keys, in a database of their own
//	buffer.go    messages that were decrypted and are not on disk with us yet
//	tokens.go    what allows us to write to people
//	veil.go      who people are, hidden in that database; veiled.go has the stores
//	log.go       what whatsmeow and libsignal log, in our log and without persons
//
// # What WhatsApp promises, and what we make of it
//
// A message is delivered at least once: until the client acknowledges it, WhatsApp sends it again at the next login,
// for about 14 days. whatsmeow acknowledges once our handler has said true; ours says so when the bot has the message
// on disk, and never touches the network. Between decryption and that moment whatsmeow's buffer holds the plain text
// (sealed by us): a message can be decrypted only once. The store recognises what it has seen.
//
// Replies leave in order per person, each under the ID it was given when it was committed. A send whose outcome is
// unknown is repeated under the same ID. Phones are expected to show one ID once; that is how they behave, not a
// promise of WhatsApp's.
//
// # A line's life
//
// A line is online, or says in its state why not and what to do. Connections that break come back by themselves. A
// number that was logged out is linked anew. While a line does not send, its replies wait in the outbox; nothing is
// dropped.
package whatsapp
