//! Address safety: which URLs may be called, and which addresses may be connected to.
//!
//! The registry stands inside somebody's network and calls addresses that others choose, so a URL must never be a way to
//! reach what only the registry can reach. A URL is judged when a subscription is made and again on every attempt; a name is
//! resolved on every attempt, one bad answer refuses the whole name, and the connection goes to the very addresses that were
//! judged. What the operator allows, `webhook_allowed_networks`, opens exactly those ranges: inside them plain http, any port
//! and any name are fine too. Nothing else opens anything.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use url::{Host, Url};

use super::network::{Network, is_public};

/// The longest URL.
const MAX_URL_BYTES: usize = 2048;

/// The longest name and the longest part of it.
const MAX_NAME_BYTES: usize = 253;
const MAX_LABEL_BYTES: usize = 63;

/// Endings of names that mean something else on every machine or in every network.
const PRIVATE_SUFFIXES: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];

/// Names that clouds answer with credentials. They are refused wherever they lead.
const METADATA_NAMES: [&str; 8] = [
    "instance-data",
    "instance-data.ec2.internal",
    "metadata",
    "metadata.azure.internal",
    "metadata.google.internal",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "metadata.tencentyun.com",
];

/// What may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPolicy {
    /// Ranges in which everything goes.
    pub allowed_networks: Vec<Network>,
    /// Ports on the internet.
    pub ports: Vec<u16>,
    /// Whether plain http on the internet is fine.
    pub allow_http: bool,
    /// Where this registry listens: it never calls itself.
    pub listening: Option<SocketAddr>,
    /// The host and port that others know it by.
    pub public: Option<(String, u16)>,
}

/// A URL that may be called, provided that its name leads to addresses that may be.
#[derive(Debug, Clone)]
pub struct Target {
    url: Url,
    host: Host<String>,
    port: u16,
    /// What is wrong with it unless all its addresses are in allowed networks.
    excusable: Option<Refusal>,
}

/// Why a URL or its addresses may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A name for the kind of refusal, for counters.
    pub rule: &'static str,
    message: String,
}

impl Refusal {
    fn new(rule: &'static str, message: impl fmt::Display) -> Self {
        Self {
            rule,
            message: message.to_string(),
        }
    }
}

impl Default for TargetPolicy {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            ports: vec![443],
            allow_http: false,
            listening: None,
            public: None,
        }
    }
}

impl TargetPolicy {
    /// Reads and judges a URL. A name is not resolved here.
    pub fn target(&self, text: &str) -> Result<Target, Refusal> {
        check_spelling(text)?;
        let url = Url::parse(text)
            .map_err(|error| Refusal::new("url", format!("the URL cannot be read: {error}")))?;
        if url.fragment().is_some() {
            return Err(Refusal::new(
                "fragment",
                "the URL has a fragment; leave out `#` and what follows",
            ));
        }
        let port = url.port_or_known_default().filter(|port| *port != 0);
        let port = port.ok_or_else(|| Refusal::new("port", "the URL has no usable port"))?;
        let host = match url.host() {
            Some(Host::Domain(name)) => Host::Domain(check_name(name)?),
            Some(Host::Ipv4(address)) => Host::Ipv4(address),
            Some(Host::Ipv6(address)) => Host::Ipv6(address),
            None => return Err(Refusal::new("host", "the URL names no host")),
        };
        self.check_not_ourselves(&host, port)?;
        let excusable = self.excusable(&url, &host, port);
        let target = Target {
            url,
            host,
            port,
            excusable,
        };
        match target.literal() {
            Some(address) => self.vet(&target, &[address]).map(|_| target),
            // Without allowed networks nothing will ever excuse it.
            None if self.allowed_networks.is_empty() => match &target.excusable {
                Some(refusal) => Err(refusal.clone()),
                None => Ok(target),
            },
            None => Ok(target),
        }
    }

    /// Judges the addresses that a target's name leads to: all of them, or none is called.
    pub fn vet(&self, target: &Target, addresses: &[IpAddr]) -> Result<Vec<SocketAddr>, Refusal> {
        if addresses.is_empty() {
            return Err(Refusal::new("no_address", "the name leads to no address"));
        }
        let mut vetted = Vec::with_capacity(addresses.len());
        for address in addresses {
            let address = address.to_canonical();
            let is_allowed = self
                .allowed_networks
                .iter()
                .any(|network| network.contains(address));
            if !is_allowed && !is_public(address) {
                return Err(Refusal::new(
                    "address",
                    "the address is not one of the internet; private addresses have to be allowed by the operator \
                     (webhook_allowed_networks)",
                ));
            }
            if let Some(refusal) = target.excusable.as_ref().filter(|_| !is_allowed) {
                return Err(refusal.clone());
            }
            let socket = SocketAddr::new(address, target.port);
            if self.is_ourselves(socket) {
                return Err(own_address());
            }
            vetted.push(socket);
        }
        vetted.dedup();
        Ok(vetted)
    }

