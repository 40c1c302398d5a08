//! One attempt against receivers of every kind, over real sockets: what comes of it, and what they may cost.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use dovetail_server::webhooks::{
    AttemptOutcome, AttemptRequest, AttemptResult, EventId, FailureReason, Filter, OnDeadLetter,
    Ordering as LaneOrdering, Resolver, SealedHeader, SealedSecret, SecretKind, Subscription,
    SubscriptionId, SubscriptionState, Transport, WebhookMetrics,
    sign::SigningSecret,
    target::TargetPolicy,
    transport::{HttpTransport, header_purpose, secret_purpose},
    vault::Vault,
};
use dovetail_tests::{Reaction, Receiver};

use super::verified;

/// A deadline that is soon over.
const SOON: Duration = Duration::from_millis(700);

/// A deadline that a fine receiver never meets.
const LATE: Duration = Duration::from_secs(20);

const BODY: &[u8] = b"{\"specversion\":\"1.0\"}";

fn vault() -> Arc<Vault> {
    Arc::new(Vault::of_keys("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap())
}

/// Answers what it is told, one after the other; the last stays.
struct Names {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Names {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            answers: answers.iter().map(parsed).collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.answers.get(asked).or(self.answers.last());
        answer
            .cloned()
            .ok_or_else(|| io::Error::other("no such name"))
    }
}

fn subscription(url: &str) -> Subscription {
    let secret = SigningSecret::shared([7; 32]);
    let sealed = vault().seal(&secret_purpose("wh_1"), &secret.reveal(), [1; 24]);
    Subscription {
        id: SubscriptionId::new("wh_1"),
        revision: 1,
        owner: "anonymous".to_owned(),
        created_at: 0,
        updated_at: 0,
        url: url.to_owned(),
        description: String::new(),
        filter: Filter {
            events: vec!["*".to_owned()],
            subjects: vec!["*".to_owned()],
        },
        ordering: LaneOrdering::Subject,
        on_dead_letter: OnDeadLetter::Advance,
        include_schema: false,
        max_rate: None,
        state: SubscriptionState::Enabled,
        state_reason: None,
        state_since: 0,
        from_seq: 0,
        secrets: vec![SealedSecret {
            id: "whs_1".to_owned(),
            kind: SecretKind::Hmac,
            key_id: sealed.key_id,
            sealed: sealed.text,
            public: None,
            created_at: 0,
            expires_at: None,
        }],
        headers: Vec::new(),
    }
}

fn loopback() -> TargetPolicy {
    TargetPolicy {
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..TargetPolicy::default()
    }
}

fn transport(policy: TargetPolicy, names: &Arc<Names>) -> HttpTransport {
    HttpTransport::new(
        policy,
        vault(),
        Arc::clone(names) as _,
        WebhookMetrics::default(),
    )
}

fn request(subscription: Subscription, deadline: Duration) -> AttemptRequest {
    AttemptRequest {
        subscription: Arc::new(subscription),
        event: EventId::new("evt_1"),
        number: 3,
        at: 1_795_203_453_660,
        body: Bytes::from_static(BODY),
        deadline,
    }
}

async fn attempt(url: &str, deadline: Duration) -> AttemptOutcome {
    let transport = transport(loopback(), &Names::of(&[&["127.0.0.1"]]));
    transport
        .attempt(request(subscription(url), deadline))
        .await
}

/// What comes of an attempt at a receiver that reacts like this.
async fn against(reaction: Reaction, deadline: Duration) -> AttemptOutcome {
    let receiver = Receiver::start(&[reaction]).await;
    attempt(&receiver.url(), deadline).await
}

#[track_caller]
fn failed(outcome: &AttemptOutcome) -> (FailureReason, Option<u16>) {
    match &outcome.result {
        AttemptResult::Failed { reason, status, .. } => (*reason, *status),
        delivered @ AttemptResult::Delivered { .. } => panic!("{delivered:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_says_who_sends_what_and_proves_it() {
    let receiver = Receiver::start(&[Reaction::answer(200, "", "thanks")]).await;
    let mut subscription = subscription(&receiver.url());
    let sealed = vault().seal(
        &header_purpose("wh_1", "authorization"),
        "Bearer x",
        [2; 24],
    );
    subscription.headers.push(SealedHeader {
        name: "authorization".to_owned(),
        key_id: sealed.key_id,
        sealed: sealed.text,
    });
    let transport = transport(loopback(), &Names::of(&[]));
    let outcome = transport.attempt(request(subscription, LATE)).await;
    assert_eq!(outcome.result, AttemptResult::Delivered { status: 200 });
    assert_eq!(outcome.response.as_deref(), Some("thanks"));
    assert!(outcome.timings.resolved_ms.is_some() && outcome.timings.first_byte_ms.is_some());
    let received = &receiver.received()[0];
    assert_eq!(received.line, "POST /hooks?from=dovetail HTTP/1.1");
    assert_eq!(received.body, BODY);
    for (name, value) in [
        ("host", receiver.address().to_string().as_str()),
        (
            "content-type",
            "application/cloudevents+json; charset=utf-8",
        ),
        ("webhook-id", "evt_1"),
        ("webhook-timestamp", "1795203453"),
        ("webhook-attempt", "3"),
        ("authorization", "Bearer x"),
        ("accept-encoding", "identity"),
    ] {
        assert_eq!(received.header(name), value, "{name}");
    }
    assert!(received.header("user-agent").starts_with("Dovetail/"));
    let names: Vec<&str> = received
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let unique: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(unique.len(), names.len(), "each header once");
    assert!(verified(received, &SigningSecret::shared([7; 32]).reveal()));
    assert!(!verified(
        received,
        &SigningSecret::shared([8; 32]).reveal()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_2xx_is_a_success_and_nothing_else_is() {
    for status in [200, 201, 202, 204, 299] {
        let outcome = against(Reaction::status(status), LATE).await;
        assert_eq!(outcome.result, AttemptResult::Delivered { status });
    }
    for status in [301, 302, 303, 307, 308, 400, 401, 404, 410, 429, 500, 503] {
        let elsewhere = Receiver::start(&[Reaction::status(200)]).await;
        let location = format!("location: {}\r\n", elsewhere.url());
        let outcome = against(Reaction::answer(status, &location, ""), LATE).await;
        assert_eq!(failed(&outcome), (FailureReason::Status, Some(status)));
        assert_eq!(elsewhere.connections(), 0, "{status} was followed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_read_in_both_forms() {
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(90);
    let date = soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (value, least, most) in [
        ("120", Some(120), Some(120)),
        (date.as_str(), Some(60), Some(91)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0), Some(0)),
        ("soon", None, None),
        ("-1", None, None),
    ] {
        let header = format!("retry-after: {value}\r\n");
        let outcome = against(Reaction::answer(429, &header, ""), LATE).await;
        let AttemptResult::Failed { retry_after, .. } = outcome.result else {
            panic!("429 is a failure");
        };
        let seconds = retry_after.map(|wait| wait.as_secs());
        assert!(seconds >= least && seconds <= most, "{value}: {seconds:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_that_take_their_time_take_no_more_than_the_deadline() {
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n".to_vec();
    let informal = b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec();
    let step = Duration::from_millis(50);
    let rows = [
        ("never answers", Reaction::Silence, None),
        (
            "answers too late",
            Reaction::After(SOON * 3, b"HTTP/1.1 200 X\r\n\r\n".to_vec()),
            None,
        ),
        (
            "one byte at a time",
            Reaction::Repeat {
                first: head.clone(),
                then: b"x".to_vec(),
                pause: step,
            },
            Some(200),
        ),
        (
            "a head without an end",
            Reaction::Repeat {
                first: b"HTTP/1.1 200 X\r\nx: ".to_vec(),
                then: b"x".to_vec(),
                pause: step,
            },
            None,
        ),
        (
            "1xx without an end",
            Reaction::Repeat {
                first: informal.clone(),
                then: informal,
                pause: step,
            },
            None,
        ),
    ];
    for (name, reaction, status) in rows {
        let outcome = against(reaction, SOON).await;
        assert_eq!(failed(&outcome), (FailureReason::Timeout, status), "{name}");
        assert!(outcome.timings.total_ms >= 600, "{name}");
    }
    let in_time = Reaction::After(
        SOON / 4,
        b"HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n".to_vec(),
    );
    let outcome = against(in_time, LATE).await;
    assert_eq!(outcome.result, AttemptResult::Delivered { status: 200 });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_read_a_little() {
    let endless = Reaction::Repeat {
        first: b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        then: [b"4000\r\n".to_vec(), vec![b'x'; 0x4000], b"\r\n".to_vec()].concat(),
        pause: Duration::ZERO,
    };
    let outcome = against(endless, LATE).await;
    assert_eq!(outcome.result, AttemptResult::Delivered { status: 200 });
    assert_eq!(outcome.response.map(|text| text.len()), Some(1024));
    // What says that it is compressed stays as it is.
    let bomb = Reaction::answer(200, "content-encoding: gzip\r\n", "\u{1f}\u{8}packed");
    let outcome = against(bomb, LATE).await;
    assert_eq!(outcome.response.as_deref(), Some("packed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_unreachable() {
    let huge = format!("HTTP/1.1 200 X\r\nx: {}\r\n\r\n", "x".repeat(200_000));
    let many = format!("HTTP/1.1 200 X\r\n{}\r\n", "x: y\r\n".repeat(200));
    let rows = [
        ("hangs up", Reaction::Hangup),
        ("says nothing and closes", Reaction::Send(Vec::new())),
        (
            "breaks off in its head",
            Reaction::Send(b"HTTP/1.1 200".to_vec()),
        ),
        (
            "speaks something else",
            Reaction::Send(b"220 smtp ready\r\n".to_vec()),
        ),
        (
            "speaks HTTP/2",
            Reaction::Send(b"\0\0\0\x04\0\0\0\0\0".to_vec()),
        ),
        ("has huge headers", Reaction::Send(huge.into_bytes())),
        ("has many headers", Reaction::Send(many.into_bytes())),
    ];
    for (name, reaction) in rows {
        let outcome = against(reaction, LATE).await;
        assert_eq!(
            failed(&outcome),
            (FailureReason::Unreachable, None),
            "{name}"
        );
    }
    let closed = Receiver::start(&[Reaction::Silence]).await;
    let url = closed.url();
    drop(closed);
    tokio::task::yield_now().await;
    let outcome = attempt(&url, SOON).await;
    assert!(
        matches!(failed(&outcome).0, FailureReason::Unreachable),
        "{outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_without_tls_fails_of_that() {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let url = format!("https://{}/", receiver.address());
    let outcome = attempt(&url, SOON).await;
    assert!(
        matches!(
            failed(&outcome).0,
            FailureReason::Tls | FailureReason::Timeout
        ),
        "{outcome:?}"
    );
    assert!(receiver.received().is_empty(), "nothing went in the clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_packet_leaves_for_what_is_refused() {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let port = receiver.address().port();
    // The receiver is there; only the policy keeps us from it.
    let policy = || TargetPolicy {
        ports: vec![443, port],
        allow_http: true,
        ..TargetPolicy::default()
    };
    let literal = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0:{port}/"),
        format!("http://localhost:{port}/"),
    ];
    for url in &literal {
        let transport = transport(policy(), &Names::of(&[&["127.0.0.1"]]));
        let outcome = transport.attempt(request(subscription(url), SOON)).await;
        assert_eq!(
            failed(&outcome),
            (FailureReason::RefusedTarget, None),
            "{url}"
        );
    }
    let named = format!("http://hooks.example.com:{port}/");
    for answers in [
        &["127.0.0.1"][..],
        &["127.0.0.1", "93.184.216.34"],
        &["93.184.216.34", "127.0.0.1"],
        &["::1"],
        &["::ffff:127.0.0.1"],
    ] {
        let transport = transport(policy(), &Names::of(&[answers]));
        let outcome = transport.attempt(request(subscription(&named), SOON)).await;
        assert_eq!(
            failed(&outcome),
            (FailureReason::RefusedTarget, None),
            "{answers:?}"
        );
        assert!(outcome.response.is_none());
    }
    assert_eq!(receiver.connections(), 0);
    // The same receiver, allowed: it was there all along.
    let outcome = attempt(&receiver.url(), LATE).await;
    assert_eq!(outcome.result, AttemptResult::Delivered { status: 200 });
    assert_eq!(receiver.connections(), 1);
}

/// How often a name is asked for whose answers flip.
const FLIPS: usize = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_flips_is_judged_by_the_answer_that_is_used() {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let port = receiver.address().port();
    // It listens on the same port, where nobody may go.
    let private = Receiver::at(&format!("127.0.0.2:{port}"), &[Reaction::status(200)]).await;
    let policy = TargetPolicy {
        allowed_networks: vec!["127.0.0.1/32".parse().unwrap()],
        ..TargetPolicy::default()
    };
    let url = format!("http://hooks:{port}/");
    // One answer in four is fine; the others lead elsewhere, alone, first or last.
    let flipping: Vec<&[&str]> = [
        &["127.0.0.1"][..],
        &["127.0.0.2"],
        &["127.0.0.1", "127.0.0.2"],
        &["127.0.0.2", "127.0.0.1"],
    ]
    .repeat(FLIPS / 4);
    let names = Names::of(&flipping);
    let transport = transport(policy, &names);
    let (mut delivered, mut refused) = (0, 0);
    for _ in 0..FLIPS {
        let outcome = transport.attempt(request(subscription(&url), LATE)).await;
        match outcome.result {
            AttemptResult::Delivered { .. } => delivered += 1,
            AttemptResult::Failed { reason, .. } => {
                assert_eq!(reason, FailureReason::RefusedTarget);
                refused += 1;
            }
        }
    }
    assert_eq!((delivered, refused), (FLIPS / 4, FLIPS / 4 * 3));
    let asked = names.asked.load(Ordering::Relaxed);
    assert_eq!(asked, FLIPS, "one question for each attempt");
    assert_eq!(private.connections(), 0, "not one packet");
    assert_eq!(receiver.connections(), FLIPS / 4);
    assert_eq!(
        receiver.received()[0].header("host"),
        format!("hooks:{port}")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_there_is_unreachable() {
    let transport = transport(loopback(), &Names::of(&[]));
    let url = "https://hooks.example.com/";
    let outcome = transport.attempt(request(subscription(url), LATE)).await;
    assert_eq!(failed(&outcome), (FailureReason::Unreachable, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_opened_sends_nothing() {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let other = Arc::new(Vault::of_keys("//////////////////////////////////////////8=").unwrap());
    let names = Names::of(&[]);
    let transport = HttpTransport::new(loopback(), other, names, WebhookMetrics::default());
    let outcome = transport
        .attempt(request(subscription(&receiver.url()), LATE))
        .await;
    assert_eq!(failed(&outcome), (FailureReason::UnusableSecret, None));
    // Sealed for somebody else.
    let mut stolen = subscription(&receiver.url());
    stolen.id = SubscriptionId::new("wh_2");
    let outcome = self::transport(loopback(), &Names::of(&[]))
        .attempt(request(stolen, LATE))
        .await;
    assert_eq!(failed(&outcome), (FailureReason::UnusableSecret, None));
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_until_the_previous_one_ends() {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let mut rotating = subscription(&receiver.url());
    let new = SigningSecret::ed25519([9; 32]);
    let sealed = vault().seal(&secret_purpose("wh_1"), &new.reveal(), [3; 24]);
    let current = SealedSecret {
        id: "whs_2".to_owned(),
        kind: SecretKind::Ed25519,
        key_id: sealed.key_id,
        sealed: sealed.text,
        public: new.public(),
        created_at: 0,
        expires_at: None,
    };
    rotating.secrets.insert(0, current);
    let transport = transport(loopback(), &Names::of(&[]));
    let at = request(rotating.clone(), LATE).at;
    for (end, previous_signs) in [(at + 1, true), (at, false)] {
        rotating.secrets[1].expires_at = Some(end);
        transport.attempt(request(rotating.clone(), LATE)).await;
        let received = receiver.received().pop().unwrap();
        assert!(verified(&received, &new.public().unwrap()));
        let previous = SigningSecret::shared([7; 32]).reveal();
        assert_eq!(verified(&received, &previous), previous_signs);
    }
}
