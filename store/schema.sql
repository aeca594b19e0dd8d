-- The newest schema, for new databases. An older database comes here by the files in migrations/; a test holds the
-- two equal. Columns named sealed_* hold what is personal: AEAD under the contact's data key or the row's own, with the table, the
-- column and the row's key as associated data. Times are Unix milliseconds.

-- meta: what belongs to the database as a whole. key_check and index_check recognise the keys it was made with.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    created_ms INTEGER NOT NULL
) STRICT;

-- keys: the contact's data key, wrapped by the master key. Deleting the row erases the person; backups by the list
-- beside the keys.
CREATE TABLE keys (
    contact INTEGER PRIMARY KEY REFERENCES contacts (id),
    wrapped BLOB NOT NULL
) STRICT;

-- addresses: where a contact is reached; found by a keyed hash of the address.
CREATE TABLE addresses (
    hash           BLOB PRIMARY KEY,
    contact        INTEGER NOT NULL REFERENCES contacts (id),
    sealed_address BLOB NOT NULL,
    seen_day       INTEGER NOT NULL DEFAULT 0, -- of the last message, days since 1970 in WIB; 0 not known
    doubt          TEXT NOT NULL DEFAULT '', -- why somebody else may have the number now: identity; '' no doubt
    doubt_seq      INTEGER NOT NULL DEFAULT 0 -- the last reply of the outbox before the doubt
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_contact ON addresses (contact);

-- inbox: every input there ever was, so that a repeated one is recognised.
CREATE TABLE inbox (
    seq          INTEGER PRIMARY KEY,
    contact      INTEGER NOT NULL REFERENCES contacts (id),
    line         TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('done', 'waiting', 'failed')),
    at_ms        INTEGER NOT NULL,
    seed         INTEGER NOT NULL,
    error        TEXT, -- 'error' or 'panic' where state is failed
    sealed_input BLOB NOT NULL,
    UNIQUE (contact, line, message_id)
) STRICT;
CREATE INDEX inbox_waiting ON inbox (contact, line, seq) WHERE state = 'waiting';

-- sessions: where a contact stands on a line, and how it is reached there.
CREATE TABLE sessions (
    id             INTEGER PRIMARY KEY,
    contact        INTEGER NOT NULL REFERENCES contacts (id),
    line           TEXT NOT NULL,
    rev            INTEGER NOT NULL,
    transport      TEXT NOT NULL,
    address        BLOB NOT NULL REFERENCES addresses (hash),
    fetching       INTEGER NOT NULL CHECK (fetching IN (0, 1)),
    sealed_session BLOB NOT NULL,
    UNIQUE (contact, line)
) STRICT;

CREATE TABLE consents (
    id      INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    line    TEXT NOT NULL,
    version TEXT NOT NULL,
    lang    TEXT NOT NULL,
    text    TEXT NOT NULL, -- the text that was agreed to: the organisation's words, not the contact's
    at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_contact ON consents (contact);

CREATE TABLE timers (
    contact INTEGER NOT NULL REFERENCES contacts (id),
    line    TEXT NOT NULL,
    name    TEXT NOT NULL,
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (contact, line, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_at ON timers (at_ms);

-- outbox: replies, each with the ID it has on the wire for ever.
CREATE TABLE outbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    transport   TEXT NOT NULL,
    line        TEXT NOT NULL,
    contact     INTEGER NOT NULL REFERENCES contacts (id),
    weight      TEXT NOT NULL CHECK (weight IN ('prompt', 'keep')),
    state       TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'superseded', 'dead')),
    cause       TEXT NOT NULL, -- the message it answers; empty: a timer, a ticket's notice
    at_ms       INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    retry_ms    INTEGER NOT NULL DEFAULT 0, -- not before
    sent_ms     INTEGER,
    reason      TEXT, -- why the last try failed
    sealed_body BLOB NOT NULL, -- address, line feed, text
    sealed_file BLOB -- name, line feed, MIME type, line feed, body; NULL: words only
) STRICT;
CREATE INDEX outbox_queued ON outbox (transport, seq) WHERE state = 'queued';
CREATE INDEX outbox_retry ON outbox (contact, transport) WHERE state = 'queued' AND retry_ms > 0;
CREATE INDEX outbox_prompts ON outbox (contact, line)
    WHERE state = 'queued' AND weight = 'prompt' AND transport <> 'terminal';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';

