//! How much of anything one client may take.

use std::time::Duration;

/// The limits of the accept loop and of a connection. The limits of a request are constants in `strict`, those of a body are
/// `BodyLimits`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections that are open at one time. Further ones wait in the kernel's backlog.
    pub max_connections: usize,
    /// From the first byte of a request until its head is complete; for a new connection, from its beginning.
    pub header_read: Duration,
    /// How long a connection without a request under way is kept.
    pub keep_alive_idle: Duration,
    /// How long a response may wait for a client that reads nothing.
    pub write_stall: Duration,
    /// How long a client may go on sending a body that was refused, so that it gets to read the refusal.
    pub linger: Duration,
    /// How long requests may take to finish after the shutdown began.
    pub drain: Duration,
    /// The pause after a failed accept, such as one for want of file descriptors.
    pub accept_pause: Duration,
    /// Requests that one HTTP/2 connection may have under way.
    pub http2_max_streams: u32,
    /// The size of all headers of an HTTP/2 request, as HTTP/2 counts it (32 bytes more for each header).
    pub http2_header_list_bytes: u32,
    /// How often a silent HTTP/2 connection is pinged.
    pub http2_ping_interval: Duration,
    /// How long the answer to such a ping may take.
    pub http2_ping_timeout: Duration,
    /// Streams that an HTTP/2 client may have reset before we got to see them.
    pub http2_max_pending_resets: usize,
    /// Streams of one HTTP/2 connection that we may have to reset because of the client's mistakes.
    pub http2_max_local_resets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_read: Duration::from_secs(10),
            keep_alive_idle: Duration::from_mins(1),
            write_stall: Duration::from_secs(30),
            linger: Duration::from_secs(1),
            drain: Duration::from_secs(25),
            accept_pause: Duration::from_millis(100),
            http2_max_streams: 256,
            http2_header_list_bytes: 16 * 1024,
            http2_ping_interval: Duration::from_secs(20),
            http2_ping_timeout: Duration::from_secs(10),
            http2_max_pending_resets: 20,
            http2_max_local_resets: 256,
        }
    }
}
