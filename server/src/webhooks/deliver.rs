//! One delivery: attempt it, and record how that went.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Attempt, AttemptKey, AttemptOutcome, AttemptRequest, AttemptResult, Clock, Disposition,
    EventId, Events, FailureReason, Finish, Finished, Health, Notice, Random, Subscription,
    SubscriptionState, Timings, Transport, WebhookStore,
    claim::{Job, MARGIN, millis},
    notice::NAMED_IDS,
    policy::{Course, GAP, Next, Verdict, course, judge},
    retry::Schedule,
};
use crate::storage::StorageError;

/// How long a database that does not take an outcome is left alone.
const AGAIN: Duration = Duration::from_millis(250);

/// Delivers what was claimed.
pub struct Deliverer {
    pub store: Arc<dyn WebhookStore>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub transport: Arc<dyn Transport>,
    pub events: Arc<dyn Events>,
    pub schedule: Schedule,
    /// How long one attempt may take.
    pub deadline: Duration,
    /// How often the database is tried when it does not take the outcome.
    pub tries: u32,
}

/// What came of a job.
#[derive(Debug, Clone)]
pub enum Delivered {
    /// It was given back untouched: its lease was too short or lost, or its subscription is gone or disabled.
    GivenBack,
    /// Somebody else has the lane by now; how it went is not recorded.
    Fenced,
    /// It was recorded.
    Recorded(Report),
}

/// How an attempt went, for metrics, the log, and whoever decides about the subscription.
#[derive(Debug, Clone)]
pub struct Report {
    pub subscription: Arc<Subscription>,
    pub event: EventId,
    pub event_type: String,
    pub subject: Option<String>,
    pub number: u32,
    pub reason: Option<FailureReason>,
    pub status: Option<u16>,
    pub detail: Option<String>,
    /// From the change to the end of this attempt, and to its beginning.
    pub since_change_ms: i64,
    pub until_attempt_ms: i64,
    pub now: i64,
    pub next: Next,
    pub gone: bool,
    pub course: Course,
}

impl Deliverer {
    /// Makes the attempt that a job is for, unless it should not be made any more.
    pub async fn deliver(&self, job: &Job) -> Result<Delivered, StorageError> {
        let begun = Instant::now();
        let started_at = self.clock.now().await?;
        // What waited too long for its turn would still be under way when somebody else gets the lane.
        if started_at + millis(self.deadline) + millis(MARGIN) > job.until {
            let now = self.clock.now().await?;
            return self.give_back(job, now).await;
        }
        // The clock was set back. Where it had been ahead, the lane was not due, and may have been somebody's; whatever is under
        // way there has ended when another lease would have.
        if started_at < job.since {
            let due = started_at + (job.until - job.since);
            return self.give_back(job, due).await;
        }
        // Asked last: by a clock that went ahead and came back, this lease may seem to hold though somebody else got the lane.
        let Some(subscription) = self.subscription(job).await? else {
            let now = self.clock.now().await?;
            return self.give_back(job, now).await;
        };
        // Whatever stood still since the time was read is part of the attempt.
        let deadline = self.deadline.saturating_sub(begun.elapsed());
        let outcome = self.attempt(job, &subscription, started_at, deadline).await;
        let now = self.clock.now().await?;
        let verdict = judge(
            &job.claimed,
            &subscription,
            &outcome,
            &self.schedule,
            &*self.random,
            now,
        );
        let finish = self
            .finish(job, &subscription, &outcome, &verdict, started_at, now)
            .await?;
        Ok(match self.record(&finish).await? {
            Finished::Fenced => Delivered::Fenced,
            Finished::Recorded { before, after } => Delivered::Recorded(report(
                job,
                subscription,
                &finish,
                &verdict,
                (&before, &after),
            )),
        })
    }

    /// Records an outcome. It would be a pity to lose it to a database that is away for a moment: the event went out.
    async fn record(&self, finish: &Finish) -> Result<Finished, StorageError> {
        let mut tries = 1;
        loop {
            match self.store.finish(finish).await {
                Err(error) if error.is_transient() && tries < self.tries => {
                    tries += 1;
                    tokio::time::sleep(AGAIN).await;
                }
                recorded => return recorded,
            }
        }
    }

