//! Settings: four layers, the upper ones over the lower: command line, file, environment, `config.default.toml`.
//!
//! To add one: a field here, and a line with its default and a comment in `config.default.toml`. The environment and the
//! error messages follow from those.

use std::{net::SocketAddr, path::Path, time::Duration};

use dovetail_model::CompatibilityLevel;
use serde::Deserialize;
use toml::{Table, Value};

use crate::{
    http::{BodyLimits, Limits},
    registry::{Behaviour, ParserLimits, Profile, Validation},
    webhooks::{
        EngineSettings, MARGIN, Places, Schedule, event::Source, network::InvalidNetwork,
        start::WebhookOptions, target::TargetPolicy,
    },
};

/// Every setting with its default and a comment.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// Where settings in the environment begin.
const PREFIX: &str = "DOVETAIL_";

const MIB: u64 = 1024 * 1024;

/// How the server behaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, by its name"
)]
pub struct Settings {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Whether listening beyond loopback without authentication is meant.
    pub allow_anonymous: bool,
    /// The database.
    pub database_url: String,
    /// How new reads are, where several nodes share a database.
    pub read_consistency: ReadConsistency,
    /// Which clients the answers are shaped for.
    pub compat_profile: Profile,
    /// The level where none is configured.
    pub compatibility_level: CompatibilityLevel,
    /// Whether reserved fields are held free where nothing is configured.
    pub validate_fields: bool,
    /// Whether names and defaults of new schemas must be right where nothing is configured.
    pub validate_new_schemas: bool,
    /// Whether everything that a schema refers to must agree on one version of each subject.
    pub strict_reference_versions: bool,
    /// Whether modes may be changed.
    pub mode_mutability: bool,
    /// The largest request body.
    pub max_body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_timeout_seconds: u64,
    /// How long the head of a request may take to arrive.
    pub header_timeout_seconds: u64,
    /// How long a connection may stay idle.
    pub idle_timeout_seconds: u64,
    /// How many connections are open at once.
    pub max_connections: usize,
    /// How long running requests are waited for when the server stops.
    pub drain_timeout_seconds: u64,
    /// How long parsing or checking one schema may take.
    pub parse_timeout_seconds: u64,
    /// Memory for texts.
    pub text_cache_mib: u64,
    /// Memory for parsed schemas, by estimate.
    pub schema_cache_mib: u64,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Where others reach the registry; empty for the address it listens on.
    pub public_url: String,
    /// Networks in which any receiver may be called.
    pub webhook_allowed_networks: List,
    /// Ports that may be called on the internet.
    pub webhook_allowed_ports: List,
    /// Whether plain http may be called on the internet.
    pub webhook_allow_http: bool,
    /// The keys that keep the secrets of webhooks, the one that seals first.
    pub webhook_master_keys: String,
    /// The file with those keys.
    pub webhook_master_key_file: String,
    /// How many attempts are under way at once on this node.
    pub webhook_attempts: u32,
    /// How many of them go to one host.
    pub webhook_attempts_per_host: u32,
    /// How many of them are for one subscription.
    pub webhook_attempts_per_subscription: u32,
    /// How long one attempt may take.
    pub webhook_timeout_seconds: u64,
    /// How long others are kept away from it.
    pub webhook_lease_seconds: u64,
    /// The delays after failed attempts.
    pub webhook_retry_delays: String,
    /// How often a node looks for work by itself.
    pub webhook_poll_seconds: u64,
    /// How long deliveries are kept that arrived.
    pub webhook_keep_delivered_days: u64,
    /// How long those are kept that were given up, and events.
    pub webhook_keep_failed_days: u64,
}

/// Several values: a list in a file, or one text with commas between them, as in the environment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub enum List {
    #[default]
    None,
    Text(String),
    Items(Vec<String>),
    Numbers(Vec<u16>),
}

impl List {
    /// The values.
    pub fn values(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::Text(text) => text
                .split(',')
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
                .collect(),
            Self::Items(items) => items.clone(),
            Self::Numbers(numbers) => numbers.iter().map(ToString::to_string).collect(),
        }
    }
}

