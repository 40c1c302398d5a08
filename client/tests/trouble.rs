//! Registries that are away, slow, lying or half dead: the client serves what it has, never floods, and says what is wrong.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use dovetail_client::{
    Auth, CacheSettings, Client, Deletion, Error, KnownSchema, Register, RegisterRequest, Retry,
    Secret, TokenProvider,
};
use dovetail_model::{Reference, SchemaId, SchemaType, Version, VersionSpec};
use dovetail_testing::{Proxy, Registry, Trouble};

const HTML: Trouble = Trouble::Answers {
    status: 200,
    headers: "content-type: text/html\r\n",
    body: "<html>welcome to the guest network</html>",
};
const ABSENT: Trouble = Trouble::Answers {
    status: 404,
    headers: "",
    body: r#"{"error_code": 40403, "message": "Schema not found"}"#,
};

/// A registry with one schema, and something in front of it.
async fn registry() -> (Registry, Proxy) {
    let registry = Registry::start().await.expect("a registry");
    let proxy = Proxy::before(registry.url()).await.expect("a port");
    register(&registry.client(), "orders", "\"string\"")
        .await
        .expect("it works");
    (registry, proxy)
}

/// A client that sends once and gives up quickly.
fn once(url: &str) -> Client {
    client(url, Retry::never(), CacheSettings::default())
}

fn client(url: &str, retry: Retry, cache: CacheSettings) -> Client {
    Client::builder(url)
        .no_proxy()
        .attempt_timeout(Duration::from_millis(300))
        .retry(retry)
        .cache(cache)
        .build()
        .expect("it works")
}

fn quickly() -> Retry {
    Retry {
        first_pause: Duration::from_millis(1),
        ..Retry::default()
    }
}

fn avro(schema: &str) -> RegisterRequest {
    RegisterRequest {
        schema: Some(schema.to_owned()),
        ..RegisterRequest::default()
    }
}

async fn register(client: &Client, subject: &str, schema: &str) -> Result<SchemaId, Error> {
    let how = Register::default();
    Ok(client.register(subject, &avro(schema), &how).await?.id)
}

