-- Webhooks: who is told, what is owed to whom, and how it went. Times are milliseconds since 1970.

-- One row: how far the log was fanned out, and how often the subscriptions changed. A fan-out, and whoever changes a
-- subscription, locks it first.
CREATE TABLE webhook_cursor (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    seq      INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

INSERT INTO webhook_cursor (only_row, seq, revision) SELECT 1, seq, 0 FROM head;

CREATE TABLE webhook_subscriptions (
    id             TEXT    NOT NULL PRIMARY KEY,
    revision       INTEGER NOT NULL,
    owner          TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    url            TEXT    NOT NULL,
    host           TEXT    NOT NULL, -- of the URL, with its port
    description    TEXT    NOT NULL,
    filter         TEXT    NOT NULL, -- JSON
    ordering       TEXT    NOT NULL,
    on_dead_letter TEXT    NOT NULL,
    include_schema INTEGER NOT NULL,
    max_rate       INTEGER,          -- attempts a second
    state          TEXT    NOT NULL,
    state_reason   TEXT,
    state_since    INTEGER NOT NULL,
    from_seq       INTEGER NOT NULL, -- only changes after this one are told
    secrets        TEXT    NOT NULL, -- JSON, sealed
    headers        TEXT    NOT NULL  -- JSON, sealed
) STRICT, WITHOUT ROWID;

-- How a subscription has been doing; no row is as good as one that never failed.
CREATE TABLE webhook_health (
    subscription    TEXT    NOT NULL PRIMARY KEY,
    failures        INTEGER NOT NULL, -- attempts since the last success
    failing_since   INTEGER,
    last_success_at INTEGER,
    last_failure_at INTEGER,
    hold_until      INTEGER NOT NULL, -- nothing is sent before
    slow            INTEGER NOT NULL  -- successes that are missing until full speed
) STRICT, WITHOUT ROWID;

-- Events as they are sent, byte for byte. Only those that somebody is owed.
CREATE TABLE webhook_events (
    id          TEXT    NOT NULL,
    with_schema INTEGER NOT NULL,
    position    INTEGER NOT NULL, -- the order of events inside a lane
    seq         INTEGER,          -- the change it tells of
    event_type  TEXT    NOT NULL,
    subject     TEXT,
    occurred_at INTEGER NOT NULL,
    stored_at   INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (id, with_schema)
) STRICT;

CREATE INDEX webhook_events_by_age ON webhook_events (stored_at);

-- The events of one subject that go to one subscription one after the other. A lane exists while something is pending.
CREATE TABLE webhook_lanes (
    subscription TEXT    NOT NULL,
    lane         TEXT    NOT NULL,
    class        TEXT    NOT NULL, -- which queue it waits in
    due_at       INTEGER NOT NULL, -- when its next event is due; when its lease ends, if it is leased
    lease        TEXT,             -- whoever holds this may finish
    PRIMARY KEY (subscription, lane)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_lanes_due ON webhook_lanes (subscription, class, due_at);

CREATE TABLE webhook_deliveries (
    subscription    TEXT    NOT NULL,
    position        INTEGER NOT NULL,
    event           TEXT    NOT NULL,
    job             TEXT    NOT NULL, -- the redelivery or replay it belongs to; empty the first time
    lane            TEXT    NOT NULL,
    event_type      TEXT    NOT NULL,
    subject         TEXT,
    with_schema     INTEGER NOT NULL,
    status          TEXT    NOT NULL,
    attempts        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    next_attempt_at INTEGER,
    finished_at     INTEGER,
    reason          TEXT,
    http_status     INTEGER,
    told            INTEGER NOT NULL, -- 1 when a gap that names it arrived
    PRIMARY KEY (subscription, position, event, job)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (subscription, lane, position, event) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (subscription, lane, position) WHERE status = 'dead';
CREATE INDEX webhook_deliveries_of_job ON webhook_deliveries (subscription, job) WHERE job <> '';
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_attempts (
    subscription TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    event        TEXT    NOT NULL,
    job          TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    reason       TEXT,             -- absent where it was delivered
    http_status  INTEGER,
    timings      TEXT    NOT NULL, -- JSON
    response     TEXT,
    detail       TEXT,
    PRIMARY KEY (subscription, position, event, job, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_replays (
    id           TEXT    NOT NULL PRIMARY KEY,
    subscription TEXT    NOT NULL,
    range_since  INTEGER NOT NULL,
    range_until  INTEGER NOT NULL,
    subjects     TEXT    NOT NULL, -- JSON
    which        TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    reached      INTEGER NOT NULL, -- the position up to which its events were found
    last         INTEGER NOT NULL, -- the last position it may reach
    created_at   INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_replays_of_subscription ON webhook_replays (subscription, created_at);
