-- The registry's tables. The twin in ../postgres has the same tables and columns; a test compares them.

-- One row: the number of the last change. Every write locks it first, so changes become visible in order.
CREATE TABLE head (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    seq      INTEGER NOT NULL
) STRICT;

INSERT INTO head (only_row, seq) VALUES (1, 0);

-- The log: one row for each change, in commit order, without gaps.
CREATE TABLE changes (
    seq     INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL, -- milliseconds since 1970
    actor   TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    payload TEXT    NOT NULL  -- JSON
) STRICT;

CREATE TABLE contexts (
    context TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The identities of a context. A row is never removed, so that an id never gets another meaning; the text goes when the
-- last version with this id is deleted permanently.
CREATE TABLE schemas (
    context     TEXT    NOT NULL,
    id          INTEGER NOT NULL,
    guid        TEXT    NOT NULL, -- identity hash over text, references, metadata and rules
    text_guid   TEXT    NOT NULL, -- the same over text and references alone
    schema_type TEXT    NOT NULL,
    has_extras  INTEGER NOT NULL, -- 1 when there is metadata or a rule set
    PRIMARY KEY (context, id)
) STRICT, WITHOUT ROWID;

-- What is large, apart from what is loaded at start.
CREATE TABLE contents (
    context  TEXT    NOT NULL,
    id       INTEGER NOT NULL,
    text     TEXT    NOT NULL,
    metadata TEXT, -- JSON
    rule_set TEXT, -- JSON
    PRIMARY KEY (context, id)
) STRICT;

CREATE TABLE schema_references (
    context  TEXT    NOT NULL,
    id       INTEGER NOT NULL, -- the referrer
    position INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    subject  TEXT    NOT NULL, -- as the submitter spelled it
    version  INTEGER NOT NULL,
    PRIMARY KEY (context, id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE subjects (
    context      TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    last_version INTEGER NOT NULL, -- the highest ever given out
    PRIMARY KEY (context, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
    context       TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    schema_id     INTEGER NOT NULL,
    deleted       INTEGER NOT NULL, -- 1 when soft-deleted
    registered_at INTEGER NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (context, subject, version)
) STRICT, WITHOUT ROWID;

-- Settings of a subject; of a whole context where the subject is empty.
CREATE TABLE configs (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    config  TEXT NOT NULL, -- JSON
    PRIMARY KEY (context, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE modes (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    mode    TEXT NOT NULL,
    PRIMARY KEY (context, subject)
) STRICT, WITHOUT ROWID;
