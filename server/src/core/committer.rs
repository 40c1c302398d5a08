//! The committer: one task that turns decisions into one transaction for many.
//!
//! A use case submits a decision: a function of the newest view that says what to write. The committer takes all that wait,
//! locks the head, catches up with what other nodes committed, asks each decision in turn against a view that already holds
//! what the earlier ones of the batch write, appends everything, commits once, publishes the view and answers all. So a
//! decision is made on the very state it changes, one sync to disk serves many writers, and contenders for one subject see
//! each other inside the batch.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use super::{Change, Mutation, View, ViewCell};
use crate::storage::{Storage, StorageError, Transaction, in_time};

/// The most decisions one transaction takes.
const BATCH: usize = 256;

/// How long one transaction may take, the wait for other nodes included.
const DEADLINE: Duration = Duration::from_secs(30);

/// The most decisions that wait; more are held back at the door.
const QUEUE: usize = 4096;

/// What a decision comes to.
#[derive(Debug)]
pub enum Decision<T> {
    /// Nothing to write; this is the answer.
    Keep(T),
    /// Write these, in this order, and answer when they are durable.
    Write(Vec<Mutation>, T),
}

/// What a decision is made on.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The newest state, with what earlier decisions of the batch write.
    pub view: &'a View,
    /// The time of the commit, in milliseconds since 1970.
    pub at: i64,
}

/// What the committer reports of a batch.
pub trait CommitStats: Send + Sync {
    /// A batch of so many changes was committed.
    fn committed(&self, changes: usize);
    /// A batch failed.
    fn failed(&self);
}

/// The handle to the committer task of this node.
#[derive(Debug, Clone)]
pub struct Committer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Committer {
    /// Starts the task. It ends when the last handle is gone.
    pub fn start(
        storage: Arc<dyn Storage>,
        view: Arc<ViewCell>,
        stats: Arc<dyn CommitStats>,
    ) -> Self {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(storage, view, stats, waiting));
        Self { jobs }
    }

    /// Submits a decision and waits until what it writes is durable and visible on this node.
    ///
    /// The decision may be asked more than once, each time with a newer view, when a transaction has to be repeated.
    pub async fn submit<T, E>(
        &self,
        decide: impl FnMut(&Moment<'_>) -> Result<Decision<T>, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = TypedJob {
            decide,
            decided: None,
            reply,
        };
        let gone = || StorageError::unavailable("the committer has stopped");
        self.jobs.send(Box::new(job)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// A decision with its type hidden, so that different use cases share a batch.
trait Job: Send {
    fn decide(&mut self, moment: &Moment<'_>) -> Vec<Mutation>;
    fn finish(self: Box<Self>, outcome: Result<(), StorageError>);
}

struct TypedJob<F, T, E> {
    decide: F,
    decided: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for TypedJob<F, T, E>
where
    F: FnMut(&Moment<'_>) -> Result<Decision<T>, E> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn decide(&mut self, moment: &Moment<'_>) -> Vec<Mutation> {
        let (decided, mutations) = match (self.decide)(moment) {
            Ok(Decision::Keep(answer)) => (Ok(answer), Vec::new()),
            Ok(Decision::Write(mutations, answer)) => (Ok(answer), mutations),
            Err(refusal) => (Err(refusal), Vec::new()),
        };
        self.decided = Some(decided);
        mutations
    }

    fn finish(self: Box<Self>, outcome: Result<(), StorageError>) {
        let answer = match (outcome, self.decided) {
            (Ok(()), Some(decided)) => decided,
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => {
                Err(StorageError::inconsistent("deciding panicked; this is a defect").into())
            }
        };
        // A caller that hung up no longer wants the answer; what was written stays.
        let _ = self.reply.send(answer);
    }
}

async fn run(
    storage: Arc<dyn Storage>,
    view: Arc<ViewCell>,
    stats: Arc<dyn CommitStats>,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // A panic ends a batch, not the task: everybody else would wait for ever.
        let outcome = AssertUnwindSafe(in_time(DEADLINE, commit(&*storage, &view, &mut batch)))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| {
                Err(StorageError::inconsistent(
                    "writing panicked; this is a defect",
                ))
            });
        match &outcome {
            Ok(changes) => stats.committed(*changes),
            Err(error) => {
                stats.failed();
                tracing::warn!(%error, decisions = batch.len(), "a batch of changes was not committed");
            }
        }
        let outcome = outcome.map(|_| ());
        for job in batch.drain(..) {
            job.finish(outcome.clone());
        }
    }
}

/// One transaction. Returns how many changes it wrote; nothing is published unless all of them are durable.
async fn commit(
    storage: &dyn Storage,
    view: &ViewCell,
    batch: &mut [Box<dyn Job>],
) -> Result<usize, StorageError> {
    let mut transaction = storage.begin().await?;
    catch_up(&mut *transaction, view).await?;
    let mut staged = View::clone(&view.load());
    let at = now();
    let mut written = Vec::new();
    for job in batch {
        let moment = Moment { view: &staged, at };
        // A decision that panics fails alone; `finish` answers it, because it came to nothing.
        let mutations = catch_unwind(AssertUnwindSafe(|| job.decide(&moment))).unwrap_or_default();
        for Mutation { kind, content } in mutations {
            let change = Change {
                seq: staged.seq() + 1,
                at,
                actor: "anonymous".to_owned(),
                kind,
            };
            staged.apply(&change);
            written.push((change, content));
        }
    }
    if written.is_empty() {
        transaction.rollback().await?;
        return Ok(0);
    }
    transaction.append(&written).await?;
    transaction.commit().await?;
    view.publish(staged);
    Ok(written.len())
}

/// Applies what other nodes committed since the view was last advanced. The head is locked, so nothing comes after it.
async fn catch_up(transaction: &mut dyn Transaction, view: &ViewCell) -> Result<(), StorageError> {
    loop {
        let seen = view.load().seq();
        if seen >= transaction.head() {
            return Ok(());
        }
        let changes = transaction.changes_after(seen).await?;
        if changes.is_empty() {
            return Err(StorageError::inconsistent(format!(
                "no changes between {seen} and the head {}",
                transaction.head()
            )));
        }
        view.advance(&changes);
    }
}

fn now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
