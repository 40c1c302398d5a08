-- Webhooks: who is told, what is owed to whom, and how it went. Times are milliseconds since 1970.
-- The twin in ../sqlite has the same tables and columns; a test compares them.

-- One row: how far the log was fanned out, and how often the subscriptions changed. A fan-out, and whoever changes a
-- subscription, locks it first.
CREATE TABLE webhook_cursor (
    only_row BIGINT  NOT NULL PRIMARY KEY CHECK (only_row = 1),
    seq      BIGINT  NOT NULL,
    revision BIGINT  NOT NULL
);

INSERT INTO webhook_cursor (only_row, seq, revision) SELECT 1, seq, 0 FROM head;

CREATE TABLE webhook_subscriptions (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    revision       BIGINT  NOT NULL,
    owner          TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL,
    url            TEXT    NOT NULL,
    host           TEXT    NOT NULL, -- of the URL, with its port
    description    TEXT    NOT NULL,
    filter         TEXT    NOT NULL, -- JSON
    ordering       TEXT    NOT NULL,
    on_dead_letter TEXT    NOT NULL,
    include_schema BIGINT  NOT NULL,
    max_rate       BIGINT,          -- attempts a second
    state          TEXT    NOT NULL,
    state_reason   TEXT,
    state_since    BIGINT  NOT NULL,
    from_seq       BIGINT  NOT NULL, -- only changes after this one are told
    secrets        TEXT    NOT NULL, -- JSON, sealed
    headers        TEXT    NOT NULL  -- JSON, sealed
);

-- How a subscription has been doing; no row is as good as one that never failed.
CREATE TABLE webhook_health (
    subscription    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures        BIGINT  NOT NULL, -- attempts since the last success
    failing_since   BIGINT,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    hold_until      BIGINT  NOT NULL, -- nothing is sent before
    slow            BIGINT  NOT NULL  -- successes that are missing until full speed
);

-- Events as they are sent, byte for byte. Only those that somebody is owed.
CREATE TABLE webhook_events (
    id          TEXT COLLATE "C" NOT NULL,
    with_schema BIGINT  NOT NULL,
    position    BIGINT  NOT NULL, -- the order of events inside a lane
    seq         BIGINT,          -- the change it tells of
    event_type  TEXT    NOT NULL,
    subject     TEXT,
    occurred_at BIGINT  NOT NULL,
    stored_at   BIGINT  NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (id, with_schema)
);

CREATE INDEX webhook_events_by_age ON webhook_events (stored_at);

-- The events of one subject that go to one subscription one after the other. A lane exists while something is pending.
CREATE TABLE webhook_lanes (
    subscription TEXT COLLATE "C" NOT NULL,
    lane         TEXT COLLATE "C" NOT NULL,
    class        TEXT    NOT NULL, -- which queue it waits in
    due_at       BIGINT  NOT NULL, -- when its next event is due; when its lease ends, if it is leased
    lease        TEXT,             -- whoever holds this may finish
    PRIMARY KEY (subscription, lane)
);

CREATE INDEX webhook_lanes_due ON webhook_lanes (subscription, class, due_at);

CREATE TABLE webhook_deliveries (
    subscription    TEXT COLLATE "C" NOT NULL,
    position        BIGINT  NOT NULL,
    event           TEXT COLLATE "C" NOT NULL,
    job             TEXT COLLATE "C" NOT NULL, -- the redelivery or replay it belongs to; empty the first time
    lane            TEXT COLLATE "C" NOT NULL,
    event_type      TEXT    NOT NULL,
    subject         TEXT,
    with_schema     BIGINT  NOT NULL,
    status          TEXT    NOT NULL,
    attempts        BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    next_attempt_at BIGINT,
    finished_at     BIGINT,
    reason          TEXT,
    http_status     BIGINT,
    told            BIGINT  NOT NULL, -- 1 when a gap that names it arrived
    PRIMARY KEY (subscription, position, event, job)
);

CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (subscription, lane, position, event) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (subscription, lane, position) WHERE status = 'dead';
CREATE INDEX webhook_deliveries_of_job ON webhook_deliveries (subscription, job) WHERE job <> '';
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_attempts (
    subscription TEXT COLLATE "C" NOT NULL,
    position     BIGINT  NOT NULL,
    event        TEXT COLLATE "C" NOT NULL,
    job          TEXT COLLATE "C" NOT NULL,
    number       BIGINT  NOT NULL,
    started_at   BIGINT  NOT NULL,
    reason       TEXT,             -- absent where it was delivered
    http_status  BIGINT,
    timings      TEXT    NOT NULL, -- JSON
    response     TEXT,
    detail       TEXT,
    PRIMARY KEY (subscription, position, event, job, number)
);

CREATE TABLE webhook_replays (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    subscription TEXT COLLATE "C" NOT NULL,
    range_since  BIGINT  NOT NULL,
    range_until  BIGINT  NOT NULL,
    subjects     TEXT    NOT NULL, -- JSON
    which        TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    reached      BIGINT  NOT NULL, -- the position up to which its events were found
    last         BIGINT  NOT NULL, -- the last position it may reach
    created_at   BIGINT  NOT NULL,
    finished_at  BIGINT
);

CREATE INDEX webhook_replays_of_subscription ON webhook_replays (subscription, created_at);
