//! The engine: the workers of one node, supervised, and woken when there is something to do.
//!
//! Waking is a courtesy. Every worker also looks by itself every few seconds, so nothing is lost with a wake-up, and one
//! that panics is started again. Each worker only ever does what its one line in [`Engine::start`] says:
//!
//! - `fan out`: from the log to what is owed.
//! - `deliver`: claims lanes and attempts what is due in them.
//! - `replay`: finds the events of replays.
//! - `care`: removes what is old, counts what waits, and repairs what a clock that was set back has stranded.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use super::{
    Aftermath, Claimer, Clock, Deliverer, Events, FanOuter, Places, Random, Replayer, Retention,
    Schedule, Step, Transport, WebhookMetrics, WebhookStore, claim::millis, dispatch::Dispatcher,
};
use crate::storage::{Storage, StorageError};

/// How long a worker waits after an error, or before it is started again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a fan-out waits that another node was faster at.
const LOST: Duration = Duration::from_millis(20);

/// How often the database is tried while an outcome waits to be recorded: for as long as the lease has to spare.
const TRIES: u32 = 16;

/// How often the tables are cared for.
const CARE: Duration = Duration::from_secs(15);

/// How many rows one pruning takes.
const PRUNE: u32 = 500;

/// From how many pending deliveries on a backlog is warned of.
const BACKLOG: [u64; 2] = [10_000, 100_000];

/// How the engine behaves.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    pub places: Places,
    /// How long one attempt may take.
    pub deadline: Duration,
    /// How long a lane is leased.
    pub lease: Duration,
    pub schedule: Schedule,
    /// How often workers look by themselves.
    pub poll: Duration,
    /// How long attempts under way are waited for when the node stops.
    pub drain: Duration,
    pub keep_delivered: Duration,
    pub keep_dead: Duration,
    pub keep_events: Duration,
}

/// The world that the engine works in.
#[derive(Clone)]
pub struct World {
    pub store: Arc<dyn WebhookStore>,
    pub log: Arc<dyn Storage>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub transport: Arc<dyn Transport>,
    pub events: Arc<dyn Events>,
    pub metrics: WebhookMetrics,
}

/// The running workers of a node.
#[derive(Debug)]
pub struct Engine {
    bells: Bells,
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

/// Wakes workers before they would look by themselves.
#[derive(Debug, Clone, Default)]
pub struct Bells {
    fan_out: Arc<Notify>,
    deliver: Arc<Notify>,
    replay: Arc<Notify>,
}

impl Bells {
    /// Something is owed, or may go on.
    pub fn owed(&self) {
        self.deliver.notify_one();
    }

    /// A replay was asked for.
    pub fn replay(&self) {
        self.replay.notify_one();
    }
}

impl Engine {
    /// Starts the workers. `news` tells how far this node knows the log.
    pub fn start(world: &World, settings: &EngineSettings, news: watch::Receiver<u64>) -> Self {
        let (stop, stopping) = watch::channel(false);
        let bells = Bells::default();
        let worker = |name| Worker {
            name,
            world: world.clone(),
            settings: settings.clone(),
            bells: bells.clone(),
            stopping: stopping.clone(),
        };
        let workers = vec![
            worker("fan out").start(move |worker| fan_out(worker, news.clone())),
            worker("deliver").start(deliver),
            worker("replay").start(replay),
            worker("care").start(care),
        ];
        Self {
            bells,
            stop,
            workers,
        }
    }

    /// What wakes the workers.
    pub fn bells(&self) -> &Bells {
        &self.bells
    }

    /// Stops the workers: nothing new is begun, attempts under way may end, and leases are given back.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for worker in self.workers {
            // A worker that panicked has said so.
            let _ = worker.await;
        }
    }
}

/// What a worker works with.
#[derive(Clone)]
pub(super) struct Worker {
    name: &'static str,
    pub(super) world: World,
    pub(super) settings: EngineSettings,
    pub(super) bells: Bells,
    pub(super) stopping: watch::Receiver<bool>,
}

