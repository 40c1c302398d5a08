//! The memory: entries that age by their kind, and requests that many wait for.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use quick_cache::{Weighter, sync};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{CacheSettings, Key, KnownSchema};
use crate::error::{Error, Kind, Result};

/// How long a registry may ask to be left alone about something.
const LONGEST_FAILURE: Duration = Duration::from_mins(1);
/// How many entries the memory is laid out for.
const EXPECTED_ENTRIES: usize = 4096;

/// Whether what is remembered goes out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    Forever,
    ForAWhile,
}

#[derive(Debug)]
pub(crate) struct Cache {
    settings: CacheSettings,
    entries: sync::Cache<Key, Entry, Bytes>,
    flights: Mutex<HashMap<Key, Flight>>,
    flown: AtomicU64,
}

/// What is remembered under a key: a value, a failure, or a failure to renew the value.
#[derive(Debug, Clone, Default)]
struct Entry {
    value: Option<(Arc<KnownSchema>, Instant)>,
    failure: Option<(Error, Instant)>,
}

type Outcome = Result<Arc<KnownSchema>>;

/// A request on its way.
#[derive(Debug, Clone)]
struct Flight {
    number: u64,
    started: Instant,
    landed: watch::Receiver<Option<Outcome>>,
}

impl Cache {
    pub(crate) fn new(settings: CacheSettings) -> Self {
        Self {
            entries: sync::Cache::with_weighter(EXPECTED_ENTRIES, settings.max_bytes, Bytes),
            settings,
            flights: Mutex::default(),
            flown: AtomicU64::new(0),
        }
    }

    /// What is remembered, or else what `fetch` brings. Of those who ask together, one `fetch` is run.
    pub(super) async fn get<F>(
        self: &Arc<Self>,
        key: Key,
        freshness: Freshness,
        fetch: F,
    ) -> Outcome
    where
        F: Future<Output = Result<KnownSchema>> + Send + 'static,
    {
        if let Some(outcome) = self.remembered(&key, freshness) {
            return outcome;
        }
        let mut flight = match self.join(&key, freshness, fetch) {
            Ok(flight) => flight,
            Err(outcome) => return outcome,
        };
        let landed = flight.landed.wait_for(Option::is_some);
        let Some(stale) = self.stale(&key) else {
            return outcome(landed.await);
        };
        // What is stale is better than waiting for a registry that hangs.
        let patience = flight.started + self.settings.patience;
        match timeout_at(patience, landed).await {
            Ok(landed) => outcome(landed),
            Err(_) => Ok(stale),
        }
    }

    /// A value that needs no renewal. Asks nobody.
    pub(super) fn at_hand(&self, key: &Key) -> Option<Arc<KnownSchema>> {
        self.remembered(key, Freshness::Forever)?.ok()
    }

    pub(super) fn put(&self, key: Key, value: Arc<KnownSchema>) {
        let entry = Entry {
            value: Some((value, Instant::now())),
            failure: None,
        };
        self.entries.insert(key, entry);
    }

    /// Forgets what is remembered under a key, and what is on its way there.
    pub(super) fn forget(&self, key: &Key) {
        let mut flights = self.flights();
        flights.remove(key);
        self.entries.remove(key);
    }

    fn remembered(&self, key: &Key, freshness: Freshness) -> Option<Outcome> {
        let entry = self.entries.get(key)?;
        let now = Instant::now();
        if let Some((value, since)) = &entry.value {
            let is_fresh = now < *since + self.settings.latest_for;
            if freshness == Freshness::Forever || is_fresh {
                return Some(Ok(Arc::clone(value)));
            }
        }
        let (error, until) = entry.failure.as_ref()?;
        if now >= *until {
            return None;
        }
        Some(self.still_good(&entry, now).ok_or_else(|| error.clone()))
    }

    /// A value that is out of date and may be served for want of a better one.
    fn stale(&self, key: &Key) -> Option<Arc<KnownSchema>> {
        self.still_good(&self.entries.get(key)?, Instant::now())
    }