    /// What would be wrong on the internet, and is fine where the operator allows everything.
    fn excusable(&self, url: &Url, host: &Host<String>, port: u16) -> Option<Refusal> {
        if url.scheme() == "http" && !self.allow_http {
            return Some(Refusal::new("scheme", "the URL must begin with https://"));
        }
        let is_plain = url.scheme() == "http" && port == 80;
        if !self.ports.contains(&port) && !is_plain {
            let ports: Vec<String> = self.ports.iter().map(ToString::to_string).collect();
            let ports = ports.join(", ");
            return Some(Refusal::new(
                "port",
                format!("port {port} is not one that may be called: {ports}"),
            ));
        }
        let Host::Domain(name) = host else {
            return None;
        };
        let is_private = PRIVATE_SUFFIXES.iter().any(|suffix| {
            name.strip_suffix(suffix)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        if is_private || !name.contains('.') {
            return Some(Refusal::new(
                "name",
                "the name is not one of the internet; private names have to lead to networks that the operator allows \
                 (webhook_allowed_networks)",
            ));
        }
        None
    }

    fn check_not_ourselves(&self, host: &Host<String>, port: u16) -> Result<(), Refusal> {
        let is_ourselves = self
            .public
            .as_ref()
            .is_some_and(|(name, own)| *own == port && host.to_string().eq_ignore_ascii_case(name));
        if is_ourselves {
            return Err(own_address());
        }
        Ok(())
    }

    /// Whether an address is where this registry listens.
    fn is_ourselves(&self, socket: SocketAddr) -> bool {
        self.listening.is_some_and(|own| {
            let is_same_host = own.ip().to_canonical() == socket.ip()
                || (own.ip().is_unspecified()
                    && (socket.ip().is_loopback() || socket.ip().is_unspecified()));
            own.port() == socket.port() && is_same_host
        })
    }

    /// Whether a connection that was made leads back to this machine's own registry, over whichever of its addresses.
    pub fn leads_back(&self, local: SocketAddr, peer: SocketAddr) -> bool {
        self.listening
            .is_some_and(|own| own.port() == peer.port() && own.ip().is_unspecified())
            && local.ip() == peer.ip()
    }
}

impl Target {
    /// The URL, as it is sent.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The name that is to be resolved; `None` where the URL has an address.
    pub fn name(&self) -> Option<&str> {
        match &self.host {
            Host::Domain(name) => Some(name),
            _ => None,
        }
    }

    /// The address in the URL.
    pub fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// Whether it is fine only inside allowed networks, so that its name has to be looked up before it is accepted.
    pub fn depends_on_addresses(&self) -> bool {
        self.excusable.is_some() && self.literal().is_none()
    }

    /// The host and port, as `Host` has them: the port only where it is not the scheme's own.
    pub fn authority(&self) -> String {
        match self.url.port() {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_string(),
        }
    }

    /// Whether it is called over TLS.
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// Refuses what parsers read in different ways, before one reads it: what we judge has to be what we call.
fn check_spelling(text: &str) -> Result<(), Refusal> {
    let refuse = |rule, message: &str| Err(Refusal::new(rule, message));
    if text.len() > MAX_URL_BYTES {
        return refuse("length", "the URL is longer than 2048 bytes");
    }
    if text
        .chars()
        .any(|one| one.is_control() || one.is_whitespace())
    {
        return refuse(
            "characters",
            "the URL contains white space or a control character",
        );
    }
    if text.contains('\\') {
        return refuse("characters", "the URL contains a backslash");
    }
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return refuse("scheme", "the URL must begin with https://");
    }
    let authority = rest
        .strip_prefix("//")
        .filter(|rest| !rest.starts_with('/'));
    let Some(authority) = authority else {
        return refuse(
            "spelling",
            "after its scheme the URL must go on with // and a host",
        );
    };
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return refuse(
            "credentials",
            "the URL contains credentials; use a header of the subscription for them",
        );
    }
    Ok(())
}

/// The name without its last dot. The parser has put it into lower case and encoded what is not ASCII.
fn check_name(name: &str) -> Result<String, Refusal> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        (1..=MAX_LABEL_BYTES).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > MAX_NAME_BYTES || !name.split('.').all(is_label) {
        return Err(Refusal::new("host", "the URL's host is not a valid name"));
    }
    if METADATA_NAMES.contains(&name) {
        return Err(Refusal::new(
            "name",
            "the name is one by which clouds hand out credentials",
        ));
    }
    Ok(name.to_owned())
}

fn own_address() -> Refusal {
    Refusal::new("own_address", "the URL leads back to this registry")
}
