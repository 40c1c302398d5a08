//! Fan-out, claims, finishes and care, over a dialect's connections.

/// Expands to the functions of the engine of a dialect.
macro_rules! engine_queries {
    ($connection:ty, $row:ty) => {
        use sqlx::{FromRow, Row, query, query_as, query_scalar};

        use super::{deliveries, statements, subscriptions};
        use crate::{
            storage::{
                StorageError, rows as columns,
                webhooks::rows::{self, big},
            },
            webhooks::{
                Attempt, Claim, Claimed, DeliveryStatus, Disposition, EventId, FailureReason,
                FanOut, Fanned, Finish, Finished, Health, LaneClass, LaneKey, NewEvent, QueueDepth,
                Recipient, Retention, SubscriptionId, health_after, notice_position,
            },
        };

        type Result<T> = std::result::Result<T, StorageError>;

        pub(in crate::storage) async fn fan_out(
            connection: &mut $connection,
            fan_out: &FanOut,
            now: i64,
        ) -> Result<bool> {
            let cursor = subscriptions::cursor(connection, statements::TRY_LOCK_CURSOR).await?;
            if cursor != Some(fan_out.from) {
                return Ok(false);
            }
            for fanned in &fan_out.events {
                deliveries::owe(connection, fanned, "", LaneClass::Fresh, now).await?;
            }
            query(statements::MOVE_CURSOR)
                .bind(big(fan_out.to))
                .execute(connection)
                .await?;
            Ok(true)
        }

        pub(in crate::storage) async fn enqueue(
            connection: &mut $connection,
            event: &NewEvent,
            recipients: &[Recipient],
            now: i64,
        ) -> Result<i64> {
            let cursor = subscriptions::cursor(connection, statements::LOCK_CURSOR).await?;
            let seq = cursor.map_or(0, |cursor| cursor.seq);
            let fanned = Fanned {
                event: event.clone(),
                with_schema: false,
                position: notice_position(seq),
                recipients: recipients.to_vec(),
            };
            deliveries::owe(connection, &fanned, "", LaneClass::Fresh, now).await?;
            Ok(fanned.position)
        }

        pub(in crate::storage) async fn claim(
            connection: &mut $connection,
            claim: &Claim<'_>,
        ) -> Result<Vec<Claimed>> {
            let ids = |ids: &[SubscriptionId]| columns::json(&ids);
            let due: Vec<DueRow> = query_as(statements::DUE)
                .bind(claim.class.as_str())
                .bind(claim.now)
                .bind(ids(claim.full))
                .bind(ids(claim.busy))
                .bind(columns::json(claim.hosts))
                .bind(i64::from(claim.per_host))
                .bind(i64::from(claim.limit))
                .fetch_all(&mut *connection)
                .await?;
            if due.is_empty() {
                return Ok(Vec::new());
            }
            let mut lanes = Vec::with_capacity(due.len());
            let (mut hosts, mut expired) = (Vec::new(), Vec::new());
            for (subscription, lane, lease, max_rate, host) in due {
                let key = LaneKey {
                    subscription: SubscriptionId::new(&subscription),
                    lane,
                };
                if let Some(rate) = max_rate {
                    keep_rate(connection, &key.subscription, rate, claim.now).await?;
                }
                if lease.is_some() {
                    expired.push(key.clone());
                }
                lanes.push(key);
                hosts.push(host);
            }
            let pairs = columns::json(&rows::lane_pairs(&lanes));
            query(statements::LEASE)
                .bind(&pairs)
                .bind(claim.token)
                .bind(claim.lease_until)
                .execute(&mut *connection)
                .await?;
            let heads: Vec<HeadRow> = query_as(statements::HEADS)
                .bind(&pairs)
                .fetch_all(&mut *connection)
                .await?;
            let claimed = claimed(heads, &lanes, &hosts, &expired)?;
            // A lane without anything pending has no reason to be there.
            for lane in lanes {
                if !claimed.iter().any(|claimed| claimed.lane == lane) {
                    deliveries::go_on(connection, &lane, claim.now).await?;
                }
            }
            Ok(claimed)
        }

        /// The first of each lane: an event and a notice may share a place.
        fn claimed(
            heads: Vec<HeadRow>,
            lanes: &[LaneKey],
            hosts: &[String],
            expired: &[LaneKey],
        ) -> Result<Vec<Claimed>> {
            let mut claimed: Vec<Claimed> = Vec::with_capacity(heads.len());
            for HeadRow {
                delivery,
                occurred_at,
                body,
            } in heads
            {
                let delivery = rows::delivery(delivery)?;
                let lane = LaneKey {
                    subscription: delivery.key.subscription.clone(),
                    lane: delivery.lane.clone(),
                };
                if claimed.last().is_some_and(|last| last.lane == lane) {
                    continue;
                }
                let of_lane = lanes.iter().position(|known| *known == lane);
                claimed.push(Claimed {
                    host: of_lane.map_or_else(String::new, |at| hosts[at].clone()),
                    expired: expired.contains(&lane),
                    lane,
                    occurred_at: occurred_at.unwrap_or(delivery.created_at),
                    delivery,
                    body: body.map(Into::into),
                });
            }
            Ok(claimed)
        }

        /// Subscription, lane, whoever leased it and did not finish, the rate, the host.
        type DueRow = (String, String, Option<String>, Option<i64>, String);

        struct HeadRow {
            delivery: rows::DeliveryRow,
            occurred_at: Option<i64>,
            body: Option<String>,
        }

        impl<'r> FromRow<'r, $row> for HeadRow {
            fn from_row(row: &'r $row) -> std::result::Result<Self, sqlx::Error> {
                Ok(Self {
                    delivery: FromRow::from_row(row)?,
                    occurred_at: row.try_get(15)?,
                    body: row.try_get(16)?,
                })
            }
        }

        async fn keep_rate(
            connection: &mut $connection,
            subscription: &SubscriptionId,
            rate: i64,
            now: i64,
        ) -> Result<()> {
            query(statements::RATE)
                .bind(subscription.as_str())
                .bind(now)
                .bind(1000 / rate.max(1))
                .execute(connection)
                .await?;
            Ok(())
        }

        pub(in crate::storage) async fn finish(
            connection: &mut $connection,
            finish: &Finish,
        ) -> Result<Finished> {
            let held = query(statements::GIVE_BACK_LEASE)
                .bind(finish.lane.subscription.as_str())
                .bind(&finish.lane.lane)
                .bind(&finish.token)
                .execute(&mut *connection)
                .await?;
            if held.rows_affected() == 0 {
                return Ok(Finished::Fenced);
            }
            insert_attempt(connection, &finish.attempt).await?;
            update_delivery(connection, finish).await?;
            move_lane(connection, finish).await?;
            let subscription = &finish.lane.subscription;
            let before = subscriptions::health(connection, subscription).await?;
            let after = health_after(&before, finish);
            if after != before {
                set_health(connection, subscription, &after).await?;
            }
            Ok(Finished::Recorded { before, after })
        }

        async fn insert_attempt(connection: &mut $connection, attempt: &Attempt) -> Result<()> {
            let delivery = &attempt.key.delivery;
            query(statements::INSERT_ATTEMPT)
                .bind(delivery.subscription.as_str())
                .bind(delivery.position)
                .bind(delivery.event.as_str())
                .bind(&delivery.job)
                .bind(i64::from(attempt.key.number))
                .bind(attempt.started_at)
                .bind(attempt.reason.map(FailureReason::as_str))
                .bind(attempt.http_status.map(i64::from))
                .bind(columns::json(&attempt.timings))
                .bind(&attempt.response)
                .bind(&attempt.detail)
                .execute(connection)
                .await?;
            Ok(())
        }

        async fn update_delivery(connection: &mut $connection, finish: &Finish) -> Result<()> {
            let (status, next, ended) = match &finish.disposition {
                Disposition::Delivered { .. } => {
                    (DeliveryStatus::Delivered, None, Some(finish.now))
                }
                Disposition::Retry { at } => (DeliveryStatus::Pending, Some(*at), None),
                Disposition::Skip { .. } | Disposition::Block => {
                    (DeliveryStatus::Dead, None, Some(finish.now))
                }
            };
            let attempt = &finish.attempt;
            let delivery = &attempt.key.delivery;
            query(statements::UPDATE_DELIVERY)
                .bind(delivery.subscription.as_str())
                .bind(delivery.position)
                .bind(delivery.event.as_str())
                .bind(&delivery.job)
                .bind(status.as_str())
                .bind(i64::from(attempt.key.number))
                .bind(next)
                .bind(ended)
                .bind(attempt.reason.map(FailureReason::as_str))
                .bind(attempt.http_status.map(i64::from))
                .execute(connection)
                .await?;
            Ok(())
        }

        async fn move_lane(connection: &mut $connection, finish: &Finish) -> Result<()> {
            let (lane, now) = (&finish.lane, finish.now);
            let position = finish.attempt.key.delivery.position;
            match &finish.disposition {
                Disposition::Retry { at } => {
                    deliveries::set_lane(connection, lane, LaneClass::Retry, *at).await
                }
                Disposition::Block => {
                    query(statements::BLOCK_LANE)
                        .bind(lane.subscription.as_str())
                        .bind(&lane.lane)
                        .bind(now)
                        .execute(connection)
                        .await?;
                    Ok(())
                }
                Disposition::Delivered { tells } => {
                    if *tells {
                        deliveries::tell(connection, lane, position).await?;
                    }
                    deliveries::go_on(connection, lane, now).await
                }
                Disposition::Skip { gap } => {
                    if let Some(gap) = gap {
                        deliveries::owe_gap(connection, lane, position, gap, now).await?;
                    }
                    deliveries::go_on(connection, lane, now).await
                }
            }
        }

        async fn set_health(
            connection: &mut $connection,
            subscription: &SubscriptionId,
            health: &Health,
        ) -> Result<()> {
            query(statements::SET_HEALTH)
                .bind(subscription.as_str())
                .bind(big(health.failures))
                .bind(health.failing_since)
                .bind(health.last_success_at)
                .bind(health.last_failure_at)
                .bind(health.hold_until)
                .bind(i64::from(health.slow))
                .execute(connection)
                .await?;
            Ok(())
        }

        pub(in crate::storage) async fn release(
            connection: &mut $connection,
            leases: &[(LaneKey, String)],
            now: i64,
        ) -> Result<()> {
            for (lane, token) in leases {
                query(statements::RELEASE)
                    .bind(lane.subscription.as_str())
                    .bind(&lane.lane)
                    .bind(token)
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        }

        pub(in crate::storage) async fn skipped(
            connection: &mut $connection,
            lane: &LaneKey,
            limit: u32,
        ) -> Result<Vec<EventId>> {
            let found: Vec<String> = query_scalar(statements::SKIPPED)
                .bind(lane.subscription.as_str())
                .bind(&lane.lane)
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?;
            Ok(found.iter().map(|id| EventId::new(id)).collect())
        }

        pub(in crate::storage) async fn rescue(
            connection: &mut $connection,
            now: i64,
            horizon: i64,
        ) -> Result<u64> {
            let mut rescued = 0;
            for statement in statements::RESCUE {
                let done = query(statement)
                    .bind(now)
                    .bind(now.saturating_add(horizon))
                    .execute(&mut *connection)
                    .await?;
                rescued += done.rows_affected();
            }
            Ok(rescued)
        }

        pub(in crate::storage) async fn prune(
            connection: &mut $connection,
            retention: &Retention,
            limit: u32,
        ) -> Result<u64> {
            let prunable: Vec<(String, i64, String, String)> = query_as(statements::PRUNABLE)
                .bind(retention.delivered)
                .bind(retention.dead)
                .bind(i64::from(limit))
                .fetch_all(&mut *connection)
                .await?;
            let mut pruned = 0;
            for (subscription, position, event, job) in prunable {
                for statement in statements::PRUNE_DELIVERY {
                    let done = query(statement)
                        .bind(&subscription)
                        .bind(position)
                        .bind(&event)
                        .bind(&job)
                        .execute(&mut *connection)
                        .await?;
                    pruned += done.rows_affected();
                }
            }
            let events = query(statements::PRUNE_EVENTS)
                .bind(retention.events)
                .bind(i64::from(limit))
                .execute(&mut *connection)
                .await?;
            let replays = query(statements::PRUNE_REPLAYS)
                .bind(retention.dead)
                .execute(connection)
                .await?;
            Ok(pruned + events.rows_affected() + replays.rows_affected())
        }

        pub(in crate::storage) async fn queue_depth(
            connection: &mut $connection,
        ) -> Result<QueueDepth> {
            let mut depth = QueueDepth::default();
            let counts: Vec<(String, i64)> = query_as(statements::DEPTH)
                .fetch_all(&mut *connection)
                .await?;
            for (class, count) in counts {
                let count = columns::number("webhook_deliveries", count)?;
                match rows::named("webhook_lanes.class", &class, LaneClass::from_name)? {
                    LaneClass::Fresh => depth.fresh = count,
                    LaneClass::Retry => depth.retry = count,
                    LaneClass::Replay => depth.replay = count,
                    LaneClass::Blocked => depth.blocked = count,
                }
            }
            let blocked: i64 = query_scalar(statements::BLOCKED)
                .fetch_one(&mut *connection)
                .await?;
            depth.lanes_blocked = columns::number("webhook_lanes", blocked)?;
            depth.oldest_pending = query_scalar(statements::OLDEST)
                .fetch_one(&mut *connection)
                .await?;
            (depth.enabled, depth.disabled) = subscriptions::states(connection).await?;
            Ok(depth)
        }
    };
}

pub(in crate::storage) use engine_queries;
