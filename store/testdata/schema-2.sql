-- The newest schema, for new databases. An older database comes here by the files in migrations/; a test holds the
-- two equal. Columns named sealed_* hold what is personal: AEAD under the contact's data key, with the table, the
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

-- keys: the contact's data key, wrapped by the master key. Deleting the row erases the person, backups aside.
CREATE TABLE keys (
    contact INTEGER PRIMARY KEY REFERENCES contacts (id),
    wrapped BLOB NOT NULL
) STRICT;

-- addresses: where a contact is reached; found by a keyed hash of the address.
CREATE TABLE addresses (
    hash           BLOB PRIMARY KEY,
    contact        INTEGER NOT NULL REFERENCES contacts (id),
    sealed_address BLOB NOT NULL
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
    sealed_body BLOB NOT NULL -- address, line feed, text
) STRICT;
CREATE INDEX outbox_queued ON outbox (transport, seq) WHERE state = 'queued';
CREATE INDEX outbox_retry ON outbox (contact, transport) WHERE state = 'queued' AND retry_ms > 0;
CREATE INDEX outbox_prompts ON outbox (contact, line)
    WHERE state = 'queued' AND weight = 'prompt' AND transport <> 'terminal';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';

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
    asked          TEXT NOT NULL, -- the field asked for again; '' none
    sample         INTEGER NOT NULL CHECK (sample IN (0, 1)),
    opened_ms      INTEGER NOT NULL,
    promised_ms    INTEGER
) STRICT;
CREATE INDEX tickets_contact ON tickets (contact, opened_ms);
CREATE INDEX tickets_status ON tickets (status, opened_ms);

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
    UNIQUE (contact, line, message_id)
) STRICT;
CREATE INDEX documents_fetching ON documents (transport, id) WHERE state = 'fetching';
CREATE INDEX documents_ticket ON documents (ticket) WHERE ticket IS NOT NULL;

CREATE TABLE document_bodies (
    document    INTEGER PRIMARY KEY REFERENCES documents (id),
    sealed_body BLOB NOT NULL
) STRICT;

-- activity: what happened to tickets, and alerts (no ticket). Only ever added to.
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
    sealed_text BLOB -- NULL where nothing was said
) STRICT;
CREATE INDEX activity_ticket ON activity (ticket, id) WHERE ticket IS NOT NULL;
CREATE TRIGGER activity_is_not_changed BEFORE UPDATE ON activity
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