/// How new reads are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadConsistency {
    /// They see everything that was acknowledged before.
    Linearizable,
    /// They may be a little old.
    Eventual,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Settings that cannot be used: where they come from, what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{source_name}: {reason}")]
pub struct SettingsError {
    source_name: String,
    reason: String,
}

impl Settings {
    /// Puts the layers together. `flags` holds what the command line gave, by the names of the settings.
    pub fn resolve(
        flags: Table,
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut merged: Table = DEFAULTS
            .parse()
            .expect("the defaults are valid TOML, as every start shows");
        let environment = from_environment(&merged, environment)?;
        overlay(&mut merged, environment, "environment")?;
        if let Some(path) = file {
            overlay(&mut merged, from_file(path)?, &path.display().to_string())?;
        }
        let settings = overlay(&mut merged, flags, "command line")?;
        settings.check_exposure()?;
        settings.check_public_url()?;
        settings.target_policy(settings.listen)?;
        settings.engine_settings()?;
        Ok(settings)
    }

    fn check_public_url(&self) -> Result<(), SettingsError> {
        let usable = url::Url::parse(&self.public_url).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if usable || self.public_url.is_empty() {
            return Ok(());
        }
        Err(SettingsError {
            source_name: "public_url".into(),
            reason: format!(
                "\"{}\" is not an address such as https://schemas.example.com",
                self.public_url
            ),
        })
    }

    /// Where events say that the registry is: its public address, or else where it listens.
    pub fn source(&self, listening: SocketAddr) -> Source {
        if self.public_url.is_empty() {
            Source::new(&format!("http://{listening}"))
        } else {
            Source::new(&self.public_url)
        }
    }

    /// What webhooks need to know.
    pub fn webhooks(&self, listening: SocketAddr) -> WebhookOptions {
        let file = &self.webhook_master_key_file;
        WebhookOptions {
            master_keys: self.webhook_master_keys.clone(),
            master_key_file: (!file.is_empty()).then(|| file.into()),
            policy: self
                .target_policy(listening)
                .expect("the settings were checked when they were read"),
            source: self.source(listening),
        }
    }

    /// How webhooks are delivered.
    pub fn engine(&self) -> EngineSettings {
        self.engine_settings()
            .expect("the settings were checked when they were read")
    }

    fn engine_settings(&self) -> Result<EngineSettings, SettingsError> {
        let wrong = |source_name: &str, reason: String| SettingsError {
            source_name: source_name.to_owned(),
            reason,
        };
        let schedule = Schedule::parse(&self.webhook_retry_delays)
            .map_err(|error| wrong("webhook_retry_delays", error.to_string()))?;
        let deadline = Duration::from_secs(self.webhook_timeout_seconds.clamp(1, 600));
        let lease = Duration::from_secs(self.webhook_lease_seconds.min(3600));
        if lease < deadline + MARGIN {
            return Err(wrong(
                "webhook_lease_seconds",
                format!(
                    "{} s is too short: a lease has to outlast an attempt (webhook_timeout_seconds, {} s) by {} s",
                    lease.as_secs(),
                    deadline.as_secs(),
                    MARGIN.as_secs()
                ),
            ));
        }
        let days = |days: u64| Duration::from_secs(days.min(36_500) * 86_400);
        Ok(EngineSettings {
            places: Places {
                total: self.webhook_attempts.clamp(3, 10_000),
                per_host: self.webhook_attempts_per_host.max(1),
                per_subscription: self.webhook_attempts_per_subscription.max(1),
            },
            deadline,
            lease,
            schedule,
            poll: Duration::from_secs(self.webhook_poll_seconds.clamp(1, 3600)),
            drain: Duration::from_secs(self.drain_timeout_seconds.min(deadline.as_secs())),
            keep_delivered: days(self.webhook_keep_delivered_days),
            keep_dead: days(self.webhook_keep_failed_days),
            keep_events: days(self.webhook_keep_failed_days),
        })
    }

