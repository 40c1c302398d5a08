//! The bodies of the wire protocol, with its key names and its habit of leaving out what is empty.

mod association;
mod batch;
mod config;
mod error;
mod explain;
mod export;
mod object;
mod schema;
mod webhook;

pub use association::{
    AssociationBatchGet, AssociationBatchRequest, AssociationBatchResponse, AssociationGet,
    AssociationInfo, AssociationItem, AssociationRequest, AssociationResponse, AssociationResult,
};
pub use batch::{
    BatchAnswer, BatchItem, BatchOutcome, BatchReference, BatchRequest, BatchResponse, LATEST,
};
pub use config::{CompatibilityResponse, Config, ConfigUpdate, ModeBody, Patch};
pub use error::ErrorBody;
pub use explain::{
    ExplainRequest, ExplainResponse, ExplainSide, FindingBody, PlaceBody, ProofBody, ProofOutcome,
    RulesAgainstProof, WitnessBody,
};
pub use export::{
    EXPORT_FORMAT, ExportConfig, ExportEnd, ExportHead, ExportLine, ExportMode, ExportSchema,
    ExportSubject, ExportVersion, ImportResponse,
};
pub use schema::{
    IdVersions, RegisterRequest, SchemaBody, SchemaString, SubjectVersion, TagRequest,
};

pub(crate) use object::{object_or_null, objects, patch_object};
pub use webhook::{
    AttemptBody, DeliveryBody, DeliveryPageBody, DisableRequest, EnableRequest, ReplayBody,
    ReplayCount, ReplayRequest, ResumeRequest, RotateRequest, TimingsBody, WebhookBody,
    WebhookHealthBody, WebhookPage, WebhookRequest, WebhookSecretBody, WebhookUpdate,
};

use serde::{Deserialize, Deserializer};

/// Clients write `null` where they mean "nothing".
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
