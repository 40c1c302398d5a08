//! Attempts for real: opens the secrets, judges the target, resolves, signs, calls.

use std::{
    fmt, io,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use hyper::{
    StatusCode,
    header::{
        ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
        RETRY_AFTER, USER_AGENT,
    },
};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::{
    sync::Semaphore,
    time::{Instant as Deadline, timeout},
};

use super::{
    AttemptOutcome, AttemptRequest, AttemptResult, FailureReason, Resolver, SealedSecret,
    Subscription, Timings, Transport, WebhookMetrics,
    call::{Call, Caller, Failure, Marks, Reply},
    event,
    sign::{self, SigningSecret},
    target::TargetPolicy,
    vault::{Sealed, Vault},
};

/// How long looking up a name may take.
const RESOLVE: Duration = Duration::from_secs(3);

/// How many names are looked up at once. A resolver that hangs keeps its place until it is done.
const LOOKUPS: usize = 32;

/// How we call ourselves.
const AGENT: &str = concat!("Dovetail/", env!("CARGO_PKG_VERSION"));

/// The transport over real sockets.
pub struct HttpTransport {
    policy: TargetPolicy,
    vault: Arc<Vault>,
    resolver: Arc<dyn Resolver>,
    metrics: WebhookMetrics,
    caller: Caller,
}

/// The system's resolver.
#[derive(Debug)]
pub struct SystemResolver {
    places: Arc<Semaphore>,
}

/// Why an attempt failed, with what the operator learns.
struct Failed {
    reason: FailureReason,
    status: Option<StatusCode>,
    retry_after: Option<Duration>,
    detail: String,
    text: Option<String>,
    /// Which rule refused the target.
    rule: Option<&'static str>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(LOOKUPS)),
        }
    }
}

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let name = host.to_owned();
        let lookup = tokio::spawn(async move {
            let _place = place;
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|socket| socket.ip()).collect())
        });
        lookup.await.map_err(io::Error::other)?
    }
}

impl HttpTransport {
    /// A transport that calls what the policy lets it.
    pub fn new(
        policy: TargetPolicy,
        vault: Arc<Vault>,
        resolver: Arc<dyn Resolver>,
        metrics: WebhookMetrics,
    ) -> Self {
        Self {
            policy,
            vault,
            resolver,
            metrics,
            caller: Caller::new(),
        }
    }

    async fn try_attempt(
        &self,
        request: &AttemptRequest,
        until: Deadline,
        marks: &mut Marks,
        timings: &mut Timings,
    ) -> Result<Reply, Failed> {
        let target = self.policy.target(&request.subscription.url);
        let target = target.map_err(|refusal| Failed::refused(refusal.rule, &refusal))?;
        let addresses = match (target.literal(), target.name()) {
            (Some(address), _) => vec![address],
            (None, name) => self.resolve(name.unwrap_or_default()).await?,
        };
        timings.resolved_ms = Some(millis(marks.started.elapsed()));
        let addresses = self.policy.vet(&target, &addresses);
        let addresses = addresses.map_err(|refusal| Failed::refused(refusal.rule, &refusal))?;
        let headers = self.headers(request, &target.authority())?;
        let call = Call {
            target: &target,
            addresses: &addresses,
            headers,
            body: request.body.clone(),
            until,
        };
        let reply = self.caller.call(&self.policy, call, marks).await;
        let reply = reply.map_err(Failed::from)?;
        if reply.status.is_success() {
            return Ok(reply);
        }
        Err(Failed {
            reason: FailureReason::Status,
            status: Some(reply.status),
            retry_after: retry_after(&reply.headers),
            detail: format!("the receiver answered {}", reply.status),
            text: Some(reply.text),
            rule: None,
        })
    }

