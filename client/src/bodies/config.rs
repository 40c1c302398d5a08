//! Settings and modes, whose bodies spell some keys differently on the way in and on the way out.

use dovetail_model::{CompatibilityLevel, Mode, bodies::Config};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};

/// A change of settings: what is set gets a value, what is cleared is inherited again, everything else stays.
///
/// ```
/// use dovetail_client::ConfigChange;
/// use dovetail_model::CompatibilityLevel;
///
/// let change = ConfigChange::new()
///     .compatibility(CompatibilityLevel::FullTransitive)
///     .clear("normalize");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ConfigChange(Map<String, Value>);

impl ConfigChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets everything that these settings say.
    pub fn setting(config: &Config) -> Self {
        let Ok(Value::Object(mut settings)) = serde_json::to_value(config) else {
            return Self::default();
        };
        if let Some(level) = settings.remove("compatibilityLevel") {
            settings.insert("compatibility".into(), level);
        }
        Self(settings)
    }

    /// Sets the level.
    #[must_use]
    pub fn compatibility(self, level: CompatibilityLevel) -> Self {
        self.set("compatibility", level.as_str())
    }

    /// Sets whether schemas are normalized.
    #[must_use]
    pub fn normalize(self, normalize: bool) -> Self {
        self.set("normalize", normalize)
    }

    /// Sets a key of the protocol.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Clears a key of the protocol.
    #[must_use]
    pub fn clear(self, key: &str) -> Self {
        self.set(key, Value::Null)
    }
}

/// Reads settings, whichever way their level is spelled.
pub(crate) fn config_of(mut body: Map<String, Value>) -> Result<Config> {
    if let Some(level) = body.remove("compatibility") {
        body.insert("compatibilityLevel".into(), level);
    }
    serde_json::from_value(Value::Object(body))
        .map_err(|error| Error::because(Kind::Answer("settings that cannot be read".into()), error))
}

/// Reads a mode; none where none was set.
pub(crate) fn mode_of(body: &Map<String, Value>) -> Result<Option<Mode>> {
    let Some(mode) = body.get("mode").filter(|mode| !mode.is_null()) else {
        return Ok(None);
    };
    let known = mode.as_str().and_then(|mode| mode.parse().ok());
    let unknown = || {
        Error::new(Kind::Answer(format!(
            "the mode {mode}, which is unknown here"
        )))
    };
    known.map(Some).ok_or_else(unknown)
}
