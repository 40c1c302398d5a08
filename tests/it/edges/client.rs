//! A client that writes bytes as they are and reads what comes back.

use std::{future::Future, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, ToSocketAddrs},
    time::timeout,
};

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// A deadline that is meant to pass.
pub(crate) const SHORT: Duration = Duration::from_millis(200);

pub(crate) const V1: &str = "application/vnd.schemaregistry.v1+json";
pub(crate) const PLAIN_VND: &str = "application/vnd.schemaregistry+json";
pub(crate) const JSON: &str = "application/json";

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    pub(crate) received: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(given, _)| given == name)?;
        Some(value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Asserts that this is a refusal as every one of them has to look, and returns its message.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: u32) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some(V1), "{self:?}");
        assert!(self.header("x-request-id").is_some(), "{self:?}");
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let body = body.as_object().unwrap();
        assert_eq!(body.len(), 2, "{body:?}");
        assert_eq!(body["error_code"], code, "{body:?}");
        body["message"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn refused_as(&self, status: u16) -> String {
        self.refused(status, u32::from(status))
    }

    #[track_caller]
    pub(crate) fn is_ok(&self) -> &Self {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }
}

impl Client {
    pub(crate) async fn connect(address: impl ToSocketAddrs) -> Self {
        let stream = within(TcpStream::connect(address)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::new(),
        }
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        within(self.stream.write_all(bytes.as_ref())).await.unwrap();
    }

    /// Writes what the server may not be willing to take any more.
    pub(crate) async fn try_write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        within(self.stream.write_all(bytes.as_ref())).await.is_ok()
    }

    /// Reads more; `false` at the end of the connection.
    pub(crate) async fn read_more(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        let bytes = within(self.stream.read(&mut buffer)).await.unwrap_or(0);
        self.received.extend_from_slice(&buffer[..bytes]);
        bytes > 0
    }

    pub(crate) async fn reply(&mut self) -> Reply {
        loop {
            if let Some((reply, bytes)) = parse_reply(&self.received, false) {
                self.received.drain(..bytes);
                return reply;
            }
            let more = self.read_more().await;
            assert!(more, "no response: {:?}", self.received.escape_ascii());
        }
    }

    pub(crate) async fn reply_to_head(&mut self) -> Reply {
        loop {
            if let Some((reply, bytes)) = parse_reply(&self.received, true) {
                self.received.drain(..bytes);
                return reply;
            }
            assert!(self.read_more().await, "no response");
        }
    }

    /// Waits until the server ends the connection, and asserts that it says nothing more.
    pub(crate) async fn is_closed(&mut self) {
        while self.read_more().await {}
        assert!(
            self.received.is_empty(),
            "{:?}",
            self.received.escape_ascii()
        );
    }

    pub(crate) async fn finish_writing(&mut self) {
        self.stream.shutdown().await.unwrap();
    }
}

pub(crate) fn parse_reply(bytes: &[u8], is_to_head: bool) -> Option<(Reply, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.trim_end().lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .filter(|_| !is_to_head)
        .map_or(0, |(_, value)| value.parse().unwrap());
    let body = bytes.get(end..end + length)?.to_vec();
    let reply = Reply {
        status: status.parse().unwrap(),
        headers,
        body,
    };
    Some((reply, end + length))
}

pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("took too long")
}

/// A whole request; `extra` are header lines and their ends.
pub(crate) fn request(method: &str, target: &str, extra: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: registry\r\n{extra}\r\n")
}

pub(crate) fn post_to(target: &str, extra: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = format!("Content-Length: {}\r\n{extra}", body.len());
    let mut bytes = request("POST", target, &length).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn chunked(target: &str, chunks: &str) -> String {
    let head = request("POST", target, "Transfer-Encoding: chunked\r\n");
    format!("{head}{chunks}")
}