impl Worker {
    /// Runs the work until the engine stops, and again where it panics.
    fn start<F>(self, mut work: impl FnMut(Self) -> F + Send + 'static) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(async move {
            while AssertUnwindSafe(work(self.clone()))
                .catch_unwind()
                .await
                .is_err()
            {
                self.world.metrics.restarted();
                tracing::error!(
                    worker = self.name,
                    "a webhook worker panicked and is started again"
                );
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Completes when the engine stops.
    pub(super) async fn stopped(&self) {
        // An engine that is gone without a word has stopped, too.
        let _ = self.stopping.clone().wait_for(|stop| *stop).await;
    }

    /// Waits until woken, or for about so long: nodes that look together would get into each other's way.
    async fn rest(&self, bell: &Notify, about: Duration) {
        tokio::select! {
            () = bell.notified() => {}
            () = tokio::time::sleep(self.about(about)) => {}
            () = self.stopped() => {}
        }
    }

    /// A duration give or take a fifth.
    pub(super) fn about(&self, duration: Duration) -> Duration {
        let fifth = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX) / 5;
        let spread = Duration::from_micros(self.world.random.below(2 * fifth + 1));
        duration.saturating_sub(Duration::from_micros(fifth)) + spread
    }

    /// Says what went wrong, and waits a little.
    pub(super) async fn failed(&self, error: &StorageError) {
        tracing::warn!(%error, worker = self.name, "a webhook worker cannot use the database");
        tokio::select! {
            () = tokio::time::sleep(self.about(PAUSE)) => {}
            () = self.stopped() => {}
        }
    }
}

async fn fan_out(worker: Worker, mut news: watch::Receiver<u64>) {
    let World {
        store, log, events, ..
    } = worker.world.clone();
    let mut fan_outer = FanOuter::new(store, log, events);
    while !worker.is_stopping() {
        let step = async {
            let now = worker.world.clock.now().await?;
            fan_outer.step(now).await
        };
        // What is committed from here on is news.
        news.mark_unchanged();
        match step.await {
            Ok(Step::Moved(types)) => {
                for event_type in types {
                    worker.world.metrics.fanned_out(&event_type);
                }
                worker.bells.owed();
            }
            Ok(Step::Lost) => tokio::time::sleep(worker.about(LOST)).await,
            Ok(Step::Idle) => {
                tokio::select! {
                    Ok(()) = news.changed() => {}
                    () = worker.rest(&worker.bells.fan_out, worker.settings.poll) => {}
                }
            }
            Err(error) => worker.failed(&error).await,
        }
    }
}

async fn deliver(worker: Worker) {
    let world = worker.world.clone();
    let settings = worker.settings.clone();
    let claimer = Claimer {
        store: Arc::clone(&world.store),
        clock: Arc::clone(&world.clock),
        random: Arc::clone(&world.random),
        places: settings.places,
        lease: settings.lease,
    };
    let deliverer = Deliverer {
        store: Arc::clone(&world.store),
        clock: Arc::clone(&world.clock),
        random: world.random,
        transport: world.transport,
        events: Arc::clone(&world.events),
        schedule: settings.schedule,
        deadline: settings.deadline,
        tries: TRIES,
    };
    let aftermath = Aftermath {
        store: world.store,
        clock: world.clock,
        events: world.events,
        metrics: world.metrics,
    };
    let bell = Arc::clone(&worker.bells.deliver);
    Dispatcher::new(worker, claimer, deliverer, aftermath)
        .run(&bell)
        .await;
}

async fn replay(worker: Worker) {
    let replayer = Replayer {
        store: Arc::clone(&worker.world.store),
        log: Arc::clone(&worker.world.log),
        events: Arc::clone(&worker.world.events),
    };
    while !worker.is_stopping() {
        let step = async {
            let now = worker.world.clock.now().await?;
            replayer.step(now).await
        };
        match step.await {
            Ok(more) => {
                worker.bells.owed();
                if !more {
                    let poll = worker.settings.poll;
                    worker.rest(&worker.bells.replay, poll).await;
                }
            }
            Err(error) => worker.failed(&error).await,
        }
    }
}

async fn care(worker: Worker) {
    let never = Notify::new();
    let mut backlog = 0;
    while !worker.is_stopping() {
        if let Err(error) = care_once(&worker, &mut backlog).await {
            worker.failed(&error).await;
        }
        worker.rest(&never, CARE).await;
    }
}

async fn care_once(worker: &Worker, backlog: &mut usize) -> Result<(), StorageError> {
    let World {
        store,
        clock,
        metrics,
        ..
    } = &worker.world;
    let settings = &worker.settings;
    let now = clock.now().await?;
    let horizon = settings.schedule.horizon_ms() + millis(settings.lease);
    let rescued = store.rescue(now, horizon).await?;
    if rescued > 0 {
        tracing::warn!(
            lanes = rescued,
            "the clock was set back: webhooks that waited for it are due now"
        );
    }
    let retention = Retention {
        delivered: now - millis(settings.keep_delivered),
        dead: now - millis(settings.keep_dead),
        events: now - millis(settings.keep_events),
    };
    while store.prune(&retention, PRUNE).await? >= u64::from(PRUNE) && !worker.is_stopping() {
        tokio::task::yield_now().await;
    }
    let depth = store.queue_depth().await?;
    metrics.depth(&depth, now);
    let waiting = depth.fresh + depth.retry + depth.replay;
    let level = BACKLOG.iter().filter(|from| waiting >= **from).count();
    if level > *backlog {
        tracing::warn!(waiting, "webhook deliveries are piling up");
    }
    *backlog = level;
    Ok(())
}
