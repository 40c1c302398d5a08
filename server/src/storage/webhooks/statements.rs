//! The statements of the webhooks that read the same in both dialects, and those that differ only in how a list of rows is
//! passed: as one JSON array, which each dialect reads with its own function.

pub(in crate::storage) const CURSOR: &str = "SELECT seq, revision FROM webhook_cursor";

pub(in crate::storage) const MOVE_CURSOR: &str = "UPDATE webhook_cursor SET seq = $1";

pub(in crate::storage) const MOVE_REVISION: &str =
    "UPDATE webhook_cursor SET revision = revision + 1";

pub(in crate::storage) const INSERT_SUBSCRIPTION: &str = "
    INSERT INTO webhook_subscriptions (
        id, revision, owner, created_at, updated_at, url, description, filter, ordering, on_dead_letter, include_schema,
        max_rate, state, state_reason, state_since, from_seq, secrets, headers, host
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

pub(in crate::storage) const UPDATE_SUBSCRIPTION: &str = "
    UPDATE webhook_subscriptions
    SET
        revision = revision + 1, updated_at = $3, url = $4, description = $5, filter = $6, ordering = $7,
        on_dead_letter = $8, include_schema = $9, max_rate = $10, secrets = $11, headers = $12,
        host = $13
    WHERE id = $1 AND revision = $2";

macro_rules! subscription_columns {
    () => {
        "id, revision, owner, created_at, updated_at, url, description, filter, ordering, on_dead_letter, include_schema,
        max_rate, state, state_reason, state_since, from_seq, secrets, headers"
    };
}

pub(in crate::storage) const SUBSCRIPTION: &str = concat!(
    "SELECT ",
    subscription_columns!(),
    " FROM webhook_subscriptions WHERE id = $1"
);

/// The subscription of a lane that a lease holds.
pub(in crate::storage) const LEASED_SUBSCRIPTION: &str = concat!(
    "SELECT ",
    subscription_columns!(),
    " FROM webhook_subscriptions
    WHERE id = $1 AND EXISTS (
        SELECT 1 FROM webhook_lanes WHERE subscription = $1 AND lane = $2 AND lease = $3
    )"
);

pub(in crate::storage) const SUBSCRIPTIONS: &str = concat!(
    "SELECT ",
    subscription_columns!(),
    " FROM webhook_subscriptions WHERE id > $1 ORDER BY id LIMIT $2"
);

pub(in crate::storage) const COUNT_SUBSCRIPTIONS: &str =
    "SELECT COUNT(*) FROM webhook_subscriptions";

pub(in crate::storage) const DISABLE_SUBSCRIPTION: &str = "
    UPDATE webhook_subscriptions
    SET state = 'disabled', state_reason = $2, state_since = $3, revision = revision + 1
    WHERE id = $1 AND state = 'enabled'";

pub(in crate::storage) const ENABLE_SUBSCRIPTION: &str = "
    UPDATE webhook_subscriptions
    SET state = 'enabled', state_reason = NULL, state_since = $2, revision = revision + 1,
        from_seq = (SELECT seq FROM head)
    WHERE id = $1";

pub(in crate::storage) const DISABLED_SINCE: &str =
    "SELECT state_since FROM webhook_subscriptions WHERE id = $1 AND state = 'disabled'";

pub(in crate::storage) const OLDEST_PENDING: &str = "
    SELECT MIN(e.occurred_at)
    FROM webhook_deliveries AS d
    JOIN webhook_events AS e ON e.id = d.event AND e.with_schema = d.with_schema
    WHERE d.subscription = $1 AND d.status = 'pending'";

pub(in crate::storage) const CANCEL_PENDING: &str = "
    UPDATE webhook_deliveries
    SET status = 'cancelled', finished_at = $2, next_attempt_at = NULL
    WHERE subscription = $1 AND status = 'pending'";

pub(in crate::storage) const CANCEL_REPLAYS: &str = "
    UPDATE webhook_replays
    SET state = 'cancelled', finished_at = $2
    WHERE subscription = $1 AND state = 'preparing'";

pub(in crate::storage) const DELETE_LANES: &str =
    "DELETE FROM webhook_lanes WHERE subscription = $1";

pub(in crate::storage) const DELETE_HEALTH: &str =
    "DELETE FROM webhook_health WHERE subscription = $1";

/// What goes with a subscription. Replays first and lanes second, so that whoever holds one of them ends before.
pub(in crate::storage) const DELETE_SUBSCRIPTION: [&str; 6] = [
    "DELETE FROM webhook_replays WHERE subscription = $1",
    DELETE_LANES,
    DELETE_HEALTH,
    "DELETE FROM webhook_deliveries WHERE subscription = $1",
    "DELETE FROM webhook_attempts WHERE subscription = $1",
    "DELETE FROM webhook_subscriptions WHERE id = $1",
];

pub(in crate::storage) const HEALTH: &str = "
    SELECT failures, failing_since, last_success_at, last_failure_at, hold_until, slow
    FROM webhook_health
    WHERE subscription = $1";

pub(in crate::storage) const SET_HEALTH: &str = "
    INSERT INTO webhook_health (
        subscription, failures, failing_since, last_success_at, last_failure_at, hold_until, slow
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (subscription) DO UPDATE
    SET failures = excluded.failures, failing_since = excluded.failing_since,
        last_success_at = excluded.last_success_at, last_failure_at = excluded.last_failure_at,
        hold_until = excluded.hold_until, slow = excluded.slow";

macro_rules! delivery_columns {
    () => {
        "d.subscription, d.position, d.event, d.job, d.lane, d.event_type, d.subject, d.with_schema, d.status, d.attempts,
        d.created_at, d.next_attempt_at, d.finished_at, d.reason, d.http_status"
    };
}

/// Newest first, before a place. An absent filter is passed as null.
pub(in crate::storage) const DELIVERIES: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    " FROM webhook_deliveries AS d
    WHERE d.subscription = $1
        AND (d.position, d.event, d.job) < ($2, $3, $4)
        AND (CAST($5 AS TEXT) IS NULL OR d.status = $5)
        AND (CAST($6 AS TEXT) IS NULL OR d.subject = $6)
        AND d.created_at >= $7
    ORDER BY d.position DESC, d.event DESC, d.job DESC
    LIMIT $8"
);

pub(in crate::storage) const DELIVERIES_OF_EVENT: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    " FROM webhook_deliveries AS d
    WHERE d.subscription = $1 AND d.position = $2 AND d.event = $3
    ORDER BY d.job"
);