    async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, Failed> {
        let unreachable = |detail: String| Failed::new(FailureReason::Unreachable, detail);
        match timeout(RESOLVE, self.resolver.resolve(name)).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(unreachable(format!(
                "the name cannot be looked up: {error}"
            ))),
            Err(_) => Err(unreachable("the name was not looked up in time".to_owned())),
        }
    }

    fn headers(&self, request: &AttemptRequest, host: &str) -> Result<HeaderMap, Failed> {
        let subscription = &request.subscription;
        let id = request.event.as_str();
        let timestamp = request.at / 1000;
        let secrets = self.secrets(subscription, request.at)?;
        let signatures = sign::signatures(&secrets, id, timestamp, &request.body);
        let mut headers = HeaderMap::new();
        for header in &subscription.headers {
            let sealed = Sealed {
                key_id: header.key_id.clone(),
                text: header.sealed.clone(),
            };
            let purpose = header_purpose(subscription.id.as_str(), &header.name);
            let value = self.vault.open(&purpose, &sealed).map_err(|error| {
                Failed::new(
                    FailureReason::UnusableSecret,
                    format!("header {}: {error}", header.name),
                )
            })?;
            let name = HeaderName::try_from(&header.name);
            let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) else {
                return Err(unusable("a header of the subscription cannot be sent"));
            };
            headers.insert(name, value);
        }
        let ours = [
            (HOST, host.to_owned()),
            (CONTENT_TYPE, event::CONTENT_TYPE.to_owned()),
            (USER_AGENT, AGENT.to_owned()),
            (ACCEPT_ENCODING, "identity".to_owned()),
            (CONNECTION, "close".to_owned()),
            (HeaderName::from_static("webhook-id"), id.to_owned()),
            (
                HeaderName::from_static("webhook-timestamp"),
                timestamp.to_string(),
            ),
            (HeaderName::from_static("webhook-signature"), signatures),
            (
                HeaderName::from_static("webhook-attempt"),
                request.number.to_string(),
            ),
        ];
        for (name, value) in ours {
            let value = HeaderValue::try_from(value);
            headers.insert(
                name,
                value.map_err(|_| unusable("the URL's host cannot be sent"))?,
            );
        }
        Ok(headers)
    }

    /// The secrets that sign now. The current one has to; an earlier one that can no longer be opened does not hold it up.
    fn secrets(&self, subscription: &Subscription, at: i64) -> Result<Vec<SigningSecret>, Failed> {
        let is_active = |secret: &&SealedSecret| secret.expires_at.is_none_or(|end| end > at);
        let mut opened = Vec::new();
        for (place, secret) in subscription.secrets.iter().filter(is_active).enumerate() {
            match open_secret(&self.vault, subscription.id.as_str(), secret) {
                Ok(secret) => opened.push(secret),
                Err(detail) if place == 0 => {
                    return Err(Failed::new(FailureReason::UnusableSecret, detail));
                }
                Err(_) => {}
            }
        }
        if opened.is_empty() {
            let detail = "the subscription has no secret".to_owned();
            return Err(Failed::new(FailureReason::UnusableSecret, detail));
        }
        Ok(opened)
    }
}

/// Opens a subscription's secret.
pub(crate) fn open_secret(
    vault: &Vault,
    subscription: &str,
    secret: &SealedSecret,
) -> Result<SigningSecret, String> {
    let sealed = Sealed {
        key_id: secret.key_id.clone(),
        text: secret.sealed.clone(),
    };
    let text = vault
        .open(&secret_purpose(subscription), &sealed)
        .map_err(|error| error.to_string())?;
    SigningSecret::parse(&text).map_err(|error| error.to_string())
}

/// What a secret is sealed for. A sealed text of another subscription, or a header's, does not open.
pub fn secret_purpose(subscription: &str) -> String {
    format!("{subscription} secret")
}

/// What the value of a header is sealed for.
pub fn header_purpose(subscription: &str, name: &str) -> String {
    format!("{subscription} header {name}")
}

#[async_trait]
impl Transport for HttpTransport {
    async fn attempt(&self, request: AttemptRequest) -> AttemptOutcome {
        let mut marks = Marks {
            started: Instant::now(),
            connected: None,
            first_byte: None,
        };
        let mut timings = Timings::default();
        let until = Deadline::now() + request.deadline;
        let ended = self
            .try_attempt(&request, until, &mut marks, &mut timings)
            .await;
        timings.connected_ms = marks.connected.map(millis);
        timings.first_byte_ms = marks.first_byte.map(millis);
        timings.total_ms = millis(marks.started.elapsed());
        let (result, response) = match ended {
            Ok(reply) => {
                let status = reply.status.as_u16();
                (AttemptResult::Delivered { status }, Some(reply.text))
            }
            Err(failed) => {
                if let Some(rule) = failed.rule {
                    self.metrics.target_refused(rule);
                }
                let result = AttemptResult::Failed {
                    reason: failed.reason,
                    status: failed.status.map(|status| status.as_u16()),
                    retry_after: failed.retry_after,
                    detail: Some(failed.detail),
                };
                (result, failed.text)
            }
        };
        AttemptOutcome {
            result,
            timings,
            response,
        }
    }
}

impl Failed {
    fn new(reason: FailureReason, detail: String) -> Self {
        Self {
            reason,
            status: None,
            retry_after: None,
            detail,
            text: None,
            rule: None,
        }
    }

    fn refused(rule: &'static str, why: impl fmt::Display) -> Self {
        Self {
            rule: Some(rule),
            ..Self::new(FailureReason::RefusedTarget, format!("{rule}: {why}"))
        }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable(detail) => Self::new(FailureReason::Unreachable, detail),
            Failure::LeadsBack => {
                Self::refused("own_address", "the URL leads back to this registry")
            }
            Failure::Tls(detail) => Self::new(FailureReason::Tls, detail),
            Failure::Timeout(status) => Self {
                status,
                ..Self::new(FailureReason::Timeout, "no answer in time".to_owned())
            },
        }
    }
}

fn unusable(detail: &str) -> Failed {
    Failed::new(FailureReason::Unusable, detail.to_owned())
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// What `Retry-After` asks for, as seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTimeParser::new().parse_timestamp(text).ok()?;
    let left = date.as_second() - Timestamp::now().as_second();
    Some(Duration::from_secs(u64::try_from(left).unwrap_or_default()))
}