-- subjects: whom tickets are about, each with a data key wrapped by the master key. Deleting the row erases what the
-- tickets hold, whosever they are; backups by the list beside the keys.
CREATE TABLE subjects (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    wrapped BLOB NOT NULL
) STRICT;

-- subject_numbers: how subjects are found: the keyed hashes of their card, NIK and passport numbers.
CREATE TABLE subject_numbers (
    hash    BLOB PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES subjects (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_numbers_subject ON subject_numbers (subject);

CREATE TABLE tickets (
    ref            TEXT PRIMARY KEY,
    rev            INTEGER NOT NULL,
    service        TEXT NOT NULL,
    stage          TEXT NOT NULL,
    status         TEXT NOT NULL,
    line           TEXT NOT NULL,
    contact        INTEGER NOT NULL REFERENCES contacts (id),
    branch         TEXT NOT NULL, -- '' where none serves the member's regency
    zone           TEXT NOT NULL, -- of the office: IANA name, '' unknown
    officer        TEXT NOT NULL, -- '' nobody
    asked          TEXT NOT NULL, -- the fields asked for again, joined by spaces; '' none
    sample         INTEGER NOT NULL CHECK (sample IN (0, 1)),
    opened_ms      INTEGER NOT NULL,
    promised_ms    INTEGER,
    regency        TEXT NOT NULL DEFAULT '', -- code, by which officers' scopes cover it; '' not known
    company        TEXT NOT NULL DEFAULT '', -- code of the employer it is for; '' none
    taken          INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1)), -- by the officer; else only assigned
    decided_by     TEXT NOT NULL DEFAULT '', -- who made the decision that led to this stage
    ended_ms       INTEGER,
    rating         INTEGER NOT NULL DEFAULT 0, -- 1 to 5; 0 none
    first_ms       INTEGER, -- the first word or decision of an officer
    kept           INTEGER NOT NULL DEFAULT 0, -- promises
    broken         INTEGER NOT NULL DEFAULT 0,
    overdue        INTEGER NOT NULL DEFAULT 0 CHECK (overdue IN (0, 1)), -- the promise was broken, and the history says so
    subject        INTEGER REFERENCES subjects (id) ON DELETE SET NULL, -- NULL: nobody is named, or they were erased
    wrapped        BLOB -- the ticket's data key under the subject's, that under the contact's; NULL: the contact's is used
) STRICT;
CREATE INDEX tickets_contact ON tickets (contact, opened_ms);
CREATE INDEX tickets_subject ON tickets (subject) WHERE subject IS NOT NULL;
CREATE INDEX tickets_officer ON tickets (officer, opened_ms) WHERE officer <> '';
-- A list reads nothing else of the tickets it passes over.
CREATE INDEX tickets_list ON tickets
    (opened_ms, status, service, stage, line, branch, regency, company, officer, promised_ms);
-- What is open, the most urgent first: what an officer sees in a chat.
CREATE INDEX tickets_open ON tickets (promised_ms, officer, regency, company) WHERE ended_ms IS NULL;
-- The queue of a stage at an office, and all that statistics count.
CREATE INDEX tickets_queue ON tickets
    (service, stage, branch, ended_ms, opened_ms, status, first_ms, kept, broken, rating);