pub(in crate::storage) const POSITION_OF_EVENT: &str =
    "SELECT MIN(position) FROM webhook_events WHERE id = $1";

pub(in crate::storage) const ATTEMPTS: &str = "
    SELECT subscription, position, event, job, number, started_at, reason, http_status, timings, response, detail
    FROM webhook_attempts
    WHERE subscription = $1 AND position = $2 AND event = $3
    ORDER BY started_at, job, number";

pub(in crate::storage) const EVENT: &str = "
    SELECT id, event_type, subject, seq, occurred_at, body
    FROM webhook_events
    WHERE id = $1 AND with_schema = $2";

pub(in crate::storage) const INSERT_EVENT: &str = "
    INSERT INTO webhook_events (
        id, with_schema, position, seq, event_type, subject, occurred_at, stored_at, body
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT DO NOTHING";

/// A given up delivery that holds up its lane.
pub(in crate::storage) const BLOCKING: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    " FROM webhook_deliveries AS d
    JOIN webhook_lanes AS l ON l.subscription = d.subscription AND l.lane = d.lane
    WHERE d.subscription = $1 AND d.lane = $2 AND d.status = 'dead' AND d.told = 0 AND l.class = 'blocked'
    ORDER BY d.position DESC, d.event DESC
    LIMIT 1"
);

pub(in crate::storage) const START_OVER: &str = "
    UPDATE webhook_deliveries
    SET status = 'pending', attempts = 0, next_attempt_at = $5, finished_at = NULL
    WHERE subscription = $1 AND position = $2 AND event = $3 AND job = $4 AND status = 'dead'";

pub(in crate::storage) const BLOCKED_LANES: &str = "
    SELECT subscription, lane, class, due_at, lease
    FROM webhook_lanes
    WHERE subscription = $1 AND class = 'blocked'
    ORDER BY due_at, lane";

