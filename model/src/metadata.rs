//! Metadata: what a team says about a schema beside its text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

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
