// Package dialog is the engine: conversations as data. It has no clock, no I/O, no goroutine and no storage, and it
// knows nothing of JKN. [Load] turns YAML into a checked, immutable [Catalog]; [Engine.Step] takes a [Session] and an
// [Input] and gives a [Turn]: the new session and what it asks for.
//
// # A flow
//
//	flow: reaktivasi
//	title: {id: Pengaktifan Kembali Kartu, en: Card reactivation}
//	intents: [kartu mati, aktifkan kartu, card inactive]   # words people say when they mean this flow
//	anywhere: true                                         # where they are all that is said: whatever is being asked
//	nodes:
//	  - say: pembuka
//	    text: {id: "Saya bantu ya.", en: "I will help."}
//	  - ask: nama
//	    type: name
//	    label: {id: Nama lengkap, en: Full name}
//	    text: {id: "Siapa nama lengkap peserta?", en: "What is the member's full name?"}
//	    hint: {id: "Tulis seperti di KTP, contoh: Siti Aminah", en: "As on the KTP, for example: Siti Aminah"}
//	  - review: periksa
//	  - ticket: kirim
//	    as: tiket
//	  - end: selesai
//	    text: {id: "Nomor tiket: {tiket.ref}", en: "Nomor tiket: {tiket.ref}"}
//
// A file holds one document. Its first key says which kind: flow, catalog, texts, replies or synonyms.
//
// # Nodes
//
// A node is a list entry whose first key is its kind and whose value is its name. Without a "go" a node goes on to
// the next in the list; without a "when", or when it holds, the node is played, else skipped.
//
//	menu:   text, options: [{label, words: [...], go, when}]   waits for a choice. Further option sources as for ask
//	ask:    type, label, text, hint, echo, optional, counted, field (default: the node's name), min, max;
//	        for type choice: options: [{value, label, words, when}], or list: provinces / list: regencies + of: FIELD,
//	        or rows: FACTS + value: NAME + show: {id: "{ref} - {title}", en: ...};  for type consent: version
//	say:    text, weight: keep (default) or prompt; goes on without waiting;
//	        file: {name: FILE, of: field-or-fact} sends all of a value that a chat shows in brief, with the text as its
//	        caption; where a chat shows all of it the node is passed over
//	query:  name, args: {ARG: field-or-fact or '"literal"'}, as: NAME; goes on with facts NAME.fact known
//	review: text (optional); waits for Kirim, Ubah or Batal
//	ticket: as: NAME; opens a ticket of this flow's service; facts NAME.ref, NAME.promised, … are known after it
//	end:    text (optional); the conversation is over; the next message starts at the line's flow; anew: true makes
//	        whoever writes somebody new, to whom nothing of before belongs
//	use:    NAME-OF-FLOW; plays that flow here; its nodes are named CALLER__NODE; its end leads to the next node
//
// go is a node of the same flow, "/other" for the start of another flow, "/" for the line's home, or a list tried in
// order: [{if: CONDITION, to: NODE}, ..., {to: NODE}].
//
// Conditions are expr-lang expressions over fields (by name), facts (facts.name), and lang, line, phone, today;
// unanswered fields have the zero of their type. Allowed functions: len, hasPrefix, hasSuffix, contains-style
// operators of the language itself.
//
// Placeholders in texts: {field}, {facts.name}, {line}, {phone}, {today}; each must be known on every path that leads to
// the text. {field?} may be missing and is then empty. "{{" writes a brace. What is configured and promised is known
// everywhere: {organisation}, {organisation_phone} (which may be empty: a condition can ask), and as people say it how
// long things are kept: {keep_documents}, {keep_tickets}, {keep_messages}, {keep_drafts}.
//
// A consent is recorded under its version and a fingerprint of its text as it then reads: "izin-1/59c79c2c". Whoever
// agreed to another text, of another organisation or to other times of keeping is asked again.
//
// # Services
//
// A flow with a service section is a form whose ticket node opens a ticket:
//
//	service:
//	  subject: {name: nama, number: nomor, birth_date: tanggal_lahir, regency: kabupaten}
//	  stages:
//	    - stage: verifikasi
//	      title: {id: Verifikasi petugas, en: Officer's check}
//	      status: open
//	      role: branch           # whose work it is
//	      promise: 7h            # working time; "within: 72h" is the same by the calendar, nights and holidays included
//	      auto: {after: 24h, decision: approve}  # decided by itself, where nobody has, by day or night
//	      documents: [foto_ktp]  # must be there before anything but a refusal
//	      decisions:
//	        - approve: kelas     # NAME: the stage it leads to
//	          sets:
//	            - {name: months_owed, type: number, min: 0, max: 600, label: {id: ..., en: ...}}
//	          say: {id: "...", en: "..."}
//	          flow: kelas        # the follow-up the member is offered
//	          erases: true       # whatever is kept of the member goes once they have read this; its stage is final
//	        - reject: ditolak
//	          reason: true
//	          say: {id: "... {reason}", en: "..."}
//	    - stage: ditolak
//	      status: rejected
//
// A waiting stage may say when the member is reminded and when the ticket is closed ("remind: 24h", "expire: 14d"), a
// final one what follows months later ("follow: [{after: 180d, say: {...}, flow: NAME}]"). No decision is called remind,
// expire or back, nor as an action of every stage.
//
// A follow-up flow names what it is given: "given: {months_owed: number, nomor: nik_or_card}"; it also has the facts
// tiket.ref, tiket.service. The flow that "words: {rating: NAME}" of the catalog document names rates tickets, so it is
// "given: {}": a notice that ends a ticket offers it, in one menu and for a week by its intents;
// after a decision with "rating: false" (a death) nothing does.
//
// # Tickets in the chat
//
// What happens to a ticket comes as a [TicketEvent] and never moves a session. What it asks for joins [Session.Pending]:
// several fields are asked one after the other, each alone. Words of an officer begin a [Talk]: what then answers
// nothing that is being asked, and files that no question waits for, go to the officer, and the engine is silent but for
// one acknowledgement. It ends with "menu" or "batal", a decision on the ticket, [DecisionBack], or 12 quiet hours.
//
// A form that was set aside is reminded of once, within 24 hours and never between 20.00 and 07.00 anywhere in
// Indonesia; "lanjut" goes on with it. [Asked] counts, for each filling, which questions were come to.
//
// The flow of "words: {tickets: NAME}" is begun by its intents, or by a ticket's number, where nothing is being asked or
// a menu has no such option: notices send people there.
//
// # Whose number it is
//
// Numbers change hands. While [Input.Doubt] is set, whatever is written leads into the flow of "words: {doubt: NAME}",
// beside words for an emergency or a language, and nothing of the contact is shown: what happens to a ticket is told
// later, and now only that it did, timers say nothing, files are asked for again. That flow stays in itself and asks no
// query but of "who."; the answer ok to who.prove settles the doubt, and after its end what they wrote first is answered;
// an end with "anew: true" begins with somebody new. Without such a flow whoever writes is somebody new.
//
// # Messages that are recognised
//
// A flow with "recognises: {FIELD: TYPE}" is begun by any message whose whole text reads as that type, wherever the
// conversation stands; then what was being asked is asked again. It only says, asks queries, and ends. A timer that the
// store set is recognised by its name in the same way.
//
// # What free text means
//
// A flow's intents are what it is asked for by, beside its title. What somebody writes first, and what no menu offers,
// is compared with them, both read through the synonyms documents: words become meanings, and a meaning weighs the more
// the fewer flows are asked for by it. At most three flows are proposed; a person chooses. What means the same as a word
// for an emergency is answered with emergency.text before all else. The file intents.tsv beside the flows holds first
// messages with the flow they mean, to measure it by; see [Catalog.FirstMessages].
//
// # Languages
//
// The first language of the catalogue is spoken until somebody chooses. A first message that is unmistakably in another
// is answered in that one, with the word that leads back: it has two or more of the small words that only that language
// has, and none of another's. Both lists are the text "speech".
//
// # Canned replies
//
// A replies document holds what officers say often, NAME: {id: ..., en: ...}, with the placeholders {ref}, {title},
// {name} and {officer}; [Catalog.Reply] fills one in.
package dialog
