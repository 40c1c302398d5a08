//! Deliveries, attempts and replays, over a dialect's connections.

/// Expands to the functions over deliveries of a dialect.
macro_rules! delivery_queries {
    ($connection:ty) => {
        use sqlx::{query, query_as, query_scalar};

        use super::statements;
        use crate::{
            storage::{
                StorageError, rows as columns,
                webhooks::rows::{self, big},
            },
            webhooks::{
                Attempt, Delivery, DeliveryKey, DeliveryQuery, DeliveryStatus, EventId, Fanned,
                Lane, LaneClass, LaneKey, NewEvent, Redelivered, Replay, ReplayProgress,
                ReplayState, ReplayStep, StoredEvent, SubscriptionId, Unblock,
            },
        };

        type Result<T> = std::result::Result<T, StorageError>;

        pub(in crate::storage) async fn list(
            connection: &mut $connection,
            subscription: &SubscriptionId,
            asked: &DeliveryQuery,
        ) -> Result<Vec<Delivery>> {
            let (position, event, job) = match &asked.before {
                Some((position, event, job)) => (*position, event.as_str(), job.as_str()),
                None => (i64::MAX, "", ""),
            };
            let found: Vec<rows::DeliveryRow> = query_as(statements::DELIVERIES)
                .bind(subscription.as_str())
                .bind(position)
                .bind(event)
                .bind(job)
                .bind(asked.status.map(DeliveryStatus::as_str))
                .bind(asked.subject.as_deref())
                .bind(asked.since.unwrap_or(i64::MIN))
                .bind(i64::from(asked.limit))
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::delivery).collect()
        }

        async fn position(connection: &mut $connection, event: &EventId) -> Result<Option<i64>> {
            let found: Option<i64> = query_scalar(statements::POSITION_OF_EVENT)
                .bind(event.as_str())
                .fetch_one(connection)
                .await?;
            Ok(found)
        }

        pub(in crate::storage) async fn of_event(
            connection: &mut $connection,
            subscription: &SubscriptionId,
            event: &EventId,
        ) -> Result<Vec<Delivery>> {
            let Some(position) = position(connection, event).await? else {
                return Ok(Vec::new());
            };
            let found: Vec<rows::DeliveryRow> = query_as(statements::DELIVERIES_OF_EVENT)
                .bind(subscription.as_str())
                .bind(position)
                .bind(event.as_str())
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::delivery).collect()
        }

        pub(in crate::storage) async fn attempts(
            connection: &mut $connection,
            subscription: &SubscriptionId,
            event: &EventId,
        ) -> Result<Vec<Attempt>> {
            let Some(position) = position(connection, event).await? else {
                return Ok(Vec::new());
            };
            let found: Vec<rows::AttemptRow> = query_as(statements::ATTEMPTS)
                .bind(subscription.as_str())
                .bind(position)
                .bind(event.as_str())
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::attempt).collect()
        }

        pub(in crate::storage) async fn event(
            connection: &mut $connection,
            id: &EventId,
            with_schema: bool,
        ) -> Result<Option<StoredEvent>> {
            let found: Option<rows::EventRow> = query_as(statements::EVENT)
                .bind(id.as_str())
                .bind(i64::from(with_schema))
                .fetch_optional(connection)
                .await?;
            found.map(|row| rows::event(row, with_schema)).transpose()
        }

        pub(in crate::storage) async fn insert_event(
            connection: &mut $connection,
            event: &NewEvent,
            with_schema: bool,
            position: i64,
            now: i64,
        ) -> Result<()> {
            query(statements::INSERT_EVENT)
                .bind(event.id.as_str())
                .bind(i64::from(with_schema))
                .bind(position)
                .bind(event.seq.map(big))
                .bind(&event.event_type)
                .bind(&event.subject)
                .bind(event.occurred_at)
                .bind(now)
                .bind(rows::body(event)?)
                .execute(connection)
                .await?;
            Ok(())
        }

        /// Owes an event to many, and makes sure that each has a lane.
        pub(in crate::storage) async fn owe(
            connection: &mut $connection,
            fanned: &Fanned,
            job: &str,
            class: LaneClass,
            now: i64,
        ) -> Result<()> {
            let event = &fanned.event;
            insert_event(connection, event, fanned.with_schema, fanned.position, now).await?;
            let recipients = columns::json(&rows::pairs(&fanned.recipients));
            query(statements::INSERT_LANES)
                .bind(&recipients)
                .bind(class.as_str())
                .bind(now)
                .execute(&mut *connection)
                .await?;
            query(statements::INSERT_DELIVERIES)
                .bind(&recipients)
                .bind(fanned.position)
                .bind(event.id.as_str())
                .bind(job)
                .bind(&event.event_type)
                .bind(&event.subject)
                .bind(i64::from(fanned.with_schema))
                .bind(now)
                .execute(connection)
                .await?;
            Ok(())
        }

        /// Owes an event to one, whatever the state of its subscription.
        #[allow(clippy::too_many_arguments, reason = "they are the columns of a row")]
        async fn owe_one(
            connection: &mut $connection,
            key: &DeliveryKey,
            lane: &str,
            event_type: &str,
            subject: Option<&str>,
            with_schema: bool,
            now: i64,
        ) -> Result<()> {
            query(statements::INSERT_DELIVERY)
                .bind(key.subscription.as_str())
                .bind(key.position)
                .bind(key.event.as_str())
                .bind(&key.job)
                .bind(lane)
                .bind(event_type)
                .bind(subject)
                .bind(i64::from(with_schema))
                .bind(now)
                .execute(connection)
                .await?;
            Ok(())
        }

        /// Puts a gap in the place of what it names.
        pub(in crate::storage) async fn owe_gap(
            connection: &mut $connection,
            lane: &LaneKey,
            position: i64,
            gap: &NewEvent,
            now: i64,
        ) -> Result<()> {
            insert_event(connection, gap, false, position, now).await?;
            let key = DeliveryKey {
                subscription: lane.subscription.clone(),
                position,
                event: gap.id.clone(),
                job: String::new(),
            };
            let subject = gap.subject.as_deref();
            owe_one(
                connection,
                &key,
                &lane.lane,
                &gap.event_type,
                subject,
                false,
                now,
            )
            .await
        }

        pub(in crate::storage) async fn redeliver(
            connection: &mut $connection,
            subscription: &SubscriptionId,
            event: &EventId,
            job: &str,
            now: i64,
        ) -> Result<Option<Redelivered>> {
            let known = of_event(connection, subscription, event).await?;
            let Some(first) = known.into_iter().next() else {
                return Ok(None);
            };
            let lane = LaneKey {
                subscription: subscription.clone(),
                lane: first.lane.clone(),
            };
            if let Some(blocking) = blocking(connection, &lane).await?
                && blocking.key == first.key
            {
                start_over(connection, &lane, &blocking.key, now).await?;
                return Ok(Some(Redelivered {
                    delivery: blocking.key,
                    unblocked: true,
                }));
            }
            let key = DeliveryKey {
                job: job.to_owned(),
                ..first.key
            };
            let lane = format!("job:{job}");
            query(statements::INSERT_LANE)
                .bind(subscription.as_str())
                .bind(&lane)
                .bind(LaneClass::Replay.as_str())
                .bind(now)
                .execute(&mut *connection)
                .await?;
            let subject = first.subject.as_deref();
            let with_schema = first.with_schema;
            owe_one(
                connection,
                &key,
                &lane,
                &first.event_type,
                subject,
                with_schema,
                now,
            )
            .await?;
            Ok(Some(Redelivered {
                delivery: key,
                unblocked: false,
            }))
        }

        async fn blocking(
            connection: &mut $connection,
            lane: &LaneKey,
        ) -> Result<Option<Delivery>> {
            let found: Option<rows::DeliveryRow> = query_as(statements::BLOCKING)
                .bind(lane.subscription.as_str())
                .bind(&lane.lane)
                .fetch_optional(connection)
                .await?;
            found.map(rows::delivery).transpose()
        }

        async fn start_over(
            connection: &mut $connection,
            lane: &LaneKey,
            delivery: &DeliveryKey,
            now: i64,
        ) -> Result<()> {
            set_lane(connection, lane, LaneClass::Fresh, now).await?;
            query(statements::START_OVER)
                .bind(delivery.subscription.as_str())
                .bind(delivery.position)
                .bind(delivery.event.as_str())
                .bind(&delivery.job)
                .bind(now)
                .execute(connection)
                .await?;
            Ok(())
        }

        pub(in crate::storage) async fn set_lane(
            connection: &mut $connection,
            lane: &LaneKey,
            class: LaneClass,
            due_at: i64,
        ) -> Result<()> {
            query(statements::SET_LANE)
                .bind(lane.subscription.as_str())
                .bind(&lane.lane)
                .bind(class.as_str())
                .bind(due_at)
                .execute(connection)
                .await?;
            Ok(())
        }

        /// Lets a lane go on with what is pending in it; without anything it goes.
        pub(in crate::storage) async fn go_on(
            connection: &mut $connection,
            lane: &LaneKey,
            now: i64,
        ) -> Result<()> {
            let next: Option<i64> = query_scalar(statements::NEXT_IN_LANE)
                .bind(lane.subscription.as_str())
                .bind(&lane.lane)
                .fetch_optional(&mut *connection)
                .await?;
            match next {
                Some(0) => set_lane(connection, lane, LaneClass::Fresh, now).await,
                Some(_) => set_lane(connection, lane, LaneClass::Retry, now).await,
                None => {
                    query(statements::DELETE_LANE)
                        .bind(lane.subscription.as_str())
                        .bind(&lane.lane)
                        .execute(connection)
                        .await?;
                    Ok(())
                }
            }
        }

        pub(in crate::storage) async fn blocked(
            connection: &mut $connection,
            subscription: &SubscriptionId,
        ) -> Result<Vec<Lane>> {
            let found: Vec<rows::LaneRow> = query_as(statements::BLOCKED_LANES)
                .bind(subscription.as_str())
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::lane).collect()
        }

        pub(in crate::storage) async fn unblock(
            connection: &mut $connection,
            lane: &LaneKey,
            how: &Unblock,
            now: i64,
        ) -> Result<bool> {
            let Some(blocking) = blocking(connection, lane).await? else {
                return Ok(false);
            };
            match how {
                Unblock::Retry => start_over(connection, lane, &blocking.key, now).await?,
                Unblock::Skip { gap } => {
                    // Unblocked first: what goes on keeps its class otherwise.
                    set_lane(connection, lane, LaneClass::Fresh, now).await?;
                    match gap {
                        Some(gap) => {
                            let position = blocking.key.position;
                            owe_gap(connection, lane, position, gap, now).await?;
                        }
                        None => tell(connection, lane, blocking.key.position).await?,
                    }
                    go_on(connection, lane, now).await?;
                }
            }
            Ok(true)
        }

        /// Marks what was given up up to a position as told.
        pub(in crate::storage) async fn tell(
            connection: &mut $connection,
            lane: &LaneKey,
            position: i64,
        ) -> Result<()> {
            query(statements::TELL)
                .bind(lane.subscription.as_str())
                .bind(&lane.lane)
                .bind(position)
                .execute(connection)
                .await?;
            Ok(())
        }

        pub(in crate::storage) async fn insert_replay(
            connection: &mut $connection,
            replay: &Replay,
        ) -> Result<()> {
            query(statements::INSERT_REPLAY)
                .bind(&replay.id)
                .bind(replay.subscription.as_str())
                .bind(replay.since)
                .bind(replay.until)
                .bind(columns::json(&replay.subjects))
                .bind(replay.only.as_str())
                .bind(replay.state.as_str())
                .bind(replay.cursor)
                .bind(replay.end)
                .bind(replay.created_at)
                .bind(replay.finished_at)
                .execute(connection)
                .await?;
            Ok(())
        }

        pub(in crate::storage) async fn replay(
            connection: &mut $connection,
            id: &str,
        ) -> Result<Option<(Replay, ReplayProgress)>> {
            let found: Option<rows::ReplayRow> = query_as(statements::REPLAY)
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
            let Some(row) = found else {
                return Ok(None);
            };
            let replay = rows::replay(row)?;
            let progress = progress(connection, &replay).await?;
            Ok(Some((replay, progress)))
        }

        pub(in crate::storage) async fn replays(
            connection: &mut $connection,
            subscription: &SubscriptionId,
        ) -> Result<Vec<(Replay, ReplayProgress)>> {
            let found: Vec<rows::ReplayRow> = query_as(statements::REPLAYS)
                .bind(subscription.as_str())
                .fetch_all(&mut *connection)
                .await?;
            let mut replays = Vec::new();
            for row in found {
                let replay = rows::replay(row)?;
                let progress = progress(connection, &replay).await?;
                replays.push((replay, progress));
            }
            Ok(replays)
        }

        pub(in crate::storage) async fn running_replays(
            connection: &mut $connection,
        ) -> Result<Vec<Replay>> {
            let found: Vec<rows::ReplayRow> = query_as(statements::RUNNING_REPLAYS)
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::replay).collect()
        }

        async fn progress(connection: &mut $connection, replay: &Replay) -> Result<ReplayProgress> {
            let counts: Vec<(String, i64)> = query_as(statements::REPLAY_PROGRESS)
                .bind(replay.subscription.as_str())
                .bind(&replay.id)
                .fetch_all(connection)
                .await?;
            let mut progress = ReplayProgress::default();
            for (status, count) in counts {
                let count = columns::number("webhook_deliveries", count)?;
                let column = "webhook_deliveries.status";
                match rows::named(column, &status, DeliveryStatus::from_name)? {
                    DeliveryStatus::Pending => progress.pending = count,
                    DeliveryStatus::Delivered => progress.delivered = count,
                    DeliveryStatus::Dead => progress.dead = count,
                    DeliveryStatus::Cancelled => progress.cancelled = count,
                }
            }
            Ok(progress)
        }

        pub(in crate::storage) async fn cancel_replay(
            connection: &mut $connection,
            id: &str,
            now: i64,
        ) -> Result<bool> {
            let Some((replay, before)) = replay(connection, id).await? else {
                return Ok(false);
            };
            let is_over = replay.state == ReplayState::Prepared && before.pending == 0;
            if is_over || replay.state == ReplayState::Cancelled {
                return Ok(false);
            }
            query(statements::CANCEL_REPLAY)
                .bind(id)
                .bind(now)
                .execute(&mut *connection)
                .await?;
            query(statements::DELETE_LANES_OF_JOB)
                .bind(replay.subscription.as_str())
                .bind(id)
                .execute(&mut *connection)
                .await?;
            query(statements::CANCEL_PENDING_OF_JOB)
                .bind(replay.subscription.as_str())
                .bind(id)
                .bind(now)
                .execute(connection)
                .await?;
            Ok(true)
        }

        pub(in crate::storage) async fn dead_in_range(
            connection: &mut $connection,
            replay: &Replay,
            after: i64,
            limit: u32,
        ) -> Result<Vec<Delivery>> {
            let found: Vec<rows::DeliveryRow> = query_as(statements::DEAD_IN_RANGE)
                .bind(replay.subscription.as_str())
                .bind(after)
                .bind(replay.end)
                .bind(replay.since)
                .bind(replay.until)
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?;
            found.into_iter().map(rows::delivery).collect()
        }

        pub(in crate::storage) async fn replay_step(
            connection: &mut $connection,
            step: &ReplayStep,
            now: i64,
        ) -> Result<bool> {
            let state = if step.last {
                ReplayState::Prepared
            } else {
                ReplayState::Preparing
            };
            let moved = query(statements::MOVE_REPLAY)
                .bind(&step.id)
                .bind(step.from)
                .bind(step.to)
                .bind(state.as_str())
                .bind(step.last.then_some(now))
                .execute(&mut *connection)
                .await?;
            if moved.rows_affected() == 0 {
                return Ok(false);
            }
            for fanned in &step.events {
                owe(connection, fanned, &step.id, LaneClass::Replay, now).await?;
            }
            Ok(true)
        }
    };
}

pub(in crate::storage) use delivery_queries;
