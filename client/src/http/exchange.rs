//! Sending: to the base URL that answered last, to the next one where it does not, and again where that is safe.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use reqwest::{
    Body, Client, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use tokio::time::Instant;

use super::{Answer, Call, Repeat, Retry, answer::broken};
use crate::{
    auth::{Auth, HeaderHook},
    error::{Error, Kind, Result},
};

const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5",
);

/// Everything that a request needs besides itself.
pub(crate) struct Exchange {
    pub(crate) http: Client,
    /// Without trailing slashes, users or passwords.
    pub(crate) bases: Vec<Url>,
    /// The one that answered last.
    pub(crate) preferred: AtomicUsize,
    pub(crate) auth: Auth,
    pub(crate) hook: Option<HeaderHook>,
    /// For one request.
    pub(crate) attempt_timeout: Duration,
    /// For all attempts and pauses together.
    pub(crate) timeout: Duration,
    pub(crate) max_answer_bytes: usize,
}

impl Exchange {
    /// Sends until there is an answer, or no use in going on.
    pub(crate) async fn send(&self, call: &Call, retry: &Retry) -> Result<Answer> {
        let deadline = Instant::now() + self.timeout;
        let mut attempts = 0;
        loop {
            let error = match self.round(call, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            attempts += 1;
            let pause = retry.pause(attempts, error.retry_after());
            match pause.filter(|_| may_repeat(call, &error)) {
                Some(pause) if Instant::now() + pause < deadline => tokio::time::sleep(pause).await,
                _ => return Err(error),
            }
        }
    }

    /// Sends once, to the base URL that answered last, without a limit of time: the bodies go bit by bit.
    pub(crate) async fn open(&self, call: &Call, body: Option<Body>) -> Result<Response> {
        let index = self.preferred.load(Ordering::Relaxed) % self.bases.len();
        let base = self.bases[index].as_str().trim_end_matches('/');
        let url = format!("{base}{}", call.target());
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .headers(self.headers().await?);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, call.content_type).body(body);
        }
        let opened = async {
            let response = request.send().await.map_err(broken)?;
            if response.status().is_success() {
                return Ok(response);
            }
            let refused = Answer::read(response, self.max_answer_bytes).await;
            Err(refused
                .err()
                .unwrap_or_else(|| Error::usage("the answer is no refusal")))
        };
        let opened = opened.await;
        opened.map_err(|error: Error| error.while_doing(|| self.describe_at(index, call)))
    }

    /// Reads an answer that was opened.
    pub(crate) async fn read(&self, response: Response) -> Result<Answer> {
        Answer::read(response, self.max_answer_bytes).await
    }

    /// Tries each base URL once, from the one that answered last.
    async fn round(&self, call: &Call, deadline: Instant) -> Result<Answer> {
        let first = self.preferred.load(Ordering::Relaxed);
        let mut last = None;
        for step in 0..self.bases.len() {
            let index = (first + step) % self.bases.len();
            let sent = self.attempt(&self.bases[index], call, deadline).await;
            let sent = sent.map_err(|error| error.while_doing(|| self.describe_at(index, call)));
            match sent {
                Err(error) if is_worth_another_base(&error) && may_repeat(call, &error) => {
                    last = Some(error);
                }
                settled => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return settled;
                }
            }
        }
        Err(last.unwrap_or_else(|| Error::usage("there is no base URL")))
    }

    /// Sends once, and once more where a token was refused that may have expired.
    async fn attempt(&self, base: &Url, call: &Call, deadline: Instant) -> Result<Answer> {
        let response = self.request(base, call, deadline).await?;
        let expired = response.status() == 401;
        if let (true, Auth::Provider(provider)) = (expired, &self.auth) {
            provider.refused();
            let response = self.request(base, call, deadline).await?;
            return Answer::read(response, self.max_answer_bytes).await;
        }
        Answer::read(response, self.max_answer_bytes).await
    }

    async fn request(&self, base: &Url, call: &Call, deadline: Instant) -> Result<Response> {
        let url = format!("{}{}", base.as_str().trim_end_matches('/'), call.target());
        let left = deadline.saturating_duration_since(Instant::now());
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .timeout(self.attempt_timeout.min(left))
            .headers(self.headers().await?);
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, call.content_type)
                .body(body.clone());
        }
        request.send().await.map_err(broken)
    }

    async fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::from_iter([(ACCEPT, ACCEPTED)]);
        if let Some(value) = self.auth.header().await? {
            let mut value = HeaderValue::from_str(value.reveal()).map_err(|error| {
                Error::because(
                    Kind::Usage("the token cannot be sent in a header".into()),
                    error,
                )
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(hook) = &self.hook {
            hook(&mut headers);
        }
        Ok(headers)
    }

    /// The call, as it went to the base URL that answered last.
    pub(crate) fn describe(&self, call: &Call) -> String {
        self.describe_at(self.preferred.load(Ordering::Relaxed), call)
    }

    fn describe_at(&self, index: usize, call: &Call) -> String {
        let base = self.bases[index].as_str().trim_end_matches('/');
        format!("{} {base}{}", call.method, call.target())
    }
}

fn may_repeat(call: &Call, error: &Error) -> bool {
    error.is_retryable() && (call.repeat == Repeat::Safe || error.was_not_acted_on())
}

/// A registry that asks to be left alone means all of its nodes.
fn is_worth_another_base(error: &Error) -> bool {
    error.is_unreachable() || matches!(error.status(), Some(500 | 502 | 503 | 504))
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bases: Vec<&str> = self.bases.iter().map(Url::as_str).collect();
        f.debug_struct("Exchange")
            .field("bases", &bases)
            .field("auth", &self.auth)
            .finish_non_exhaustive()
    }
}