    fn target_policy(&self, listening: SocketAddr) -> Result<TargetPolicy, SettingsError> {
        let wrong = |source_name: &str, reason: String| SettingsError {
            source_name: source_name.to_owned(),
            reason,
        };
        let networks = self.webhook_allowed_networks.values();
        let networks = networks.iter().map(|text| text.parse());
        let ports = self.webhook_allowed_ports.values();
        let ports = ports.iter().map(|text| text.parse::<u16>());
        let public = url::Url::parse(&self.public_url).ok();
        Ok(TargetPolicy {
            allowed_networks: networks
                .collect::<Result<_, InvalidNetwork>>()
                .map_err(|error| wrong("webhook_allowed_networks", error.to_string()))?,
            ports: ports
                .collect::<Result<_, _>>()
                .map_err(|error| wrong("webhook_allowed_ports", format!("a port: {error}")))?,
            allow_http: self.webhook_allow_http,
            listening: Some(listening),
            public: public
                .and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?))),
        })
    }

    /// Without authentication, whoever reaches the port may change anything: that must be said, not happen.
    fn check_exposure(&self) -> Result<(), SettingsError> {
        if self.listen.ip().is_loopback() || self.allow_anonymous {
            return Ok(());
        }
        Err(SettingsError {
            source_name: "listen".into(),
            reason: format!(
                "{} is reachable from other machines, and this registry has no authentication: anyone there could change \
                 it. Listen on 127.0.0.1, or add --allow-anonymous if that is meant",
                self.listen
            ),
        })
    }

    /// The limits of connections.
    pub fn limits(&self) -> Limits {
        Limits {
            max_connections: self.max_connections,
            header_read: Duration::from_secs(self.header_timeout_seconds),
            keep_alive_idle: Duration::from_secs(self.idle_timeout_seconds),
            drain: Duration::from_secs(self.drain_timeout_seconds),
            ..Limits::default()
        }
    }

    /// The limits of bodies.
    pub fn body_limits(&self) -> BodyLimits {
        BodyLimits {
            max_bytes: self.max_body_bytes,
            deadline: Duration::from_secs(self.body_timeout_seconds),
        }
    }

    /// What the registry needs to know.
    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            compatibility_level: self.compatibility_level,
            linearizable: self.read_consistency == ReadConsistency::Linearizable,
            text_cache_bytes: self.text_cache_mib * MIB,
            validation: Validation {
                fields: self.validate_fields,
                new_schemas: self.validate_new_schemas,
                reference_versions: self.strict_reference_versions,
            },
            mode_mutability: self.mode_mutability,
            profile: self.compat_profile,
            parser: ParserLimits {
                deadline: Duration::from_secs(self.parse_timeout_seconds),
                cache_bytes: self.schema_cache_mib * MIB,
            },
        }
    }
}

/// Lays a layer over what is there, and says which layer is wrong if the result is.
fn overlay(merged: &mut Table, layer: Table, source_name: &str) -> Result<Settings, SettingsError> {
    merged.extend(layer);
    Settings::deserialize(merged.clone()).map_err(|error| SettingsError {
        source_name: source_name.to_owned(),
        reason: error.to_string().trim().to_owned(),
    })
}

fn from_file(path: &Path) -> Result<Table, SettingsError> {
    let wrong = |reason: String| SettingsError {
        source_name: path.display().to_string(),
        reason,
    };
    let text =
        std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    text.parse()
        .map_err(|error: toml::de::Error| wrong(error.to_string()))
}

/// Variables that are no setting of the server, such as those of the client commands, are left alone.
fn from_environment(
    defaults: &Table,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Table, SettingsError> {
    let mut layer = Table::new();
    for (name, text) in variables {
        let Some(key) = name.strip_prefix(PREFIX).map(str::to_lowercase) else {
            continue;
        };
        let Some(default) = defaults.get(&key) else {
            continue;
        };
        let value = match default {
            Value::Integer(_) => text
                .parse()
                .map(Value::Integer)
                .map_err(|_| "must be a whole number"),
            Value::Boolean(_) => text
                .parse()
                .map(Value::Boolean)
                .map_err(|_| "must be true or false"),
            _ => Ok(Value::String(text)),
        };
        let wrong = |reason: &str| SettingsError {
            source_name: name.clone(),
            reason: reason.to_owned(),
        };
        layer.insert(key, value.map_err(wrong)?);
    }
    Ok(layer)
}
