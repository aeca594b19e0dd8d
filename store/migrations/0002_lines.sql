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