-- loads: how many open tickets are whose. The triggers keep it.
CREATE TABLE loads (
    officer TEXT PRIMARY KEY,
    open    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER loads_insert AFTER INSERT ON tickets WHEN NEW.officer <> '' AND NEW.ended_ms IS NULL
BEGIN
    INSERT INTO loads VALUES (NEW.officer, 1) ON CONFLICT (officer) DO UPDATE SET open = open + 1;
END;
CREATE TRIGGER loads_update AFTER UPDATE OF officer, ended_ms ON tickets
WHEN OLD.officer <> NEW.officer OR (OLD.ended_ms IS NULL) <> (NEW.ended_ms IS NULL)
BEGIN
    UPDATE loads SET open = open - 1 WHERE officer = OLD.officer AND OLD.ended_ms IS NULL;
    INSERT INTO loads SELECT NEW.officer, 1 WHERE NEW.officer <> '' AND NEW.ended_ms IS NULL
    ON CONFLICT (officer) DO UPDATE SET open = open + 1;
END;

-- ticket_timers: when something happens to a ticket by itself: a promise falls due, a reminder, its closing.
CREATE TABLE ticket_timers (
    ticket TEXT NOT NULL REFERENCES tickets (ref),
    name   TEXT NOT NULL,
    at_ms  INTEGER NOT NULL,
    PRIMARY KEY (ticket, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_timers_at ON ticket_timers (at_ms);

-- alerts: what an officer who works in a chat has not been told yet. The timer "alert" of their conversation tells it.
CREATE TABLE alerts (
    officer TEXT NOT NULL,
    ticket  TEXT NOT NULL REFERENCES tickets (ref) ON DELETE CASCADE,
    what    TEXT NOT NULL CHECK (what IN ('new', 'late', 'heard')),
    PRIMARY KEY (officer, ticket, what)
) STRICT, WITHOUT ROWID;

-- answers: what the member answered and what officers set, by field.
CREATE TABLE answers (
    ticket       TEXT NOT NULL REFERENCES tickets (ref),
    field        TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('given', 'asked', 'renewed', 'set')),
    sealed_value BLOB NOT NULL,
    PRIMARY KEY (ticket, field)
) STRICT;

-- documents: files members sent. The body stands apart so that changing a row does not rewrite it.
CREATE TABLE documents (
    id           INTEGER PRIMARY KEY,
    contact      INTEGER NOT NULL REFERENCES contacts (id),
    line         TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    transport    TEXT NOT NULL,
    address      BLOB NOT NULL REFERENCES addresses (hash),
    field        TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('fetching', 'ready', 'bad', 'lost')),
    ticket       TEXT REFERENCES tickets (ref),
    mime         TEXT NOT NULL,
    bytes        INTEGER NOT NULL,
    sha256       TEXT NOT NULL,
    problem      TEXT NOT NULL, -- its code, where state is bad
    at_ms        INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    sealed_media BLOB NOT NULL, -- name, and what the transport needs to fetch it
    wrapped      BLOB, -- the body's data key under the ticket's or, while there is none, the contact's; NULL: the contact's is used
    UNIQUE (contact, line, message_id)
) STRICT;
CREATE INDEX documents_fetching ON documents (transport, id) WHERE state = 'fetching';
CREATE INDEX documents_ticket ON documents (ticket) WHERE ticket IS NOT NULL;

CREATE TABLE document_bodies (
    document    INTEGER PRIMARY KEY REFERENCES documents (id),
    sealed_body BLOB NOT NULL
) STRICT;

-- activity: what happened to tickets, and alerts (no ticket). Only ever added to; what was said goes when its time is over.
CREATE TABLE activity (
    id          INTEGER PRIMARY KEY,
    ticket      TEXT REFERENCES tickets (ref),
    contact     INTEGER NOT NULL REFERENCES contacts (id),
    at_ms       INTEGER NOT NULL,
    who         TEXT NOT NULL,
    what        TEXT NOT NULL,
    stage       TEXT NOT NULL,
    status      TEXT NOT NULL,
    rev         INTEGER NOT NULL,
    decision    TEXT NOT NULL,
    field       TEXT NOT NULL,
    sealed_text BLOB, -- NULL where nothing was said
    officer     TEXT NOT NULL DEFAULT '' -- whose the ticket was after it
) STRICT;
CREATE INDEX activity_ticket ON activity (ticket, id) WHERE ticket IS NOT NULL;
CREATE TRIGGER activity_is_not_changed BEFORE UPDATE ON activity
WHEN NEW.sealed_text IS NOT NULL OR
    (NEW.id, NEW.ticket, NEW.contact, NEW.at_ms, NEW.who, NEW.what, NEW.stage, NEW.status, NEW.rev, NEW.decision,
     NEW.field, NEW.officer) IS NOT
    (OLD.id, OLD.ticket, OLD.contact, OLD.at_ms, OLD.who, OLD.what, OLD.stage, OLD.status, OLD.rev, OLD.decision,
     OLD.field, OLD.officer)
BEGIN
    SELECT RAISE(ABORT, 'activity is only ever added to');
END;
CREATE TRIGGER activity_is_not_deleted BEFORE DELETE ON activity
BEGIN
    SELECT RAISE(ABORT, 'activity is only ever added to');
END;

-- tries: wrong birth dates typed for a ticket's details, by contact and day.
CREATE TABLE tries (
    contact INTEGER NOT NULL REFERENCES contacts (id),
    day     INTEGER NOT NULL, -- days since 1970 in WIB
    ticket  TEXT NOT NULL REFERENCES tickets (ref),
    wrong   INTEGER NOT NULL,
    PRIMARY KEY (contact, day, ticket)
) STRICT, WITHOUT ROWID;

CREATE TABLE branches (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    line    TEXT NOT NULL,
    phone   TEXT NOT NULL,
    address TEXT NOT NULL,
    open    TEXT NOT NULL,
    close   TEXT NOT NULL,
    sample  INTEGER NOT NULL CHECK (sample IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE branch_regencies (
    regency TEXT NOT NULL,
    kind    TEXT NOT NULL,
    branch  TEXT NOT NULL REFERENCES branches (code) ON DELETE CASCADE,
    PRIMARY KEY (regency, kind)
) STRICT, WITHOUT ROWID;

-- officers: who works tickets. A telephone number is found by the keyed hash that addresses have.
CREATE TABLE officers (
    name         TEXT PRIMARY KEY,
    role         TEXT NOT NULL,
    scope        TEXT NOT NULL, -- codes of regencies, provinces or companies, joined by spaces; '' as the role has it
    enabled      INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    phone_hash   BLOB UNIQUE, -- NULL where no number was given
    wrapped      BLOB, -- the row's own data key, wrapped by the master key
    sealed_phone BLOB
) STRICT, WITHOUT ROWID;

-- members: the register. Each row has a data key of its own, wrapped by the master key: deleting the row erases the
-- person, backups aside.
CREATE TABLE members (
    id            INTEGER PRIMARY KEY, -- counted in meta, never given twice
    sample        INTEGER NOT NULL CHECK (sample IN (0, 1)), -- made up
    wrapped       BLOB NOT NULL,
    sealed_member BLOB NOT NULL
) STRICT;
CREATE INDEX members_sample ON members (id) WHERE sample = 1;

-- member_numbers: how members are found: the keyed hashes of their card, NIK and KK numbers. They are written before
-- the member, so one may point to a member who is not there (yet).
CREATE TABLE member_numbers (
    hash   BLOB NOT NULL,
    member INTEGER NOT NULL,
    PRIMARY KEY (hash, member)
) STRICT, WITHOUT ROWID;

-- member_tries: wrong birth dates typed for a member, by who typed them and day.
CREATE TABLE member_tries (
    member  INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    day     INTEGER NOT NULL, -- days since 1970 in WIB
    contact INTEGER NOT NULL REFERENCES contacts (id),
    wrong   INTEGER NOT NULL,
    PRIMARY KEY (member, day, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_tries_contact ON member_tries (contact, day);

-- member_looks: who looked at what is personal of a member, and why. The words are sealed under the member's key.
CREATE TABLE member_looks (
    id          INTEGER PRIMARY KEY,
    member      INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    at_ms       INTEGER NOT NULL,
    who         TEXT NOT NULL,
    what        TEXT NOT NULL, -- a stable event name
    sealed_text BLOB NOT NULL
) STRICT;
CREATE INDEX member_looks_member ON member_looks (member);

-- proofs: a word is shown in one chat for the member's registered phone to send. A contact has one at a time.
CREATE TABLE proofs (
    contact    INTEGER PRIMARY KEY REFERENCES contacts (id), -- whose chat shows it
    member     INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    word_hash  BLOB NOT NULL UNIQUE,
    until_ms   INTEGER NOT NULL,
    claimed_ms INTEGER -- NULL until the phone has sent the word
) STRICT;
CREATE INDEX proofs_member ON proofs (member);

CREATE TABLE companies (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    regency TEXT NOT NULL,
    sample  INTEGER NOT NULL CHECK (sample IN (0, 1))
) STRICT, WITHOUT ROWID;

-- bills: which virtual account a ticket waits for a payment to; found by a keyed hash of what all banks' share.
CREATE TABLE bills (
    ticket  TEXT PRIMARY KEY REFERENCES tickets (ref),
    va_hash BLOB NOT NULL,
    at_ms   INTEGER NOT NULL -- what is owed was found then
) STRICT, WITHOUT ROWID;
CREATE INDEX bills_va ON bills (va_hash);

-- payments: what the bank reported, each once by its reference, under a data key of its own.
CREATE TABLE payments (
    reference_hash BLOB PRIMARY KEY,
    state          TEXT NOT NULL CHECK (state IN ('settled', 'mismatched', 'unknown')),
    ticket         TEXT REFERENCES tickets (ref), -- NULL where state is unknown
    at_ms          INTEGER NOT NULL, -- when it was imported
    wrapped        BLOB NOT NULL,
    sealed_payment BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_open ON payments (at_ms) WHERE state <> 'settled';
CREATE INDEX payments_ticket ON payments (ticket) WHERE ticket IS NOT NULL;

-- visits: who comes to which office when. UNIQUE keeps a slot from being given out more often than it has places.
CREATE TABLE visits (
    code        TEXT PRIMARY KEY,
    contact     INTEGER NOT NULL REFERENCES contacts (id),
    branch      TEXT NOT NULL,
    regency     TEXT NOT NULL, -- code; it has the office's zone
    at_ms       INTEGER NOT NULL, -- when the slot begins
    place       INTEGER NOT NULL, -- in it, from 1
    purpose     TEXT NOT NULL, -- what they come for
    sample      INTEGER NOT NULL CHECK (sample IN (0, 1)),
    sealed_name BLOB NOT NULL,
    UNIQUE (branch, at_ms, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_contact ON visits (contact, at_ms);
CREATE INDEX visits_at ON visits (at_ms);

-- questions: how often a form's question was asked on a day. Where the numbers fall, members leave.
CREATE TABLE questions (
    flow  TEXT NOT NULL,
    field TEXT NOT NULL,
    day   INTEGER NOT NULL, -- days since 1970 in WIB
    asked INTEGER NOT NULL,
    PRIMARY KEY (flow, field, day)
) STRICT, WITHOUT ROWID;

-- cursors: how far a reader of an append-only table has come.
CREATE TABLE cursors (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- lines: the WhatsApp number that a line is linked to, and how it does. The number is the organisation's own.
CREATE TABLE lines (
    line     TEXT PRIMARY KEY,
    jid      TEXT NOT NULL, -- of our linked device; '' none
    phone    TEXT NOT NULL, -- '' none
    state    TEXT NOT NULL,
    reason   TEXT NOT NULL, -- why it is so, for the operator; '' nothing to say
    since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- links: wishes to link a line. A command leaves one, the running service fulfils it and passes back what to show.
CREATE TABLE links (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    line      TEXT NOT NULL,
    phone     TEXT NOT NULL, -- to type a code on; '' a QR code is scanned
    step      TEXT NOT NULL, -- asked; then what bot/whatsapp calls its steps; cancelled
    detail    TEXT NOT NULL, -- what to show: it links a device, so it is cleared at the end
    until_ms  INTEGER NOT NULL,
    answer    TEXT NOT NULL, -- what the operator typed in return
    seen_ms   INTEGER NOT NULL -- when the command last looked
) STRICT;

-- forgets: addresses of people who were erased, veiled, until the service has taken them out of WhatsApp's own file.
CREATE TABLE forgets (
    id     INTEGER PRIMARY KEY,
    veiled TEXT NOT NULL
) STRICT;

-- chats: what is kept of a chat beside its conversation; found by a keyed hash of line and address.
CREATE TABLE chats (
    hash      BLOB PRIMARY KEY,
    expires_s INTEGER NOT NULL, -- how long its messages stay; 0: for ever
    paused_ms INTEGER NOT NULL  -- until then a person answers; 0: the bot does
) STRICT, WITHOUT ROWID;

-- merges: contacts that turned out to be one person. What is only ever added to stays under the first one's key.
CREATE TABLE merges (
    contact INTEGER PRIMARY KEY REFERENCES contacts (id),
    kept    INTEGER NOT NULL REFERENCES contacts (id),
    at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX merges_kept ON merges (kept);
