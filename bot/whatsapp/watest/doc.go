// Package watest is a WhatsApp server for tests: small enough to read, true
// enough that an unmodified whatsmeow client links to it, logs in, and
// exchanges encrypted messages with simulated phones.
//
// A test is a story. The people in it are a [Number] (a business number, whose
// own phone links our client to it) and any [Person] who writes to it:
//
//	func TestMain(m *testing.M) { watest.Trust(); os.Exit(m.Run()) }
//
//	func TestGreeting(t *testing.T) {
//		wa := watest.New(t)
//		line := wa.Number("6281100000001")
//		siti := wa.Person("6281234567890", watest.Named("Siti"))
//
//		wa.Configure(client)          // our whatsmeow client, otherwise untouched
//		line.ScanQR(code)             // the owner's phone scans what the client shows
//		line.AwaitOnline()
//
//		msg := siti.Sends(line, "Hi Chika")
//		reply := siti.Reads()         // the next message her phone shows
//		msg.AwaitAcked()              // our client took responsibility for hers
//
//		wa.Redeliver(msg)             // the network plays a trick …
//		if reply.Sends() != 1 {       // … and nobody is answered twice
//			t.Errorf("answered %d times", reply.Sends())
//		}
//	}
//
// # Who is who
//
// [Server] is WhatsApp: it keeps a queue for each linked device, stores media,
// answers queries, and owns the network ([Server.Cut], [Server.Delay],
// [Server.LoseAcks], [Server.FailConnect], …). A [Number] has a phone and the
// devices linked to it; a linked device is a companion (companion.go). A
// [Person] has a phone: it encrypts what is sent, decrypts what arrives, shows
// each message ID once as real phones are expected to, and counts how often
// each ID came ([Reply.Sends]). A [Message] is what a person sent; a [Reply] is
// what a person's phone shows.
//
// # The order on the wire
//
// One TCP connection carries a websocket; its binary messages carry frames of
// a 3-byte length and a body (frame.go). The client begins with the bytes
// "WA", 6, 3, then comes a Noise XX handshake (noise.go) in which we show a
// certificate chain signed by our own root (trust.go); from then on each frame
// is an encrypted stanza in WhatsApp's binary XML.
//
// A client without an account is sent six references (pair-device) that it
// shows as QR codes, one after another. A scan answers with pair-success: the
// account's signature over the client's identity key, authenticated with the
// secret from the code. The client signs in return (pair-device-sign), we check
// it, and end the stream with error 515, upon which it logs in (pairing.go;
// paircode.go for the eight characters typed instead).
//
// A client with an account is sent success and a preview of what waits. It
// uploads keys, then turns active; the offline queue follows in order, then "ib
// offline" (login.go, companion.go). Each stanza stays queued until the client
// acknowledges it: a message by its receipt, anything else by an ack
// (receipts.go). What a connection did not acknowledge is delivered again on
// the next one, which is why delivery is at least once.
//
// The client's messages carry one ciphertext per device of the receiver, and
// one for our own number's phone; each simulated phone opens its own, and the
// server acks the stanza (outgoing.go).
//
// # Time
//
// Waiting is bounded (by [Server.SetPatience], 15 s to begin with) and driven
// by events, never by polling. [New] serves on loopback. [NewPiped] serves on
// net.Pipe and lives entirely inside a testing/synctest bubble, where a day of
// keepalives passes in an instant. Before disconnecting a client in a bubble,
// call synctest.Wait: whatsmeow's reader blocks for ever if a frame arrives
// while its socket closes.
//
// # Trust
//
// whatsmeow believes one root key, a package variable. [Trust] replaces it for
// the whole process and refuses to run outside a test binary, so a release
// build can't be pointed here; and a test of this package fails if cmd/sapa
// ever depends on it.
package watest
