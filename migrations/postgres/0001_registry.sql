-- The registry's tables. Names compare byte by byte, whatever the database's collation.
-- The twin in ../sqlite has the same tables and columns; a test compares them.

-- One row: the number of the last change. Every write locks it first, so changes become visible in order.
CREATE TABLE head (
    only_row BIGINT  NOT NULL PRIMARY KEY CHECK (only_row = 1),
    seq      BIGINT  NOT NULL
);

INSERT INTO head (only_row, seq) VALUES (1, 0);

-- The log: one row for each change, in commit order, without gaps.
CREATE TABLE changes (
    seq     BIGINT  NOT NULL PRIMARY KEY,
    at      BIGINT  NOT NULL, -- milliseconds since 1970
    actor   TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    payload TEXT    NOT NULL  -- JSON
);

CREATE TABLE contexts (
    context TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

-- The identities of a context. A row is never removed, so that an id never gets another meaning; the text goes when the
-- last version with this id is deleted permanently.
CREATE TABLE schemas (
    context     TEXT COLLATE "C"    NOT NULL,
    id          BIGINT  NOT NULL,
    guid        TEXT    NOT NULL, -- identity hash over text, references, metadata and rules
    text_guid   TEXT    NOT NULL, -- the same over text and references alone
    schema_type TEXT    NOT NULL,
    has_extras  BIGINT  NOT NULL, -- 1 when there is metadata or a rule set
    PRIMARY KEY (context, id)
);

-- What is large, apart from what is loaded at start.
CREATE TABLE contents (
    context  TEXT COLLATE "C"    NOT NULL,
    id       BIGINT  NOT NULL,
    text     TEXT    NOT NULL,
    metadata TEXT, -- JSON
    rule_set TEXT, -- JSON
    PRIMARY KEY (context, id)
);

CREATE TABLE schema_references (
    context  TEXT COLLATE "C"    NOT NULL,
    id       BIGINT  NOT NULL, -- the referrer
    position BIGINT  NOT NULL,
    name     TEXT    NOT NULL,
    subject  TEXT COLLATE "C"    NOT NULL, -- as the submitter spelled it
    version  BIGINT  NOT NULL,
    PRIMARY KEY (context, id, position)
);

CREATE TABLE subjects (
    context      TEXT COLLATE "C"    NOT NULL,
    subject      TEXT COLLATE "C"    NOT NULL,
    last_version BIGINT  NOT NULL, -- the highest ever given out
    PRIMARY KEY (context, subject)
);

CREATE TABLE versions (
    context       TEXT COLLATE "C"    NOT NULL,
    subject       TEXT COLLATE "C"    NOT NULL,
    version       BIGINT  NOT NULL,
    schema_id     BIGINT  NOT NULL,
    deleted       BIGINT  NOT NULL, -- 1 when soft-deleted
    registered_at BIGINT  NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (context, subject, version)
);

-- Settings of a subject; of a whole context where the subject is empty.
CREATE TABLE configs (
    context TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    config  TEXT NOT NULL, -- JSON
    PRIMARY KEY (context, subject)
);

CREATE TABLE modes (
    context TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    mode    TEXT NOT NULL,
    PRIMARY KEY (context, subject)
);
