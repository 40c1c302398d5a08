//! The world as the engine sees it: time, chance, names and the network. Each is a trait, so that a test can hold it still.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use super::{EventId, FailureReason, NewEvent, Subscription, Timings};
use crate::{core::Change, storage::StorageError};

/// The time that leases and retries go by, in milliseconds since 1970. All nodes of a database see the same.
#[async_trait]
pub trait Clock: Send + Sync {
    async fn now(&self) -> Result<i64, StorageError>;
}

/// Where randomness comes from: jitter, tokens, ids.
pub trait Random: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// A number from 0 up to a bound, the bound excluded. Good enough for jitter: the bias is far below a part in a million.
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        let product = u128::from(u64::from_le_bytes(bytes)) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or_default()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

/// Every address of a host name.
#[async_trait]
pub trait Resolver: Send + Sync {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// Makes one attempt: opens the secrets, signs, checks the target, sends, and reads the answer. Never panics the caller's
/// task for anything a receiver does, and returns within the deadline.
#[async_trait]
pub trait Transport: Send + Sync {
    async fn attempt(&self, request: AttemptRequest) -> AttemptOutcome;
}

/// What is to be sent, to whom.
#[derive(Debug, Clone)]
pub struct AttemptRequest {
    pub subscription: Arc<Subscription>,
    pub event: EventId,
    /// 1, 2, 3, …
    pub number: u32,
    /// When the attempt starts, in milliseconds since 1970; its seconds are the signed timestamp.
    pub at: i64,
    pub body: Bytes,
    /// How long everything may take, the body of the answer included. A lease ends some time after it.
    pub deadline: Duration,
}

/// How an attempt went.
#[derive(Debug, Clone)]
pub struct AttemptOutcome {
    pub result: AttemptResult,
    pub timings: Timings,
    /// The beginning of what the receiver answered.
    pub response: Option<String>,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptResult {
    /// The receiver answered 2xx.
    Delivered { status: u16 },
    Failed {
        reason: FailureReason,
        /// The HTTP status, where there was one. 410 disables the subscription; 429, 502, 503 and 504 slow it down.
        status: Option<u16>,
        /// What `Retry-After` asked for.
        retry_after: Option<Duration>,
        /// What exactly went wrong, for the operator.
        detail: Option<String>,
    },
}

/// Makes events: which bytes tell of a change, or of what happened to a subscription.
#[async_trait]
pub trait Events: Send + Sync {
    /// The event of a change. The same change always gives the same id.
    async fn of_change(&self, change: &Change, with_schema: bool)
    -> Result<NewEvent, StorageError>;

    /// An event that is not in the log.
    fn of_notice(&self, notice: &Notice<'_>, at: i64) -> NewEvent;
}

/// What is told besides changes.
#[derive(Debug)]
pub enum Notice<'a> {
    /// `webhook.test`: somebody tries a subscription.
    Test { subscription: &'a Subscription },
    /// `webhook.gap`: these events of a subject were given up, in this order.
    Gap {
        subscription: &'a Subscription,
        subject: Option<&'a str>,
        skipped: &'a [EventId],
    },
    /// `webhook.disabled`: a subscription is no longer told anything.
    Disabled {
        subscription: &'a Subscription,
        reason: &'a str,
    },
    /// `webhook.recovered`: it answers again.
    Recovered {
        subscription: &'a Subscription,
        since: i64,
    },
}
