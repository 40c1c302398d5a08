//! Where runs take place: a database for each thread, and many seeds on several threads.

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use dovetail_server::{
    storage::{Storage, open},
    webhooks::WebhookStore,
};
use dovetail_tests::Database;
use tokio::runtime::{Builder, Runtime};

/// What the runs of a thread share: one database, so that a run costs no migration.
pub(super) struct Ground {
    /// Of this thread alone: another one between it and the database would be woken for every statement.
    pub(super) runtime: Arc<Runtime>,
    pub(super) storage: Arc<dyn Storage>,
    _database: Database,
}

impl Ground {
    pub(super) fn new() -> Self {
        let runtime = Arc::new(Builder::new_current_thread().enable_all().build().unwrap());
        let database = Database::sqlite();
        let storage = runtime.block_on(open(database.url())).unwrap();
        Self {
            runtime,
            storage,
            _database: database,
        }
    }

    pub(super) fn store(&self) -> Arc<dyn WebhookStore> {
        Arc::clone(&self.storage).webhooks()
    }
}

pub(super) fn seeds() -> u64 {
    let asked = std::env::var("DOVETAIL_SIMULATION_SEEDS").ok();
    asked.map_or(100, |seeds| seeds.parse().expect("a number of seeds"))
}

/// Runs every seed, on several threads with a database each: a run waits for its database most of the time.
pub(super) fn each(seeds: Range<u64>, run: impl Fn(&Ground, u64) + Sync) {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let ground = Ground::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let ended = catch_unwind(AssertUnwindSafe(|| run(&ground, seed)));
            if let Err(panic) = ended {
                next.store(seeds.end, Ordering::Relaxed);
                resume_unwind(panic);
            }
        }
    };
    let threads = 2 * thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}
