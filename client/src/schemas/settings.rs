//! How much is remembered, and for how long.

use std::time::Duration;

/// What the memory of a client holds.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// About how many bytes it may take.
    pub max_bytes: u64,
    /// How long "the latest version" is taken to be the latest.
    pub latest_for: Duration,
    /// How much longer it is served where the registry does not answer.
    pub stale_for: Duration,
    /// How long a stale answer is held back for a fresh one.
    pub patience: Duration,
    /// How long something that was not there counts as not there.
    pub absent_for: Duration,
    /// How long the registry is left alone about something that it failed to answer; longer where it asks for that.
    pub failed_for: Duration,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            latest_for: Duration::from_mins(1),
            stale_for: Duration::from_hours(24),
            patience: Duration::from_millis(500),
            absent_for: Duration::from_secs(1),
            failed_for: Duration::from_secs(1),
        }
    }
}