    /// Whom a job is for, if it may still be told, and by nobody else.
    async fn subscription(&self, job: &Job) -> Result<Option<Arc<Subscription>>, StorageError> {
        let found = self
            .store
            .subscription_leased(&job.claimed.lane, &job.token)
            .await?;
        let told = found.filter(|found| found.state == SubscriptionState::Enabled);
        Ok(told.map(Arc::new))
    }

    /// Gives a lease back unused; the lane is due then.
    async fn give_back(&self, job: &Job, due: i64) -> Result<Delivered, StorageError> {
        let lease = (job.claimed.lane.clone(), job.token.clone());
        self.store.release(&[lease], due).await?;
        Ok(Delivered::GivenBack)
    }

    async fn attempt(
        &self,
        job: &Job,
        subscription: &Arc<Subscription>,
        at: i64,
        deadline: Duration,
    ) -> AttemptOutcome {
        let delivery = &job.claimed.delivery;
        let Some(body) = job.claimed.body.clone() else {
            return unusable("the body of the event is gone");
        };
        self.transport
            .attempt(AttemptRequest {
                subscription: Arc::clone(subscription),
                event: delivery.key.event.clone(),
                number: delivery.attempts + 1,
                at,
                body,
                deadline,
            })
            .await
    }

    async fn finish(
        &self,
        job: &Job,
        subscription: &Subscription,
        outcome: &AttemptOutcome,
        verdict: &Verdict,
        started_at: i64,
        now: i64,
    ) -> Result<Finish, StorageError> {
        let delivery = &job.claimed.delivery;
        let disposition = match verdict.next {
            Next::Delivered => Disposition::Delivered {
                tells: delivery.event_type == GAP,
            },
            Next::Retry { at } => Disposition::Retry { at },
            Next::GiveUp { gap: false } => Disposition::Skip { gap: None },
            Next::GiveUp { gap: true } => Disposition::Skip {
                gap: Some(self.gap(job, subscription, now).await?),
            },
            Next::Block => Disposition::Block,
        };
        let (reason, http_status, detail) = read(&outcome.result);
        Ok(Finish {
            lane: job.claimed.lane.clone(),
            token: job.token.clone(),
            now,
            attempt: Attempt {
                key: AttemptKey {
                    delivery: delivery.key.clone(),
                    number: delivery.attempts + 1,
                },
                started_at,
                reason,
                http_status,
                timings: outcome.timings,
                response: outcome.response.clone(),
                detail,
            },
            disposition,
            slow: verdict.slow,
        })
    }

    /// A gap that names this event and all that were given up before it without its receiver having been told.
    async fn gap(
        &self,
        job: &Job,
        subscription: &Subscription,
        now: i64,
    ) -> Result<super::NewEvent, StorageError> {
        let mut skipped = self.store.skipped(&job.claimed.lane, NAMED_IDS).await?;
        skipped.push(job.claimed.delivery.key.event.clone());
        let notice = Notice::Gap {
            subscription,
            subject: job.claimed.delivery.subject.as_deref(),
            skipped: &skipped,
        };
        Ok(self.events.of_notice(&notice, now))
    }
}

fn read(result: &AttemptResult) -> (Option<FailureReason>, Option<u16>, Option<String>) {
    match result {
        AttemptResult::Delivered { status } => (None, Some(*status), None),
        AttemptResult::Failed {
            reason,
            status,
            detail,
            ..
        } => (Some(*reason), *status, detail.clone()),
    }
}

fn unusable(detail: &str) -> AttemptOutcome {
    AttemptOutcome {
        result: AttemptResult::Failed {
            reason: FailureReason::Unusable,
            status: None,
            retry_after: None,
            detail: Some(detail.to_owned()),
        },
        timings: Timings::default(),
        response: None,
    }
}

fn report(
    job: &Job,
    subscription: Arc<Subscription>,
    finish: &Finish,
    verdict: &Verdict,
    (before, after): (&Health, &Health),
) -> Report {
    let claimed = &job.claimed;
    let attempt = &finish.attempt;
    Report {
        subscription,
        event: claimed.delivery.key.event.clone(),
        event_type: claimed.delivery.event_type.clone(),
        subject: claimed.delivery.subject.clone(),
        number: attempt.key.number,
        reason: attempt.reason,
        status: attempt.http_status,
        detail: attempt.detail.clone(),
        since_change_ms: finish.now - claimed.occurred_at,
        until_attempt_ms: attempt.started_at - claimed.occurred_at,
        now: finish.now,
        next: verdict.next,
        gone: verdict.gone,
        course: course(before, after, finish.now),
    }
}
