-- The registers, the officers, and what tickets need to be worked by them.

ALTER TABLE tickets ADD COLUMN regency TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN company TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN taken INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1));
ALTER TABLE tickets ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN ended_ms INTEGER;
ALTER TABLE tickets ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN first_ms INTEGER;
ALTER TABLE tickets ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN broken INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0 CHECK (overdue IN (0, 1));
ALTER TABLE activity ADD COLUMN officer TEXT NOT NULL DEFAULT '';
-- What was said goes when its time is over; all else stays as it was written.
DROP TRIGGER activity_is_not_changed;
CREATE TRIGGER activity_is_not_changed BEFORE UPDATE ON activity
WHEN NEW.sealed_text IS NOT NULL OR
    (NEW.id, NEW.ticket, NEW.contact, NEW.at_ms, NEW.who, NEW.what, NEW.stage, NEW.status, NEW.rev, NEW.decision,
     NEW.field, NEW.officer) IS NOT
    (OLD.id, OLD.ticket, OLD.contact, OLD.at_ms, OLD.who, OLD.what, OLD.stage, OLD.status, OLD.rev, OLD.decision,
     OLD.field, OLD.officer)
BEGIN
    SELECT RAISE(ABORT, 'activity is only ever added to');
END;
UPDATE tickets SET taken = officer <> '';
UPDATE tickets SET ended_ms = coalesce(
    (SELECT min(at_ms) FROM activity WHERE ticket = ref AND activity.status = tickets.status), opened_ms)
    WHERE status IN ('approved', 'rejected', 'cancelled', 'closed');
DROP INDEX tickets_status;
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
INSERT INTO loads SELECT officer, count(*) FROM tickets WHERE officer <> '' AND ended_ms IS NULL GROUP BY officer;
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

INSERT INTO ticket_timers SELECT ref, 'promise', promised_ms FROM tickets WHERE promised_ms IS NOT NULL;

-- alerts: what an officer who works in a chat has not been told yet. The timer "alert" of their conversation tells it.
CREATE TABLE alerts (
    officer TEXT NOT NULL,
    ticket  TEXT NOT NULL REFERENCES tickets (ref) ON DELETE CASCADE,
    what    TEXT NOT NULL CHECK (what IN ('new', 'late', 'heard')),
    PRIMARY KEY (officer, ticket, what)
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

-- questions: how often a form's question was asked on a day. Where the numbers fall, members leave.
CREATE TABLE questions (
    flow  TEXT NOT NULL,
    field TEXT NOT NULL,
    day   INTEGER NOT NULL, -- days since 1970 in WIB
    asked INTEGER NOT NULL,
    PRIMARY KEY (flow, field, day)
) STRICT, WITHOUT ROWID;

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
