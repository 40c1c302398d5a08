//! Receivers with certificates that are not to be trusted, before a node that trusts one authority.

use std::sync::Arc;

use dovetail_tests::{Database, Node, Reaction, Receiver};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

/// A fatal alert of TLS 1.0: the version of the protocol is not known.
const OLD_TLS: &[u8] = b"\x15\x03\x01\x00\x02\x02\x46";

/// Who signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A certificate as these say it is, and its key.
    fn sign(&self, params: &CertificateParams) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key)
    }
}

/// A receiver behind TLS that answers 204 to whatever gets through to it.
struct Secured {
    url: String,
    requests: watch::Receiver<usize>,
}

impl Secured {
    async fn start((certificate, key): (CertificateDer<'static>, KeyPair)) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let (count, requests) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // Whoever hangs up in the middle is none of its business.
                let _ = answer(&acceptor, socket, &count).await;
            }
        });
        Self { url, requests }
    }
}

async fn answer(
    acceptor: &TlsAcceptor,
    socket: TcpStream,
    count: &watch::Sender<usize>,
) -> std::io::Result<()> {
    let mut stream = acceptor.accept(socket).await?;
    let mut request = vec![0; 64 * 1024];
    if stream.read(&mut request).await? > 0 {
        count.send_modify(|count| *count += 1);
    }
    stream
        .write_all(b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n")
        .await?;
    stream.shutdown().await
}

/// As these, but from the first day of one year until that of another.
fn valid(params: &CertificateParams, from: i32, until: i32) -> CertificateParams {
    let mut params = params.clone();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

/// What comes of a test of a webhook that leads there: whether it arrived, or why not.
async fn tried(node: &Node, url: &str) -> String {
    let body = json!({ "url": url, "enabled": false });
    let made = node.post("/api/v1/webhooks", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/{id}/test");
    let attempt = node.send("POST", &path, None).await.ok();
    match attempt["delivered"].as_bool() {
        Some(true) => "delivered".to_owned(),
        _ => attempt["reason"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_certificates_that_hold_are_spoken_to() {
    let (trusted, stranger) = (Authority::new(), Authority::new());
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, &trusted.pem).unwrap();
    let database = Database::sqlite();
    let mut command = Node::command(&database);
    command
        .args(["--webhook-allow-network", "127.0.0.0/8"])
        .env("SSL_CERT_FILE", &roots)
        .env_remove("SSL_CERT_DIR");
    let node = Node::spawn(command).await;
    node.until_ready().await;

    let named = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();
    let fine = named("127.0.0.1");
    let expired = valid(&fine, 2019, 2020);
    let early = valid(&fine, 2100, 2101);
    let alone = KeyPair::generate().unwrap();
    let self_signed = fine.self_signed(&alone).unwrap().der().clone();

    let held = Secured::start(trusted.sign(&fine)).await;
    assert_eq!(tried(&node, &held.url).await, "delivered");
    assert_eq!(*held.requests.borrow(), 1);
    for (name, certificate) in [
        ("self-signed", (self_signed, alone)),
        ("of a stranger", stranger.sign(&fine)),
        ("expired", trusted.sign(&expired)),
        ("not valid yet", trusted.sign(&early)),
        ("of another host", trusted.sign(&named("example.com"))),
        ("of another address", trusted.sign(&named("127.0.0.2"))),
    ] {
        let receiver = Secured::start(certificate).await;
        assert_eq!(tried(&node, &receiver.url).await, "tls", "{name}");
        assert_eq!(*receiver.requests.borrow(), 0, "{name}: nothing was sent");
    }

    // Plain http where TLS is expected, and a version of TLS that nobody should speak any more.
    let plain = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    for (name, said) in [("plain http", plain.as_slice()), ("old", OLD_TLS)] {
        let receiver = blunt(said).await;
        assert_eq!(tried(&node, &receiver).await, "tls", "{name}");
    }
    // TLS where plain http is expected.
    let receiver = Secured::start(trusted.sign(&fine)).await;
    let plain = receiver.url.replace("https", "http");
    assert_eq!(tried(&node, &plain).await, "unreachable");
    // Nobody speaks at all: the handshake has its own limit, well before that of the attempt.
    let silent = Receiver::start(&[Reaction::Silence]).await;
    let url = format!("https://{}/", silent.address());
    assert_eq!(tried(&node, &url).await, "timeout");
}

/// A URL where everybody is told the same, whatever they say.
async fn blunt(said: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut hello = vec![0; 16 * 1024];
            let _ = socket.read(&mut hello).await;
            let _ = socket.write_all(said).await;
        }
    });
    url
}
