//! How a client is set up.

use std::{sync::Arc, time::Duration};

use reqwest::{Url, header::HeaderMap, redirect::Policy};

use crate::{
    auth::{Auth, HeaderHook, Secret},
    client::Client,
    error::{Error, Kind, Result},
    http::{Exchange, Retry, Tls},
    schemas::{Cache, CacheSettings},
};

/// Sets a [`Client`] up. It connects to nothing: the first request does.
///
/// ```
/// use std::time::Duration;
/// use dovetail_client::{Auth, Client};
///
/// # fn main() -> Result<(), dovetail_client::Error> {
/// let client = Client::builder("https://a.example,https://b.example/registry")
///     .auth(Auth::bearer("s3cret"))
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok(()) }
/// ```
#[must_use = "a builder does nothing until it builds"]
pub struct ClientBuilder {
    urls: String,
    auth: Auth,
    hook: Option<HeaderHook>,
    retry: Retry,
    cache: CacheSettings,
    tls: Tls,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    timeout: Duration,
    max_answer_bytes: usize,
    use_proxy: bool,
}

impl ClientBuilder {
    pub(crate) fn new(urls: &str) -> Self {
        Self {
            urls: urls.to_owned(),
            auth: Auth::default(),
            hook: None,
            retry: Retry::default(),
            cache: CacheSettings::default(),
            tls: Tls::default(),
            connect_timeout: Duration::from_secs(3),
            attempt_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_answer_bytes: 64 << 20,
            use_proxy: true,
        }
    }

    /// Who is asking. A user and password in a URL count where this is not called.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Changes the headers of every request, just before it is sent.
    pub fn headers(mut self, hook: impl Fn(&mut HeaderMap) + Send + Sync + 'static) -> Self {
        self.hook = Some(Arc::new(hook));
        self
    }

    /// When requests are repeated.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How much [`Client::schemas`] remembers, and for how long.
    pub fn cache(mut self, cache: CacheSettings) -> Self {
        self.cache = cache;
        self
    }

    /// How long a call may take, with all its attempts and pauses; 30 seconds where nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one attempt may take, up to the last byte of its answer; 10 seconds where nothing is said.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long it may take to connect; 3 seconds where nothing is said.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How large an answer may be; 64 MiB where nothing is said.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.max_answer_bytes = bytes;
        self
    }

    /// Trusts one more authority, or several in one text, in PEM.
    pub fn certificate_authority(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.authorities.push(pem.into());
        self
    }

    /// Trusts only what [`Self::certificate_authority`] adds, and not what the system trusts.
    pub fn only_these_authorities(mut self) -> Self {
        self.tls.only_these = true;
        self
    }

    /// Who we are, for registries that ask for a certificate: a chain and its key, in PEM.
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        self.tls.identity = Some((chain.into(), key.into()));
        self
    }

    /// Connects straight to the registry, whatever the environment says of proxies.
    pub fn no_proxy(mut self) -> Self {
        self.use_proxy = false;
        self
    }

    /// The client.
    pub fn build(mut self) -> Result<Client> {
        let mut bases = Vec::new();
        for url in self.urls.split(',') {
            let (base, user) = base(url.trim())?;
            if let (Auth::None, Some(user)) = (&self.auth, user) {
                self.auth = user;
            }
            bases.push(base);
        }
        let is_tls = bases.iter().any(|base| base.scheme() == "https");
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.config(is_tls)?)
            .redirect(Policy::none())
            .connect_timeout(self.connect_timeout)
            .user_agent(concat!("dovetail-client/", env!("CARGO_PKG_VERSION")));
        if !self.use_proxy {
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| Error::because(Kind::Usage("HTTP cannot be set up".into()), error))?;
        let exchange = Exchange {
            http,
            bases,
            preferred: 0.into(),
            auth: self.auth,
            hook: self.hook,
            attempt_timeout: self.attempt_timeout,
            timeout: self.timeout,
            max_answer_bytes: self.max_answer_bytes,
        };
        Ok(Client::with(exchange, self.retry, Cache::new(self.cache)))
    }
}

/// Reads one base URL, and takes the user out of it.
fn base(text: &str) -> Result<(Url, Option<Auth>)> {
    let wrong = |what: String| Error::usage(format!("the registry's URL {what}"));
    if text.is_empty() {
        return Err(wrong("is empty".into()));
    }
    // The text may hold a password, so no message repeats it.
    let mut url = Url::parse(text).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(format!(
            "begins with {}:, not http: or https:",
            url.scheme()
        )));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has more than a host and a path".into()));
    }
    let auth = match (url.username(), url.password()) {
        ("", None) => None,
        (user, password) => Some(Auth::basic(
            decoded(user)?,
            decoded(password.unwrap_or(""))?,
        )),
    };
    // Both fail only for URLs without a host, which http and https do not have.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((url, auth))
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::usage("the user in the registry's URL is not UTF-8"))
}
