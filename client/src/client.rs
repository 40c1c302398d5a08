//! The client itself: what every request goes through.

use std::{borrow::Cow, sync::Arc};

use dovetail_model::VersionSpec;
use reqwest::{Body, Response};
use serde::de::DeserializeOwned;

use crate::{
    builder::ClientBuilder,
    error::{Error, Result},
    http::{Call, Exchange, Retry},
    schemas::Cache,
};

/// Speaks to a registry, ours or any other with the same protocol. Copies share their connections.
///
/// Each method is one route, and remembers nothing. The methods are in `api`, one file for each resource.
///
/// ```no_run
/// use dovetail_client::{Client, RegisterRequest, Register};
///
/// # async fn example() -> Result<(), dovetail_client::Error> {
/// let client = Client::new("http://127.0.0.1:8081")?;
/// let schema = RegisterRequest {
///     schema: Some(r#"{"type": "record", "name": "Order", "fields": []}"#.into()),
///     ..RegisterRequest::default()
/// };
/// let registered = client.register("orders-value", &schema, &Register::default()).await?;
/// println!("id {}", registered.id);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    exchange: Arc<Exchange>,
    retry: Retry,
    memory: Arc<Cache>,
    /// Where unqualified names live: `:.name:`, or nothing for the default context.
    context: Option<Arc<str>>,
}

impl Client {
    /// A client with the ordinary settings. Several base URLs are separated by commas: the next one is asked where one
    /// does not answer.
    pub fn new(urls: &str) -> Result<Self> {
        Self::builder(urls).build()
    }

    /// Sets a client up.
    pub fn builder(urls: &str) -> ClientBuilder {
        ClientBuilder::new(urls)
    }

    pub(crate) fn with(exchange: Exchange, retry: Retry, memory: Cache) -> Self {
        Self {
            exchange: Arc::new(exchange),
            retry,
            memory: Arc::new(memory),
            context: None,
        }
    }

    pub(crate) fn with_retry(&self, retry: Retry) -> Self {
        Self {
            retry,
            ..self.clone()
        }
    }

    /// The same client, for which names that do not say otherwise live in this context, and ids are that context's.
    #[must_use]
    pub fn in_context(&self, context: &str) -> Self {
        let name = context.trim_start_matches(':').trim_end_matches(':');
        let name = name.strip_prefix('.').unwrap_or(name);
        let context = (!name.is_empty()).then(|| format!(":.{name}:").into());
        Self {
            context,
            ..self.clone()
        }
    }

    /// The base URLs, without users or passwords.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.exchange
            .bases
            .iter()
            .map(|base| base.as_str().trim_end_matches('/'))
    }

    pub(crate) fn retry(&self) -> &Retry {
        &self.retry
    }

    pub(crate) fn memory(&self) -> &Arc<Cache> {
        &self.memory
    }

    /// The context in the spelling of a subject's prefix; nothing for the default one.
    pub(crate) fn context_prefix(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// A subject as it is written in a path.
    pub(crate) fn subject<'a>(&self, subject: &'a str) -> Result<Cow<'a, str>> {
        if subject.is_empty() {
            return Err(Error::usage("the subject is empty"));
        }
        if subject.starts_with(":.") {
            return Ok(Cow::Borrowed(subject));
        }
        Ok(match self.context_prefix() {
            Some(context) => Cow::Owned(format!("{context}{subject}")),
            // A URL cannot say these names, but it can say them qualified.
            None if matches!(subject, "." | "..") => Cow::Owned(format!(":.:{subject}")),
            None => Cow::Borrowed(subject),
        })
    }

    /// The subject or context whose settings are meant; everything where none is.
    pub(crate) fn scope(&self, scope: Option<&str>) -> Result<Option<String>> {
        match scope {
            Some(subject) => Ok(Some(self.subject(subject)?.into_owned())),
            None => Ok(self.context_prefix().map(str::to_owned)),
        }
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        let answer = self.exchange.send(&call, &self.retry).await?;
        answer
            .json()
            .map_err(|error| error.while_doing(|| self.exchange.describe(&call)))
    }

    pub(crate) async fn open(&self, call: &Call, body: Option<Body>) -> Result<Response> {
        self.exchange.open(call, body).await
    }

    pub(crate) async fn answer<T: DeserializeOwned>(&self, response: Response) -> Result<T> {
        self.exchange.read(response).await?.json()
    }

    pub(crate) async fn text(&self, call: Call) -> Result<String> {
        self.exchange.send(&call, &self.retry).await?.text()
    }
}

/// A version as it is written in a path. It is told by its word, which every registry understands.
pub(crate) fn version_segment(version: VersionSpec) -> Cow<'static, str> {
    match version {
        VersionSpec::Latest => Cow::Borrowed("latest"),
        VersionSpec::Number(version) => Cow::Owned(version.to_string()),
    }
}
