//! Bodies of the associations' routes. Names are text on the way in, so that a wrong one gets its own error.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{ErrorBody, RegisterRequest, null_as_default, objects};
use crate::{AssociationType, Lifecycle, QualifiedSubject};

/// A resource and the associations it is to have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationRequest {
    /// The resource's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Where the name is unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_namespace: Option<String>,
    /// Identifies the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// What the resource is; `topic` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The associations, or what is to be done with them.
    #[serde(default, deserialize_with = "objects")]
    pub associations: Vec<AssociationItem>,
}

/// An association that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationItem {
    /// In a batch: `CREATE`, `UPSERT` or `DELETE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_type: Option<String>,
    /// The subject; absent, the one that is named after the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// `key` or `value`; `value` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association_type: Option<String>,
    /// `STRONG` or `WEAK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
    /// Whether it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// A schema that is registered under the subject first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<RegisterRequest>,
    /// Whether that schema is normalized.
    #[serde(default, deserialize_with = "null_as_default")]
    pub normalize: bool,
    /// In a batch, of `DELETE`: whether the subject goes as well.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cascade_lifecycle: bool,
}

/// Several resources at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociationBatchRequest {
    /// Each is done by itself.
    #[serde(default, deserialize_with = "objects")]
    pub requests: Vec<AssociationRequest>,
}

/// Several questions at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociationBatchGet {
    /// The questions.
    #[serde(default, deserialize_with = "objects")]
    pub requests: Vec<AssociationGet>,
}

/// Whose associations are asked for: those of an id, or of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationGet {
    /// The resource's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Where the name is unique; `-` is anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_namespace: Option<String>,
    /// Identifies the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// What the resource is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// Only these types.
    #[serde(default, deserialize_with = "null_as_default")]
    pub association_types: Vec<String>,
    /// Only this lifecycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
}

/// A resource and associations it has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationResponse {
    /// The resource's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Where the name is unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_namespace: Option<String>,
    /// Identifies the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// What the resource is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The associations; absent where there are none, and where this was only asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<AssociationInfo>,
}

/// An association of a resource that was named already.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationInfo {
    /// The subject.
    pub subject: QualifiedSubject,
    /// What it is to the resource.
    pub association_type: AssociationType,
    /// Whether it lives and dies with it.
    pub lifecycle: Lifecycle,
    /// Whether it stays as it is.
    pub frozen: bool,
    /// A version of the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Box<RawValue>>,
}

/// What became of several requests, in their order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssociationBatchResponse {
    /// One for each.
    pub results: Vec<AssociationResult>,
}

/// What became of one request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssociationResult {
    /// It was refused.
    Error(ErrorBody),
    /// It was done.
    Result(AssociationResponse),
}