pub(in crate::storage) const INSERT_REPLAY: &str = "
    INSERT INTO webhook_replays (
        id, subscription, range_since, range_until, subjects, which, state, reached, last, created_at, finished_at
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

macro_rules! replay_columns {
    () => {
        "id, subscription, range_since, range_until, subjects, which, state, reached, last, created_at, finished_at"
    };
}

pub(in crate::storage) const REPLAY: &str = concat!(
    "SELECT ",
    replay_columns!(),
    " FROM webhook_replays WHERE id = $1"
);

pub(in crate::storage) const REPLAYS: &str = concat!(
    "SELECT ",
    replay_columns!(),
    " FROM webhook_replays WHERE subscription = $1 ORDER BY created_at DESC, id DESC"
);

pub(in crate::storage) const RUNNING_REPLAYS: &str = concat!(
    "SELECT ",
    replay_columns!(),
    " FROM webhook_replays WHERE state = 'preparing' ORDER BY created_at, id"
);

pub(in crate::storage) const REPLAY_PROGRESS: &str = "
    SELECT status, COUNT(*)
    FROM webhook_deliveries
    WHERE subscription = $1 AND job = $2 AND job <> ''
    GROUP BY status";

/// A replay goes on only from where its step was found.
pub(in crate::storage) const MOVE_REPLAY: &str = "
    UPDATE webhook_replays
    SET reached = $3, state = $4, finished_at = $5
    WHERE id = $1 AND reached = $2 AND state = 'preparing'";

pub(in crate::storage) const CANCEL_REPLAY: &str = "
    UPDATE webhook_replays
    SET state = 'cancelled', finished_at = $2
    WHERE id = $1 AND state <> 'cancelled'";

pub(in crate::storage) const DELETE_LANES_OF_JOB: &str = "
    DELETE FROM webhook_lanes
    WHERE subscription = $1 AND lane IN (
        SELECT d.lane FROM webhook_deliveries AS d
        WHERE d.subscription = $1 AND d.job = $2 AND d.job <> '' AND d.status = 'pending'
    )";

pub(in crate::storage) const CANCEL_PENDING_OF_JOB: &str = "
    UPDATE webhook_deliveries
    SET status = 'cancelled', finished_at = $3, next_attempt_at = NULL
    WHERE subscription = $1 AND job = $2 AND job <> '' AND status = 'pending'";

/// What was given up the first time round, by when it happened.
pub(in crate::storage) const DEAD_IN_RANGE: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    " FROM webhook_deliveries AS d
    JOIN webhook_events AS e ON e.id = d.event AND e.with_schema = d.with_schema
    WHERE d.subscription = $1 AND d.status = 'dead' AND d.job = '' AND d.event_type NOT LIKE 'webhook.%'
        AND d.position > $2 AND d.position <= $3
        AND e.occurred_at >= $4 AND e.occurred_at < $5
    ORDER BY d.position, d.event
    LIMIT $6"
);

