//! Requests that were spoilt at random.

use dovetail_server::http::{BodyLimits, Limits};
use std::sync::Arc;
use tokio::task::JoinSet;

use super::client::{SHORT, chunked, parse_reply, post_to, request};
use super::server::Server;

/// Nearly requests: whatever a client sends, an answer with an error is ours, not an empty one of hyper's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_requests_are_never_answered_with_an_empty_body() {
    const CASES: u64 = 3000;
    const AT_ONCE: usize = 64;
    let limits = Limits {
        header_read: SHORT,
        keep_alive_idle: SHORT,
        linger: SHORT,
        ..Limits::default()
    };
    let body_limits = BodyLimits {
        deadline: SHORT,
        ..BodyLimits::default()
    };
    let server = Arc::new(Server::with(limits, body_limits).await);
    let mut running = JoinSet::new();
    for seed in 1..=CASES {
        if running.len() == AT_ONCE {
            running.join_next().await.unwrap().unwrap();
        }
        let server = Arc::clone(&server);
        running.spawn(async move {
            let bytes = mutated(seed);
            let mut client = server.connect().await;
            client.try_write(&bytes).await;
            while client.read_more().await {}
            let mut rest = client.received.as_slice();
            while let Some((reply, length)) = parse_reply(rest, bytes.starts_with(b"HEAD ")) {
                let is_empty = reply.status >= 400 && reply.header("content-type").is_none();
                assert!(!is_empty, "{:?}: {reply:?}", bytes.escape_ascii());
                rest = &rest[length..];
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
    assert!(server.is_healthy().await);
}

fn mutated(seed: u64) -> Vec<u8> {
    const SPECIAL: &[u8] = b"\r\n\0\t :;,#%\"<>/?\\^`{|}\x7f\x80\xc3\xff09azAZ";
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let close = "Connection: close\r\n";
    let mut bytes = match random.below(4) {
        0 => request("GET", "/json?a=b", close).into_bytes(),
        1 => post_to("/read", close, "{\"schema\":\"x\"}"),
        2 => chunked("/read", "2;a=b\r\n{}\r\n0\r\nA: b\r\n\r\n").into_bytes(),
        _ => request("FOO", "/%C3%A9/b", "Accept: a/b\r\nConnection: close\r\n").into_bytes(),
    };
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let byte = SPECIAL[random.below(SPECIAL.len())];
        match random.below(3) {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => {
                bytes.remove(at);
            }
        }
    }
    bytes
}

/// xorshift: the same cases in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}
