-- Erasure: a data key for each subject and each ticket, whoever may have a number now, and files among the replies.
ALTER TABLE addresses ADD COLUMN seen_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE addresses ADD COLUMN doubt TEXT NOT NULL DEFAULT '';
ALTER TABLE addresses ADD COLUMN doubt_seq INTEGER NOT NULL DEFAULT 0;
UPDATE addresses SET seen_day = coalesce((SELECT (max(at_ms) / 1000 + 7 * 3600) / 86400 FROM inbox
    WHERE inbox.contact = addresses.contact AND kind = 'message'), 0);
ALTER TABLE outbox ADD COLUMN sealed_file BLOB;
CREATE TABLE subjects (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE subject_numbers (
    hash    BLOB PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES subjects (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_numbers_subject ON subject_numbers (subject);
ALTER TABLE tickets ADD COLUMN subject INTEGER REFERENCES subjects (id) ON DELETE SET NULL;
ALTER TABLE tickets ADD COLUMN wrapped BLOB;
CREATE INDEX tickets_subject ON tickets (subject) WHERE subject IS NOT NULL;
ALTER TABLE documents ADD COLUMN wrapped BLOB;
CREATE TABLE forgets (
    id     INTEGER PRIMARY KEY,
    veiled TEXT NOT NULL
) STRICT;
