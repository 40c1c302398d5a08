//! A real registry behind TLS with an authority of its own: who is spoken to, and what is said where nobody is.

use std::sync::Arc;

use dovetail_client::{Client, ClientBuilder, Error, Retry, TlsFault};
use dovetail_tests::{Database, Node};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::cli::Project;

/// Who signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

/// A certificate with its key.
struct Signed {
    certificate: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let own = params.self_signed(&key).expect("a certificate");
        Self {
            certificate: own.der().clone(),
            pem: own.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for a host, which holds until the first day of a year.
    fn sign(&self, host: &str, until: i32) -> Signed {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a host");
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        Signed {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key,
        }
    }
}

/// Ends TLS before a node, as a proxy does, and answers the URL. With an authority, only those it has signed get through.
async fn secured(node: &Node, own: &Signed, clients: Option<&Authority>) -> String {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.key.serialize_der()));
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS");
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots
                .add(authority.certificate.clone())
                .expect("an authority");
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            config.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let config = config.with_single_cert(vec![own.certificate.clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("the key fits")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let behind = node.base().trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                // Whoever hangs up in the middle is none of its business.
                let mut outside = acceptor.accept(socket).await?;
                let mut inside = TcpStream::connect(behind).await?;
                copy_bidirectional(&mut outside, &mut inside).await
            });
        }
    });
    url
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(url).no_proxy().retry(Retry::never())
}

/// Why a client that trusts an authority gets nowhere.
async fn refused(url: &str, trusted: &Authority) -> Error {
    let client = builder(url).certificate_authority(trusted.pem.as_str());
    let client = client.build().expect("a client");
    client.contexts().await.expect_err("nobody is spoken to")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_speaks_to_whom_it_trusts_and_says_why_it_does_not() {
    let node = Node::start(&Database::sqlite()).await;
    let (authority, stranger) = (Authority::new(), Authority::new());
    let own = authority.sign("127.0.0.1", 2100);
    let url = secured(&node, &own, None).await;
    let trusting = builder(&url).certificate_authority(authority.pem.as_str());
    let trusting = trusting.only_these_authorities().build().expect("a client");
    assert!(trusting.contexts().await.is_ok());

    let other = authority.sign("registry.example", 2100);
    let other = secured(&node, &other, None).await;
    let expired = authority.sign("127.0.0.1", 2020);
    let expired = secured(&node, &expired, None).await;
    let plain = node.base().replace("http:", "https:");
    for (url, trusted, fault) in [
        (&url, &stranger, TlsFault::Untrusted),
        (&other, &authority, TlsFault::OtherName),
        (&expired, &authority, TlsFault::OutOfTime),
        (&plain, &authority, TlsFault::NoTls),
    ] {
        let error = refused(url, trusted).await;
        assert_eq!(error.tls_fault(), Some(fault), "{error:?}");
        assert!(error.is_unreachable(), "{error:?}");
    }
    let error = refused(&url.replace("https:", "http:"), &authority).await;
    assert_eq!(error.tls_fault(), None, "{error:?}");
    assert!(error.is_unreachable(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_knows_its_clients_speaks_to_those_alone() {
    let node = Node::start(&Database::sqlite()).await;
    let (authority, stranger) = (Authority::new(), Authority::new());
    let own = authority.sign("127.0.0.1", 2100);
    let url = secured(&node, &own, Some(&authority)).await;
    let with = |client: &Signed| {
        let builder = builder(&url).certificate_authority(authority.pem.as_str());
        let builder = builder.client_certificate(client.pem.as_str(), client.key.serialize_pem());
        builder.build().expect("a client")
    };
    let known = with(&authority.sign("orders", 2100));
    assert!(known.contexts().await.is_ok());
    // What the registry says comes after the handshake, and may come after it has hung up; then nothing is known of it.
    let nobody = refused(&url, &authority).await;
    assert!(nobody.is_unreachable(), "{nobody:?}");
    let unknown = with(&stranger.sign("orders", 2100));
    let unknown = unknown.contexts().await.expect_err("refused");
    assert!(unknown.is_unreachable(), "{unknown:?}");
    for error in [nobody, unknown] {
        let fault = error.tls_fault();
        assert!(
            matches!(fault, None | Some(TlsFault::ClientCertificate)),
            "{error:?}"
        );
    }
}

fn write(project: &Project, name: &str, signed: &Signed) {
    project.write(&format!("{name}.pem"), &signed.pem);
    project.write(&format!("{name}.key"), &signed.key.serialize_pem());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_take_authorities_and_a_certificate_and_say_which_option_helps() {
    let node = Node::start(&Database::sqlite()).await;
    let authority = Authority::new();
    let own = authority.sign("127.0.0.1", 2100);
    let url = secured(&node, &own, Some(&authority)).await;
    let project = Project::with_registry(&url);
    project.write("ca.pem", &authority.pem);
    write(&project, "client", &authority.sign("orders", 2100));
    let subjects = |options: &[&str]| project.run(&[&["subjects"][..], options].concat());
    let certificate = [
        "--client-cert-file",
        "client.pem",
        "--client-key-file",
        "client.key",
    ];

    subjects(&[]).ends(101).says("--ca-file");
    let trusted = [&["--ca-file", "ca.pem"][..], &certificate].concat();
    subjects(&trusted).ends(0);
    project
        .run(&[&["export"][..], &trusted].concat())
        .ends(0)
        .says("dovetail/1");
    subjects(&["--ca-file", "ca.pem"]).ends(101);
    subjects(&["--client-cert-file", "client.pem"])
        .ends(2)
        .says("--client-key-file");
    subjects(&["--ca-file", "nothing.pem"])
        .ends(2)
        .says("nothing.pem");
    subjects(&["--ca-file", "client.key"])
        .ends(2)
        .says("no certificate in the PEM text");
    let plain = node.base().replace("http:", "https:");
    subjects(&["--registry", &plain])
        .ends(101)
        .says("begin the URL with http:");
    let plain = url.replace("https:", "http:");
    subjects(&["--registry", &plain])
        .ends(101)
        .says("begins with https:");
}
