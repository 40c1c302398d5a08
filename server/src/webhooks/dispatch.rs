//! The dispatcher: keeps as many attempts under way as there are places, and claims when one may be free or something may
//! be due.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::{Id, JoinError, JoinSet},
    time::Instant,
};

use super::{
    Aftermath, Claimer, Delivered, Deliverer, Job, LaneClass, Next, Slots, worker::Worker,
};
use crate::storage::StorageError;

/// One node's attempts.
pub(super) struct Dispatcher {
    worker: Worker,
    claimer: Claimer,
    shared: Arc<Shared>,
    slots: Slots,
    attempts: JoinSet<Option<i64>>,
    jobs: HashMap<Id, Job>,
    /// Which queues may hold something.
    look: Vec<LaneClass>,
    /// When retries of this node are due; those of others are found by looking.
    due: BinaryHeap<Reverse<Instant>>,
}

struct Shared {
    deliverer: Deliverer,
    aftermath: Aftermath,
}

impl Dispatcher {
    pub(super) fn new(
        worker: Worker,
        claimer: Claimer,
        deliverer: Deliverer,
        aftermath: Aftermath,
    ) -> Self {
        Self {
            worker,
            claimer,
            shared: Arc::new(Shared {
                deliverer,
                aftermath,
            }),
            slots: Slots::default(),
            attempts: JoinSet::new(),
            jobs: HashMap::new(),
            look: Vec::new(),
            due: BinaryHeap::new(),
        }
    }

    /// Works until the engine stops, then lets attempts end and gives back what is left.
    pub(super) async fn run(mut self, bell: &Notify) {
        self.look_everywhere();
        let mut next_look = self.next_look();
        while !self.worker.is_stopping() {
            if let Err(error) = self.claim().await {
                self.worker.failed(&error).await;
            }
            let due = self
                .due
                .peek()
                .map_or(next_look, |due| due.0.min(next_look));
            tokio::select! {
                Some(ended) = self.attempts.join_next_with_id() => self.settle(ended),
                () = bell.notified() => self.look_everywhere(),
                () = tokio::time::sleep_until(due) => {
                    self.look_everywhere();
                    self.due.retain(|due| due.0 > Instant::now());
                    next_look = self.next_look();
                }
                () = self.worker.stopped() => {}
            }
            while let Some(ended) = self.attempts.try_join_next_with_id() {
                self.settle(ended);
            }
        }
        self.drain().await;
    }

    fn look_everywhere(&mut self) {
        self.look = vec![LaneClass::Fresh, LaneClass::Retry, LaneClass::Replay];
    }

    fn look_in(&mut self, class: LaneClass) {
        if !self.look.contains(&class) {
            self.look.push(class);
        }
    }

    fn next_look(&self) -> Instant {
        Instant::now() + self.worker.about(self.worker.settings.poll)
    }

    /// Claims what may be due until nothing is, or no place is free. A claim takes one lane of each subscription at most, so
    /// one that found something is followed by another.
    async fn claim(&mut self) -> Result<(), StorageError> {
        while let Some(class) = self.look.first().copied() {
            let jobs = self.claimer.claim(&mut self.slots, class).await?;
            match jobs {
                Some(jobs) if !jobs.is_empty() => jobs.into_iter().for_each(|job| self.begin(job)),
                // Nothing is due, or no place is free: the end of an attempt is the next reason to look.
                _ => {
                    self.look.remove(0);
                }
            }
            if self.worker.is_stopping() {
                break;
            }
        }
        Ok(())
    }

    fn begin(&mut self, job: Job) {
        if job.claimed.expired {
            self.shared.aftermath.metrics.lease_expired();
        }
        let shared = Arc::clone(&self.shared);
        let of_task = job.clone();
        let handle = self
            .attempts
            .spawn(async move { shared.deliver(&of_task).await });
        self.jobs.insert(handle.id(), job);
    }

    /// Gives the place of an attempt back, and remembers when a retry is due.
    fn settle(&mut self, ended: Result<(Id, Option<i64>), JoinError>) {
        let (id, retry_in) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // The lease ends by itself, and then the lane is tried again.
                self.shared.aftermath.metrics.restarted();
                tracing::error!(%error, "a webhook attempt panicked; this is a defect");
                (error.id(), None)
            }
        };
        let Some(job) = self.jobs.remove(&id) else {
            return;
        };
        let (host, subscription) = (&job.claimed.host, &job.claimed.lane.subscription);
        let was_full = self.slots.is_full(&self.claimer.places, host, subscription);
        self.slots.give_back(job.class, host, subscription);
        if was_full {
            // Lanes of other queues may have waited for this place.
            self.look_everywhere();
        } else {
            self.look_in(LaneClass::Fresh);
            self.look_in(job.class);
        }
        if let Some(ms) = retry_in {
            let wait = Duration::from_millis(u64::try_from(ms).unwrap_or_default());
            self.due.push(Reverse(Instant::now() + wait));
        }
    }

    async fn drain(mut self) {
        let ended = tokio::time::timeout(self.worker.settings.drain, async {
            while let Some(ended) = self.attempts.join_next_with_id().await {
                self.settle(ended);
            }
        });
        if ended.await.is_ok() {
            return;
        }
        self.attempts.shutdown().await;
        let leases: Vec<_> = self
            .jobs
            .drain()
            .map(|(_, job)| (job.claimed.lane, job.token))
            .collect();
        tracing::warn!(
            attempts = leases.len(),
            "webhook attempts were broken off; they are made again"
        );
        let released = async {
            let now = self.claimer.clock.now().await?;
            self.claimer.store.release(&leases, now).await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "webhook leases were not given back; they end by themselves");
        }
    }
}

impl Shared {
    /// Delivers, sees to what follows, and returns in how many milliseconds a retry is due.
    async fn deliver(&self, job: &Job) -> Option<i64> {
        let report = match self.deliverer.deliver(job).await {
            Ok(Delivered::Recorded(report)) => report,
            Ok(Delivered::GivenBack) => return None,
            Ok(Delivered::Fenced) => {
                self.aftermath.metrics.fenced();
                return None;
            }
            Err(error) => {
                // The lease ends by itself, and then the event goes out once more.
                tracing::warn!(%error, "a webhook attempt was not recorded");
                return None;
            }
        };
        if let Err(error) = self.aftermath.of(&report).await {
            tracing::warn!(%error, "what follows from a webhook attempt was not done");
        }
        match report.next {
            Next::Retry { at } => Some(at - report.now),
            _ => None,
        }
    }
}
