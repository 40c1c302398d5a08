//! Subscriptions, over a dialect's connections.

/// Expands to the functions over subscriptions of a dialect.
macro_rules! subscription_queries {
    ($connection:ty, $row:ty) => {
        use sqlx::{FromRow, Row, query, query_as, query_scalar};

        use super::statements;
        use crate::{
            storage::{
                StorageError, rows as columns,
                webhooks::rows::{self, big},
            },
            webhooks::{
                Cursor, Enabled, Health, LaneKey, Subscription, SubscriptionId, SubscriptionState,
            },
        };

        type Result<T> = std::result::Result<T, StorageError>;

        /// A row of `webhook_subscriptions`, which has more columns than a tuple takes.
        struct SubscriptionRow(Subscription);

        impl<'r> FromRow<'r, $row> for SubscriptionRow {
            fn from_row(row: &'r $row) -> std::result::Result<Self, sqlx::Error> {
                read(row).map(Self)
            }
        }

        fn read(row: &$row) -> std::result::Result<Subscription, sqlx::Error> {
            let json = |column: &'static str| row.try_get::<&str, _>(column);
            Ok(Subscription {
                id: SubscriptionId::new(row.try_get("id")?),
                revision: unsigned(row, "revision")?,
                owner: row.try_get("owner")?,
                created_at: row.try_get("created_at")?,
                updated_at: row.try_get("updated_at")?,
                url: row.try_get("url")?,
                description: row.try_get("description")?,
                filter: parsed("filter", json("filter")?)?,
                ordering: quoted("ordering", json("ordering")?)?,
                on_dead_letter: quoted("on_dead_letter", json("on_dead_letter")?)?,
                include_schema: row.try_get::<i64, _>("include_schema")? != 0,
                max_rate: row
                    .try_get::<Option<i64>, _>("max_rate")?
                    .map(|rate| u32::try_from(rate).map_err(|error| wrong("max_rate", error)))
                    .transpose()?,
                state: quoted("state", json("state")?)?,
                state_reason: row.try_get("state_reason")?,
                state_since: row.try_get("state_since")?,
                from_seq: unsigned(row, "from_seq")?,
                secrets: parsed("secrets", json("secrets")?)?,
                headers: parsed("headers", json("headers")?)?,
            })
        }

        fn wrong(
            column: &'static str,
            error: impl std::error::Error + Send + Sync + 'static,
        ) -> sqlx::Error {
            sqlx::Error::ColumnDecode {
                index: format!("webhook_subscriptions.{column}"),
                source: Box::new(error),
            }
        }

        fn unsigned(row: &$row, column: &'static str) -> std::result::Result<u64, sqlx::Error> {
            u64::try_from(row.try_get::<i64, _>(column)?).map_err(|error| wrong(column, error))
        }

        fn parsed<T: serde::de::DeserializeOwned>(
            column: &'static str,
            text: &str,
        ) -> std::result::Result<T, sqlx::Error> {
            serde_json::from_str(text).map_err(|error| wrong(column, error))
        }

        /// A name, read as the JSON string that it would be.
        fn quoted<T: serde::de::DeserializeOwned>(
            column: &'static str,
            name: &str,
        ) -> std::result::Result<T, sqlx::Error> {
            serde_json::from_value(name.into()).map_err(|error| wrong(column, error))
        }

        fn unquoted(value: &impl serde::Serialize) -> String {
            columns::json(value).trim_matches('"').to_owned()
        }

        pub(in crate::storage) async fn cursor(
            connection: &mut $connection,
            statement: &'static str,
        ) -> Result<Option<Cursor>> {
            let found: Option<(i64, i64)> = query_as(statement).fetch_optional(connection).await?;
            let cursor = found.map(|(seq, revision)| {
                Ok(Cursor {
                    seq: columns::number("webhook_cursor.seq", seq)?,
                    revision: columns::number("webhook_cursor.revision", revision)?,
                })
            });
            cursor.transpose()
        }

        /// Keeps fan-outs away until the transaction ends, and tells those that read before that they are out of date.
        async fn lock(connection: &mut $connection) -> Result<()> {
            query(statements::MOVE_REVISION).execute(connection).await?;
            Ok(())
        }

        pub(in crate::storage) async fn insert(
            connection: &mut $connection,
            subscription: &Subscription,
        ) -> Result<u64> {
            lock(connection).await?;
            let head: i64 = query_scalar(statements::HEAD)
                .fetch_one(&mut *connection)
                .await?;
            query(statements::INSERT_SUBSCRIPTION)
                .bind(subscription.id.as_str())
                .bind(big(subscription.revision))
                .bind(&subscription.owner)
                .bind(subscription.created_at)
                .bind(subscription.updated_at)
                .bind(&subscription.url)
                .bind(&subscription.description)
                .bind(columns::json(&subscription.filter))
                .bind(unquoted(&subscription.ordering))
                .bind(unquoted(&subscription.on_dead_letter))
                .bind(i64::from(subscription.include_schema))
                .bind(subscription.max_rate.map(i64::from))
                .bind(subscription.state.as_str())
                .bind(&subscription.state_reason)
                .bind(subscription.state_since)
                .bind(head)
                .bind(columns::json(&subscription.secrets))
                .bind(columns::json(&subscription.headers))
                .bind(subscription.host())
                .execute(connection)
                .await?;
            columns::number("head.seq", head)
        }

        pub(in crate::storage) async fn one(
            connection: &mut $connection,
            id: &SubscriptionId,
        ) -> Result<Option<Subscription>> {
            let found: Option<SubscriptionRow> = query_as(statements::SUBSCRIPTION)
                .bind(id.as_str())
                .fetch_optional(connection)
                .await?;
            Ok(found.map(|row| row.0))
        }

        pub(in crate::storage) async fn leased(
            connection: &mut $connection,
            lane: &LaneKey,
            token: &str,
        ) -> Result<Option<Subscription>> {
            let found: Option<SubscriptionRow> = query_as(statements::LEASED_SUBSCRIPTION)
                .bind(lane.subscription.as_str())
                .bind(&lane.lane)
                .bind(token)
                .fetch_optional(connection)
                .await?;
            Ok(found.map(|row| row.0))
        }

        pub(in crate::storage) async fn list(
            connection: &mut $connection,
            after: Option<&SubscriptionId>,
            limit: u32,
        ) -> Result<Vec<Subscription>> {
            let found: Vec<SubscriptionRow> = query_as(statements::SUBSCRIPTIONS)
                .bind(after.map_or("", SubscriptionId::as_str))
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?;
            Ok(found.into_iter().map(|row| row.0).collect())
        }

        pub(in crate::storage) async fn count(connection: &mut $connection) -> Result<u64> {
            let count: i64 = query_scalar(statements::COUNT_SUBSCRIPTIONS)
                .fetch_one(connection)
                .await?;
            columns::number("webhook_subscriptions", count)
        }

        pub(in crate::storage) async fn update(
            connection: &mut $connection,
            subscription: &Subscription,
        ) -> Result<bool> {
            lock(connection).await?;
            let updated = query(statements::UPDATE_SUBSCRIPTION)
                .bind(subscription.id.as_str())
                .bind(big(subscription.revision))
                .bind(subscription.updated_at)
                .bind(&subscription.url)
                .bind(&subscription.description)
                .bind(columns::json(&subscription.filter))
                .bind(unquoted(&subscription.ordering))
                .bind(unquoted(&subscription.on_dead_letter))
                .bind(i64::from(subscription.include_schema))
                .bind(subscription.max_rate.map(i64::from))
                .bind(columns::json(&subscription.secrets))
                .bind(columns::json(&subscription.headers))
                .bind(subscription.host())
                .execute(connection)
                .await?;
            Ok(updated.rows_affected() > 0)
        }

        pub(in crate::storage) async fn disable(
            connection: &mut $connection,
            id: &SubscriptionId,
            reason: &str,
            now: i64,
        ) -> Result<bool> {
            lock(connection).await?;
            let updated = query(statements::DISABLE_SUBSCRIPTION)
                .bind(id.as_str())
                .bind(reason)
                .bind(now)
                .execute(connection)
                .await?;
            Ok(updated.rows_affected() > 0)
        }

        pub(in crate::storage) async fn enable(
            connection: &mut $connection,
            id: &SubscriptionId,
            now: i64,
        ) -> Result<Option<Enabled>> {
            lock(connection).await?;
            let disabled_since: Option<i64> = query_scalar(statements::DISABLED_SINCE)
                .bind(id.as_str())
                .fetch_optional(&mut *connection)
                .await?;
            let Some(disabled_since) = disabled_since else {
                return Ok(None);
            };
            for statement in [statements::DELETE_LANES, statements::DELETE_HEALTH] {
                query(statement)
                    .bind(id.as_str())
                    .execute(&mut *connection)
                    .await?;
            }
            let oldest_pending: Option<i64> = query_scalar(statements::OLDEST_PENDING)
                .bind(id.as_str())
                .fetch_one(&mut *connection)
                .await?;
            let cancelled = query(statements::CANCEL_PENDING)
                .bind(id.as_str())
                .bind(now)
                .execute(&mut *connection)
                .await?;
            for statement in [statements::CANCEL_REPLAYS, statements::ENABLE_SUBSCRIPTION] {
                query(statement)
                    .bind(id.as_str())
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(Some(Enabled {
                disabled_since,
                oldest_pending,
                cancelled: cancelled.rows_affected(),
            }))
        }

        pub(in crate::storage) async fn delete(
            connection: &mut $connection,
            id: &SubscriptionId,
        ) -> Result<bool> {
            lock(connection).await?;
            let mut deleted = 0;
            for statement in statements::DELETE_SUBSCRIPTION {
                let done = query(statement)
                    .bind(id.as_str())
                    .execute(&mut *connection)
                    .await?;
                deleted = done.rows_affected();
            }
            Ok(deleted > 0)
        }

        pub(in crate::storage) async fn health(
            connection: &mut $connection,
            id: &SubscriptionId,
        ) -> Result<Health> {
            let found: Option<rows::HealthRow> = query_as(statements::HEALTH)
                .bind(id.as_str())
                .fetch_optional(connection)
                .await?;
            found.map_or_else(|| Ok(Health::default()), rows::health)
        }

        pub(in crate::storage) async fn states(connection: &mut $connection) -> Result<(u64, u64)> {
            let counts: Vec<(String, i64)> =
                query_as(statements::STATES).fetch_all(connection).await?;
            let (mut enabled, mut disabled) = (0, 0);
            for (state, count) in counts {
                let count: u64 = columns::number("webhook_subscriptions", count)?;
                match SubscriptionState::from_name(&state) {
                    Some(SubscriptionState::Enabled) => enabled += count,
                    _ => disabled += count,
                }
            }
            Ok((enabled, disabled))
        }
    };
}

pub(in crate::storage) use subscription_queries;