pub(in crate::storage) const INSERT_DELIVERY: &str = "
    INSERT INTO webhook_deliveries (
        subscription, position, event, job, lane, event_type, subject, with_schema, status, attempts, created_at,
        next_attempt_at, told
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', 0, $9, $9, 0)
    ON CONFLICT DO NOTHING";

pub(in crate::storage) const INSERT_LANE: &str = "
    INSERT INTO webhook_lanes (subscription, lane, class, due_at, lease)
    VALUES ($1, $2, $3, $4, NULL)
    ON CONFLICT (subscription, lane) DO UPDATE SET class = webhook_lanes.class";

pub(in crate::storage) const GIVE_BACK_LEASE: &str = "
    UPDATE webhook_lanes
    SET lease = NULL
    WHERE subscription = $1 AND lane = $2 AND lease = $3";

pub(in crate::storage) const RELEASE: &str = "
    UPDATE webhook_lanes
    SET lease = NULL, due_at = $4
    WHERE subscription = $1 AND lane = $2 AND lease = $3";

pub(in crate::storage) const INSERT_ATTEMPT: &str = "
    INSERT INTO webhook_attempts (
        subscription, position, event, job, number, started_at, reason, http_status, timings, response, detail
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (subscription, position, event, job, number) DO UPDATE
    SET started_at = excluded.started_at, reason = excluded.reason, http_status = excluded.http_status,
        timings = excluded.timings, response = excluded.response, detail = excluded.detail";

pub(in crate::storage) const UPDATE_DELIVERY: &str = "
    UPDATE webhook_deliveries
    SET status = $5, attempts = $6, next_attempt_at = $7, finished_at = $8, reason = $9, http_status = $10
    WHERE subscription = $1 AND position = $2 AND event = $3 AND job = $4";

/// A gap arrived: what was given up before it is told.
pub(in crate::storage) const TELL: &str = "
    UPDATE webhook_deliveries
    SET told = 1
    WHERE subscription = $1 AND lane = $2 AND status = 'dead' AND position <= $3 AND told = 0";

pub(in crate::storage) const SKIPPED: &str = "
    SELECT event
    FROM webhook_deliveries
    WHERE subscription = $1 AND lane = $2 AND status = 'dead' AND told = 0 AND event_type <> 'webhook.gap'
    ORDER BY position, event
    LIMIT $3";

pub(in crate::storage) const NEXT_IN_LANE: &str = "
    SELECT attempts
    FROM webhook_deliveries
    WHERE subscription = $1 AND lane = $2 AND status = 'pending'
    ORDER BY position, event
    LIMIT 1";

/// A lane of a replay stays one.
pub(in crate::storage) const SET_LANE: &str = "
    UPDATE webhook_lanes
    SET class = CASE WHEN class = 'replay' THEN 'replay' ELSE $3 END, due_at = $4
    WHERE subscription = $1 AND lane = $2";

pub(in crate::storage) const BLOCK_LANE: &str = "
    UPDATE webhook_lanes
    SET class = 'blocked', due_at = $3
    WHERE subscription = $1 AND lane = $2";

pub(in crate::storage) const DELETE_LANE: &str =
    "DELETE FROM webhook_lanes WHERE subscription = $1 AND lane = $2";

/// The next attempt keeps its distance to this one.
pub(in crate::storage) const RATE: &str = "
    INSERT INTO webhook_health (subscription, failures, hold_until, slow)
    VALUES ($1, 0, $2 + $3, 0)
    ON CONFLICT (subscription) DO UPDATE
    SET hold_until = CASE WHEN webhook_health.hold_until > $2 THEN webhook_health.hold_until ELSE $2 END + $3";

pub(in crate::storage) const RESCUE: [&str; 3] = [
    "UPDATE webhook_lanes SET due_at = $1 WHERE due_at > $2 AND lease IS NULL",
    "UPDATE webhook_lanes SET due_at = $1 + 60000 WHERE due_at > $2 AND lease IS NOT NULL",
    "UPDATE webhook_health SET hold_until = $1 WHERE hold_until > $2",
];

pub(in crate::storage) const PRUNABLE: &str = "
    SELECT subscription, position, event, job
    FROM webhook_deliveries
    WHERE (finished_at < $1 AND status <> 'dead') OR (finished_at < $2 AND status = 'dead')
    LIMIT $3";

pub(in crate::storage) const PRUNE_DELIVERY: [&str; 2] = [
    "DELETE FROM webhook_attempts WHERE subscription = $1 AND position = $2 AND event = $3 AND job = $4",
    "DELETE FROM webhook_deliveries
    WHERE subscription = $1 AND position = $2 AND event = $3 AND job = $4 AND status <> 'pending'",
];

/// Events that nobody is owed any more, nor anything older.
pub(in crate::storage) const PRUNE_EVENTS: &str = "
    DELETE FROM webhook_events
    WHERE (id, with_schema) IN (
        SELECT e.id, e.with_schema
        FROM webhook_events AS e
        WHERE e.stored_at < $1
            AND e.position < COALESCE(
                (SELECT MIN(position) FROM webhook_deliveries WHERE status = 'pending'), 9223372036854775807
            )
        LIMIT $2
    )";

pub(in crate::storage) const PRUNE_REPLAYS: &str =
    "DELETE FROM webhook_replays WHERE finished_at < $1";

pub(in crate::storage) const DEPTH: &str = "
    SELECT l.class, COUNT(*)
    FROM webhook_deliveries AS d
    JOIN webhook_lanes AS l ON l.subscription = d.subscription AND l.lane = d.lane
    WHERE d.status = 'pending'
    GROUP BY l.class";

pub(in crate::storage) const BLOCKED: &str =
    "SELECT COUNT(*) FROM webhook_lanes WHERE class = 'blocked'";

pub(in crate::storage) const OLDEST: &str = "
    SELECT MIN(d.created_at)
    FROM webhook_deliveries AS d
    JOIN webhook_subscriptions AS s ON s.id = d.subscription
    WHERE d.status = 'pending' AND s.state = 'enabled'";

pub(in crate::storage) const STATES: &str =
    "SELECT state, COUNT(*) FROM webhook_subscriptions GROUP BY state";

/// Expands to the statements that take lists. `$pairs` reads rows of `subscription` and `lane` from `$1`; `$full` and
/// `$busy` read ids from `$3` and `$4`, `$hosts` reads hosts and their taken places from `$5`; `$lock` locks the lanes that are found, where several nodes look.
macro_rules! list_statements {
    (pairs: $pairs:literal, full: $full:literal, busy: $busy:literal, hosts: $hosts:literal, lock: $lock:literal) => {
        pub(in crate::storage) const INSERT_DELIVERIES: &str = concat!(
            "INSERT INTO webhook_deliveries (
                subscription, position, event, job, lane, event_type, subject, with_schema, status, attempts, created_at,
                next_attempt_at, told
            )
            SELECT r.subscription, $2, $3, $4, r.lane, $5, $6, $7, 'pending', 0, $8, $8, 0
            FROM (", $pairs, ") AS r
            JOIN webhook_subscriptions AS s ON s.id = r.subscription
            WHERE s.state = 'enabled'
            ON CONFLICT DO NOTHING"
        );

        /// A lane that is there already is written, too, so that nobody removes it before what it gets is committed.
        pub(in crate::storage) const INSERT_LANES: &str = concat!(
            "INSERT INTO webhook_lanes (subscription, lane, class, due_at, lease)
            SELECT r.subscription, r.lane, $2, $3, NULL
            FROM (", $pairs, ") AS r
            JOIN webhook_subscriptions AS s ON s.id = r.subscription
            WHERE s.state = 'enabled'
            ORDER BY r.subscription, r.lane
            ON CONFLICT (subscription, lane) DO UPDATE SET class = webhook_lanes.class"
        );

        /// The longest due lane of each subscription that may be sent to now, as many for each host as it has free places, the
        /// longest due of all first. The conditions on `l` are asked again when its lock was waited for.
        pub(in crate::storage) const DUE: &str = concat!(
            "SELECT l.subscription, l.lane, l.lease, found.max_rate, found.host
            FROM (
                SELECT
                    s.id, s.max_rate, s.host, due.lane, due.due_at,
                    ROW_NUMBER() OVER (PARTITION BY s.host ORDER BY due.due_at, s.id) AS place,
                    COALESCE(h.taken, 0) AS taken
                FROM webhook_subscriptions AS s
                JOIN webhook_lanes AS due ON due.subscription = s.id AND due.lane = (
                    SELECT first.lane
                    FROM webhook_lanes AS first
                    WHERE first.subscription = s.id AND first.class = $1 AND first.due_at <= $2
                    ORDER BY first.due_at, first.lane
                    LIMIT 1
                )
                LEFT JOIN webhook_health AS health ON health.subscription = s.id
                LEFT JOIN (", $hosts, ") AS h ON h.host = s.host
                WHERE s.state = 'enabled'
                    AND (health.subscription IS NULL OR health.hold_until <= $2)
                    AND s.id NOT IN (", $full, ")
                    AND (health.subscription IS NULL OR health.slow = 0 OR s.id NOT IN (", $busy, "))
            ) AS found
            JOIN webhook_lanes AS l ON l.subscription = found.id AND l.lane = found.lane
                AND l.class = $1 AND l.due_at <= $2
            WHERE found.place + found.taken <= $6
            ORDER BY found.due_at, found.id
            LIMIT $7", $lock
        );

        pub(in crate::storage) const LEASE: &str = concat!(
            "UPDATE webhook_lanes
            SET lease = $2, due_at = $3
            FROM (", $pairs, ") AS r
            WHERE webhook_lanes.subscription = r.subscription AND webhook_lanes.lane = r.lane"
        );

        /// What goes next in each of these lanes.
        pub(in crate::storage) const HEADS: &str = concat!(
            "SELECT ", delivery_columns!(), ", e.occurred_at, e.body
            FROM (", $pairs, ") AS r
            JOIN webhook_deliveries AS d ON d.subscription = r.subscription AND d.lane = r.lane AND d.status = 'pending'
                AND d.position = (
                    SELECT first.position
                    FROM webhook_deliveries AS first
                    WHERE first.subscription = r.subscription AND first.lane = r.lane AND first.status = 'pending'
                    ORDER BY first.position
                    LIMIT 1
                )
            LEFT JOIN webhook_events AS e ON e.id = d.event AND e.with_schema = d.with_schema
            ORDER BY d.subscription, d.lane, d.event"
        );
    };
}

pub(in crate::storage) use {delivery_columns, list_statements};
