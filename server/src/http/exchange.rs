//! What the two ends of a connection tell each other: the bytes ([`Wire`](super::wire::Wire)) and the requests
//! ([`Front`](super::connection::Front)), with hyper between them.
//!
//! Three things: whether the connection is idle, whether the body under way is all there, and that a request was refused
//! before hyper could read it. A refused request is always the last of its connection, and HTTP/1 serves requests in order; so
//! its place in the order says which one it is.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::error::HttpError;

#[derive(Debug)]
pub(crate) struct Exchange {
    opened: Instant,
    /// Milliseconds since `opened`.
    last_sign_of_life: AtomicU64,
    /// A head has begun to arrive; its own deadline watches over it.
    head_begun: AtomicBool,
    /// How many requests there were up to the one whose body has yet to arrive in full; 0 if none is incomplete.
    incomplete: AtomicU64,
    calls_begun: AtomicU64,
    calls_ended: AtomicU64,
    refusal: OnceLock<Refusal>,
}

#[derive(Debug)]
struct Refusal {
    call: u64,
    error: HttpError,
}

impl Exchange {
    pub(crate) fn new() -> Self {
        Self {
            opened: Instant::now(),
            last_sign_of_life: AtomicU64::new(0),
            head_begun: AtomicBool::new(false),
            incomplete: AtomicU64::new(0),
            calls_begun: AtomicU64::new(0),
            calls_ended: AtomicU64::new(0),
            refusal: OnceLock::new(),
        }
    }

    /// Says whether a part of a head has arrived. Until the rest of it has, or took too long, the connection is not idle.
    pub(crate) fn head_begun(&self, begun: bool) {
        self.head_begun.store(begun, Ordering::Relaxed);
    }

    /// Says whether a part of the body is yet to arrive, of the last of so many requests. hyper reads ahead, so an earlier one
    /// may still be under way.
    pub(crate) fn body_due(&self, requests: u64, is_due: bool) {
        let incomplete = if is_due { requests } else { 0 };
        self.incomplete.store(incomplete, Ordering::Relaxed);
    }

    /// Whether a response to the request at this place in the order comes before the request's end: the connection ends with it,
    /// and the client has to be told, or it would use the connection again.
    pub(crate) fn is_incomplete(&self, call: u64) -> bool {
        self.incomplete.load(Ordering::Relaxed) == call + 1
    }

    /// Counts a request that hyper hands over, and returns its place in the order, from 0.
    pub(crate) fn begin_call(&self) -> u64 {
        self.calls_begun.fetch_add(1, Ordering::Relaxed)
    }

    /// Counts a request that was answered or given up.
    pub(crate) fn end_call(&self) {
        self.sign_of_life();
        self.calls_ended.fetch_add(1, Ordering::Release);
    }

    /// Notes that the client is there and moving.
    pub(crate) fn sign_of_life(&self) {
        let since_opened = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_sign_of_life
            .store(since_opened, Ordering::Relaxed);
    }

    /// How much of `limit` a connection still has before it counts as idle. A request under way, or the head of one, starts
    /// it anew.
    pub(crate) fn patience_left(&self, limit: Duration) -> Duration {
        let ended = self.calls_ended.load(Ordering::Acquire);
        let has_call = self.calls_begun.load(Ordering::Relaxed) != ended;
        if has_call || self.head_begun.load(Ordering::Relaxed) {
            return limit;
        }
        let last = Duration::from_millis(self.last_sign_of_life.load(Ordering::Relaxed));
        (last + limit).saturating_sub(self.opened.elapsed())
    }

    /// Says that the request at this place in the order is to be refused.
    pub(crate) fn refuse(&self, call: u64, error: HttpError) {
        // There is one at most: nothing is read after it.
        let _ = self.refusal.set(Refusal { call, error });
    }

    /// Why the request at this place in the order is to be refused, if it is.
    pub(crate) fn refusal_of(&self, call: u64) -> Option<&HttpError> {
        let refusal = self.refusal.get()?;
        (refusal.call == call).then_some(&refusal.error)
    }
}
