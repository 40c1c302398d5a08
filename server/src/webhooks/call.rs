//! One HTTP call to an address that was judged: connect, TLS, send, read a little of the answer.
//!
//! The connection goes to the addresses that are given and nowhere else: no redirects, no proxies, no second resolution, no
//! connection that was opened before. A receiver may do what it likes, it costs at most the deadline and a few kilobytes.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode, body::Incoming, client::conn::http1, header::HeaderMap};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant as Deadline, timeout_at},
};
use tokio_rustls::TlsConnector;

use super::target::{Target, TargetPolicy};

/// How long connecting may take, TLS included.
const CONNECT: Duration = Duration::from_secs(5);

/// The least one of several addresses gets of that.
const CONNECT_ONE: Duration = Duration::from_millis(500);

/// How many addresses of a name are tried.
const TRIED: usize = 4;

/// How much of an answer is read, and how much of that is kept.
const READ_BYTES: usize = 16 * 1024;
const KEPT_BYTES: usize = 1024;

/// How large the head of an answer may be.
const HEAD_BYTES: usize = 32 * 1024;
const HEAD_LINES: usize = 100;

/// What is to be sent.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) target: &'a Target,
    pub(super) addresses: &'a [SocketAddr],
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) until: Deadline,
}

/// An answer, or as much of it as we want.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The beginning of the body, as text.
    pub(super) text: String,
}

/// Where a call ended.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection, or one that broke.
    Unreachable(String),
    /// It leads back to this registry.
    LeadsBack,
    /// A certificate or a handshake that is not acceptable.
    Tls(String),
    /// Time was up. A status may have come already.
    Timeout(Option<StatusCode>),
}

/// How long after the start of the attempt it came how far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) started: Instant,
    pub(super) connected: Option<Duration>,
    pub(super) first_byte: Option<Duration>,
}

/// What calls are made with.
#[derive(Clone)]
pub(super) struct Caller {
    tls: TlsConnector,
}

impl Caller {
    /// Trusts who the system trusts.
    pub(super) fn new() -> Self {
        let mut roots = rustls::RootCertStore::empty();
        let loaded = rustls_native_certs::load_native_certs();
        for error in &loaded.errors {
            tracing::warn!(%error, "some of the system's certificates cannot be read");
        }
        roots.add_parsable_certificates(loaded.certs);
        if roots.is_empty() {
            tracing::warn!("the system has no certificates: no receiver on https can be reached");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has what TLS 1.2 and 1.3 need")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self {
            tls: TlsConnector::from(Arc::new(config)),
        }
    }

    pub(super) async fn call(
        &self,
        policy: &TargetPolicy,
        call: Call<'_>,
        marks: &mut Marks,
    ) -> Result<Reply, Failure> {
        let until = call.until.min(Deadline::now() + CONNECT);
        let socket = connect(policy, call.addresses, until).await?;
        if !call.target.is_tls() {
            marks.connected = Some(marks.started.elapsed());
            return exchange(socket, call, marks).await;
        }
        let name = server_name(call.target)?;
        let secured = timeout_at(until, self.tls.connect(name, socket)).await;
        let secured = secured
            .map_err(|_| Failure::Timeout(None))?
            .map_err(|error| Failure::Tls(error.to_string()))?;
        marks.connected = Some(marks.started.elapsed());
        exchange(secured, call, marks).await
    }
}

/// Connects to the first address that answers. Each gets its share of the time.
async fn connect(
    policy: &TargetPolicy,
    addresses: &[SocketAddr],
    until: Deadline,
) -> Result<TcpStream, Failure> {
    let tried = &addresses[..addresses.len().min(TRIED)];
    let mut last = "no address".to_owned();
    for (address, left) in tried.iter().zip((1..=tried.len()).rev()) {
        let now = Deadline::now();
        let share = until.saturating_duration_since(now) / u32::try_from(left).unwrap_or(1);
        let moment = until.min(now + share.max(CONNECT_ONE));
        match timeout_at(moment, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                if let (Ok(local), Ok(peer)) = (socket.local_addr(), socket.peer_addr())
                    && policy.leads_back(local, peer)
                {
                    return Err(Failure::LeadsBack);
                }
                // Failing to turn it on costs a few milliseconds and nothing else.
                let _ = socket.set_nodelay(true);
                return Ok(socket);
            }
            Ok(Err(error)) => last = format!("{address}: {error}"),
            // A port that is filtered looks like one that is closed.
            Err(_) => last = format!("{address}: no connection in time"),
        }
    }
    Err(Failure::Unreachable(last))
}

fn server_name(target: &Target) -> Result<ServerName<'static>, Failure> {
    let name = match (target.name(), target.literal()) {
        (Some(name), _) => ServerName::try_from(name.to_owned()).ok(),
        (None, Some(address)) => Some(ServerName::from(address)),
        (None, None) => None,
    };
    name.ok_or_else(|| Failure::Tls("the host cannot be in a certificate".to_owned()))
}

async fn exchange(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    call: Call<'_>,
    marks: &mut Marks,
) -> Result<Reply, Failure> {
    let until = call.until;
    let broken = |error: hyper::Error| Failure::Unreachable(error.to_string());
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_LINES)
        .handshake(TokioIo::new(socket))
        .await
        .map_err(broken)?;
    // It ends with this call, whichever way that goes.
    let driver = AbortOnDrop(tokio::spawn(connection));
    let sent = timeout_at(until, sender.send_request(request(call)?)).await;
    let response = sent.map_err(|_| Failure::Timeout(None))?.map_err(broken)?;
    marks.first_byte = Some(marks.started.elapsed());
    let (head, body) = response.into_parts();
    let text = timeout_at(until, beginning(body)).await;
    drop(driver);
    let text = text.map_err(|_| Failure::Timeout(Some(head.status)))?;
    Ok(Reply {
        status: head.status,
        headers: head.headers,
        text,
    })
}

fn request(call: Call<'_>) -> Result<Request<Full<Bytes>>, Failure> {
    let url = call.target.url();
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = Request::post(path)
        .body(Full::new(call.body))
        .map_err(|error| Failure::Unreachable(error.to_string()))?;
    *request.headers_mut() = call.headers;
    Ok(request)
}

/// Reads a body as far as we want it. One that breaks off was long enough: the status has come.
async fn beginning(mut body: Incoming) -> String {
    let mut kept = Vec::new();
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let room = KEPT_BYTES.saturating_sub(kept.len()).min(data.len());
        kept.extend_from_slice(&data[..room]);
        read += data.len();
        if read >= READ_BYTES {
            break;
        }
    }
    String::from_utf8_lossy(&kept)
        .chars()
        .filter(|one| !one.is_control() || matches!(one, '\n' | '\t'))
        .collect()
}

struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
