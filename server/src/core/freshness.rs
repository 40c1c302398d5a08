//! Freshness: a read sees everything that was acknowledged, by any node, before the read arrived.
//!
//! With one process on the database the view is always the truth. With several, a read asks how far the log has come; reads
//! that wait together share one question, which must start after the last of them arrived. The same task advances the view
//! twice a second when nobody asks, so that a quiet node does not fall behind.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use super::ViewCell;
use crate::storage::{Storage, StorageError, in_time};

/// How often a node looks for news when nobody asks.
const IDLE: Duration = Duration::from_millis(500);

/// How long the database may take to say how far the log has come.
const DEADLINE: Duration = Duration::from_secs(5);

/// How many reads wait for one question.
const SHARED: usize = 4096;

type Asker = oneshot::Sender<Result<(), StorageError>>;

/// How a node makes sure that its view is new enough.
#[derive(Debug, Clone)]
pub enum Freshness {
    /// The view is the truth, or reads may be a little old.
    Given,
    /// The database is asked.
    Asked(Questions),
}

/// The handle to the task that asks.
#[derive(Debug, Clone)]
pub struct Questions(mpsc::Sender<Asker>);

impl Freshness {
    /// Starts the task that follows the log. With `linearizable`, reads wait for it.
    pub fn follow(storage: Arc<dyn Storage>, view: Arc<ViewCell>, linearizable: bool) -> Self {
        let (askers, waiting) = mpsc::channel(SHARED);
        tokio::spawn(run(storage, view, waiting));
        if linearizable {
            Self::Asked(Questions(askers))
        } else {
            Self::keep(askers)
        }
    }

    /// Lets the task go on without anyone who asks.
    fn keep(askers: mpsc::Sender<Asker>) -> Self {
        tokio::spawn(async move { askers.closed().await });
        Self::Given
    }

    /// Returns when the view holds everything that was committed before the call.
    pub async fn ensure(&self) -> Result<(), StorageError> {
        let Self::Asked(Questions(askers)) = self else {
            return Ok(());
        };
        let gone = || StorageError::unavailable("the task that follows the log has stopped");
        let (asker, answer) = oneshot::channel();
        askers.send(asker).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

async fn run(storage: Arc<dyn Storage>, view: Arc<ViewCell>, mut waiting: mpsc::Receiver<Asker>) {
    let mut askers = Vec::new();
    loop {
        let asked = tokio::time::timeout(IDLE, waiting.recv_many(&mut askers, SHARED)).await;
        if asked == Ok(0) {
            return;
        }
        // Whoever asks from here on waits for the next question: this one may be answered with what was true before.
        let outcome = AssertUnwindSafe(in_time(DEADLINE, catch_up(&*storage, &view)))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| {
                Err(StorageError::inconsistent(
                    "following the log panicked; this is a defect",
                ))
            });
        if let (Err(error), true) = (&outcome, askers.is_empty()) {
            tracing::debug!(%error, "the log cannot be followed");
        }
        for asker in askers.drain(..) {
            // A reader that hung up needs no answer.
            let _ = asker.send(outcome.clone());
        }
    }
}

async fn catch_up(storage: &dyn Storage, view: &ViewCell) -> Result<(), StorageError> {
    let head = storage.head().await?;
    while view.load().seq() < head {
        let seen = view.load().seq();
        let changes = storage.changes_after(seen).await?;
        if changes.is_empty() {
            return Err(StorageError::inconsistent(format!(
                "no changes between {seen} and the head {head}"
            )));
        }
        view.advance(&changes);
    }
    Ok(())
}
