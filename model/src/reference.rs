//! References: a schema's named links to versions of other subjects.

use serde::{Deserialize, Serialize};

/// A named link to a version of a subject, in the spelling of the submitter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The name the referrer's text uses: an Avro full name, an import path, or a `$ref`.
    #[serde(default)]
    pub name: String,
    /// The subject, qualified or not.
    #[serde(default)]
    pub subject: String,
    /// The version; -1 means the newest live one and is made concrete when stored.
    #[serde(default)]
    pub version: i32,
}
