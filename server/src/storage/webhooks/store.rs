//! The trait, over a dialect's storage: where each method's transaction begins and ends.

/// Expands to the implementation of `WebhookStore` for a storage that has `webhook_reader` and `webhook_writer`, with the
/// modules `subscriptions`, `deliveries` and `engine` in scope.
macro_rules! webhook_store {
    ($storage:ty) => {
        use async_trait::async_trait;

        use crate::{
            storage::{StorageError, webhooks::Durability},
            webhooks::{
                Attempt, Claim, Claimed, Cursor, Delivery, DeliveryQuery, Enabled, EventId, FanOut,
                Finish, Finished, Health, Lane, LaneKey, NewEvent, QueueDepth, Recipient,
                Redelivered, Replay, ReplayProgress, ReplayStep, Retention, StoredEvent,
                Subscription, SubscriptionId, Unblock, WebhookStore,
            },
        };

        type Result<T> = std::result::Result<T, StorageError>;

        #[async_trait]
        impl WebhookStore for $storage {
            async fn now(&self) -> Result<i64> {
                self.database_time().await
            }

            async fn subscription_insert(&self, subscription: &Subscription) -> Result<u64> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = subscriptions::insert(writer.connection(), subscription).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn subscription(&self, id: &SubscriptionId) -> Result<Option<Subscription>> {
                let mut reader = self.webhook_reader().await?;
                subscriptions::one(&mut *reader, id).await
            }

            async fn subscription_leased(
                &self,
                lane: &LaneKey,
                token: &str,
            ) -> Result<Option<Subscription>> {
                let mut reader = self.webhook_reader().await?;
                subscriptions::leased(&mut *reader, lane, token).await
            }

            async fn subscription_list(
                &self,
                after: Option<&SubscriptionId>,
                limit: u32,
            ) -> Result<Vec<Subscription>> {
                let mut reader = self.webhook_reader().await?;
                subscriptions::list(&mut *reader, after, limit).await
            }

            async fn subscription_count(&self) -> Result<u64> {
                let mut reader = self.webhook_reader().await?;
                subscriptions::count(&mut *reader).await
            }

            async fn subscription_update(&self, subscription: &Subscription) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = subscriptions::update(writer.connection(), subscription).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn subscription_disable(
                &self,
                id: &SubscriptionId,
                reason: &str,
                now: i64,
            ) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = subscriptions::disable(writer.connection(), id, reason, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn subscription_enable(
                &self,
                id: &SubscriptionId,
                now: i64,
            ) -> Result<Option<Enabled>> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = subscriptions::enable(writer.connection(), id, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn subscription_delete(&self, id: &SubscriptionId) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = subscriptions::delete(writer.connection(), id).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn health(&self, id: &SubscriptionId) -> Result<Health> {
                let mut reader = self.webhook_reader().await?;
                subscriptions::health(&mut *reader, id).await
            }

            async fn delivery_list(
                &self,
                subscription: &SubscriptionId,
                query: &DeliveryQuery,
            ) -> Result<Vec<Delivery>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::list(&mut *reader, subscription, query).await
            }

            async fn delivery_of_event(
                &self,
                subscription: &SubscriptionId,
                event: &EventId,
            ) -> Result<Vec<Delivery>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::of_event(&mut *reader, subscription, event).await
            }

            async fn attempt_list(
                &self,
                subscription: &SubscriptionId,
                event: &EventId,
            ) -> Result<Vec<Attempt>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::attempts(&mut *reader, subscription, event).await
            }

            async fn event(&self, id: &EventId, with_schema: bool) -> Result<Option<StoredEvent>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::event(&mut *reader, id, with_schema).await
            }

            async fn redeliver(
                &self,
                subscription: &SubscriptionId,
                event: &EventId,
                job: &str,
                now: i64,
            ) -> Result<Option<Redelivered>> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer =
                    deliveries::redeliver(writer.connection(), subscription, event, job, now)
                        .await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn blocked_lanes(&self, subscription: &SubscriptionId) -> Result<Vec<Lane>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::blocked(&mut *reader, subscription).await
            }

            async fn lane_unblock(&self, lane: &LaneKey, how: &Unblock, now: i64) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = deliveries::unblock(writer.connection(), lane, how, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn enqueue(
                &self,
                event: &NewEvent,
                recipients: &[Recipient],
                now: i64,
            ) -> Result<i64> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = engine::enqueue(writer.connection(), event, recipients, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn replay_insert(&self, replay: &Replay) -> Result<()> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                deliveries::insert_replay(writer.connection(), replay).await?;
                writer.commit().await?;
                Ok(())
            }

            async fn replay(&self, id: &str) -> Result<Option<(Replay, ReplayProgress)>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::replay(&mut *reader, id).await
            }

            async fn replay_list(
                &self,
                subscription: &SubscriptionId,
            ) -> Result<Vec<(Replay, ReplayProgress)>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::replays(&mut *reader, subscription).await
            }

            async fn replay_cancel(&self, id: &str, now: i64) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Crash).await?;
                let answer = deliveries::cancel_replay(writer.connection(), id, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn replay_running(&self) -> Result<Vec<Replay>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::running_replays(&mut *reader).await
            }

            async fn replay_dead(
                &self,
                replay: &Replay,
                after: i64,
                limit: u32,
            ) -> Result<Vec<Delivery>> {
                let mut reader = self.webhook_reader().await?;
                deliveries::dead_in_range(&mut *reader, replay, after, limit).await
            }

            async fn replay_step(&self, step: &ReplayStep, now: i64) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                let answer = deliveries::replay_step(writer.connection(), step, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn cursor(&self) -> Result<Cursor> {
                let mut reader = self.webhook_reader().await?;
                let found = subscriptions::cursor(&mut *reader, statements::CURSOR).await?;
                found.ok_or_else(|| StorageError::inconsistent("webhook_cursor has no row"))
            }

            async fn fan_out(&self, fan_out: &FanOut, now: i64) -> Result<bool> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                let answer = engine::fan_out(writer.connection(), fan_out, now).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn claim(&self, claim: &Claim<'_>) -> Result<Vec<Claimed>> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                let answer = engine::claim(writer.connection(), claim).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn finish(&self, finish: &Finish) -> Result<Finished> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                let answer = engine::finish(writer.connection(), finish).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn release(&self, leases: &[(LaneKey, String)], now: i64) -> Result<()> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                engine::release(writer.connection(), leases, now).await?;
                writer.commit().await?;
                Ok(())
            }

            async fn skipped(&self, lane: &LaneKey, limit: u32) -> Result<Vec<EventId>> {
                let mut reader = self.webhook_reader().await?;
                engine::skipped(&mut *reader, lane, limit).await
            }

            async fn rescue(&self, now: i64, horizon: i64) -> Result<u64> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                let answer = engine::rescue(writer.connection(), now, horizon).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn prune(&self, retention: &Retention, limit: u32) -> Result<u64> {
                let mut writer = self.webhook_writer(Durability::Process).await?;
                let answer = engine::prune(writer.connection(), retention, limit).await?;
                writer.commit().await?;
                Ok(answer)
            }

            async fn queue_depth(&self) -> Result<QueueDepth> {
                let mut reader = self.webhook_reader().await?;
                engine::queue_depth(&mut *reader).await
            }
        }
    };
}

pub(in crate::storage) use webhook_store;