fn sources(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tasks_that_ask_for_one_id_make_one_request() {
    let (_registry, proxy) = registry().await;
    proxy.trouble(Trouble::Slow(Duration::from_millis(50)));
    let schemas = once(proxy.url()).schemas();
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let schemas = schemas.clone();
            tokio::spawn(async move { schemas.by_id(SchemaId::FIRST).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().text, "\"string\"");
    }
    assert_eq!(proxy.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_on_when_the_one_who_asked_gives_up() {
    let (_registry, proxy) = registry().await;
    proxy.trouble(Trouble::Slow(Duration::from_millis(50)));
    let schemas = once(proxy.url()).schemas();
    let first = tokio::spawn({
        let schemas = schemas.clone();
        async move { schemas.by_id(SchemaId::FIRST).await }
    });
    while proxy.requests() == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert_eq!(
        schemas.by_id(SchemaId::FIRST).await.unwrap().text,
        "\"string\""
    );
    assert_eq!(proxy.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_is_served_while_the_registry_is_away() {
    let (_registry, proxy) = registry().await;
    let cache = CacheSettings {
        latest_for: Duration::ZERO,
        failed_for: Duration::ZERO,
        ..CacheSettings::default()
    };
    let schemas = client(proxy.url(), Retry::never(), cache).schemas();
    let by_id = schemas.by_id(SchemaId::FIRST).await.unwrap();
    let latest = schemas.latest("orders").await.unwrap();
    for trouble in [Trouble::Closes, Trouble::Hangs, Trouble::BreaksOff, HTML] {
        proxy.trouble(trouble.clone());
        assert_eq!(schemas.by_id(SchemaId::FIRST).await.unwrap(), by_id);
        assert_eq!(
            schemas.latest("orders").await.unwrap(),
            latest,
            "{trouble:?}"
        );
    }
    proxy.trouble(ABSENT);
    while schemas.latest("orders").await.is_ok() {
        tokio::task::yield_now().await;
    }
    let gone = schemas.latest("orders").await.unwrap_err();
    assert!(gone.is_not_found(), "what is gone is not served: {gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_in_trouble_is_asked_for_a_thing_once_a_second_at_most() {
    let (_registry, proxy) = registry().await;
    for trouble in [Trouble::Closes, Trouble::BreaksOff, HTML, ABSENT] {
        proxy.trouble(trouble.clone());
        let schemas = once(proxy.url()).schemas();
        let (before, started) = (proxy.requests(), Instant::now());
        for _ in 0..500 {
            schemas.by_id(SchemaId::FIRST).await.unwrap_err();
        }
        let seconds = started.elapsed().as_secs();
        let asked = (proxy.requests() - before) as u64;
        assert!(asked <= 1 + seconds, "{trouble:?}: {asked} in {seconds} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_there_is_found_once_it_is_registered() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let schemas = client.schemas();
    assert!(schemas.latest("new").await.unwrap_err().is_not_found());
    let schema = avro("\"int\"");
    assert!(
        schemas
            .look_up("new", &schema)
            .await
            .unwrap_err()
            .is_not_found()
    );
    let registered = schemas.register("new", &schema).await.unwrap();
    assert_eq!(schemas.latest("new").await.unwrap().id, registered.id);
    assert_eq!(
        schemas.look_up("new", &schema).await.unwrap().id,
        registered.id
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_starts_from_what_was_preloaded() {
    let nowhere = once("http://127.0.0.1:9").schemas();
    let id = SchemaId::FIRST;
    let known = |subject: &str, id, text: &str| KnownSchema {
        id,
        subject: Some(subject.into()),
        version: Some(Version::FIRST),
        ..KnownSchema::of_text(SchemaType::Avro, text)
    };
    let mut order = known("orders", Some(id), r#"{"type": "array", "items": "Id"}"#);
    order.references = vec![Reference {
        name: "Id".into(),
        subject: "ids".into(),
        version: 1,
    }];
    nowhere.preload(order).unwrap();
    nowhere.preload(known("ids", None, "\"string\"")).unwrap();
    let order = nowhere.by_id(id).await.unwrap();
    let resolved = nowhere.resolve(order).await.unwrap();
    assert_eq!(resolved.references[0].schema.text, "\"string\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_starts_from_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("dovetail.lock");
    let text = r#"
version = 1
generator = "0.1.0"
registry = "http://127.0.0.1:8081"
[[subject]]
name = "orders"
version = 3
[[schema]]
subject = "orders"
version = 3
id = 12
guid = "00000000-0000-0000-0000-000000000007"
type = "AVRO"
sha256 = "473287f8298dba7163a897908958f7c0eae733e25d2e027992ea2edc9bed2fa8"
file = "schemas/orders.avsc"
"#;
    std::fs::write(&lock, text).unwrap();
    let schemas = once("http://127.0.0.1:9").schemas();
    let missing = schemas.preload_lock(&lock).unwrap_err();
    assert!(
        missing.to_string().contains("orders.avsc cannot be read"),
        "{missing}"
    );
    std::fs::create_dir(folder.path().join("schemas")).unwrap();
    let file = folder.path().join("schemas/orders.avsc");
    std::fs::write(&file, "\"int\"").unwrap();
    let changed = schemas.preload_lock(&lock).unwrap_err();
    assert!(
        changed.to_string().contains("run `dovetail pull`"),
        "{changed}"
    );
    std::fs::write(&file, "string").unwrap();
    assert_eq!(schemas.preload_lock(&lock).unwrap(), 1);
    let id = SchemaId::new(12).unwrap();
    assert_eq!(schemas.by_id(id).await.unwrap().text, "string");
    let outside = text.replace("schemas/orders", "../orders");
    std::fs::write(&lock, outside).unwrap();
    let outside = schemas.preload_lock(&lock).unwrap_err();
    assert!(outside.to_string().contains("not beside it"), "{outside}");
    std::fs::write(&lock, "version = 9").unwrap();
    let newer = schemas.preload_lock(&lock).unwrap_err();
    assert!(newer.to_string().contains("layout 9"), "{newer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_base_url_is_asked_where_one_does_not_answer() {
    let (registry, proxy) = registry().await;
    proxy.trouble(Trouble::Closes);
    let client = once(&format!("{}, {}", proxy.url(), registry.url()));
    for _ in 0..10 {
        assert_eq!(client.latest("orders").await.unwrap().schema, "\"string\"");
    }
    assert_eq!(
        proxy.requests(),
        1,
        "the one that answered is asked first from then on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_repeated_is_and_what_may_not_is_not() {
    let (registry, proxy) = registry().await;
    let client = client(proxy.url(), quickly(), CacheSettings::default());
    proxy.trouble(Trouble::BreaksOff);
    let cut = client.latest("orders").await.unwrap_err();
    assert!(cut.is_unreachable() && cut.is_retryable(), "{cut:?}");
    assert_eq!(proxy.requests(), 4);
    let cut = register(&client, "orders", "\"string\"").await.unwrap_err();
    assert!(cut.is_unreachable());
    assert_eq!(proxy.requests(), 8);
    let deleted = client.delete_version("orders", VersionSpec::Latest, Deletion::Soft);
    assert!(deleted.await.unwrap_err().is_unreachable());
    assert_eq!(
        proxy.requests(),
        9,
        "a deletion that may have been done is not repeated"
    );
    let gone = registry.client().latest("orders").await.unwrap_err();
    assert!(gone.is_not_found(), "and it was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said() {
    let (registry, proxy) = registry().await;
    let client = once(proxy.url());
    let moved = Trouble::Answers {
        status: 301,
        headers: "location: https://elsewhere.example/\r\n",
        body: "",
    };
    let busy = Trouble::Answers {
        status: 429,
        headers: "retry-after: 7\r\n",
        body: "",
    };
    for (trouble, said) in [
        (Trouble::Closes, "no answer from the registry"),
        (Trouble::Hangs, "no answer from the registry in time"),
        (Trouble::BreaksOff, "no answer from the registry"),
        (HTML, "<html>welcome"),
        (moved, "https://elsewhere.example/"),
        (ABSENT, "Schema not found (HTTP 404, code 40403)"),
        (busy, "HTTP 429"),
    ] {
        proxy.trouble(trouble.clone());
        let error = client.latest("orders").await.unwrap_err();
        let text = sources(&error);
        assert!(text.contains(said), "{trouble:?}: {text}");
        let place = format!("GET {}/subjects/orders/versions/latest", proxy.url());
        assert!(text.starts_with(&place), "{text}");
    }
    registry.stop();
    let refused = once("http://127.0.0.1:9")
        .latest("orders")
        .await
        .unwrap_err();
    assert!(refused.is_unreachable(), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_given_up() {
    let (_registry, proxy) = registry().await;
    let small = Client::builder(proxy.url()).no_proxy().max_answer_bytes(16);
    let error = small.build().unwrap().latest("orders").await.unwrap_err();
    assert!(error.is_bad_answer(), "{error:?}");
    assert!(
        error.to_string().contains("larger than 16 bytes"),
        "{error}"
    );
}

#[derive(Default)]
struct Tokens(AtomicUsize);

#[async_trait]
impl TokenProvider for Tokens {
    async fn token(&self) -> Result<Secret, Box<dyn std::error::Error + Send + Sync>> {
        Ok(format!("token-{}", self.0.load(Ordering::SeqCst)).into())
    }

    fn refused(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_is_renewed_once() {
    let (_registry, proxy) = registry().await;
    let tokens = Arc::new(Tokens::default());
    let client = Client::builder(proxy.url())
        .no_proxy()
        .auth(Auth::Provider(Arc::clone(&tokens) as _))
        .build()
        .unwrap();
    client.latest("orders").await.unwrap();
    assert_eq!((proxy.requests(), tokens.0.load(Ordering::SeqCst)), (1, 0));
    proxy.trouble(Trouble::Answers {
        status: 401,
        headers: "",
        body: "",
    });
    let refused = client.latest("orders").await.unwrap_err();
    assert!(refused.is_auth() && !refused.is_retryable(), "{refused:?}");
    assert_eq!((proxy.requests(), tokens.0.load(Ordering::SeqCst)), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn references_that_go_in_circles_end() {
    let (_registry, proxy) = registry().await;
    proxy.trouble(Trouble::Answers {
        status: 200,
        headers: "",
        body: r#"{"subject": "a", "version": 1, "id": 1, "schema": "{}",
                  "references": [{"name": "a", "subject": "a", "version": 1}, {"name": "b", "subject": "a", "version": 1}]}"#,
    });
    let schemas = once(proxy.url()).schemas();
    let schema = schemas.latest("a").await.unwrap();
    let resolved = schemas.resolve(schema).await.unwrap();
    assert_eq!(resolved.references.len(), 2);
    assert_eq!(proxy.requests(), 2, "each is asked for once");
}

#[tokio::test]
async fn urls_and_certificates_that_are_none_are_said_to_be() {
    for (urls, said) in [
        ("", "is empty"),
        ("http://a,", "is empty"),
        ("registry:8081", "begins with registry:"),
        ("ftp://a", "begins with ftp:"),
        ("http://a?x=1", "more than a host and a path"),
        ("http://user:hunter2@[", "cannot be read"),
    ] {
        let error = Client::new(urls).unwrap_err();
        let text = sources(&error);
        assert!(error.is_usage() && text.contains(said), "{urls}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let client = Client::new("http://user:hunter2@a/x/").unwrap();
    assert_eq!(client.urls().collect::<Vec<_>>(), ["http://a/x"]);
    assert!(!format!("{client:?}").contains("hunter2"), "{client:?}");
    for pem in [
        "",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let builder = Client::builder("https://a").certificate_authority(pem);
        assert!(builder.build().unwrap_err().is_usage(), "{pem}");
    }
}
