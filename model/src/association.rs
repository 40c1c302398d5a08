//! Associations: which resources, such as Kafka topics, a subject belongs to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::QualifiedSubject;

/// A resource's use of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "they are the protocol's names")]
pub struct Association {
    /// The subject.
    pub subject: QualifiedSubject,
    /// Identifies the association.
    pub guid: String,
    /// The resource's name.
    pub resource_name: String,
    /// Where the name is unique, such as the id of a Kafka cluster.
    pub resource_namespace: String,
    /// Identifies the resource.
    pub resource_id: String,
    /// What the resource is.
    pub resource_type: String,
    /// What the subject is to the resource.
    pub association_type: AssociationType,
    /// Whether the subject lives and dies with the resource.
    pub lifecycle: Lifecycle,
    /// Whether it stays as it is until the resource goes.
    pub frozen: bool,
    /// When it was made, in milliseconds since 1970.
    pub create_ts: i64,
    /// When it was changed last, in milliseconds since 1970.
    pub update_ts: i64,
}

/// What makes an association unique: a resource has at most one of each type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationKey {
    /// The resource.
    pub resource_id: String,
    /// What the resource is.
    pub resource_type: String,
    /// What the subject is to it.
    pub association_type: AssociationType,
}

/// What a subject is to a resource.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum AssociationType {
    /// It describes keys.
    Key,
    /// It describes values.
    #[default]
    Value,
}

/// Whether a subject lives and dies with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Lifecycle {
    /// It belongs to this resource alone, and may be deleted with it.
    Strong,
    /// It may be shared.
    Weak,
}

/// A text that is none of the names it should be one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct NotOneOf(&'static str);

impl Association {
    /// What makes it unique.
    pub fn key(&self) -> AssociationKey {
        AssociationKey {
            resource_id: self.resource_id.clone(),
            resource_type: self.resource_type.clone(),
            association_type: self.association_type,
        }
    }
}

impl AssociationType {
    /// Every type.
    pub const ALL: [Self; 2] = [Self::Key, Self::Value];

    /// The protocol's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
        }
    }
}

impl Lifecycle {
    /// The protocol's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "STRONG",
            Self::Weak => "WEAK",
        }
    }
}

impl fmt::Display for AssociationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AssociationType {
    type Err = NotOneOf;

    fn from_str(text: &str) -> Result<Self, NotOneOf> {
        match text {
            "key" => Ok(Self::Key),
            "value" => Ok(Self::Value),
            _ => Err(NotOneOf("either 'key' or 'value'")),
        }
    }
}

impl FromStr for Lifecycle {
    type Err = NotOneOf;

    fn from_str(text: &str) -> Result<Self, NotOneOf> {
        match text {
            "STRONG" => Ok(Self::Strong),
            "WEAK" => Ok(Self::Weak),
            _ => Err(NotOneOf("either STRONG or WEAK")),
        }
    }
}