    fn still_good(&self, entry: &Entry, now: Instant) -> Option<Arc<KnownSchema>> {
        let (value, since) = entry.value.as_ref()?;
        let until = *since + self.settings.latest_for + self.settings.stale_for;
        (now < until).then(|| Arc::clone(value))
    }

    /// The request that is on its way, or a new one. `Err` is an answer that arrived in between.
    fn join<F>(
        self: &Arc<Self>,
        key: &Key,
        freshness: Freshness,
        fetch: F,
    ) -> Result<Flight, Outcome>
    where
        F: Future<Output = Result<KnownSchema>> + Send + 'static,
    {
        let mut flights = self.flights();
        if let Some(flight) = flights.get(key) {
            return Ok(flight.clone());
        }
        if let Some(outcome) = self.remembered(key, freshness) {
            return Err(outcome);
        }
        let (sender, landed) = watch::channel(None);
        let flight = Flight {
            number: self.flown.fetch_add(1, Ordering::Relaxed),
            started: Instant::now(),
            landed,
        };
        flights.insert(key.clone(), flight.clone());
        let ground = Ground {
            cache: Arc::clone(self),
            key: key.clone(),
            number: flight.number,
        };
        // On its own, so that it does not end with whoever happened to ask first.
        tokio::spawn(async move {
            let outcome = ground.land(fetch.await);
            drop(ground);
            // All who waited may have gone.
            let _ = sender.send(Some(outcome));
        });
        Ok(flight)
    }

    /// How long a failure is remembered.
    fn failed_for(&self, error: &Error) -> Duration {
        if error.is_not_found() {
            return self.settings.absent_for;
        }
        let asked = error.retry_after().unwrap_or_default();
        self.settings.failed_for.max(asked.min(LONGEST_FAILURE))
    }

    fn flights(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Flight>> {
        // Nothing that is done under the lock leaves the map half changed.
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(landed: Result<watch::Ref<'_, Option<Outcome>>, watch::error::RecvError>) -> Outcome {
    let landed = landed.ok().and_then(|landed| landed.clone());
    // It was let go where the runtime that carried it ended.
    landed.unwrap_or_else(|| {
        Err(Error::new(Kind::Unreachable {
            unsent: false,
            tls: None,
        }))
    })
}

/// Where a flight lands. It is no longer on its way when this is dropped, even by a panic.
struct Ground {
    cache: Arc<Cache>,
    key: Key,
    number: u64,
}

impl Ground {
    fn land(&self, fetched: Result<KnownSchema>) -> Outcome {
        let fetched = fetched.map(Arc::new);
        let flights = self.cache.flights();
        let is_awaited = flights
            .get(&self.key)
            .is_some_and(|flight| flight.number == self.number);
        if !is_awaited {
            // It was forgotten meanwhile: good for those who wait, not for those who come later.
            return fetched;
        }
        let error = match fetched {
            Ok(value) => {
                self.cache.put(self.key.clone(), Arc::clone(&value));
                return Ok(value);
            }
            Err(error) => error,
        };
        let now = Instant::now();
        let before = self.cache.entries.get(&self.key).unwrap_or_default();
        let entry = Entry {
            // What is gone is gone; what cannot be asked for may still be there.
            value: before
                .value
                .filter(|_| error.is_retryable() || error.is_bad_answer()),
            failure: Some((error.clone(), now + self.cache.failed_for(&error))),
        };
        let stale = self.cache.still_good(&entry, now);
        self.cache.entries.insert(self.key.clone(), entry);
        stale.ok_or(error)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let mut flights = self.cache.flights();
        if flights
            .get(&self.key)
            .is_some_and(|flight| flight.number == self.number)
        {
            flights.remove(&self.key);
        }
    }
}

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<Key, Entry> for Bytes {
    fn weight(&self, key: &Key, entry: &Entry) -> u64 {
        let value = entry.value.as_ref().map_or(0, |(value, _)| value.weight());
        let failure = entry.failure.as_ref().map_or(0, |_| 1024);
        (key.weight() + value + failure) as u64
    }
}
