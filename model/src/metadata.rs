//! Metadata: what a team says about a schema beside its text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Version;

/// Tags, properties and the names of sensitive properties. All sorted, because the identity hash needs them so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Metadata {
    /// Tags by path in the schema.
    #[serde(
        default,
        deserialize_with = "crate::bodies::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub tags: BTreeMap<String, BTreeSet<String>>,
    /// Free properties.
    #[serde(
        default,
        deserialize_with = "crate::bodies::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub properties: BTreeMap<String, String>,
    /// Names of properties whose values must not be shown around.
    #[serde(
        default,
        deserialize_with = "crate::bodies::null_as_default",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    pub sensitive: BTreeSet<String>,
}

/// The property in which the protocol notes the version that a registration asked for.
pub const CONFLUENT_VERSION: &str = "confluent:version";

/// The property that lists, with commas, names of fields that no schema may use.
const RESERVED: &str = "confluent:reserved";

impl Metadata {
    /// Both together; `over` wins where both say something.
    #[must_use]
    pub fn merged(mut self, over: &Self) -> Self {
        self.tags.extend(over.tags.clone());
        self.properties.extend(over.properties.clone());
        self.sensitive.extend(over.sensitive.iter().cloned());
        self
    }

    /// The same but for the version that a registration asked for.
    #[must_use]
    pub fn with_version(&self, version: Version) -> Self {
        let mut same = self.clone();
        same.properties
            .insert(CONFLUENT_VERSION.to_owned(), version.to_string());
        same
    }

    /// The same without the version that a registration asked for.
    #[must_use]
    pub fn without_version(&self) -> Self {
        let mut same = self.clone();
        same.properties.remove(CONFLUENT_VERSION);
        same
    }

    /// Whether it notes a version that a registration asked for.
    pub fn notes_version(&self) -> bool {
        self.properties.contains_key(CONFLUENT_VERSION)
    }

    /// The names of fields that no schema may use.
    pub fn reserved_fields(&self) -> BTreeSet<&str> {
        self.properties
            .get(RESERVED)
            .into_iter()
            .flat_map(|names| names.split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect()
    }
}
